package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// Auth protects the API by HTTP basic authentication. Without a user and a
// password to write, everybody may do everything.
type Auth struct {
	User, Password                 string
	ReadOnlyUser, ReadOnlyPassword string
	// PublicRead lets everybody read.
	PublicRead bool
	// PublicHeartbeat lets everybody ask whether the broker is alive.
	PublicHeartbeat bool
	// PublicBadges lets everybody see badges.
	PublicBadges bool
}

func (auth Auth) enabled() bool { return auth.User != "" && auth.Password != "" }

// access is who may use a route besides those with a password.
type access string

const (
	// accessNormal: GET, HEAD and OPTIONS for readers, all for writers.
	accessNormal access = ""
	// accessReading: POST counts as reading.
	accessReading access = "reading"
	// accessHeartbeat and accessBadge: for everybody if so configured.
	accessHeartbeat access = "heartbeat"
	accessBadge     access = "badge"
)

// authenticate lets a request pass by the first rule that allows it. What the
// rules say of an address stands in its row of the route table. Denied is
// always 401, for readers who want to write too: clients know it so, and the
// body tells them which of the two it is.
func (a *API) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		auth := a.config.Auth
		if !auth.enabled() {
			return next(c)
		}
		header := c.Request().Header.Get("Authorization")
		user, password, given := basicCredentials(header)
		var who principal
		var refused error
		if given {
			who, refused = a.logins.judge(a.clientOf(c.Request()), user, password)
			c.Set(keyPrincipal, who)
		}
		switch {
		case auth.publicly(c):
			return next(c)
		case refused != nil:
			return refused
		case header != "" && !given:
			return errCredentialsForm
		case who.writes, who.name != "" && reads(c):
			return next(c)
		}
		c.Response().Header().Set("WWW-Authenticate", `Basic realm="Restricted area"`)
		return denial(given, who.name != "")
	}
}

// keyPrincipal is where a request keeps the principal that its password proves.
const keyPrincipal = "principal"

// denial is why a request may not pass.
func denial(named, known bool) error {
	switch {
	case known:
		return errReadOnly
	case named:
		return errWrongCredentials
	}
	return errNoCredentials
}

// basicCredentials reads a header of the basic scheme; ok is false for
// anything else.
func basicCredentials(header string) (user, password string, ok bool) {
	scheme, encoded, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "basic") {
		return "", "", false
	}
	plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil {
		return "", "", false
	}
	user, password, _ = strings.Cut(string(plain), ":")
	return user, password, true
}

func (auth Auth) publicly(c echo.Context) bool {
	if auth.PublicRead && reads(c) {
		return true
	}
	switch accessOf(c) {
	case accessHeartbeat:
		return auth.PublicHeartbeat && isSafe(c.Request().Method)
	case accessBadge:
		return auth.PublicBadges && isSafe(c.Request().Method)
	case accessNormal, accessReading:
	}
	return false
}

func isSafe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// reads reports whether a request changes nothing: to ask for pacts to verify is
// a POST, but readers may do it.
func reads(c echo.Context) bool {
	method := c.Request().Method
	return isSafe(method) || method == http.MethodPost && accessOf(c) == accessReading
}

func (auth Auth) writer(user, password string) bool {
	return same(user, auth.User) && same(password, auth.Password)
}

func (auth Auth) reader(user, password string) bool {
	return auth.ReadOnlyUser != "" && auth.ReadOnlyPassword != "" &&
		same(user, auth.ReadOnlyUser) && same(password, auth.ReadOnlyPassword)
}

// same compares without telling by its duration how much agrees.
func same(a, b string) bool {
	left, right := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(left[:], right[:]) == 1
}
