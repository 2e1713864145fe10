package publish

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// DiffPacts compares two pacts of a pair. With the zero value for other it
// compares with the previous distinct one; PactDiff.Old is nil if there is none.
func (s *Service) DiffPacts(ctx context.Context, q, other kernel.PactQuery) (PactDiff, error) {
	var out PactDiff
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		p, _, err := kernel.FindPublication(tx, q)
		if err == nil {
			out, err = readBoth(tx, p, other)
		}
		return err
	})
	if err != nil || out.Old == nil {
		return out, err
	}
	err = s.comparing(ctx, &out, func(ctx context.Context) (err error) {
		out.Text, err = diffBodies(ctx, out.Old.Body, out.New.Body)
		return err
	})
	return out, err
}

// readBoth reads a pact and the other one, the older one as Old.
func readBoth(tx kernel.Tx, p kernel.PactPublication, other kernel.PactQuery) (PactDiff, error) {
	var o kernel.PactPublication
	var err error
	found := true
	if other.IsZero() {
		o, err = previousDistinct(tx, p)
		found = !kernel.IsNotFound(err)
	} else {
		o, _, err = kernel.FindPublication(tx, other)
	}
	if err != nil && found {
		return PactDiff{}, err
	}
	if found && o.ConsumerVersion.Order > p.ConsumerVersion.Order {
		p, o = o, p
	}
	if !found {
		newer, err := onePact(tx, p)
		return PactDiff{New: &newer}, err
	}
	var newer, older kernel.Pact
	err = tx.Together(func() (err error) {
		newer, err = onePact(tx, p)
		return err
	}, func() (err error) {
		older, err = onePact(tx, o)
		return err
	})
	return PactDiff{Old: &older, New: &newer}, err
}

// comparing does a comparison within the time that there is for one, and waits
// for its turn where it is large.
func (s *Service) comparing(ctx context.Context, d *PactDiff, do func(context.Context) error) error {
	if s.Settings.DiffTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.Settings.DiffTimeout)
		defer cancel()
	}
	if len(d.Old.Body)+len(d.New.Body) > smallDiff {
		if err := s.diffs.enter(ctx); err != nil {
			return tooMuchToCompare(err)
		}
		defer s.diffs.leave()
	}
	return do(ctx)
}

// smallDiff is the length of two texts whose comparison waits for no other.
const smallDiff = 256 << 10

// turns lets a few work at a time, as each needs much memory.
type turns chan struct{}

func (t turns) enter(ctx context.Context) error {
	if t == nil {
		return nil
	}
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turns) leave() {
	if t != nil {
		<-t
	}
}

// The limits of a comparison. What is larger than these would keep a processor
// busy for seconds, and nobody would read the answer.
const (
	// diffLines bounds the lines of each pact, one for each value in it.
	diffLines = 300_000
	// diffText bounds the answer, in bytes.
	diffText = 8 << 20
)

// tooMuchToCompare is the answer where a limit is reached. A client that has
// left stays what it is.
func tooMuchToCompare(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return kernel.Errorf(kernel.CodeTimeout, "These two pacts are too large to be compared here (%v). Fetch both from their addresses, as before.json and after.json, and compare them with: treaty pact diff before.json after.json", err)
}

// diffBodies lists the lines by which two pacts differ, with interactions in an
// order of their own and without ids. It returns CodeTimeout if that would be
// too much, or ctx ends.
func diffBodies(ctx context.Context, older, newer []byte) (string, error) {
	var book diffBook
	var sides [2][]int32
	for i, body := range [][]byte{older, newer} {
		if n := valuesIn(body); n > diffLines {
			return "", tooMuchToCompare(fmt.Errorf("one has %d lines, the limit is %d", n, diffLines))
		}
		lines, err := book.comparableLines(body)
		if err != nil {
			return "", err
		}
		if ctx.Err() != nil {
			return "", tooMuchToCompare(ctx.Err())
		}
		sides[i] = lines
	}
	edits, err := compare(ctx, sides[0], sides[1])
	if err != nil {
		return "", tooMuchToCompare(err)
	}
	text, err := book.unified(sides[0], sides[1], edits)
	if err != nil {
		return "", tooMuchToCompare(err)
	}
	return text, nil
}

// diffContext is how many equal lines stand around a change.
const diffContext = 3

// unified renders the edits from a to b, leaving out what is far from any.
func (d *diffBook) unified(a, b []int32, edits []edit) (string, error) {
	show := make([]bool, len(edits))
	changed := false
	for i, e := range edits {
		if e.mark == ' ' {
			continue
		}
		changed = true
		for j := max(0, i-diffContext); j < min(len(edits), i+diffContext+1); j++ {
			show[j] = true
		}
	}
	if !changed {
		return "", nil
	}
	var out strings.Builder
	for i, e := range edits {
		var line diffLine
		switch {
		case !show[i] && (i == 0 || show[i-1]):
			out.WriteString(" ...\n")
			continue
		case !show[i]:
			continue
		case e.mark == '+':
			line = d.lines[b[e.at]]
		default:
			line = d.lines[a[e.at]]
		}
		if out.Len()+2*line.depth+len(line.text) > diffText {
			return "", fmt.Errorf("the difference has more than %d MB", diffText>>20)
		}
		out.WriteByte(e.mark)
		out.WriteString(strings.Repeat("  ", line.depth))
		out.WriteString(line.text)
		out.WriteByte('\n')
	}
	return out.String(), nil
}

// PactDiff is the difference between two pacts of a pair. Old is the older.
type PactDiff struct {
	Old, New *kernel.Pact
	// Text is a unified-style listing; empty if the documents are equal.
	Text string
}
