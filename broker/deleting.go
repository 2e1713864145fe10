package broker

import "context"

// What is deleted may have a long history, and one transaction over all of it
// would keep every other request waiting. So the history goes first, in small
// transactions, and then what is left of it together with the thing itself. Who
// leaves meanwhile, or is cut off, asks again and the rest goes.

// deleteBatch is how many versions or contents one transaction deletes.
const deleteBatch = 100

// thinBatch is how many rows one transaction deletes of which nothing else hangs.
const thinBatch = 1000

// untilDone runs step in transactions of its own until it does less than a batch.
func (s *Service) untilDone(ctx context.Context, step func(Tx) (int, error)) error {
	return s.untilFewer(ctx, deleteBatch, step)
}

// thin runs step like untilDone, with thinBatch for its limit, and looks for the
// thing before each, because it may be gone. A thing that is not known is left to
// the caller.
func (s *Service) thin(ctx context.Context, find func(Tx) (int64, error), step func(tx Tx, id int64, limit int) (int, error)) error {
	return ignoreNotFound(s.untilFewer(ctx, thinBatch, func(tx Tx) (int, error) {
		id, err := find(tx)
		if err != nil {
			return 0, err
		}
		return step(tx, id, thinBatch)
	}))
}

func (s *Service) untilFewer(ctx context.Context, batch int, step func(Tx) (int, error)) error {
	for {
		var done int
		err := s.Store.Update(ctx, func(tx Tx) (err error) {
			done, err = step(tx)
			return err
		})
		if err != nil || done < batch {
			return err
		}
	}
}

// deleteRows is about how many derived rows one transaction writes for a version
// that goes: each of its tags and branches is a row of each of its pacts.
const deleteRows = 10_000

// deleteVersion deletes a version, or what hangs on it as far as one transaction
// should: then it returns false and is to be called again. The tags and branches
// go first, each whole, so that whoever asks meanwhile for what has one of them
// is told what holds afterwards; the version keeps its pacts to the end.
func deleteVersion(tx Tx, v Version) (gone bool, err error) {
	heavy, err := tx.LoosenVersion(v, deleteRows)
	if err != nil || heavy {
		return false, err
	}
	return true, tx.DeleteVersion(v.ID)
}

// thinPair deletes all but a little of the history of a pair.
func (s *Service) thinPair(ctx context.Context, consumerID, providerID int64) error {
	if err := s.untilFewer(ctx, thinBatch, func(tx Tx) (int, error) { return tx.DeleteFirings(consumerID, providerID, thinBatch) }); err != nil {
		return err
	}
	err := s.untilDone(ctx, func(tx Tx) (int, error) {
		found, err := tx.ListPublications(PublicationFilter{ConsumerID: consumerID, ProviderID: providerID, Limit: deleteBatch})
		if err != nil || len(found) < deleteBatch {
			return 0, err
		}
		return len(found), tx.DeletePublications(found)
	})
	if err != nil {
		return err
	}
	return s.untilDone(ctx, func(tx Tx) (int, error) { return tx.DeleteUnpublished(consumerID, providerID, deleteBatch) })
}

// thinIntegration deletes all but a little of the history of a pair, with the
// versions that nothing else needs. A pair that is not known, or never had a
// pact, is left to the caller.
func (s *Service) thinIntegration(ctx context.Context, consumer, provider string) error {
	var sides []int64
	err := s.Store.View(ctx, func(tx Tx) error {
		c, p, err := findPair(tx, consumer, provider)
		if err != nil {
			return err
		}
		sides = []int64{c.ID, p.ID}
		return findIntegration(tx, c, p)
	})
	if err != nil {
		return ignoreNotFound(err)
	}
	if err := s.thinPair(ctx, sides[0], sides[1]); err != nil {
		return err
	}
	for _, id := range sides {
		if err := s.untilDone(ctx, func(tx Tx) (int, error) { return tx.DeleteOrphanVersions(id, deleteBatch) }); err != nil {
			return err
		}
	}
	return nil
}

// thinPacticipant deletes all but a little of the history of a pacticipant. One
// that is not known is left to the caller.
func (s *Service) thinPacticipant(ctx context.Context, name string) error {
	var p Pacticipant
	var pairs [][2]int64
	err := s.Store.View(ctx, func(tx Tx) (err error) {
		if p, err = tx.FindPacticipant(name); err == nil {
			pairs, err = tx.PairsOf(p.ID)
		}
		return err
	})
	if err != nil {
		return ignoreNotFound(err)
	}
	for _, pair := range pairs {
		if err := s.thinPair(ctx, pair[0], pair[1]); err != nil {
			return err
		}
	}
	return s.untilDone(ctx, func(tx Tx) (int, error) { return tx.DeleteNewestVersions(p.ID, deleteBatch) })
}

func (s *Service) thinEverything(ctx context.Context) error {
	var names []string
	err := s.Store.View(ctx, func(tx Tx) (err error) {
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

// thinPacts deletes all but a little of the pacts that the query selects.
func (s *Service) thinPacts(ctx context.Context, q PactListQuery) error {
	var found []PactPublication
	err := s.Store.View(ctx, func(tx Tx) (err error) {
		found, err = selectPacts(tx, q)
		return err
	})
	if err != nil {
		return ignoreNotFound(err)
	}
	for ; len(found) > deleteBatch; found = found[deleteBatch:] {
		part := found[:deleteBatch]
		if err := s.Store.Update(ctx, func(tx Tx) error { return tx.DeletePublications(part) }); err != nil {
			return err
		}
	}
	return nil
}

func ignoreNotFound(err error) error {
	if IsNotFound(err) {
		return nil
	}
	return err
}
