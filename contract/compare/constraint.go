package compare

import (
	"cmp"
	"encoding/json"
	"reflect"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/internal/walk"
)

// side tells who makes the real value.
type side int

const (
	// required values are made by the provider; the contract bounds them.
	required side = iota
	// sent values are made by the consumer; the provider gets the example, and
	// rules only widen what a mock server accepts.
	sent
)

// constraint is what a contract says about one value: its example, if there
// is one, and the rules for it.
type constraint struct {
	there bool
	value any
	rules contract.RuleList
	// tolerant is true where no rule accepts more than equality does.
	tolerant bool
}

func (k constraint) words() string {
	if !k.there {
		return ""
	}
	if len(k.rules.Rules) == 0 {
		return walk.Text(k.value)
	}
	return walk.Words(k.rules) + ", such as " + walk.Text(k.value)
}

// constraint compares what two contracts say about one value.
func (c *comparison) constraint(part, path string, side side, before, after constraint) {
	kind, differ := judge(side, before, after)
	if differ {
		c.add(kind, part, path, before.words(), after.words())
	}
}

// judge decides what a difference means. A value that is sent reaches the
// provider as the example, so another one is a change and another rule is not.
func judge(side side, before, after constraint) (Kind, bool) {
	sameValue := reflect.DeepEqual(before.value, after.value)
	switch {
	case !before.there && !after.there:
		return "", false
	case !before.there && side == required:
		return Tightened, true
	case !after.there && side == required:
		return Relaxed, true
	case before.there != after.there:
		return Changed, true
	case sameRules(before, after):
		return sameRulesKind(side, before, after), !sameValue
	case side == sent && sameValue:
		return ExampleOnly, true
	case side == sent:
		return Changed, true
	}
	switch order := cmp.Compare(strictness(after.meaning()), strictness(before.meaning())); {
	case order > 0:
		return Tightened, true
	case order < 0:
		return Relaxed, true
	default:
		return Changed, true
	}
}

// sameRulesKind is the meaning of another example under the same rules.
func sameRulesKind(side side, before, after constraint) Kind {
	if side == sent || exact(before.rules) || jsonType(before.value) != jsonType(after.value) {
		return Changed
	}
	return ExampleOnly
}

func exact(list contract.RuleList) bool {
	return strictness(list) >= exactStrictness
}

const exactStrictness = 1_000_000

// strictness orders rules by how little they accept: none or equality is
// exact, a form is more than a kind of number, that more than any value of a
// type. Bounds of a list count within.
func strictness(list contract.RuleList) int {
	if len(list.Rules) == 0 {
		return exactStrictness
	}
	most, least := 0, exactStrictness
	for _, rule := range list.Rules {
		s := ruleStrictness(rule)
		most, least = max(most, s), min(least, s)
	}
	if list.Combine == contract.Or && len(list.Rules) > 1 {
		return least
	}
	return most
}

func ruleStrictness(rule contract.Rule) int {
	const form, kind, some = 30_000, 20_000, 10_000
	switch r := rule.(type) {
	case contract.EqualityRule, contract.NullRule:
		return exactStrictness
	case contract.RegexRule, contract.DateRule, contract.TimeRule, contract.DateTimeRule, contract.SemverRule,
		contract.IncludeRule, contract.StatusCodeRule, contract.ContentTypeRule, contract.ArrayContainsRule:
		return form
	case contract.IntegerRule, contract.DecimalRule:
		return kind + 1
	case contract.NumberRule, contract.BooleanRule, contract.NotEmptyRule:
		return kind
	case contract.MinRule:
		return some + bounded(&r.Min, nil)
	case contract.MaxRule:
		return some + bounded(nil, &r.Max)
	case contract.TypeRule:
		return some + bounded(r.Min, r.Max)
	default:
		return some
	}
}

// bounded counts a higher minimum and a lower maximum as stricter.
func bounded(low, high *int) int {
	n := 0
	if low != nil {
		n += min(max(*low, 0), 1000)
	}
	if high != nil {
		n += 2000 - min(max(*high, 0), 1000)
	}
	return n
}

func jsonType(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case bool:
		return "boolean"
	case json.Number, int:
		return "number"
	case []any:
		return "list"
	default:
		return "object"
	}
}
