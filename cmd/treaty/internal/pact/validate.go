package pact

import (
	"fmt"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/contract/lint"
)

// exitInvalid is the status of a publication that --validate has refused, as
// in the Pact command line.
const exitInvalid = 2

// validate refuses pacts that pact lint finds wrong and, with --strict, those
// it finds risky. Nothing has been published then.
func (o *publishOptions) validate(e command.Env, pacts []client.PublishedPact) error {
	if !o.check && !o.strict {
		return nil
	}
	refused := 0
	for _, pact := range pacts {
		for _, f := range lint.File(pact.Content) {
			if f.Level != lint.Wrong && (f.Level != lint.Risky || !o.strict) {
				continue
			}
			refused++
			fmt.Fprintf(e.Stderr, "%s and %s: %s\n  %s\n", pact.Consumer, pact.Provider, f, f.Advice)
		}
	}
	if refused == 0 {
		return nil
	}
	err := fmt.Errorf("nothing is published: validation found %d faults", refused)
	return command.WithStatus(exitInvalid, command.Next(err, "correct the consumer's tests, or publish without --validate and --strict"))
}
