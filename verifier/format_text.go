package verifier

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

// WriteText writes the report for people: the verdict, then what failed, then
// what is pending, then what passed. The error is that of w.
func WriteText(w io.Writer, r Report) error {
	b := bufio.NewWriter(w)
	t := textWriter{Writer: b, report: r}
	t.write()
	return b.Flush()
}

type textWriter struct {
	*bufio.Writer
	report Report
}

func (t textWriter) write() {
	broken := func(i InteractionReport) bool { return !i.Untried && (i.Outcome == Failed || i.Outcome == Errored) }
	t.section("Failed", func(i InteractionReport) bool { return broken(i) && !i.Pending })
	t.section("Could not be tried", func(i InteractionReport) bool { return i.Untried })
	t.section("Pending, does not fail the run", func(i InteractionReport) bool { return broken(i) && i.Pending })
	for _, problem := range t.report.Problems {
		fmt.Fprintf(t, "PROBLEM  %s\n\n", indent(problem, "         "))
	}
	t.list()
	for _, warning := range t.report.Warnings {
		fmt.Fprintf(t, "warning: %s\n", warning)
	}
	verdict := "OK"
	switch {
	case !t.report.TookPlace():
		verdict = "NOT VERIFIED"
	case !t.report.OK():
		verdict = "FAILED"
	}
	fmt.Fprintf(t, "%s  %s (%s)\n", verdict, t.report.Summary(), t.report.Duration.Round(time.Millisecond))
}

func (t textWriter) section(title string, include func(InteractionReport) bool) {
	started := false
	for _, p := range t.report.Pacts {
		for _, i := range p.Interactions {
			if !include(i) {
				continue
			}
			if !started {
				fmt.Fprintf(t, "%s\n\n", title)
				started = true
			}
			fmt.Fprintln(t, interactionText(p.Consumer, p.Provider, i))
		}
	}
}

// list shows every interaction in one line, by pact.
func (t textWriter) list() {
	for _, p := range t.report.Pacts {
		fmt.Fprintf(t, "%s → %s  (%s)%s\n", p.Consumer, p.Provider, p.Source, pactMarks(p))
		for _, i := range p.Interactions {
			fmt.Fprintf(t, "  %s %s%s\n", mark(i), visible(i.Title()), suffix(i))
			if i.Outcome == Passed || i.Outcome == NotRun { // those of failures stand with the failure
				comments(t, i, "      ")
				t.warnings(i)
			}
		}
		for _, n := range p.Notices {
			fmt.Fprintf(t, "  %s\n", indent(n, "  "))
		}
		if p.Published != "" {
			fmt.Fprintf(t, "  published: %s\n", p.Published)
		}
		fmt.Fprintln(t)
	}
}

func (t textWriter) warnings(i InteractionReport) {
	for _, w := range i.Warnings {
		fmt.Fprintf(t, "      warning: %s\n", indent(visible(w), "      "))
	}
}

// comments are the words of the consumer's author.
func comments(b io.Writer, i InteractionReport, prefix string) {
	line := func(kind, text string) {
		fmt.Fprintf(b, "%s%s: %s\n", prefix, kind, cut(indent(visible(text), prefix+"  "), 1000))
	}
	if i.TestName != "" {
		line("test name", i.TestName)
	}
	for _, text := range i.Comments {
		line("comment", text)
	}
	for _, r := range i.References {
		line("reference", r.String())
	}
}

func pactMarks(p PactReport) string {
	switch {
	case p.WIP:
		return " [work in progress]"
	case p.Pending:
		return " [pending]"
	default:
		return ""
	}
}

func mark(i InteractionReport) string {
	switch {
	case i.Outcome == Passed:
		return "✓"
	case i.Outcome == NotRun, i.Untried:
		return "-"
	case i.Pending:
		return "~"
	default:
		return "✗"
	}
}

func suffix(i InteractionReport) string {
	switch {
	case i.Outcome == NotRun:
		return " (not run)"
	case i.Untried:
		return " (could not be tried)"
	case i.Pending && i.Outcome != Passed:
		return " (pending, failed)"
	default:
		return ""
	}
}

// interactionText says what is wrong with one interaction: who expects what
// of whom, then each mismatch with path, expected and actual, then how to try.
func interactionText(consumer, provider string, i InteractionReport) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %s → %s: %s\n", consumer, provider, i.Title())
	if i.Request != nil {
		fmt.Fprintf(&b, "  %s %s\n", i.Request.Method, i.Request.URL)
	}
	comments(&b, i, "  ")
	if i.Problem != "" {
		what := "error"
		if i.Untried {
			what = "could not be tried"
		}
		fmt.Fprintf(&b, "\n    %s: %s\n", what, indent(i.Problem, "    "))
	}
	for _, m := range i.Mismatches {
		b.WriteString("\n")
		mismatchText(&b, m)
	}
	for _, w := range i.Warnings {
		fmt.Fprintf(&b, "\n    warning: %s\n", indent(w, "    "))
	}
	if i.Request != nil && !i.Request.InProcess {
		fmt.Fprintf(&b, "\n  try it: %s\n", i.Request.Curl())
	}
	return visible(b.String())
}

// visible spells out control characters: what a provider sends must not drive
// the terminal of who reads the report.
func visible(s string) string {
	if strings.IndexFunc(s, isControl) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if isControl(r) {
			fmt.Fprintf(&b, "\\u%04x", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isControl(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

func mismatchText(b *strings.Builder, m matching.Mismatch) {
	fmt.Fprintf(b, "    %s: %s\n", place(m), indent(m.Why, "      "))
	actual := shown(m.Actual)
	if m.Absent {
		actual = "nothing"
	}
	fmt.Fprintf(b, "      expected  %s\n      actual    %s\n", shown(m.Expected), actual)
}

// place names the part of the answer and the path in it.
func place(m matching.Mismatch) string {
	switch m.Kind {
	case matching.KindBody:
		return "body " + nameOr(m.Path, "$")
	case matching.KindBodyType:
		return "content type of the body"
	case matching.KindHeader:
		return "header " + m.Path
	case matching.KindMetadata:
		return "metadata " + m.Path
	case matching.KindQuery:
		return "query parameter " + m.Path
	default:
		return string(m.Kind)
	}
}

// shown bounds a value to what a person reads. What is not text is not shown.
func shown(value string) string {
	if !utf8.ValidString(value) {
		return fmt.Sprintf("(%d bytes that are not text)", len(value))
	}
	return cut(indent(value, "                "), 1000)
}

func indent(text, prefix string) string {
	return strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+prefix)
}

// Curl returns a command line of curl that sends the request again. Bodies over 2,000
// bytes, and those that are not text, are left to the reader.
func (s SentRequest) Curl() string {
	var b strings.Builder
	b.WriteString("curl -i")
	if s.Method != http.MethodGet {
		fmt.Fprintf(&b, " -X %s", quote(s.Method))
	}
	b.WriteString(" " + quote(s.URL))
	for _, name := range sortedNames(s.Headers) {
		for _, value := range contract.HeaderLines(name, s.Headers[name]) {
			b.WriteString(" -H " + quote(name+": "+value))
		}
	}
	for _, name := range s.Hidden {
		b.WriteString(" -H " + quote(name+": ..."))
	}
	switch {
	case len(s.Body) == 0:
	case len(s.Body) > 2000 || !utf8.Valid(s.Body):
		b.WriteString(" --data-binary @BODY")
	default:
		b.WriteString(" --data-binary " + quote(string(s.Body)))
	}
	return b.String()
}

func sortedNames(v contract.Values) []string {
	names := make([]string, 0, len(v))
	for name := range v {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// quote makes s one word of a POSIX shell.
func quote(s string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@,=+", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !safe(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
