package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/issuer"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Tokens knows whom a token belongs to. An error with [kernel.CodeUnauthorized] says
// that the token does not count; any other, that this could not be found out.
type Tokens interface {
	Who(ctx context.Context, value string) (access.Who, error)
	// Exchange gives a token of the broker for one of another issuer.
	Exchange(ctx context.Context, value string) (identity.Exchanged, error)
	// TryTrust says of each trust rule whether a token fits it.
	TryTrust(ctx context.Context, value string) (identity.Trial, error)
}

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
	// publicExchange is for everybody: the body says who asks.
	publicExchange public = "exchange"
)

// authenticate lets a request pass if everybody may make it, or if whoever makes it
// has the right that its row of the route table names. What they have it for is judged
// when it is known what the request is about.
//
// Who cannot be told is 401. So is a user of the password to read who wants to write:
// clients know it so, and the body tells them which of the two it is. An account that
// is known and may not is 403.
func (a *API) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !a.closed() {
			return next(c)
		}
		need := needsOf(c)
		who, err := a.identify(c) // also where everybody may: guesses count there as well
		if err == nil {
			c.Set(keyWho, who)
			by(c, who)
			c.SetRequest(c.Request().WithContext(access.NewContext(c.Request().Context(), who)))
		}
		switch {
		case a.config.Auth.publicly(c, need), err == nil && who.MaySome(need):
			return next(c)
		case err == nil && who.UUID != "":
			return kernel.Errorf(kernel.CodeForbidden, "%s", who.Refusal(need))
		case err == nil:
			err = errReadOnly
		}
		if isUnknown(err) && a.leadsToLogin(c) {
			return a.toLogin(c)
		}
		if isUnknown(err) {
			a.challenge(c)
		}
		return err
	}
}

// closed reports whether anything needs credentials.
func (a *API) closed() bool { return a.config.Auth.enabled() || a.config.Tokens != nil }

// challenge says which credentials the broker takes. Where people log in, a browser is
// not told of passwords: it would ask for one in the middle of a page whose session has
// ended.
func (a *API) challenge(c echo.Context) {
	h := c.Response().Header()
	if a.config.Login == nil || c.Request().Header.Get("Sec-Fetch-Site") == "" {
		h.Set("WWW-Authenticate", `Basic realm="Restricted area"`)
	}
	if a.config.Tokens != nil {
		h.Add("WWW-Authenticate", `Bearer realm="Restricted area"`)
	}
}

// isUnknown reports whether an error says that it is not known who asks, or not as
// somebody who may.
func isUnknown(err error) bool {
	var request *requestError
	return errors.As(err, &request) && request.status == http.StatusUnauthorized || kernel.CodeOf(err) == kernel.CodeUnauthorized
}

// identify returns whom the credentials of a request are of: the users of the two
// passwords, whoever has the token, or the person whose session the browser has, where
// nothing else is shown. A token stands where clients put one, or in
// place of a password, since old clients know no other way; as a user, or in the
// address, it counts for nothing.
func (a *API) identify(c echo.Context) (access.Who, error) {
	r := c.Request()
	header := r.Header.Get("Authorization")
	if header == "" && a.config.Sessions != nil {
		if value := a.cookie(c, sessionCookie); value != "" {
			return a.holderOfSession(c, value)
		}
	}
	if header == "" {
		if a.config.Tokens != nil {
			return access.Who{}, errNoToken
		}
		return access.Who{}, errNoCredentials
	}
	if scheme, value, _ := strings.Cut(header, " "); a.config.Tokens != nil && strings.EqualFold(scheme, "bearer") {
		return a.holderOf(r, strings.TrimSpace(value))
	}
	user, password, ok := basicCredentials(header)
	if !ok {
		return access.Who{}, errCredentialsForm
	}
	if a.config.Tokens != nil && (identity.IsValue(password) || issuer.IsToken(password)) {
		return a.holderOf(r, password)
	}
	who, known, err := a.logins.judge(a.clientOf(r), user, password)
	if err == nil && !known {
		err = errWrongCredentials
	}
	return who, err
}

// holderOf is whose a token is.
func (a *API) holderOf(r *http.Request, value string) (access.Who, error) {
	return a.logins.judgeToken(a.clientOf(r), value, func() (access.Who, error) { return a.config.Tokens.Who(r.Context(), value) })
}

// whoOf is whoever makes a request: where everybody may do it, credentials still say
// who does.
func (a *API) whoOf(c echo.Context) access.Who {
	who, _ := c.Get(keyWho).(access.Who)
	return who
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
	if auth.PublicRead && access.Reader("").May(need) {
		return true
	}
	if r := routeOf(c); r != nil {
		switch r.public {
		case publicLogin:
			return true
		case publicHeartbeat:
			return auth.PublicHeartbeat && isSafe(c.Request().Method)
		case publicBadge:
			return auth.PublicBadges && isSafe(c.Request().Method)
		case publicExchange:
			return true
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
	if !auth.enabled() {
		return access.Who{}, false
	}
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
