package gate

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

// dryPrefix starts each line of an answer that decides nothing.
const dryPrefix = "[dry-run] "

// print shows the decision in the form that was asked for.
func (o *deployOptions) print(e command.Env, d client.Decision, dry bool) error {
	base := o.connection.Address(e)
	switch o.output {
	case output.JSON:
		return output.WriteJSON(e.Stdout, d.Raw)
	case output.JUnit:
		return writeDecisionJUnit(output.Exactly(e.Stdout), d, base)
	case output.GitHub:
		return writeDecisionGitHub(e.Stdout, d, base)
	case output.GitLab:
		return writeDecisionGitLab(output.Exactly(e.Stdout), d)
	}
	var text bytes.Buffer
	if err := writeDecision(&text, e.Color, d, base); err != nil {
		return err
	}
	if !dry {
		_, err := e.Stdout.Write(text.Bytes())
		return err
	}
	for line := range strings.Lines(text.String()) {
		if _, err := io.WriteString(e.Stdout, dryPrefix+line); err != nil {
			return err
		}
	}
	return nil
}

// WriteDecision prints an answer as can-i-deploy does, with what would change it.
func WriteDecision(w io.Writer, color bool, d client.Decision, base string) error {
	return writeDecision(w, color, d, base)
}

// writeDecision prints the verdict, the rows it rests on, the addresses of
// their results, the reasons, and what would change the answer.
func writeDecision(w io.Writer, color bool, d client.Decision, base string) error {
	fmt.Fprintln(w, verdictLine(color, d.Headline()))
	fmt.Fprintln(w)
	if rows, addresses := decisionRows(d.Rows); len(rows) > 0 {
		header := []string{"CONSUMER", "C.VERSION", "PROVIDER", "P.VERSION", "SUCCESS?", "RESULT#"}
		if err := output.WriteTable(w, header, rows); err != nil {
			return err
		}
		if more := notShown(d); more > 0 {
			fmt.Fprintf(w, "%d of %d rows; the answer rests on all of them, and --limit %d shows them\n", len(rows), len(rows)+more, len(rows)+more)
		}
		fmt.Fprintln(w)
		if len(addresses) > 0 {
			fmt.Fprintln(w, "VERIFICATION RESULTS")
			for i, address := range addresses {
				fmt.Fprintf(w, "%d. %s\n", i+1, address)
			}
			fmt.Fprintln(w)
		}
	}
	if len(d.Notices) == 0 {
		fmt.Fprintln(w, d.Summary.Reason)
	}
	if err := output.WriteNotices(w, color, d.Notices); err != nil {
		return err
	}
	return writeExplanations(w, d, base)
}

// mostExplanations keeps an answer to a screen.
const mostExplanations = 4

// writeExplanations says for each cause what proves it, who can change it and
// how. Of a yes it says which pacts are missing that were there before.
func writeExplanations(w io.Writer, d client.Decision, base string) error {
	yes := d.Verdict() == client.Deployable
	told := slices.DeleteFunc(slices.Clone(d.Explanations), func(e client.Explanation) bool {
		return !e.Blocking && !(yes && (e.Doubt || e.Cause == "contract-dropped"))
	})
	for _, e := range told[:min(mostExplanations, len(told))] {
		fmt.Fprintf(w, "\n%s\n", e.Text)
		lines := [][2]string{{"  evidence", e.Evidence()}, {"  owner", e.Owner}, {"  next", e.NextStep}}
		for _, line := range e.Lines(base) {
			lines = append(lines, [2]string{"  run", line})
		}
		if err := output.WriteFields(w, lines...); err != nil {
			return err
		}
	}
	if more := len(told) - mostExplanations; more > 0 {
		_, err := fmt.Fprintf(w, "\n%d more in --output json\n", more)
		return err
	}
	return nil
}

func verdictLine(color bool, h client.Headline) string {
	switch h {
	case client.HeadlineYes:
		return output.Paint(color, output.Green, "Yes, it can be deployed.")
	case client.HeadlineDoubt:
		return output.Paint(color, output.Yellow, "Yes, it can be deployed, but a version has published no pact, although earlier versions had.")
	case client.HeadlineUnknown:
		return output.Paint(color, output.Yellow, "Not yet known: a verification result is missing.")
	default:
		return output.Paint(color, output.Red, "No, it cannot be deployed.")
	}
}

// notShown counts the rows that the answer rests on and the broker did not send.
// What is unknown need not have a row, so it counts only where nothing else does.
func notShown(d client.Decision) int {
	verified, ignored := 0, 0
	for _, m := range d.Rows {
		switch {
		case m.Ignored:
			ignored++
		case m.Result != nil:
			verified++
		}
	}
	unverified := len(d.Rows) - verified - ignored
	s := d.Summary
	more := max(0, s.Success+s.Failed-verified) + max(0, s.Ignored-ignored)
	if more > 0 {
		more += max(0, s.Unknown-unverified)
	}
	return more
}

// decisionRows turns the matrix into table rows and the list of addresses that
// their last column counts through.
func decisionRows(matrix []client.MatrixRow) (rows [][]string, addresses []string) {
	for _, m := range matrix {
		success, number := "???", "???"
		if m.Result != nil {
			success = strconv.FormatBool(m.Result.Success)
			number = "-"
			if address := m.Result.Self(); address != "" {
				addresses = append(addresses, address)
				number = strconv.Itoa(len(addresses))
			}
		}
		if m.Ignored {
			success += " [ignored]"
		}
		rows = append(rows, []string{
			m.Consumer.Name, output.ShortVersion(m.Consumer.VersionNumber()),
			m.Provider.Name, output.ShortVersion(m.Provider.VersionNumber()),
			success, number,
		})
	}
	return rows, addresses
}
