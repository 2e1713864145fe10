package registry

import (
	"context"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// weighedMost is up to where it is counted what goes with something.
const weighedMost = 10_001

// Doomed is what goes when something is deleted. Counts that reach Most are more.
type Doomed struct {
	kernel.Weight
	Most int
	// LiveIn are the environments in which a version of it is now.
	LiveIn []string
	// IsMainBranch says that a branch is the main branch of its application.
	IsMainBranch bool
}

// WeighPacticipant says what goes with an application. It returns CodeNotFound for an
// unknown one.
func (s *Service) WeighPacticipant(ctx context.Context, name string) (Doomed, error) {
	out := Doomed{Most: weighedMost}
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		p, err := kernel.FindParty(tx, kernel.RolePacticipant, name)
		if err != nil {
			return err
		}
		if out.Weight, err = tx.WeighPacticipant(p.ID, weighedMost); err != nil {
			return err
		}
		out.LiveIn, err = liveIn(tx, p.ID)
		return err
	})
	return out, err
}

// liveIn are the environments in which an application has a version now, by name.
func liveIn(tx kernel.Tx, pacticipantID int64) ([]string, error) {
	var deployed []kernel.DeployedVersion
	var released []kernel.ReleasedVersion
	current := kernel.RecordFilter{PacticipantID: pacticipantID, Current: true}
	if err := tx.Together(func() (err error) {
		deployed, err = tx.ListDeployedVersions(current)
		return err
	}, func() (err error) {
		released, err = tx.ListReleasedVersions(current)
		return err
	}); err != nil {
		return nil, err
	}
	var live []string
	for _, d := range deployed {
		live = append(live, d.Environment.Name)
	}
	for _, r := range released {
		live = append(live, r.Environment.Name)
	}
	slices.Sort(live)
	return slices.Compact(live), nil
}

// WeighIntegration says what goes with a pair. It returns CodeNotFound for one that
// never had a pact.
func (s *Service) WeighIntegration(ctx context.Context, consumer, provider string) (Doomed, error) {
	out := Doomed{Most: weighedMost}
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		c, p, err := kernel.FindPair(tx, consumer, provider)
		if err != nil {
			return err
		}
		if err := kernel.FindIntegration(tx, c, p); err != nil {
			return err
		}
		if out.Weight, err = tx.WeighIntegration(c.ID, p.ID, weighedMost); err != nil {
			return err
		}
		out.LiveIn, err = meetIn(tx, c.ID, p.ID)
		return err
	})
	return out, err
}

// meetIn are the environments in which both applications have a version now.
func meetIn(tx kernel.Tx, consumer, provider int64) ([]string, error) {
	ofConsumer, err := liveIn(tx, consumer)
	if err != nil {
		return nil, err
	}
	ofProvider, err := liveIn(tx, provider)
	return slices.DeleteFunc(ofConsumer, func(name string) bool { return !slices.Contains(ofProvider, name) }), err
}

// WeighBranch says what goes with a branch. It returns CodeNotFound for an unknown
// one.
func (s *Service) WeighBranch(ctx context.Context, pacticipant, branch string) (Doomed, error) {
	out := Doomed{Most: weighedMost}
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		p, err := kernel.FindParty(tx, kernel.RolePacticipant, pacticipant)
		if err != nil {
			return err
		}
		b, err := tx.FindBranch(p.ID, branch)
		if kernel.IsNotFound(err) {
			return kernel.Errorf(kernel.CodeNotFound, "%s has no branch %q.", p.Name, branch)
		}
		if err != nil {
			return err
		}
		out.IsMainBranch = p.MainBranch == b.Name
		out.Weight, err = tx.WeighBranch(b.ID, weighedMost)
		return err
	})
	return out, err
}
