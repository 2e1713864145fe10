package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

// accessPage is a page about who may do what: people, roles, teams, and what one may do
// oneself.
type accessPage struct {
	base
	Parents    kit.Links
	Note, Lead string
	Answer     *kit.Answer
	// Codes are what somebody has to keep, such as the value of a token.
	Codes    []kit.Code
	Doings   kit.Cell
	Facts    kit.Facts
	Form     kit.Form
	Sections []accessSection
	// shows says that the page is what came of a form, and no refusal.
	shows bool
}

// accessSection is a list on such a page.
type accessSection struct {
	ID, Title, Lead string
	Filter          *kit.Filter
	Table           kit.Table
	Doings          kit.Cell
}

func (*accessPage) template() string { return "access" }

func (p *accessPage) fine() bool { return p.shows }

// errNoIdentity is what all pages about who may do what say on a broker that asks nobody.
var errNoIdentity = kernel.Errorf(kernel.CodeNotFound, "This broker asks nobody who they are, so that there are no accounts, roles and teams: its operator switches that on with --identity (PACT_BROKER_IDENTITY=true).")

// routeAccess adds the pages about who may do what.
func (w *web) routeAccess() {
	w.identified("GET /ui/people", w.people)
	w.identified("GET /ui/people/new", w.newPerson)
	w.form("POST /ui/people/new", w.withIdentity(w.createPerson))
	w.identified("GET /ui/people/{uuid}", w.person)
	w.identified("GET /ui/people/{uuid}/edit", w.editPerson)
	w.form("POST /ui/people/{uuid}/edit", w.withIdentity(w.savePerson))
	w.form("POST /ui/people/{uuid}/active", w.withIdentity(w.switchPerson))
	w.identified("GET /ui/people/{uuid}/delete", w.askDeletePerson)
	w.form("POST /ui/people/{uuid}/delete", w.withIdentity(w.deletePerson))
	w.identified("GET /ui/people/{uuid}/tokens", w.newToken)
	w.form("POST /ui/people/{uuid}/tokens", w.withIdentity(w.createToken))
	w.identified("GET /ui/people/{uuid}/tokens/{token}/renew", w.askRenewToken)
	w.form("POST /ui/people/{uuid}/tokens/{token}/renew", w.withIdentity(w.renewToken))
	w.identified("GET /ui/people/{uuid}/tokens/{token}/delete", w.askDeleteToken)
	w.form("POST /ui/people/{uuid}/tokens/{token}/delete", w.withIdentity(w.deleteToken))
	w.identified("GET /ui/me", w.me)
	w.identified("GET /ui/me/tokens", w.newToken)
	w.form("POST /ui/me/tokens", w.withIdentity(w.createToken))
	w.identified("GET /ui/me/tokens/{token}/renew", w.askRenewToken)
	w.form("POST /ui/me/tokens/{token}/renew", w.withIdentity(w.renewToken))
	w.identified("GET /ui/me/tokens/{token}/delete", w.askDeleteToken)
	w.form("POST /ui/me/tokens/{token}/delete", w.withIdentity(w.deleteToken))
	w.routeTeams()
	w.routeRoles()
	w.routeTrust()
	w.identified("GET /ui/who-can", w.whoCan)
}

// identified adds a page that only a broker with accounts has.
func (w *web) identified(pattern string, find func(*http.Request) (page, error)) {
	w.route(pattern, func(r *http.Request) (page, error) {
		if !w.config.Identity {
			return nil, errNoIdentity
		}
		return find(r)
	})
}

// withIdentity is a form that only a broker with accounts takes.
func (w *web) withIdentity(do func(*http.Request, url.Values) (done, error)) func(*http.Request, url.Values) (done, error) {
	return func(r *http.Request, values url.Values) (done, error) {
		if !w.config.Identity {
			return done{}, errNoIdentity
		}
		return do(r, values)
	}
}

// whoAsks is whoever makes a request, as use cases that give something away need them.
func whoAsks(r *http.Request) access.Who {
	who, _ := access.FromContext(r.Context())
	return who
}

// refused tells whether a form is shown again after an error: with what is wrong by field,
// or with a sentence. So is one that is against what there is, or gives away more than
// whoever sends it has: with another name or less of it, it can be sent again.
func refused(err error) (wrong kernel.Fields, sentenceOf string, again bool) {
	if wrong, sentenceOf, again = refusedForm(err); again {
		return wrong, sentenceOf, again
	}
	if code := kernel.CodeOf(err); code == kernel.CodeConflict || code == kernel.CodeForbidden {
		return nil, sentence(err), true
	}
	return nil, "", false
}

// permissionsTable says what permissions allow, in words, and by which roles.
func permissionsTable(l mayLinks, permissions []access.Permission, roles []access.Role) kit.Table {
	t := kit.Table{Columns: []kit.Column{{Title: "May"}, {Title: "For"}, {Title: "Permission"}}, Empty: kit.Empty{Text: "Nothing."}}
	if roles != nil {
		t.Columns = append(t.Columns, kit.Column{Title: "By"})
	}
	for _, known := range access.All() { // in the order of the guide
		for _, p := range permissions {
			if p != known {
				continue
			}
			row := kit.Row{{kit.Text{Text: mayDo(p)}}, {kit.Text{Text: scopeWords[p.Scope]}}, {kit.Mono{Text: p.String()}}}
			if roles != nil {
				var by kit.Links
				for _, role := range roles {
					for _, has := range role.Permissions {
						if has == p {
							by = append(by, kit.Link{Text: role.Name, URL: l.RolePage(role.UUID)})
						}
					}
				}
				row = append(row, kit.Cell{by})
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// scopeWords say what a permission is for.
var scopeWords = map[access.Scope]string{
	access.Everything: "everything", access.OfTeams: "what belongs to their teams", access.Own: "what is their own",
}

// mayDo says what a permission allows: what its scope says stands beside it.
func mayDo(p access.Permission) string {
	text := access.InWords(p)
	if p.Scope != access.Everything {
		if whole := access.Meaning(access.Permission{Right: p.Right, Scope: access.Everything}); whole != "" {
			text = whole
		}
	}
	return upper(text)
}

// upper lets a text begin as sentences do.
func upper(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// namedLinks are links to things by their names, of which the first few are shown.
func namedLinks[T any](all []T, most int, link func(T) kit.Link) kit.Cell {
	var named kit.Links
	for _, one := range all[:min(len(all), most)] {
		named = append(named, link(one))
	}
	if len(named) == 0 {
		return nil
	}
	out := kit.Cell{named}
	if more := len(all) - most; more > 0 {
		out = append(out, kit.Muted{Text: "and " + wording.Count(more, "other")})
	}
	return out
}

// mostNamed is how many roles, teams or members a row of a list names.
const mostNamed = 3

func teamLinks(l mayLinks, teams []kernel.Team, most int) kit.Cell {
	return namedLinks(teams, most, func(m kernel.Team) kit.Link { return kit.Link{Text: m.Name, URL: l.TeamPage(m.UUID)} })
}

func roleLinks(l mayLinks, roles []access.Role, most int) kit.Cell {
	return namedLinks(roles, most, func(r access.Role) kit.Link { return kit.Link{Text: r.Name, URL: l.RolePage(r.UUID)} })
}
