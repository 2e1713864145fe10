package dsl

import "github.com/pact-foundation/pact-go/v2/matchers"

// Variants are the ways in which a provider may answer one request. They stand
// in the body of a response, and expand to several interactions: the one as it
// stands, and one more for each further form, with a provider state of its own
// that tells the provider which form to give. The test function runs once for
// each, so that the consumer proves that it can live with all of them, and any
// Pact verifier proves that the provider gives them. MockServerConfig.Variant
// tells the test which form it gets. Variants need a pact of V3 or later.

func variants(choices ...map[string]any) Matcher {
	return matchers.StructMatcher{"treaty:variants": choices}
}

func choice(value any, label string, state []string) map[string]any {
	c := map[string]any{"value": value, "label": label}
	if len(state) > 0 {
		c["state"] = state[0]
	}
	return c
}

// Optional is a member of a response that may be absent. The test runs once for
// each form; see [MockServerConfig].Variant. It needs a pact of V3 or later. The provider state of the form
// without it is "PATH is absent" unless one is given.
func Optional(value any, absentState ...string) Matcher {
	absent := choice(nil, "is absent", absentState)
	delete(absent, "value")
	return variants(choice(value, "", nil), absent)
}

// Nullable is a value of a response that may be null, in the manner of [Optional].
// The provider state of the form with
// null is "PATH is null" unless one is given.
func Nullable(value any, nullState ...string) Matcher {
	return variants(choice(value, "", nil), choice(nil, "is null", nullState))
}

// Form is one of the values of [OneOf], with the provider state in which the
// provider gives it.
type Form struct {
	// State is the name of the provider state; empty for the one that OneOf
	// makes up.
	State string
	// Value may hold matchers.
	Value any
}

// OneOf is a value of a response that has several forms, such as a payment by card
// or by transfer, in the manner of [Optional]. A form is any value, or a [Form] with a provider state; the
// state is "PATH in form N" otherwise. The first is the plain one.
func OneOf(forms ...any) Matcher {
	choices := []map[string]any{}
	for _, form := range forms {
		if f, ok := form.(Form); ok {
			choices = append(choices, choice(f.Value, "", []string{f.State}))
			continue
		}
		choices = append(choices, choice(form, "", nil))
	}
	return variants(choices...)
}
