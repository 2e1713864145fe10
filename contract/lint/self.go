package lint

import (
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

// The self checks match an example against its own rules: a mock server and a
// verifier that follow the rules would refuse what the contract shows.

func (l *linter) selfRequest(r contract.Request) {
	l.self("request", matching.Request(r, r))
}

func (l *linter) selfResponse(r contract.Response) {
	l.self("response", matching.Response(r, r))
}

func (l *linter) selfMessage(part string, m contract.Message) {
	l.self(part, matching.Message(m, m))
}

func (l *linter) self(part string, result matching.Result) {
	for _, m := range result.Mismatches {
		if r, ok := m.Rule.(contract.RegexRule); ok && compile(r.Pattern) != nil {
			continue // reported as an invalid pattern
		}
		l.add(Wrong, "example-breaks-rule", part+" "+string(m.Kind), m.Path, "the example does not fit its own rule: "+m.Why,
			"correct the example or the rule")
	}
}
