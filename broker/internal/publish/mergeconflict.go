package publish

import (
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/contract"
)

func mergeConflict(text string) error {
	return kernel.Errorf(kernel.CodeConflict, "%s", text).WithReason(kernel.ReasonMergeConflict)
}

// conflictsTold bounds a message: who has made one mistake often made it
// everywhere.
const conflictsTold = 5

func conflictText(conflicts []contract.Conflict) string {
	lines := make([]string, 0, conflictsTold)
	for i, c := range conflicts {
		if i == conflictsTold {
			lines = append(lines, fmt.Sprintf("and %d more", len(conflicts)-i))
			break
		}
		what := c.What
		if c.Part != "" {
			what += ", " + c.Part
		}
		lines = append(lines, fmt.Sprintf("%s: %s in one, %s in the other", what, c.Existing, c.Added))
	}
	return "These documents cannot become one pact, because they contradict each other. " + strings.Join(lines, "; ") +
		". Give interactions that differ descriptions or provider states of their own."
}
