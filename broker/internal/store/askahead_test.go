package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// what a transaction makes of names, and what of it was new.
type made struct {
	version kernel.Version
	branch  kernel.Branch
	content int64
	isNew   [3]bool
}

// make makes a version on a branch with a pact, having asked ahead. between runs
// after the questions.
func (m *made) make(tx kernel.Tx, p kernel.Pacticipant, at time.Time, between func()) (err error) {
	version := kernel.Version{Pacticipant: p.Party(), Number: "1", CreatedAt: at}
	content := kernel.Content{ConsumerID: p.ID, ProviderID: p.ID, SHA: "a", CreatedAt: at, Packed: mustPack(`{}`)}
	if err := tx.Foresee(func(ahead kernel.Tx) {
		v, _, err := ahead.EnsureVersion(version)
		_, _, _ = ahead.EnsureBranch(p.ID, "main", at) // what they say comes later
		_, _, _ = ahead.EnsureContent(content)
		if err == nil {
			_, _ = ahead.AddPublication(kernel.NewPublication{Version: v, Provider: p.Party(), SHA: "a"})
		}
	}); err != nil {
		return err
	}
	between()
	if m.version, m.isNew[0], err = tx.EnsureVersion(version); err != nil {
		return err
	}
	if m.branch, m.isNew[1], err = tx.EnsureBranch(p.ID, "main", at); err != nil {
		return err
	}
	if _, err := tx.AddToBranch(m.branch, m.version, false, at); err != nil {
		return err
	}
	if m.content, m.isNew[2], err = tx.EnsureContent(content); err != nil {
		return err
	}
	_, err = tx.AddPublication(kernel.NewPublication{Version: m.version, Provider: p.Party(), ContentID: m.content, SHA: "a", At: at})
	return err
}

// TestWhoWasTakenForNewMayBeThere lets somebody else make or delete what a
// transaction has asked for, after it has asked.
func TestWhoWasTakenForNewMayBeThere(t *testing.T) {
	t.Parallel()
	at := time.Unix(1, 0).UTC()
	for _, tt := range []struct {
		name    string
		before  func(tx kernel.Tx, p kernel.Pacticipant) error
		between func(tx kernel.Tx, p kernel.Pacticipant) error
		isNew   [3]bool
		again   bool
	}{
		{name: "nobody", isNew: [3]bool{true, true, true}},
		{name: "the version comes", between: func(tx kernel.Tx, p kernel.Pacticipant) error {
			_, _, err := tx.EnsureVersion(kernel.Version{Pacticipant: p.Party(), Number: "1", CreatedAt: at})
			return err
		}, isNew: [3]bool{false, true, true}, again: true},
		{name: "the branch comes", between: func(tx kernel.Tx, p kernel.Pacticipant) error {
			_, _, err := tx.EnsureBranch(p.ID, "main", at)
			return err
		}, isNew: [3]bool{true, false, true}, again: true},
		{name: "the content comes", between: func(tx kernel.Tx, p kernel.Pacticipant) error {
			_, _, err := tx.EnsureContent(kernel.Content{ConsumerID: p.ID, ProviderID: p.ID, SHA: "a", CreatedAt: at, Packed: mustPack(`{}`)})
			return err
		}, isNew: [3]bool{true, true, false}, again: true},
		{name: "the branch goes", before: func(tx kernel.Tx, p kernel.Pacticipant) error {
			_, _, err := tx.EnsureBranch(p.ID, "main", at)
			return err
		}, between: func(tx kernel.Tx, p kernel.Pacticipant) error {
			b, err := tx.FindBranch(p.ID, "main")
			if err != nil {
				return err
			}
			return tx.DeleteBranch(b.ID)
		}, isNew: [3]bool{true, true, true}, again: true},
		{name: "the content goes", before: func(tx kernel.Tx, p kernel.Pacticipant) error {
			_, _, err := tx.EnsureContent(kernel.Content{ConsumerID: p.ID, ProviderID: p.ID, SHA: "a", CreatedAt: at, Packed: mustPack(`{}`)})
			return err
		}, between: func(tx kernel.Tx, p kernel.Pacticipant) error {
			_, err := tx.DeleteUnpublished(p.ID, p.ID, 1)
			return err
		}, isNew: [3]bool{true, true, true}, again: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := storetest.Postgres(t, store.Options{})
			var p kernel.Pacticipant
			require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) (err error) {
				p, _, err = tx.EnsurePacticipant(kernel.Pacticipant{Name: "Shop", DisplayName: "Shop", CreatedAt: at})
				if err == nil && tt.before != nil {
					err = tt.before(tx, p)
				}
				return err
			}))
			runs := 0
			var out made
			require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) error {
				return out.make(tx, p, at, func() {
					if runs++; runs == 1 && tt.between != nil {
						require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) error { return tt.between(tx, p) }))
					}
				})
			}))
			require.Equal(t, tt.isNew, out.isNew, "whether the version, the branch and the content were new in the end")
			require.Equal(t, tt.again, runs > 1, "whether it was run again")
			require.NoError(t, s.View(t.Context(), func(tx kernel.Tx) error {
				b, err := tx.FindBranch(p.ID, "main")
				require.NoError(t, err)
				require.Equal(t, out.version.ID, b.HeadVersionID)
				found, err := tx.FindPublication(out.version.ID, p.ID)
				require.NoError(t, err)
				require.Equal(t, out.content, found.ContentID)
				return nil
			}))
			storetest.Sound(t, s)
		})
	}
}

// TestWhoAskedForABranchMayMakeIt: who has asked ahead whether there is a branch, and
// for no identity of a new one, makes it all the same.
func TestWhoAskedForABranchMayMakeIt(t *testing.T) {
	t.Parallel()
	at := time.Unix(1, 0).UTC()
	s := storetest.Postgres(t, store.Options{})
	runs := 0
	require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) error {
		runs++
		p, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: "Shop", DisplayName: "Shop", CreatedAt: at})
		require.NoError(t, err)
		require.NoError(t, tx.Foresee(func(ahead kernel.Tx) { _, _ = ahead.FindBranch(p.ID, "main") }))
		_, err = tx.FindBranch(p.ID, "main")
		require.True(t, kernel.IsNotFound(err))
		b, isNew, err := tx.EnsureBranch(p.ID, "main", at)
		require.NoError(t, err)
		require.True(t, isNew)
		found, err := tx.FindBranch(p.ID, "main")
		require.Equal(t, b, found)
		return err
	}))
	require.Equal(t, 1, runs)
}

// TestALockEndsWhatWasAskedBefore: who locks and reads again gets what is there
// after the lock, also where it has asked ahead.
func TestALockEndsWhatWasAskedBefore(t *testing.T) {
	t.Parallel()
	at := time.Unix(1, 0).UTC()
	s := storetest.Postgres(t, store.Options{})
	var p kernel.Pacticipant
	save := func(branch string) {
		require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) (err error) {
			if p, _, err = tx.EnsurePacticipant(kernel.Pacticipant{Name: "Shop", DisplayName: "Shop", CreatedAt: at}); err != nil {
				return err
			}
			p.MainBranch = branch
			return tx.SavePacticipant(p)
		}))
	}
	save("old")
	require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) error {
		require.NoError(t, tx.Foresee(func(ahead kernel.Tx) { _, _ = ahead.FindPacticipantByID(p.ID) }))
		save("new")
		found, err := tx.FindPacticipantByID(p.ID)
		require.NoError(t, err)
		require.Equal(t, "old", found.MainBranch, "it was asked ahead")
		require.NoError(t, tx.Lock(kernel.ToChange, p.Row()))
		found, err = tx.FindPacticipantByID(p.ID)
		require.NoError(t, err)
		require.Equal(t, "new", found.MainBranch, "it was read before the lock, and must be read again after it")
		return nil
	}))
}

// TestAWriteEndsWhatWasAskedBefore: who writes and reads again gets what it wrote,
// also where it has asked ahead.
func TestAWriteEndsWhatWasAskedBefore(t *testing.T) {
	t.Parallel()
	at := time.Unix(1, 0).UTC()
	s := storetest.Postgres(t, store.Options{})
	var v kernel.Version
	require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) error {
		p, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: "Shop", DisplayName: "Shop", CreatedAt: at})
		require.NoError(t, err)
		v, _, err = tx.EnsureVersion(kernel.Version{Pacticipant: p.Party(), Number: "1", CreatedAt: at})
		require.NoError(t, err)
		return tx.AddTags(v, []string{"dev", "prod"}, at)
	}))
	require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) error {
		tags := func() []string {
			found, err := tx.TagsOf([]int64{v.ID})
			require.NoError(t, err)
			return kernel.TagNames(found[v.ID])
		}
		require.NoError(t, tx.Foresee(func(ahead kernel.Tx) { _, _ = ahead.TagsOf([]int64{v.ID}) }))
		_, err := tx.RemoveTags(v, []string{"prod"})
		require.NoError(t, err)
		require.Equal(t, []string{"dev"}, tags(), "it was asked before the tag was taken away")
		require.NoError(t, tx.Foresee(func(ahead kernel.Tx) { _, _ = ahead.TagsOf([]int64{v.ID}) }))
		require.NoError(t, tx.AddTags(v, []string{"test"}, at))
		require.ElementsMatch(t, []string{"dev", "test"}, tags(), "it was asked before the tag was there")
		return nil
	}))
}

// TestWhatBeginsToWaitEndsWhatWasAskedBefore: rows that are written at the end make
// answers untrue when they begin to wait.
func TestWhatBeginsToWaitEndsWhatWasAskedBefore(t *testing.T) {
	t.Parallel()
	at := time.Unix(1, 0).UTC()
	s := storetest.Postgres(t, store.Options{})
	for name, then := range map[string]func(tx kernel.Tx, of kernel.Party, first, second int64){
		"branches": func(tx kernel.Tx, _ kernel.Party, _, second int64) {
			n, err := tx.CountBranches(second)
			require.NoError(t, err)
			require.Equal(t, 1, n, "it was asked before the version was on the branch")
		},
		"head": func(tx kernel.Tx, of kernel.Party, _, second int64) {
			b, err := tx.FindBranch(of.ID, "main")
			require.NoError(t, err)
			require.Equal(t, second, b.HeadVersionID, "it was asked before the branch had this head")
		},
		"latest": func(tx kernel.Tx, _ kernel.Party, first, _ int64) {
			of, err := tx.BranchesOf([]int64{first})
			require.NoError(t, err)
			require.False(t, of[first][0].Latest, "it was asked before the branch had another head")
		},
	} {
		require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) error {
			p, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: name, DisplayName: name, CreatedAt: at})
			require.NoError(t, err)
			b, _, err := tx.EnsureBranch(p.ID, "main", at)
			require.NoError(t, err)
			first, _, err := tx.EnsureVersion(kernel.Version{Pacticipant: p.Party(), Number: "1", CreatedAt: at})
			require.NoError(t, err)
			_, err = tx.AddToBranch(b, first, false, at)
			require.NoError(t, err)
			second, _, err := tx.EnsureVersion(kernel.Version{Pacticipant: p.Party(), Number: "2", CreatedAt: at})
			require.NoError(t, err)
			require.NoError(t, tx.Foresee(func(ahead kernel.Tx) {
				_, _ = ahead.CountBranches(second.ID)
				_, _ = ahead.FindBranch(p.ID, "main")
				_, _ = ahead.BranchesOf([]int64{first.ID})
			}))
			_, err = tx.AddToBranch(b, second, false, at)
			require.NoError(t, err)
			then(tx, p.Party(), first.ID, second.ID)
			return nil
		}))
	}
}

// TestNothingIsWrittenAhead: what a use case says that it will do may be said by
// the methods that do it.
func TestNothingIsWrittenAhead(t *testing.T) {
	t.Parallel()
	at := time.Unix(1, 0).UTC()
	s := storetest.Postgres(t, store.Options{})
	require.NoError(t, s.Update(t.Context(), func(tx kernel.Tx) error {
		p, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: "Shop", DisplayName: "Shop", CreatedAt: at})
		require.NoError(t, err)
		v, _, err := tx.EnsureVersion(kernel.Version{Pacticipant: p.Party(), Number: "1", CreatedAt: at})
		require.NoError(t, err)
		require.NoError(t, tx.Foresee(func(ahead kernel.Tx) {
			_, _, err := ahead.EnsurePacticipant(kernel.Pacticipant{Name: "Cart", DisplayName: "Cart", CreatedAt: at})
			require.Error(t, err)
			_, _, err = ahead.EnsureVersion(kernel.Version{Pacticipant: p.Party(), Number: "2", CreatedAt: at})
			if err == nil {
				_, _, _ = ahead.EnsureLabel(p.ID, "x", at)
			}
			require.Error(t, ahead.AddTags(v, []string{"prod"}, at))
			require.Error(t, ahead.SaveVersion(v))
			require.Error(t, ahead.DeleteVersion(v.ID))
			_, err = ahead.RecordDeployment(kernel.DeployedVersion{Version: v})
			require.Error(t, err)
		}))
		return nil
	}))
	require.NoError(t, s.View(t.Context(), func(tx kernel.Tx) error {
		m, err := tx.CountAll()
		require.EqualValues(t, 1, m.Pacticipants)
		require.EqualValues(t, 1, m.Versions)
		require.Zero(t, m.Tags)
		return err
	}))
}
