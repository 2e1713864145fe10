package dsl

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/integration"
)

// bodyVariant is one more form of a response's body.
type bodyVariant struct {
	label, state string
	content      []byte
	rules        map[string]contract.RuleList
	generators   map[string]contract.Generator
}

func (p *part) addVariant(form integration.Variant) {
	switch {
	case p.name != "response":
		p.fail("body", errors.New("variants belong in the response: the consumer decides what it sends"))
		return
	case p.interaction.version < contract.V3:
		p.fail("body", fmt.Errorf("variants need a pact of version %s or later, this one is %s", contract.V3, p.interaction.version))
		return
	}
	content, err := integration.EncodeJSON(form.Example)
	if err == nil {
		err = form.Check(p.interaction.version)
	}
	if err != nil {
		p.fail("body, variant "+form.Label, err)
		return
	}
	p.variants = append(p.variants, bodyVariant{
		label: form.Label, state: form.State, content: content, rules: form.Rules, generators: form.Generators,
	})
}

// exchange is a described interaction with the further forms of its response.
type exchange struct {
	plain    *contract.HTTP
	variants []variantExchange
	// asked are the rules for requests that the mock provider asks for; the
	// version of the pact may not hold them whole.
	asked contract.RuleSet
}

type variantExchange struct {
	label string
	*contract.HTTP
}

// all returns the interactions as they stand in the pact.
func (e exchange) all() []*contract.HTTP {
	all := []*contract.HTTP{e.plain}
	for _, v := range e.variants {
		all = append(all, v.HTTP)
	}
	return all
}

// played is an interaction of e as the mock provider plays it.
func (e exchange) played(written *contract.HTTP) *contract.HTTP {
	h := *written
	h.Request.Rules = e.asked
	return &h
}

// expand makes an interaction of each further form.
func (i *Interaction) expand(plain *contract.HTTP) exchange {
	e := exchange{plain: plain, asked: i.request.played()}
	for n, form := range i.response.variants {
		v := *plain
		v.Description = fmt.Sprintf("%s (%s)", plain.Description, form.label)
		v.States = append(slices.Clone(plain.States), contract.ProviderState{Name: form.state})
		if plain.Key != "" {
			v.Key = fmt.Sprintf("%s-%d", plain.Key, n+2)
		}
		v.Response.Body.Content = form.content
		v.Response.Rules = maps.Clone(plain.Response.Rules)
		v.Response.Generators = maps.Clone(plain.Response.Generators)
		if v.Response.Rules == nil {
			v.Response.Rules = contract.RuleSet{}
		}
		if v.Response.Generators == nil {
			v.Response.Generators = contract.GeneratorSet{}
		}
		v.Response.Rules[contract.CategoryBody] = form.rules
		v.Response.Generators[contract.CategoryBody] = form.generators
		e.variants = append(e.variants, variantExchange{form.label, &v})
	}
	return e
}

// round is one run of the test function: which interactions are played, and
// which variant is among them.
type round struct {
	interactions []*contract.HTTP
	variant      string
}

// rounds plays all plain interactions first, and then each variant in the
// place of its plain one.
func rounds(exchanges []exchange) []round {
	var plain []*contract.HTTP
	for _, e := range exchanges {
		plain = append(plain, e.played(e.plain))
	}
	all := []round{{interactions: plain}}
	for n, e := range exchanges {
		for _, v := range e.variants {
			interactions := slices.Clone(plain)
			interactions[n] = e.played(v.HTTP)
			all = append(all, round{interactions, v.label})
		}
	}
	return all
}
