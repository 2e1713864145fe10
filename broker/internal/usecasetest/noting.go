package usecasetest

import (
	"context"
	"slices"
	"testing"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Noting is a store that notes in which order a use case locks and looks. SQLite
// lets one request write at a time and PostgreSQL shows a missing lock by chance:
// the order can be held to on both.
type Noting struct {
	kernel.Store
	calls []string
}

// Update implements kernel.Store.
func (n *Noting) Update(ctx context.Context, fn func(kernel.Tx) error) error {
	return n.Store.Update(ctx, func(tx kernel.Tx) error { return fn(notingTx{tx, n}) })
}

// Before fails the test unless both were called, and the first call of one came
// before the first of the other.
func (n *Noting) Before(t *testing.T, one, other, why string) {
	t.Helper()
	at, then := slices.Index(n.calls, one), slices.Index(n.calls, other)
	if at < 0 || then < 0 || at > then {
		t.Errorf("%s: %s has to come before %s, and these came: %v", why, one, other, n.calls)
	}
}

// Forget begins anew.
func (n *Noting) Forget() { n.calls = nil }

type notingTx struct {
	kernel.Tx
	noting *Noting
}

func (t notingTx) note(call string) { t.noting.calls = append(t.noting.calls, call) }

func (t notingTx) Lock(how kernel.Hold, rows ...kernel.Row) error {
	for _, row := range rows {
		t.note("Lock " + string(row.Kind))
	}
	return t.Tx.Lock(how, rows...)
}

func (t notingTx) FindPublication(versionID, providerID int64) (kernel.PactPublication, error) {
	t.note("FindPublication")
	return t.Tx.FindPublication(versionID, providerID)
}

func (t notingTx) FindNamedPublication(q kernel.PactQuery) (kernel.PactPublication, error) {
	t.note("FindPublication")
	return t.Tx.FindNamedPublication(q)
}

func (t notingTx) EnsureVersion(v kernel.Version) (kernel.Version, bool, error) {
	t.note("EnsureVersion")
	return t.Tx.EnsureVersion(v)
}

func (t notingTx) FindPacticipantByID(id int64) (kernel.Pacticipant, error) {
	t.note("FindPacticipantByID")
	return t.Tx.FindPacticipantByID(id)
}
