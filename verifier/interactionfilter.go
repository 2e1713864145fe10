package verifier

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/treatyhq/treaty/contract"
)

// Filter leaves interactions out of a verification; the zero value leaves out
// none. A run in which interactions were left out of a pact is never published: it
// says nothing about the pact as a whole.
type Filter struct {
	// Description is a regular expression (RE2) found anywhere in the description.
	Description string
	// State is a regular expression (RE2) found anywhere in the name of one
	// provider state.
	State string
	// NoState keeps only interactions without a provider state. It does not go
	// with State.
	NoState bool
	// Consumers keeps only pacts of these consumers, by exact name. A pact is
	// verified whole or not at all by it, so it does not keep from publishing.
	Consumers []string
	// Only keeps interactions for which it is true; nil keeps all.
	Only func(consumer string, i contract.Interaction) bool
}

type compiledFilter struct {
	Filter
	description, state *regexp.Regexp
}

func (f Filter) compile() (compiledFilter, error) {
	c := compiledFilter{Filter: f}
	if f.NoState && f.State != "" {
		return c, &OptionError{"Filter.State", "cannot be combined with the filter for no state: no interaction passes both"}
	}
	var err error
	if c.description, err = compilePattern("Filter.Description", f.Description); err != nil {
		return c, err
	}
	c.state, err = compilePattern("Filter.State", f.State)
	return c, err
}

func compilePattern(field, pattern string) (*regexp.Regexp, error) {
	if pattern == "" {
		return nil, nil
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, &OptionError{field, fmt.Sprintf("%q is not a regular expression: %v", cut(pattern, 100), err)}
	}
	return re, nil
}

// narrow reports whether interactions within a pact may be left out.
func (c compiledFilter) narrow() bool {
	return c.description != nil || c.state != nil || c.NoState || c.Only != nil
}

func (c compiledFilter) consumer(name string) bool {
	return len(c.Consumers) == 0 || slices.Contains(c.Consumers, name)
}

func (c compiledFilter) interaction(consumer string, i contract.Interaction) bool {
	base := i.Base()
	if c.description != nil && !c.description.MatchString(base.Description) {
		return false
	}
	if c.NoState && len(base.States) > 0 {
		return false
	}
	if c.state != nil && !slices.ContainsFunc(base.States, func(s contract.ProviderState) bool {
		return c.state.MatchString(s.Name)
	}) {
		return false
	}
	return c.Only == nil || c.Only(consumer, i)
}
