package identity

import (
	"cmp"
	"context"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// TeamInput is what a request says about a team. Of a change, nil leaves what there is.
type TeamInput struct {
	// UUID is that of the team to make; empty draws one.
	UUID string
	Name *string
	// Applications are names, Environments and Administrators UUIDs. Who administers a
	// team is a member of it.
	Applications, Environments, Administrators *[]string
	// Seen is the state that somebody looked at before they changed the team, as
	// [StateOfTeam] tells it: a change is CodeConflict if it is another by now. Empty asks
	// not.
	Seen string
}

// StateOfTeam tells one state of a team from another: its name, and what belongs to it.
// Who is in it changes by other ways.
func StateOfTeam(m kernel.Team) string {
	var parts []string
	for _, p := range m.Applications {
		parts = append(parts, "application "+p.Name)
	}
	for _, e := range m.Environments {
		parts = append(parts, "environment "+e.UUID)
	}
	slices.Sort(parts)
	return kernel.StateOf(append([]string{m.Name}, parts...)...)
}

// ListTeams returns a page of teams by name.
func (s *Service) ListTeams(ctx context.Context, f kernel.TeamFilter) (kernel.Paged[kernel.Team], error) {
	return view(ctx, s, func(tx kernel.Tx) (kernel.Paged[kernel.Team], error) {
		found, total, err := tx.ListTeams(f)
		return kernel.Paged[kernel.Team]{Items: found, Total: total, Page: f.Page}, err
	})
}

// FindTeam returns the team with the UUID.
func (s *Service) FindTeam(ctx context.Context, uuid string) (kernel.Team, error) {
	return view(ctx, s, func(tx kernel.Tx) (kernel.Team, error) { return findTeam(tx, uuid) })
}

func findTeam(tx kernel.Tx, uuid string) (kernel.Team, error) {
	found, err := tx.FindTeam(uuid)
	if kernel.IsNotFound(err) {
		err = kernel.Errorf(kernel.CodeNotFound, "There is no team with this uuid.")
	}
	return found, err
}

// CreateTeam makes a team.
func (s *Service) CreateTeam(ctx context.Context, by access.Who, in TeamInput) (out kernel.Team, err error) {
	if in.Name == nil {
		in.Name = new(string)
	}
	if err := in.check(); err != nil {
		return out, err
	}
	m := kernel.Team{UUID: cmp.Or(in.UUID, s.NewID()), Name: *in.Name, CreatedAt: s.Moment()}
	was := func(tx kernel.Tx) (same bool, err error) {
		if out, err = findTeam(tx, m.UUID); err != nil {
			return false, err
		}
		wanted, err := in.find(tx)
		asked := m
		wanted.onto(&asked)
		return StateOfTeam(asked) == StateOfTeam(out), err
	}
	err = s.MakeOnce(ctx, in.UUID, was, func(tx kernel.Tx) (err error) {
		wanted, err := in.find(tx)
		if err != nil {
			return err
		}
		if err := tx.Lock(kernel.ToChange, wanted.rows()...); err != nil {
			return err
		}
		if out, err = tx.CreateTeam(m); err != nil {
			return err
		}
		if err := wanted.mayJoin(by, out); err != nil {
			return err
		}
		wanted.onto(&out)
		if err := tx.SaveTeam(out); err != nil {
			return err
		}
		out, err = findTeam(tx, out.UUID)
		return err
	})
	return out, kernel.OrNameTaken(err, aTeam)
}

// ChangeTeam writes what is given.
func (s *Service) ChangeTeam(ctx context.Context, by access.Who, uuid string, in TeamInput) (out kernel.Team, err error) {
	if err := in.check(); err != nil {
		return out, err
	}
	err = s.Store.Update(ctx, func(tx kernel.Tx) error {
		wanted, err := in.find(tx)
		if err != nil {
			return err
		}
		m, err := findTeam(tx, uuid)
		if err != nil {
			return err
		}
		if err := tx.Lock(kernel.ToChange, append(wanted.rows(), m.Row())...); err != nil {
			return err
		}
		if m, err = findTeam(tx, uuid); err != nil {
			return err
		}
		if in.Seen != "" && in.Seen != StateOfTeam(m) {
			return kernel.Errorf(kernel.CodeConflict, "Somebody else has changed this team since you opened it. Nothing of yours is stored: look at it as it is now, and change it again.")
		}
		if err := wanted.mayJoin(by, m); err != nil {
			return err
		}
		if in.Name != nil {
			m.Name = *in.Name
		}
		wanted.onto(&m)
		if err := tx.SaveTeam(m); err != nil {
			return err
		}
		out, err = findTeam(tx, uuid)
		return err
	})
	return out, kernel.OrNameTaken(err, aTeam)
}

// DeleteTeam deletes a team. Its applications and environments stay, without it; its
// webhooks stay, and belong to no team. One that names secrets would then be sent those
// that belong to no team, which whoever wrote it may not have: such a team is
// [kernel.CodeConflict], as one that has secrets.
func (s *Service) DeleteTeam(ctx context.Context, uuid string) error {
	return s.Store.Update(ctx, func(tx kernel.Tx) error {
		// Who puts a webhook into a team holds the team; who changes one that is in it, the webhook.
		webhooks, err := webhooksOf(tx, uuid)
		if err != nil {
			return err
		}
		if err := tx.Lock(kernel.ToChange, kernel.RowsOf(webhooks)...); err != nil {
			return err
		}
		m, err := lockedTeam(tx, kernel.ToDelete, uuid)
		if err != nil {
			return err
		}
		secrets, err := tx.ListSecrets()
		if err != nil {
			return err
		}
		for _, s := range secrets {
			if s.Team == m.UUID { // without its team, webhooks could name it that may not
				return kernel.Errorf(kernel.CodeConflict, "The team %s is not deleted: the secret %s belongs to it. Delete that, or give it to another team.", m.Name, s.Name)
			}
		}
		if webhooks, err = webhooksOf(tx, uuid); err != nil {
			return err
		}
		for _, w := range webhooks {
			if w.Request.NamesSecrets() {
				return kernel.Errorf(kernel.CodeConflict, "The team %s is not deleted: the webhook %s belongs to it and names secrets, and without the team it would get those of no team. Delete it, or give it to another team.", m.Name, w.UUID)
			}
		}
		return tx.DeleteTeam(m.ID)
	})
}

// webhooksOf are those that belong to a team.
func webhooksOf(tx kernel.Tx, team string) ([]kernel.Webhook, error) {
	all, err := tx.ListWebhooks(kernel.WebhookQuery{})
	return slices.DeleteFunc(all, func(w kernel.Webhook) bool { return w.Team != team }), err
}

// Joining says what becomes of the members of a team that are named.
type Joining int

// What becomes of members.
const (
	// Join adds them, Leave takes them away, Replace leaves no others. Lead lets members
	// administer the team, Follow lets them do so no more; both leave others as they are.
	Join Joining = iota
	Leave
	Replace
	Lead
	Follow
)

// ChangeMembers changes who is in a team. Members keep what they are in it.
func (s *Service) ChangeMembers(ctx context.Context, uuid string, how Joining, principals []string) (out kernel.Team, err error) {
	fields := kernel.Fields{}
	if checkMany(fields, "users", principals, mostInTeam) {
		return out, fields.Err()
	}
	err = s.Store.Update(ctx, func(tx kernel.Tx) error {
		named, err := principalsNamed(tx, "users", principals)
		if err != nil {
			return err
		}
		m, err := lockedTeam(tx, kernel.ToChange, uuid)
		if err != nil {
			return err
		}
		if err := tx.Lock(kernel.ToChange, kernel.RowsOf(named)...); err != nil {
			return err
		}
		m.Members = changedMembers(m.Members, how, named)
		if err := tx.SaveTeam(m); err != nil {
			return err
		}
		out, err = findTeam(tx, uuid)
		return err
	})
	return out, err
}

func changedMembers(members []kernel.TeamMember, how Joining, named []kernel.Principal) []kernel.TeamMember {
	isNamed := func(m kernel.TeamMember) bool {
		return slices.ContainsFunc(named, func(p kernel.Principal) bool { return p.ID == m.ID })
	}
	if how == Lead || how == Follow {
		out := slices.Clone(members)
		for i := range out {
			if isNamed(out[i]) {
				out[i].Administers = how == Lead
			}
		}
		return out
	}
	out := slices.DeleteFunc(slices.Clone(members), func(m kernel.TeamMember) bool {
		return how == Leave && isNamed(m) || how == Replace && !isNamed(m)
	})
	if how == Leave {
		return out
	}
	for _, p := range named {
		at := slices.IndexFunc(out, func(m kernel.TeamMember) bool { return m.ID == p.ID })
		if at < 0 {
			out = append(out, kernel.TeamMember{ID: p.ID, UUID: p.UUID, Name: p.Name})
		} else {
			out[at].ByLogin = false // whom somebody names by hand, no login takes away
		}
	}
	return out
}

func (in TeamInput) check() error {
	fields := kernel.Fields{}
	if in.Name != nil {
		checkName(fields, "name", *in.Name)
	}
	checkMany(fields, "pacticipantNames", orNone(in.Applications), mostInTeam)
	checkMany(fields, "environmentUuids", orNone(in.Environments), mostInTeam)
	checkMany(fields, "administratorUuids", orNone(in.Administrators), mostInTeam)
	kernel.CheckDrawn(fields, in.UUID)
	return fields.Err()
}

// wantedTeam is what a request puts into a team.
type wantedTeam struct {
	applications   []kernel.Pacticipant
	environments   []kernel.Environment
	administrators []kernel.Principal
	in             TeamInput
}

// find finds what is to be in a team.
func (in TeamInput) find(tx kernel.Tx) (wantedTeam, error) {
	out := wantedTeam{in: in}
	fields := kernel.Fields{}
	for _, name := range orNone(in.Applications) {
		p, err := tx.FindPacticipant(name)
		if kernel.IsNotFound(err) {
			fields.Add("pacticipantNames", "has %q, which is no application's name", name)
			continue
		}
		if err != nil {
			return out, err
		}
		out.applications = append(out.applications, p)
	}
	for _, uuid := range orNone(in.Environments) {
		e, err := tx.FindEnvironment(uuid)
		if kernel.IsNotFound(err) {
			fields.Add("environmentUuids", "has %q, which is no environment's uuid", uuid)
			continue
		}
		if err != nil {
			return out, err
		}
		out.environments = append(out.environments, e)
	}
	var err error
	if out.administrators, err = principalsNamed(tx, "administratorUuids", orNone(in.Administrators)); err != nil {
		return out, err
	}
	return out, fields.Err()
}

// rows are to be held, so that nothing of it is deleted meanwhile.
func (w wantedTeam) rows() []kernel.Row {
	return slices.Concat(kernel.RowsOf(w.applications), kernel.RowsOf(w.environments), kernel.RowsOf(w.administrators))
}

func orNone(texts *[]string) []string {
	if texts == nil {
		return nil
	}
	return *texts
}

// mayJoin refuses to put into a team what whoever does it may not give away: what is in
// a team, its members may write.
func (w wantedTeam) mayJoin(by access.Who, team kernel.Team) error {
	if by.May(access.ManageTeams) {
		return nil
	}
	for _, p := range w.applications {
		thing := access.Application(p.Name)
		thing.Own = by.UUID != "" && p.CreatedBy == by.UUID
		isIn := slices.ContainsFunc(team.Applications, func(in kernel.Party) bool { return in.ID == p.ID })
		if !isIn && !by.May(access.ManageContracts, thing) {
			return kernel.Errorf(kernel.CodeForbidden, "%s", by.Refusal(access.ManageContracts, thing))
		}
	}
	for _, e := range w.environments {
		isIn := slices.ContainsFunc(team.Environments, func(in kernel.TeamEnvironment) bool { return in.ID == e.ID })
		if thing := access.Environment(e.UUID); !isIn && !by.May(access.ManageEnvironments, thing) {
			thing.Name = e.Name
			return kernel.Errorf(kernel.CodeForbidden, "%s", by.Refusal(access.ManageEnvironments, thing))
		}
	}
	return nil
}

// onto puts what is given into a team.
func (w wantedTeam) onto(m *kernel.Team) {
	if w.in.Applications != nil {
		m.Applications = nil
		for _, p := range w.applications {
			m.Applications = append(m.Applications, p.Party())
		}
	}
	if w.in.Environments != nil {
		m.Environments = nil
		for _, e := range w.environments {
			m.Environments = append(m.Environments, kernel.TeamEnvironment{ID: e.ID, UUID: e.UUID, Name: e.Name})
		}
	}
	if w.in.Administrators == nil {
		return
	}
	m.Members = changedMembers(m.Members, Join, w.administrators)
	for i := range m.Members {
		m.Members[i].Administers = slices.ContainsFunc(w.administrators, func(p kernel.Principal) bool { return p.ID == m.Members[i].ID })
	}
}

// principalsNamed returns principals by UUID. One that does not exist is an error in
// field.
func principalsNamed(tx kernel.Tx, field string, uuids []string) ([]kernel.Principal, error) {
	var out []kernel.Principal
	fields := kernel.Fields{}
	for _, uuid := range uuids {
		p, err := tx.FindPrincipal(uuid)
		if kernel.IsNotFound(err) {
			fields.Add(field, "has %q, which is no account's uuid; GET /admin/users lists them", uuid)
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, fields.Err()
}

func lockedTeam(tx kernel.Tx, how kernel.Hold, uuid string) (kernel.Team, error) {
	return kernel.Locked(tx, how, func() (kernel.Team, error) { return findTeam(tx, uuid) })
}

// teamsOf are the teams of a credential as decisions need them.
func teamsOf(c kernel.Credential, shown kernel.Token) []access.Team {
	var out []access.Team
	changes := shown.Writes && (shown.Permissions == nil || slices.Contains(permissionsOf(shown.Permissions), access.Permission{Right: access.ManageTeams, Scope: access.Everything}))
	for _, m := range c.Teams {
		team := access.Team{UUID: m.UUID, Name: m.Name}
		for _, p := range m.Applications {
			team.Applications = append(team.Applications, p.Name)
		}
		for _, e := range m.Environments {
			team.Environments = append(team.Environments, e.UUID)
		}
		slices.Sort(team.Applications)
		slices.Sort(team.Environments)
		for _, member := range m.Members {
			team.Administers = team.Administers || changes && member.ID == c.Principal.ID && member.Administers
		}
		out = append(out, team)
	}
	return out
}

// Made reports whether a principal has published an application first, or may do so
// still: then it is there by name at most.
func (s *Service) Made(ctx context.Context, principal, application string) (made, free bool, err error) {
	err = s.Store.View(ctx, func(tx kernel.Tx) error {
		p, err := tx.FindPacticipant(application)
		if kernel.IsNotFound(err) {
			free = true
			return nil
		}
		if err != nil {
			return err
		}
		if made = p.CreatedBy == principal; !made && p.CreatedBy == "" {
			free, err = tx.IsUnclaimed(p.ID)
		}
		return err
	})
	return made, free, err
}

// Holder is an account that has a right, and by what.
type Holder struct {
	Account
	Because string
}

// WhoCan returns the active accounts that have a right for things, by name, each with
// the reason.
func (s *Service) WhoCan(ctx context.Context, need access.Right, things ...access.Thing) ([]Holder, error) {
	return view(ctx, s, func(tx kernel.Tx) ([]Holder, error) {
		var principals []kernel.Principal
		var all []access.Role
		var teams []kernel.Team
		var guarded []string
		err := tx.Together(func() (err error) {
			principals, _, err = tx.ListPrincipals(kernel.PrincipalFilter{Active: true})
			return err
		}, func() (err error) {
			all, err = roles(tx)
			return err
		}, func() (err error) {
			teams, _, err = tx.ListTeams(kernel.TeamFilter{})
			return err
		}, func() (err error) {
			guarded, err = tx.GuardedEnvironments()
			return err
		})
		if err != nil {
			return nil, err
		}
		makers := map[string]string{}
		for _, thing := range things {
			if thing.Kind != access.KindApplication {
				continue
			}
			p, err := tx.FindPacticipant(thing.ID)
			if kernel.IsNotFound(err) {
				return nil, kernel.UnknownName(kernel.RolePacticipant, thing.ID)
			}
			if err != nil {
				return nil, err
			}
			makers[thing.ID] = p.CreatedBy
		}
		var out []Holder
		for _, p := range principals {
			account := Account{p, ofUUIDs(all, p.Roles), ofMember(teams, p.ID)}
			who := access.Who{UUID: p.UUID, Name: p.Name, Permissions: account.Permissions(), Guarded: guarded,
				Teams: teamsOf(kernel.Credential{Principal: p, Teams: account.Teams}, kernel.Token{Writes: true})}
			asked := slices.Clone(things)
			for i := range asked {
				asked[i].Own = asked[i].Kind == access.KindApplication && makers[asked[i].ID] == p.UUID
			}
			if who.May(need, asked...) {
				out = append(out, Holder{account, who.Because(need, asked...)})
			}
		}
		return out, nil
	})
}
