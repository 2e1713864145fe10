package audit

import (
	"context"
	"encoding/json"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Around is a store in which the first transaction of an act that ends well has the
// event of it: either both are on disk or neither is. What has no act in its context is
// the broker's own work, and is not recorded.
func Around(store kernel.Store, now func() time.Time, newID func() string) kernel.Store {
	return &around{Store: store, now: now, newID: newID}
}

type around struct {
	kernel.Store
	now   func() time.Time
	newID func() string
}

// Update implements kernel.Store.
func (a *around) Update(ctx context.Context, fn func(kernel.Tx) error) error {
	act := kernel.ActOf(ctx)
	if act == nil || act.Recorded() {
		return a.Store.Update(ctx, fn)
	}
	err := a.Store.Update(ctx, func(tx kernel.Tx) error {
		noting := &noting{Tx: tx}
		if err := fn(noting); err != nil {
			return err
		}
		e := a.event(act, kernel.AuditAllowed)
		e.Changes = noting.text()
		return tx.AddAuditEvent(e)
	})
	if err == nil {
		act.MarkRecorded()
	}
	return err
}

// event is the record of an act.
func (a *around) event(act *kernel.Act, outcome kernel.AuditOutcome) kernel.AuditEvent {
	e := kernel.AuditEvent{
		UUID: a.newID(), At: a.now().UTC().Truncate(time.Microsecond), Principal: act.Principal, Name: act.Name, Kind: act.Kind, Token: act.Token, Rule: act.Rule,
		IP: act.IP, RequestID: act.RequestID, Action: act.Action, Resource: act.Resource, Outcome: outcome,
	}
	if len(act.Subject) > 0 {
		e.Subject, _ = json.Marshal(act.Subject) // texts can always be written
	}
	return e
}

// Denier records what was not allowed. A store that [Around] made is one.
type Denier interface {
	// Deny records that the act of a context was not allowed, in a transaction of its
	// own.
	Deny(ctx context.Context) error
}

// Deny implements Denier.
func (a *around) Deny(ctx context.Context) error {
	act := kernel.ActOf(ctx)
	if act == nil || act.Recorded() {
		return nil
	}
	err := a.Store.Update(ctx, func(tx kernel.Tx) error { return tx.AddAuditEvent(a.event(act, kernel.AuditDenied)) })
	if err == nil {
		act.MarkRecorded()
	}
	return err
}
