package matching

import (
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// check asks rule k for a pair of JSON values of which the expected one is a
// scalar. It returns why the actual value is rejected, or "". exact tells that
// the rule stands at this path and did not cascade.
func (w *jsonWalk) check(k *check, exact bool, e, a int32) string {
	t := w.actual
	kind := t.nodes[a].kind
	switch r := k.rule.(type) {
	case contract.EqualityRule, contract.ValuesRule:
		if !sameJSON(w.expected, e, t, a) {
			return w.notEqual(e, a)
		}
	case contract.RegexRule, contract.DateRule, contract.TimeRule, contract.DateTimeRule, contract.IncludeRule, contract.SemverRule:
		return w.checkAsText(k, a)
	case contract.TypeRule, contract.MinRule, contract.MaxRule:
		if !sameType(w.expected.nodes[e].kind, kind) {
			return fmt.Sprintf("Expected %s to be the same type as %s", t.typed(a), w.expected.typed(e))
		}
	case contract.NumberRule:
		return w.unless(kind == kindInteger || kind == kindDecimal, a, "to be a number")
	case contract.IntegerRule:
		return w.unless(kind == kindInteger, a, "to be an integer")
	case contract.DecimalRule:
		return w.unless(kind == kindDecimal, a, "to be a decimal number")
	case contract.BooleanRule:
		text := kind == kindString && (t.text(a) == "true" || t.text(a) == "false")
		return w.unless(kind == kindBoolean || text, a, "to match a boolean")
	case contract.NullRule:
		return w.unless(kind == kindNull, a, "to be a null value")
	case contract.NotEmptyRule:
		return w.checkNotEmpty(a)
	case contract.ContentTypeRule:
		return checkContentType(r, decodedIfBase64(t.asText(a)))
	case contract.EachKeyRule, contract.EachValueRule, contract.ArrayContainsRule, contract.StatusCodeRule:
		// They say nothing about a scalar.
	case contract.UnknownRule: // reported for the whole contract
	default:
		return fmt.Sprintf("Unable to match %s using %s", t.typed(a), k.rule.Name())
	}
	return ""
}

func (w *jsonWalk) unless(ok bool, a int32, what string) string {
	if ok {
		return ""
	}
	return "Expected " + w.actual.typed(a) + " " + what
}

// sameType compares JSON types; integers and decimals are one type.
func sameType(a, b jsonKind) bool {
	if a == kindDecimal {
		a = kindInteger
	}
	if b == kindDecimal {
		b = kindInteger
	}
	return a == b
}

// asText is a value as the rules about text see it: a string's content, any
// other value as JSON.
func (t *jsonTree) asText(a int32) string {
	switch n := &t.nodes[a]; n.kind {
	case kindArray, kindObject:
		return t.src[n.start:n.end]
	default:
		return t.text(a)
	}
}

// checkAsText asks a rule about text for a JSON value.
func (w *jsonWalk) checkAsText(k *check, a int32) string {
	text := w.actual.asText(a)
	why := k.text("", text)
	if why != "" && k.format != nil {
		reason, _ := k.format.match(text)
		why += ": " + reason
	}
	return why
}

func (w *jsonWalk) checkNotEmpty(a int32) string {
	n := &w.actual.nodes[a]
	switch {
	case n.kind == kindNull:
		return "Expected non-empty value but got a NULL"
	case n.kind == kindString && n.start == n.end, (n.kind == kindArray || n.kind == kindObject) && n.count == 0:
		return "Expected " + w.actual.typed(a) + " to not be empty"
	}
	return ""
}

// checkObject asks rule k for an object as a whole (rule 15).
func (w *jsonWalk) checkObject(k *check, exact bool, e, a int32) string {
	switch r := k.rule.(type) {
	case contract.EqualityRule:
		return w.checkDeep(exact, e, a)
	case contract.TypeRule:
		return w.checkSize(exact, r.Min, r.Max, a)
	case contract.MinRule:
		return w.checkSize(exact, &r.Min, nil, a)
	case contract.MaxRule:
		return w.checkSize(exact, nil, &r.Max, a)
	case contract.NotEmptyRule:
		return w.checkNotEmpty(a)
	case contract.RegexRule, contract.ArrayContainsRule, contract.StatusCodeRule,
		contract.ValuesRule, contract.EachKeyRule, contract.EachValueRule:
		return ""
	}
	return fmt.Sprintf("Unable to match %s using %s", w.actual.compact(a), k.rule.Name())
}

// checkList asks rule k for a list as a whole (rule 17); rules about scalars
// pass here and are asked again for each element.
func (w *jsonWalk) checkList(k *check, exact bool, e, a int32) string {
	switch r := k.rule.(type) {
	case contract.EqualityRule:
		return w.checkDeep(exact, e, a)
	case contract.TypeRule:
		return w.checkSize(exact, r.Min, r.Max, a)
	case contract.MinRule:
		return w.checkSize(exact, &r.Min, nil, a)
	case contract.MaxRule:
		return w.checkSize(exact, nil, &r.Max, a)
	case contract.NotEmptyRule:
		return w.checkNotEmpty(a)
	case contract.NullRule:
		return w.unless(false, a, "to be a null value")
	}
	return ""
}

// checkDeep compares whole values, once: where an equality rule cascaded, the
// value above has already been compared as a whole.
func (w *jsonWalk) checkDeep(exact bool, e, a int32) string {
	if exact && !sameJSON(w.expected, e, w.actual, a) {
		return w.notEqual(e, a)
	}
	return ""
}

// checkSize bounds a list or object; bounds do not cascade (rule 13).
func (w *jsonWalk) checkSize(exact bool, least, most *int, a int32) string {
	if !exact {
		return ""
	}
	size := int(w.actual.nodes[a].count)
	return checkBounds(size, least, most, func() string { return w.actual.listed(a) })
}

// checkBounds compares a size with optional bounds; shown is asked for the
// text of the value only if it is rejected.
func checkBounds(size int, least, most *int, shown func() string) string {
	var why []string
	if least != nil && size < *least {
		why = append(why, fmt.Sprintf("Expected %s (size %d) to have minimum size of %d", shown(), size, *least))
	}
	if most != nil && size > *most {
		why = append(why, fmt.Sprintf("Expected %s (size %d) to have maximum size of %d", shown(), size, *most))
	}
	return strings.Join(why, "; ")
}
