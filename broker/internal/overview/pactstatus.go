package overview

import (
	"context"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// VerificationStatus is a pact's state in one word.
type VerificationStatus string

// The states of a pact.
const (
	StatusNever         VerificationStatus = "never"
	StatusSuccess       VerificationStatus = "success"
	StatusStale         VerificationStatus = "stale" // changed since its last success
	StatusFailed        VerificationStatus = "failed"
	StatusFailedPending VerificationStatus = "failed_pending"
)

// PactStatus is the state of a pact.
type PactStatus struct {
	// Pact is nil if there is no such pact.
	Pact *kernel.Pact
	// Verification is the newest result of the pact itself; nil if it has none.
	Verification *kernel.Verification
	Status       VerificationStatus
	// Line is what a badge tells: the state of the newest result that the pact or
	// an earlier one of its line has. A failure stays red until there is another
	// result, as Pact Broker's badges do.
	Line VerificationStatus
}

// lookBack limits how many earlier pacts are searched for a result.
const lookBack = 200

// firstResult returns the newest result of the first publication that has one.
func firstResult(tx kernel.Tx, ps []kernel.PactPublication) (*kernel.Verification, error) {
	contents := make([]int64, len(ps))
	for i, p := range ps {
		contents[i] = p.ContentID
	}
	results, err := tx.LatestVerifications(contents)
	if err != nil {
		return nil, err
	}
	for _, p := range ps {
		if v, ok := results[p.ContentID]; ok {
			return &v, nil
		}
	}
	return nil, nil
}

// statusOf tells the state of a pact, given the newest result of it or of an
// earlier one, and its own result. What an earlier content got is not a result of
// this one: a success makes it changed since, a failure says nothing of it.
func statusOf(p kernel.PactPublication, newest *kernel.Verification) (VerificationStatus, *kernel.Verification) {
	switch status := lineStatus(p, newest); {
	case newest == nil || newest.SHA == p.SHA:
		return status, newest
	case status == StatusStale:
		return StatusStale, nil
	default:
		return StatusNever, nil
	}
}

// lineStatus tells the state of a line of pacts that p is the newest of, given
// the newest result of any of them.
func lineStatus(p kernel.PactPublication, newest *kernel.Verification) VerificationStatus {
	switch v := newest; {
	case v == nil:
		return StatusNever
	case !v.Success && v.Pending != nil && *v.Pending:
		return StatusFailedPending
	case !v.Success:
		return StatusFailed
	case v.SHA != p.SHA:
		return StatusStale
	}
	return StatusSuccess
}

// FindPactStatus tells the state of a pact. A pact that does not
// exist is not an error.
func (s *Service) FindPactStatus(ctx context.Context, q kernel.PactQuery) (PactStatus, error) {
	out := PactStatus{Status: StatusNever}
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		p, _, err := kernel.FindPublication(tx, q)
		if kernel.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		var described []kernel.Pact
		var newest *kernel.Verification
		if err := tx.Together(func() (err error) {
			described, err = kernel.DescribePacts(tx, []kernel.PactPublication{p})
			return err
		}, func() error {
			line, err := tx.ListPublications(kernel.PublicationFilter{
				ConsumerID: p.Consumer.ID, ProviderID: p.Provider.ID, Tag: q.Tag, Untagged: q.Untagged, Branch: q.Branch, Limit: lookBack,
			})
			if err == nil {
				newest, err = firstResult(tx, line)
			}
			return err
		}); err != nil {
			return err
		}
		out = newStatus(described[0], newest)
		return nil
	})
	return out, err
}

func newStatus(p kernel.Pact, newest *kernel.Verification) PactStatus {
	out := PactStatus{Pact: &p, Line: lineStatus(p.PactPublication, newest)}
	out.Status, out.Verification = statusOf(p.PactPublication, newest)
	return out
}

// LatestStatuses is FindPactStatus for the latest pact of each pair.
func (s *Service) LatestStatuses(ctx context.Context, pairs []kernel.Integration) ([]PactStatus, error) {
	out := make([]PactStatus, len(pairs))
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		ids := make([][2]int64, len(pairs))
		for i, p := range pairs {
			ids[i] = [2]int64{p.Consumer.ID, p.Provider.ID}
		}
		latest, err := tx.LatestPublications(ids)
		if err != nil {
			return err
		}
		described, err := kernel.DescribePacts(tx, latest)
		if err != nil {
			return err
		}
		results, err := newestOfPairs(tx, described)
		statuses := map[[2]int64]PactStatus{}
		for i, p := range described {
			statuses[[2]int64{p.Consumer.ID, p.Provider.ID}] = newStatus(p, results[i])
		}
		for i, pair := range ids {
			var known bool
			if out[i], known = statuses[pair]; !known {
				out[i] = PactStatus{Status: StatusNever}
			}
		}
		return err
	})
	return out, err
}

// newestOfPairs returns for each pact, the latest of its pair, its newest result
// or, if it has none, that of the nearest earlier pact of the pair that has.
func newestOfPairs(tx kernel.Tx, latest []kernel.Pact) ([]*kernel.Verification, error) {
	lines := make([]line, len(latest))
	for i, p := range latest {
		lines[i] = line{pact: p, tags: []kernel.Tag{{}}}
	}
	return newestOfLines(tx, lines)
}

// line is a pact with the tags of the earlier pacts that are of its line; an empty
// one means all of the pair.
type line struct {
	pact kernel.Pact
	tags []kernel.Tag
}

// newestOfLines returns for each line its newest result: of the pact or, if it has
// none, of the nearest earlier pact that has, tag by tag; nil if none has. The
// pacts are described.
func newestOfLines(tx kernel.Tx, lines []line) ([]*kernel.Verification, error) {
	out := make([]*kernel.Verification, len(lines))
	earlier := make([][][]kernel.PactPublication, len(lines))
	var looks []func() error
	for i, l := range lines {
		if v := l.pact.LatestVerification; v != nil {
			out[i] = v
			continue
		}
		earlier[i] = make([][]kernel.PactPublication, len(l.tags))
		for j, tag := range l.tags {
			looks = append(looks, func() (err error) {
				earlier[i][j], err = tx.ListPublications(kernel.PublicationFilter{ConsumerID: l.pact.Consumer.ID, ProviderID: l.pact.Provider.ID,
					Tag: tag.Name, Before: &l.pact.ConsumerVersion, Limit: lookBack})
				return err
			})
		}
	}
	if len(looks) == 0 {
		return out, nil
	}
	if err := tx.Together(looks...); err != nil {
		return nil, err
	}
	var contents []int64
	for _, p := range slices.Concat(slices.Concat(earlier...)...) {
		contents = append(contents, p.ContentID)
	}
	slices.Sort(contents)
	results, err := tx.LatestVerifications(slices.Compact(contents))
	for i := range lines {
		for _, p := range slices.Concat(earlier[i]...) {
			if v, has := results[p.ContentID]; has && out[i] == nil {
				out[i] = &v
			}
		}
	}
	return out, err
}
