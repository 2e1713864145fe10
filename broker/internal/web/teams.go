package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

func (w *web) routeTeams() {
	w.identified("GET /ui/teams", w.teams)
	w.identified("GET /ui/teams/new", w.newTeam)
	w.form("POST /ui/teams/new", w.withIdentity(w.createTeam))
	w.identified("GET /ui/teams/{uuid}", w.team)
	w.identified("GET /ui/teams/{uuid}/edit", w.editTeam)
	w.form("POST /ui/teams/{uuid}/edit", w.withIdentity(w.saveTeam))
	w.identified("GET /ui/teams/{uuid}/members", w.teamMembers)
	w.form("POST /ui/teams/{uuid}/members", w.withIdentity(w.changeMembers))
	w.identified("GET /ui/teams/{uuid}/delete", w.askDeleteTeam)
	w.form("POST /ui/teams/{uuid}/delete", w.withIdentity(w.deleteTeam))
}

// teamNotes say what was done.
var teamNotes = map[string]string{
	"created": "The team is there. Say who is in it.", "saved": "The team is changed.", "deleted": "The team is deleted. Its applications and environments stay.",
	"joined": "They are in the team now.", "left": "They are in the team no more.", "leads": "They administer the team now.", "follows": "They administer the team no more.",
}

func (w *web) teams(r *http.Request) (page, error) {
	query := r.URL.Query()
	list, err := w.service.Identity.ListTeams(r.Context(), kernel.TeamFilter{Search: query.Get("q"), Page: pageOf(r)})
	if err != nil {
		return nil, err
	}
	p := teamsPage(w.mayLinks(r), query, list, may(r, access.ManageTeams))
	p.Note = teamNotes[query.Get(doneParameter)]
	if pages := list.TotalPages(); pages > 1 {
		p.Sections[0].Table.Pages = pagerFor(r, list.Page, pages)
	}
	return p, nil
}

func teamsPage(l mayLinks, query url.Values, list kernel.Paged[kernel.Team], manages bool) *accessPage {
	p := &accessPage{base: base{title: "Teams", twin: api.Teams()}, Lead: "Who works together on which applications: a permission with the scope team is for what belongs to the teams that an account is in."}
	filter := &kit.Filter{Region: "found", Count: wording.Count(list.Total, "team"), Search: &kit.Field{ID: "q", Name: "q", Label: "Name", Kind: "search", Value: query.Get("q")}}
	filter.Finish(query, []string{"q"})
	table := kit.Table{Columns: []kit.Column{{Title: "Team"}, {Title: "Applications"}, {Title: "Environments"}, {Title: "Members"}}}
	for _, m := range list.Items {
		table.Rows = append(table.Rows, kit.Row{
			{kit.Link{Text: m.Name, URL: l.TeamPage(m.UUID)}}, orElse(namedLinks(m.Applications, mostNamed, func(a kernel.Party) kit.Link { return kit.Link{Text: a.Name, URL: l.ApplicationPage(a.Name)} }), "none"),
			orElse(namedLinks(m.Environments, mostNamed, func(e kernel.TeamEnvironment) kit.Link { return kit.Link{Text: e.Name, URL: l.EnvironmentPage(e.Name)} }), "none"),
			orElse(namedLinks(m.Members, mostNamed, func(one kernel.TeamMember) kit.Link { return kit.Link{Text: one.Name, URL: l.PersonPage(one.UUID)} }), "nobody"),
		})
	}
	var to kit.Links
	if manages {
		link := kit.Link{Text: "New team", URL: l.NewTeamPage(), Own: true}
		p.Doings, to = kit.Cell{link}, kit.Links{link}
	}
	table.Empty = kit.Empty{Text: "There is no team yet.", Links: to}
	if query.Get("q") != "" {
		table.Empty = kit.Empty{Text: "No team is called like that.", Links: kit.Links{{Text: "Show all", URL: l.TeamsPage(), Own: true}}}
	}
	p.Sections = []accessSection{{Filter: filter, Table: table}}
	return p
}

// teamFound is what is known of a team.
type teamFound struct {
	kernel.Team
	Secrets  []kernel.Secret
	Webhooks []kernel.Webhook
	// changes and deletes say what whoever looks may do to it.
	changes, deletes bool
	// secretsKnown says that whoever looks may see the secrets.
	secretsKnown bool
}

func (w *web) findTeam(r *http.Request) (out teamFound, err error) {
	if out.Team, err = w.service.Identity.FindTeam(r.Context(), r.PathValue("uuid")); err != nil {
		return out, err
	}
	if out.secretsKnown = may(r, access.ReadSecrets, access.Secret(out.UUID)); out.secretsKnown {
		if out.Secrets, err = w.service.Secret.List(r.Context()); err != nil {
			return out, err
		}
		out.Secrets = slices.DeleteFunc(out.Secrets, func(s kernel.Secret) bool { return s.Team != out.UUID })
	}
	if out.Webhooks, err = w.service.Webhook.ListWebhooks(r.Context(), kernel.WebhookQuery{}); err != nil {
		return out, err
	}
	out.Webhooks = slices.DeleteFunc(out.Webhooks, func(hook kernel.Webhook) bool { return hook.Team != out.UUID })
	out.changes, out.deletes = may(r, access.ManageTeams, access.OneTeam(out.UUID)), may(r, access.ManageTeams)
	return out, nil
}

func (w *web) team(r *http.Request) (page, error) {
	found, err := w.findTeam(r)
	if err != nil {
		return nil, err
	}
	p := w.teamPage(w.mayLinks(r), r.URL.Query(), found)
	p.Note = teamNotes[r.URL.Query().Get(doneParameter)]
	return p, nil
}

func (w *web) teamPage(l mayLinks, query url.Values, found teamFound) *accessPage {
	m := found.Team
	p := &accessPage{base: base{title: m.Name, twin: api.Team(m.UUID)}, Parents: kit.Links{{Text: "Teams", URL: l.TeamsPage(), Own: true}}}
	p.Facts.Add("Made", w.moment(m.CreatedAt))
	p.Facts.Add("UUID", kit.Mono{Text: m.UUID})
	p.Facts.Add("Environments", orElse(namedLinks(m.Environments, mostOfTeam, func(e kernel.TeamEnvironment) kit.Link { return kit.Link{Text: e.Name, URL: l.EnvironmentPage(e.Name)} }), "none: its members may record where environments belong to nobody")...)
	if found.secretsKnown {
		p.Facts.Add("Secrets", orElse(namedLinks(found.Secrets, mostOfTeam, func(s kernel.Secret) kit.Link { return kit.Link{Text: s.Name, URL: l.SecretsPage()} }), "none")...)
	}
	p.Facts.Add("Webhooks", orElse(namedLinks(found.Webhooks, mostOfTeam, func(hook kernel.Webhook) kit.Link {
		return kit.Link{Text: webhookTitle(hook), URL: l.WebhookPage(hook.UUID)}
	}), "none")...)
	if found.changes {
		p.Doings = append(p.Doings, kit.Link{Text: "Change it", URL: l.DoTeamPage(m.UUID, "edit"), Own: true}, kit.Link{Text: "Add members", URL: l.DoTeamPage(m.UUID, "members"), Own: true})
	}
	if found.deletes {
		p.Doings = append(p.Doings, kit.Link{Text: "Delete it", URL: l.DoTeamPage(m.UUID, "delete"), Own: true})
	}
	applications := kit.Table{Name: "applications", Columns: []kit.Column{{Title: "Application"}}, Empty: kit.Empty{Text: "No application belongs to it."}}
	for _, a := range m.Applications {
		applications.Rows = append(applications.Rows, kit.Row{{kit.Link{Text: a.Name, URL: l.ApplicationPage(a.Name)}}})
	}
	applications.Cut(query, pageSize)
	p.Sections = []accessSection{
		{ID: "applications", Title: "Applications", Table: applications},
		{ID: "members", Title: "Members", Table: membersTable(l, query, m, found.changes)},
	}
	return p
}

// membersTable lists who is in a team, with what can be done to them.
func membersTable(l mayLinks, query url.Values, m kernel.Team, changes bool) kit.Table {
	t := kit.Table{Name: "members", Columns: []kit.Column{{Title: "Member"}, {Title: "In it"}}, Empty: kit.Empty{Text: "Nobody is in it."}}
	if changes {
		t.Columns = append(t.Columns, kit.Column{Title: "To do"})
	}
	for _, one := range m.Members {
		in, turn := "is a member", "lead"
		if one.Administers {
			in, turn = "administers it", "follow"
		}
		row := kit.Row{{kit.Link{Text: one.Name, URL: l.PersonPage(one.UUID)}}, {kit.Text{Text: in}}}
		if changes {
			row = append(row, kit.Cell{memberAct(l, m, one.UUID, one.Name, turn), memberAct(l, m, one.UUID, one.Name, "leave")})
		}
		t.Rows = append(t.Rows, row)
	}
	t.Cut(query, pageSize)
	return t
}

// joinings are what can be done to somebody in a team, by the word in the form.
var joinings = map[string]struct {
	how        identity.Joining
	text, done string
}{
	"join": {identity.Join, "Add", "joined"}, "leave": {identity.Leave, "Take out", "left"}, "lead": {identity.Lead, "Let administer it", "leads"}, "follow": {identity.Follow, "Make a member only", "follows"},
}

func memberAct(l mayLinks, m kernel.Team, uuid, name, what string) kit.Act {
	return kit.Act{Action: l.DoTeamPage(m.UUID, "members"), Hidden: []kit.Parameter{{Name: "do", Value: what}, {Name: "user", Value: uuid}}, Text: joinings[what].text, About: name}
}

func (w *web) teamMembers(r *http.Request) (page, error) {
	found, err := w.service.Identity.FindTeam(r.Context(), r.PathValue("uuid"))
	if err != nil {
		return nil, err
	}
	var list kernel.Paged[identity.Account]
	if maySome(r, access.ReadAccounts) {
		if list, err = w.service.Identity.ListAccounts(r.Context(), kernel.PrincipalFilter{Search: r.URL.Query().Get("q"), Active: true, Page: pageOf(r)}); err != nil {
			return nil, err
		}
	}
	p := addMembersPage(w.mayLinks(r), r.URL.Query(), found, list)
	p.Note = teamNotes[r.URL.Query().Get(doneParameter)]
	if pages := list.TotalPages(); pages > 1 {
		p.Sections[0].Table.Pages = pagerFor(r, list.Page, pages)
	}
	return p, nil
}

// addMembersPage finds accounts by name, to put them into a team. Who administers a team
// and may see no accounts names one by its UUID, which its owner sees under Me.
func addMembersPage(l mayLinks, query url.Values, m kernel.Team, list kernel.Paged[identity.Account]) *accessPage {
	p := &accessPage{base: base{title: "Add members to " + m.Name, twin: api.TeamMembers(m.UUID), still: true}, Parents: kit.Links{{Text: "Teams", URL: l.TeamsPage(), Own: true}, {Text: m.Name, URL: l.TeamPage(m.UUID)}}}
	if !l.people {
		p.Lead = "You may see no accounts (that needs " + access.ReadAccounts.String() + "): name one by its UUID, which they see under their name at the top of each page."
		p.Form = kit.Form{Action: l.DoTeamPage(m.UUID, "members"), Method: "post", Submit: "Add to the team", Hidden: []kit.Parameter{{Name: "do", Value: "join"}},
			Fields: []kit.Field{{ID: "user", Name: "user", Label: "UUID of the account", Required: true}}}
		return p
	}
	p.Lead = "Accounts that are switched on. Who is in the team already stands on its page."
	filter := &kit.Filter{Region: "found", Count: wording.Count(list.Total, "account"), Search: &kit.Field{ID: "q", Name: "q", Label: "Name", Kind: "search", Value: query.Get("q")}}
	filter.Finish(query, []string{"q"})
	table := kit.Table{Columns: []kit.Column{{Title: "Account"}, {Title: "Roles"}, {Title: "Teams"}, {Title: "To do"}}, Empty: kit.Empty{Text: "No account is called like that."}}
	for _, a := range list.Items {
		act := kit.Cell{memberAct(l, m, a.UUID, a.Name, "join")}
		if slices.ContainsFunc(m.Members, func(one kernel.TeamMember) bool { return one.ID == a.ID }) {
			act = kit.Cell{kit.Muted{Text: "is in it"}}
		}
		table.Rows = append(table.Rows, kit.Row{{kit.Link{Text: a.Name, URL: l.PersonPage(a.UUID)}}, orElse(roleLinks(l, a.Roles, mostNamed), "none"), orElse(teamLinks(l, a.Teams, mostNamed), "none"), act})
	}
	p.Sections = []accessSection{{Filter: filter, Table: table}}
	return p
}

func (w *web) changeMembers(r *http.Request, values url.Values) (done, error) {
	doing, known := joinings[values.Get("do")]
	if !known {
		return done{}, kernel.Errorf(kernel.CodeInvalid, "The form does not say what to do: open it again.")
	}
	uuid := r.PathValue("uuid")
	_, err := w.service.Identity.ChangeMembers(r.Context(), uuid, doing.how, []string{strings.TrimSpace(values.Get("user"))})
	if _, wrong := problemsOf(err); wrong {
		return done{}, kernel.Errorf(kernel.CodeInvalid, "There is no account with the UUID %q: perhaps it is deleted by now.", values.Get("user"))
	}
	if err != nil {
		return done{}, err
	}
	to := w.links(r).TeamPage(uuid)
	if doing.how == identity.Join {
		to = w.links(r).DoTeamPage(uuid, "members")
	}
	return done{to: to + "?done=" + doing.done}, nil
}
