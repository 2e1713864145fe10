package kit

// Interaction is one expectation of a contract, with what became of it.
type Interaction struct {
	ID string
	// Method and Path are those of the request; a message has a Kind instead.
	Method, Path, Kind string
	Title              string
	Verdict            Verdict
	Open               bool
	// Given are the states that the provider has to be in.
	Given []string
	// Why it failed.
	Why Comparison
	// Parts are the request and the response, or the messages.
	Parts []Code
	// Rules are what is compared other than by equality.
	Rules []Rule
}

// Rule says how one place is compared.
type Rule struct{ Where, Rule string }
