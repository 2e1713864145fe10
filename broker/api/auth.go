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

// authenticate lets a request pass by the first rule that allows it. Denied is
// always 401, for readers who want to write too: clients know it so.
func (a *API) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		auth := a.config.Auth
		if !auth.enabled() || auth.publicly(c.Request()) {
			return next(c)
		}
		header := c.Request().Header.Get("Authorization")
		user, password, ok := basicCredentials(header)
		switch {
		case header != "" && !ok:
			return writeEmpty(c, &requestError{status: http.StatusBadRequest, media: typeText})
		case ok && auth.writer(user, password):
			return next(c)
		case ok && auth.reader(user, password) && reads(c.Request()):
			return next(c)
		}
		c.Response().Header().Set("WWW-Authenticate", `Basic realm="Restricted area"`)
		return writeEmpty(c, &requestError{status: http.StatusUnauthorized, media: typeText})
	}
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

func (auth Auth) publicly(r *http.Request) bool {
	if auth.PublicRead && reads(r) {
		return true
	}
	switch pathAccess(r.URL.Path) {
	case accessHeartbeat:
		return auth.PublicHeartbeat && isSafe(r.Method)
	case accessBadge:
		return auth.PublicBadges && isSafe(r.Method)
	case accessNormal, accessReading:
	}
	return false
}

func isSafe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// reads says whether a request changes nothing: to ask for pacts to verify is
// a POST, but readers may do it.
func reads(r *http.Request) bool {
	return isSafe(r.Method) || r.Method == http.MethodPost && pathAccess(r.URL.Path) == accessReading
}

// pathAccess finds the exception that an address makes. It looks at the path
// and not at the route, because the password is asked for before anything is
// told about an address.
func pathAccess(path string) access {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	last := segments[len(segments)-1]
	switch {
	case path == "/diagnostic/status/heartbeat":
		return accessHeartbeat
	case (last == "badge" || last == "badge.svg") && isBadgeAddress(segments):
		return accessBadge
	case len(segments) == 4 && segments[0] == "pacts" && segments[1] == "provider" && last == "for-verification":
		return accessReading
	}
	return accessNormal
}

// isBadgeAddress tells the addresses of badges from those of something that
// somebody called badge.
func isBadgeAddress(segments []string) bool {
	n := len(segments)
	switch segments[0] {
	case "pacts":
		return n >= 7 && strings.HasPrefix(segments[5], "latest")
	case "matrix":
		return n == 10
	case "pacticipants":
		return n == 5 && segments[3] == "can-i-merge" || n >= 7 && segments[4] == "can-i-deploy" || n == 9 && segments[5] == "can-i-deploy"
	}
	return false
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
