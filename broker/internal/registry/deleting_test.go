package registry_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// counted is a store that counts its updates.
type counted struct {
	kernel.Store
	updates atomic.Int64
}

func (c *counted) Update(ctx context.Context, fn func(kernel.Tx) error) error {
	c.updates.Add(1)
	return c.Store.Update(ctx, fn)
}

// TestALongHistoryGoesInSmallTransactions deletes what has more versions than one
// transaction takes, with branches, tags and results that others share.
func TestALongHistoryGoesInSmallTransactions(t *testing.T) {
	t.Parallel()
	const versions = 230
	for name, remove := range map[string]func(context.Context, *usecase.All) error{
		"the pacts of a pair": func(ctx context.Context, s *usecase.All) error {
			_, err := s.Publish.DeletePacts(ctx, kernel.PactListQuery{Consumer: "Foo", Provider: "Bar"})
			return err
		},
		"an integration": func(ctx context.Context, s *usecase.All) error {
			return s.Registry.DeleteIntegration(ctx, "Foo", "Bar")
		},
		"a consumer": func(ctx context.Context, s *usecase.All) error { return s.Registry.DeletePacticipant(ctx, "Foo") },
		"a provider": func(ctx context.Context, s *usecase.All) error { return s.Registry.DeletePacticipant(ctx, "Bar") },
		"everything": func(ctx context.Context, s *usecase.All) error { return s.Registry.DeleteIntegrations(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := storetest.SQLite(t, store.Options{})
			c := &counted{Store: db}
			settings := kernel.DefaultSettings()
			settings.CheckSimilarNames = false
			s := usecase.New(c, settings)
			for i := range versions {
				in := usecasetest.Contracts("Foo", fmt.Sprint(i), fmt.Sprintf("b%d", i%7), "Bar")
				in.Contracts[0].Content = usecasetest.PactText("Foo", "Bar", fmt.Sprint(i))
				_, err := s.Publish.PublishContracts(t.Context(), in)
				require.NoError(t, err)
				p, err := s.Publish.FindPact(t.Context(), kernel.PactQuery{Consumer: "Foo", Provider: "Bar", Version: fmt.Sprint(i)})
				require.NoError(t, err)
				_, err = s.Result.RecordVerification(t.Context(), result.VerificationInput{
					Consumer: "Foo", Provider: "Bar", SHA: p.SHA, ProviderVersion: fmt.Sprint(i), Success: true})
				require.NoError(t, err)
			}
			_, err := s.Publish.PublishContracts(t.Context(), usecasetest.Contracts("Qux", "1", "main", "Bar", "Foo"))
			require.NoError(t, err)
			before := c.updates.Load()
			require.NoError(t, remove(t.Context(), s))
			require.Greater(t, c.updates.Load()-before, int64(2))
			left, err := s.Publish.ListPacts(t.Context(), kernel.PactListQuery{})
			require.NoError(t, err)
			for _, p := range left {
				require.Equal(t, "Qux", p.Consumer.Name)
			}
			storetest.Sound(t, db)
		})
	}
}
