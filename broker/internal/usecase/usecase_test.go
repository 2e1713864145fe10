package usecase_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// A clock or a setting that only some subjects saw would part what happened at
// one moment.
func TestAllSubjectsSeeOneClockAndOneDatabase(t *testing.T) {
	t.Parallel()
	s := usecase.New(storetest.SQLite(t, store.Options{}), kernel.DefaultSettings())
	now := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	s.Now = func() time.Time { return now }
	_, err := s.Publish.PublishContracts(t.Context(), usecasetest.Contracts("Foo", "1", "main", "Bar"))
	require.NoError(t, err)
	v, err := s.Registry.FindVersion(t.Context(), "Foo", "1")
	require.NoError(t, err, "what one subject stored another finds")
	require.Equal(t, now, v.CreatedAt, "publishing sees the clock that was set after all was put together")
	environment, err := s.Registry.CreateEnvironment(t.Context(), registry.EnvironmentInput{Name: "prod", DisplayName: "Production"})
	require.NoError(t, err)
	require.Equal(t, now, environment.CreatedAt, "the registry sees the same clock")
}
