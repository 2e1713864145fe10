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
		if err := s.Store.Update(ctx, func(tx kernel.Tx) error { return tx.DeletePublications(part) }); err != nil {
			return err
		}
	}
	return nil
}
