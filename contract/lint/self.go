package lint

import (
	"fmt"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/pattern"
	"github.com/treatyhq/treaty/matching"
)

// Examples tells where the examples of an interaction do not fit their own
// rules: path, query, headers, body, metadata and contents, and rules that
// nothing can fit, such as a pattern that cannot be read. A mock server and a
// verifier that follow the rules would refuse what the contract shows, so
// nobody could keep it.
//
// All findings are of level [Wrong], without Where. It costs one comparison of
// each part with itself, so it can run wherever an interaction is written; it
// changes nothing and is safe for concurrent use.
func Examples(i contract.Interaction) []Finding {
	var findings []Finding
	for _, m := range selfMismatches(i) {
		findings = append(findings, m.finding())
	}
	return findings
}

// selfMismatch is where an example does not fit its own rules.
type selfMismatch struct {
	part string // of the interaction, such as "response"
	matching.Mismatch
}

func (m selfMismatch) finding() Finding {
	return Finding{
		Level: Wrong, Check: "example-breaks-rule", Part: m.part + " " + string(m.Kind), Path: m.Path,
		What:   "the example does not fit its own rule: " + m.Why,
		Advice: "correct the example or the rule",
	}
}

// selfMismatches matches each part with itself.
func selfMismatches(i contract.Interaction) []selfMismatch {
	var all []selfMismatch
	add := func(part string, r matching.Result) {
		for _, m := range r.Mismatches {
			all = append(all, selfMismatch{part, m})
		}
	}
	switch i := i.(type) {
	case *contract.HTTP:
		request, response := i.Request, i.Response
		request.Body, response.Body = sent(request.Body), sent(response.Body)
		add("request", matching.Request(i.Request, request))
		add("response", matching.Response(i.Response, response))
	case *contract.AsyncMessage:
		add("message", matchesItself(i.Message))
	case *contract.SyncMessage:
		add("request", matchesItself(i.Request))
		for n, m := range i.Responses {
			add(fmt.Sprintf("response[%d]", n), matchesItself(m))
		}
	}
	return all
}

func matchesItself(m contract.Message) matching.Result {
	actual := m
	actual.Contents = sent(m.Contents)
	return matching.Message(m, actual)
}

// sent is a body as the other side would receive it.
func sent(b contract.Body) contract.Body {
	b.Content = b.Wire()
	return b
}

// self reports what [Examples] does, without what another check has said.
func (l *linter) self(i contract.Interaction) {
	for _, m := range selfMismatches(i) {
		switch r := m.Rule.(type) {
		case contract.UnknownRule:
			continue // a plugin may know it
		case contract.RegexRule:
			if _, err := pattern.Compile(r.Pattern); err != nil {
				continue // an invalid pattern
			}
		}
		f := m.finding()
		l.add(f.Level, f.Check, f.Part, f.Path, f.What, f.Advice)
	}
}
