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
	// MinRule is [TypeRule] with the lower bound Min, under a name of its own,
	// "min" in files.
	MinRule struct{ Min int }
	// MaxRule is [TypeRule] with the upper bound Max, under a name of its own,
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
	// DateRule asks for text in a Java-style Format; empty means ISO.
	DateRule struct{ Format string }
	// TimeRule is [DateRule] for a time of day in Format; empty means ISO.
	TimeRule struct{ Format string }
	// DateTimeRule is [DateRule] for a date with a time, "timestamp" or
	// "datetime" in files.
	DateTimeRule struct {
		// Format in Java's letters; empty means ISO.
		Format string
		// Spelling is the name read from the file; "timestamp" when empty.
		Spelling string
	}
	// ContentTypeRule asks that the bytes are of media type Value.
	ContentTypeRule struct{ Value string }
	// ValuesRule compares the values of an object and ignores its keys.
	ValuesRule struct{}
	// StatusCodeRule asks for a status of Class, or one of Codes when Class is
	// empty.
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
	// EachKeyRule asks that every key of an object passes Rules. Value is the
	// example that stands with the rule, as decoded JSON or nil: what Rules such
	// as equality compare with. Generator makes a fresh one; nil if nothing does.
	EachKeyRule struct {
		Rules     []Rule
		Value     any
		Generator *Generator
	}
	// EachValueRule asks that every value of an object or list passes Rules.
	// Value and Generator are as in [EachKeyRule].
	EachValueRule struct {
		Rules     []Rule
		Value     any
		Generator *Generator
	}
	// ArrayContainsRule asks that a list contains each of Variants, in any order.
	ArrayContainsRule struct{ Variants []Variant }
)

// Variant is one entry of an [ArrayContainsRule].
type Variant struct {
	// Index of the variant's example in the example list.
	Index int
	// Rules and Generators by path relative to the variant; nil for none.
	Rules      map[string]RuleList
	Generators map[string]Generator
}

// Name returns "equality", the "match" member.
func (EqualityRule) Name() string { return "equality" }

// Name returns "regex", the "match" member.
func (RegexRule) Name() string { return "regex" }

// Name returns "type", the "match" member.
func (TypeRule) Name() string { return "type" }

// Name returns "min", the "match" member.
func (MinRule) Name() string { return "min" }

// Name returns "max", the "match" member.
func (MaxRule) Name() string { return "max" }

// Name returns "include", the "match" member.
func (IncludeRule) Name() string { return "include" }

// Name returns "number", the "match" member.
func (NumberRule) Name() string { return "number" }

// Name returns "integer", the "match" member.
func (IntegerRule) Name() string { return "integer" }

// Name returns "decimal", the "match" member.
func (DecimalRule) Name() string { return "decimal" }

// Name returns "boolean", the "match" member.
func (BooleanRule) Name() string { return "boolean" }

// Name returns "null", the "match" member.
func (NullRule) Name() string { return "null" }

// Name returns "date", the "match" member.
func (DateRule) Name() string { return "date" }

// Name returns "time", the "match" member.
func (TimeRule) Name() string { return "time" }

// Name returns "contentType", the "match" member.
func (ContentTypeRule) Name() string { return "contentType" }

// Name returns "values", the "match" member.
func (ValuesRule) Name() string { return "values" }

// Name returns "statusCode", the "match" member.
func (StatusCodeRule) Name() string { return "statusCode" }

// Name returns "notEmpty", the "match" member.
func (NotEmptyRule) Name() string { return "notEmpty" }

// Name returns "semver", the "match" member.
func (SemverRule) Name() string { return "semver" }

// Name returns "eachKey", the "match" member.
func (EachKeyRule) Name() string { return "eachKey" }

// Name returns "eachValue", the "match" member.
func (EachValueRule) Name() string { return "eachValue" }

// Name returns "arrayContains", the "match" member.
func (ArrayContainsRule) Name() string { return "arrayContains" }

// Name returns the name read from the file.
func (r UnknownRule) Name() string { return r.Match }

// Name returns the spelling read from the file, "timestamp" without one.
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
