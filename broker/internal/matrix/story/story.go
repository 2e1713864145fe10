package story

import (
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// Verb is what a step does.
type Verb string

// The verbs of steps.
const (
	Publish        Verb = "pact"
	CreateVersion  Verb = "version"
	SetMainBranch  Verb = "main"
	Verify         Verb = "verify"
	AddEnvironment Verb = "environment"
	Deploy         Verb = "deploy"
	Undeploy       Verb = "undeploy"
	Release        Verb = "release"
	Unrelease      Verb = "unrelease"
	StartRollout   Verb = "rollout"
	Promote        Verb = "promote"
	Abort          Verb = "abort"
)

// Step is one event of a history.
type Step struct {
	Verb Verb
	// App and Number are the version that acts. For Verify they are the
	// provider's.
	App, Number string
	// Partner is the provider of a pact or the consumer of a verification,
	// PartnerNumber the consumer's version there.
	Partner, PartnerNumber string
	Success                bool
	Content                string
	Branch                 string
	Tags                   []string
	Environment, Instance  string
}

// Answer is what a question is expected to give.
type Answer struct {
	// Invalid says that the question is refused.
	Invalid bool
	Verdict matrix.Verdict
	Counts  matrix.Counts
	// Sentences are the texts of the notices; nil leaves them open.
	Sentences []string
}

// Story is a history with a question and its answer.
type Story struct {
	// Name is that of the file, without its ending.
	Name  string
	About []string
	Steps []Step
	Query matrix.Query
	Want  Answer
	// Original is Pact Broker's answer, nil if it is the same.
	Original *Answer

	answered bool
}

// String writes the step as it is read.
func (s Step) String() string {
	line := fmt.Sprintf("%-11s ", s.Verb)
	switch s.Verb {
	case Publish:
		line += fmt.Sprintf("%s %s -> %s", s.App, s.Number, s.Partner)
	case Verify:
		line += fmt.Sprintf("%s %s : %s %s %s", s.App, s.Number, s.Partner, s.PartnerNumber, outcomeWord(s.Success))
	case SetMainBranch:
		line += s.App
	case AddEnvironment:
		line += s.Environment
	case CreateVersion:
		line += s.App + " " + s.Number
	default:
		line += fmt.Sprintf("%s %s %s", s.App, s.Number, s.Environment)
	}
	for _, extra := range [][2]string{{"content", s.Content}, {"branch", s.Branch}, {"tags", strings.Join(s.Tags, ",")}, {"instance", s.Instance}} {
		switch {
		case extra[1] == "":
		case s.Verb == SetMainBranch:
			line += " " + extra[1]
		default:
			line += "  " + extra[0] + " " + extra[1]
		}
	}
	return line
}

func outcomeWord(success bool) string {
	if success {
		return "ok"
	}
	return "failed"
}

// String writes the answer as it is read.
func (a Answer) String() string {
	if a.Invalid {
		return "invalid"
	}
	line := fmt.Sprintf("%s %d/%d/%d", a.Verdict, a.Counts.Success, a.Counts.Failed, a.Counts.Unknown)
	if a.Counts.Ignored > 0 {
		line += fmt.Sprintf(" ignored %d", a.Counts.Ignored)
	}
	return strings.Join(append([]string{line}, a.Sentences...), "\n")
}

// String writes the story as a scenario file.
func (s Story) String() string {
	var b strings.Builder
	for _, line := range s.About {
		fmt.Fprintf(&b, "# %s\n", line)
	}
	for _, step := range s.Steps {
		fmt.Fprintln(&b, step)
	}
	writeQuery(&b, s.Query)
	fmt.Fprintf(&b, "---\n%s\n", s.Want)
	if s.Original != nil {
		fmt.Fprintf(&b, "original: %s\n", s.Original)
	}
	return b.String()
}

func writeQuery(b *strings.Builder, q matrix.Query) {
	var asked []string
	for _, s := range q.Selectors {
		asked = append(asked, selectorText(s))
	}
	line := func(word, rest string) { fmt.Fprintf(b, "%-11s %s\n", word, rest) }
	line("ask", strings.Join(asked, ", "))
	if !q.Target.IsZero() {
		line("to", strings.TrimSpace(selectorText(matrix.Selector{
			Tag: q.Target.Tag, Environment: q.Target.Environment, MainBranch: q.Target.MainBranch, Latest: q.Target.Latest,
		})))
	}
	switch q.LatestBy {
	case matrix.ByVersions:
	case matrix.EveryRow:
		line("by", "every")
	default:
		line("by", string(q.LatestBy))
	}
	for _, s := range q.Ignore {
		line("ignore", selectorText(s))
	}
	if q.Limit > 0 {
		line("limit", fmt.Sprint(q.Limit))
	}
	for _, o := range q.Show {
		line("show", map[matrix.Outcome]string{matrix.Passed: "ok", matrix.Failed: "failed", matrix.Unverified: "unverified"}[o])
	}
}

func selectorText(s matrix.Selector) string {
	words := []string{s.Pacticipant}
	if s.Version != "" {
		words = append(words, s.Version)
	}
	for _, pair := range [][2]string{{"tag", s.Tag}, {"branch", s.Branch}, {"environment", s.Environment}} {
		if pair[1] != "" {
			words = append(words, pair[0], pair[1])
		}
	}
	if s.MainBranch {
		words = append(words, "main-branch")
	}
	if s.Latest {
		words = append(words, "latest")
	}
	return strings.Join(words, " ")
}

// AnswerOf is the decision as an answer, with its sentences if wanted.
func AnswerOf(d matrix.Decision, sentences bool) Answer {
	a := Answer{Verdict: d.Verdict, Counts: d.Counts}
	if sentences {
		for _, n := range d.Notices() {
			a.Sentences = append(a.Sentences, n.Text)
		}
	}
	return a
}
