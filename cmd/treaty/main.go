// Command treaty is contract testing in one binary: the broker and its
// command line, the mock provider, the verifier and tools for pact files.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // TZ means the same in an image without files of time zones

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/root"
)

// version is set by the linker (see the Makefile).
var version string

func main() {
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, release) // a second signal ends the process at once
	os.Exit(root.Run(ctx, command.ProcessEnv(version)))
}
