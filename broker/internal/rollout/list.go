package rollout

import (
	"context"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// PerPage is how many rollouts a page has at most.
const PerPage = 100

// Query selects rollouts of an environment.
type Query struct {
	// Environment is a uuid.
	Environment string
	// Pacticipant and State do not restrict if they are empty.
	Pacticipant string
	State       kernel.RolloutState
	// Before is the uuid of the last one of the page before; empty for the first page.
	Before string
}

// List returns a page of rollouts of an environment, the newest first, with the
// environment, and whether there are more.
func (s *Service) List(ctx context.Context, q Query) (out []kernel.Rollout, environment kernel.Environment, more bool, err error) {
	fields := kernel.Fields{}
	switch q.State {
	case "", kernel.RolloutRunning, kernel.RolloutPromoted, kernel.RolloutAborted:
	default:
		fields.Add("state", "must be running, promoted or aborted")
		return nil, environment, false, fields.Err()
	}
	err = s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		if environment, err = tx.FindEnvironment(q.Environment); err != nil {
			return err
		}
		filter := kernel.RolloutFilter{EnvironmentID: environment.ID, State: q.State, Limit: PerPage + 1}
		if q.Pacticipant != "" {
			p, err := tx.FindPacticipant(q.Pacticipant)
			if kernel.IsNotFound(err) {
				return nil
			}
			if err != nil {
				return err
			}
			filter.PacticipantID = p.ID
		}
		if q.Before != "" {
			last, err := findIn(tx, q.Before)
			if err != nil {
				return err
			}
			filter.Before = last.ID
		}
		out, err = tx.ListRollouts(filter)
		return err
	})
	if len(out) > PerPage {
		out, more = out[:PerPage], true
	}
	return out, environment, more, err
}

// OfVersion returns the rollouts of a version to an environment, the newest first, with
// the environment. The instance does not matter.
func (s *Service) OfVersion(ctx context.Context, in Place) (out []kernel.Rollout, environment kernel.Environment, err error) {
	err = s.Store.View(ctx, func(tx kernel.Tx) error {
		v, err := kernel.FindVersion(tx, in.Pacticipant, in.Version)
		if err != nil {
			return err
		}
		if environment, err = tx.FindEnvironment(in.Environment); err != nil {
			return err
		}
		out, err = tx.ListRollouts(kernel.RolloutFilter{PacticipantID: v.Pacticipant.ID, VersionID: v.ID, EnvironmentID: environment.ID, Limit: PerPage})
		return err
	})
	return out, environment, err
}
