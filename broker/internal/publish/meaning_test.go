package publish_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// publishPrice publishes a contract about a price for a version of Foo.
func publishPrice(t *testing.T, s *usecase.All, version, price string) {
	t.Helper()
	in := usecasetest.Contracts("Foo", version, "main", "Bar")
	in.Contracts[0].Content = fmt.Appendf(nil, `{"consumer":{"name":"Foo"},"provider":{"name":"Bar"},
		"interactions":[{"description":"a price","request":{"method":"GET","path":"/"},"response":{"status":200,"body":{"price":%s}}}]}`, price)
	_, err := s.Publish.PublishContracts(t.Context(), in)
	require.NoError(t, err)
}

func contractOf(version string) kernel.PactQuery {
	return kernel.PactQuery{Consumer: "Foo", Provider: "Bar", Version: version}
}

func TestAComparisonTellsTheOlderOneFirst(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		publishPrice(t, s, "1", "1")
		publishPrice(t, s, "2", "2")
		publishPrice(t, s, "3", "2")
		for _, tt := range []struct {
			version, other, older, newer string
			noOther                      bool
			changes                      int
		}{
			{"3", "", "1", "3", false, 1},
			{"3", "1", "1", "3", false, 1},
			{"1", "3", "1", "3", false, 1},
			{"3", "2", "2", "3", false, 0},
			{"1", "", "", "1", false, 0},
			{"2", "9", "", "2", true, 0},
		} {
			other := kernel.PactQuery{}
			if tt.other != "" {
				other = contractOf(tt.other)
			}
			got, err := s.Publish.LookAtDiff(t.Context(), contractOf(tt.version), other)
			require.NoError(t, err)
			require.Equal(t, tt.newer, got.New.ConsumerVersion.Number)
			require.Len(t, got.Others, 3)
			require.Equal(t, tt.noOther, got.NoOther)
			require.Len(t, got.Changes, tt.changes)
			if tt.older == "" {
				require.Nil(t, got.Old)
				continue
			}
			require.True(t, got.Read)
			require.Equal(t, tt.older, got.Old.ConsumerVersion.Number)
			require.Equal(t, tt.changes > 0, got.Text != "")
		}
		_, err := s.Publish.LookAtDiff(t.Context(), contractOf("9"), kernel.PactQuery{})
		require.Equal(t, kernel.CodeNotFound, kernel.CodeOf(err))
		require.ErrorContains(t, err, "Foo 9 has no contract with Bar.")
	})
}

// What takes too long by text is still told by meaning.
func TestAComparisonWithoutTimeForTheTextTellsTheMeaning(t *testing.T) {
	t.Parallel()
	s := usecasetest.NewService(t)
	publishPrice(t, s, "1", "1")
	publishPrice(t, s, "2", "2")
	s.Settings.DiffTimeout = time.Nanosecond
	got, err := s.Publish.LookAtDiff(t.Context(), contractOf("2"), kernel.PactQuery{})
	require.NoError(t, err)
	require.Contains(t, got.TooLarge, "too large to be compared here")
	require.Len(t, got.Changes, 1)
	require.Empty(t, got.Text)
	s.Settings.DiffTimeout = 0
	got, err = s.Publish.LookAtDiff(t.Context(), contractOf("2"), kernel.PactQuery{})
	require.NoError(t, err)
	require.NotEmpty(t, got.Text, "what there was no time for is not kept")
}

// What is kept of a comparison is of the two contracts that were compared.
func TestAComparisonIsThatOfWhatIsThereNow(t *testing.T) {
	t.Parallel()
	s := usecasetest.NewService(t)
	publishPrice(t, s, "1", "1")
	publishPrice(t, s, "2", "2")
	publishPrice(t, s, "3", "3")
	for range 2 {
		for older, price := range map[string]string{"1": "1", "2": "2"} {
			got, err := s.Publish.LookAtDiff(t.Context(), contractOf("3"), contractOf(older))
			require.NoError(t, err)
			require.Len(t, got.Changes, 1)
			require.Equal(t, price, got.Changes[0].Before)
			require.Equal(t, "3", got.Changes[0].After)
			require.Contains(t, got.Text, `"price": `+price)
		}
	}
}

func TestNoFailureOfTheDatabaseIsTakenForAComparison(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]kernel.PactQuery{"the one before": {}, "another": contractOf("1"), "one that is not there": contractOf("9")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, failing := usecasetest.NewFailing(t)
			publishPrice(t, s, "1", "1")
			publishPrice(t, s, "2", "2")
			failing.EachCall(t, func() error {
				_, err := s.Publish.LookAtDiff(t.Context(), contractOf("2"), other)
				return err
			})
		})
	}
}
