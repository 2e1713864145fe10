package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/hal"
)

// listOwnTokens lists the tokens of whoever asks. The users of passwords have none.
func (a *API) listOwnTokens(c echo.Context) error {
	var all []kernel.Token
	if who := a.whoOf(c); who.UUID != "" {
		var err error
		if all, err = a.service.Identity.ListTokens(c.Request().Context(), who.UUID); err != nil {
			return err
		}
	}
	return writeTokens(c, all, a.links(c).OwnTokens())
}

// createOwnToken makes a token for whoever asks.
func (a *API) createOwnToken(c echo.Context) error {
	in, err := bindToken(c)
	if err != nil {
		return err
	}
	token, value, err := a.service.Identity.CreateToken(c.Request().Context(), a.whoOf(c), a.whoOf(c).UUID, in)
	if err != nil {
		return err
	}
	return writeValue(c, token, value, a.links(c).OwnToken(token.UUID))
}

// deleteOwnToken revokes one of them, which may be the one that came with the request.
func (a *API) deleteOwnToken(c echo.Context) error {
	return deleted(c, a.service.Identity.DeleteToken(c.Request().Context(), a.whoOf(c), a.whoOf(c).UUID, c.Param("uuid")))
}

// regenerateOwnToken gives one of them a new value.
func (a *API) regenerateOwnToken(c echo.Context) error {
	return a.writeRegenerated(c, a.whoOf(c).UUID, c.Param("uuid"))
}

func (a *API) listAccountTokens(c echo.Context) error {
	all, err := a.service.Identity.ListTokens(c.Request().Context(), c.Param("uuid"))
	if err != nil {
		return err
	}
	return writeTokens(c, all, a.links(c).TokensOfAccount(c.Param("uuid")))
}

func (a *API) createAccountToken(c echo.Context) error {
	in, err := bindToken(c)
	if err != nil {
		return err
	}
	account := c.Param("uuid")
	token, value, err := a.service.Identity.CreateToken(c.Request().Context(), a.whoOf(c), account, in)
	if err != nil {
		return err
	}
	return writeValue(c, token, value, a.links(c).TokenOfAccount(account, token.UUID))
}

func (a *API) regenerateAccountToken(c echo.Context) error {
	return a.writeRegenerated(c, c.Param("uuid"), c.Param("token"))
}

func (a *API) deleteAccountToken(c echo.Context) error {
	return deleted(c, a.service.Identity.DeleteToken(c.Request().Context(), a.whoOf(c), c.Param("uuid"), c.Param("token")))
}

func (a *API) writeRegenerated(c echo.Context, account, uuid string) error {
	token, value, err := a.service.Identity.RegenerateToken(c.Request().Context(), a.whoOf(c), account, uuid)
	if err != nil {
		return err
	}
	return writeValue(c, token, value, a.links(c).TokenOfAccount(account, uuid))
}

// writeValue is the only answer with the value of a token.
func writeValue(c echo.Context, token kernel.Token, value, location string) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	r := tokenDoc(token).Set("value", value).Link("self", hal.Link{Title: "Token", Href: location})
	return writeCreated(c, true, location, r)
}

func writeTokens(c echo.Context, all []kernel.Token, self string) error {
	items := make([]*hal.Resource, 0, len(all))
	for _, token := range all {
		items = append(items, tokenDoc(token))
	}
	return writeHAL(c, http.StatusOK, hal.New().Embed("items", items).Link("self", hal.Link{Title: "Tokens", Href: self}))
}

// tokenDoc is a token without its value. Clients of PactFlow find one by its
// description, which is its name.
func tokenDoc(token kernel.Token) *hal.Resource {
	r := hal.New().Set("uuid", token.UUID).Set("description", token.Name).Set("write", token.Writes)
	if token.Prefix != "" {
		r.Set("prefix", token.Prefix)
	}
	if token.Permissions != nil {
		r.Set("permissions", token.Permissions)
	}
	r.Set("createdAt", hal.Time(token.CreatedAt))
	for name, moment := range map[string]time.Time{"expiresAt": token.ExpiresAt, "lastUsedAt": token.LastUsedAt} {
		if !moment.IsZero() {
			r.Set(name, hal.Time(moment))
		}
	}
	return r
}

func bindToken(c echo.Context) (identity.TokenInput, error) {
	var in identity.TokenInput
	err := bind(c, func(f *form) {
		in.Name = f.text("name", required|filled|notBlank|singleLine|isName)
		if writes := f.flag("write", "must be one of: true, false"); writes != nil {
			in.Writes = *writes
		}
		in.Permissions = f.texts("permissions", filled|singleLine)
		if text := f.text("expiresAt", filled|singleLine); text != "" {
			var err error
			if in.ExpiresAt, err = time.Parse(time.RFC3339, text); err != nil || in.ExpiresAt.IsZero() { // zero is never
				f.fail("expiresAt", "must be a time such as 2027-01-31T12:00:00Z")
			}
		}
	})
	return in, err
}
