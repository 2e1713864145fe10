package result

import (
	"context"
	"fmt"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/contract"
)

// Told is what the tests of a success say of it. Its zero value says nothing against
// it.
type Told struct {
	// Failed counts tests that failed, and count, although the result is a success.
	Failed int
	// Untried counts the interactions of the contract, of All, that no test tells of
	// although tests were sent.
	Untried, All int
}

// Compare compares a result with its tests and with the interactions of its contract.
// A failure needs no proof.
func Compare(success bool, tests Tests, all []contract.Interaction) Told {
	return compare(success, tests, interactionsIn(all))
}

func compare(success bool, tests Tests, all []interaction) Told {
	if !success {
		return Told{}
	}
	told := Told{All: len(all)}
	told.Failed, _ = tests.Failures()
	if len(tests.All) == 0 && !tests.Empty {
		return told // nothing was sent
	}
	for _, one := range all {
		if _, tried := tests.Of(one.id, one.description, one.states); !tried {
			told.Untried++
		}
	}
	return told
}

// Telling is what is stored of it, and shown in lists: what failed goes before what was
// not tried.
func (t Told) Telling() matrix.Telling {
	switch {
	case t.Failed > 0:
		return matrix.TestFailed
	case t.Untried > 0 && t.Untried == t.All:
		return matrix.NothingTried
	case t.Untried > 0:
		return matrix.TriedInPart
	}
	return matrix.NothingAgainst
}

// OfInteraction is Of for an interaction of the contract.
func (t Tests) OfInteraction(one contract.Interaction) (Test, bool) {
	common := one.Base()
	states := make([]string, len(common.States))
	for i, s := range common.States {
		states[i] = s.Name
	}
	return t.Of(common.ID, common.Description, states)
}

// interactionsOf are those of a document; one that cannot be read as a pact has none.
func interactionsOf(body []byte) []contract.Interaction {
	document, err := contract.Decode(body)
	if err != nil {
		return nil
	}
	return document.Interactions
}

// tellingOf finds out what the tests of a result say that is about to be recorded. The
// contract is read before the transaction: what has a digest does not change, and large
// documents keep nobody waiting.
func (s *Service) tellingOf(ctx context.Context, in VerificationInput) (telling matrix.Telling, err error) {
	tests := ReadTests(in.TestResults)
	if !in.Success || len(tests.All) == 0 && !tests.Empty {
		return matrix.NothingAgainst, nil
	}
	if failed, _ := tests.Failures(); failed > 0 {
		return matrix.TestFailed, nil
	}
	of := contractKey{in.Consumer, in.Provider, in.SHA}
	all, known := s.contracts.get(of)
	if !known {
		var body []byte
		if err := s.Store.View(ctx, func(tx kernel.Tx) error {
			content, err := tx.FindNamedContent(in.Consumer, in.Provider, in.SHA)
			if err == nil {
				body, err = tx.Body(content.ID)
			}
			return kernel.IgnoreNotFound(err) // who records it says what is missing
		}); err != nil {
			return matrix.NothingAgainst, err
		}
		if all = interactionsIn(interactionsOf(body)); body != nil {
			s.contracts.put(of, all)
		}
	}
	return compare(in.Success, tests, all).Telling(), nil
}

// What an older release has recorded, nobody has compared with its tests.

const (
	// TellingWork is the name of the work that does it.
	TellingWork = "read tests"
	// testsAtOnce is how many results are read in one step, and settled how old they
	// are: one with a lower number may be written later by as much.
	testsAtOnce = 50
	settled     = 5 * time.Minute
	// markEvery is after how many steps it is noted how far this has come.
	markEvery = 20
	// tellingMark is what the mark is kept as.
	tellingMark kernel.RowKind = "tests"
)

// ReadAllTests finds out of each result what its tests say, where nobody has. It goes on
// from where it ended before, and does one small step after the other, until there are
// no more or ctx ends.
func (s *Service) ReadAllTests(ctx context.Context) error {
	var after int64
	if err := s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		after, err = tx.CleanMark(tellingMark)
		return err
	}); err != nil {
		return err
	}
	for step, kept := 1, after; ; step++ {
		last, err := s.readSomeTests(ctx, after)
		if err != nil {
			return fmt.Errorf("read the tests of results: %w", err)
		}
		ended := last == 0
		if !ended {
			after = last
		}
		if after != kept && (ended || step%markEvery == 0) {
			if err := s.Store.Update(ctx, func(tx kernel.Tx) error { return tx.SaveCleanMark(tellingMark, after) }); err != nil {
				return err
			}
			kept = after
		}
		if ended {
			return nil
		}
	}
}

// readSomeTests does one step, and returns the last result that it looked at. What there
// is to write is written afterwards, as a rule nothing.
func (s *Service) readSomeTests(ctx context.Context, after int64) (last int64, err error) {
	tellings := map[int64]matrix.Telling{}
	if err := s.Store.View(ctx, func(tx kernel.Tx) error {
		clear(tellings)
		var found []kernel.SentTests
		var err error
		if found, last, err = tx.TestsAfter(after, s.Moment().Add(-settled), testsAtOnce); err != nil {
			return err
		}
		contracts := map[int64][]contract.Interaction{}
		for _, one := range found {
			all, known := contracts[one.ContentID]
			if !known {
				body, err := tx.Body(one.ContentID)
				if err != nil {
					return err
				}
				all = interactionsOf(body)
				contracts[one.ContentID] = all
			}
			if telling := Compare(one.Success, ReadTests(one.Results), all).Telling(); telling != matrix.NothingAgainst {
				tellings[one.ID] = telling
			}
		}
		return nil
	}); err != nil || len(tellings) == 0 {
		return last, err
	}
	return last, s.Store.Update(ctx, func(tx kernel.Tx) error {
		for id, telling := range tellings {
			if err := tx.NoteTelling(id, telling); err != nil {
				return err
			}
		}
		return nil
	})
}
