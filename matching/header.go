package matching

import (
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// parameterised are the headers whose values carry parameters.
var parameterised = map[string]bool{"accept": true, "content-type": true}

// matchHeaders compares the headers that are expected; others are ignored
// (rule 7 in doc.go). Names have no case, in rules neither.
func matchHeaders(expected, actual contract.Values, rules map[string]contract.RuleList, out *collector) {
	if len(expected) == 0 {
		return
	}
	received := lowerNames(actual)
	byName := headerRules(rules, out)
	for _, name := range sortedKeys(expected) {
		lower := strings.ToLower(name)
		values, ok := received[lower]
		want := splitHeader(lower, expected[name])
		if !ok {
			out.add(Mismatch{Kind: KindHeader, Path: name, Expected: shownList(want), Absent: true,
				Why: fmt.Sprintf("Expected a header '%s' but was missing", name)})
			continue
		}
		matchHeader(name, want, splitHeader(lower, values), byName[lower], out)
	}
}

func headerRules(rules map[string]contract.RuleList, out *collector) map[string]*checks {
	byName := map[string]*checks{}
	for _, name := range sortedKeys(rules) {
		if len(rules[name].Rules) == 0 {
			continue
		}
		c := compileChecks(rules[name])
		if wrong := c.wrong(name); len(wrong) > 0 {
			out.addWrong(KindHeader, wrong)
			continue
		}
		byName[strings.ToLower(name)] = c
	}
	return byName
}

func lowerNames(values contract.Values) contract.Values {
	lower := make(contract.Values, len(values))
	for _, name := range sortedKeys(values) {
		key := strings.ToLower(name)
		lower[key] = append(lower[key][:len(lower[key]):len(lower[key])], values[name]...)
	}
	return lower
}

// splitHeader splits the values of a list header and trims all.
func splitHeader(lower string, values []string) []string {
	var split []string
	for _, v := range values {
		split = append(split, contract.SplitHeader(lower, v)...)
	}
	return split
}

func matchHeader(name string, expected, actual []string, rules *checks, out *collector) {
	m := Mismatch{Kind: KindHeader, Path: name}
	switch {
	case rules != nil && len(expected) == 1 && len(actual) == 1:
		m.Expected, m.Actual = cut(expected[0]), cut(actual[0])
		for _, r := range rules.apply(func(k *check) string { return k.text(expected[0], actual[0]) }) {
			m.Rule, m.Why = r.rule, r.why
			out.add(m)
		}
	case rules != nil:
		matchList(rules, expected, actual, m, out)
	case len(expected) == 0 && len(actual) > 0:
		m.Actual = shownList(actual)
		m.Why = fmt.Sprintf("Expected an empty header '%s' but received %s", name, m.Actual)
		out.add(m)
	case len(expected) != len(actual) && normalCommas(strings.Join(expected, ",")) == normalCommas(strings.Join(actual, ",")):
		// The same list, sent in one line or in several (RFC 9110, 5.2).
	default:
		matchHeaderValues(m, expected, actual, out)
	}
}

// matchHeaderValues compares index by index.
func matchHeaderValues(m Mismatch, expected, actual []string, out *collector) {
	several := len(expected) > 1 || len(actual) > 1
	for i := range max(len(expected), len(actual)) {
		if i >= len(actual) {
			m.Expected, m.Actual, m.Absent = cut(expected[i]), "", true
			m.Why = fmt.Sprintf("Expected value '%s' at index %d but was missing (actual has %d value(s))", m.Expected, i, len(actual))
			out.add(m)
			continue
		}
		want := ""
		if i < len(expected) {
			want = expected[i]
		}
		m.Expected, m.Actual = cut(want), cut(actual[i])
		if m.Why = headerNotEqual(m.Path, want, actual[i], i, several); m.Why != "" {
			out.add(m)
		}
	}
}

// headerNotEqual tells why a header value is not the expected one, or "".
func headerNotEqual(name, want, got string, index int, several bool) string {
	if parameterised[strings.ToLower(name)] {
		if sameParameterised(want, got) {
			return ""
		}
		at := ""
		if several {
			at = fmt.Sprintf(" at index %d", index)
		}
		return fmt.Sprintf("Expected header '%s'%s to have value '%s' but was '%s'", name, at, cut(want), cut(got))
	}
	want, got = normalCommas(want), normalCommas(got)
	if want == got {
		return ""
	}
	why := textNotEqual(want, got)
	if several {
		why += fmt.Sprintf(" for value at index %d", index)
	}
	return why
}

// normalCommas drops white space around commas.
func normalCommas(s string) string {
	if !strings.Contains(s, ",") {
		return strings.TrimSpace(s)
	}
	items := strings.Split(s, ",")
	for i, item := range items {
		items[i] = strings.TrimSpace(item)
	}
	return strings.Join(items, ", ")
}

// sameParameterised compares "value; name=value" texts: the value must be
// equal, each expected parameter must be there with the same value, further
// actual parameters are accepted. Parameters have no case and no order (RFC
// 9110, 5.6.6), quotes do not count; the case of the value counts by the
// specification's cases ("header value is different case"). The boundary of a
// multipart type is the sender's choice.
func sameParameterised(expected, actual string) bool {
	want, wanted := contract.SplitParameters(expected)
	got, has := contract.SplitParameters(actual)
	if want != got {
		return false
	}
	multipart := strings.HasPrefix(strings.ToLower(want), "multipart/")
	for name, value := range wanted {
		if multipart && name == "boundary" {
			continue
		}
		if found, ok := has[name]; !ok || !strings.EqualFold(found, value) {
			return false
		}
	}
	return true
}
