package dsl

import "github.com/pact-foundation/pact-go/v2/matchers"

// The matchers that pact-go's package does not have. They are values of
// pact-go's own type and mix with its matchers in one body, header or query.
// Each names the first version of the specification that can hold it; in an
// older pact it is an error of the test, with the matcher's path.

// Matcher is pact-go's type of that name: its matchers and those of this package
// mix in one body, header or query.
type Matcher = matchers.Matcher

func matcher(name string, example any, attributes ...any) Matcher {
	m := matchers.StructMatcher{"pact:matcher:type": name, "value": example}
	for i := 0; i+1 < len(attributes); i += 2 {
		m[attributes[i].(string)] = attributes[i+1]
	}
	return m
}

// NotEmpty accepts any value that is not empty: no null, no "", no empty list
// or object. V4.
func NotEmpty(example any) Matcher { return matcher("notEmpty", example) }

// Semver accepts a semantic version (2.0, complete and without "v"), such as
// "1.2.3-beta". V4.
func Semver(example string) Matcher { return matcher("semver", example) }

// Number accepts any number, whole or not; matchers.Integer and matchers.Decimal
// accept one of the two. V3.
func Number(example float64) Matcher { return matcher("number", example) }

// Boolean accepts true and false; the consumer's test gets example. V3.
func Boolean(example bool) Matcher { return matcher("boolean", example) }

// Date accepts text that is a date in format, with the letters of Java's
// DateTimeFormatter, such as "yyyy-MM-dd". Unlike pact-go's DateGenerated it
// keeps its example when the mock provider answers. V3.
func Date(example, format string) Matcher { return matcher("date", example, "format", format) }

// Time accepts text that is a time of day in format, such as "HH:mm:ss", with the
// letters of [Date]. Like that it keeps its example. V3.
func Time(example, format string) Matcher { return matcher("time", example, "format", format) }

// DateTime accepts text that is a date and time in format, such as
// "yyyy-MM-dd'T'HH:mm:ssXXX", with the letters of [Date]. Like that it keeps its
// example. V3.
func DateTime(example, format string) Matcher {
	return matcher("timestamp", example, "format", format)
}

// EachKey accepts an object whose keys each satisfy all rules, whatever its
// values are. V4.
func EachKey(example map[string]any, rules ...Matcher) Matcher {
	return matcher("eachKey", example, "rules", rules)
}

// EachValue accepts an object or list whose values each satisfy all rules,
// whatever its keys or its length. V4.
func EachValue(example any, rules ...Matcher) Matcher {
	return matcher("eachValue", example, "rules", rules)
}

// EachKeyValue joins [EachKey] and [EachValue]: keys satisfy key, values
// satisfy value. V4.
func EachKeyValue(example map[string]any, key, value Matcher) Matcher {
	return matchers.StructMatcher{
		"pact:matcher:type": []any{
			map[string]any{"pact:matcher:type": "eachKey", "rules": []Matcher{key}},
			map[string]any{"pact:matcher:type": "eachValue", "rules": []Matcher{value}},
		},
		"value": example,
	}
}

// ProviderState is a value that the provider's state handler supplies when the
// pact is verified: expression is such as "${id}" or "/orders/${id}". The
// consumer's test works with example, whose type the value must have. V3.
func ProviderState(expression string, example any) Matcher {
	return matcher("type", example, "pact:generator:type", "ProviderState", "expression", expression, "dataType", dataType(example))
}

func dataType(example any) string {
	switch example.(type) {
	case string:
		return "STRING"
	case bool:
		return "BOOLEAN"
	case float32, float64:
		return "DECIMAL"
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return "INTEGER"
	default:
		return "RAW"
	}
}

// MockServerURL is a link back to the mock provider: where the consumer's test
// follows links, example keeps its path and gets the address of the provider
// that is running. The part of example that pattern's first group matches is
// kept, as in "http://localhost/orders/1" with ".*(/orders/\d+)$". V4.
func MockServerURL(example, pattern string) Matcher {
	return matchers.StructMatcher{
		"pact:matcher:type": "regex", "pact:generator:type": "MockServerURL",
		"regex": pattern, "example": example, "value": example,
	}
}

// Expression is a matcher in the language of matching expressions (specification
// V4, which [contract.ParseDefinition] reads), such as
// "matching(regex, '\d+', '100')" or "notEmpty('x')". What cannot be read fails the
// test. What it says decides which version of a pact can hold it.
func Expression(text string) Matcher {
	return matchers.StructMatcher{"pact:matcher:type": text}
}

// The classes of status codes, for [V4ResponseBuilder.StatusClass].
const (
	StatusInfo        = "info"        // 100–199
	StatusSuccess     = "success"     // 200–299
	StatusRedirect    = "redirect"    // 300–399
	StatusClientError = "clientError" // 400–499
	StatusServerError = "serverError" // 500–599
	StatusNonError    = "nonError"    // below 400
	StatusError       = "error"       // 400 and above
)
