package scenario

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/treatyhq/treaty/internal/golden"
)

// Run plays every scenario of a folder, on each database at hand. With -update
// it writes the answers into the files instead of comparing with them.
func Run(t *testing.T, folder string) {
	t.Helper()
	scenarios, err := ReadAll(os.DirFS(folder))
	if err != nil {
		t.Fatalf("%s/%v", folder, err)
	}
	if len(scenarios) == 0 {
		t.Fatalf("%s has no .scenario files", folder)
	}
	for name, db := range backends(t) {
		if golden.Updating() && name != "sqlite" {
			continue // the files hold one answer, which the others have to give as well
		}
		t.Run(name, func(t *testing.T) {
			for _, s := range scenarios {
				t.Run(s.Name, func(t *testing.T) {
					t.Parallel()
					runOne(t, db, folder, s)
				})
			}
		})
	}
}

func runOne(t *testing.T, db backend, folder string, s Scenario) {
	t.Helper()
	address, remove, err := db.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := newPlayer(t.Context(), address)
	t.Cleanup(func() {
		if err := errors.Join(p.stop(), remove()); err != nil {
			t.Error(err)
		}
	})
	file := filepath.Join(folder, s.Name+".scenario")
	answers := make([][]string, len(s.Acts))
	for i, act := range s.Acts {
		if answers[i], err = p.play(file, act); err != nil {
			t.Fatalf("%v\n%s%s", err, strings.Join(s.About, "\n"), p.journal)
		}
		if !golden.Updating() && !slices.Equal(act.Want, answers[i]) {
			t.Errorf("%s:%d: %s\n%s%s", file, act.From, strings.Join(s.About, " "), differences(act.Want, answers[i]), p.journal)
		}
	}
	if golden.Updating() {
		if err := write(file, s, answers); err != nil {
			t.Fatal(err)
		}
	}
}

// differences shows two answers side by side, line for line, in the form of a
// comparison: - is what the file says, + what the broker said.
func differences(want, got []string) string {
	from, end := 0, 0
	for from < min(len(want), len(got)) && want[from] == got[from] {
		from++
	}
	for end < min(len(want), len(got))-from && want[len(want)-1-end] == got[len(got)-1-end] {
		end++
	}
	var b strings.Builder
	show := func(sign string, lines []string) {
		for _, line := range lines {
			b.WriteString(sign + line + "\n")
		}
	}
	show("  ", want[:from])
	show("- ", want[from:len(want)-end])
	show("+ ", got[from:len(got)-end])
	show("  ", want[len(want)-end:])
	return b.String()
}

// write puts the answers into a file, and leaves the story as it is.
func write(file string, s Scenario, answers [][]string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(withAnswers(string(text), s, answers)), 0o644)
}

func withAnswers(text string, s Scenario, answers [][]string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, act := range slices.Backward(s.Acts) {
		lines = slices.Replace(lines, act.From, act.To, answers[i]...)
	}
	return strings.Join(lines, "\n") + "\n"
}
