package kernel

import (
	"cmp"
	"strings"
)

// CompareFolded compares names without regard to case, and by it only where
// nothing else tells them apart.
func CompareFolded(a, b string) int {
	return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
}

// Unique drops repetitions and keeps the order.
func Unique(names []string) []string {
	out := make([]string, 0, len(names))
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	return out
}
