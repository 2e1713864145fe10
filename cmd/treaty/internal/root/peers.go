package root

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// acceptPeerFlags adds the options of the Pact command line that mean nothing
// here, such as those of its telemetry, so that command lines written for it
// go on working. Help does not show them.
func acceptPeerFlags(cmd *cobra.Command) {
	for _, child := range cmd.Commands() {
		acceptPeerFlags(child)
	}
	if cmd.HasSubCommands() {
		return
	}
	for _, name := range []string{"enable-otel", "enable-otel-logs", "enable-otel-traces"} {
		cmd.Flags().Bool(name, false, "accepted, without effect")
		_ = cmd.Flags().MarkHidden(name)
	}
	for _, name := range []string{"log-level", "otel-exporter", "otel-exporter-endpoint", "otel-exporter-protocol", "ssl-trust-store"} {
		cmd.Flags().String(name, "", "accepted, without effect")
		_ = cmd.Flags().MarkHidden(name)
	}
	if cmd.Name() != "can-i-deploy" {
		return
	}
	for _, name := range []string{"no-main-branch", "skip-main-branch"} {
		cmd.Flags().String(name, "", "accepted, without effect: it is the default")
		cmd.Flags().Lookup(name).NoOptDefVal = "true"
		_ = cmd.Flags().MarkHidden(name)
	}
}

// dashes lets options be written with underscores, as the Ruby client's
// documentation sometimes has them.
func dashes(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	return pflag.NormalizedName(strings.ReplaceAll(name, "_", "-"))
}
