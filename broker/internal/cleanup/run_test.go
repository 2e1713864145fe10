package cleanup_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/cleanup"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

func outcome(t *testing.T, s *usecase.All) (kernel.WorkOutcome, cleanup.Report) {
	t.Helper()
	var out kernel.WorkOutcome
	require.NoError(t, s.Store.View(t.Context(), func(tx kernel.Tx) (err error) {
		out, err = tx.FindWorkOutcome(cleanup.WorkName)
		return err
	}))
	return out, cleanup.ReadReport(out)
}

func TestWhatACleanUpTookIsKept(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		usecasetest.Aged(s, &now)
		s.Cleanup.Configured = cleanup.Options{Keep: []cleanup.KeepSelector{{Latest: true}}}
		for _, number := range []string{"1", "2", "3"} {
			in := usecasetest.Contracts("Foo", number, "main", "Bar")
			_, err := s.Publish.PublishContracts(t.Context(), in)
			require.NoError(t, err)
		}
		preview, err := s.Cleanup.Preview(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[string]int{"Foo": 2}, preview.Versions)
		require.Equal(t, []cleanup.Example{{Application: "Foo", Name: "1"}, {Application: "Foo", Name: "2"}}, preview.SomeVersions)
		err = s.Store.View(t.Context(), func(tx kernel.Tx) error {
			_, err := tx.FindWorkOutcome(cleanup.WorkName)
			return err
		})
		require.True(t, kernel.IsNotFound(err), "a preview is no clean-up")

		took, err := s.Cleanup.RunNow(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[string]int{"Foo": 2}, took.Versions)
		kept, report := outcome(t, s)
		require.True(t, kept.Asked)
		require.Empty(t, kept.Failure)
		require.Equal(t, took, report)

		now = now.Add(time.Hour)
		_, err = s.Cleanup.Run(t.Context(), s.Cleanup.Configured, false)
		require.NoError(t, err)
		kept, report = outcome(t, s)
		require.False(t, kept.Asked)
		require.Equal(t, now, kept.EndedAt)
		require.Empty(t, report.Versions)
	})
}

// broken fails in the updates of a clean-up, and keeps what came of it.
type broken struct {
	kernel.Store
	err error
}

func (b broken) View(ctx context.Context, fn func(kernel.Tx) error) error {
	return b.Store.View(ctx, func(tx kernel.Tx) error { return fn(brokenTx{tx, b.err}) })
}

type brokenTx struct {
	kernel.Tx
	err error
}

func (b brokenTx) OldestVersions(int64, int) ([]kernel.Version, error) { return nil, b.err }

func TestAFailureOfACleanUpIsKeptInWordsForPeople(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		says string
	}{
		{errors.New("pq: secret words of a driver"), "It failed for a reason that is in the log of the broker."},
		{kernel.Errorf(kernel.CodeUnavailable, "the database does not answer"), "the database does not answer"},
	} {
		s := usecasetest.NewService(t)
		watched := usecase.New(broken{s.Store, tt.err}, s.Settings)
		_, err := watched.Cleanup.RunNow(t.Context())
		require.ErrorIs(t, err, tt.err)
		kept, _ := outcome(t, s)
		require.Equal(t, tt.says, kept.Failure)
	}
}

func TestACleanUpForWhichSomebodyWaitsEndsBeforeTheRequest(t *testing.T) {
	t.Parallel()
	s := usecasetest.NewService(t)
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	usecasetest.Aged(s, &now)
	for i := range 60 {
		_, err := s.Publish.PublishContracts(t.Context(), usecasetest.Contracts("Foo", string(rune('a'+i%26))+string(rune('a'+i/26)), "main", "Bar"))
		require.NoError(t, err)
	}
	s.Cleanup.Configured = cleanup.Options{Keep: []cleanup.KeepSelector{{Latest: true}}}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	began := time.Now()
	for more := true; more; {
		report, err := s.Cleanup.RunNow(ctx)
		require.NoError(t, err)
		more = report.More
	}
	require.Less(t, time.Since(began), 20*time.Second)
}

func TestKeepSelectorsAreToldInWords(t *testing.T) {
	t.Parallel()
	for want, k := range map[string]cleanup.KeepSelector{
		"the latest version of each application":                           {Latest: true},
		"the latest version of each application on each branch":            {Latest: true, AnyBranch: true},
		"the latest version of catalog with the tag prod":                  {Latest: true, Tag: "prod", Pacticipant: "catalog"},
		"every version on the main branch that is younger than 30 days":    {MainBranch: true, MaxAge: 30 * 24 * time.Hour},
		"every version with a tag that is live in production":              {AnyTag: true, Environment: "production"},
		"every version on the branch feat that is deployed":                {Branch: "feat", Deployed: true},
		"every version on a branch that is released and supported in test": {AnyBranch: true, Released: true, Environment: "test"},
		"the latest version of each application with each tag":             {AnyTag: true, Latest: true},
		"every version that is younger than 1 day":                         {MaxAge: 24 * time.Hour},
		"every version of catalog that is younger than 36h0m0s":            {Pacticipant: "catalog", MaxAge: 36 * time.Hour},
	} {
		require.Equal(t, want, k.Words())
	}
}
