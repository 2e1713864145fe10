package contract

// The matching rules, one small struct each (specification V4, "matching
// rules"). Optional numbers are pointers.
type (
	// EqualityRule asks for an equal value and ends a cascading rule.
	EqualityRule struct{}
	// RegexRule asks that the value as text matches Pattern as a whole.
	RegexRule struct{ Pattern string }
	// TypeRule asks for a value of the same JSON type as the example; on a
	// list, Min and Max bound its length and each element is compared with
	// the example's.
	TypeRule struct{ Min, Max *int }
	// MinRule is the type rule with a lower bound under a name of its own,
	// "min" in files.
	MinRule struct{ Min int }
	// MaxRule is the type rule with an upper bound under a name of its own,
	// "max" in files.
	MaxRule struct{ Max int }
	// IncludeRule asks that the value as text contains Value.
	IncludeRule struct{ Value string }
	// NumberRule asks for any number.
	NumberRule struct{}
	// IntegerRule asks for a number spelled without fraction or exponent.
	IntegerRule struct{}
	// DecimalRule asks for a number spelled with a fraction or an exponent.
	DecimalRule struct{}
	// BooleanRule asks for true or false.
	BooleanRule struct{}
	// NullRule asks for null.
	NullRule struct{}
	// DateRule, TimeRule and DateTimeRule ask for text in a Java-style Format; empty means ISO.
	DateRule struct{ Format string }
	// TimeRule is described at [DateRule].
	TimeRule struct{ Format string }
	// DateTimeRule is "timestamp" or "datetime" in files.
	DateTimeRule struct {
		Format string
		// Spelling is the name read from the file; "timestamp" when empty.
		Spelling string
	}
	// ContentTypeRule asks that the bytes are of media type Value.
	ContentTypeRule struct{ Value string }
	// ValuesRule compares the values of an object and ignores its keys.
	ValuesRule struct{}
	// StatusCodeRule asks for a status of Class, or one of Codes when Class is empty.
	StatusCodeRule struct {
		// Class is info, success, redirect, clientError, serverError, nonError or error.
		Class string
		Codes []int
	}
	// NotEmptyRule asks for anything but null, "", an empty list or an empty
	// object.
	NotEmptyRule struct{}
	// SemverRule asks for a semantic version.
	SemverRule struct{}
	// EachKeyRule asks that every key of an object passes Rules.
	EachKeyRule struct {
		Rules     []Rule
		Value     any
		Generator *Generator
	}
	// EachValueRule asks that every value of an object or list passes Rules.
	EachValueRule struct {
		Rules     []Rule
		Value     any
		Generator *Generator
	}
	// ArrayContainsRule asks that a list contains each variant, in any order.
	ArrayContainsRule struct{ Variants []Variant }
)

// Variant is one entry of an [ArrayContainsRule].
type Variant struct {
	// Index of the variant's example in the example list.
	Index int
	// Rules by path relative to the variant.
	Rules      map[string]RuleList
	Generators map[string]Generator
}

// Name methods give the "match" member.

func (EqualityRule) Name() string      { return "equality" }
func (RegexRule) Name() string         { return "regex" }
func (TypeRule) Name() string          { return "type" }
func (MinRule) Name() string           { return "min" }
func (MaxRule) Name() string           { return "max" }
func (IncludeRule) Name() string       { return "include" }
func (NumberRule) Name() string        { return "number" }
func (IntegerRule) Name() string       { return "integer" }
func (DecimalRule) Name() string       { return "decimal" }
func (BooleanRule) Name() string       { return "boolean" }
func (NullRule) Name() string          { return "null" }
func (DateRule) Name() string          { return "date" }
func (TimeRule) Name() string          { return "time" }
func (ContentTypeRule) Name() string   { return "contentType" }
func (ValuesRule) Name() string        { return "values" }
func (StatusCodeRule) Name() string    { return "statusCode" }
func (NotEmptyRule) Name() string      { return "notEmpty" }
func (SemverRule) Name() string        { return "semver" }
func (EachKeyRule) Name() string       { return "eachKey" }
func (EachValueRule) Name() string     { return "eachValue" }
func (ArrayContainsRule) Name() string { return "arrayContains" }
func (r UnknownRule) Name() string     { return r.Match }

// Name is the spelling read from the file.
func (r DateTimeRule) Name() string {
	if r.Spelling == "" {
		return "timestamp"
	}
	return r.Spelling
}

func (EqualityRule) isRule()      {}
func (RegexRule) isRule()         {}
func (TypeRule) isRule()          {}
func (MinRule) isRule()           {}
func (MaxRule) isRule()           {}
func (IncludeRule) isRule()       {}
func (NumberRule) isRule()        {}
func (IntegerRule) isRule()       {}
func (DecimalRule) isRule()       {}
func (BooleanRule) isRule()       {}
func (NullRule) isRule()          {}
func (DateRule) isRule()          {}
func (TimeRule) isRule()          {}
func (DateTimeRule) isRule()      {}
func (ContentTypeRule) isRule()   {}
func (ValuesRule) isRule()        {}
func (StatusCodeRule) isRule()    {}
func (NotEmptyRule) isRule()      {}
func (SemverRule) isRule()        {}
func (EachKeyRule) isRule()       {}
func (EachValueRule) isRule()     {}
func (ArrayContainsRule) isRule() {}
func (UnknownRule) isRule()       {}
