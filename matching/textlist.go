package matching

import (
	"fmt"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// matchList compares a list of text values under rules (rule 6 in doc.go):
// every actual value is asked for, against the expected one at its index or
// the first; only min, max and equality say how many there must be. m says where.
func matchList(rules *checks, expected, actual []string, m Mismatch, out *collector) {
	m.Expected, m.Actual = shownList(expected), shownList(actual)
	for _, r := range rules.apply(func(k *check) string { return k.textList(expected, actual) }) {
		m.Rule, m.Why = r.rule, r.why
		out.add(m)
	}
	for i, value := range actual {
		example := exampleAt(expected, i)
		for _, r := range rules.apply(func(k *check) string { return k.textElement(example, value) }) {
			m.Expected, m.Actual, m.Rule, m.Why = cut(example), cut(value), r.rule, r.why
			out.add(m)
		}
	}
}

// exampleAt is the expected value for index i: its own or the first.
func exampleAt(expected []string, i int) string {
	switch {
	case i < len(expected):
		return expected[i]
	case len(expected) > 0:
		return expected[0]
	}
	return ""
}

// textList asks the rule for the list as a whole.
func (c *check) textList(expected, actual []string) string {
	shown := func() string { return shownList(actual) }
	switch r := c.rule.(type) {
	case contract.EqualityRule:
		if len(expected) != len(actual) { // equal lists have equal values, asked for one by one
			return fmt.Sprintf("Expected %s to be equal to %s", shown(), shownList(expected))
		}
	case contract.TypeRule:
		return checkBounds(len(actual), r.Min, r.Max, shown)
	case contract.MinRule:
		return checkBounds(len(actual), &r.Min, nil, shown)
	case contract.MaxRule:
		return checkBounds(len(actual), nil, &r.Max, shown)
	case contract.NotEmptyRule:
		if len(actual) == 0 {
			return "Expected [] (Array) to not be empty"
		}
	case contract.ArrayContainsRule:
		return c.textContains(expected, actual)
	}
	return ""
}

// textContains asks that each variant accepts some value of the list.
func (c *check) textContains(expected, actual []string) string {
	var missing []string
	for _, v := range c.variants {
		if v.index < 0 || v.index >= len(expected) {
			missing = append(missing, fmt.Sprintf("Variant at index %d has no example in the expected list; correct the contract", v.index))
			continue
		}
		if !v.accepts(expected[v.index], actual) {
			missing = append(missing, fmt.Sprintf("Variant at index %d (%q) was not found in the actual list", v.index, cut(expected[v.index])))
		}
	}
	return strings.Join(missing, "; ")
}

func (v variant) accepts(example string, actual []string) bool {
	rules := v.rules.root.checks
	for _, value := range actual {
		if rules == nil && value == example {
			return true
		}
		if rules != nil && len(rules.apply(func(k *check) string { return k.text(example, value) })) == 0 {
			return true
		}
	}
	return false
}

// textElement asks the rule for one value of the list.
func (c *check) textElement(example, value string) string {
	switch c.rule.(type) {
	case contract.ArrayContainsRule:
		return ""
	case contract.EachValueRule:
		var why []string
		for _, r := range c.subs.apply(func(k *check) string { return k.text(example, value) }) {
			why = append(why, r.why)
		}
		return strings.Join(why, "; ")
	}
	return c.text(example, value)
}

// shownList is a list of text values as mismatch texts show it.
func shownList(values []string) string {
	if len(values) == 1 {
		return cut(values[0])
	}
	var b strings.Builder
	b.WriteByte('[')
	for i, v := range values {
		if b.Len() > maxShown {
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", cut(v))
	}
	b.WriteByte(']')
	return cut(b.String())
}

// sortedKeys returns the keys of m in order: the same input gives the same text.
func sortedKeys[V any](m map[string]V) []string {
	if len(m) == 0 {
		return nil
	}
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
