package overview

import (
	"context"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// recentResults is how many results of a pair are listed beside one.
const recentResults = 20

// ResultAnswer is a verification result with what it is about.
type ResultAnswer struct {
	// Verification has its test results.
	kernel.Verification
	// Body is the document that was verified.
	Body []byte
	// Recent are the newest results of the newest contracts of the pair, and of
	// this one, newest first.
	Recent []RecentResult
	// Environments are those that the gate can be asked about.
	Environments []kernel.Environment
}

// RecentResult is a result with the version that people know its content by: one that is
// live or of the main branch, where such a one has it.
type RecentResult struct {
	matrix.Result
	SHA             string
	ConsumerVersion kernel.Version
}

// LookAtResult tells of a result at one moment. It returns CodeNotFound if there
// is none.
func (s *Service) LookAtResult(ctx context.Context, q kernel.VerificationQuery) (ResultAnswer, error) {
	var out ResultAnswer
	err := s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		out = ResultAnswer{}
		if out.Verification, err = kernel.FindVerification(tx, q); kernel.IsNotFound(err) {
			return kernel.Errorf(kernel.CodeNotFound, "%s and %s have no result %d of this contract.", q.Pact.Consumer, q.Pact.Provider, q.Number)
		} else if err != nil {
			return err
		}
		var pacts []kernel.PactPublication
		if err := tx.Together(func() error {
			return kernel.AddDetail(tx, &out.Verification)
		}, func() (err error) {
			out.Body, err = tx.Body(out.ContentID)
			return err
		}, func() (err error) {
			out.Environments, err = listEnvironments(tx)
			return err
		}, func() (err error) {
			pacts, err = tx.ListPublications(kernel.PublicationFilter{ConsumerID: out.Consumer.ID, ProviderID: out.Provider.ID, Limit: recentContracts})
			return err
		}); err != nil {
			return err
		}
		return out.addRecent(tx, pacts)
	})
	return out, err
}

// addRecent lists results of the contents that the pacts have, and of this one.
func (a *ResultAnswer) addRecent(tx kernel.Tx, pacts []kernel.PactPublication) error {
	of := map[int64]RecentResult{a.ContentID: {SHA: a.SHA, ConsumerVersion: a.ConsumerVersion}}
	contents := []int64{a.ContentID}
	for _, p := range pacts { // newest first
		if _, known := of[p.ContentID]; !known {
			of[p.ContentID] = RecentResult{SHA: p.SHA, ConsumerVersion: p.ConsumerVersion}
			contents = append(contents, p.ContentID)
		}
	}
	var found []matrix.Result
	var notable map[int64]kernel.PactPublication
	err := tx.Together(func() (err error) {
		found, err = tx.MatrixFacts(time.Time{}).ListResults(matrix.ResultQuery{Contents: contents, EveryResult: true, Max: recentResults})
		return err
	}, func() (err error) {
		notable, err = tx.NotableRevisions(contents)
		return err
	})
	if p, has := notable[a.ContentID]; has {
		a.ConsumerVersion = p.ConsumerVersion
	}
	for _, r := range found {
		one := of[r.ContentID]
		if p, has := notable[r.ContentID]; has {
			one.ConsumerVersion = p.ConsumerVersion
		}
		one.Result = r
		a.Recent = append(a.Recent, one)
	}
	slices.SortStableFunc(a.Recent, func(x, y RecentResult) int { return y.CreatedAt.Compare(x.CreatedAt) })
	return err
}
