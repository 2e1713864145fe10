package publish

import (
	"context"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// thinPacts deletes all but a little of the pacts that the query selects.
func (s *Service) thinPacts(ctx context.Context, q kernel.PactListQuery) error {
	var found []kernel.PactPublication
	err := s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		found, err = selectPacts(tx, q)
		return err
	})
	if err != nil {
		return kernel.IgnoreNotFound(err)
	}
	for ; len(found) > kernel.DeleteBatch; found = found[kernel.DeleteBatch:] {
		part := found[:kernel.DeleteBatch]
		if err := s.Store.Update(ctx, func(tx kernel.Tx) error {
			still, err := selectedStill(tx, q, part)
			if err != nil {
				return err
			}
			return tx.DeletePublications(still)
		}); err != nil {
			return err
		}
	}
	return nil
}

// selectedStill locks the versions of pacts that the query has selected, and
// returns those that it selects then.
func selectedStill(tx kernel.Tx, q kernel.PactListQuery, found []kernel.PactPublication) ([]kernel.PactPublication, error) {
	if len(found) == 0 {
		return nil, nil
	}
	ids, rows := make([]int64, len(found)), make([]kernel.Row, len(found))
	for i, p := range found {
		ids[i], rows[i] = p.ConsumerVersion.ID, p.ConsumerVersion.Row()
	}
	if err := tx.LockLeft(kernel.ToChange, rows...); err != nil {
		return nil, err
	}
	return selectPacts(tx, q, ids...)
}
