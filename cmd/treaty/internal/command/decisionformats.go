package command

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/internal/junit"
)

// outputGitLab is a code quality report, which GitLab shows in merge requests.
const outputGitLab = "gitlab"

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
	return junit.Write(w, suite)
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

// writeDecisionGitHub writes the text and an annotation for GitHub Actions.
func writeDecisionGitHub(w io.Writer, d client.Decision, base string) error {
	if err := writeDecision(w, false, d, base); err != nil {
		return err
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

// writeDecisionGitLab writes an issue for each notice that stands in the way;
// an empty list is a yes.
func writeDecisionGitLab(w io.Writer, d client.Decision) error {
	issues := []gitLabIssue{}
	for _, n := range d.Notices {
		if n.Type != "error" && n.Type != "danger" {
			continue
		}
		sum := sha256.Sum256([]byte(n.Text))
		issue := gitLabIssue{
			Description: n.Text,
			CheckName:   "can-i-deploy",
			Fingerprint: hex.EncodeToString(sum[:16]),
			Severity:    "blocker",
		}
		if d.Headline() == client.HeadlineUnknown {
			issue.Severity = "major"
		}
		issue.Location.Path = "contracts" // GitLab wants a place; a contract has none in the repository
		issue.Location.Lines.Begin = 1
		issues = append(issues, issue)
	}
	return writeJSON(w, issues)
}
