package webhook

import (
	"context"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/secret"
)

// UnknownSecrets returns the names in the request of a webhook of which there is no secret, so that
// it would not be sent.
func (s *Service) UnknownSecrets(ctx context.Context, w kernel.Webhook) (out []string, err error) {
	if len(secret.Names(w.Request)) == 0 {
		return nil, nil
	}
	err = s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		out, err = secret.Unknown(tx, w.Team, w.Request)
		return err
	})
	return out, err
}

// Naming returns the webhooks that name a secret, oldest first, by its name, masked.
func (s *Service) Naming(ctx context.Context) (map[string][]kernel.Webhook, error) {
	all, err := s.ListWebhooks(ctx, kernel.WebhookQuery{})
	out := map[string][]kernel.Webhook{}
	for _, w := range all {
		names := secret.Names(w.Request)
		w.Request = MaskedRequest(w.Request)
		for _, name := range slices.Compact(names) {
			out[name] = append(out[name], w)
		}
	}
	return out, err
}
