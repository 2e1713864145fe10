package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

const selectEvent = `SELECT id, uuid, at, principal, name, kind, token, rule, ip, request_id, action, resource, subject, changes, outcome, COALESCE(seq, 0), COALESCE(hash, '') FROM audit_event `

func scanEvent(row engine.Row) (e kernel.AuditEvent, err error) {
	var subject, changes string
	err = row.Scan(&e.ID, &e.UUID, stamp{&e.At}, &e.Principal, &e.Name, &e.Kind, &e.Token, &e.Rule, &e.IP, &e.RequestID,
		&e.Action, &e.Resource, &subject, &changes, &e.Outcome, &e.Seq, &e.Hash)
	e.Subject, e.Changes = jsonOf(subject), jsonOf(changes)
	return e, err
}

func jsonOf(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return json.RawMessage(text)
}

// AddAuditEvent implements kernel.Audits. Nobody waits for it: it goes with the COMMIT,
// which fails if it does.
func (t *tx) AddAuditEvent(e kernel.AuditEvent) error {
	return t.later(`INSERT INTO audit_event (uuid, at, principal, name, kind, token, rule, ip, request_id, action, resource, subject, changes, outcome)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		e.UUID, t.at(e.At), e.Principal, e.Name, e.Kind, e.Token, e.Rule, e.IP, e.RequestID, e.Action, e.Resource, string(e.Subject), string(e.Changes), string(e.Outcome))
}

const selectChain = `SELECT is_on, seq, hash, cut_seq, cut_hash FROM audit_chain WHERE id = 1`

func scanChain(row engine.Row) (c kernel.AuditChain, err error) {
	return c, row.Scan(&c.On, &c.Seq, &c.Hash, &c.CutSeq, &c.CutHash)
}

// AuditChain implements kernel.Audits.
func (t *tx) AuditChain() (kernel.AuditChain, error) { return one(t, scanChain, selectChain) }

// LockAuditChain implements kernel.Audits.
func (t *tx) LockAuditChain() (kernel.AuditChain, error) {
	if t.postgres() {
		if err := t.lockLater(`SELECT id FROM audit_chain WHERE id = 1 FOR UPDATE`, nil, nil); err != nil {
			return kernel.AuditChain{}, err
		}
	}
	return t.AuditChain()
}

// SaveAuditChain implements kernel.Audits.
func (t *tx) SaveAuditChain(c kernel.AuditChain) error {
	_, err := t.exec(`UPDATE audit_chain SET is_on = $1, seq = $2, hash = $3, cut_seq = $4, cut_hash = $5 WHERE id = 1`, c.On, c.Seq, c.Hash, c.CutSeq, c.CutHash)
	return err
}

// UnsealedEvents implements kernel.Audits.
func (t *tx) UnsealedEvents(limit int) ([]kernel.AuditEvent, error) {
	return all(t, scanEvent, selectEvent+fmt.Sprintf(`WHERE seq IS NULL ORDER BY id LIMIT %d`, limit))
}

// CountUnsealed implements kernel.Audits.
func (t *tx) CountUnsealed() (n int, oldest time.Time, err error) {
	return n, oldest, t.row(`SELECT count(*), min(at) FROM audit_event WHERE seq IS NULL`, nil, &n, stamp{&oldest})
}

// SealEvents implements kernel.Audits.
func (t *tx) SealEvents(events []kernel.AuditEvent) error {
	for _, e := range events {
		if err := t.later(`UPDATE audit_event SET seq = $2, hash = $3 WHERE id = $1 AND seq IS NULL`, e.ID, e.Seq, e.Hash); err != nil {
			return err
		}
	}
	return nil
}

// SealedEvents implements kernel.Audits.
func (t *tx) SealedEvents(after int64, limit int) ([]kernel.AuditEvent, error) {
	return all(t, scanEvent, selectEvent+fmt.Sprintf(`WHERE seq > $1 ORDER BY seq, id LIMIT %d`, limit), after)
}

// FindAuditEvent implements kernel.Audits.
func (t *tx) FindAuditEvent(uuid string) (kernel.AuditEvent, error) {
	return one(t, scanEvent, selectEvent+`WHERE uuid = $1`, uuid)
}

// ListAuditEvents implements kernel.Audits.
func (t *tx) ListAuditEvents(f kernel.AuditFilter) ([]kernel.AuditEvent, error) {
	where, args := []string{"TRUE"}, []any{}
	add := func(condition string, arg any) {
		args = append(args, arg)
		where = append(where, fmt.Sprintf(condition, len(args)))
	}
	if !f.Since.IsZero() {
		add(`at >= $%d`, t.at(f.Since))
	}
	if f.Principal != "" {
		add(`principal = $%d`, f.Principal)
	}
	if f.Action != "" {
		add(`action = $%d`, f.Action)
	}
	if f.Outcome != "" {
		add(`outcome = $%d`, string(f.Outcome))
	}
	order := `ORDER BY seq DESC NULLS FIRST, id DESC`
	if f.Ascending {
		order = `ORDER BY seq NULLS LAST, id`
	}
	if from := f.From; from != nil {
		switch {
		case from.Seq > 0 && f.Ascending:
			add(`(seq > $%d OR seq IS NULL)`, from.Seq)
		case from.Seq > 0:
			add(`seq < $%d`, from.Seq)
		case f.Ascending:
			add(`seq IS NULL AND id > $%d`, from.ID)
		default:
			add(`(seq IS NOT NULL OR id < $%d)`, from.ID)
		}
	}
	return all(t, scanEvent, selectEvent+`WHERE `+strings.Join(where, " AND ")+" "+order+fmt.Sprintf(` LIMIT %d OFFSET %d`, f.Limit, f.Offset), args...)
}

// CutAuditEvents implements kernel.Audits.
func (t *tx) CutAuditEvents(upTo int64, limit int) (kernel.AuditEvent, error) {
	found, err := all(t, scanEvent, selectEvent+fmt.Sprintf(`WHERE seq <= $1 ORDER BY seq, id LIMIT %d`, limit), upTo)
	if err != nil || len(found) == 0 {
		return kernel.AuditEvent{}, err
	}
	last := found[len(found)-1]
	_, err = t.exec(`DELETE FROM audit_event WHERE seq <= $1`, last.Seq)
	return last, err
}

// FirstSealedSince implements kernel.Audits.
func (t *tx) FirstSealedSince(moment time.Time) (seq int64, err error) {
	seq, err = one(t, scanID, `SELECT seq FROM audit_event WHERE seq IS NOT NULL AND at >= $1 ORDER BY seq LIMIT 1`, t.at(moment))
	return seq, kernel.IgnoreNotFound(err)
}
