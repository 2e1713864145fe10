package command

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"
)

// Env is all that a command may touch of its process.
type Env struct {
	// Args are the arguments without the program's name.
	Args   []string
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	// Environ holds the environment variables as NAME=value.
	Environ []string
	// Dir is the working folder; relative paths are meant from here.
	Dir string
	// ConfigDir is the folder for the settings of whoever runs the process; "" if the
	// system names none.
	ConfigDir string
	// Version was set when the binary was linked; "" if it was not.
	Version string
	// Color tells that Stdout is a terminal that shows colours.
	Color bool
}

// ProcessEnv returns the environment of this process, a binary that was
// linked as the given version.
func ProcessEnv(version string) Env {
	dir, err := os.Getwd()
	if err != nil {
		dir = "."
	}
	config, err := os.UserConfigDir()
	if err != nil {
		config = ""
	}
	return Env{
		ConfigDir: config,
		Args:      os.Args[1:],
		Stdin:     os.Stdin,
		Stdout:    os.Stdout,
		Stderr:    os.Stderr,
		Environ:   os.Environ(),
		Dir:       dir,
		Version:   version,
		Color:     term.IsTerminal(int(os.Stdout.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
	}
}

// Getenv returns the value of an environment variable, or "".
func (e Env) Getenv(name string) string {
	value, _ := e.LookupEnv(name)
	return value
}

// LookupEnv returns the value of an environment variable and whether it is
// set. As in a process, the last entry of a name wins.
func (e Env) LookupEnv(name string) (string, bool) {
	for i := len(e.Environ) - 1; i >= 0; i-- {
		if key, value, _ := strings.Cut(e.Environ[i], "="); key == name {
			return value, true
		}
	}
	return "", false
}

// Path returns name as seen from the working folder.
func (e Env) Path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(e.Dir, name)
}

// Or returns the first non-blank of value and the named variables. It is
// how a flag that was not given falls back to its variable.
func (e Env) Or(value string, names ...string) string {
	if strings.TrimSpace(value) != "" {
		return value
	}
	for _, name := range names {
		if found := e.Getenv(name); strings.TrimSpace(found) != "" {
			return found
		}
	}
	return ""
}

// IsTrue reports whether a variable holds the word true, in any case.
func (e Env) IsTrue(name string) bool {
	return strings.EqualFold(strings.TrimSpace(e.Getenv(name)), "true")
}
