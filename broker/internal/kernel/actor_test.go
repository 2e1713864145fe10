package kernel_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// TestAnApplicationIsWhoseWhoWroteItFirst judges in the transaction that writes.
func TestAnApplicationIsWhoseWhoWroteItFirst(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t, store.Options{})
	at := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	write := func(a kernel.Actor, name string) (p kernel.Pacticipant, err error) {
		err = db.Update(t.Context(), func(tx kernel.Tx) (err error) {
			p, _, err = kernel.EnsureOwn(kernel.ActingFor(t.Context(), a), tx, name, at)
			return err
		})
		return p, err
	}
	ada, bob, all := kernel.Actor{Principal: "ada", OwnOnly: true}, kernel.Actor{Principal: "bob", OwnOnly: true}, kernel.Actor{Principal: "all"}
	p, err := write(ada, "Shop")
	require.NoError(t, err)
	require.Equal(t, "ada", p.CreatedBy)
	_, err = write(ada, "Shop")
	require.NoError(t, err)
	_, err = write(bob, "Shop")
	require.Equal(t, kernel.CodeForbidden, kernel.CodeOf(err))
	require.ErrorContains(t, err, "Shop")
	p, err = write(all, "Shop")
	require.NoError(t, err)
	require.Equal(t, "ada", p.CreatedBy, "whoever may write all takes nothing over")
	p, err = write(kernel.Actor{}, "Open")
	require.NoError(t, err)
	require.Empty(t, p.CreatedBy)

	// What is there by name alone is free until it has a version.
	p, err = write(bob, "Open")
	require.NoError(t, err)
	require.Equal(t, "bob", p.CreatedBy)
	old, err := write(kernel.Actor{}, "Old")
	require.NoError(t, err)
	require.NoError(t, db.Update(t.Context(), func(tx kernel.Tx) error {
		_, _, err := tx.EnsureVersion(kernel.Version{Pacticipant: old.Party(), Number: "1", CreatedAt: at, UpdatedAt: kernel.Touched(at)})
		return err
	}))
	_, err = write(bob, "Old")
	require.Equal(t, kernel.CodeForbidden, kernel.CodeOf(err))
}

func TestWhoWritesIsAskedWhatTheyMay(t *testing.T) {
	t.Parallel()
	no := kernel.Errorf(kernel.CodeForbidden, "no")
	ctx := kernel.ActingFor(t.Context(), kernel.Actor{
		MayWebhook: func(team string) error {
			if team == "ours" {
				return nil
			}
			return no
		},
		MayRecord: func(application string, at kernel.Environment) error {
			if application == "Shop" && at.Name == "test" {
				return nil
			}
			return no
		},
	})
	require.NoError(t, kernel.JudgeWebhook(ctx, "ours"))
	require.ErrorIs(t, kernel.JudgeWebhook(ctx, ""), no)
	require.NoError(t, kernel.JudgeRecord(ctx, "Shop", kernel.Environment{Name: "test"}))
	require.ErrorIs(t, kernel.JudgeRecord(ctx, "Shop", kernel.Environment{Name: "production"}), no)
	for _, free := range []context.Context{t.Context(), kernel.ActingFor(t.Context(), kernel.Actor{Principal: "all"})} {
		require.NoError(t, kernel.JudgeWebhook(free, ""))
		require.NoError(t, kernel.JudgeRecord(free, "Shop", kernel.Environment{}))
	}
}

// TestAnActIsNotedOnce also by what writes nothing.
func TestAnActIsNotedOnce(t *testing.T) {
	t.Parallel()
	updates := 0
	base := &kernel.Base{Store: counting{updates: &updates}}
	require.Nil(t, kernel.ActOf(t.Context()))
	require.NoError(t, base.Note(t.Context()))
	require.Zero(t, updates, "nobody keeps a record")
	act := &kernel.Act{Name: "Ada"}
	ctx := kernel.WithAct(t.Context(), act)
	require.Same(t, act, kernel.ActOf(ctx))
	require.False(t, act.Recorded())
	require.NoError(t, base.Note(ctx))
	require.Equal(t, 1, updates)
	act.MarkRecorded()
	require.NoError(t, base.Note(ctx))
	require.Equal(t, 1, updates)
}

type counting struct {
	kernel.Store
	updates *int
}

func (c counting) Update(context.Context, func(kernel.Tx) error) error {
	*c.updates++
	return nil
}

func TestRowsOfWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	require.Equal(t, []kernel.Row{{Kind: kernel.RowTeam, ID: 1}, {Kind: kernel.RowTeam, ID: 2}}, kernel.RowsOf([]kernel.Team{{ID: 1}, {ID: 2}}))
	require.Equal(t, []kernel.Row{
		{Kind: kernel.RowPrincipal, ID: 3}, {Kind: kernel.RowToken, ID: 4}, {Kind: kernel.RowRole, ID: 5}, {Kind: kernel.RowSecret, ID: 6},
	}, []kernel.Row{kernel.Principal{ID: 3}.Row(), kernel.Token{ID: 4}.Row(), kernel.AccessRole{ID: 5}.Row(), kernel.Secret{ID: 6}.Row()}, "each is locked in its own table")
}
