package root

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
)

// An option that narrows what a command does is never taken as left out when the
// variable that fills it is empty: the command would do it for all. The verifier is
// the exception, because command lines for Pact's own rely on it, and because it only
// verifies more.
func TestOptionsThatNarrowRefuseABlank(t *testing.T) {
	t.Parallel()
	seen := 0
	var look func(*cobra.Command)
	look = func(c *cobra.Command) {
		for _, child := range c.Commands() {
			look(child)
		}
		if c.Name() == "verify" {
			return
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if narrows := strings.Contains(f.Usage, "only "); !narrows || !strings.HasPrefix(f.Value.Type(), "string") || f.Hidden {
				return
			}
			seen++
			require.ErrorIs(t, f.Value.Set(" "), command.ErrEmpty, "%s --%s", c.CommandPath(), f.Name)
			require.NoError(t, f.Value.Set("x"), "%s --%s", c.CommandPath(), f.Name)
		})
	}
	look(newRoot(command.ProcessEnv("")))
	require.Greater(t, seen, 15)
}
