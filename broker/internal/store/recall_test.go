package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// TestWhatIsRememberedIsNoAnswer: an application is remembered by its name. One that
// has gone, come back as another, or got other things since, is what it is now.
func TestWhatIsRememberedIsNoAnswer(t *testing.T) {
	t.Parallel()
	at := time.Unix(1, 0).UTC()
	ensure := func(tx kernel.Tx) (kernel.Pacticipant, error) {
		p, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: "Shop", DisplayName: "Shop", CreatedAt: at})
		return p, err
	}
	// read finds the application, its branch and its version as a publication does,
	// with or without a lock.
	read := func(t *testing.T, s *store.Store, lock bool) (p kernel.Pacticipant, b kernel.Branch, isNew bool) {
		require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) (err error) {
			version := func(of kernel.Pacticipant) kernel.Version {
				return kernel.Version{Pacticipant: of.Party(), Number: "1", CreatedAt: at}
			}
			if err := tx.Foresee(func(ahead kernel.Tx) {
				found, err := ahead.FindPacticipants("Shop")
				if p, known := found["Shop"]; err == nil && known {
					if lock {
						_ = ahead.Lock(kernel.ToChange, p.Row())
					}
					_, _ = ahead.FindBranch(p.ID, "main")
					_, _, _ = ahead.EnsureVersion(version(p))
				}
			}); err != nil {
				return err
			}
			found, err := tx.FindPacticipants("Shop")
			if err != nil {
				return err
			}
			var known bool
			if p, known = found["Shop"]; !known {
				if p, err = ensure(tx); err != nil {
					return err
				}
			}
			if lock {
				if err := tx.Lock(kernel.ToChange, p.Row()); err != nil {
					return err
				}
			}
			if b, err = tx.FindBranch(p.ID, "main"); err != nil && !kernel.IsNotFound(err) {
				return err
			}
			_, isNew, err = tx.EnsureVersion(version(p))
			return err
		}))
		return p, b, isNew
	}
	for _, tt := range []struct {
		name   string
		lock   bool
		change func(kernel.Tx, kernel.Pacticipant) error
		other  bool // it is another application than before
		isNew  bool
		branch bool
	}{
		{name: "nothing changed", change: func(kernel.Tx, kernel.Pacticipant) error { return nil }},
		{name: "it has gone", change: func(tx kernel.Tx, p kernel.Pacticipant) error { return tx.DeletePacticipant(p.ID) }, other: true, isNew: true},
		{name: "it has gone and is locked", lock: true, change: func(tx kernel.Tx, p kernel.Pacticipant) error { return tx.DeletePacticipant(p.ID) }, other: true, isNew: true},
		{name: "it has gone and come back", lock: true, change: func(tx kernel.Tx, p kernel.Pacticipant) error {
			if err := tx.DeletePacticipant(p.ID); err != nil {
				return err
			}
			_, err := ensure(tx)
			return err
		}, other: true, isNew: true},
		{name: "it got a branch", change: func(tx kernel.Tx, p kernel.Pacticipant) error {
			_, _, err := tx.EnsureBranch(p.ID, "main", at)
			return err
		}, branch: true},
		{name: "its version has gone", change: func(tx kernel.Tx, p kernel.Pacticipant) error {
			v, err := tx.FindVersion(p.ID, "1")
			if err != nil {
				return err
			}
			return tx.DeleteVersion(v.ID)
		}, isNew: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := storetest.Postgres(t, store.Options{})
			require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) error { _, err := ensure(tx); return err }))
			_, _, isNew := read(t, s, tt.lock)
			require.True(t, isNew)
			before, _, isNew := read(t, s, tt.lock)
			require.False(t, isNew)
			require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) error { return tt.change(tx, before) }))
			after, b, isNew := read(t, s, tt.lock)
			require.Equal(t, tt.other, before.ID != after.ID, "whether it is another application")
			require.Equal(t, tt.isNew, isNew, "whether its version was made")
			require.Equal(t, tt.branch, b.ID != 0, "whether it has the branch")
			storetest.Sound(t, s)
		})
	}
}

// TestWhatHangsOnANewVersionIsSeen: what is asked about a version before it is made
// is true of it until something is added to it.
func TestWhatHangsOnANewVersionIsSeen(t *testing.T) {
	t.Parallel()
	at := time.Unix(1, 0).UTC()
	s := storetest.Postgres(t, store.Options{})
	require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) error {
		p, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: "Shop", DisplayName: "Shop", CreatedAt: at})
		require.NoError(t, err)
		version := kernel.Version{Pacticipant: p.Party(), Number: "1", CreatedAt: at}
		require.NoError(t, tx.Foresee(func(ahead kernel.Tx) {
			v, _, err := ahead.EnsureVersion(version)
			require.NoError(t, err, "it is taken for new")
			_, _ = ahead.TagsOf([]int64{v.ID})
			_, _ = ahead.BranchesOf([]int64{v.ID})
			_, _ = kernel.PactsOf(ahead, []int64{v.ID})
			_, _, _ = ahead.EnsureContent(kernel.Content{ConsumerID: p.ID, ProviderID: p.ID, SHA: "a"})
			_, _ = ahead.AddPublication(kernel.NewPublication{Version: v, Provider: p.Party(), SHA: "a"})
		}))
		v, isNew, err := tx.EnsureVersion(version)
		require.NoError(t, err)
		require.True(t, isNew)
		b, _, err := tx.EnsureBranch(p.ID, "main", at)
		require.NoError(t, err)
		_, err = tx.AddToBranch(b, v, false, at)
		require.NoError(t, err)
		require.NoError(t, tx.AddTags(v, []string{"dev"}, at))
		content, _, err := tx.EnsureContent(kernel.Content{ConsumerID: p.ID, ProviderID: p.ID, SHA: "a", CreatedAt: at, Packed: mustPack(`{}`)})
		require.NoError(t, err)
		_, err = tx.AddPublication(kernel.NewPublication{Version: v, Provider: p.Party(), ContentID: content, SHA: "a", At: at})
		require.NoError(t, err)
		tags, err := tx.TagsOf([]int64{v.ID})
		require.NoError(t, err)
		require.Len(t, tags[v.ID], 1)
		branches, err := tx.BranchesOf([]int64{v.ID})
		require.NoError(t, err)
		require.Len(t, branches[v.ID], 1)
		pacts, err := kernel.PactsOf(tx, []int64{v.ID})
		require.NoError(t, err)
		require.Len(t, pacts[v.ID], 1)
		return nil
	}))
	storetest.Sound(t, s)
}

// TestWhatIsAskedOfAnUnmadeVersionEndsWithAdditions: what is asked of a version that is
// not made yet finds nothing. That ends where something is added to the version, also
// where the same question about others goes on being true.
func TestWhatIsAskedOfAnUnmadeVersionEndsWithAdditions(t *testing.T) {
	t.Parallel()
	at := time.Unix(1, 0).UTC()
	s := storetest.Postgres(t, store.Options{})
	var ran []string
	sent := store.Weighed(s, func(_ context.Context, _ engine.Querier, query string, _ []any) error {
		ran = append(ran, query)
		return nil
	})
	var p kernel.Pacticipant
	var other kernel.Version
	require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) (err error) {
		p, _, err = tx.EnsurePacticipant(kernel.Pacticipant{Name: "Shop", DisplayName: "Shop", CreatedAt: at})
		require.NoError(t, err)
		other, _, err = tx.EnsureVersion(kernel.Version{Pacticipant: p.Party(), Number: "0", CreatedAt: at})
		require.NoError(t, err)
		return tx.AddTags(other, []string{"old"}, at)
	}))
	require.NoError(t, sent.Update(t.Context(), func(tx kernel.Tx) error {
		version := kernel.Version{Pacticipant: p.Party(), Number: "1", CreatedAt: at}
		ran = nil
		require.NoError(t, tx.Foresee(func(ahead kernel.Tx) {
			v, _, err := ahead.EnsureVersion(version)
			require.NoError(t, err, "it is taken for new")
			_, _ = ahead.BranchesOf([]int64{v.ID})
			_, _ = ahead.TagsOf([]int64{v.ID})
			_, _ = kernel.PactsOf(ahead, []int64{v.ID})
			_, _ = ahead.HasVerification(1, v.ID)
			_, _ = ahead.EarlierUntagged(v, p.ID)
		}))
		outlive := store.OutliveAdditions(tx)
		require.Len(t, outlive, 1, "%v", outlive)
		require.Contains(t, outlive[0], "pc.version_id < $3", "what came before a version stays what it is")
		number := slices.IndexFunc(ran, func(query string) bool { return strings.Contains(query, "version_id_seq") })
		require.Equal(t, len(ran)-1, number, "its number is taken last: whoever is seen to come before it has a lower one: %v", ran)

		v, isNew, err := tx.EnsureVersion(version)
		require.NoError(t, err)
		require.True(t, isNew)
		tags, err := tx.TagsOf([]int64{v.ID, other.ID})
		require.NoError(t, err)
		require.Len(t, tags[other.ID], 1, "a list is not about the new version alone")
		b, _, err := tx.EnsureBranch(p.ID, "main", at)
		require.NoError(t, err)
		_, err = tx.AddToBranch(b, v, false, at)
		require.NoError(t, err)
		_, _, err = tx.ListBranches(p.ID, "", kernel.Page{}) // what waits is written
		require.NoError(t, err)
		branches, err := tx.BranchesOf([]int64{v.ID})
		require.NoError(t, err)
		require.Len(t, branches[v.ID], 1)
		require.Equal(t, "1", branches[v.ID][0].Version)
		require.Equal(t, "Shop", branches[v.ID][0].Pacticipant)
		return nil
	}))
	storetest.Sound(t, s)
}
