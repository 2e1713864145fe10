package contract

import (
	"fmt"
	"strings"
)

// ConflictError tells that two pacts cannot become one.
type ConflictError struct {
	// Conflicts are all that were found; one at least.
	Conflicts []Conflict
}

// Conflict is one disagreement between two pacts.
type Conflict struct {
	// What is in conflict: "consumer", "provider" or an interaction by its
	// description and provider states.
	What string
	// Part of the interaction: "method", "path", "query", "status"; empty otherwise.
	Part string
	// Existing and Added are the two sides as text.
	Existing, Added string
}

// Error lists the conflicts with both sides, and says what to do about them, in
// one line.
func (e *ConflictError) Error() string {
	lines := make([]string, 0, len(e.Conflicts))
	for _, c := range e.Conflicts {
		what := c.What
		if c.Part != "" {
			what += ", " + c.Part
		}
		lines = append(lines, fmt.Sprintf("%s: existing %q, added %q", what, c.Existing, c.Added))
	}
	return fmt.Sprintf("pact: cannot merge, %d conflict(s): %s; give the interactions different descriptions or delete the existing file",
		len(e.Conflicts), strings.Join(lines, "; "))
}
