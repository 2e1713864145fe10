package compare

import (
	"reflect"
	"strings"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/internal/walk"
	"github.com/treatyhq/treaty/matching"
)

func (c *comparison) request(before, after contract.Request) {
	if reflect.DeepEqual(before, after) {
		return // as in most interactions: nothing has to be taken apart
	}
	c.text("request method", "", before.Method, after.Method)
	if matching.NormalPath(before.Path) == matching.NormalPath(after.Path) {
		after.Path = before.Path // two spellings of one path
	}
	c.constraint("request path", "", sent,
		constraint{there: true, value: before.Path, rules: whole(before.Rules[contract.CategoryPath])},
		constraint{there: true, value: after.Path, rules: whole(after.Rules[contract.CategoryPath])})
	c.values("request query", sent, before.Query, after.Query,
		before.Rules[contract.CategoryQuery], after.Rules[contract.CategoryQuery], strings.Clone)
	c.values("request header", sent, plainLists(before.Headers), plainLists(after.Headers),
		before.Rules[contract.CategoryHeader], after.Rules[contract.CategoryHeader], strings.ToLower)
	c.body("request body", sent, before.Body, after.Body, before.Rules, after.Rules)
}

func (c *comparison) response(before, after contract.Response) {
	if reflect.DeepEqual(before, after) {
		return
	}
	c.constraint("response status", "", required,
		constraint{there: true, value: before.Status, rules: whole(before.Rules[contract.CategoryStatus])},
		constraint{there: true, value: after.Status, rules: whole(after.Rules[contract.CategoryStatus])})
	c.values("response header", required, plainLists(before.Headers), plainLists(after.Headers),
		before.Rules[contract.CategoryHeader], after.Rules[contract.CategoryHeader], strings.ToLower)
	c.body("response body", required, before.Body, after.Body, before.Rules, after.Rules)
}

// whole returns the rules of a category that has no names, whose key is empty
// or "$".
func whole(rules map[string]contract.RuleList) contract.RuleList {
	if list, ok := rules[""]; ok {
		return list
	}
	return rules["$"]
}

// plainLists takes the headers apart that are lists: how their commas are
// spaced is not a difference.
func plainLists(headers contract.Values) contract.Values {
	out := make(contract.Values, len(headers))
	for name, values := range headers {
		out[name] = []string{}
		for _, text := range values {
			out[name] = append(out[name], contract.SplitHeader(name, text)...)
		}
	}
	return out
}

// values compares headers or parameters name by name. norm maps spellings of
// one name to the same text.
func (c *comparison) values(part string, side side, before, after contract.Values,
	oldRules, newRules map[string]contract.RuleList, norm func(string) string,
) {
	was, is := constraints(before, oldRules, norm), constraints(after, newRules, norm)
	for _, name := range joinKeys(was, is) {
		c.constraint(part, name, side, was[name], is[name])
	}
}

func constraints(v contract.Values, rules map[string]contract.RuleList, norm func(string) string) map[string]constraint {
	byName := map[string]contract.RuleList{}
	for name, list := range rules {
		byName[norm(name)] = list
	}
	out := map[string]constraint{}
	for name, list := range v {
		name = norm(name)
		k := constraint{there: true, value: strings.Join(list, ", "), rules: byName[name]}
		if name == "content-type" || name == "accept" {
			k.tolerant = true // further parameters are accepted
		}
		if name == "content-type" && len(list) == 1 {
			k.value = typeText(list[0])
		}
		out[name] = k
	}
	return out
}

// body compares two bodies: JSON value by value, anything else as a whole.
func (c *comparison) body(part string, side side, before, after contract.Body, oldRules, newRules contract.RuleSet) {
	was, is := oldRules[contract.CategoryBody], newRules[contract.CategoryBody]
	switch {
	case before.State == contract.BodyMissing && after.State == contract.BodyMissing:
		return
	case before.State == contract.BodyMissing:
		c.constraint(part, "", side, constraint{}, constraint{there: true, value: bodyText(after)})
		return
	case after.State == contract.BodyMissing:
		c.constraint(part, "", side, constraint{there: true, value: bodyText(before)}, constraint{})
		return
	}
	if typeText(before.ContentType) != typeText(after.ContentType) && before.ContentType != "" && after.ContentType != "" {
		c.text(part+" type", "", before.ContentType, after.ContentType)
	}
	old, isJSON := walk.JSON(before)
	fresh, alsoJSON := walk.JSON(after)
	if isJSON && alsoJSON {
		c.json(part, side, old, fresh, walk.Compile(was), walk.Compile(is))
		return
	}
	c.opaque(part, side, before, after, byPath(was), byPath(is))
}

// opaque compares bodies that are not JSON as a whole, and the rules for what
// stands in them one by one.
func (c *comparison) opaque(part string, side side, before, after contract.Body, was, is map[string]contract.RuleList) {
	c.constraint(part, "", side,
		constraint{there: true, value: bodyText(before), rules: was["$"]}, constraint{there: true, value: bodyText(after), rules: is["$"]})
	if side == sent {
		return
	}
	for _, key := range joinKeys(was, is) {
		if key == "$" {
			continue
		}
		old, fresh := constraint{there: true, value: []any{}, rules: was[key]}, constraint{there: true, value: []any{}, rules: is[key]}
		if !sameRules(old, fresh) {
			kind, _ := judge(side, old, fresh)
			c.add(kind, part, key, shapeWords(old.rules), shapeWords(fresh.rules))
		}
	}
}

// byPath are rules by their path expressions in one spelling.
func byPath(rules map[string]contract.RuleList) map[string]contract.RuleList {
	out := map[string]contract.RuleList{}
	for key, list := range rules {
		if path, err := contract.ParsePath(key); err == nil && len(path) > 0 {
			key = path.String()
		}
		out[key] = list
	}
	return out
}

func bodyText(b contract.Body) string {
	if b.State != contract.BodyPresent {
		return ""
	}
	return string(b.Content)
}

// json compares values by path. Below a list or map whose items are all like
// the first example, only the first is looked at: the others are examples.
func (c *comparison) json(part string, side side, before, after any, oldRules, newRules walk.Rules) {
	root := contract.Path{{Kind: contract.TokenRoot}}
	j := jsonComparison{comparison: c, part: part, side: side, oldRules: oldRules, newRules: newRules}
	j.at(root, before, after, true, true)
}

type jsonComparison struct {
	*comparison
	part               string
	side               side
	oldRules, newRules walk.Rules
}

// at compares the values at a path; had and has tell on which sides there is one.
func (j jsonComparison) at(path contract.Path, before, after any, had, has bool) {
	was, is := j.limits(j.oldRules, path, before, had), j.limits(j.newRules, path, after, has)
	if had && has && jsonType(before) == jsonType(after) && len(path) <= walk.MaxDepth {
		switch before := before.(type) {
		case map[string]any:
			j.shape(path, was, is)
			after, _ := after.(map[string]any)
			for _, name := range joinKeys(before, after) {
				old, ok := before[name]
				fresh, also := after[name]
				j.at(path.Field(name), old, fresh, ok, also)
			}
			return
		case []any:
			after, _ := after.([]any)
			j.list(path, before, after, was, is)
			return
		}
	}
	j.constraint(j.part, path.String(), j.side, was, is)
}

func (j jsonComparison) limits(rules walk.Rules, path contract.Path, value any, there bool) constraint {
	list, cascaded, _ := rules.Best(path)
	if cascaded {
		list = withoutBounds(list)
	}
	return constraint{there: there, value: value, rules: list}
}

// withoutBounds drops the lengths of a rule, which hold for its own list only.
func withoutBounds(list contract.RuleList) contract.RuleList {
	out := contract.RuleList{Combine: list.Combine}
	for _, rule := range list.Rules {
		switch rule.(type) {
		case contract.TypeRule, contract.MinRule, contract.MaxRule:
			rule = contract.TypeRule{}
		}
		out.Rules = append(out.Rules, rule)
	}
	return out
}

// shape compares the rules of an object or list, whose values are compared
// one by one.
func (j jsonComparison) shape(path contract.Path, before, after constraint) {
	if sameRules(before, after) || j.side == sent {
		return
	}
	before.value, after.value = []any{}, []any{} // what is in them is compared one by one
	kind, _ := judge(j.side, before, after)
	j.add(kind, j.part, path.String(), shapeWords(before.rules), shapeWords(after.rules))
}

func shapeWords(list contract.RuleList) string {
	if len(list.Rules) == 0 {
		return "as in the example"
	}
	return walk.Words(list)
}

func (j jsonComparison) list(path contract.Path, before, after []any, was, is constraint) {
	j.shape(path, was, is)
	free := walk.Shaped(was.rules) && walk.Shaped(is.rules) && j.side == required
	if free && len(before) != len(after) {
		j.add(ExampleOnly, j.part, path.String(), lengthWords(before), lengthWords(after))
	}
	for i := range max(len(before), len(after)) {
		had, has := i < len(before), i < len(after)
		if free && (i > 0 || had != has) {
			continue
		}
		j.at(path.Elem(i), item(before, i), item(after, i), had, has)
	}
}

func item(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

func lengthWords(list []any) string {
	if len(list) == 1 {
		return "1 example element"
	}
	return walk.Text(len(list)) + " example elements"
}
