package overview_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// A look at the database may have to begin again, with the documents half read.
func TestUsageIsWholeHoweverOftenALookBegins(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		for _, consumer := range []string{"Foo", "Cat"} {
			_, err := s.Publish.PublishContracts(t.Context(), usecasetest.Contracts(consumer, "1", "main", "Bar"))
			require.NoError(t, err)
		}
		for range 2 { // then what they use is known
			a, err := s.Overview.LookAtUsage(t.Context(), overview.UsageQuery{Provider: "Bar"})
			require.NoError(t, err)
			require.Empty(t, a.Partly)
			require.NotEmpty(t, a.Uses)
			require.Equal(t, []string{"Cat", "Foo"}, a.Uses[0].Consumers())
		}
		_, err := s.Overview.LookAtUsage(t.Context(), overview.UsageQuery{Provider: "Nobody"})
		require.Equal(t, kernel.ReasonUnknownName, kernel.ReasonOf(err))
	})
}
