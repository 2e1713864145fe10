package demo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/cmd/treaty/internal/serve"
)

// stage runs the commands of the demo and shows what they answer.
type stage struct {
	e       command.Env
	source  string // of Treaty
	program string // this one
	folder  string // temporary: database and pacts
	port    int

	// url of the broker, once it runs.
	url string
	// storefront is the version under which the storefront is published.
	storefront string

	step   int
	answer string // of the last command
	broker *exec.Cmd
}

// act is one command of the story and what must come of it.
type act struct {
	// name is "treaty" or "go"; args as a person would type them.
	name string
	args []string
	// dir is where it runs, below the source.
	dir string
	// env are variables for it; they are shown before the command.
	env []string
	// status is the exit status that the story needs, and says words that
	// must stand in the answer.
	status int
	says   []string
	// show picks what of the answer is shown; all if nil.
	show func(string) string
}

// chapter starts a step of the story.
func (s *stage) chapter(title, why string) {
	s.step++
	fmt.Fprintf(s.e.Stdout, "\n%s\n", output.Paint(s.e.Color, "1", fmt.Sprintf("%d. %s", s.step, title)))
	for line := range strings.SplitSeq(why, "\n") {
		fmt.Fprintf(s.e.Stdout, "   %s\n", line)
	}
}

func (s *stage) say(text string) { fmt.Fprintln(s.e.Stdout, text) }

// perform plays one act: it shows the command, runs it, shows the answer, and
// fails if that is not what the story needs.
func (s *stage) perform(ctx context.Context, a act) error {
	fmt.Fprintf(s.e.Stdout, "\n   %s\n", output.Paint(s.e.Color, "36", "$ "+a.line()))
	program := a.name
	if program == "treaty" {
		program = s.program
	}
	cmd := exec.CommandContext(ctx, program, a.args...)
	cmd.Dir = filepath.Join(s.source, a.dir)
	cmd.Env = append(s.environ(), a.env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		return fmt.Errorf("step %d: %w", s.step, err)
	}
	text := strings.TrimSpace(string(out))
	s.answer = text
	shown := text
	if a.show != nil {
		shown = a.show(text)
	}
	s.quote(shown)
	return s.judge(a, cmd.ProcessState.ExitCode(), text)
}

// judge compares an answer with the story.
func (s *stage) judge(a act, status int, text string) error {
	if status != a.status {
		s.quote(text)
		return fmt.Errorf("step %d: %q ended with status %d, expected %d", s.step, a.line(), status, a.status)
	}
	if a.status != 0 {
		fmt.Fprintf(s.e.Stdout, "   %s\n", output.Paint(s.e.Color, "2", "(exit status "+strconv.Itoa(status)+")"))
	}
	for _, words := range a.says {
		if !strings.Contains(text, words) {
			s.quote(text)
			return fmt.Errorf("step %d: %q did not say %q", s.step, a.line(), words)
		}
	}
	return nil
}

// quote shows an answer, set off from the story.
func (s *stage) quote(text string) {
	if text == "" {
		return
	}
	for line := range strings.SplitSeq(text, "\n") {
		fmt.Fprintln(s.e.Stdout, strings.TrimRight("   "+output.Paint(s.e.Color, "2", "│ ")+line, " "))
	}
}

// line is the command as a person would type it.
func (a act) line() string {
	var words []string
	if a.dir != "" {
		words = append(words, "cd", a.dir, "&&")
	}
	words = append(words, a.env...)
	words = append(words, a.name)
	for _, arg := range a.args {
		if strings.ContainsAny(arg, " ") {
			arg = "'" + arg + "'"
		}
		words = append(words, arg)
	}
	return strings.Join(words, " ")
}

// environ is this process's environment without what would lead the commands
// to another broker or change what they print.
func (s *stage) environ() []string {
	var kept []string
	for _, entry := range s.e.Environ {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "PACT_") && !strings.HasPrefix(name, "TREATY_") && name != "CATALOG_RELEASE" {
			kept = append(kept, entry)
		}
	}
	if s.url != "" {
		kept = append(kept, "PACT_BROKER_BASE_URL="+s.url)
	}
	return append(kept, "NO_COLOR=1")
}

// startBroker starts the broker on the wanted port or, if that is taken, on
// any, and waits until it says where it answers.
func (s *stage) startBroker(ctx context.Context) error {
	var err error
	for _, port := range []int{s.port, 0} {
		a := act{name: "treaty", args: []string{
			"serve", "--host", "127.0.0.1", "--port", strconv.Itoa(port), "--database", "sqlite:" + filepath.Join(s.folder, "treaty.db"),
		}}
		fmt.Fprintf(s.e.Stdout, "\n   %s\n", output.Paint(s.e.Color, "36", "$ "+a.line()+" &"))
		if s.url, err = s.launch(ctx, a); err == nil {
			s.quote("Broker and dashboard: " + s.url)
			return nil
		}
		s.quote(err.Error())
		if ctx.Err() != nil {
			break
		}
	}
	return fmt.Errorf("step %d: the broker did not start: %w", s.step, err)
}

// launch starts the broker and returns the address that it announces.
func (s *stage) launch(ctx context.Context, a act) (string, error) {
	var log bytes.Buffer
	broker := exec.CommandContext(ctx, s.program, a.args...)
	broker.Env = s.environ()
	broker.Stderr = &log
	broker.Cancel = func() error { return broker.Process.Signal(os.Interrupt) }
	broker.WaitDelay = 10 * time.Second
	out, err := broker.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := broker.Start(); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if address, found := strings.CutPrefix(strings.TrimSpace(line), serve.ReadyLine); err == nil && found {
		s.broker = broker
		return address, nil
	}
	_ = broker.Wait() // it has ended, and its log says why
	return "", errors.New(strings.TrimSpace(log.String()))
}

// clear stops the broker and removes the folder. Doing it again is fine.
func (s *stage) clear() {
	if s.broker != nil && s.broker.Process != nil {
		_ = s.broker.Process.Signal(os.Interrupt) // it may have ended by itself
		_ = s.broker.Wait()
		s.broker = nil
	}
	_ = os.RemoveAll(s.folder)
}

// interrupted is how the demo ends when Ctrl-C comes before its end.
func (s *stage) interrupted() error {
	s.say("\nStopped; nothing is left behind.")
	return command.ErrSilent
}
