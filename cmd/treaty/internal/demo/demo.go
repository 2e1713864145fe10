// Package demo plays the example in examples/catalog from end to end.
package demo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
)

// options are those of the demo, which plays the example in
// examples/catalog from end to end. steps.go tells the story;
// stage.go runs its commands.
type options struct {
	ci     bool
	port   int
	source string
}

// New makes the command demo.
func New(e command.Env) *cobra.Command {
	cmd := command.New(e, "demo", "Watch the whole loop: consumer test, broker, verification, can-i-deploy", "treaty demo", &options{})
	cmd.Long = "Plays the catalogue shop of examples/catalog from end to end: the consumer's test,\n" +
		"a broker, the provider's test, deployments, a breaking change and its repair. It\n" +
		"needs Go and the source of Treaty, touches nothing outside a temporary folder, and\n" +
		"leaves the broker running until Ctrl-C. With --ci it ends by itself and fails if\n" +
		"any step answers other than expected."
	return cmd
}

func (o *options) Bind(f *pflag.FlagSet) {
	f.BoolVar(&o.ci, "ci", false, "end when the story has ended (CI=true does the same)")
	f.IntVar(&o.port, "port", 9292, "port of the broker; another if it is taken")
	f.StringVar(&o.source, "source", "", "folder of Treaty's source; found from the working folder if left out")
}

func (o *options) Run(ctx context.Context, e command.Env) error {
	stage, err := o.prepare(e)
	if err != nil {
		return err
	}
	defer stage.clear()
	if err := stage.play(ctx); err != nil {
		if ctx.Err() != nil {
			return stage.interrupted()
		}
		return err
	}
	if o.ci || e.IsTrue("CI") {
		return nil
	}
	stage.say("\nThe broker runs until you press Ctrl-C.")
	<-ctx.Done()
	stage.say("\nStopped; nothing is left behind.")
	return nil
}

// prepare prepares what the story needs: the source, Go, this program, a folder.
func (o *options) prepare(e command.Env) (*stage, error) {
	source, err := findSource(e, o.source)
	if err != nil {
		return nil, err
	}
	if _, err := exec.LookPath("go"); err != nil {
		return nil, command.Next(errors.New("the demo runs go test, and there is no go in PATH"), "install Go from https://go.dev/dl and try again")
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "treaty-demo-")
	if err != nil {
		return nil, command.Next(err, "the demo needs a temporary folder: check TMPDIR")
	}
	return &stage{e: e, source: source, program: program, folder: folder, port: o.port}, nil
}

// findSource looks for the checkout, upwards from the working folder.
func findSource(e command.Env, given string) (string, error) {
	start := e.Dir
	if given != "" {
		start = e.Path(given)
	}
	for folder := start; ; folder = filepath.Dir(folder) {
		if isSource(folder) {
			return folder, nil
		}
		if given != "" || folder == filepath.Dir(folder) {
			return "", command.Next(fmt.Errorf("the source of Treaty is not in %s", start),
				"git clone https://github.com/treatyhq/treaty, then run make demo inside")
		}
	}
}

func isSource(folder string) bool {
	file, err := os.Open(filepath.Join(folder, "go.mod"))
	if err != nil {
		return false
	}
	defer file.Close()
	line, err := bufio.NewReader(file).ReadString('\n')
	if err != nil || strings.TrimSpace(line) != "module github.com/treatyhq/treaty" {
		return false
	}
	info, err := os.Stat(filepath.Join(folder, "examples", "catalog"))
	return err == nil && info.IsDir()
}
