package gate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/internal/junit"
)

// writeDecisionJUnit writes a test case for each pair, and one for the
// verdict itself, which may have reasons that belong to no pair.
func writeDecisionJUnit(w io.Writer, d client.Decision, base string) error {
	suite := junit.Suite{Name: "can-i-deploy"}
	for _, m := range d.Rows {
		suite.Add(rowCase(m))
	}
	if more := notShown(d); more > 0 {
		suite.Add(junit.Case{Class: "can-i-deploy", Name: fmt.Sprintf("%d more pairs", more), Skipped: &junit.Detail{Message: "not shown; the verdict rests on them too"}})
	}
	verdict := junit.Case{Class: "can-i-deploy", Name: "verdict"}
	switch d.Headline() {
	case client.HeadlineNo:
		verdict.Failure = &junit.Detail{Message: firstLine(reason(d, base)), Text: reason(d, base)}
	case client.HeadlineUnknown:
		verdict.Error = &junit.Detail{Message: firstLine(reason(d, base)), Text: reason(d, base)}
	case client.HeadlineYes, client.HeadlineDoubt:
	}
	suite.Add(verdict)
	for _, e := range doubts(d) {
		suite.Add(junit.Case{Class: "can-i-deploy", Name: "pacts of earlier versions", Skipped: &junit.Detail{Message: e.Text}})
	}
	return junit.Write(w, suite)
}

// doubts are what makes a yes one to doubt.
func doubts(d client.Decision) []client.Explanation {
	if d.Headline() != client.HeadlineDoubt {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(d.Explanations), func(e client.Explanation) bool { return !e.Doubt })
}

func rowCase(m client.MatrixRow) junit.Case {
	c := junit.Case{
		Class: m.Consumer.Name,
		Name:  fmt.Sprintf("version %s with %s %s", m.Consumer.VersionNumber(), m.Provider.Name, orUnverified(m.Provider.VersionNumber())),
	}
	switch {
	case m.Ignored:
		c.Skipped = &junit.Detail{}
	case m.Result == nil:
		c.Error = &junit.Detail{Message: "no verification result"}
	case !m.Result.Success:
		c.Failure = &junit.Detail{Message: "verification failed", Text: m.Result.Self()}
	}
	return c
}

func orUnverified(version string) string {
	if version == "" {
		return "(not verified)"
	}
	return version
}

// reason is all that the broker says, with what would change it.
func reason(d client.Decision, base string) string {
	lines := []string{d.Summary.Reason}
	for _, e := range d.Explanations {
		if !e.Blocking && !e.Doubt {
			continue
		}
		lines = append(lines, e.Text)
		if e.NextStep != "" {
			lines = append(lines, "  next: "+e.NextStep)
		}
		for _, command := range e.Lines(base) {
			lines = append(lines, "  run: "+command)
		}
	}
	return strings.Join(lines, "\n")
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// writeDecisionGitHub writes the text and an annotation for GitHub Actions. No
// line of the text is a command to the runner, whatever an application is called.
func writeDecisionGitHub(w io.Writer, d client.Decision, base string) error {
	var text bytes.Buffer
	if err := writeDecision(&text, false, d, base); err != nil {
		return err
	}
	for line := range strings.Lines(text.String()) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			line = "| " + line
		}
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
	}
	level := map[client.Headline]string{
		client.HeadlineYes: "notice", client.HeadlineDoubt: "warning", client.HeadlineUnknown: "warning", client.HeadlineNo: "error",
	}[d.Headline()]
	escape := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	_, err := fmt.Fprintf(w, "::%s title=can-i-deploy::%s\n", level, escape.Replace(reason(d, base)))
	return err
}

// gitLabIssue is an entry of a code quality report.
type gitLabIssue struct {
	Description string `json:"description"`
	CheckName   string `json:"check_name"`
	Fingerprint string `json:"fingerprint"`
	Severity    string `json:"severity"`
	Location    struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
		} `json:"lines"`
	} `json:"location"`
}

// writeDecisionGitLab writes an issue for each notice that stands in the way,
// and for what makes a yes one to doubt; an empty list is a plain yes.
func writeDecisionGitLab(w io.Writer, d client.Decision) error {
	issues := []gitLabIssue{}
	severity := "blocker"
	if d.Headline() == client.HeadlineUnknown {
		severity = "major"
	}
	for _, n := range d.Notices {
		if n.Type == "error" || n.Type == "danger" {
			issues = append(issues, newGitLabIssue(n.Text, severity))
		}
	}
	for _, e := range doubts(d) {
		issues = append(issues, newGitLabIssue(e.Text, "minor"))
	}
	return output.WriteJSON(w, issues)
}

func newGitLabIssue(text, severity string) gitLabIssue {
	sum := sha256.Sum256([]byte(text))
	issue := gitLabIssue{Description: text, CheckName: "can-i-deploy", Fingerprint: hex.EncodeToString(sum[:16]), Severity: severity}
	issue.Location.Path = "contracts" // GitLab wants a place; a contract has none in the repository
	issue.Location.Lines.Begin = 1
	return issue
}
