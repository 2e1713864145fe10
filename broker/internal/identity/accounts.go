package identity

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Account is a system account or a person, with roles and teams.
type Account struct {
	kernel.Principal
	Roles []access.Role
	Teams []kernel.Team
}

// Permissions are what all its roles give.
func (a Account) Permissions() []access.Permission {
	var out []access.Permission
	for _, r := range a.Roles {
		for _, p := range r.Permissions {
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// AccountInput is what a request says about an account. Of a change, nil leaves what
// there is.
type AccountInput struct {
	// UUID is that of the account to make; empty draws one.
	UUID   string
	Name   *string
	Active *bool
	// Roles are UUIDs.
	Roles *[]string
	// Seen is the state that somebody looked at before they changed it, by its
	// UpdatedAt: a change is CodeConflict if there is another one by now. Zero asks not.
	Seen time.Time
}

// The tokens that every account has from the start, without a value until one is made.
// Clients look for them by these names.
const (
	ReadToken  = "Read only token (developer)"
	WriteToken = "Read/write token (CI)"
)

// CreateAccount makes an account, by default one that is active and has the role CI/CD.
func (s *Service) CreateAccount(ctx context.Context, by access.Who, in AccountInput) (out Account, err error) {
	p := kernel.Principal{UUID: cmp.Or(in.UUID, s.NewID()), Kind: kernel.KindAccount, Active: true, CreatedAt: s.Moment()}
	if in.Roles == nil {
		in.Roles = &[]string{access.PipelineUUID}
	}
	fields := kernel.Fields{}
	if in.Name == nil {
		in.Name = new(string)
	}
	checkName(fields, "name", *in.Name)
	kernel.CheckDrawn(fields, in.UUID)
	if err := fields.Err(); err != nil {
		return out, err
	}
	in.onto(&p)
	was := func(tx kernel.Tx) (same bool, err error) {
		out, err = findAccount(tx, p.UUID)
		return out.Kind == p.Kind && out.Name == p.Name && out.Active == p.Active && slices.Equal(slices.Sorted(slices.Values(out.Principal.Roles)), p.Roles), err
	}
	err = s.MakeOnce(ctx, in.UUID, was, func(tx kernel.Tx) error {
		p := p
		given, err := heldRoles(tx, *in.Roles)
		if err != nil {
			return err
		}
		if err := mayGiveRoles(tx, by, Account{}, given); err != nil {
			return err
		}
		if p, err = s.createPrincipal(tx, p); err != nil {
			return err
		}
		out = Account{Principal: p, Roles: given}
		return nil
	})
	return out, err
}

func (in AccountInput) onto(p *kernel.Principal) {
	if in.Name != nil {
		p.Name = *in.Name
	}
	if in.Active != nil {
		p.Active = *in.Active
	}
	if in.Roles != nil {
		p.Roles = slices.Compact(slices.Sorted(slices.Values(*in.Roles)))
		p.LoginRoles = nil // what somebody names by hand, no login takes away
	}
}

// heldRoles finds roles that an account is to have and holds them, so that none is
// deleted meanwhile.
func heldRoles(tx kernel.Tx, uuids []string) ([]access.Role, error) {
	stored, err := tx.ListRoles()
	if err != nil {
		return nil, err
	}
	stored = slices.DeleteFunc(stored, func(r kernel.AccessRole) bool { return !slices.Contains(uuids, r.UUID) })
	if err := tx.Lock(kernel.ToChange, kernel.RowsOf(stored)...); err != nil {
		return nil, err
	}
	return rolesNamed(tx, "roles", uuids)
}

// mayGiveRoles refuses to give an account roles, other than those that it has, with more
// than whoever gives them has.
func mayGiveRoles(tx kernel.Tx, by access.Who, to Account, wanted []access.Role) error {
	for _, r := range wanted {
		if slices.Contains(to.Principal.Roles, r.UUID) {
			continue
		}
		if err := mayGive(tx, by, "the role "+r.Name, r.Permissions, receiver(to, kernel.Token{})); err != nil {
			return err
		}
	}
	return nil
}

// receiver is an account as one that is given something, which a token of it may use; a
// role gives the administration of no team, and is none.
func receiver(a Account, by kernel.Token) access.Receiver {
	return access.Receiver{UUID: a.UUID, Teams: teamsOf(kernel.Credential{Principal: a.Principal, Teams: a.Teams}, by)}
}

// mayGive refuses to give permissions to somebody that whoever gives them does not have.
func mayGive(tx kernel.Tx, by access.Who, what string, permissions []access.Permission, to access.Receiver) (err error) {
	if to.UUID != "" && to.UUID != by.UUID && slices.ContainsFunc(permissions, func(p access.Permission) bool { return p.Scope == access.Own && !by.May(p.Right) }) {
		if to.Made, err = tx.HasMade(to.UUID); err != nil {
			return err
		}
	}
	if lacks := by.LacksFor(permissions, to); len(lacks) > 0 {
		return kernel.Errorf(kernel.CodeForbidden, "Nobody gives more than they have: %s has %s, which %s does not.", what, strings.Join(lacks, ", "), by.Name)
	}
	return nil
}

// mayTakeFrom refuses to take from an administrator what they are, and what they come in
// by, to whoever may not do all that they may: who keeps accounts would otherwise be rid of
// everybody above them.
func mayTakeFrom(by access.Who, p kernel.Principal) error {
	if !administers(p) || len(by.Lacks(access.Operator().Permissions)) == 0 {
		return nil
	}
	return kernel.Errorf(kernel.CodeForbidden, "%s is an administrator: administrators alone switch them off, take roles or tokens from them, or delete them.", p.Name)
}

// FindAccount returns the account with the UUID.
func (s *Service) FindAccount(ctx context.Context, uuid string) (Account, error) {
	return view(ctx, s, func(tx kernel.Tx) (Account, error) { return findAccount(tx, uuid) })
}

func findAccount(tx kernel.Tx, uuid string) (Account, error) {
	p, err := tx.FindPrincipal(uuid)
	if kernel.IsNotFound(err) {
		return Account{}, kernel.Errorf(kernel.CodeNotFound, "There is no account with this uuid.")
	}
	if err != nil {
		return Account{}, err
	}
	out := Account{Principal: p}
	err = tx.Together(func() error {
		all, err := roles(tx)
		out.Roles = ofUUIDs(all, p.Roles)
		return err
	}, func() (err error) {
		out.Teams, _, err = tx.ListTeams(kernel.TeamFilter{Member: p.ID})
		return err
	})
	return out, err
}

// ofUUIDs are those of some roles.
func ofUUIDs(all []access.Role, uuids []string) []access.Role {
	return slices.DeleteFunc(slices.Clone(all), func(r access.Role) bool { return !slices.Contains(uuids, r.UUID) })
}

// ListAccounts returns a page of accounts by name.
func (s *Service) ListAccounts(ctx context.Context, f kernel.PrincipalFilter) (kernel.Paged[Account], error) {
	return view(ctx, s, func(tx kernel.Tx) (kernel.Paged[Account], error) {
		out := kernel.Paged[Account]{Page: f.Page}
		found, total, err := tx.ListPrincipals(f)
		if err != nil {
			return out, err
		}
		all, err := roles(tx)
		if err != nil {
			return out, err
		}
		teams, _, err := tx.ListTeams(kernel.TeamFilter{})
		for _, p := range found {
			out.Items = append(out.Items, Account{p, ofUUIDs(all, p.Roles), ofMember(teams, p.ID)})
		}
		out.Total = total
		return out, err
	})
}

// ofMember are those of some teams that a principal is in.
func ofMember(teams []kernel.Team, id int64) []kernel.Team {
	return slices.DeleteFunc(slices.Clone(teams), func(m kernel.Team) bool {
		return !slices.ContainsFunc(m.Members, func(p kernel.TeamMember) bool { return p.ID == id })
	})
}

// SetRole gives an account a role, or takes it away.
func (s *Service) SetRole(ctx context.Context, by access.Who, uuid, role string, has bool) error {
	at := s.Moment()
	return s.Store.Update(ctx, func(tx kernel.Tx) error {
		if _, err := findRole(tx, role); err != nil {
			return err
		}
		_, err := changeAccount(tx, by, uuid, []string{role}, func(p *kernel.Principal) {
			p.Roles = slices.DeleteFunc(p.Roles, func(r string) bool { return r == role })
			p.LoginRoles = slices.DeleteFunc(slices.Clone(p.LoginRoles), func(r string) bool { return r == role })
			if has {
				p.Roles = append(p.Roles, role)
			}
			p.UpdatedAt = later(at, p.UpdatedAt)
		})
		return err
	})
}

// later is a moment of a change after the one before: clocks differ, and each change has
// to be seen.
func later(at, before time.Time) time.Time {
	if at.After(before) {
		return at
	}
	return before.Add(time.Microsecond)
}

// ChangeAccount writes what is given. Roles that the account has already are nobody's
// to give.
func (s *Service) ChangeAccount(ctx context.Context, by access.Who, uuid string, in AccountInput) (out Account, err error) {
	fields := kernel.Fields{}
	if in.Name != nil {
		checkName(fields, "name", *in.Name)
	}
	if err := fields.Err(); err != nil {
		return out, err
	}
	at := s.Moment()
	err = s.Store.Update(ctx, func(tx kernel.Tx) (err error) {
		var wanted []string
		if in.Roles != nil {
			wanted = *in.Roles
		}
		var changed error
		out, err = changeAccount(tx, by, uuid, wanted, func(p *kernel.Principal) {
			if !in.Seen.IsZero() && !p.UpdatedAt.Equal(in.Seen) {
				changed = kernel.Errorf(kernel.CodeConflict, "Somebody else has changed this account since you opened it. Nothing of yours is stored: look at it as it is now, and change it again.")
			}
			in.onto(p)
			p.UpdatedAt = later(at, p.UpdatedAt)
		})
		if err == nil {
			err = changed
		}
		return err
	})
	return out, err
}

// changeAccount writes a change of an account, which may give it some of the roles
// that are named.
func changeAccount(tx kernel.Tx, by access.Who, uuid string, named []string, change func(*kernel.Principal)) (Account, error) {
	held, err := heldRoles(tx, named)
	if err != nil {
		return Account{}, err
	}
	found, err := lockedAccount(tx, kernel.ToChange, uuid)
	if err != nil {
		return found, err
	}
	p := found.Principal
	p.Roles = slices.Clone(p.Roles)
	change(&p)
	given := slices.DeleteFunc(held, func(r access.Role) bool { return !slices.Contains(p.Roles, r.UUID) })
	if err := mayGiveRoles(tx, by, found, given); err != nil {
		return found, err
	}
	if !administers(p) {
		if err := mayTakeFrom(by, found.Principal); err != nil {
			return found, err
		}
	}
	if err := administratorLeft(tx, found.Principal, p); err != nil {
		return found, err
	}
	if err := tx.SavePrincipal(p); err != nil {
		return found, err
	}
	if found.Active && !p.Active && p.Kind == kernel.KindUser { // who is switched on again logs in again
		if err := tx.EndSessionsOf(p.ID); err != nil {
			return found, err
		}
	}
	return findAccount(tx, uuid)
}

// DeleteAccount deletes an account with its tokens and its trust rules, as
// [Service.DeleteTrust] does.
func (s *Service) DeleteAccount(ctx context.Context, by access.Who, uuid string) error {
	return s.Store.Update(ctx, func(tx kernel.Tx) error {
		found, err := lockedAccount(tx, kernel.ToDelete, uuid)
		if err != nil {
			return err
		}
		if err := mayTakeFrom(by, found.Principal); err != nil {
			return err
		}
		if err := administratorLeft(tx, found.Principal, kernel.Principal{}); err != nil {
			return err
		}
		was, err := lockedRules(tx)
		if err != nil {
			return err
		}
		are := slices.DeleteFunc(slices.Clone(was), func(r kernel.TrustRule) bool { return r.PrincipalID == found.ID })
		if err := mayLetBy(tx, by, was, are); err != nil {
			return err
		}
		return tx.DeletePrincipal(found.ID)
	})
}

// lockedAccount finds an account and holds it, and with it all administrators: whether
// it is the last of them can be judged then.
func lockedAccount(tx kernel.Tx, how kernel.Hold, uuid string) (Account, error) {
	found, err := findAccount(tx, uuid)
	if err != nil {
		return found, err
	}
	rows := []kernel.Row{found.Row()}
	if administers(found.Principal) {
		all, err := administrators(tx)
		if err != nil {
			return found, err
		}
		rows = append(rows, kernel.RowsOf(all)...)
	}
	if err := tx.Lock(how, rows...); err != nil {
		return found, err
	}
	return findAccount(tx, uuid)
}

func administers(p kernel.Principal) bool {
	return p.Active && slices.Contains(p.Roles, access.AdministratorUUID)
}

func administrators(tx kernel.Tx) ([]kernel.Principal, error) {
	all, _, err := tx.ListPrincipals(kernel.PrincipalFilter{Role: access.AdministratorUUID, Active: true})
	return all, err
}

// administratorLeft refuses to take away the last administrator.
func administratorLeft(tx kernel.Tx, before, after kernel.Principal) error {
	if !administers(before) || administers(after) {
		return nil
	}
	all, err := administrators(tx)
	if err == nil && len(all) <= 1 {
		err = kernel.Errorf(kernel.CodeConflict, "%s is the last active administrator: give the role to another account first.", before.Name)
	}
	return err
}
