package kernel

import "context"

// What is deleted may have a long history, and one transaction over all of it
// would keep every other request waiting. So the history goes first, in small
// transactions, and then what is left of it together with the thing itself. Who
// leaves meanwhile, or is cut off, asks again and the rest goes.

// DeleteBatch is how many versions or contents one transaction deletes.
const DeleteBatch = 100

// ThinBatch is how many rows one transaction deletes of which nothing else hangs.
const ThinBatch = 1000

// UntilDone runs step in transactions of its own until it does less than a batch.
func (s *Base) UntilDone(ctx context.Context, step func(Tx) (int, error)) error {
	return s.UntilFewer(ctx, DeleteBatch, step)
}

// Delete deletes a thing of which much may hang. thin takes some of that off, as
// often as there is a batch of it, each time in a transaction of its own; what is
// then left goes together with the thing, so that nobody adds to it in between. A
// thing that is not known is an error of find.
func (s *Base) Delete(ctx context.Context, find func(Tx) (int64, error), thin func(tx Tx, id int64, limit int) (int, error), last func(tx Tx, id int64) error) error {
	return s.UntilFewer(ctx, ThinBatch, func(tx Tx) (int, error) {
		id, err := find(tx)
		if err != nil {
			return 0, err
		}
		n, err := thin(tx, id, ThinBatch)
		if err == nil && n < ThinBatch {
			err = last(tx, id)
		}
		return n, err
	})
}

// UntilFewer is UntilDone for batches of another size.
func (s *Base) UntilFewer(ctx context.Context, batch int, step func(Tx) (int, error)) error {
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

// DeleteVersion deletes a version, or what hangs on it as far as one transaction
// should: then it returns false and is to be called again. The tags and branches
// go first, each whole, so that whoever asks meanwhile for what has one of them
// is told what holds afterwards; the version keeps its pacts to the end. It is
// locked.
func DeleteVersion(tx Tx, v Version) (gone bool, err error) {
	if err := tx.Lock(ToDelete, v.Row()); err != nil {
		return false, err
	}
	heavy, err := tx.LoosenVersion(v, deleteRows)
	if err != nil || heavy {
		return false, err
	}
	return true, tx.DeleteVersion(v.ID)
}
