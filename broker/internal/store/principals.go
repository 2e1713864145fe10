package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// IdentityChange implements kernel.Identities.
func (t *tx) IdentityChange() (number int64, err error) {
	return number, t.row(`SELECT number FROM identity_change`, nil, &number)
}

// identityChanged lets replicas give up what they keep of principals, roles and tokens.
// The number is drawn and not counted: after a failover that lost changes, or from a
// backup, a count would give a number again that stood for something else. The row is
// held until the end.
func (t *tx) identityChanged() error {
	_, err := t.exec(`UPDATE identity_change SET number = $1`, rand.Int64()) //nolint:gosec // it has to differ, not to be hidden
	return err
}

// selectPrincipal has the roles of a principal p in one column, those that a login gave
// with a + before them: a uuid has no spaces.
const selectPrincipal = `SELECT p.id, p.uuid, p.kind, p.name, p.active, p.created_at, p.updated_at,
	COALESCE((SELECT string_agg(CASE WHEN r.by_login THEN '+' ELSE '' END || r.role, ' ' ORDER BY r.role) FROM principal_role r WHERE r.principal_id = p.id), ''),
	COALESCE(e.email, ''), COALESCE(e.issuer, ''), COALESCE(e.subject, ''), e.last_login_at, e.last_seen_at, COALESCE(e.teams_missing, ''),
	(SELECT max(k.last_used_at) FROM token k WHERE k.principal_id = p.id) ` + fromPrincipal

const fromPrincipal = `FROM principal p LEFT JOIN person e ON e.principal_id = p.id `

func scanPrincipal(row engine.Row) (p kernel.Principal, err error) {
	var roles, missing string
	var used time.Time
	err = row.Scan(&p.ID, &p.UUID, &p.Kind, &p.Name, &p.Active, stamp{&p.CreatedAt}, stamp{&p.UpdatedAt}, &roles,
		&p.Email, &p.Issuer, &p.Subject, stamp{&p.LastLoginAt}, stamp{&p.LastSeenAt}, &missing, stamp{&used})
	if used.After(p.LastSeenAt) {
		p.LastSeenAt = used
	}
	for _, role := range strings.Fields(roles) {
		role, byLogin := strings.CutPrefix(role, "+")
		p.Roles = append(p.Roles, role)
		if byLogin {
			p.LoginRoles = append(p.LoginRoles, role)
		}
	}
	if missing != "" {
		p.TeamsMissing = strings.Split(missing, "\n")
	}
	return p, err
}

// FindPrincipal implements kernel.Identities.
func (t *tx) FindPrincipal(uuid string) (kernel.Principal, error) {
	return one(t, scanPrincipal, selectPrincipal+`WHERE p.uuid = $1`, uuid)
}

// ListPrincipals implements kernel.Identities.
func (t *tx) ListPrincipals(f kernel.PrincipalFilter) ([]kernel.Principal, int, error) {
	where, args := `WHERE TRUE`, []any{}
	add := func(condition string, arg any) {
		args = append(args, arg)
		where += fmt.Sprintf(" AND "+condition, len(args))
	}
	if f.Search != "" {
		add(`(p.name_fold LIKE $%[1]d ESCAPE '\' OR e.email LIKE $%[1]d ESCAPE '\')`, contains(f.Search))
	}
	if f.Kind != "" {
		add(`p.kind = $%d`, string(f.Kind))
	}
	if f.Role != "" {
		add(`p.id IN (SELECT principal_id FROM principal_role WHERE role = $%d)`, f.Role)
	}
	if f.Active {
		where += ` AND p.active`
	}
	return listPage(t, scanPrincipal, f.Page, selectPrincipal+where+` ORDER BY p.name_fold, p.name, p.id`, `SELECT count(*) `+fromPrincipal+where, args)
}

// CreatePrincipal implements kernel.Identities.
func (t *tx) CreatePrincipal(p kernel.Principal) (kernel.Principal, error) {
	if err := t.identityChanged(); err != nil {
		return p, err
	}
	id, err := t.insert(`INSERT INTO principal (uuid, kind, name, name_fold, active, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)`,
		p.UUID, string(p.Kind), p.Name, fold(p.Name), p.Active, t.at(p.CreatedAt))
	if err != nil {
		return p, err
	}
	p.ID, p.UpdatedAt = id, p.CreatedAt
	if err := t.savePerson(p); err != nil {
		return p, err
	}
	return p, t.giveRoles(p)
}

// SavePrincipal implements kernel.Identities.
func (t *tx) SavePrincipal(p kernel.Principal) error {
	if err := t.identityChanged(); err != nil {
		return err
	}
	if err := t.changed(kernel.RowPrincipal, `UPDATE principal SET name = $2, name_fold = $3, active = $4, updated_at = $5 WHERE id = $1`,
		p.ID, p.Name, fold(p.Name), p.Active, t.at(p.UpdatedAt)); err != nil {
		return err
	}
	if err := t.savePerson(p); err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM principal_role WHERE principal_id = $1`, p.ID); err != nil {
		return err
	}
	return t.giveRoles(p)
}

// savePerson writes what is known of a person alone.
func (t *tx) savePerson(p kernel.Principal) error {
	if p.Kind != kernel.KindUser {
		return nil
	}
	_, err := t.exec(`INSERT INTO person (principal_id, email, issuer, subject, teams_missing) VALUES ($1, $2, $3, $4, '')
		ON CONFLICT (principal_id) DO UPDATE SET email = excluded.email, issuer = excluded.issuer, subject = excluded.subject`,
		p.ID, orNull(p.Email), orNull(p.Issuer), orNull(p.Subject))
	return translate(err) // whoever meets somebody else here looks for them
}

func (t *tx) giveRoles(p kernel.Principal) error {
	for _, role := range slices.Compact(slices.Sorted(slices.Values(p.Roles))) {
		if _, err := t.exec(`INSERT INTO principal_role (principal_id, role, by_login) VALUES ($1, $2, $3)`, p.ID, role, slices.Contains(p.LoginRoles, role)); err != nil {
			return err
		}
	}
	return nil
}

// DeletePrincipal implements kernel.Identities.
func (t *tx) DeletePrincipal(id int64) error {
	if err := t.identityChanged(); err != nil {
		return err
	}
	return t.changed(kernel.RowPrincipal, `DELETE FROM principal WHERE id = $1`, id)
}

const selectRole = `SELECT id, uuid, name, description, permissions, created_at FROM role `

func scanRole(row engine.Row) (r kernel.AccessRole, err error) {
	var permissions string
	err = row.Scan(&r.ID, &r.UUID, &r.Name, &r.Description, &permissions, stamp{&r.CreatedAt})
	r.Permissions = strings.Fields(permissions)
	return r, err
}

// ListRoles implements kernel.Identities.
func (t *tx) ListRoles() ([]kernel.AccessRole, error) {
	return all(t, scanRole, selectRole+`ORDER BY name`)
}

// CreateRole implements kernel.Identities.
func (t *tx) CreateRole(r kernel.AccessRole) (kernel.AccessRole, error) {
	if err := t.identityChanged(); err != nil {
		return r, err
	}
	id, err := t.insert(`INSERT INTO role (uuid, name, description, permissions, created_at) VALUES ($1, $2, $3, $4, $5)`,
		r.UUID, r.Name, r.Description, strings.Join(r.Permissions, " "), t.at(r.CreatedAt))
	r.ID = id
	return r, err
}

// SaveRole implements kernel.Identities.
func (t *tx) SaveRole(r kernel.AccessRole) error {
	if err := t.identityChanged(); err != nil {
		return err
	}
	return t.changed(kernel.RowRole, `UPDATE role SET name = $2, description = $3, permissions = $4 WHERE id = $1`,
		r.ID, r.Name, r.Description, strings.Join(r.Permissions, " "))
}

// DeleteRole implements kernel.Identities.
func (t *tx) DeleteRole(id int64) error {
	if err := t.identityChanged(); err != nil {
		return err
	}
	return t.changed(kernel.RowRole, `DELETE FROM role WHERE id = $1`, id)
}
