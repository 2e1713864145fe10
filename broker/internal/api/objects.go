package api

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// object finds in a request what it is about.
type object func(a *API, c echo.Context) (access.Thing, error)

// ofApplication is the application that a parameter of the address names.
func ofApplication(parameter string) object {
	return func(_ *API, c echo.Context) (access.Thing, error) { return access.Application(c.Param(parameter)), nil }
}

// ofPage is the application that the address of a page names.
func ofPage(_ *API, c echo.Context) (access.Thing, error) {
	return access.Application(parameter(c, "pacticipant")), nil
}

// ofEnvironment is the environment of the address.
func ofEnvironment(_ *API, c echo.Context) (access.Thing, error) {
	return access.Environment(c.Param("environment")), nil
}

// ofTeam is the team of the address.
func ofTeam(_ *API, c echo.Context) (access.Thing, error) {
	return access.OneTeam(c.Param("uuid")), nil
}

// on says which things a method is about. A right for some of them, as the members of
// a team have, is enough then. A method that names none needs the right for all.
func (m method) on(objects ...object) method {
	m.objects = objects
	return m
}

// judging marks a method that finds only in its body, or in the database, what it is
// about, and asks allow then, before it changes anything.
func (m method) judging() method {
	m.judges = true
	return m
}

// ofOwn marks a method that is about nothing but what belongs to whoever asks.
func (m method) ofOwn() method {
	m.own = true
	return m
}

// judgeObjects asks whether whoever makes a request may do so for what it is about.
// That they have the right for anything at all is known already.
func (a *API) judgeObjects(c echo.Context, m method) error {
	if !a.closed() || a.config.Auth.publicly(c, m.need()) {
		return nil
	}
	if m.judges || m.own && a.whoOf(c).MaySome(m.need()) {
		if !isSafe(m.name) {
			a.actAs(c)
		}
		return nil
	}
	var things []access.Thing
	for _, find := range m.objects {
		thing, err := find(a, c)
		if err != nil {
			return err
		}
		things = append(things, thing)
	}
	return a.allow(c, m.need(), things...)
}

// allow refuses with 403 what whoever makes the request may not do.
func (a *API) allow(c echo.Context, need access.Right, things ...access.Thing) error {
	if !a.closed() {
		return nil
	}
	r := c.Request()
	ctx, err := a.service.Identity.Allow(r.Context(), a.whoOf(c), identity.Doing{Need: need, Deletes: r.Method == http.MethodDelete}, things...)
	if err == nil && !isSafe(r.Method) {
		c.SetRequest(r.WithContext(ctx))
	}
	return err
}

// actAs tells the use cases whom they work for.
func (a *API) actAs(c echo.Context) {
	r := c.Request()
	c.SetRequest(r.WithContext(identity.Acting(r.Context(), a.whoOf(c), false)))
}

// allowPlace refuses to write where a version runs to whoever may not record it: what
// the address names is found in the database, for those only who may not record all.
func (a *API) allowPlace(c echo.Context, find func(context.Context, string) (kernel.Version, kernel.Environment, error)) error {
	if !a.closed() || a.whoOf(c).May(access.Record) {
		return nil
	}
	version, environment, err := find(c.Request().Context(), c.Param("uuid"))
	if err != nil {
		return err
	}
	return a.allow(c, access.Record, identity.Recorded(version.Pacticipant.Name, environment)...)
}
