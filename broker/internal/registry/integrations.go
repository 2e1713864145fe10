package registry

import (
	"context"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// ListIntegrations returns the integrations, last changed first.
func (s *Service) ListIntegrations(ctx context.Context, q kernel.IntegrationQuery) (kernel.Paged[kernel.Integration], error) {
	out := kernel.Paged[kernel.Integration]{Page: q.Page}
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		var err error
		out.Items, out.Total, err = tx.ListIntegrations(q)
		return err
	})
	return out, err
}

// DeleteIntegration deletes a pair with all its data. It returns CodeNotFound for
// a pair that never had a pact.
func (s *Service) DeleteIntegration(ctx context.Context, consumer, provider string) error {
	if err := s.thinIntegration(ctx, consumer, provider); err != nil {
		return err
	}
	return s.Store.Update(ctx, func(tx kernel.Tx) error {
		c, p, err := kernel.FindPair(tx, consumer, provider)
		if err != nil {
			return err
		}
		if err := kernel.FindIntegration(tx, c, p); err != nil {
			return err
		}
		return tx.DeleteIntegration(c.ID, p.ID)
	})
}

// DeleteIntegrations deletes everything but environments.
func (s *Service) DeleteIntegrations(ctx context.Context) error {
	if err := s.thinEverything(ctx); err != nil {
		return err
	}
	return s.Store.Update(ctx, func(tx kernel.Tx) error { return tx.DeleteAllIntegrations() })
}
