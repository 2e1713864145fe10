package overview

import (
	"context"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// CountAll returns the metrics.
func (s *Service) CountAll(ctx context.Context) (kernel.Metrics, error) {
	var out kernel.Metrics
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		var err error
		out, err = tx.CountAll()
		return err
	})
	return out, err
}
