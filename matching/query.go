package matching

import (
	"fmt"

	"github.com/treatyhq/treaty/contract"
)

// parameters is what distinguishes the two places where names have lists of
// text values: the query and a form body.
type parameters struct {
	kind Kind
	word string // what mismatch texts call one
	path func(name string) string
	// rules returns what applies to a name; nil is equality.
	rules func(name string) *checks
	// ruleAt returns what applies to one value of a name without rules.
	ruleAt func(name string, i int) *checks
}

// matchQuery compares query parameters by name (rule 5 in doc.go).
func matchQuery(expected, actual contract.Request, out *collector) {
	compiled := map[string]*checks{}
	for name, list := range expected.Rules[contract.CategoryQuery] {
		if len(list.Rules) > 0 {
			compiled[name] = compileChecks(list)
		}
	}
	for _, name := range sortedKeys(compiled) {
		if wrong := compiled[name].wrong(name); len(wrong) > 0 {
			out.addWrong(KindQuery, wrong)
			delete(compiled, name)
		}
	}
	p := parameters{kind: KindQuery, word: "query parameter",
		path:   func(name string) string { return name },
		rules:  func(name string) *checks { return compiled[name] },
		ruleAt: func(string, int) *checks { return nil }} // a query's rules have no index
	p.match(expected.Query, actual.Query, out)
}

func (p parameters) match(expected, actual contract.Values, out *collector) {
	for _, name := range sortedKeys(expected) {
		values, ok := actual[name]
		if !ok {
			out.add(Mismatch{Kind: p.kind, Path: p.path(name), Expected: shownList(expected[name]), Absent: true,
				Why: fmt.Sprintf("Expected %s '%s' but was missing", p.word, cut(name))})
			continue
		}
		p.matchValues(name, expected[name], values, out)
	}
	for _, name := range sortedKeys(actual) {
		if _, ok := expected[name]; !ok {
			out.add(Mismatch{Kind: p.kind, Path: p.path(name), Actual: shownList(actual[name]),
				Why: fmt.Sprintf("Unexpected %s '%s' received", p.word, cut(name))})
		}
	}
}

func (p parameters) matchValues(name string, expected, actual []string, out *collector) {
	m := Mismatch{Kind: p.kind, Path: p.path(name)}
	if rules := p.rules(name); rules != nil {
		matchList(rules, expected, actual, m, out)
		return
	}
	if len(expected) == 0 && len(actual) > 0 {
		m.Actual = shownList(actual)
		m.Why = fmt.Sprintf("Expected an empty parameter list for '%s' but received %s", cut(name), m.Actual)
		out.add(m)
		return
	}
	if len(expected) != len(actual) {
		m.Expected, m.Actual = shownList(expected), shownList(actual)
		m.Why = fmt.Sprintf("Expected %s '%s' with %d value(s) but received %d value(s)", p.word, cut(name), len(expected), len(actual))
		out.add(m)
	}
	for i, want := range expected[:min(len(expected), len(actual))] {
		m.Expected, m.Actual, m.Rule = cut(want), cut(actual[i]), nil
		if rules := p.ruleAt(name, i); rules != nil {
			for _, r := range rules.apply(func(k *check) string { return k.text(want, actual[i]) }) {
				m.Rule, m.Why = r.rule, r.why
				out.add(m)
			}
			continue
		}
		if want != actual[i] {
			m.Why = fmt.Sprintf("Expected %s '%s' with value '%s' but was '%s'", p.word, cut(name), m.Expected, m.Actual)
			out.add(m)
		}
	}
}
