// Package commandtest runs command lines in tests as a person would type them,
// and opens brokers for them to ask.
package commandtest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/root"
)

// Closing an httptest server closes the idle connections of Go's default
// transport, even one whose answer another test is just reading.
func init() {
	http.DefaultClient = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
}

// Outcome is what a command left behind.
type Outcome struct {
	Status         int
	Stdout, Stderr string
}

// Run runs the command line in an empty folder with no environment.
func Run(t *testing.T, args ...string) Outcome {
	t.Helper()
	return RunIn(t, command.Env{Dir: t.TempDir()}, args...)
}

// RunIn is [Run] with a working folder, variables or input of its own.
func RunIn(t *testing.T, e command.Env, args ...string) Outcome {
	t.Helper()
	var out, errs bytes.Buffer
	e.Args, e.Stdout, e.Stderr = args, &out, &errs
	if e.Stdin == nil {
		e.Stdin = strings.NewReader("")
	}
	status := root.Run(t.Context(), e)
	return Outcome{Status: status, Stdout: out.String(), Stderr: errs.String()}
}

// Decode reads the JSON that a command printed.
func Decode(t *testing.T, text string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	return v
}

// check ends a test whose stage cannot be set.
func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
