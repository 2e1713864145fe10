package matching

import (
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// bodies is the pair that a comparator gets.
type bodies struct {
	expected, actual         []byte
	expectedType, actualType contract.ContentType
	rules                    *ruleTree
	strict                   bool // unexpected keys, attributes and children are mismatches
	depth                    int  // of multipart bodies around this one
}

// bodyPair is what the gate looks at before contents are compared.
type bodyPair struct {
	expected, actual         contract.Body
	expectedType, actualType contract.ContentType
	rules                    contract.RuleSet
	strict                   bool
	// typeAccepted is true when a header rule has judged the content type.
	typeAccepted bool
	message      bool
}

// matchBody compares bodies: the gate first (rule 9 in doc.go), then the
// comparator for the expected type.
func matchBody(p bodyPair, out *collector) {
	switch {
	case p.expected.State == contract.BodyMissing:
		return
	case p.expected.State != contract.BodyPresent:
		p.matchNothing(out)
		return
	}
	rules := compileRules(p.rules[contract.CategoryBody])
	out.addWrong(KindBody, rules.wrong)
	compare := comparatorFor(p.expectedType, rules)
	if p.actual.State != contract.BodyPresent {
		if compare.judgesNothing && rules.root.checks != nil && p.actual.State == contract.BodyEmpty {
			compare.f(p.bodies(rules), out)
			return
		}
		p.addMissing(out)
		return
	}
	if !p.sameType() {
		p.addTypeMismatch(out)
		return
	}
	compare.f(p.bodies(rules), out)
}

func (p bodyPair) bodies(rules *ruleTree) bodies {
	return bodies{p.expected.Content, p.actual.Content, p.expectedType, p.actualType, rules, p.strict, 0}
}

// matchNothing is for an expected body that is null or empty.
func (p bodyPair) matchNothing(out *collector) {
	if p.actual.State != contract.BodyPresent {
		return
	}
	if p.expected.State == contract.BodyNull && strings.TrimSpace(string(p.actual.Content)) == "null" {
		return
	}
	out.add(Mismatch{Kind: KindBody, Path: "/", Actual: cut(string(p.actual.Content)),
		Why: fmt.Sprintf("Expected empty body but received '%s'", cut(string(p.actual.Content)))})
}

func (p bodyPair) addMissing(out *collector) {
	how := "was missing"
	if p.actual.State != contract.BodyMissing {
		how = "was empty"
	}
	expected := cut(string(p.expected.Content))
	if p.expectedType.IsBinary() {
		expected = shownBytes(p.expected.Content, p.expectedType)
	}
	out.add(Mismatch{Kind: KindBody, Path: "$", Expected: expected, Absent: true,
		Why: fmt.Sprintf("Expected body '%s' but %s", expected, how)})
}

// sameType reports whether the contents may be compared.
func (p bodyPair) sameType() bool {
	if p.typeAccepted {
		return true
	}
	if !p.message && (p.expectedType.IsUnknown() || p.actualType.IsUnknown()) {
		return true
	}
	if p.expectedType.IsMultipart() && p.expectedType.Essence() == p.actualType.Essence() {
		return true // every body has a boundary of its own
	}
	return p.expectedType.Accepts(p.actualType)
}

func (p bodyPair) addTypeMismatch(out *collector) {
	m := Mismatch{Kind: KindBodyType, Expected: p.expectedType.String(), Actual: p.actualType.String()}
	m.Why = fmt.Sprintf("Expected a body of '%s' but the actual content type was '%s'", m.Expected, m.Actual)
	if p.message {
		m.Why = fmt.Sprintf("Expected message with content type %s but was %s", m.Expected, m.Actual)
	}
	out.add(m)
}

// comparator compares contents of one kind. judgesNothing tells that rules at
// the root may judge contents of zero bytes.
type comparator struct {
	f             func(bodies, *collector)
	judgesNothing bool
}

// comparatorFor chooses by the expected type.
func comparatorFor(t contract.ContentType, rules *ruleTree) comparator {
	switch {
	case t.IsJSON():
		return comparator{f: compareJSON}
	case t.IsXML():
		return comparator{f: compareXML}
	case t.IsMultipart():
		return comparator{f: compareMultipart}
	case t.IsForm():
		return comparator{f: compareForm}
	case t.IsBinary(), rules.hasContentTypeRule():
		return comparator{compareBinary, true}
	}
	return comparator{compareText, true}
}

// hasContentTypeRule reports whether a contentType rule stands at the root, so
// that even text is judged by its bytes.
func (t *ruleTree) hasContentTypeRule() bool {
	if t.root.checks == nil {
		return false
	}
	for _, k := range t.root.checks.list {
		if _, ok := k.rule.(contract.ContentTypeRule); ok {
			return true
		}
	}
	return false
}

// typeOf is the content type of a body: as declared, by the header, or sniffed.
func typeOf(b contract.Body, header []string) contract.ContentType {
	declared := b.ContentType
	if declared == "" && len(header) > 0 {
		declared = header[0]
	}
	if declared == "" && b.State == contract.BodyPresent {
		declared = contract.SniffContentType(b.Content)
	}
	t, err := contract.ParseContentType(declared)
	if err != nil && b.State == contract.BodyPresent {
		t, _ = contract.ParseContentType(contract.SniffContentType(b.Content))
	}
	if t.IsMultipart() && len(header) > 0 {
		declared, _ := contract.ParseContentType(header[0])
		t = t.WithBoundary(declared, nil)
	}
	return t
}
