package rollout

import (
	"context"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Change asks to change a rollout that runs. Nil fields leave what there is.
type Change struct {
	UUID  string
	Share *kernel.Share
	// State is where to take it: promoted or aborted.
	State *kernel.RolloutState
	// Outcome and Reason are those of an abort; an outcome that is not given is failed.
	Outcome *kernel.RolloutOutcome
	Reason  *string
	// Gate is AskGate if it is empty. It matters to a promotion only.
	Gate  Gate
	Asker kernel.Asker
	// Invalid is what is wrong with the request otherwise. One that has ended is told
	// before that.
	Invalid error
}

// Change changes the share of a rollout, promotes it or aborts it, by rules R3 to R8. It
// returns *Taken for one that has ended otherwise, and *Refused for a promotion that asked
// the gate first, which did not say yes.
func (s *Service) Change(ctx context.Context, in Change) (out kernel.Rollout, err error) {
	at := s.Moment()
	var refused *Refused
	err = s.Store.Update(ctx, func(tx kernel.Tx) error {
		refused = nil
		found, err := s.heldRollout(tx, in.UUID)
		if err != nil {
			return err
		}
		if err := kernel.JudgeRecord(ctx, found.Version.Pacticipant.Name, found.Environment); err != nil {
			return err
		}
		out = found
		if !found.IsRunning() {
			if in.State != nil && *in.State == found.State { // R8
				return nil
			}
			return ended(found)
		}
		if in.Invalid != nil {
			return in.Invalid
		}
		if err := in.check(); err != nil {
			return err
		}
		if in.Share != nil {
			out.Share = *in.Share
		}
		out.UpdatedAt = at
		if in.State == nil {
			return tx.SaveRollout(out)
		}
		out.State, out.EndedAt, out.EndedBy = *in.State, at, kernel.ByOf(ctx).Name
		if in.Reason != nil {
			out.Reason = *in.Reason
		}
		if out.State == kernel.RolloutAborted {
			out.Outcome = kernel.OutcomeFailed
			if in.Outcome != nil {
				out.Outcome = *in.Outcome
			}
			return tx.SaveRollout(out)
		}
		if in.Gate != SkipGate {
			if refused, err = s.proveAgain(tx, out, in.Asker); err != nil {
				return err
			}
			if refused != nil {
				return refused
			}
		}
		return tx.SaveRollout(out)
	})
	if refused != nil {
		return out, s.keep(ctx, refused)
	}
	if err == nil {
		out, err = s.Find(ctx, in.UUID)
	}
	return out, err
}

// heldRollout finds a rollout, holds its place and finds it again.
func (s *Service) heldRollout(tx kernel.Tx, uuid string) (kernel.Rollout, error) {
	found, err := findIn(tx, uuid)
	if err != nil {
		return found, err
	}
	if err := tx.Lock(kernel.ToChange, kernel.Row{Kind: kernel.RowPacticipant, ID: found.Version.Pacticipant.ID}, found.Environment.Row()); err != nil {
		return found, err
	}
	return findIn(tx, uuid)
}

// proveAgain asks whether what is promoted is proven still: a newer result may say no
// (R4). A provider that is there as a candidate only counts.
func (s *Service) proveAgain(tx kernel.Tx, r kernel.Rollout, asker kernel.Asker) (*Refused, error) {
	at := spot{version: r.Version, environment: r.Environment}
	q := at.question(asker)
	q.Promoting = true
	_, refusal, err := s.askAbout(tx, q, AskGate)
	return refusal, err
}

func (in *Change) check() error {
	fields := kernel.Fields{}
	if in.Share != nil {
		checkShare(fields, *in.Share)
	}
	if in.Reason != nil {
		kernel.CheckReason(fields, "reason", *in.Reason)
	}
	checkGate(fields, &in.Gate)
	aborts := in.State != nil && *in.State == kernel.RolloutAborted
	if in.State != nil && !aborts && *in.State != kernel.RolloutPromoted {
		fields.Add("state", "must be promoted or aborted: the rollout is running")
	}
	if in.Outcome != nil {
		switch *in.Outcome {
		case kernel.OutcomeFailed, kernel.OutcomeCancelled:
		default:
			fields.Add("outcome", "must be failed or cancelled")
		}
		if !aborts {
			fields.Add("outcome", "goes with the state aborted")
		}
	}
	if in.Share == nil && in.State == nil {
		fields.Add("", "say what to change: share, or state")
	}
	return fields.Err()
}

// Find returns the rollout with the uuid.
func (s *Service) Find(ctx context.Context, uuid string) (out kernel.Rollout, err error) {
	err = s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		out, err = findIn(tx, uuid)
		return err
	})
	return out, err
}

func findIn(tx kernel.Tx, uuid string) (kernel.Rollout, error) {
	found, err := tx.ListRollouts(kernel.RolloutFilter{UUID: uuid})
	if err == nil && len(found) == 0 {
		err = kernel.Errorf(kernel.CodeNotFound, "no rollout %s", uuid)
	}
	if err != nil {
		return kernel.Rollout{}, err
	}
	return found[0], nil
}
