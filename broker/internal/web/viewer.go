package web

import (
	"net/http"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// Who looks at a page is in its request. A broker that asks nobody knows nobody, and lets
// everybody do everything; so does one that lets everybody read, until they write.

// may reports whether whoever looks at a page is to be led to what needs a right for some
// things. A user of a password is led there too: they are asked for the other one.
func may(r *http.Request, need access.Right, things ...access.Thing) bool {
	who, known := access.FromContext(r.Context())
	return !known || who.UUID == "" || who.May(need, things...)
}

// mayMade is may for an application, which somebody has made.
func mayMade(r *http.Request, need access.Right, application, maker string) bool {
	thing := access.Application(application)
	who, _ := access.FromContext(r.Context())
	thing.Own = maker != "" && maker == who.UUID
	return may(r, need, thing)
}

// maySome is may for anything at all.
func maySome(r *http.Request, need access.Right) bool {
	who, known := access.FromContext(r.Context())
	return !known || who.UUID == "" || who.MaySome(need)
}

// allow judges what a form is about, where that stands in the form. It returns the request
// with whom the use cases work for.
func (w *web) allow(r *http.Request, does identity.Doing, things ...access.Thing) (*http.Request, error) {
	who, known := access.FromContext(r.Context())
	if !known {
		return r, nil
	}
	ctx, err := w.service.Identity.Allow(r.Context(), who, does, things...)
	return r.WithContext(ctx), err
}

// account is what the frame says of whoever is signed in; the zero value says nothing.
type account struct {
	Name string
	// Page is where they see what they may do.
	Page string
}

// accountOf is whoever makes a request.
func (w *web) accountOf(r *http.Request, l links.Links) account {
	who, known := access.FromContext(r.Context())
	if !w.config.Identity || !known || who.Name == "" {
		return account{}
	}
	return account{who.Name, l.MePage()}
}

// accessPages are the pages about who may do what, each with the right to see it. Others
// of the kind are added here.
func accessPages(l links.Links) []struct {
	navItem
	needs access.Right
} {
	type entry = struct {
		navItem
		needs access.Right
	}
	return []entry{
		{navItem{Text: "People", URL: l.PeoplePage()}, access.ReadAccounts},
		{navItem{Text: "Teams", URL: l.TeamsPage()}, access.ReadTeams},
		{navItem{Text: "Roles", URL: l.RolesPage()}, access.ReadRoles},
		{navItem{Text: "Who can?", URL: l.WhoCanPage("", "", "")}, access.ReadAccounts},
		{navItem{Text: "Secrets", URL: l.SecretsPage()}, access.ReadSecrets},
		{navItem{Text: "Record", URL: l.AuditPage()}, access.ReadAudit},
	}
}

// accessTabs lead from one of these pages to the others that whoever looks may see; none
// on other pages. The first of them is where the navigation leads.
func (w *web) accessTabs(r *http.Request, l links.Links, isAt func(string) bool) (tabs kit.Tabs, first string) {
	who, known := access.FromContext(r.Context())
	if !w.config.Identity || !known {
		return tabs, ""
	}
	here := false
	for _, p := range accessPages(l) {
		if !who.MaySome(p.needs) {
			continue
		}
		if first == "" {
			first = p.URL
		}
		current := isAt(p.URL)
		here = here || current
		tabs.Items = append(tabs.Items, kit.Tab{Text: p.Text, URL: p.URL, Current: current})
	}
	if !here {
		return kit.Tabs{}, first
	}
	tabs.Label = "Access"
	return tabs, first
}

// mayLinks leads to pages about who may do what where whoever looks may see them; the
// address of the others is empty, so that a name stands there without a link.
type mayLinks struct {
	links.Links
	people, roles, teams bool
}

func (w *web) mayLinks(r *http.Request) mayLinks {
	return mayLinks{w.links(r), maySome(r, access.ReadAccounts), maySome(r, access.ReadRoles), maySome(r, access.ReadTeams)}
}

func (l mayLinks) PersonPage(uuid string) string {
	if !l.people {
		return ""
	}
	return l.Links.PersonPage(uuid)
}

func (l mayLinks) RolePage(uuid string) string {
	if !l.roles {
		return ""
	}
	return l.Links.RolePage(uuid)
}

func (l mayLinks) TeamPage(uuid string) string {
	if !l.teams {
		return ""
	}
	return l.Links.TeamPage(uuid)
}
