package api

import (
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/issuer"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/hal"
)

// What a token exchange says (RFC 8693, sections 2.1 and 2.2).
const (
	typeForm        = "application/x-www-form-urlencoded"
	grantExchange   = "urn:ietf:params:oauth:grant-type:token-exchange"
	tokenTypeJWT    = "urn:ietf:params:oauth:token-type:jwt"
	tokenTypeID     = "urn:ietf:params:oauth:token-type:id_token"
	tokenTypeAccess = "urn:ietf:params:oauth:token-type:access_token"
	errorRequest    = "invalid_request"
	errorGrant      = "unsupported_grant_type"
)

// exchange gives a token of the broker for one of another issuer, or for a login at a
// terminal that was granted. Whoever asks shows who they are by that, and by nothing else.
func (a *API) exchange(c echo.Context) error {
	form, err := formOfOAuth(c)
	if form == nil {
		return err
	}
	if form.Get("grant_type") == grantDevice && a.config.Login != nil {
		return a.finishDevice(c, form)
	}
	switch kind := form.Get("subject_token_type"); {
	case form.Get("grant_type") != grantExchange:
		return refuseExchange(c, http.StatusBadRequest, errorGrant, "grant_type must be "+grantExchange+".")
	case kind != tokenTypeJWT && kind != tokenTypeID && kind != tokenTypeAccess:
		return refuseExchange(c, http.StatusBadRequest, errorRequest, "subject_token_type must be "+tokenTypeJWT+".")
	case !issuer.IsToken(form.Get("subject_token")):
		return refuseExchange(c, http.StatusBadRequest, errorRequest, "subject_token must be the signed token (JWT) of an issuer.")
	case form.Has("actor_token"):
		return refuseExchange(c, http.StatusBadRequest, errorRequest, "Nobody acts for others here: leave actor_token out.")
	case form.Has("requested_token_type") && form.Get("requested_token_type") != tokenTypeAccess:
		return refuseExchange(c, http.StatusBadRequest, errorRequest, "requested_token_type can only be "+tokenTypeAccess+".")
	}
	var given identity.Exchanged
	_, err = a.logins.judgeToken(a.clientOf(c.Request()), form.Get("subject_token"), func() (access.Who, error) {
		who, err := a.config.Tokens.Who(c.Request().Context(), form.Get("subject_token"))
		if err != nil {
			return who, err
		}
		by(c, who)
		given, err = a.config.Tokens.Exchange(c.Request().Context(), form.Get("subject_token"))
		return given.Who, err
	})
	var told *kernel.Error
	switch {
	case kernel.CodeOf(err) == kernel.CodeUnauthorized && errors.As(err, &told):
		return refuseExchange(c, http.StatusBadRequest, errorRequest, told.Message)
	case err != nil:
		return err
	}
	return c.JSON(http.StatusOK, new(hal.Object).Set("access_token", given.Value).Set("issued_token_type", tokenTypeAccess).
		Set("token_type", "Bearer").Set("expires_in", int(given.Expires.Sub(a.service.Now()).Round(time.Second).Seconds())))
}

// refuseExchange answers as clients of OAuth expect it (RFC 6749, section 5.2).
func refuseExchange(c echo.Context, status int, code, description string) error {
	return c.JSON(status, new(hal.Object).Set("error", code).Set("error_description", description))
}
