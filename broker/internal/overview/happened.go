package overview

import (
	"context"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

const (
	// happeningsRead is how many of each kind are read, happeningsTold how many lines
	// they become at most, and answersRead how many answers of the gate are read: each
	// holds all that it rests on.
	happeningsRead = 40
	happeningsTold = 20
	answersRead    = 8
)

// Happening is something that happened: one of its members is set.
type Happening struct {
	At time.Time
	// Published are the contracts of one version, newest first.
	Published []kernel.PactPublication
	// Verified are results of one provider version that say the same, newest first.
	Verified []kernel.Verification
	Deployed *kernel.DeployedVersion
	Released *kernel.ReleasedVersion
	Answered *kernel.GateAnswer
}

// LookAtHappenings tells what happened last, newest first. The answer is kept while
// nothing changes.
func (s *Service) LookAtHappenings(ctx context.Context) ([]Happening, error) {
	return s.happenings.look(ctx, s.Store, func(*matrix.Memory) (out []Happening, err error) {
		err = s.Store.View(ctx, func(tx kernel.Tx) error {
			out, err = readHappenings(tx)
			return err
		})
		return out, err
	})
}

func readHappenings(tx kernel.Tx) ([]Happening, error) {
	var out []Happening
	err := tx.Together(func() error {
		found, err := tx.RecentPublications(happeningsRead)
		for _, p := range found {
			if last := len(out) - 1; last >= 0 && len(out[last].Published) > 0 && out[last].Published[0].ConsumerVersion.ID == p.ConsumerVersion.ID {
				out[last].Published = append(out[last].Published, p)
				continue
			}
			out = append(out, Happening{At: p.CreatedAt, Published: []kernel.PactPublication{p}})
		}
		return err
	}, func() error {
		found, err := tx.RecentVerifications(happeningsRead)
		for _, v := range found {
			if last := len(out) - 1; last >= 0 && len(out[last].Verified) > 0 && sameAnswer(out[last].Verified[0], v) {
				out[last].Verified = append(out[last].Verified, v)
				continue
			}
			out = append(out, Happening{At: v.CreatedAt, Verified: []kernel.Verification{v}})
		}
		return err
	}, func() error {
		found, err := tx.RecentDeployments(happeningsTold)
		for _, d := range found {
			out = append(out, Happening{At: d.CreatedAt, Deployed: &d})
		}
		return err
	}, func() error {
		found, err := tx.RecentReleases(happeningsTold)
		for _, r := range found {
			out = append(out, Happening{At: r.CreatedAt, Released: &r})
		}
		return err
	}, func() error {
		found, err := tx.ListGateAnswers(kernel.GateHistoryQuery{LastGiven: true, Limit: answersRead})
		for _, a := range found {
			out = append(out, Happening{At: a.LastAt, Answered: &a})
		}
		return err
	})
	slices.SortStableFunc(out, func(a, b Happening) int { return b.At.Compare(a.At) })
	return out[:min(len(out), happeningsTold)], err
}

func sameAnswer(a, b kernel.Verification) bool {
	return a.ProviderVersion.ID == b.ProviderVersion.ID && a.Success == b.Success && a.Telling == b.Telling
}
