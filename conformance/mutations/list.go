package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// breakage is one change that a test has to notice.
type breakage struct {
	Name string
	// Document promises the behaviour in these Words.
	Document, Words string
	Changes         []change
	// Package has the tests, and Told is what the failing one has to name. Tests,
	// if given, is the expression that chooses among them.
	Package, Told, Tests string
	// Needs is "postgres" where only PostgreSQL shows it.
	Needs string
	// at is where the block begins, for messages.
	at string
}

// needsPostgres is what a breakage needs that SQLite, where one writes at a
// time, cannot show.
const needsPostgres = "postgres"

// change puts New in the place of Old in File.
type change struct{ File, Old, New string }

// readList reads the blocks of all files of a folder, in the order of names.
func readList(folder string) ([]breakage, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil {
		return nil, err
	}
	var out []breakage
	var problems []error
	names := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		found, err := parse(file, string(text))
		problems = append(problems, err)
		for _, b := range found {
			if other, taken := names[b.Name]; taken {
				problems = append(problems, fmt.Errorf("%s: %q is the name of the one at %s too", b.at, b.Name, other))
			}
			names[b.Name] = b.at
			out = append(out, b)
		}
	}
	if len(out) == 0 {
		problems = append(problems, fmt.Errorf("%s lists no breakage", folder))
	}
	return out, errors.Join(problems...)
}

// parse reads blocks. Problems are told with file and line.
func parse(file, text string) ([]breakage, error) {
	var out []breakage
	var problems []error
	for i, line := range strings.Split(text, "\n") {
		at := fmt.Sprintf("%s:%d", file, i+1)
		if name, ok := strings.CutPrefix(line, "== "); ok {
			out = append(out, breakage{Name: name, at: at})
			continue
		}
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if len(out) == 0 {
			problems = append(problems, fmt.Errorf("%s: begin with \"== \" and a name", at))
			continue
		}
		if err := out[len(out)-1].take(line); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", at, err))
		}
	}
	for _, b := range out {
		if err := b.check(); err != nil {
			problems = append(problems, fmt.Errorf("%s: %q: %w", b.at, b.Name, err))
		}
	}
	return out, errors.Join(problems...)
}

// take reads one line of a block.
func (b *breakage) take(line string) error {
	var ok bool
	switch key, value, _ := strings.Cut(line, " "); key {
	case "says:":
		b.Document, b.Words, ok = strings.Cut(value, ": ")
	case "proof:":
		b.Package, b.Told, ok = strings.Cut(value, ": ")
	case "tests:":
		b.Tests, ok = value, value != ""
	case "needs:":
		b.Needs, ok = value, value == needsPostgres
	case "in:":
		b.Changes, ok = append(b.Changes, change{File: value}), value != ""
	case "-", "+":
		if len(b.Changes) == 0 {
			return errors.New("say first which file, by \"in: \"")
		}
		c := &b.Changes[len(b.Changes)-1]
		if key == "-" {
			c.Old += value + "\n"
		} else {
			c.New += value + "\n"
		}
		ok = true
	default:
		return fmt.Errorf("%q is not a line of a block: says, in, -, +, proof, tests and needs are", line)
	}
	if !ok {
		return fmt.Errorf("%q says too little: see doc.go for its form", line)
	}
	return nil
}

// check reports what a block lacks.
func (b breakage) check() error {
	switch {
	case b.Document == "":
		return errors.New("says: which document promises it?")
	case b.Package == "":
		return errors.New("proof: which package has the test?")
	case len(b.Changes) == 0:
		return errors.New("in: which file is broken?")
	}
	for _, c := range b.Changes {
		if c.Old == "" || c.Old == c.New {
			return fmt.Errorf("%s: what is to be replaced?", c.File)
		}
	}
	if _, err := regexp.Compile(b.Tests); err != nil || strings.Contains(b.Tests, "/") {
		return fmt.Errorf("tests: %q has to choose whole test functions, as -run does", b.Tests)
	}
	return nil
}

// apply returns the text with the change.
func (c change) apply(text string) (string, error) {
	if n := strings.Count(text, c.Old); n != 1 {
		return "", fmt.Errorf("%s has these lines %d times, not once:\n%s", c.File, n, c.Old)
	}
	return strings.Replace(text, c.Old, c.New, 1), nil
}
