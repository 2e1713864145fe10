// Package output is how commands answer: forms, tables, JSON, notices, and a
// screen that no name can steer.
package output

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// The forms in which commands answer.
const (
	Text  = "text"
	Table = "table"
	JSON  = "json"
	ID    = "id"

	// For build servers; the last is a code quality report, which GitLab shows
	// in merge requests.
	JUnit  = "junit"
	GitHub = "github"
	GitLab = "gitlab"
)

// Choice is a flag value out of a fixed list; the first is the default.
type Choice struct {
	Value   *string
	Allowed []string
}

// String is what is chosen.
func (c Choice) String() string {
	if c.Value == nil {
		return ""
	}
	return *c.Value
}

// Type is the word that help shows for the value.
func (c Choice) Type() string { return strings.Join(c.Allowed, "|") }

// Set takes one of the list, or another word for it.
func (c Choice) Set(s string) error {
	// "pretty" is what newer Pact clients call indented JSON; ours always is.
	if s == "pretty" && slices.Contains(c.Allowed, JSON) {
		s = JSON
	}
	// Text is a table where there is one; the Pact clients use either word.
	if other := map[string]string{Text: Table, Table: Text}[s]; !slices.Contains(c.Allowed, s) && slices.Contains(c.Allowed, other) {
		s = other
	}
	if !slices.Contains(c.Allowed, s) {
		return fmt.Errorf("%q is none of %s", Shorten(s), strings.Join(c.Allowed, ", "))
	}
	*c.Value = s
	return nil
}

// Bind adds --output (-o). The first of allowed is the default.
func Bind(f *pflag.FlagSet, value *string, allowed ...string) {
	*value = allowed[0]
	f.VarP(Choice{Value: value, Allowed: allowed}, "output", "o", "form of the answer")
}
