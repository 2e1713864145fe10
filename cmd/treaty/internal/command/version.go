package command

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

type versionOptions struct{ output string }

func newVersion(e Env) *cobra.Command {
	var o versionOptions
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of this binary",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.run(cmd.Context(), e)
		},
	}
	o.bind(cmd.Flags())
	return cmd
}

func (o *versionOptions) bind(f *pflag.FlagSet) {
	bindOutput(f, &o.output, outputText, outputJSON)
}

func (o *versionOptions) run(_ context.Context, e Env) error {
	b := e.version()
	if o.output == outputJSON {
		return writeJSON(e.Stdout, b)
	}
	_, err := fmt.Fprintf(e.Stdout, "treaty %s (%s, %s)\n", b.Version, b.Revision, b.Go)
	return err
}

// build says what this binary was made from.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision"`
	Go       string `json:"go"`
}

// version returns the version given at link time or else what the Go tool
// stamped into the binary: the module version, and the commit with "-dirty" if
// the tree had changes.
func (e Env) version() build {
	b := readBuild()
	if e.Version != "" {
		b.Version = e.Version
	}
	return b
}

func readBuild() build {
	b := build{Version: "development", Revision: "unknown revision", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	dirty := ""
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			b.Revision = setting.Value
		case setting.Key == "vcs.modified" && setting.Value == "true":
			dirty = "-dirty"
		}
	}
	b.Revision += dirty
	return b
}
