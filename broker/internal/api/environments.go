package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/internal/hal"
)

func (a *API) listEnvironments(c echo.Context) error {
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	list, err := a.service.Registry.ListEnvironments(c.Request().Context(), q.text("name"))
	if err != nil {
		return err
	}
	l := a.links(c)
	docs := make([]*hal.Resource, 0, len(list))
	entries := make([]hal.Link, 0, len(list))
	for _, e := range list {
		docs = append(docs, environmentDoc(l, e))
		entries = append(entries, titled(e.DisplayName, e.Name, l.Environment(e.UUID)))
	}
	r := hal.New().Embed("environments", docs).
		Link("self", hal.Link{Title: "Environments", Href: l.Environments()}).
		Links("pb:environments", entries)
	return writeHAL(c, http.StatusOK, r)
}

func (a *API) getEnvironment(c echo.Context) error {
	e, err := a.service.Registry.FindEnvironment(c.Request().Context(), c.Param("environment"))
	if err != nil {
		return err
	}
	return a.writeEnvironment(c, e)
}

// writeEnvironment answers with an environment, and where there are teams with those
// that it belongs to.
func (a *API) writeEnvironment(c echo.Context, e kernel.Environment) error {
	r := environmentDoc(a.links(c), e)
	if err := a.addTeams(c, r, e); err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, r)
}

func (a *API) addTeams(c echo.Context, r *hal.Resource, e kernel.Environment) error {
	if a.config.Tokens == nil {
		return nil
	}
	teams, err := a.service.Registry.TeamsOf(c.Request().Context(), e)
	if err != nil {
		return err
	}
	uuids, docs := make([]string, 0, len(teams)), make([]*hal.Resource, 0, len(teams))
	for _, team := range teams {
		uuids, docs = append(uuids, team.UUID), append(docs, teamDoc(a.links(c), team))
	}
	r.Set("teamUuids", uuids).Embed("teams", docs)
	return nil
}

func (a *API) createEnvironment(c echo.Context) error {
	in, err := a.bindEnvironment(c)
	if err != nil {
		return err
	}
	e, err := a.service.Registry.CreateEnvironment(c.Request().Context(), in)
	if err != nil {
		return err
	}
	l := a.links(c)
	r := environmentDoc(l, e)
	if err := a.addTeams(c, r, e); err != nil {
		return err
	}
	return writeCreated(c, true, l.Environment(e.UUID), r)
}

// replaceEnvironment looks for the environment before it reads the body: that
// it does not exist is the more useful answer.
func (a *API) replaceEnvironment(c echo.Context) error {
	uuid := c.Param("environment")
	if _, err := a.service.Registry.FindEnvironment(c.Request().Context(), uuid); err != nil {
		return err
	}
	in, err := a.bindEnvironment(c)
	if err != nil {
		return err
	}
	e, err := a.service.Registry.ReplaceEnvironment(c.Request().Context(), uuid, in)
	if err != nil {
		return err
	}
	return a.writeEnvironment(c, e)
}

func (a *API) deleteEnvironment(c echo.Context) error {
	return deleted(c, a.service.Registry.DeleteEnvironment(c.Request().Context(), c.Param("environment")))
}

func (a *API) bindEnvironment(c echo.Context) (registry.EnvironmentInput, error) {
	var in registry.EnvironmentInput
	err := bind(c, func(f *form) {
		in.Name = f.text("name", required|filled|notBlank|singleLine|noSpaces|isName)
		in.DisplayName = f.text("displayName", singleLine)
		in.Production = readProduction(f)
		in.Contacts = readContacts(f)
		if value, given := f.values["teamUuids"]; given && value != nil && a.config.Tokens != nil {
			teams := f.texts("teamUuids", filled|singleLine)
			in.Teams = &teams
		}
	})
	return in, err
}

func readProduction(f *form) bool {
	if _, given := f.values["production"]; !given {
		f.fail("production", "is missing")
		return false
	}
	production := f.flag("production", "must be one of: true, false")
	if f.values["production"] == nil {
		f.fail("production", "must be one of: true, false")
	}
	return production != nil && *production
}

// readContacts tells an empty list from none: the empty one is shown.
func readContacts(f *form) []kernel.Contact {
	items := f.items("contacts")
	if items == nil {
		return nil
	}
	out := make([]kernel.Contact, 0, len(items))
	for _, item := range items {
		contact := kernel.Contact{Name: item.text("name", required|filled|singleLine)}
		if details, given := item.values["details"]; given && details != nil {
			if _, ok := details.(map[string]any); !ok {
				item.fail("details", "must be a hash")
			}
			contact.Details = item.raw("details")
		}
		out = append(out, contact)
	}
	return out
}

// environmentStub is an environment with its own address only.
func environmentStub(l links.Links, e kernel.Environment) *hal.Resource {
	r := hal.New().Set("uuid", e.UUID).Set("name", e.Name).
		Set("displayName", e.DisplayName).Set("production", e.Production)
	if e.Contacts != nil {
		contacts := make([]*hal.Object, 0, len(e.Contacts))
		for _, contact := range e.Contacts {
			doc := new(hal.Object).Set("name", contact.Name)
			if len(contact.Details) > 0 {
				doc.Set("details", contact.Details)
			}
			contacts = append(contacts, doc)
		}
		r.Set("contacts", contacts)
	}
	return setTimes(r, e.CreatedAt, e.UpdatedAt).
		Link("self", titled("Environment", e.Name, l.Environment(e.UUID)))
}

func environmentDoc(l links.Links, e kernel.Environment) *hal.Resource {
	return environmentStub(l, e).
		Link("pb:currently-deployed-deployed-versions", hal.Link{
			Title: "Versions currently deployed to " + e.DisplayName + " environment",
			Href:  l.CurrentlyDeployed(e.UUID)}).
		Link("pb:currently-supported-released-versions", hal.Link{
			Title: "Versions released and supported in " + e.DisplayName + " environment",
			Href:  l.CurrentlySupported(e.UUID)}).
		Link("pb:environments", hal.Link{Title: "Environments", Href: l.Environments()})
}
