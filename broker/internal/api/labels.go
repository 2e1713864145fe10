package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/hal"
)

func (a *API) listLabels(c echo.Context) error {
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	page, err := readPage(q, kernel.Page{})
	if err != nil {
		return err
	}
	list, err := a.service.Registry.ListLabels(c.Request().Context(), page)
	if err != nil {
		return err
	}
	names := make([]*hal.Object, 0, len(list.Items))
	for _, name := range list.Items {
		names = append(names, new(hal.Object).Set("name", name))
	}
	href := a.links(c).Labels()
	r := addPage(hal.New(), list, href).Embed("labels", names)
	return writeHAL(c, http.StatusOK, r.Link("self", hal.Link{Title: "Labels", Href: href}))
}

func (a *API) getLabel(c echo.Context) error {
	label, err := a.service.Registry.FindLabel(c.Request().Context(), c.Param("pacticipant"), c.Param("label"))
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, a.labelDoc(c, label))
}

func (a *API) putLabel(c echo.Context) error {
	if err := bind(c, func(*form) {}); err != nil {
		return err
	}
	label, created, err := a.service.Registry.PutLabel(c.Request().Context(), c.Param("pacticipant"), c.Param("label"))
	if err != nil {
		return err
	}
	return writeCreated(c, created, a.links(c).Label(label.Pacticipant, label.Name), a.labelDoc(c, label))
}

func (a *API) deleteLabel(c echo.Context) error {
	return deleted(c, a.service.Registry.DeleteLabel(c.Request().Context(), c.Param("pacticipant"), c.Param("label")))
}

func (a *API) labelDoc(c echo.Context, label kernel.Label) *hal.Resource {
	l := a.links(c)
	return hal.New().Set("name", label.Name).Set("createdAt", hal.Time(label.CreatedAt)).
		Link("self", titled("Label", label.Name, l.Label(label.Pacticipant, label.Name))).
		Link("pacticipant", titled("Pacticipant", label.Pacticipant, l.Pacticipant(label.Pacticipant)))
}
