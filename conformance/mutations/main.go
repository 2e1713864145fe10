package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

type options struct {
	list     string
	part     int
	seed     uint64
	words    string
	parallel int
	limit    time.Duration
	compile  bool
}

func main() {
	var o options
	flag.StringVar(&o.list, "list", "conformance/mutations/list", "folder of the breakages")
	flag.IntVar(&o.part, "part", 1, "try one of so many parts of the list")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "which part it is")
	flag.StringVar(&o.words, "run", "", "try those whose name holds these words")
	flag.IntVar(&o.parallel, "parallel", 2, "how many at once")
	flag.DurationVar(&o.limit, "limit", 5*time.Minute, "how long the tests of one may take")
	flag.BoolVar(&o.compile, "compile", false, "compile every breakage of the list first, whichever are tried")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "mutations:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	all, err := readList(o.list)
	if err != nil {
		return err
	}
	if o.compile {
		if err := compileAll(all); err != nil {
			return err
		}
	}
	chosen := choose(all, o)
	if len(chosen) == 0 {
		return fmt.Errorf("no breakage of %d is named %q", len(all), o.words)
	}
	fmt.Printf("%d of %d breakages, seed %d\n", len(chosen), len(all), o.seed)
	problems := make([]error, len(chosen))
	work := make(chan int)
	var wg sync.WaitGroup
	for range max(1, o.parallel) {
		wg.Go(func() {
			for i := range work {
				begin := time.Now()
				verdict := "noticed"
				if lack := chosen[i].lacks(); lack != "" {
					fmt.Printf("%-11s %s: %s\n", "skipped", chosen[i].Name, lack)
					continue
				}
				if problems[i] = try(chosen[i], o.limit); problems[i] != nil {
					verdict = "NOT NOTICED"
				}
				fmt.Printf("%-11s %5.1f s  %s\n", verdict, time.Since(begin).Seconds(), chosen[i].Name)
			}
		})
	}
	for i := range chosen {
		work <- i
	}
	close(work)
	wg.Wait()
	return errors.Join(problems...)
}

// choose returns those that are named, or a random part of all.
func choose(all []breakage, o options) []breakage {
	var out []breakage
	for _, b := range all {
		if strings.Contains(b.Name, o.words) {
			out = append(out, b)
		}
	}
	if o.part > 1 {
		random := rand.New(rand.NewPCG(o.seed, 0))
		random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
		out = out[:(len(out)+o.part-1)/o.part]
	}
	return out
}

// postgresURL is the variable by which the broker's tests find PostgreSQL.
const postgresURL = "TREATY_TEST_POSTGRES_URL"

// lacks says what is missing here to try it, if anything is.
func (b breakage) lacks() string {
	if b.Needs == needsPostgres && os.Getenv(postgresURL) == "" {
		return "it shows on PostgreSQL only; set " + postgresURL
	}
	return ""
}

// command is `go test` with the breakage, of the whole package or of the tests
// that are named. The database is named to those only that need it: all others
// are to be noticed without. None needs PgBouncer.
func (b breakage) command(ctx context.Context, overlay string, limit time.Duration) *exec.Cmd {
	args := []string{"test", "-overlay", overlay, "-vet=off", "-count=1", "-timeout", limit.String()}
	if b.Tests != "" {
		args = append(args, "-run", b.Tests)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, b.Package)...)
	cmd.Env = append(os.Environ(), "TREATY_MUTATION=1", "TREATY_TEST_PGBOUNCER_URL=")
	if b.Needs != needsPostgres {
		cmd.Env = append(cmd.Env, postgresURL+"=")
	}
	return cmd
}

// try breaks it and runs the tests, which have to fail and say so.
func try(b breakage, limit time.Duration) error {
	said, err := promised(b)
	if err != nil || !said {
		return errors.Join(err, b.problem("%s does not say %q", b.Document, b.Words))
	}
	folder, err := os.MkdirTemp("", "mutation")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	overlay, err := writeOverlay(b, folder)
	if err != nil {
		return b.problem("%w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := build(ctx, b, overlay, []string{b.Package}); err != nil {
		return err
	}
	out, err := b.command(ctx, overlay, limit).CombinedOutput()
	switch told := failures(out); {
	case err == nil:
		return b.problem("every test of %s passes with it", b.Package)
	case !bytes.Contains(out, []byte("--- FAIL")) && !bytes.Contains(out, []byte("panic: ")):
		return b.problem("the tests of %s did not run:\n%s", b.Package, out)
	case !strings.Contains(strings.ToLower(told), strings.ToLower(b.Told)):
		return b.problem("a test of %s fails, and nothing in it names %q:\n%s", b.Package, b.Told, told)
	}
	return nil
}

// promised reports whether the document says so, wherever its lines end.
func promised(b breakage) (bool, error) {
	text, err := os.ReadFile(b.Document)
	return strings.Contains(strings.Join(strings.Fields(string(text)), " "), b.Words), err
}

// writeOverlay writes the changed files and says by which they are replaced.
func writeOverlay(b breakage, folder string) (string, error) {
	texts := map[string]string{}
	for _, c := range b.Changes {
		path, err := filepath.Abs(c.File)
		if err != nil {
			return "", err
		}
		if _, seen := texts[path]; !seen {
			text, err := os.ReadFile(path)
			if err != nil {
				return "", err
			}
			texts[path] = string(text)
		}
		if texts[path], err = c.apply(texts[path]); err != nil {
			return "", err
		}
	}
	replace := map[string]string{}
	for path, text := range texts {
		stand := filepath.Join(folder, fmt.Sprintf("%d.go", len(replace)))
		if err := os.WriteFile(stand, []byte(text), 0o644); err != nil {
			return "", err
		}
		replace[path] = stand
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "overlay.json")
	return path, os.WriteFile(path, data, 0o644)
}

// failures returns what `go test` printed from the first failure on.
func failures(out []byte) string {
	for _, mark := range []string{"--- FAIL", "panic: "} {
		if i := bytes.Index(out, []byte(mark)); i >= 0 {
			return string(out[i:])
		}
	}
	return ""
}

func (b breakage) problem(format string, args ...any) error {
	return fmt.Errorf("%s: %q: "+format, append([]any{b.at, b.Name}, args...)...)
}
