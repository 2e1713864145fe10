package overview_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
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
