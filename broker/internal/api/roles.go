package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/internal/hal"
)

func (a *API) listRoles(c echo.Context) error {
	all, err := a.service.Identity.ListRoles(c.Request().Context())
	if err != nil {
		return err
	}
	l := a.links(c)
	docs := make([]*hal.Resource, 0, len(all))
	for _, role := range all {
		docs = append(docs, roleDoc(l, role))
	}
	return writeHAL(c, http.StatusOK, hal.New().Embed("roles", docs).Link("self", hal.Link{Title: "Roles", Href: l.Roles()}))
}

func (a *API) getRole(c echo.Context) error {
	role, err := a.service.Identity.FindRole(c.Request().Context(), c.Param("uuid"))
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, roleDoc(a.links(c), role))
}

func (a *API) createRole(c echo.Context) error {
	in, err := bindRole(c)
	if err != nil {
		return err
	}
	role, err := a.service.Identity.CreateRole(c.Request().Context(), a.whoOf(c), in)
	if err != nil {
		return err
	}
	return writeCreated(c, true, a.links(c).AccessRole(role.UUID), roleDoc(a.links(c), role))
}

func (a *API) replaceRole(c echo.Context) error {
	in, err := bindRole(c)
	if err != nil {
		return err
	}
	role, err := a.service.Identity.ReplaceRole(c.Request().Context(), a.whoOf(c), c.Param("uuid"), in)
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, roleDoc(a.links(c), role))
}

func (a *API) deleteRole(c echo.Context) error {
	return deleted(c, a.service.Identity.DeleteRole(c.Request().Context(), c.Param("uuid")))
}

// listPermissions lists what roles and tokens can have.
func (a *API) listPermissions(c echo.Context) error {
	return writeHAL(c, http.StatusOK, hal.New().Set("permissions", permissionDocs(access.All())).
		Link("self", hal.Link{Title: "Permissions", Href: a.links(c).Permissions()}))
}

// bindRole reads a role. A permission is an object, as clients of PactFlow send it.
func bindRole(c echo.Context) (identity.RoleInput, error) {
	var in identity.RoleInput
	err := bind(c, func(f *form) {
		in.Name = f.text("name", required|filled|notBlank|singleLine|isName)
		in.Description = f.text("description", singleLine)
		if _, given := f.values["permissions"]; !given {
			f.fail("permissions", "is missing")
		}
		for _, item := range f.items("permissions") {
			in.Permissions = append(in.Permissions, item.text("scope", required|filled))
		}
	})
	return in, err
}

func roleDoc(l links.Links, role access.Role) *hal.Resource {
	return hal.New().Set("uuid", role.UUID).Set("name", role.Name).Set("description", role.Description).
		Set("permissions", permissionDocs(role.Permissions)).
		Link("self", titled("Role", role.Name, l.AccessRole(role.UUID)))
}
