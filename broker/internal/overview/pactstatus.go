package overview

import (
	"context"

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

// newestOfLine returns the newest result of the pact or, if it has none, of the
// nearest earlier pact of its line that has; nil if none has. The line of a
// pact that is the latest with tags are the pacts with one of them, otherwise
// all pacts of the pair.
func newestOfLine(tx kernel.Tx, p kernel.PactPublication, tags []kernel.Tag) (*kernel.Verification, error) {
	v, err := tx.LatestVerification(p.ContentID)
	if err == nil {
		return &v, nil
	}
	if !kernel.IsNotFound(err) {
		return nil, err
	}
	if len(tags) == 0 {
		tags = []kernel.Tag{{}}
	}
	for _, tag := range tags {
		earlier, err := tx.ListPublications(kernel.PublicationFilter{ConsumerID: p.Consumer.ID, ProviderID: p.Provider.ID,
			Tag: tag.Name, Before: &p.ConsumerVersion, Limit: lookBack})
		if err != nil {
			return nil, err
		}
		if found, err := firstResult(tx, earlier); found != nil || err != nil {
			return found, err
		}
	}
	return nil, nil
}

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
		described, err := kernel.DescribePacts(tx, []kernel.PactPublication{p})
		if err != nil {
			return err
		}
		out.Pact = &described[0]
		line, err := tx.ListPublications(kernel.PublicationFilter{
			ConsumerID: p.Consumer.ID, ProviderID: p.Provider.ID, Tag: q.Tag, Untagged: q.Untagged, Branch: q.Branch, Limit: lookBack,
		})
		if err != nil {
			return err
		}
		newest, err := firstResult(tx, line)
		out.Status, out.Verification = statusOf(p, newest)
		out.Line = lineStatus(p, newest)
		return err
	})
	return out, err
}
