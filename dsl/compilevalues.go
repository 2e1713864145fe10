package dsl

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/pact-foundation/pact-go/v2/matchers"

	"github.com/treatyhq/treaty/contract"
)

// values is what the values of one header, query or form parameter compile to.
type values []texts

func compileValues(matchers []matchers.Matcher, version contract.SpecVersion) (values, error) {
	var all values
	for n, matcher := range matchers {
		one, err := compileText(matcher, version)
		if err != nil {
			return nil, err
		}
		if len(matchers) > 1 && one.list {
			return nil, fmt.Errorf("value %d stands for a list and %d values are given: a matcher of a list must be the only one", n+1, len(matchers))
		}
		all = append(all, one)
	}
	return all, nil
}

func (v values) examples() []string {
	var all []string
	for _, one := range v {
		all = append(all, one.examples...)
	}
	return all
}

// errSharedRule says why a header or query parameter is refused.
var errSharedRule = errors.New("its values have different matchers, and a pact has one rule for all values of a name: a value that never comes would pass. " +
	"Give each value the same matcher (one Regex that fits them all), give all of them as plain text, or use a name for each")

// rules returns the one rule list that a pact has for all values of a header
// or query parameter. It is refused where it would say less than the test.
func (v values) rules() (contract.RuleList, error) {
	if len(v) == 0 {
		return contract.RuleList{}, nil
	}
	exact, same, ruled := true, true, contract.RuleList{}
	for _, one := range v {
		exact = exact && one.isExact()
		same = same && reflect.DeepEqual(one.rules, v[0].rules)
		if len(one.rules.Rules) > 0 {
			ruled = one.rules
		}
	}
	switch {
	case exact, len(v) == 1: // equality compares each value and their number
		return ruled, nil
	case !same:
		return contract.RuleList{}, errSharedRule
	}
	// A rule alone leaves open how many values there are.
	number := len(v.examples())
	return contract.RuleList{Rules: append(ruled.Rules[:len(ruled.Rules):len(ruled.Rules)], contract.TypeRule{Min: &number, Max: &number})}, nil
}

// fit returns rules as a pact of the given version can hold them: before V3
// that is one rule, without the number of values.
func fit(rules contract.RuleList, version contract.SpecVersion) (fitting contract.RuleList, whole bool) {
	if version >= contract.V3 || len(rules.Rules) < 2 {
		return rules, true
	}
	return contract.RuleList{Rules: rules.Rules[:1]}, false
}
