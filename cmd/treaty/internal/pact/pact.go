// Package pact works on pacts: files on disk, and what is published to a broker
// and fetched from it.
package pact

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/pactio"
	"github.com/treatyhq/treaty/internal/shell"
)

// New makes the command pact, the group of commands that work on contract files.
func New(e command.Env) *cobra.Command {
	return command.Group("pact", "Check, show, compare and convert contract files", newLint(e), newShow(e), newDiff(e), newConvert(e))
}

// contractFile reads a contract file; "-" is standard input.
func contractFile(e command.Env, name string) ([]byte, error) {
	if name == "-" {
		data, err := io.ReadAll(e.Stdin)
		if err != nil {
			return nil, fmt.Errorf("read standard input: %w", err)
		}
		return data, nil
	}
	data, err := pactio.ReadFile(e.Path(name))
	if err != nil {
		return nil, command.Next(fmt.Errorf("read the contract file: %w", err), "give the path of a pact file, or - for standard input")
	}
	return data, nil
}

// contractIn reads and decodes a contract file.
func contractIn(e command.Env, name string) (*contract.Pact, error) {
	data, err := contractFile(e, name)
	if err != nil {
		return nil, err
	}
	pact, err := contract.Decode(data)
	if err != nil {
		return nil, command.Next(fmt.Errorf("%s: %w", name, err), "see everything that is wrong with it: treaty pact lint %s", shell.Quote(name))
	}
	return pact, nil
}

// needFiles asks for a number of file arguments in words.
func needFiles(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) == n:
			return nil
		default:
			return command.Next(fmt.Errorf("expected %d contract file(s), got %d", n, len(args)), "%s", cmd.UseLine())
		}
	}
}
