package verifier

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string      `xml:"name,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Skipped   int         `xml:"skipped,attr"`
	Time      string      `xml:"time,attr"`
	Timestamp string      `xml:"timestamp,attr,omitempty"`
	Cases     []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string       `xml:"name,attr"`
	ClassName string       `xml:"classname,attr"`
	Time      string       `xml:"time,attr"`
	Failure   *junitDetail `xml:"failure"`
	Error     *junitDetail `xml:"error"`
	Skipped   *junitDetail `xml:"skipped"`
}

type junitDetail struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes the report as JUnit XML: a suite for each pact, a case for
// each interaction. Pending failures and what was not run are skipped cases;
// problems outside any interaction are a suite of their own.
func WriteJUnit(w io.Writer, r Report) error {
	out := junitSuites{Name: "Pact verification of " + nameOr(r.Provider, "provider"), Time: seconds(r.Duration)}
	for _, p := range r.Pacts {
		out.addSuite(junitSuiteOf(p, r.Started))
	}
	if len(r.Problems) > 0 {
		out.addSuite(junitProblems(r.Problems))
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *junitSuites) addSuite(suite junitSuite) {
	s.Tests += suite.Tests
	s.Failures += suite.Failures
	s.Errors += suite.Errors
	s.Skipped += suite.Skipped
	s.Suites = append(s.Suites, suite)
}

func junitSuiteOf(p PactReport, started time.Time) junitSuite {
	suite := junitSuite{Name: p.Consumer + " → " + p.Provider, Timestamp: started.UTC().Format("2006-01-02T15:04:05")}
	var total time.Duration
	for _, i := range p.Interactions {
		total += i.Duration
		c := junitCase{Name: i.Title(), ClassName: p.Consumer + "." + p.Provider, Time: seconds(i.Duration)}
		detail := &junitDetail{Message: headline(i), Text: xmlText(interactionText(p.Consumer, p.Provider, i))}
		switch {
		case i.Outcome == Passed:
		case i.Outcome == NotRun:
			c.Skipped = &junitDetail{Message: "not run: the run was stopped"}
		case i.Pending:
			detail.Message = "pending: " + detail.Message
			c.Skipped = detail
		case i.Outcome == Failed:
			c.Failure = detail
		default:
			c.Error = detail
		}
		suite.add(c)
	}
	suite.Time = seconds(total)
	return suite
}

func junitProblems(problems []string) junitSuite {
	suite := junitSuite{Name: "verification", Time: seconds(0)}
	for _, problem := range problems {
		first, _, _ := strings.Cut(problem, "\n")
		suite.add(junitCase{
			Name: "loading and publishing", ClassName: "verification", Time: seconds(0),
			Error: &junitDetail{Message: xmlText(first), Text: xmlText(problem)},
		})
	}
	return suite
}

func (s *junitSuite) add(c junitCase) {
	s.Tests++
	if c.Failure != nil {
		s.Failures++
	}
	if c.Error != nil {
		s.Errors++
	}
	if c.Skipped != nil {
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

// headline is what is wrong with an interaction in one line.
func headline(i InteractionReport) string {
	if len(i.Mismatches) == 0 {
		first, _, _ := strings.Cut(i.Problem, "\n")
		return xmlText(first)
	}
	text := place(i.Mismatches[0]) + ": " + i.Mismatches[0].Why
	if more := len(i.Mismatches) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return xmlText(strings.ReplaceAll(text, "\n", " "))
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// xmlText takes out what XML 1.0 cannot carry.
func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
