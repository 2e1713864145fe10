package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/hal"
)

// whoCan lists the accounts that have a right, for an application and an environment if
// the question names them, and by what.
func (a *API) whoCan(c echo.Context) error {
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	right, err := access.RightNamed(q.text("right"))
	if err != nil {
		return kernel.Errorf(kernel.CodeInvalid, "%s.", err)
	}
	var things []access.Thing
	if name := q.text("application"); name != "" {
		things = append(things, access.Application(name))
	}
	if name := q.text("environment"); name != "" {
		found, err := a.service.Registry.ListEnvironments(c.Request().Context(), name)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return kernel.Errorf(kernel.CodeNotFound, "There is no environment named %q.", name)
		}
		thing := access.Environment(found[0].UUID)
		thing.Name = name
		things = append(things, thing)
	}
	holders, err := a.service.Identity.WhoCan(c.Request().Context(), right, things...)
	if err != nil {
		return err
	}
	docs := make([]*hal.Resource, 0, len(holders))
	for _, h := range holders {
		docs = append(docs, hal.New().Set("uuid", h.UUID).Set("name", h.Name).Set("because", h.Because).
			Link("self", titled("Account", h.Name, a.links(c).Account(h.UUID))))
	}
	return writeHAL(c, http.StatusOK, hal.New().Set("right", right.String()).Set("accounts", docs).
		Link("self", hal.Link{Title: "Who can", Href: a.selfWithQuery(c)}))
}
