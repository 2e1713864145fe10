package identity

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Vouched is what a login service says of somebody who has logged in there. Whether it
// says so is verified already.
type Vouched struct {
	// Issuer and Subject are whom it knows them by: that is who they are, whatever their
	// address becomes.
	Issuer, Subject string
	// Email is in lower case, and empty where the service does not say that it is
	// theirs: what it has not verified, anybody could have typed in.
	Email string
	// Name is for people; it may be empty.
	Name string
	// Groups are those that the service has them in.
	Groups []string
	// Answer is what counts once: the hash of the state of the login. Until is when it
	// would count no more anyway.
	Answer string
	Until  time.Time
}

// LoginRules say what follows from a login.
type LoginRules struct {
	// Domains are those that addresses have to be of; none lets in all whom the login
	// service lets in.
	Domains []string
	// AdminGroups are groups whose members administer the broker.
	AdminGroups []string
	// TeamGroups are names of teams by group. A team that is not there is not made.
	TeamGroups map[string][]string
	// DefaultRole is the name or the UUID of the role that somebody new gets; empty for
	// none.
	DefaultRole string
	// Session is how long a session lasts.
	Session time.Duration
}

// LoggedIn is who has come in.
type LoggedIn struct {
	Account
	// Session is what their browser shows from now on, until Expires.
	Session string
	Expires time.Time
}

// LogIn lets somebody in whom the login service vouches for: who was never here is made,
// unless they were invited by the address, which then is theirs and nobody else's. What
// follows from their groups is given, and what followed from those that are gone is taken
// away; what somebody gave them by hand stays. Who may not come in is an error with
// [kernel.CodeForbidden]; the act of ctx then says who they are, where that is known.
func (s *Service) LogIn(ctx context.Context, in Vouched, rules LoginRules) (out LoggedIn, err error) {
	out.Session, out.Expires = newSecret(), s.Moment().Add(rules.Session)
	err = again(func() error {
		return s.Store.Update(ctx, func(tx kernel.Tx) error {
			fresh, err := tx.UseLogin(in.Answer, in.Until)
			if err == nil && !fresh {
				err = kernel.Errorf(kernel.CodeForbidden, "This answer of the login service was used before, and counts once. Log in again.")
			}
			if err != nil {
				return err
			}
			out.Account, err = s.logIn(ctx, tx, in, rules)
			if err != nil {
				return err
			}
			session := kernel.Session{PrincipalID: out.ID, Hash: hashOf(out.Session), CreatedAt: out.LastLoginAt, ExpiresAt: out.Expires}
			_, err = tx.CreateSession(session)
			return err
		})
	})
	return out, err
}

// logIn finds who has logged in, or makes them, and gives them what follows from their
// groups.
func (s *Service) logIn(ctx context.Context, tx kernel.Tx, in Vouched, rules LoginRules) (Account, error) {
	m, err := in.find(tx, rules)
	if err != nil {
		return Account{}, err
	}
	var given []access.Role
	if !m.known() {
		if given, err = rules.first(tx); err != nil {
			return Account{}, err
		}
	}
	// Whoever was found, and the teams that change, stay as they are from here on.
	if err := tx.Lock(kernel.ToChange, m.rows()...); err != nil {
		return Account{}, err
	}
	if m, err = in.find(tx, rules); err != nil {
		return Account{}, err
	}
	p := m.person
	if m.isAnother(in) {
		return Account{}, kernel.Errorf(kernel.CodeForbidden, "The address %s belongs to somebody whom the login service knows as another (claims iss and sub). If that was you, have who administers the broker delete them, and log in again.", in.Email)
	}
	if m.known() {
		nameActor(ctx, p)
		if !p.Active {
			return Account{}, kernel.Errorf(kernel.CodeForbidden, "%s is switched off on this broker. Ask who administers it.", p.Name)
		}
	}
	if err := in.check(rules); err != nil {
		return Account{}, err
	}
	if p, err = s.bind(tx, p, in, rules, given); err != nil {
		return Account{}, err
	}
	nameActor(ctx, p)
	if m.changesTeams {
		if err := tx.SetLoginTeams(p.ID, m.teamIDs()); err != nil {
			return Account{}, err
		}
	}
	if len(m.missing) > 0 {
		s.Log.WarnContext(ctx, "a login should put somebody into teams that are not there", slog.String("person", p.UUID), slog.Any("teams", m.missing))
	}
	p.TeamsMissing, p.LastLoginAt = m.missing, s.Moment()
	if err := tx.NoteLogin(p); err != nil {
		return Account{}, err
	}
	return findAccount(tx, p.UUID)
}

// match is whom a login is of here, and what it changes of teams.
type match struct {
	// person is zero for somebody new.
	person kernel.Principal
	// wanted are the teams of their groups, changed those that they come into or leave,
	// and missing the names of those that are not there.
	wanted, changed []kernel.Team
	missing         []string
	changesTeams    bool
}

func (m match) known() bool { return m.person.ID != 0 }

// rows are what has to be held.
func (m match) rows() []kernel.Row {
	rows := kernel.RowsOf(m.changed)
	if m.known() {
		rows = append(rows, m.person.Row())
	}
	return rows
}

func (m match) teamIDs() []int64 {
	ids := make([]int64, len(m.wanted))
	for i, team := range m.wanted {
		ids[i] = team.ID
	}
	return ids
}

// find finds whom the service knows by the same issuer and subject, or else who has the
// address.
func (in Vouched) find(tx kernel.Tx, rules LoginRules) (m match, err error) {
	m.person, err = tx.FindPerson(in.Issuer, in.Subject)
	if kernel.IsNotFound(err) && in.Email != "" {
		m.person, err = tx.FindByEmail(in.Email)
	}
	if err != nil && !kernel.IsNotFound(err) {
		return m, err
	}
	all, _, err := tx.ListTeams(kernel.TeamFilter{})
	if err != nil {
		return m, err
	}
	names := rules.teams(in.Groups)
	for _, name := range names {
		if !slices.ContainsFunc(all, func(team kernel.Team) bool { return team.Name == name }) {
			m.missing = append(m.missing, name)
		}
	}
	for _, team := range all {
		at := slices.IndexFunc(team.Members, func(member kernel.TeamMember) bool { return m.known() && member.ID == m.person.ID })
		wants := slices.Contains(names, team.Name)
		if wants {
			m.wanted = append(m.wanted, team)
		}
		if wants && at < 0 || !wants && at >= 0 && team.Members[at].ByLogin {
			m.changed = append(m.changed, team)
		}
	}
	m.changesTeams = len(m.changed) > 0
	return m, nil
}

// isAnother reports whether the address is that of somebody whom the service knows as
// another: an address that was given to somebody else brings them nothing.
func (m match) isAnother(in Vouched) bool {
	return m.known() && m.person.Subject != "" && (m.person.Issuer != in.Issuer || m.person.Subject != in.Subject)
}

// first are the roles of somebody new, held so that they are not deleted meanwhile.
func (rules LoginRules) first(tx kernel.Tx) ([]access.Role, error) {
	if rules.DefaultRole == "" {
		return nil, nil
	}
	all, err := roles(tx)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(all, func(r access.Role) bool {
		return r.UUID == rules.DefaultRole || strings.EqualFold(r.Name, rules.DefaultRole)
	})
	if at < 0 {
		return nil, kernel.Errorf(kernel.CodeForbidden, "New people are to get the role %q here, and there is none of that name. Have who administers the broker make it, or name another one (--oidc-default-role).", rules.DefaultRole)
	}
	return heldRoles(tx, []string{all[at].UUID})
}

// check refuses whose address is of no domain that is let in.
func (in Vouched) check(rules LoginRules) error {
	if len(rules.Domains) == 0 {
		return nil
	}
	_, domain, _ := strings.Cut(in.Email, "@")
	switch {
	case in.Email == "":
		return kernel.Errorf(kernel.CodeForbidden, "This broker lets in people with addresses of %s, and the login service does not say that it has verified yours (claims email and email_verified). Ask who administers the broker.", strings.Join(rules.Domains, ", "))
	case !slices.Contains(rules.Domains, domain):
		return kernel.Errorf(kernel.CodeForbidden, "This broker lets in people with addresses of %s, and yours is %s. Log in with another one, or ask who administers the broker.", strings.Join(rules.Domains, ", "), in.Email)
	}
	return nil
}

// nameActor lets the record say who did an act that is known now.
func nameActor(ctx context.Context, p kernel.Principal) {
	if act := kernel.ActOf(ctx); act != nil {
		act.Principal, act.Name, act.Kind = p.UUID, p.Name, string(p.Kind)
	}
}

// bind makes who is new, and writes of who is known, and held, what is another by now:
// whom the service knows them by, which is bound once, their address, and the roles that
// follow from their groups.
func (s *Service) bind(tx kernel.Tx, p kernel.Principal, in Vouched, rules LoginRules, given []access.Role) (kernel.Principal, error) {
	if p.ID == 0 {
		p = kernel.Principal{UUID: s.NewID(), Kind: kernel.KindUser, Name: in.name(), Email: in.Email, Issuer: in.Issuer, Subject: in.Subject, Active: true, CreatedAt: s.Moment(), Roles: uuidsOf(given)}
		p.Roles, p.LoginRoles = rolesByLogin(p, rules.administers(in.Groups))
		return s.createPrincipal(tx, p)
	}
	before := p
	p.Issuer, p.Subject = in.Issuer, in.Subject
	p.Roles, p.LoginRoles = rolesByLogin(p, rules.administers(in.Groups))
	if in.Email != "" && in.Email != p.Email {
		_, err := tx.FindByEmail(in.Email)
		switch {
		case kernel.IsNotFound(err):
			p.Email = in.Email
		case err != nil:
			return p, err
		}
	}
	if before.Subject == p.Subject && before.Email == p.Email && slices.Equal(before.Roles, p.Roles) && slices.Equal(before.LoginRoles, p.LoginRoles) {
		return p, nil
	}
	p.UpdatedAt = s.Moment()
	return p, takenBy(tx.SavePrincipal(p))
}

// name is what somebody new is called.
func (in Vouched) name() string {
	fields := kernel.Fields{}
	name := strings.TrimSpace(in.Name)
	if checkName(fields, "name", name); fields.Err() == nil {
		return name
	}
	if before, _, _ := strings.Cut(in.Email, "@"); before != "" {
		return before
	}
	return "Person " + hashOf(in.Subject)[:8]
}

// rolesByLogin are the roles of a person, and those of them that a login gave. Whom it
// makes an administrator by a group who is one by hand stays one by hand.
func rolesByLogin(p kernel.Principal, administers bool) (all, byLogin []string) {
	byHand := slices.DeleteFunc(slices.Clone(p.Roles), func(r string) bool { return slices.Contains(p.LoginRoles, r) })
	all = byHand
	if administers && !slices.Contains(byHand, access.AdministratorUUID) {
		byLogin = []string{access.AdministratorUUID}
		all = append(slices.Clone(byHand), byLogin...)
	}
	slices.Sort(all)
	return all, byLogin
}

func (rules LoginRules) administers(groups []string) bool {
	return slices.ContainsFunc(groups, func(g string) bool { return slices.Contains(rules.AdminGroups, g) })
}

// teams are the names of the teams of some groups, sorted.
func (rules LoginRules) teams(groups []string) []string {
	var out []string
	for _, g := range groups {
		out = append(out, rules.TeamGroups[g]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
