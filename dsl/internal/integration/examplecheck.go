package integration

import (
	"slices"

	"github.com/treatyhq/treaty/contract"
)

// What a test says and a pact would not hold is refused here: matchers whose
// example leaves them nothing to judge, and matchers where no reader looks.

// checkInner refuses matchers inside an example whose values others judge.
func (c *compiler) checkInner(example any, path contract.Path, rules []contract.Rule) {
	if !hasMatcher(example) || slices.Contains(rules, contract.Rule(contract.ValuesRule{})) {
		return
	}
	for _, rule := range rules {
		switch rule.(type) {
		case contract.EachValueRule:
			c.fail(path, "the matchers inside the example are not asked for, because eachValue has rules of its own: give plain values, and what counts as rules")
		case contract.EachKeyRule:
			c.fail(path, "the matchers inside the example are asked for under the example's keys only, which are free: give plain values, and eachValue with what counts")
		}
	}
}

func hasMatcher(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		if isMatcher(v) {
			return true
		}
		for _, member := range v {
			if hasMatcher(member) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, hasMatcher)
	}
	return false
}

// checkExample refuses an example of a kind that its rules do not judge.
func (c *compiler) checkExample(example any, path contract.Path, rules []contract.Rule) {
	object, isObject := example.(map[string]any)
	list, isList := example.([]any)
	for _, rule := range rules {
		switch rule := rule.(type) {
		case contract.TypeRule:
			if bounded := rule.Min != nil || rule.Max != nil; bounded && len(list) == 0 && len(object) == 0 {
				c.fail(path, "a matcher with a least or a greatest number of elements needs an example with an element: without one nothing is compared, not even the number")
			}
		case contract.ValuesRule:
			if !isObject {
				c.fail(path, "a matcher for the values of an object needs an object as its example. EachKeyLike of pact-go loses its key: "+
					"give the whole object, EachKeyLike(\"key\", map[string]any{\"key\": template})")
			}
		case contract.EachKeyRule:
			if !isObject {
				c.fail(path, "eachKey needs an object as its example")
			}
		case contract.EachValueRule:
			if !isObject && !isList {
				c.fail(path, "eachValue needs an object or a list as its example")
			}
		case contract.StatusCodeRule:
			c.fail(path, "statusCode is for the status of a response: use StatusClass or StatusOneOf")
		}
	}
}
