package matching

import (
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// compareJSON compares two JSON bodies under the rules of the body category.
func compareJSON(b bodies, out *collector) {
	b = b.withoutGraphQLOptions()
	b.expected, b.actual = withoutSchemaHeader(b.expected, b.expectedType), withoutSchemaHeader(b.actual, b.actualType)
	expected, err := readJSON(b.expected, b.expectedType)
	if err != nil {
		out.add(Mismatch{Kind: KindBody, Path: "$", Expected: cut(string(b.expected)), Actual: cut(string(b.actual)),
			Why: fmt.Sprintf("The expected body is not JSON: %v; correct the contract", err)})
		return
	}
	actual, err := readJSON(b.actual, b.actualType)
	if err != nil {
		out.add(Mismatch{Kind: KindBody, Path: "$", Expected: expected.compact(0), Actual: cut(string(b.actual)),
			Why: fmt.Sprintf("Expected a JSON body but could not read it: %v", err)})
		return
	}
	w := jsonWalk{expected: expected, actual: actual, strict: b.strict, out: out}
	w.value(b.rules.root, 0, 0)
}

// readJSON parses a body of a content type.
func readJSON(content []byte, t contract.ContentType) (*jsonTree, error) {
	text, err := jsonText(content, t)
	if err != nil {
		return nil, err
	}
	return parseJSON(text)
}

// jsonWalk compares two trees value by value. It carries the place and the
// rules along and emits mismatches.
type jsonWalk struct {
	expected, actual *jsonTree
	strict           bool // unexpected keys are mismatches
	at               place
	out              *collector
}

// value compares expected value e with actual value a (rule 14 in doc.go).
func (w *jsonWalk) value(s *ruleState, e, a int32) {
	if w.out.limit == 0 && w.out.omitted > 0 {
		return // a trial that only asks whether there is a mismatch
	}
	want, got := w.expected.nodes[e].kind, w.actual.nodes[a].kind
	switch {
	case want == kindObject && got == kindObject:
		w.object(s, e, a)
	case want == kindArray && got == kindArray:
		w.array(s, e, a)
	case want == kindObject || want == kindArray:
		if w.room() {
			w.add(e, a, nil, fmt.Sprintf("Type mismatch: Expected %s to be the same type as %s", w.actual.typed(a), w.expected.typed(e)))
		}
	default:
		w.scalar(s, e, a)
	}
}

func (w *jsonWalk) scalar(s *ruleState, e, a int32) {
	if s.checks == nil {
		if !sameJSON(w.expected, e, w.actual, a) && w.room() {
			w.add(e, a, nil, w.notEqual(e, a))
		}
		return
	}
	w.applyAll(s, e, a)
}

// applyAll runs the checks of s on a value; it reports whether they accept it.
func (w *jsonWalk) applyAll(s *ruleState, e, a int32) bool {
	if len(s.checks.list) == 1 { // nearly always; spares a closure
		k := s.checks.list[0]
		why := w.check(k, s.exact, e, a)
		if why != "" {
			w.add(e, a, k.rule, why)
		}
		return why == ""
	}
	rejected := s.checks.apply(func(k *check) string { return w.check(k, s.exact, e, a) })
	for _, r := range rejected {
		w.add(e, a, r.rule, r.why)
	}
	return len(rejected) == 0
}

// room reports whether a mismatch will be listed; if not it is counted.
func (w *jsonWalk) room() bool {
	if w.out.full() {
		w.out.omitted++
		return false
	}
	return true
}

func (w *jsonWalk) add(e, a int32, rule contract.Rule, why string) {
	m := Mismatch{Kind: KindBody, Rule: rule, Why: why}
	if w.out.full() {
		w.out.omitted++
		return
	}
	m.Path = w.at.String()
	if e >= 0 {
		m.Expected = w.expected.compact(e)
	}
	if a >= 0 {
		m.Actual = w.actual.compact(a)
	}
	m.Absent = a < 0
	w.out.add(m)
}

func (w *jsonWalk) notEqual(e, a int32) string {
	return fmt.Sprintf("Expected %s to be equal to %s", w.actual.typed(a), w.expected.typed(e))
}

// object compares two objects (rule 15).
func (w *jsonWalk) object(s *ruleState, e, a int32) {
	x, y := &w.expected.nodes[e], &w.actual.nodes[a]
	if w.strict && x.count == 0 && y.count > 0 {
		if w.room() {
			w.add(e, a, nil, "Expected an empty Map but received "+w.actual.compact(a))
		}
		return
	}
	if s.checks != nil && s.exact && s.checks.inside {
		w.inside(s, e, a)
		return
	}
	if s.checks != nil {
		w.objectRules(s, e, a)
	}
	w.keys(e, a, w.members(s, e, a))
}

// objectRules applies rules to an object as a whole. They are always all
// asked for; OR is honoured for scalars and lists only, as in the reference
// implementation.
func (w *jsonWalk) objectRules(s *ruleState, e, a int32) {
	for _, k := range s.checks.list {
		if why := w.checkObject(k, s.exact, e, a); why != "" {
			w.add(e, a, k.rule, why)
		}
	}
}

// members compares the members that both objects have and returns how many
// expected ones are missing.
func (w *jsonWalk) members(s *ruleState, e, a int32) (missing int) {
	hint := w.actual.nodes[a].child
	for c := w.expected.nodes[e].child; c != 0; c = w.expected.nodes[c].next {
		name := w.expected.key(c)
		d := w.actual.member(a, name, hint)
		if d == 0 {
			missing++
			continue
		}
		hint = w.actual.nodes[d].next
		w.at.push(contract.Token{Kind: contract.TokenField, Name: name})
		w.value(s.member(name), c, d)
		w.at.pop()
	}
	return missing
}

// keys compares the member names of two objects, given how many are missing.
func (w *jsonWalk) keys(e, a int32, missing int) {
	want, got := w.expected.nodes[e].count, w.actual.nodes[a].count
	if missing == 0 && (!w.strict || want == got) || !w.room() {
		return
	}
	if w.strict {
		w.add(e, a, nil, fmt.Sprintf("Expected a Map with keys [%s] but received one with keys [%s]",
			w.expected.keys(e), w.actual.keys(a)))
		return
	}
	var names []string
	for _, c := range w.expected.sortedMembers(e) {
		if name := w.expected.key(c); w.actual.member(a, name, 0) == 0 {
			names = append(names, name)
		}
	}
	w.add(e, a, nil, "Actual map is missing the following keys: "+cut(strings.Join(names, ", ")))
}

// inside compares objects whose keys a rule decides about (rule 16): values,
// eachKey or eachValue, at this very path.
func (w *jsonWalk) inside(s *ruleState, e, a int32) {
	usual := false // a rule beside them, which asks for members as usual
	for _, k := range s.checks.list {
		switch k.rule.(type) {
		case contract.ValuesRule:
			w.eachMember(e, a, func(name string) *ruleState { return s.member(name) })
		case contract.EachValueRule:
			w.eachMember(e, a, func(string) *ruleState { return k.under })
		case contract.EachKeyRule:
			w.eachKey(k, a)
			w.members(s, e, a)
		default:
			usual = true
			if why := w.checkObject(k, s.exact, e, a); why != "" {
				w.add(e, a, k.rule, why)
			}
		}
	}
	if usual {
		w.members(s, e, a)
	}
}

// eachMember compares every actual member with the expected one of that name,
// else with the first expected one by name, else with itself.
func (w *jsonWalk) eachMember(e, a int32, under func(string) *ruleState) {
	var first int32
	if w.expected.nodes[e].count > 0 {
		first = w.expected.sortedMembers(e)[0]
	}
	hint := w.expected.nodes[e].child
	for d := w.actual.nodes[a].child; d != 0; d = w.actual.nodes[d].next {
		name := w.actual.key(d)
		c := w.expected.member(e, name, hint)
		if c != 0 {
			hint = w.expected.nodes[c].next
		} else {
			c = first
		}
		w.at.push(contract.Token{Kind: contract.TokenField, Name: name})
		w.orItself(under(name), c, d)
		w.at.pop()
	}
}

// orItself compares e with a; without an example (e is 0) the rules alone
// decide, so the value stands for its own example.
func (w *jsonWalk) orItself(s *ruleState, e, a int32) {
	if e != 0 {
		w.value(s, e, a)
		return
	}
	own := jsonWalk{expected: w.actual, actual: w.actual, strict: w.strict, at: w.at, out: w.out}
	own.value(s, a, a)
}

// eachKey asks that every name of object a passes the rules of k.
func (w *jsonWalk) eachKey(k *check, a int32) {
	example, _ := k.rule.(contract.EachKeyRule).Value.(string)
	for d := w.actual.nodes[a].child; d != 0; d = w.actual.nodes[d].next {
		name := w.actual.key(d)
		for _, r := range k.subs.apply(func(sub *check) string { return sub.text(example, name) }) {
			if w.room() {
				w.at.push(contract.Token{Kind: contract.TokenField, Name: name})
				w.out.add(Mismatch{Kind: KindBody, Path: w.at.String(), Actual: name, Rule: r.rule, Why: r.why})
				w.at.pop()
			}
		}
	}
}
