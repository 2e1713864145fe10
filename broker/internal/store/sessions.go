package store

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

func scanSession(row engine.Row) (s kernel.Session, err error) {
	return s, row.Scan(&s.ID, &s.PrincipalID, &s.Hash, stamp{&s.CreatedAt}, stamp{&s.ExpiresAt})
}

// FindPerson implements kernel.Identities.
func (t *tx) FindPerson(issuer, subject string) (kernel.Principal, error) {
	return one(t, scanPrincipal, selectPrincipal+`WHERE e.issuer = $1 AND e.subject = $2`, issuer, subject)
}

// FindByEmail implements kernel.Identities.
func (t *tx) FindByEmail(email string) (kernel.Principal, error) {
	return one(t, scanPrincipal, selectPrincipal+`WHERE e.email = $1`, email)
}

// CreateSession implements kernel.Identities. Nobody keeps that a value is no session, so
// that a new one is no change of who may do what.
func (t *tx) CreateSession(s kernel.Session) (kernel.Session, error) {
	id, err := t.insert(`INSERT INTO session (hash, principal_id, created_at, expires_at) VALUES ($1, $2, $3, $4)`,
		s.Hash, s.PrincipalID, t.at(s.CreatedAt), t.at(s.ExpiresAt))
	s.ID = id
	return s, err
}

// EndSession implements kernel.Identities.
func (t *tx) EndSession(hash string) (bool, error) {
	if err := t.identityChanged(); err != nil {
		return false, err
	}
	n, err := t.exec(`DELETE FROM session WHERE hash = $1`, hash)
	return n > 0, err
}

// EndSessionsOf implements kernel.Identities.
func (t *tx) EndSessionsOf(principalID int64) error {
	if err := t.identityChanged(); err != nil {
		return err
	}
	_, err := t.exec(`DELETE FROM session WHERE principal_id = $1`, principalID)
	return err
}

// NoteLogin implements kernel.Identities.
func (t *tx) NoteLogin(p kernel.Principal) error {
	_, err := t.exec(`UPDATE person SET last_login_at = $2, last_seen_at = $2, teams_missing = $3 WHERE principal_id = $1`,
		p.ID, t.at(p.LastLoginAt), strings.Join(p.TeamsMissing, "\n"))
	return err
}

// NoteSeen implements kernel.Identities. As NoteUse, it is no change of who may do what.
func (t *tx) NoteSeen(used map[int64]time.Time) error {
	for _, id := range slices.Sorted(maps.Keys(used)) {
		at := t.at(used[id])
		if _, err := t.exec(`UPDATE person SET last_seen_at = $2 WHERE principal_id = (SELECT principal_id FROM session WHERE id = $1) AND (last_seen_at IS NULL OR last_seen_at < $2)`, id, at); err != nil {
			return err
		}
		if _, err := t.exec(`UPDATE session SET last_seen_at = $2 WHERE id = $1 AND (last_seen_at IS NULL OR last_seen_at < $2)`, id, at); err != nil {
			return err
		}
	}
	return nil
}

// UseLogin implements kernel.Identities.
func (t *tx) UseLogin(hash string, until time.Time) (bool, error) {
	n, err := t.exec(`INSERT INTO login_used (hash, expires_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING`, hash, t.at(until))
	return n > 0, err
}

// AnyExpired implements kernel.Identities.
func (t *tx) AnyExpired(now time.Time) (found bool, err error) {
	return found, t.row(`SELECT EXISTS (SELECT 1 FROM session WHERE expires_at <= $1) OR EXISTS (SELECT 1 FROM login_used WHERE expires_at <= $1)
		OR EXISTS (SELECT 1 FROM device_login WHERE expires_at <= $1) OR EXISTS (SELECT 1 FROM token WHERE by_login AND expires_at <= $2)`, []any{t.at(now), t.at(now.Add(-kernel.LoginTokenKept))}, &found)
}

// DeleteExpired implements kernel.Identities. What has expired counts no more, whoever
// keeps it, so that it is no change of who may do what.
func (t *tx) DeleteExpired(now time.Time, limit int) (deleted int, err error) {
	for _, expired := range []struct {
		key, of string
		at      time.Time
	}{
		{"id", "session WHERE expires_at <= $1", now},
		{"hash", "login_used WHERE expires_at <= $1", now},
		{"id", "device_login WHERE expires_at <= $1", now},
		{"id", "token WHERE by_login AND expires_at <= $1", now.Add(-kernel.LoginTokenKept)},
	} {
		table, _, _ := strings.Cut(expired.of, " ")
		n, err := t.exec(`DELETE FROM `+table+` WHERE `+expired.key+` IN (SELECT `+expired.key+` FROM `+expired.of+` ORDER BY `+expired.key+` LIMIT $2)`, t.at(expired.at), limit)
		if err != nil {
			return 0, err
		}
		deleted += int(n)
	}
	return deleted, nil
}

// SetLoginTeams implements kernel.Identities.
func (t *tx) SetLoginTeams(principalID int64, teams []int64) error {
	if err := t.identityChanged(); err != nil {
		return err
	}
	teams = append([]int64{}, teams...) // no list at all is in no list, which is neither true nor false
	if _, err := t.exec(`DELETE FROM team_member WHERE principal_id = $1 AND by_login AND NOT (team_id `+t.in(2)+`)`, principalID, t.ids(teams)); err != nil {
		return err
	}
	for _, id := range byID(teams, func(id int64) int64 { return id }) {
		if _, err := t.exec(`INSERT INTO team_member (team_id, principal_id, administers, by_login) VALUES ($1, $2, FALSE, TRUE) ON CONFLICT (team_id, principal_id) DO NOTHING`, id, principalID); err != nil {
			return err
		}
	}
	return nil
}
