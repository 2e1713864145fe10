package verifier

import (
	"fmt"
	"io"
	"strings"
)

// WriteGitHub writes annotations as GitHub Actions reads them from a step's
// output: an error for each failure, a warning for each pending one. The error is
// that of w.
func WriteGitHub(w io.Writer, r Report) error {
	var b strings.Builder
	for _, p := range r.Pacts {
		for _, i := range p.Interactions {
			level := "error"
			switch {
			case i.Outcome == Passed || i.Outcome == NotRun:
				continue
			case i.Pending && !i.Untried:
				level = "warning"
			}
			title := fmt.Sprintf("%s → %s: %s", p.Consumer, p.Provider, i.Title())
			fmt.Fprintf(&b, "::%s title=%s::%s\n", level, githubProperty(title), githubText(annotation(i)))
		}
	}
	for _, problem := range r.Problems {
		fmt.Fprintf(&b, "::error title=Pact verification::%s\n", githubText(problem))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func annotation(i InteractionReport) string {
	if i.Problem != "" {
		return problemOf(i)
	}
	var b strings.Builder
	for n, m := range i.Mismatches {
		if n > 0 {
			b.WriteString("\n")
		}
		actual := shown(m.Actual)
		if m.Absent {
			actual = "nothing"
		}
		fmt.Fprintf(&b, "%s: %s\n  expected %s\n  actual   %s", place(m), m.Why, shown(m.Expected), actual)
	}
	return b.String()
}

func githubText(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func githubProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
