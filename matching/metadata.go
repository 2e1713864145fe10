package matching

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// matchMetadata compares the metadata that is expected of a message; other
// keys are ignored (rule 8 in doc.go).
func matchMetadata(expected, actual contract.Message, out *collector) {
	rules := compileRulesWith(expected.Rules[contract.CategoryMetadata], func(expr string) (contract.Path, error) {
		// A key may be a plain name that is not a path expression, such as "x.y z".
		if _, ok := expected.Metadata[expr]; ok {
			return contract.Path{{Kind: contract.TokenRoot}, {Kind: contract.TokenField, Name: expr}}, nil
		}
		return contract.ParsePath(expr)
	})
	out.addWrong(KindMetadata, rules.wrong)
	for _, key := range sortedKeys(expected.Metadata) {
		want := expected.Metadata[key]
		got, ok := actual.Metadata[key]
		if !ok && isContentType(key) {
			got, ok = contentTypeIn(actual.Metadata)
		}
		m := Mismatch{Kind: KindMetadata, Path: key, Expected: shownValue(want)}
		if !ok {
			m.Absent = true
			m.Why = fmt.Sprintf("Expected message metadata '%s' but was missing", cut(key))
			out.add(m)
			continue
		}
		m.Actual = shownValue(got)
		matchMetadataValue(rules.root.member(key), want, got, m, out)
	}
}

func matchMetadataValue(s *ruleState, want, got any, m Mismatch, out *collector) {
	for _, r := range metadataRejections(s, want, got, m.Path) {
		m.Rule = r.rule
		m.Why = fmt.Sprintf("Expected metadata key '%s' to have value '%s' but was '%s'", cut(m.Path), m.Expected, m.Actual)
		if r.why != "" {
			m.Why += " - " + r.why
		}
		out.add(m)
	}
}

func metadataRejections(s *ruleState, want, got any, key string) []rejection {
	text, isText := got.(string)
	example, exampleIsText := want.(string)
	switch {
	case s.checks != nil && isText && exampleIsText:
		return s.checks.apply(func(k *check) string { return k.text(example, text) })
	case s.checks == nil && isText && exampleIsText && isContentType(key):
		if sameParameterised(example, text) {
			return nil
		}
		return []rejection{{}}
	}
	return jsonRejections(s, want, got)
}

// jsonRejections compares two decoded JSON values.
func jsonRejections(s *ruleState, want, got any) []rejection {
	e, a := encoded(want), encoded(got)
	expected, err := parseJSON(e)
	if err != nil {
		return []rejection{{why: err.Error()}}
	}
	actual, err := parseJSON(a)
	if err != nil {
		return []rejection{{why: err.Error()}}
	}
	out := newCollector()
	w := jsonWalk{expected: expected, actual: actual, out: out}
	w.value(s, 0, 0)
	var all []rejection
	for _, m := range out.list {
		all = append(all, rejection{m.Rule, m.Why})
	}
	return all
}

// encoded is the JSON of a decoded value; what has none is null.
func encoded(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		return []byte("null")
	}
	return data
}

func shownValue(v any) string {
	if s, ok := v.(string); ok {
		return cut(s)
	}
	return cut(string(encoded(v)))
}

func isContentType(key string) bool {
	return strings.EqualFold(key, "contentType") || strings.EqualFold(key, "content-type")
}

// contentTypeIn finds the content type in metadata under either of its names.
func contentTypeIn(metadata map[string]any) (any, bool) {
	for _, key := range sortedKeys(metadata) {
		if isContentType(key) {
			return metadata[key], true
		}
	}
	return nil, false
}
