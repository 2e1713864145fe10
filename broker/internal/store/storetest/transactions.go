package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func testRollback(t *testing.T, w *world) {
	why := errors.New("changed my mind")
	err := w.store.Update(t.Context(), func(tx kernel.Tx) error {
		w.pact(tx, w.version(tx, "Foo", "1"), "Bar", "a")
		return why
	})
	require.ErrorIs(t, err, why)
	w.view(func(tx kernel.Tx) {
		names, err := tx.ListPacticipantNames()
		require.NoError(t, err)
		require.Empty(t, names)
	})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, w.store.Update(gone, func(kernel.Tx) error { return nil }), context.Canceled)
	require.ErrorIs(t, w.store.View(gone, func(tx kernel.Tx) error { return tx.Ping() }), context.Canceled)
}

func testSnapshot(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) { w.version(tx, "Foo", "1") })
	w.view(func(tx kernel.Tx) {
		before, err := tx.ListPacticipantNames()
		require.NoError(t, err)
		w.update(func(tx kernel.Tx) { w.version(tx, "Bar", "1") })
		after, err := tx.ListPacticipantNames()
		require.NoError(t, err)
		require.Equal(t, before, after)
	})
	err := w.store.View(t.Context(), func(tx kernel.Tx) error {
		_, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: "Baz", DisplayName: "Baz", CreatedAt: w.now})
		return err
	})
	require.Error(t, err, "a view does not write")
}

func testPanic(t *testing.T, w *world) {
	require.PanicsWithValue(t, "oh", func() {
		_ = w.store.Update(t.Context(), func(tx kernel.Tx) error {
			w.version(tx, "Foo", "1")
			panic("oh")
		})
	})
	w.update(func(tx kernel.Tx) {
		_, err := tx.FindPacticipant("Foo")
		w.notFound(err)
	})
}

func testMetrics(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		v := w.version(tx, "Foo", "1")
		w.branch(tx, v, "main")
		w.tag(tx, v, "prod")
		p := w.pact(tx, v, "Bar", "a")
		w.pact(tx, v, "Bar", "b")
		w.result(tx, p, "10", true)
		w.result(tx, p, "10", false)
		m, err := tx.CountAll()
		require.NoError(t, err)
		require.Equal(t, kernel.Metrics{
			LatestInteractions: 2, LatestMessages: 1, Pacticipants: 2, Integrations: 1, Publications: 2,
			FirstPublication: m.FirstPublication, LastPublication: m.LastPublication, Contents: 2, RevisionsPerVersion: map[int64]int64{2: 1},
			Verifications: 2, Successes: 1, Failures: 1, DistinctVerifications: 2,
			FirstVerification: m.FirstVerification, LastVerification: m.LastVerification, VerificationsPerContent: map[int64]int64{2: 1},
			Versions: 2, VersionsWithUserBranch: 1, VersionsWithBranch: 1, Tags: 1, DistinctTags: 1, DistinctTagsPerParty: 1,
		}, m)
		require.True(t, m.FirstVerification.Before(m.LastVerification))
		require.True(t, m.FirstPublication.Before(m.LastPublication), "a revision counts as a publication")
	})
}

func testPages(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		for _, name := range []string{"banana_1", "Apple%", "cherry", `back\slash`} {
			p := w.party(tx, name)
			_, _, err := tx.EnsureLabel(p.ID, "fruit", w.now)
			require.NoError(t, err)
		}
		page := func(q kernel.PacticipantQuery) ([]string, int) {
			found, total, err := tx.ListPacticipants(q)
			require.NoError(t, err)
			var names []string
			for _, p := range found {
				names = append(names, p.Name)
			}
			return names, total
		}
		all, total := page(kernel.PacticipantQuery{})
		require.Equal(t, []string{"Apple%", `back\slash`, "banana_1", "cherry"}, all)
		require.Equal(t, 4, total)
		second, total := page(kernel.PacticipantQuery{Label: "fruit", Page: kernel.Page{Number: 2, Size: 3}})
		require.Equal(t, []string{"cherry"}, second)
		require.Equal(t, 4, total)
		for search, want := range map[string][]string{"A": {"Apple%", `back\slash`, "banana_1"}, "%": {"Apple%"}, "_": {"banana_1"}, `\`: {`back\slash`}} {
			found, _ := page(kernel.PacticipantQuery{Search: search})
			require.Equal(t, want, found, search)
		}
		labels, total, err := tx.ListLabelNames(kernel.Page{Number: 1, Size: 10})
		require.NoError(t, err)
		require.Equal(t, []string{"fruit"}, labels)
		require.Equal(t, 1, total)

		var v kernel.Version
		for n := range 5 {
			v = w.version(tx, "cherry", fmt.Sprint(n))
			w.branch(tx, v, fmt.Sprintf("Feat-%d", n))
		}
		versions, total, err := tx.ListVersions(kernel.VersionFilter{PacticipantID: v.Pacticipant.ID, Page: kernel.Page{Number: 2, Size: 2}})
		require.NoError(t, err)
		require.Equal(t, 5, total)
		require.Equal(t, []string{"2", "1"}, []string{versions[0].Number, versions[1].Number})
		trunk, _, err := tx.EnsureBranch(v.Pacticipant.ID, "trunk", w.tick())
		require.NoError(t, err)
		for _, n := range []int{3, 0, 4} { // the order is that of versions
			_, err := tx.AddToBranch(trunk, w.version(tx, "cherry", fmt.Sprint(n)), false, w.now)
			require.NoError(t, err)
		}
		numbers := func(page kernel.Page) (out []string) {
			found, total, err := tx.ListVersions(kernel.VersionFilter{PacticipantID: v.Pacticipant.ID, BranchID: trunk.ID, Page: page})
			require.NoError(t, err)
			require.Equal(t, 3, total)
			for _, v := range found {
				out = append(out, v.Number)
			}
			return out
		}
		require.Equal(t, []string{"4", "3", "0"}, numbers(kernel.Page{}))
		require.Equal(t, []string{"4", "3"}, numbers(kernel.Page{Number: 1, Size: 2}))
		require.Equal(t, []string{"0"}, numbers(kernel.Page{Number: 2, Size: 2}))
		branches, total, err := tx.ListBranches(v.Pacticipant.ID, "feat", kernel.Page{Number: 1, Size: 2})
		require.NoError(t, err)
		require.Equal(t, 5, total)
		require.Equal(t, "Feat-4", branches[0].Name, "last updated first")
	})
}
