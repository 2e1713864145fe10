package identity

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// roles are all that there are, the predefined ones first.
func roles(tx kernel.Tx) ([]access.Role, error) {
	stored, err := tx.ListRoles()
	out := access.Predefined()
	for _, r := range stored {
		out = append(out, roleOf(r))
	}
	return out, err
}

func roleOf(r kernel.AccessRole) access.Role {
	return access.Role{UUID: r.UUID, Name: r.Name, Description: r.Description, Permissions: permissionsOf(r.Permissions)}
}

// permissionsOf reads stored permissions. One that this release does not know gives
// nothing.
func permissionsOf(texts []string) []access.Permission {
	var out []access.Permission
	for _, text := range texts {
		if p, err := access.Parse(text); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// ListRoles returns all roles, the predefined ones first.
func (s *Service) ListRoles(ctx context.Context) ([]access.Role, error) {
	return view(ctx, s, roles)
}

// FindRole returns the role with the UUID.
func (s *Service) FindRole(ctx context.Context, uuid string) (access.Role, error) {
	return view(ctx, s, func(tx kernel.Tx) (access.Role, error) { return findRole(tx, uuid) })
}

func findRole(tx kernel.Tx, uuid string) (access.Role, error) {
	all, err := roles(tx)
	if err != nil {
		return access.Role{}, err
	}
	if at := slices.IndexFunc(all, func(r access.Role) bool { return r.UUID == uuid }); at >= 0 {
		return all[at], nil
	}
	return access.Role{}, kernel.Errorf(kernel.CodeNotFound, "There is no role with this uuid.")
}

// RoleInput is what a request says about a role.
type RoleInput struct {
	// UUID is that of the role to make; empty draws one.
	UUID              string
	Name, Description string
	Permissions       []string
	// Seen is the state that somebody looked at before they changed the role, as
	// [StateOfRole] tells it: a change is CodeConflict if it is another by now. Empty asks
	// not.
	Seen string
}

// StateOfRole tells one state of a role from another.
func StateOfRole(r access.Role) string {
	return kernel.StateOf(append([]string{r.Name, r.Description}, slices.Sorted(slices.Values(access.Texts(r.Permissions)))...)...)
}

// check refuses what cannot be a role.
func (in RoleInput) check() error {
	fields := kernel.Fields{}
	checkName(fields, "name", in.Name)
	kernel.CheckLine(fields, "description", in.Description)
	if len(in.Description) > longestDescription {
		fields.Add("description", "must have at most %d bytes", longestDescription)
	}
	checkPermissions(fields, "permissions", in.Permissions)
	kernel.CheckDrawn(fields, in.UUID)
	for _, predefined := range access.Predefined() {
		if strings.EqualFold(predefined.Name, in.Name) {
			fields.Add("name", "is that of a predefined role")
		}
	}
	return fields.Err()
}

// mayHold refuses a role that would give those who have it, of whom some are named, more
// than whoever writes it has.
func (in RoleInput) mayHold(tx kernel.Tx, by access.Who, r kernel.AccessRole) error {
	const what = "this role"
	if err := mayGive(tx, by, what, permissionsOf(in.Permissions), access.Receiver{}); err != nil {
		return err
	}
	// What it has by now is nobody's to give; the rest, all that have it would get.
	more := slices.DeleteFunc(permissionsOf(in.Permissions), func(p access.Permission) bool {
		return slices.Contains(r.Permissions, p.String()) || by.May(p.Right)
	})
	if r.UUID == "" || len(more) == 0 {
		return nil
	}
	holders, _, err := tx.ListPrincipals(kernel.PrincipalFilter{Role: r.UUID})
	if err != nil {
		return err
	}
	teams, _, err := tx.ListTeams(kernel.TeamFilter{})
	if err != nil {
		return err
	}
	for _, p := range holders {
		if err := mayGive(tx, by, what, more, receiver(Account{Principal: p, Teams: ofMember(teams, p.ID)}, kernel.Token{})); err != nil {
			return err
		}
	}
	return nil
}

func checkPermissions(fields kernel.Fields, field string, texts []string) {
	if checkMany(fields, field, texts, mostPermissions) {
		return
	}
	for _, text := range texts {
		if _, err := access.Parse(text); err != nil {
			fields.Add(field, "has a mistake: %s", err)
		}
	}
}

// CreateRole makes a role.
func (s *Service) CreateRole(ctx context.Context, by access.Who, in RoleInput) (out access.Role, err error) {
	if err := in.check(); err != nil {
		return out, err
	}
	r := kernel.AccessRole{UUID: cmp.Or(in.UUID, s.NewID()), Name: in.Name, Description: in.Description, Permissions: each(in.Permissions), CreatedAt: s.Moment()}
	was := func(tx kernel.Tx) (same bool, err error) {
		out, err = findRole(tx, r.UUID)
		return StateOfRole(out) == StateOfRole(roleOf(r)), err
	}
	err = s.MakeOnce(ctx, in.UUID, was, func(tx kernel.Tx) error {
		if err := in.mayHold(tx, by, kernel.AccessRole{}); err != nil {
			return err
		}
		if err := roleNameIsFree(tx, in.Name, ""); err != nil {
			return err
		}
		stored, err := tx.CreateRole(r)
		out = roleOf(stored)
		return err
	})
	return out, kernel.OrNameTaken(err, aRole)
}

// What the name of something of a sort may be taken by.
const aRole, aTeam, aTrustRule = "a role", "a team", "a trust rule"

func roleNameIsFree(tx kernel.Tx, name, uuid string) error {
	all, err := roles(tx)
	for _, r := range all {
		if r.Name == name && r.UUID != uuid {
			return kernel.NameTaken(aRole)
		}
	}
	return err
}

// ReplaceRole writes a role anew.
func (s *Service) ReplaceRole(ctx context.Context, by access.Who, uuid string, in RoleInput) (out access.Role, err error) {
	if err := in.check(); err != nil {
		return out, err
	}
	err = s.Store.Update(ctx, func(tx kernel.Tx) error {
		r, err := lockedRole(tx, kernel.ToChange, uuid)
		if err != nil {
			return err
		}
		if in.Seen != "" && in.Seen != StateOfRole(roleOf(r)) {
			return kernel.Errorf(kernel.CodeConflict, "Somebody else has changed this role since you opened it. Nothing of yours is stored: look at it as it is now, and change it again.")
		}
		if err := in.mayHold(tx, by, r); err != nil {
			return err
		}
		if err := roleNameIsFree(tx, in.Name, uuid); err != nil {
			return err
		}
		r.Name, r.Description, r.Permissions = in.Name, in.Description, each(in.Permissions)
		out = roleOf(r)
		return tx.SaveRole(r)
	})
	return out, kernel.OrNameTaken(err, aRole)
}

// DeleteRole deletes a role that nobody has.
func (s *Service) DeleteRole(ctx context.Context, uuid string) error {
	return s.Store.Update(ctx, func(tx kernel.Tx) error {
		r, err := lockedRole(tx, kernel.ToDelete, uuid)
		if err != nil {
			return err
		}
		holders, n, err := tx.ListPrincipals(kernel.PrincipalFilter{Role: uuid, Page: kernel.Page{Number: 1, Size: 1}})
		if err != nil {
			return err
		}
		if n > 0 {
			if n == 1 {
				return kernel.Errorf(kernel.CodeConflict, "The role %s is not deleted: the account %s has it. Take it from that first.", r.Name, holders[0].Name)
			}
			return kernel.Errorf(kernel.CodeConflict, "The role %s is not deleted: %d accounts have it, %s among them. Take it from them first.", r.Name, n, holders[0].Name)
		}
		return tx.DeleteRole(r.ID)
	})
}

// lockedRole finds a stored role that is to be changed, and holds it.
func lockedRole(tx kernel.Tx, how kernel.Hold, uuid string) (kernel.AccessRole, error) {
	for _, predefined := range access.Predefined() {
		if predefined.UUID == uuid {
			return kernel.AccessRole{}, kernel.Errorf(kernel.CodeConflict, "The role %s comes with the broker: it is neither changed nor deleted. Make one of your own.", predefined.Name)
		}
	}
	return kernel.Locked(tx, how, func() (kernel.AccessRole, error) {
		all, err := tx.ListRoles()
		at := slices.IndexFunc(all, func(r kernel.AccessRole) bool { return r.UUID == uuid })
		if err == nil && at < 0 {
			err = kernel.Errorf(kernel.CodeNotFound, "There is no role with this uuid.")
		}
		if err != nil {
			return kernel.AccessRole{}, err
		}
		return all[at], nil
	})
}

// RoleNamed returns the role that a person names by its name, in any case, or its UUID.
func (s *Service) RoleNamed(ctx context.Context, name string) (access.Role, error) {
	all, err := s.ListRoles(ctx)
	if err != nil {
		return access.Role{}, err
	}
	var names []string
	for _, r := range all {
		if r.UUID == name || strings.EqualFold(r.Name, name) {
			return r, nil
		}
		names = append(names, r.Name)
	}
	return access.Role{}, kernel.Errorf(kernel.CodeInvalid, "There is no role %q; there are %s.", name, strings.Join(names, ", "))
}
