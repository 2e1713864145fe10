package overview_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/picking"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

func TestTheWholeIsFoundOnceAndShowsEachChange(t *testing.T) {
	t.Parallel()
	s := usecase.New(storetest.SQLite(t, store.Options{}), kernel.DefaultSettings())
	ctx := t.Context()
	create := func(name string) {
		_, err := s.Registry.CreateEnvironment(ctx, registry.EnvironmentInput{Name: name})
		require.NoError(t, err)
	}
	create("test")
	first, err := s.Overview.Everything(ctx)
	require.NoError(t, err)
	again, err := s.Overview.Everything(ctx)
	require.NoError(t, err)
	require.Same(t, &first.Environments[0], &again.Environments[0], "nothing has changed")

	_, err = s.Overview.LookAtEnvironment(ctx, "production")
	require.True(t, kernel.IsNotFound(err))
	create("production")
	now, err := s.Overview.Everything(ctx)
	require.NoError(t, err)
	require.Len(t, now.Environments, 2)
	_, err = s.Overview.LookAtEnvironment(ctx, "production")
	require.NoError(t, err, "that it was not there is not kept")
}

// What is kept of an application, of a version and of the next verification is found
// again after a change, and not before.
func TestOneIsFoundOnceAndShowsEachChange(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		ctx := t.Context()
		publish := func(consumer string) {
			_, err := s.Publish.PublishContracts(ctx, usecasetest.Contracts(consumer, "1", "main", "shop"))
			require.NoError(t, err)
		}
		verify := func(success bool) {
			pact, err := s.Publish.FindPact(ctx, kernel.PactQuery{Consumer: "web", Provider: "shop", Latest: true})
			require.NoError(t, err)
			_, err = s.Result.RecordVerification(ctx, result.VerificationInput{Consumer: "web", Provider: "shop", SHA: pact.SHA, Success: success, ProviderVersion: "7"})
			require.NoError(t, err)
		}
		publish("web")
		verify(true)
		application := func() overview.ApplicationAnswer {
			found, err := s.Overview.LookAtApplication(ctx, overview.ApplicationQuery{Name: "shop", Page: kernel.Page{Number: 1, Size: 20}})
			require.NoError(t, err)
			return found
		}
		version := func() overview.VersionAnswer {
			found, err := s.Overview.LookAtVersion(ctx, "shop", "7")
			require.NoError(t, err)
			return found
		}
		next := func() picking.WhyAnswer {
			found, err := s.Picking.LookAtNext(ctx, "shop", "7", time.Now())
			require.NoError(t, err)
			return found
		}
		firstApplication, firstVersion, firstNext := application(), version(), next()
		require.Same(t, &firstApplication.AsProvider[0], &application().AsProvider[0], "nothing has changed")
		require.Same(t, &firstVersion.Results[0], &version().Results[0])
		require.Same(t, &firstNext.Pacts[0], &next().Pacts[0])
		verify(false)
		require.False(t, application().AsProvider[0].LatestVerification.Success)
		require.False(t, version().Results[0].Success)
		require.Equal(t, matrix.Failed, next().Pacts[0].Outcome)
		publish("app")
		require.Len(t, application().AsProvider, 2)
		require.True(t, slices.ContainsFunc(next().Pacts, func(p picking.WhyPact) bool { return p.Pact.Consumer.Name == "app" }))
		_, err := s.Overview.LookAtVersion(ctx, "app", "2")
		require.True(t, kernel.IsNotFound(err))
		_, err = s.Publish.PublishContracts(ctx, usecasetest.Contracts("app", "2", "main", "shop"))
		require.NoError(t, err)
		_, err = s.Overview.LookAtVersion(ctx, "app", "2")
		require.NoError(t, err, "that it was not there is not kept")
	})
}
