package publish

import (
	"context"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// ensureParties returns the pacticipants by name and creates what is missing,
// in a fixed order so that requests do not wait for one another in a circle. The one
// that publishes is its actor's; the others are only named.
func (s *Service) ensureParties(ctx context.Context, tx kernel.Tx, publishes string, names []string, at time.Time) (map[string]kernel.Pacticipant, error) {
	names = sortedUnique(names)
	out, err := tx.FindPacticipants(names...)
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, name := range names {
		if _, found := out[name]; !found {
			missing = append(missing, name)
		}
	}
	if err := s.checkSimilar(tx, missing); err != nil {
		return nil, err
	}
	for _, name := range missing {
		var p kernel.Pacticipant
		if name == publishes {
			p, _, err = kernel.EnsureOwn(ctx, tx, name, at)
		} else {
			p, _, err = kernel.EnsurePacticipant(tx, name, at)
		}
		if err != nil {
			return nil, err
		}
		out[name] = p
	}
	p := out[publishes]
	err = kernel.ClaimFor(ctx, tx, &p)
	return out, err
}
