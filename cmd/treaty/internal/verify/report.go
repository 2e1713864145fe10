package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/wholefile"
	"github.com/treatyhq/treaty/verifier"
)

// writeReport writes one report to a file, whole: --last-failed reads it again.
func writeReport(path string, r verifier.Report, form func(io.Writer, verifier.Report) error) error {
	var text bytes.Buffer
	if err := form(&text, r); err != nil {
		return err
	}
	return wholefile.Write(path, text.Bytes(), 0o644)
}

// progress shows how far a run is, on a terminal only.
type progress struct {
	w     io.Writer
	shown bool
}

func newProgress(w io.Writer) *progress {
	file, ok := output.Exactly(w).(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		w = nil
	}
	return &progress{w: w}
}

func (p *progress) show(event verifier.Event) {
	if p.w == nil {
		return
	}
	p.shown = true
	fmt.Fprintf(p.w, output.Control("[G")+output.Control("[K")+"verifying %d of %d  %s", event.Done, event.Total, output.Shorten(event.Interaction.Description))
}

func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.w, output.Control("[G")+output.Control("[K"))
	}
}

// lastFailed reads the report of the last run, ours or the Pact verifier's,
// and keeps the interactions that failed in it.
func lastFailed(path string) (func(string, contract.Interaction) bool, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil // no run before: everything is to be tried
	}
	if err != nil {
		return nil, fmt.Errorf("read the last report: %w", err)
	}
	var last struct {
		// Problems are what kept pacts out of the results below.
		Problems []string `json:"problems"`
		Results  []struct {
			ID          string `json:"interactionId"`
			Key         string `json:"interactionKey"`
			Description string `json:"description"`
			Result      string `json:"result"`
		} `json:"interactionResults"`
	}
	if err := json.Unmarshal(data, &last); err != nil {
		return nil, fmt.Errorf("%s is not the report of a run: %s", path, output.JSONProblem(data, err))
	}
	if len(last.Problems) > 0 {
		return nil, nil // what was not loaded then has not passed
	}
	failed := map[string]bool{}
	for _, r := range last.Results {
		if r.Result != "OK" {
			failed[r.Description] = true
		}
	}
	return func(_ string, i contract.Interaction) bool { return failed[i.Base().Description] }, nil
}
