package cleanup_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/cleanup"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// looking counts the rows that clean-ups look at.
type looking struct {
	kernel.Store
	rows map[kernel.RowKind]int
}

func (l looking) View(ctx context.Context, fn func(kernel.Tx) error) error {
	return l.Store.View(ctx, func(tx kernel.Tx) error { return fn(lookingTx{tx, l.rows}) })
}

type lookingTx struct {
	kernel.Tx
	rows map[kernel.RowKind]int
}

func (l lookingTx) OldestVersions(after int64, limit int) ([]kernel.Version, error) {
	found, err := l.Tx.OldestVersions(after, limit)
	l.rows[kernel.RowVersion] += len(found)
	return found, err
}

func (l lookingTx) Replacements(kind kernel.RowKind, after int64, at time.Time, limit int) ([]kernel.Replacement, error) {
	found, err := l.Tx.Replacements(kind, after, at, limit)
	l.rows[kind] += len(found)
	return found, err
}

// looked cleans up and returns how many rows of each kind it looked at.
func looked(t *testing.T, s *usecase.All, o cleanup.Options) (cleanup.Report, map[kernel.RowKind]int) {
	t.Helper()
	rows := map[kernel.RowKind]int{}
	db := s.Store
	if twice, counted := db.(usecasetest.Twice); counted { // each look counts once
		db = twice.Store
	}
	watched := usecase.New(looking{db, rows}, s.Settings)
	watched.Now = s.Now
	report, err := watched.Cleanup.Clean(t.Context(), o)
	require.NoError(t, err)
	return report, rows
}

// overwrite publishes pact revisions and results of one version each.
func overwrite(t *testing.T, s *usecase.All, revisions, results int) {
	t.Helper()
	in := usecasetest.Contracts("Foo", "1", "main", "Bar")
	for n := range revisions {
		in.Contracts[0].Content = usecasetest.PactText("Foo", "Bar", fmt.Sprint("content ", n))
		_, err := s.Publish.PublishContracts(t.Context(), in)
		require.NoError(t, err)
	}
	pact, err := s.Publish.FindPact(t.Context(), kernel.PactQuery{Consumer: "Foo", Provider: "Bar", Version: "1"})
	require.NoError(t, err)
	for range results {
		_, err := s.Result.RecordVerification(t.Context(), result.VerificationInput{Consumer: "Foo", Provider: "Bar", SHA: pact.SHA, ProviderVersion: "7", Success: true})
		require.NoError(t, err)
	}
}

func TestAPreviewCountsWhatTheCleanUpDeletes(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		usecasetest.Aged(s, &now).Settings.AllowContractModification = true
		overwrite(t, s, 4, 6)
		o := cleanup.Options{OverwrittenAge: 7 * 24 * time.Hour}
		now = now.Add(6 * 24 * time.Hour)
		report, err := s.Cleanup.Clean(t.Context(), o)
		require.NoError(t, err)
		require.Zero(t, report.Overwritten(), "too young")

		now = now.Add(2 * 24 * time.Hour)
		for _, limit := range []int{2, 0} {
			o.Limit, o.Preview = limit, true
			preview, err := s.Cleanup.Clean(t.Context(), o)
			require.NoError(t, err)
			require.Positive(t, preview.Overwritten())
			again, err := s.Cleanup.Clean(t.Context(), o)
			require.NoError(t, err)
			require.Equal(t, preview, again, "it changes nothing")
			o.Preview = false
			report, err := s.Cleanup.Clean(t.Context(), o)
			require.NoError(t, err)
			require.Equal(t, preview.Revisions, report.Revisions)
			require.Equal(t, preview.Results, report.Results)
			require.Equal(t, preview.Firings, report.Firings)
			if limit == 2 {
				require.Equal(t, []int{2, 2}, []int{report.Revisions, report.Results})
			} else {
				require.Equal(t, []int{1, 3}, []int{report.Revisions, report.Results}, "the rest, and never the newest")
			}
		}
	})
}

func TestACleanUpLooksAtOverwrittenRowsOnce(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		usecasetest.Aged(s, &now).Settings.AllowContractModification = true
		o := cleanup.Options{OverwrittenAge: 24 * time.Hour}
		overwrite(t, s, 3, 5)
		now = now.Add(48 * time.Hour)
		_, rows := looked(t, s, o)
		require.Equal(t, []int{3, 5}, []int{rows[kernel.RowPublication], rows[kernel.RowVerification]})
		_, rows = looked(t, s, o)
		require.Zero(t, rows[kernel.RowPublication]+rows[kernel.RowVerification], "nothing is new")
		overwrite(t, s, 1, 2)
		now = now.Add(48 * time.Hour)
		report, rows := looked(t, s, o)
		require.Equal(t, 2, rows[kernel.RowVerification], "those that came since")
		require.Equal(t, 1, report.Results, "the second replaced the first; what they are about is new")
	})
}

func TestACleanUpGoesOnWhereTheLastOneEnded(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		usecasetest.Aged(s, &now)
		_, _, err := s.Registry.CreatePacticipant(t.Context(), registry.PacticipantChange{Name: "Foo"})
		require.NoError(t, err)
		require.NoError(t, s.Store.Update(t.Context(), func(tx kernel.Tx) error {
			foo, err := tx.FindPacticipant("Foo")
			if err != nil {
				return err
			}
			for n := range 450 {
				v, _, err := tx.EnsureVersion(kernel.Version{Pacticipant: foo.Party(), Number: fmt.Sprint(n), CreatedAt: now, UpdatedAt: now})
				if err != nil {
					return err
				}
				if n == 430 {
					continue // nothing will keep it
				}
				if _, _, err := tx.AddTag(v, fmt.Sprint("tag ", n), now); err != nil {
					return err
				}
			}
			return nil
		}))
		report, rows := looked(t, s, cleanup.Options{})
		require.Equal(t, []int{200, 0}, []int{rows[kernel.RowVersion], len(report.Versions)}, "all are younger than 90 days, so that one look is enough")

		now = now.Add(100 * 24 * time.Hour)
		o := cleanup.Options{Looks: 1}
		for n, want := range []int{0, 0, 1} {
			report, rows := looked(t, s, o)
			require.LessOrEqual(t, rows[kernel.RowVersion], 200+200*want, "the cost does not grow with what stays")
			require.Equal(t, want, report.Versions["Foo"], "clean-up %d", n)
		}
		report, _ = looked(t, s, cleanup.Options{})
		require.Empty(t, report.Versions)
		require.False(t, report.More, "once round")
		require.Equal(t, 449, report.Kept["Foo"])
	})
}

func TestACleanUpThatHasHadItsTimeLeavesTheRestToTheNext(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		usecasetest.Aged(s, &now)
		for n := range 5 {
			_, _, err := s.Registry.PutBranchVersion(t.Context(), "Foo", fmt.Sprint("branch ", n), "0")
			require.NoError(t, err)
		}
		require.NoError(t, s.Store.Update(t.Context(), func(tx kernel.Tx) error {
			foo, err := tx.FindPacticipant("Foo")
			for n := 1; n < 450 && err == nil; n++ {
				_, _, err = tx.EnsureVersion(kernel.Version{Pacticipant: foo.Party(), Number: fmt.Sprint(n), CreatedAt: now, UpdatedAt: now})
			}
			return err
		}))
		now = now.Add(100 * 24 * time.Hour)
		short := cleanup.Options{Longest: time.Nanosecond, BranchAge: 90 * 24 * time.Hour}
		deleted := 0
		for n := range 3 {
			report, rows := looked(t, s, short)
			require.True(t, report.More, "clean-up %d", n)
			require.LessOrEqual(t, rows[kernel.RowVersion], 200, "clean-up %d looked once and ended", n)
			require.NotZero(t, report.Versions["Foo"], "clean-up %d went on from there", n)
			require.Zero(t, report.Branches, "there was no time for them")
			deleted += report.Versions["Foo"]
		}
		report, _ := looked(t, s, cleanup.Options{BranchAge: short.BranchAge})
		require.Equal(t, 449, deleted+report.Versions["Foo"], "all but the latest")
		require.False(t, report.More)
	})
}

// A clean-up ends with its time, also in the middle of what it has looked at, and the
// next one deletes what it left.
func TestACleanUpEndsWithItsTime(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		usecasetest.Aged(s, &now)
		for n := range 40 {
			_, err := s.Publish.PublishContracts(t.Context(), usecasetest.Contracts("Foo", fmt.Sprint(n), "main", "Bar"))
			require.NoError(t, err)
		}
		now = now.Add(48 * time.Hour)
		o := cleanup.Options{Keep: []cleanup.KeepSelector{{MaxAge: time.Hour}, {Latest: true, AnyBranch: true}}, Longest: time.Nanosecond}
		report, err := s.Cleanup.Clean(t.Context(), o)
		require.NoError(t, err)
		begun := report.Versions["Foo"]
		require.Positive(t, begun, "it gets on")
		require.Less(t, begun, 30, "by a batch")
		require.True(t, report.More)
		o.Longest = 0
		report, err = s.Cleanup.Clean(t.Context(), o)
		require.NoError(t, err)
		require.Equal(t, 39, begun+report.Versions["Foo"], "all but the head of the branch")
		require.False(t, report.More)
	})
}
