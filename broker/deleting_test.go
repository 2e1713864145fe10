package broker_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/store"
	"github.com/treatyhq/treaty/broker/store/storetest"
)

// counted is a store that counts its updates.
type counted struct {
	broker.Store
	updates atomic.Int64
}

func (c *counted) Update(ctx context.Context, fn func(broker.Tx) error) error {
	c.updates.Add(1)
	return c.Store.Update(ctx, fn)
}

// TestALongHistoryGoesInSmallTransactions deletes what has more versions than one
// transaction takes, with branches, tags and results that others share.
func TestALongHistoryGoesInSmallTransactions(t *testing.T) {
	t.Parallel()
	const versions = 230
	for name, remove := range map[string]func(context.Context, *broker.Service) error{
		"the pacts of a pair": func(ctx context.Context, s *broker.Service) error {
			_, err := s.DeletePacts(ctx, broker.PactListQuery{Consumer: "Foo", Provider: "Bar"})
			return err
		},
		"an integration": func(ctx context.Context, s *broker.Service) error { return s.DeleteIntegration(ctx, "Foo", "Bar") },
		"a consumer":     func(ctx context.Context, s *broker.Service) error { return s.DeletePacticipant(ctx, "Foo") },
		"a provider":     func(ctx context.Context, s *broker.Service) error { return s.DeletePacticipant(ctx, "Bar") },
		"everything":     func(ctx context.Context, s *broker.Service) error { return s.DeleteIntegrations(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := storetest.SQLite(t, store.Options{})
			c := &counted{Store: db}
			settings := broker.DefaultSettings()
			settings.CheckSimilarNames = false
			s := broker.New(c, settings)
			for i := range versions {
				in := contracts("Foo", fmt.Sprint(i), fmt.Sprintf("b%d", i%7), "Bar")
				in.Contracts[0].Content = pactText("Foo", "Bar", fmt.Sprint(i))
				_, err := s.PublishContracts(t.Context(), in)
				require.NoError(t, err)
				p, err := s.FindPact(t.Context(), broker.PactQuery{Consumer: "Foo", Provider: "Bar", Version: fmt.Sprint(i)})
				require.NoError(t, err)
				_, err = s.RecordVerification(t.Context(), broker.VerificationInput{
					Consumer: "Foo", Provider: "Bar", SHA: p.SHA, ProviderVersion: fmt.Sprint(i), Success: true})
				require.NoError(t, err)
			}
			_, err := s.PublishContracts(t.Context(), contracts("Qux", "1", "main", "Bar", "Foo"))
			require.NoError(t, err)
			before := c.updates.Load()
			require.NoError(t, remove(t.Context(), s))
			require.Greater(t, c.updates.Load()-before, int64(2))
			left, err := s.ListPacts(t.Context(), broker.PactListQuery{})
			require.NoError(t, err)
			for _, p := range left {
				require.Equal(t, "Qux", p.Consumer.Name)
			}
			storetest.Sound(t, db)
		})
	}
}
