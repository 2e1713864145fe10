// Command release prepares what the repository releases: its modules, which
// all carry one version and require each other in exactly that.
//
//	go run ./conformance/release version v0.2.0   # name the next version in every go.mod and in go.work
//	go run ./conformance/release check            # build and install it as users will, from a proxy in a folder
//	go run ./conformance/release tag v0.2.0       # tag the commit, once for each module
//	go run ./conformance/release notice           # write NOTICE: what others made that is in the binary, and their licences
//	go run ./conformance/release sbom bin/treaty  # print what is in a binary, as CycloneDX
//
// It works on the repository in the current folder.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	if err := run(context.Background(), os.Args[1:], ".", os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, root string, out io.Writer) error {
	repo, err := open(root)
	if err != nil {
		return err
	}
	switch strings.Join(args[:min(len(args), 1)], "") {
	case "check":
		if len(args) == 1 {
			return check(ctx, repo, out)
		}
	case "version":
		if len(args) == 2 {
			return repo.setVersion(args[1])
		}
	case "notice":
		if len(args) == 1 {
			return repo.writeNotice(ctx)
		}
	case "sbom":
		if len(args) == 2 {
			return repo.writeSBOM(ctx, args[1], out)
		}
	case "tag":
		if len(args) == 2 {
			return tag(ctx, repo, args[1], out)
		}
	}
	return fmt.Errorf("usage: release check | release version VERSION | release tag VERSION | release notice | release sbom BINARY")
}
