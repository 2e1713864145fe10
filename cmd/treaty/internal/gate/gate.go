// Package gate asks a broker before a deployment or a merge, shows its answers in
// the forms that people and build servers read, and the answers that it has given
// before.
package gate

import (
	"github.com/spf13/cobra"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
)

// New makes the command gate, the group of commands about answers that were given.
func New(e command.Env) *cobra.Command {
	return command.Group("gate", "Look at answers that can-i-deploy has given before", newHistory(e), newShow(e))
}
