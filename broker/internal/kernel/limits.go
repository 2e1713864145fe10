package kernel

// Limits bound what one request, or the history of one version, may make the
// broker do at once: the work of publishing is the product of the pacts and of
// what their version is called. They are far above what builds need; 0 is none.
type Limits struct {
	// Contracts is how many contracts a request may publish.
	Contracts int
	// Tags and Branches are how many a version may have.
	Tags     int
	Branches int
	// Selectors is how many selectors a question may name.
	Selectors int
}

// DefaultLimits returns the limits of a broker that nobody configured.
func DefaultLimits() Limits {
	return Limits{Contracts: 300, Tags: 500, Branches: 100, Selectors: 500}
}

// CheckCount notes what goes beyond a limit; 0 is none. advice says what to do. What it
// notes is told by [Fields.BeyondLimit].
func CheckCount(fields Fields, field string, n, limit int, what, advice string) {
	if limit > 0 && n > limit {
		fields.Add(field, "has %d %s, but %d are the most that this broker takes: %s", n, what, limit, advice)
	}
}
