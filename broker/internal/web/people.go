package web

import (
	"net/http"
	"net/url"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/audit"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

// kindWords are what pages call the kinds of principals. A kind that is not here is called
// what it is.
var kindWords = map[kernel.PrincipalKind]string{kernel.KindAccount: "system account", "user": "person", "workload": "workload"}

func kindWord(kind kernel.PrincipalKind) string {
	if word, known := kindWords[kind]; known {
		return word
	}
	return string(kind)
}

// personNotes say what was done.
var personNotes = map[string]string{
	"created": "The account is there. It has two tokens without a value: give one of them a value, or make another token.", "saved": "The account is changed.", "deleted": "The account is deleted, with its tokens.",
	"on": "The account is switched on.", "off": "The account is switched off: its tokens are refused within two seconds.", "revoked": "The token is revoked: it is refused within two seconds.",
}

// peopleAsked are the parameters of the list.
var peopleAsked = []string{"q", "kind", "state"}

func (w *web) people(r *http.Request) (page, error) {
	query := r.URL.Query()
	list, err := w.service.Identity.ListAccounts(r.Context(), kernel.PrincipalFilter{
		Search: query.Get("q"), Kind: kernel.PrincipalKind(query.Get("kind")), Active: query.Get("state") == "active", Page: pageOf(r),
	})
	if err != nil {
		return nil, err
	}
	l := w.mayLinks(r)
	p := w.peoplePage(l, query, list)
	p.Note = personNotes[query.Get(doneParameter)]
	if may(r, access.ManageAccounts) {
		p.Doings = kit.Cell{kit.Link{Text: "New account", URL: l.AddPersonPage(), Own: true}}
	}
	if pages := list.TotalPages(); pages > 1 {
		p.Sections[0].Table.Pages = pagerFor(r, list.Page, pages)
	}
	return p, nil
}

func (w *web) peoplePage(l mayLinks, query url.Values, list kernel.Paged[identity.Account]) *accessPage {
	p := &accessPage{base: base{title: "People", twin: api.Accounts()}, Lead: "Who may use this broker: people, pipelines and programs, with roles that say what they may do. Pipelines and programs show who they are by tokens."}
	filter := &kit.Filter{Region: "found", Count: wording.Count(list.Total, "account"), Search: &kit.Field{ID: "q", Name: "q", Label: "Name", Kind: "search", Value: query.Get("q")}}
	filter.Facets = []kit.Facet{
		kit.NewFacet("kind", "Kind", []kit.Option{{Value: "account", Text: "system account"}, {Value: "user", Text: "person"}, {Value: "workload", Text: "workload"}}, query.Get("kind")),
		kit.NewFacet("state", "State", []kit.Option{{Value: "active", Text: "switched on"}}, query.Get("state")),
	}
	filter.Finish(query, peopleAsked)
	table := kit.Table{Columns: []kit.Column{{Title: "Name"}, {Title: "Kind"}, {Title: "Roles"}, {Title: "Teams"}, {Title: "Last seen"}, {Title: "State"}}}
	for _, a := range list.Items {
		table.Rows = append(table.Rows, kit.Row{
			{kit.Link{Text: a.Name, URL: l.PersonPage(a.UUID)}}, {kit.Text{Text: kindWord(a.Kind)}}, orElse(roleLinks(l, a.Roles, mostNamed), "none"), orElse(teamLinks(l, a.Teams, mostNamed), "none"),
			{w.moment(a.LastSeenAt)}, {stateOf(a)},
		})
	}
	table.Empty = kit.Empty{Text: "There is nobody like that.", Links: kit.Links{{Text: "Show all", URL: l.PeoplePage(), Own: true}}}
	p.Sections = []accessSection{{Filter: filter, Table: table}}
	return p
}

func orElse(cell kit.Cell, nothing string) kit.Cell {
	if len(cell) == 0 {
		return kit.Cell{kit.Muted{Text: nothing}}
	}
	return cell
}

func stateOf(a identity.Account) kit.Part {
	if a.Active {
		return kit.Text{Text: "on"}
	}
	return kit.None("switched off")
}

// personFound is what is known of one account.
type personFound struct {
	identity.Account
	Tokens []kernel.Token
	Events []kernel.AuditEvent
	// Recorded says that whoever looks may see the record, and there is one.
	Recorded bool
}

// recentEvents is how many events the page of an account shows.
const recentEvents = 10

func (w *web) findPerson(r *http.Request, uuid string) (out personFound, err error) {
	if out.Account, err = w.service.Identity.FindAccount(r.Context(), uuid); err != nil {
		return out, err
	}
	if out.Tokens, err = w.service.Identity.ListTokens(r.Context(), uuid); err != nil {
		return out, err
	}
	if out.Recorded = w.service.Audit.On() && may(r, access.ReadAudit); out.Recorded {
		out.Events, _, err = w.service.Audit.List(r.Context(), audit.Query{Principal: uuid, Size: recentEvents})
	}
	return out, err
}

func (w *web) person(r *http.Request) (page, error) {
	found, err := w.findPerson(r, r.PathValue("uuid"))
	if err != nil {
		return nil, err
	}
	p := w.personPage(w.mayLinks(r), found, may(r, access.ManageAccounts))
	p.Note = personNotes[r.URL.Query().Get(doneParameter)]
	return p, nil
}

func (w *web) personPage(l mayLinks, found personFound, manages bool) *accessPage {
	a := found.Account
	p := &accessPage{base: base{title: a.Name, twin: api.Account(a.UUID)}, Parents: kit.Links{{Text: "People", URL: l.PeoplePage(), Own: true}}}
	p.Facts.Add("Kind", kit.Text{Text: kindWord(a.Kind)})
	p.Facts.Add("State", stateOf(a))
	p.Facts.Add("Roles", orElse(roleLinks(l, a.Roles, len(a.Roles)), "none: it may do nothing")...)
	p.Facts.Add("Teams", orElse(teamsOfMember(l, a), "none")...)
	p.Facts.Add("Last seen", w.moment(a.LastSeenAt))
	p.Facts.Add("Made", w.moment(a.CreatedAt))
	p.Facts.Add("UUID", kit.Mono{Text: a.UUID})
	if manages {
		turn, to := "Switch it off", "false"
		if !a.Active {
			turn, to = "Switch it on", "true"
		}
		p.Doings = kit.Cell{
			kit.Link{Text: "Change it", URL: l.DoPersonPage(a.UUID, "edit"), Own: true}, kit.Act{Action: l.DoPersonPage(a.UUID, "active"), Hidden: []kit.Parameter{{Name: "active", Value: to}}, Text: turn},
			kit.Link{Text: "Delete it", URL: l.DoPersonPage(a.UUID, "delete"), Own: true},
		}
	}
	tokens := accessSection{ID: "tokens", Title: "Tokens", Table: w.tokensTable(l, a.UUID, found.Tokens, "", manages)}
	if manages {
		tokens.Doings = kit.Cell{kit.Link{Text: "New token", URL: l.NewTokenPage(a.UUID), Own: true}}
	}
	p.Sections = []accessSection{
		tokens,
		{ID: "may", Title: "What it may do", Lead: "A token may have less.", Table: permissionsTable(l, a.Permissions(), a.Roles)},
	}
	if found.Recorded {
		p.Sections = append(p.Sections, w.eventsSection(l, a.UUID, found.Events))
	}
	return p
}

// mostTeams is how many teams the page of an account names, and mostOfTeam how many things
// of a kind that of a team.
const mostTeams, mostOfTeam = 12, 12

// teamsOfMember are the teams of an account, with what it is in them.
func teamsOfMember(l mayLinks, a identity.Account) kit.Cell {
	var out kit.Cell
	for _, m := range a.Teams[:min(len(a.Teams), mostTeams)] {
		line := kit.Cell{kit.Link{Text: m.Name, URL: l.TeamPage(m.UUID)}}
		for _, member := range m.Members {
			if member.ID == a.ID && member.Administers {
				line = append(line, kit.Muted{Text: "administers it"})
			}
		}
		out = append(out, kit.Line{Cell: line})
	}
	if more := len(a.Teams) - mostTeams; more > 0 {
		out = append(out, kit.Muted{Text: "and " + wording.Count(more, "other")})
	}
	return out
}

// eventsSection are what somebody did last.
func (w *web) eventsSection(l mayLinks, uuid string, events []kernel.AuditEvent) accessSection {
	table := kit.Table{Name: "events", Columns: []kit.Column{{Title: "When"}, {Title: "Did"}, {Title: "To"}, {Title: "Outcome"}, {Title: "By token"}}, Empty: kit.Empty{Text: "Nothing of it is in the record."}}
	for _, e := range events {
		outcome := kit.Cell{kit.Text{Text: string(e.Outcome)}}
		if e.Outcome == kernel.AuditDenied {
			outcome = kit.Cell{kit.No("denied")}
		}
		table.Rows = append(table.Rows, kit.Row{{w.moment(e.At)}, {kit.Mono{Text: e.Action}}, {kit.Mono{Text: cut(e.Resource)}}, outcome, {kit.Mono{Text: e.Token}}})
	}
	s := accessSection{ID: "events", Title: "What it did last", Table: table}
	if len(events) > 0 {
		s.Doings = kit.Cell{kit.Link{Text: "All in the record", URL: l.AuditPage() + "?" + url.Values{"user": {uuid}}.Encode(), Own: true}}
	}
	return s
}
