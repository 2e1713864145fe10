package output

import (
	"fmt"
	"io"
)

// WriteFields prints a resource for people: a line for each field that has a value.
func WriteFields(w io.Writer, pairs ...[2]string) error {
	width := 0
	for _, p := range pairs {
		if p[1] != "" {
			width = max(width, len(p[0]))
		}
	}
	for _, p := range pairs {
		if p[1] == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "%-*s  %s\n", width, p[0], p[1]); err != nil {
			return err
		}
	}
	return nil
}
