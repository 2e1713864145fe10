package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// The forms in which commands answer.
const (
	outputText  = "text"
	outputTable = "table"
	outputJSON  = "json"
	outputID    = "id"

	// For build servers; the last is a code quality report, which GitLab shows
	// in merge requests.
	outputJUnit  = "junit"
	outputGitHub = "github"
	outputGitLab = "gitlab"
)

// choice is a flag value out of a fixed list; the first is the default.
type choice struct {
	value   *string
	allowed []string
}

func (c choice) String() string {
	if c.value == nil {
		return ""
	}
	return *c.value
}

func (c choice) Type() string { return strings.Join(c.allowed, "|") }

func (c choice) Set(s string) error {
	// "pretty" is what newer Pact clients call indented JSON; ours always is.
	if s == "pretty" && slices.Contains(c.allowed, outputJSON) {
		s = outputJSON
	}
	// Text is a table where there is one; the Pact clients use either word.
	if other := map[string]string{outputText: outputTable, outputTable: outputText}[s]; !slices.Contains(c.allowed, s) && slices.Contains(c.allowed, other) {
		s = other
	}
	if !slices.Contains(c.allowed, s) {
		return fmt.Errorf("%q is none of %s", shorten(s), strings.Join(c.allowed, ", "))
	}
	*c.value = s
	return nil
}

// bindOutput adds --output (-o). The first of allowed is the default.
func bindOutput(f *pflag.FlagSet, value *string, allowed ...string) {
	*value = allowed[0]
	f.VarP(choice{value: value, allowed: allowed}, "output", "o", "form of the answer")
}
