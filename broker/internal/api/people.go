package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/internal/hal"
)

// createPerson and invitePerson let somebody in by their address; they differ in the
// status that clients of PactFlow expect. Nobody is sent a mail.
func (a *API) createPerson(c echo.Context) error {
	made, err := a.inviteOne(c)
	if err != nil {
		return err
	}
	return writeCreated(c, true, a.links(c).Account(made.UUID), accountDoc(a.links(c), made))
}

func (a *API) invitePerson(c echo.Context) error {
	made, err := a.inviteOne(c)
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, accountDoc(a.links(c), made))
}

func (a *API) inviteOne(c echo.Context) (identity.Account, error) {
	var in identity.Person
	if err := bind(c, func(f *form) { in = bindPerson(f) }); err != nil {
		return identity.Account{}, err
	}
	made, err := a.service.Identity.Invite(c.Request().Context(), a.whoOf(c), []identity.Person{in}, nil)
	if err != nil {
		return identity.Account{}, err
	}
	return made[0], nil
}

// invitePeople is invitePerson for several, all of them or none.
func (a *API) invitePeople(c echo.Context) error {
	var in []identity.Person
	err := bind(c, func(f *form) {
		if _, given := f.values["users"]; !given {
			f.fail("users", "is missing")
		}
		for _, one := range f.items("users") {
			in = append(in, bindPerson(one))
		}
	})
	if err != nil {
		return err
	}
	made, err := a.service.Identity.Invite(c.Request().Context(), a.whoOf(c), in, nil)
	if err != nil {
		return err
	}
	docs := make([]*hal.Resource, 0, len(made))
	for _, one := range made {
		docs = append(docs, accountDoc(a.links(c), one))
	}
	return writeHAL(c, http.StatusOK, hal.New().Set("users", docs).Link("self", hal.Link{Title: "Accounts", Href: a.links(c).Accounts()}))
}

func bindPerson(f *form) identity.Person {
	in := identity.Person{Email: f.text("email", required|filled|notBlank|singleLine|isName)}
	if name := f.change("name", filled|notBlank|singleLine|isName); name.Given {
		in.Name = name.Value
	}
	in.Active = f.flag("active", "must be one of: true, false")
	return in
}

// makeAdministrator and demoteAdministrator are the addresses by which older clients give
// the one role that there was. What their body says, above all active, counts for nothing.
func (a *API) makeAdministrator(c echo.Context) error   { return a.changeAdministrator(c, true) }
func (a *API) demoteAdministrator(c echo.Context) error { return a.changeAdministrator(c, false) }

func (a *API) changeAdministrator(c echo.Context, is bool) error {
	ctx, uuid := c.Request().Context(), c.Param("uuid")
	if err := a.service.Identity.SetRole(ctx, a.whoOf(c), uuid, access.AdministratorUUID, is); err != nil {
		return err
	}
	account, err := a.service.Identity.FindAccount(ctx, uuid)
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, accountDoc(a.links(c), account))
}
