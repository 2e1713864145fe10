package dsl

import (
	"fmt"
	"net/url"

	"github.com/pact-foundation/pact-go/v2/matchers"

	"github.com/treatyhq/treaty/contract"
)

const formType = "application/x-www-form-urlencoded"

func (p *part) formBody(parameters matchers.QueryMatcher) {
	form := url.Values{}
	compiled := map[string]values{}
	for _, name := range sortedNames(parameters) {
		v, err := compileValues(parameters[name], p.interaction.version)
		if err != nil {
			p.fail(fmt.Sprintf("body, form parameter %q", name), err)
			return
		}
		form[name], compiled[name] = v.examples(), v
	}
	p.setBody([]byte(form.Encode()), formType)
	for name, v := range compiled {
		if err := p.formRules(name, v); err != nil {
			p.fail(fmt.Sprintf("body, form parameter %q", name), err)
		}
	}
}

// formRules keeps the rules of a form parameter: at its own path for the only
// value, else at the path of each, so that there must be as many.
func (p *part) formRules(name string, v values) error {
	at := contract.Path{{Kind: contract.TokenRoot}}.Field(name)
	for n, one := range v {
		path := at
		if len(v) > 1 {
			path = at.Elem(n)
		}
		if _, whole := fit(one.rules, p.interaction.version); !whole {
			return fmt.Errorf("a pact of version %s cannot hold several matchers for one value: use %s or later", p.interaction.version, contract.V3)
		}
		if len(one.rules.Rules) > 0 {
			p.addRules(contract.CategoryBody, path.String(), one.rules)
		}
		if one.generator != nil {
			p.addGenerator(contract.CategoryBody, path.String(), *one.generator)
		}
	}
	return nil
}
