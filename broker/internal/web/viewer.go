package web

import (
	"net/http"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
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

// showable is allow for a page that shows a form: it is not shown to whom it would refuse.
// Users of a password are asked for the other one when they send it.
func (w *web) showable(r *http.Request, does identity.Doing, things ...access.Thing) error {
	who, known := access.FromContext(r.Context())
	if !known || who.UUID == "" {
		return nil
	}
	_, err := w.allow(r, does, things...)
	return err
}

// showableToSome is showable for what whoever sends the form says only then: who may do it
// for anything at all sees it.
func showableToSome(r *http.Request, need access.Right) error {
	if who, _ := access.FromContext(r.Context()); !maySome(r, need) {
		return kernel.Errorf(kernel.CodeForbidden, "%s", who.Refusal(need))
	}
	return nil
}

// teamChoices are the teams that somebody may put a webhook or a secret into, as the thing
// that it would be then says; none at all where there is nothing to choose.
func (w *web) teamChoices(r *http.Request, need access.Right, of func(team string) access.Thing, current string) ([]kit.Option, error) {
	if !w.config.Identity {
		return nil, nil
	}
	var out []kit.Option
	add := func(uuid, name string) {
		if may(r, need, of(uuid)) {
			out = append(out, kit.Option{Value: uuid, Text: name, Current: uuid == current})
		}
	}
	add("", "no team")
	if may(r, need) {
		all, err := w.service.Identity.ListTeams(r.Context(), kernel.TeamFilter{})
		if err != nil {
			return nil, err
		}
		for _, m := range all.Items {
			add(m.UUID, m.Name)
		}
	} else {
		for _, m := range whoAsks(r).Teams {
			add(m.UUID, m.Name)
		}
	}
	if len(out) == 1 && out[0].Value == "" {
		return nil, nil
	}
	return out, nil
}

// lacks says, for people, what somebody would need to do something; empty if they may.
func lacks(r *http.Request, what string, need access.Right, things ...access.Thing) string {
	if may(r, need, things...) {
		return ""
	}
	text := need.String()
	if len(things) > 0 {
		text += " for " + things[0].String()
	}
	return "To " + what + " you would need " + text + "."
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
		{navItem{Text: "Trust rules", URL: l.TrustRulesPage()}, access.ReadAccounts},
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
