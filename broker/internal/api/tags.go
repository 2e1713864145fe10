package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/hal"
)

func (a *API) getTag(c echo.Context) error {
	tag, err := a.service.Registry.FindTag(c.Request().Context(), c.Param("pacticipant"), c.Param("version"), c.Param("tag"))
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, a.tagDoc(c, tag))
}

func (a *API) putTag(c echo.Context) error {
	if err := bind(c, func(*form) {}); err != nil {
		return err
	}
	tag, created, err := a.service.Registry.PutTag(c.Request().Context(),
		c.Param("pacticipant"), c.Param("version"), c.Param("tag"))
	if err != nil {
		return err
	}
	return writeCreated(c, created, a.links(c).Tag(tag.Pacticipant, tag.Version, tag.Name), a.tagDoc(c, tag))
}

func (a *API) deleteTag(c echo.Context) error {
	return deleted(c, a.service.Registry.DeleteTag(c.Request().Context(),
		c.Param("pacticipant"), c.Param("version"), c.Param("tag")))
}

func (a *API) tagDoc(c echo.Context, tag kernel.Tag) *hal.Resource {
	l := a.links(c)
	return hal.New().Set("name", tag.Name).Set("createdAt", hal.Time(tag.CreatedAt)).
		Link("self", titled("Tag", tag.Name, l.Tag(tag.Pacticipant, tag.Version, tag.Name))).
		Link("version", titled("Version", tag.Version, l.Version(tag.Pacticipant, tag.Version))).
		Link("pacticipant", titled("Pacticipant", tag.Pacticipant, l.Pacticipant(tag.Pacticipant)))
}
