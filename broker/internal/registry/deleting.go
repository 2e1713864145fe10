package registry

import (
	"context"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// thinPair deletes all but a little of the history of a pair.
func (s *Service) thinPair(ctx context.Context, consumerID, providerID int64) error {
	if err := s.UntilFewer(ctx, kernel.ThinBatch, func(tx kernel.Tx) (int, error) { return tx.DeleteFirings(consumerID, providerID, kernel.ThinBatch) }); err != nil {
		return err
	}
	err := s.UntilDone(ctx, func(tx kernel.Tx) (int, error) {
		found, err := tx.ListPublications(kernel.PublicationFilter{ConsumerID: consumerID, ProviderID: providerID, Limit: kernel.DeleteBatch})
		if err != nil || len(found) < kernel.DeleteBatch {
			return 0, err
		}
		return len(found), tx.DeletePublications(found)
	})
	if err != nil {
		return err
	}
	return s.UntilDone(ctx, func(tx kernel.Tx) (int, error) {
		return tx.DeleteUnpublished(consumerID, providerID, kernel.DeleteBatch)
	})
}

// thinIntegration deletes all but a little of the history of a pair, with the
// versions that nothing else needs. A pair that is not known, or never had a
// pact, is left to the caller.
func (s *Service) thinIntegration(ctx context.Context, consumer, provider string) error {
	var sides []int64
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		c, p, err := kernel.FindPair(tx, consumer, provider)
		if err != nil {
			return err
		}
		sides = []int64{c.ID, p.ID}
		return kernel.FindIntegration(tx, c, p)
	})
	if err != nil {
		return kernel.IgnoreNotFound(err)
	}
	if err := s.thinPair(ctx, sides[0], sides[1]); err != nil {
		return err
	}
	for _, id := range sides {
		if err := s.UntilDone(ctx, func(tx kernel.Tx) (int, error) { return tx.DeleteOrphanVersions(id, kernel.DeleteBatch) }); err != nil {
			return err
		}
	}
	return nil
}

// thinPacticipant deletes all but a little of the history of a pacticipant. One
// that is not known is left to the caller.
func (s *Service) thinPacticipant(ctx context.Context, name string) error {
	var p kernel.Pacticipant
	var pairs [][2]int64
	err := s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		if p, err = tx.FindPacticipant(name); err == nil {
			pairs, err = tx.PairsOf(p.ID)
		}
		return err
	})
	if err != nil {
		return kernel.IgnoreNotFound(err)
	}
	for _, pair := range pairs {
		if err := s.thinPair(ctx, pair[0], pair[1]); err != nil {
			return err
		}
	}
	return s.UntilDone(ctx, func(tx kernel.Tx) (int, error) { return tx.DeleteNewestVersions(p.ID, kernel.DeleteBatch) })
}

func (s *Service) thinEverything(ctx context.Context) error {
	var names []string
	err := s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		names, err = tx.ListPacticipantNames()
		return err
	})
	for _, name := range names {
		if err == nil {
			err = s.thinPacticipant(ctx, name)
		}
	}
	return err
}
