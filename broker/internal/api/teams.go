package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/internal/hal"
)

func (a *API) listTeams(c echo.Context) error {
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	page, err := readPage(q, kernel.Page{})
	if err != nil {
		return err
	}
	list, err := a.service.Identity.ListTeams(c.Request().Context(), kernel.TeamFilter{Search: q.text("q"), Page: page})
	if err != nil {
		return err
	}
	l := a.links(c)
	docs := make([]*hal.Resource, 0, len(list.Items))
	for _, team := range list.Items {
		docs = append(docs, teamDoc(l, team))
	}
	r := hal.New().Set("teams", docs).Link("self", hal.Link{Title: "Teams", Href: a.selfWithQuery(c)})
	return writeHAL(c, http.StatusOK, addPage(r, list, l.Teams()))
}

func (a *API) getTeam(c echo.Context) error {
	team, err := a.service.Identity.FindTeam(c.Request().Context(), c.Param("uuid"))
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, wholeTeamDoc(a.links(c), team))
}

func (a *API) createTeam(c echo.Context) error {
	in, err := bindTeam(c, required)
	if err != nil {
		return err
	}
	team, err := a.service.Identity.CreateTeam(c.Request().Context(), a.whoOf(c), in)
	if err != nil {
		return err
	}
	return writeCreated(c, true, a.links(c).Team(team.UUID), wholeTeamDoc(a.links(c), team))
}

func (a *API) changeTeam(c echo.Context) error {
	in, err := bindTeam(c, 0)
	if err != nil {
		return err
	}
	team, err := a.service.Identity.ChangeTeam(c.Request().Context(), a.whoOf(c), c.Param("uuid"), in)
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, wholeTeamDoc(a.links(c), team))
}

func (a *API) deleteTeam(c echo.Context) error {
	return deleted(c, a.service.Identity.DeleteTeam(c.Request().Context(), c.Param("uuid")))
}

func (a *API) listMembers(c echo.Context) error {
	team, err := a.service.Identity.FindTeam(c.Request().Context(), c.Param("uuid"))
	if err != nil {
		return err
	}
	return a.writeMembers(c, team)
}

// addMembers, removeMembers and replaceMembers change who is in a team, by the uuids of
// the body.
func (a *API) addMembers(c echo.Context) error     { return a.changeMembers(c, identity.Join) }
func (a *API) removeMembers(c echo.Context) error  { return a.changeMembers(c, identity.Leave) }
func (a *API) replaceMembers(c echo.Context) error { return a.changeMembers(c, identity.Replace) }

func (a *API) changeMembers(c echo.Context, how identity.Joining) error {
	var users []string
	err := bind(c, func(f *form) {
		if _, given := f.values["users"]; !given {
			f.fail("users", "is missing")
		}
		users = f.texts("users", filled|singleLine)
	})
	if err != nil {
		return err
	}
	team, err := a.service.Identity.ChangeMembers(c.Request().Context(), c.Param("uuid"), how, users)
	if err != nil {
		return err
	}
	return a.writeMembers(c, team)
}

func (a *API) getMember(c echo.Context) error {
	team, err := a.service.Identity.FindTeam(c.Request().Context(), c.Param("uuid"))
	if err != nil {
		return err
	}
	for _, m := range team.Members {
		if m.UUID == c.Param("user") {
			return writeHAL(c, http.StatusOK, hal.New().Embed("user", memberDoc(a.links(c), m)).
				Link("self", titled("Member", m.Name, a.links(c).TeamMember(team.UUID, m.UUID))))
		}
	}
	return kernel.Errorf(kernel.CodeNotFound, "Nobody with this uuid is in the team %s.", team.Name)
}

func (a *API) removeMember(c echo.Context) error {
	_, err := a.service.Identity.ChangeMembers(c.Request().Context(), c.Param("uuid"), identity.Leave, []string{c.Param("user")})
	return deleted(c, err)
}

func bindTeam(c echo.Context, name rule) (identity.TeamInput, error) {
	var in identity.TeamInput
	err := bind(c, func(f *form) {
		if name := f.change("name", name|filled|notBlank|singleLine|isName); name.Given {
			in.Name = &name.Value
		}
		for field, to := range map[string]**[]string{"pacticipantNames": &in.Applications, "environmentUuids": &in.Environments, "administratorUuids": &in.Administrators} {
			if value, given := f.values[field]; given && value != nil {
				texts := f.texts(field, filled|singleLine)
				*to = &texts
			}
		}
	})
	return in, err
}

func teamDoc(l links.Links, team kernel.Team) *hal.Resource {
	return setTimes(hal.New().Set("uuid", team.UUID).Set("name", team.Name).Set("numberOfMembers", len(team.Members)), team.CreatedAt, team.CreatedAt).
		Link("self", titled("Team", team.Name, l.Team(team.UUID)))
}

// wholeTeamDoc is a team with who is in it and what belongs to it.
func wholeTeamDoc(l links.Links, team kernel.Team) *hal.Resource {
	members, administrators := memberDocs(l, team)
	pacticipants, environments := []*hal.Resource{}, []*hal.Resource{}
	for _, p := range team.Applications {
		pacticipants = append(pacticipants, hal.New().Set("name", p.Name).Link("self", titled("Pacticipant", p.Name, l.Pacticipant(p.Name))))
	}
	for _, e := range team.Environments {
		environments = append(environments, hal.New().Set("uuid", e.UUID).Set("name", e.Name).Link("self", titled("Environment", e.Name, l.Environment(e.UUID))))
	}
	return teamDoc(l, team).Embed("pacticipants", pacticipants).Embed("members", members).Embed("administrators", administrators).Embed("environments", environments).
		Link("pb:members", hal.Link{Title: "Members", Href: l.TeamMembers(team.UUID)})
}

func memberDocs(l links.Links, team kernel.Team) (members, administrators []*hal.Resource) {
	members, administrators = []*hal.Resource{}, []*hal.Resource{}
	for _, m := range team.Members {
		members = append(members, memberDoc(l, m))
		if m.Administers {
			administrators = append(administrators, memberDoc(l, m))
		}
	}
	return members, administrators
}

func memberDoc(l links.Links, m kernel.TeamMember) *hal.Resource {
	return hal.New().Set("uuid", m.UUID).Set("name", m.Name).Link("self", titled("Account", m.Name, l.Account(m.UUID)))
}

func (a *API) writeMembers(c echo.Context, team kernel.Team) error {
	l := a.links(c)
	members, _ := memberDocs(l, team)
	return writeHAL(c, http.StatusOK, hal.New().Embed("users", members).Link("self", titled("Members of", team.Name, l.TeamMembers(team.UUID))))
}
