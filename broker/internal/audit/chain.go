package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// batch is how many events are sealed, read or deleted at a time.
const batch = 500

// hashOf is the hash of an event in its place after another: of all that the event says,
// its place, and the hash before.
func hashOf(before string, e kernel.AuditEvent) string {
	said, _ := json.Marshal([]any{ // texts and numbers can always be written
		"event 1", before, e.Seq, e.UUID, e.At.UTC().UnixMicro(), e.Principal, e.Name, e.Kind, e.Token, e.Rule, e.IP, e.RequestID,
		e.Action, e.Resource, string(e.Subject), string(e.Changes), string(e.Outcome),
	})
	sum := sha256.Sum256(said)
	return hex.EncodeToString(sum[:])
}

// Seal gives all events without a place theirs, and returns how many that were. Any
// number of brokers may do so at once: who holds the end of the chain goes on with it,
// and the others wait and find nothing left.
//
// The order is that in which events are found, those of one batch by their ids. An event
// whose transaction ends later than that of one with a larger id is found later and
// comes later: nothing is ever put between two that have their places.
func (s *Service) Seal(ctx context.Context) (sealed int, err error) {
	for {
		n, err := s.sealBatch(ctx)
		if sealed += n; err != nil || n < batch {
			return sealed, err
		}
	}
}

func (s *Service) sealBatch(ctx context.Context) (n int, err error) {
	err = s.Store.Update(ctx, func(tx kernel.Tx) error {
		chain, err := tx.LockAuditChain()
		if err != nil {
			return err
		}
		events, err := tx.UnsealedEvents(batch)
		if n = len(events); err != nil || n == 0 {
			return err
		}
		for i := range events {
			chain.Seq++
			events[i].Seq = chain.Seq
			events[i].Hash = hashOf(chain.Hash, events[i])
			chain.Hash = events[i].Hash
		}
		if err := tx.SealEvents(events); err != nil {
			return err
		}
		return tx.SaveAuditChain(chain)
	})
	return n, err
}

// Verdict is what a look at the chain found.
type Verdict struct {
	// Events are those that hang together, from the first that is kept.
	Events int64
	// Seq and Hash are of the last of them. Who writes them down elsewhere can later
	// tell whether the whole chain was made anew.
	Seq  int64
	Hash string
	// Break says where the chain does not hang together any more; empty if it does.
	Break string
	// Unsealed are events without a place, and Oldest is when the first of them was
	// written: younger than a few seconds, they are on their way.
	Unsealed int
	Oldest   time.Time
}

// Verify reads the whole chain, in one snapshot. Where expected is not empty, it is the
// hash that the event in place seq had when somebody wrote it down.
func (s *Service) Verify(ctx context.Context, seq int64, expected string) (out Verdict, err error) {
	err = s.Store.View(ctx, func(tx kernel.Tx) error {
		out = Verdict{}
		chain, err := tx.AuditChain()
		if err != nil {
			return err
		}
		if out.Unsealed, out.Oldest, err = tx.CountUnsealed(); err != nil {
			return err
		}
		out.Seq, out.Hash = chain.CutSeq, chain.CutHash
		met := expected == "" || seq <= chain.CutSeq
		for out.Break == "" {
			events, err := tx.SealedEvents(out.Seq, batch)
			if err != nil {
				return err
			}
			for _, e := range events {
				if out.Break = broken(out, e); out.Break != "" {
					return nil
				}
				out.Seq, out.Hash = e.Seq, e.Hash
				out.Events++
				if e.Seq == seq && expected != "" {
					if met = true; e.Hash != expected {
						out.Break = fmt.Sprintf("Event %d (%s) has another hash than the one that was written down: the chain was made anew up to there.", e.Seq, e.UUID)
						return nil
					}
				}
			}
			if len(events) < batch {
				break
			}
		}
		switch {
		case out.Seq != chain.Seq || out.Hash != chain.Hash:
			out.Break = fmt.Sprintf("The chain ends with event %d, and has to end with event %d: what came after is gone or was changed.", out.Seq, chain.Seq)
		case !met:
			out.Break = fmt.Sprintf("There is no event %d, of which a hash was written down: the chain was cut off or made anew.", seq)
		}
		return nil
	})
	return out, err
}

// broken says why an event does not follow on what was found before it.
func broken(before Verdict, e kernel.AuditEvent) string {
	switch {
	case e.Seq != before.Seq+1:
		return fmt.Sprintf("After event %d comes event %d (%s): what stood between them is gone, or a place is taken twice.", before.Seq, e.Seq, e.UUID)
	case e.Hash != hashOf(before.Hash, e):
		return fmt.Sprintf("Event %d (%s, of %s) was changed, or the one before it was.", e.Seq, e.UUID, e.At.UTC().Format(time.RFC3339))
	}
	return ""
}

// Cut deletes events that are older than a moment, from the beginning of the chain on,
// and returns how many. The hash of the last one that went stays, so that the rest can
// be verified. It works in steps, each of which stays done.
func (s *Service) Cut(ctx context.Context, before time.Time) (cut int64, err error) {
	for {
		n := int64(0)
		err := s.Store.Update(ctx, func(tx kernel.Tx) error {
			n = 0
			chain, err := tx.LockAuditChain()
			if err != nil {
				return err
			}
			// Clocks go back: an old event behind a younger one stays until that goes.
			upTo, err := tx.FirstSealedSince(before)
			if err != nil {
				return err
			}
			if upTo--; upTo < 0 {
				upTo = chain.Seq
			}
			last, err := tx.CutAuditEvents(upTo, batch)
			if err != nil || last.Seq == 0 {
				return err
			}
			n = last.Seq - chain.CutSeq
			chain.CutSeq, chain.CutHash = last.Seq, last.Hash
			return tx.SaveAuditChain(chain)
		})
		if cut += n; err != nil || n < batch {
			return cut, err
		}
	}
}
