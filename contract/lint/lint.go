// Package lint looks for what is wrong with a pact before somebody else finds
// it: what cannot be read, rules without effect, examples that break their own
// rules, values that change from one run to the next, and responses that ask for
// more than a consumer can need.
//
// Begin with [File] for the text of a pact file, or with [Pact] for one that is
// read already. It does not ask a provider: whether the pact is kept is for
// package verifier to find out. It changes nothing, and its functions are safe
// for concurrent use.
package lint

import (
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/internal/walk"
)

// Level says how bad a finding is.
type Level string

// The levels.
const (
	// Wrong breaks verification, or makes it say less than it seems to.
	Wrong Level = "error"
	// Risky works today and will cost somebody time.
	Risky Level = "warning"
	// Hint may be as intended.
	Hint Level = "hint"
)

// Finding is one thing to look at.
type Finding struct {
	// Level says how bad it is.
	Level Level `json:"level"`
	// Check is the name of the check, such as "example-breaks-rule".
	Check string `json:"check"`
	// Where is the interaction, such as `interactions[2] "a user"`; empty for
	// the document.
	Where string `json:"where,omitempty"`
	// Part of the interaction, such as "response body"; may be empty.
	Part string `json:"part,omitempty"`
	// Path within the part: a path expression, a header's or parameter's name.
	Path string `json:"path,omitempty"`
	// What is the matter, and in Advice what to do about it; neither is empty.
	What   string `json:"what"`
	Advice string `json:"advice"`
}

// String returns the finding in one line, its place first, without level and
// advice.
func (f Finding) String() string {
	var place []string
	for _, part := range []string{f.Where, f.Part, f.Path} {
		if part != "" {
			place = append(place, part)
		}
	}
	if len(place) == 0 {
		return f.What
	}
	return strings.Join(place, " ") + ": " + f.What
}

// File returns what there is to say about the text of a pact file, of any version
// of the specification; nil if nothing. A file that cannot be read is a finding
// too, of level Wrong with the check "unreadable".
func File(data []byte) []Finding {
	pact, notes, err := contract.DecodeNotes(data)
	if err != nil {
		return []Finding{{
			Level: Wrong, Check: "unreadable", What: err.Error(),
			Advice: "correct the file, or write it anew by running the consumer's tests",
		}}
	}
	var findings []Finding
	for _, note := range notes {
		findings = append(findings, Finding{
			Level: Risky, Check: "unclear", Where: note.Where, What: note.What,
			Advice: "write it as the Pact Specification has it; other tools may read it differently",
		})
	}
	return append(findings, Pact(pact)...)
}

// Pact checks a pact.
func Pact(p *contract.Pact) []Finding {
	l := &linter{version: p.Version}
	l.hybrid(p)
	if len(p.Interactions) == 0 {
		l.add(Risky, "empty", "", "", "the contract has no interactions", "delete it, or run the consumer's tests that write it")
	}
	for n, i := range p.Interactions {
		l.where = fmt.Sprintf("interactions[%d] %q", n, i.Base().Description)
		l.guarded(func() {
			l.given = given(i)
			l.common(i.Base())
			l.interaction(i)
		})
	}
	l.where = ""
	l.guarded(func() { l.duplicates(p.Interactions) })
	return l.findings
}

// hybrid finds interactions and messages in one file of V3, which has either.
func (l *linter) hybrid(p *contract.Pact) {
	kinds := map[contract.Kind]int{}
	for _, i := range p.Interactions {
		kinds[i.Kind()]++
	}
	if p.Version < contract.V4 && len(kinds) > 1 {
		l.add(Wrong, "mixed-kinds", "", "", fmt.Sprintf("has %d HTTP interactions and %d messages, of which verifiers check one kind only: a file of version %s has either",
			kinds[contract.KindHTTP], kinds[contract.KindAsyncMessage], p.Version),
			"write two files, or one of version 4, which has both: treaty pact convert --to 4")
	}
}

// guarded runs checks. Should they panic, which is a fault of this package,
// that is a finding, and the other interactions are still looked at.
func (l *linter) guarded(check func()) {
	defer func() {
		if cause := recover(); cause != nil {
			l.add(Wrong, "internal-error", "", "", fmt.Sprintf("could not be checked: internal error (%v)", cause),
				"report it together with the contract")
		}
	}()
	check()
}

// linter collects findings; where is the interaction that is looked at, and
// given all text that the provider learns from it before it answers.
type linter struct {
	version  contract.SpecVersion
	where    string
	given    string
	findings []Finding
}

func (l *linter) add(level Level, check, part, path, what, advice string) {
	l.findings = append(l.findings, Finding{
		Level: level, Check: check, Where: l.where, Part: part, Path: path, What: what, Advice: advice,
	})
}

// common checks what all interactions have.
func (l *linter) common(c *contract.Common) {
	if strings.TrimSpace(c.Description) == "" {
		l.add(Risky, "no-description", "", "", "the interaction has no description", "say in words what the consumer asks for")
	}
	if fresh(c.Description) {
		l.add(Risky, "unstable-name", "description", "", "contains "+unstable(c.Description)+"; made anew, it names a new interaction each time",
			"use a fixed description")
	}
	for _, s := range c.States {
		if fresh(s.Name) {
			l.add(Hint, "unstable-name", "provider state", s.Name, "contains "+unstable(s.Name)+", which a handler has to know",
				"use a fixed name and put the value into a parameter")
		}
	}
}

// given is the request and the provider states as text. A value that stands
// there too is an echo, which does not change by itself.
func given(i contract.Interaction) string {
	var b strings.Builder
	for _, s := range i.Base().States {
		b.WriteString(s.Name + walk.Text(s.Params))
	}
	switch i := i.(type) {
	case *contract.HTTP:
		r := i.Request
		b.WriteString(r.Path + walk.Text(r.Query) + walk.Text(r.Headers) + string(r.Body.Content))
	case *contract.SyncMessage:
		b.WriteString(walk.Text(i.Request.Metadata) + string(i.Request.Contents.Content))
	}
	return b.String()
}

// interaction checks the parts. What a provider sends is looked at more
// closely than what a consumer sends, because only the former is compared
// with something this contract does not control.
func (l *linter) interaction(i contract.Interaction) {
	switch i := i.(type) {
	case *contract.HTTP:
		l.request(i.Request)
		l.response(i.Response)
	case *contract.AsyncMessage:
		l.message("message", i.Message, true)
	case *contract.SyncMessage:
		l.message("request", i.Request, false)
		for n, m := range i.Responses {
			l.message(fmt.Sprintf("response[%d]", n), m, true)
		}
	}
	l.self(i)
}

func (l *linter) request(r contract.Request) {
	l.method(r.Method)
	l.path(r.Path)
	l.rules("request", r.Rules, r.Generators)
	l.names("request", "header", headerNames(r.Headers), r.Rules[contract.CategoryHeader])
	l.names("request", "query parameter", r.Query.Names(), r.Rules[contract.CategoryQuery])
	l.body("request body", r.Body, r.Rules, r.Generators, false)
}

func (l *linter) response(r contract.Response) {
	l.status(r)
	l.rules("response", r.Rules, r.Generators)
	l.names("response", "header", headerNames(r.Headers), r.Rules[contract.CategoryHeader])
	l.headers(r)
	l.body("response body", r.Body, r.Rules, r.Generators, true)
}

func (l *linter) message(part string, m contract.Message, produced bool) {
	l.rules(part, m.Rules, m.Generators)
	l.names(part, "metadata", walk.SortedKeys(m.Metadata), metadataNames(m.Rules[contract.CategoryMetadata]))
	l.body(part+" contents", m.Contents, m.Rules, m.Generators, produced)
}
