package api

import (
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/secret"
	"github.com/treatyhq/treaty/internal/hal"
)

func (a *API) listSecrets(c echo.Context) error {
	all, err := a.service.Secret.List(c.Request().Context())
	if err != nil {
		return err
	}
	l := a.links(c)
	docs := make([]*hal.Resource, 0, len(all))
	for _, s := range all {
		if a.closed() && !a.whoOf(c).May(access.ReadSecrets, access.Secret(s.Team)) {
			continue
		}
		docs = append(docs, secretDoc(l, s))
	}
	return writeHAL(c, http.StatusOK, hal.New().Embed("secrets", docs).Link("self", hal.Link{Title: "Secrets", Href: l.Secrets()}))
}

func (a *API) getSecret(c echo.Context) error {
	found, err := a.service.Secret.Find(c.Request().Context(), c.Param("uuid"))
	if err != nil {
		return err
	}
	if err := a.allow(c, access.ReadSecrets, access.Secret(found.Team)); err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, secretDoc(a.links(c), found))
}

func (a *API) createSecret(c echo.Context) error {
	in, err := bindSecret(c, true, a.config.Tokens != nil)
	if err != nil {
		return err
	}
	made, err := a.service.Secret.Create(c.Request().Context(), in)
	if err != nil {
		return err
	}
	return writeCreated(c, true, a.links(c).Secret(made.UUID), secretDoc(a.links(c), made))
}

func (a *API) changeSecret(c echo.Context) error {
	in, err := bindSecret(c, false, a.config.Tokens != nil)
	if err != nil {
		return err
	}
	changed, err := a.service.Secret.Change(c.Request().Context(), c.Param("uuid"), in, time.Time{})
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, secretDoc(a.links(c), changed))
}

func (a *API) deleteSecret(c echo.Context) error {
	return deleted(c, a.service.Secret.Delete(c.Request().Context(), c.Param("uuid")))
}

// bindSecret reads a secret. A value may have any text in it, lines too.
func bindSecret(c echo.Context, whole, teams bool) (secret.Input, error) {
	var in secret.Input
	err := bind(c, func(f *form) {
		needed := rule(0)
		if whole {
			needed = required | filled
		}
		texts := map[string]**string{"name": &in.Name, "description": &in.Description, "value": &in.Value}
		for _, name := range slices.Sorted(maps.Keys(texts)) {
			rules := needed
			if name == "description" {
				rules = 0
			}
			text := f.text(name, rules)
			if value, given := f.values[name]; given && value != nil {
				*texts[name] = &text
			}
		}
		if team, given := f.values["teamUuid"]; given && team != nil && !teams {
			f.fail("teamUuid", "names a team, and this broker has none: leave it out, or null")
		} else if given {
			var uuid string
			if team != nil {
				uuid = f.text("teamUuid", singleLine)
			}
			in.Team = &uuid
		}
		if value, given := f.values["hosts"]; given && value != nil {
			hosts := f.texts("hosts", filled|singleLine)
			in.Hosts = &hosts
		}
	})
	return in, err
}

// secretDoc is a secret; there is no way to its value.
func secretDoc(l links.Links, s kernel.Secret) *hal.Resource {
	r := hal.New().Set("uuid", s.UUID).Set("name", s.Name).Set("description", s.Description)
	if len(s.Hosts) > 0 {
		r.Set("hosts", s.Hosts)
	}
	if s.Team != "" {
		r.Set("teamUuid", s.Team)
	}
	return setTimes(r, s.CreatedAt, s.UpdatedAt).Link("self", titled("Secret", s.Name, l.Secret(s.UUID)))
}
