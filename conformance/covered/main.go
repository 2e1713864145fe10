// Command covered fails when the own tests of a package of the broker reach less
// of it than they should, or when a package has no tests of its own and nobody
// said why.
//
//	go run ./conformance/covered [-read FILE] PACKAGES
//
// It runs `go test -cover` on the packages, on SQLite alone: what PostgreSQL adds
// is tested where there is one. With -read it takes the output of such a run from
// a file, for who has tested already, and asks Go only which packages there are.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

func main() {
	read := flag.String("read", "", "file with the output of a run of go test -cover")
	flag.Parse()
	if err := run(*read, flag.Args(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "covered:", err)
		os.Exit(1)
	}
}

func run(file string, patterns []string, out io.Writer) error {
	names, err := output("list", patterns, nil)
	if err != nil {
		return err
	}
	var text []byte
	if file != "" {
		text, err = os.ReadFile(file)
	} else {
		text, err = output("test", append([]string{"-cover"}, patterns...), out)
	}
	if err != nil {
		return err
	}
	measured, err := parse(string(text))
	if err != nil {
		return err
	}
	problems := judge(strings.Fields(string(names)), measured)
	if len(problems) > 0 {
		return fmt.Errorf("\n%s\nWrite tests that assert the rule that is not held, remove what nothing reaches, or say in conformance/covered/exempt.go why not.", strings.Join(problems, "\n"))
	}
	fmt.Fprintf(out, "each of %d packages is covered by its own tests to %.0f %% or more, except for those that are exempt\n", len(strings.Fields(string(names))), bound)
	return nil
}

// output runs a command of go and returns what it prints, which goes to a second
// place too where one is given.
func output(command string, args []string, also io.Writer) ([]byte, error) {
	cmd := exec.CommandContext(context.Background(), "go", append([]string{command}, args...)...)
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TREATY_TEST_POSTGRES_URL=") && !strings.HasPrefix(variable, "TREATY_TEST_PGBOUNCER_URL=") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	var text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &text, os.Stderr
	if also != nil {
		cmd.Stdout = io.MultiWriter(&text, also)
	}
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("go %s: %w", command, err)
	}
	return text.Bytes(), nil
}
