package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/access"
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

// public is who may use a route besides those who may read or write.
type public string

// Everybody may use these if the configuration says so.
const (
	publicHeartbeat public = "heartbeat"
	publicBadge     public = "badge"
)

// authenticate lets a request pass if everybody may make it, or if whoever makes it
// has the right that its row of the route table names. Denied is always 401, for
// readers who want to write too: clients know it so, and the body tells them which of
// the two it is.
func (a *API) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		auth, need := a.config.Auth, needsOf(c)
		if !auth.enabled() || auth.publicly(c, need) {
			return next(c)
		}
		header := c.Request().Header.Get("Authorization")
		user, password, ok := basicCredentials(header)
		if header != "" && !ok {
			return errCredentialsForm
		}
		who, known := auth.who(user, password)
		if who.May(need) {
			return next(c)
		}
		c.Response().Header().Set("WWW-Authenticate", `Basic realm="Restricted area"`)
		return denial(ok, known)
	}
}

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

func (auth Auth) publicly(c echo.Context, need access.Right) bool {
	if auth.PublicRead && need.Reads() {
		return true
	}
	if r := routeOf(c); r != nil {
		switch r.public {
		case publicHeartbeat:
			return auth.PublicHeartbeat && isSafe(c.Request().Method)
		case publicBadge:
			return auth.PublicBadges && isSafe(c.Request().Method)
		}
	}
	return false
}

func isSafe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// who is whom a user and password are known for. All are compared, so that the time
// tells nothing.
func (auth Auth) who(user, password string) (who access.Who, known bool) {
	writes := same(user, auth.User) && same(password, auth.Password)
	reads := auth.ReadOnlyUser != "" && auth.ReadOnlyPassword != "" && same(user, auth.ReadOnlyUser) && same(password, auth.ReadOnlyPassword)
	switch {
	case writes:
		return access.Writer(user), true
	case reads:
		return access.Reader(user), true
	}
	return access.Who{}, false
}

// same compares without telling by its duration how much agrees.
func same(a, b string) bool {
	left, right := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(left[:], right[:]) == 1
}
