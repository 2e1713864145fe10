// Package outcome keeps what came of conformance cases: it judges them against
// a list of known gaps and writes the figures for the report.
package outcome

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Verdict is what came of one case.
type Verdict string

// The verdicts.
const (
	Passed Verdict = "passed"
	// Gap is a case that does not pass and is listed with the reason.
	Gap Verdict = "gap"
	// Failed is a case that does not pass and is not listed.
	Failed Verdict = "failed"
	// Stale is a listed case that passes; the list must shrink.
	Stale Verdict = "stale"
)

// Gaps are the reasons of known gaps by case.
type Gaps map[string]string

// ReadGaps reads a file of lines "case = reason"; lines that begin with # are
// comments.
func ReadGaps(path string) (Gaps, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	gaps := Gaps{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, reason, ok := strings.Cut(line, " = ")
		if !ok {
			return nil, fmt.Errorf("%s: %q needs the form \"case = reason\"", path, line)
		}
		gaps[name] = reason
	}
	return gaps, nil
}

// Judge compares what came of a case with the list.
func (g Gaps) Judge(name string, passed bool) Verdict {
	_, listed := g[name]
	switch {
	case passed && listed:
		return Stale
	case passed:
		return Passed
	case listed:
		return Gap
	}
	return Failed
}

// Counts are the figures of one group of cases.
type Counts struct {
	Group                      string
	Passed, Gap, Failed, Stale int
}

// Total is the number of cases.
func (c Counts) Total() int { return c.Passed + c.Gap + c.Failed + c.Stale }

// Record collects the figures of one run.
type Record struct {
	path   string
	Suite  string // a name such as "spec"
	Digest string // of the suite's files, to tell which state of it was read
	Groups []*Counts
}

// Open begins the record of a suite that was read from dir. It is written to
// the folder named by TREATY_CONFORMANCE_REPORT, or nowhere.
func Open(suite, dir string) (*Record, error) {
	r := &Record{Suite: suite}
	folder := os.Getenv("TREATY_CONFORMANCE_REPORT")
	if folder == "" {
		return r, nil
	}
	r.path = filepath.Join(folder, suite+".json")
	var err error
	r.Digest, err = digest(dir)
	return r, err
}

// digest names the content of all files below dir.
func digest(dir string) (string, error) {
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		fmt.Fprintf(h, "%s %d\n", filepath.ToSlash(name), len(data))
		h.Write(data)
		return err
	})
	return hex.EncodeToString(h.Sum(nil))[:12], err
}

// Add counts a case of a group.
func (r *Record) Add(group string, v Verdict) {
	if n := len(r.Groups); n == 0 || r.Groups[n-1].Group != group {
		r.Groups = append(r.Groups, &Counts{Group: group})
	}
	c := r.Groups[len(r.Groups)-1]
	switch v {
	case Passed:
		c.Passed++
	case Gap:
		c.Gap++
	case Stale:
		c.Stale++
	default:
		c.Failed++
	}
}

// Close writes the record.
func (r *Record) Close() error {
	if r.path == "" {
		return nil
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(r.path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(r.path, data, 0o644)
}

// Read reads a record that Close has written.
func Read(path string) (*Record, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := &Record{}
	return r, json.Unmarshal(data, r)
}
