package matching

import (
	"github.com/treatyhq/treaty/contract"
)

// compareForm compares URL-encoded forms like a query, in both directions
// without unexpected parameters (rule 21 in doc.go).
func compareForm(b bodies, out *collector) {
	p := parameters{kind: KindBody, word: "form post parameter",
		path: func(name string) string {
			return place{{Kind: contract.TokenField, Name: name}}.String()
		},
		rules:  func(name string) *checks { return b.rules.root.member(name).checks },
		ruleAt: func(name string, i int) *checks { return b.rules.root.member(name).element(i).checks },
	}
	p.match(contract.ParseQuery(string(b.expected)), contract.ParseQuery(string(b.actual)), out)
}
