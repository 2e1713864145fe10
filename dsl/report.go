package dsl

import (
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/mockserver"
)

// MismatchError tells that the consumer did not use the mock provider as the
// contract says. The details were reported through the test.
type MismatchError struct {
	// Results are what the mock provider saw, as data.
	Results mockserver.Results
}

// Error counts in one line what went wrong.
func (e *MismatchError) Error() string {
	var parts []string
	count := func(n int, one, many string) {
		switch {
		case n == 1:
			parts = append(parts, "1 "+one)
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", n, many))
		}
	}
	count(len(e.Results.Failures), "request did not match", "requests did not match")
	count(len(e.Results.Missing), "expected request never came", "expected requests never came")
	count(len(e.Results.Problems), "request could not be served", "requests could not be served")
	return "the contract does not hold: " + strings.Join(parts, ", ")
}

// report puts results into words.
func report(consumer, provider string, results mockserver.Results) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s did not use %s as the contract says.\n", consumer, provider)
	for _, f := range results.Failures {
		b.WriteString("\n" + failureText(f))
	}
	for _, missing := range results.Missing {
		fmt.Fprintf(&b, "\n%s was never sent, which %s expects.\n", line(missing.Request), name(missing))
	}
	for _, problem := range results.Problems {
		fmt.Fprintf(&b, "\n%s\n", problem)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func failureText(f mockserver.Failure) string {
	request := line(f.Request)
	switch {
	case f.Nearest == nil:
		return request + " was sent, but no interaction is expected.\n"
	case f.Unexpected:
		return fmt.Sprintf("%s was sent, but nothing expects it. The nearest is %s:\n%s", request, name(f.Nearest), mismatches(f))
	default:
		return fmt.Sprintf("%s was sent, but differs from %s:\n%s", request, name(f.Nearest), mismatches(f))
	}
}

func mismatches(f mockserver.Failure) string {
	var b strings.Builder
	for _, m := range f.Result.Mismatches {
		where := string(m.Kind)
		if m.Path != "" {
			where += " " + m.Path
		}
		fmt.Fprintf(&b, "  %s: %s\n", where, m.Why)
	}
	return b.String()
}

func name(i *contract.HTTP) string {
	text := fmt.Sprintf("%q", i.Description)
	for n, state := range i.States {
		if n == 0 {
			text += " given "
		} else {
			text += " and "
		}
		text += fmt.Sprintf("%q", state.Name)
	}
	return text
}

func line(r contract.Request) string {
	text := r.Method + " " + r.Path
	if query := mockserver.QueryString(r.Query); query != "" {
		text += "?" + query
	}
	return text
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(text, "\n", "\n  ")
}
