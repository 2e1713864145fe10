package api

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/hal"
)

// What a login at a terminal says (RFC 8628, sections 3.1 to 3.5).
const (
	grantDevice   = "urn:ietf:params:oauth:grant-type:device_code"
	errorPending  = "authorization_pending"
	errorSlowDown = "slow_down"
	errorDenied   = "access_denied"
	errorExpired  = "expired_token"
	errorUsed     = "invalid_grant"
	errorScope    = "invalid_scope"
	errorBusy     = "temporarily_unavailable"
	errorType     = "unsupported_token_type"
)

// errNoLogins is what the addresses of logins at terminals say on a broker that nobody
// logs in to.
var errNoLogins = kernel.Errorf(kernel.CodeNotFound, "Nobody logs in to this broker: its operator names no login service (--oidc-issuer). Use a token that an administrator makes for you, in PACT_BROKER_TOKEN.")

// formOfOAuth reads the body of a request of OAuth: a form in which nothing stands twice.
// It is nil where the request is answered already.
func formOfOAuth(c echo.Context) (url.Values, error) {
	c.Response().Header().Set("Cache-Control", "no-store")
	form, err := url.ParseQuery(string(bodyText(c)))
	if err == nil && mediaType(c.Request().Header) != typeForm {
		err = errors.New("another type")
	}
	if err != nil {
		return nil, refuseExchange(c, http.StatusBadRequest, errorRequest, "The body must be a form, "+typeForm+".")
	}
	for name, values := range form {
		if len(values) > 1 {
			return nil, refuseExchange(c, http.StatusBadRequest, errorRequest, "The parameter "+name+" is given more than once.")
		}
	}
	return form, nil
}

// beginDevice begins a login at a terminal, for whoever asks.
func (a *API) beginDevice(c echo.Context) error {
	if a.config.Login == nil {
		return errNoLogins
	}
	form, err := formOfOAuth(c)
	if form == nil {
		return err
	}
	if form.Get("scope") != "" {
		return refuseExchange(c, http.StatusBadRequest, errorScope, "There are no scopes: the token may do what its person may. Leave scope out.")
	}
	client := a.clientOf(c.Request())
	// Who asks is not known, and nobody is to fill the record without a password.
	ctx := kernel.WithAct(c.Request().Context(), nil)
	begun, err := a.service.Identity.BeginDevice(ctx, identity.DeviceInput{Program: form.Get("client_id"), Machine: form.Get("machine"), Address: client.String(), Place: placeOf(client)})
	var told *kernel.Error
	switch {
	case errors.Is(err, identity.ErrTooManyDevices):
		c.Response().Header().Set("Retry-After", strconv.Itoa(int(pollEvery/time.Second)))
		return refuseExchange(c, http.StatusServiceUnavailable, errorBusy, identity.ErrTooManyDevices.Error())
	case kernel.CodeOf(err) == kernel.CodeInvalid && errors.As(err, &told):
		return refuseExchange(c, http.StatusBadRequest, errorRequest, told.Error())
	case err != nil:
		return err
	}
	shown := identity.ShownCode(begun.UserCode)
	return c.JSON(http.StatusOK, new(hal.Object).Set("device_code", begun.DeviceCode).Set("user_code", shown).
		Set("verification_uri", a.links(c).DevicePage("")).Set("verification_uri_complete", a.links(c).DevicePage(shown)).
		Set("expires_in", int(begun.Expires.Sub(a.service.Now()).Round(time.Second).Seconds())).Set("interval", int(pollEvery/time.Second)))
}

// finishDevice answers a program that asks whether its login is granted.
func (a *API) finishDevice(c echo.Context, form url.Values) error {
	code := form.Get("device_code")
	if code == "" {
		return refuseExchange(c, http.StatusBadRequest, errorRequest, "device_code must be given.")
	}
	if a.polls.tooSoon(code, a.config.Now()) {
		return refuseExchange(c, http.StatusBadRequest, errorSlowDown, "Ask less often: 5 seconds later than before.")
	}
	var out identity.DeviceOutcome
	_, err := a.logins.judgeToken(a.clientOf(c.Request()), code, func() (who access.Who, err error) {
		out, err = a.service.Identity.FinishDevice(c.Request().Context(), code)
		if err == nil && out.State == kernel.DeviceUsed {
			err = errUsedDevice
		}
		return who, err
	})
	switch {
	case errors.Is(err, errUsedDevice):
		return refuseExchange(c, http.StatusBadRequest, errorUsed, errUsedDevice.Message)
	case err != nil:
		return err
	case out.Expired:
		return refuseExchange(c, http.StatusBadRequest, errorExpired, "Nobody has confirmed the login in time. Begin anew.")
	case out.State == kernel.DeviceRefused:
		return refuseExchange(c, http.StatusBadRequest, errorDenied, "Whoever was to confirm the login has refused it.")
	case out.State == kernel.DeviceWaits:
		a.polls.asked(code, a.config.Now())
		return refuseExchange(c, http.StatusBadRequest, errorPending, "Nobody has confirmed the login yet.")
	}
	return c.JSON(http.StatusOK, new(hal.Object).Set("access_token", out.Value).Set("token_type", "Bearer").
		Set("expires_in", int(out.Until.Sub(a.service.Now()).Round(time.Second).Seconds())))
}

var errUsedDevice = &kernel.Error{Code: kernel.CodeUnauthorized, Message: "There is no login for this device_code: it got its token, or is too old, or never was one."}

// revoke ends the token that a login at a terminal gave (RFC 7009). Who has the token
// needs no right for that; one that there is not is none afterwards either.
func (a *API) revoke(c echo.Context) error {
	form, err := formOfOAuth(c)
	if form == nil {
		return err
	}
	value := form.Get("token")
	if value == "" {
		return refuseExchange(c, http.StatusBadRequest, errorRequest, "token must be given.")
	}
	_, err = a.logins.judgeToken(a.clientOf(c.Request()), value, func() (access.Who, error) {
		who, err := a.config.Tokens.Who(c.Request().Context(), value)
		if err == nil {
			by(c, who)
		}
		return who, err
	})
	if err == nil {
		err = a.service.Identity.EndLogin(c.Request().Context(), value)
	}
	var told *kernel.Error
	switch {
	case kernel.CodeOf(err) == kernel.CodeInvalid && errors.As(err, &told):
		return refuseExchange(c, http.StatusBadRequest, errorType, told.Message)
	case err != nil && kernel.CodeOf(err) != kernel.CodeUnauthorized:
		return err
	}
	return c.JSON(http.StatusOK, new(hal.Object))
}

// guessing serves the page on which somebody gives a short code. One that no login waits
// for counts as a wrong password does: what an address has left of tries is what it has
// of guesses.
func (a *API) guessing(serve echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		return a.logins.judgeCode(a.clientOf(c.Request()), func() (wrong bool, err error) {
			err = serve(c)
			return c.Response().Status == http.StatusNotFound || kernel.IsNotFound(err), err
		})
	}
}

// pollEvery is how long a program is to wait between two questions whether its login is
// granted.
const pollEvery = 5 * time.Second

// polls are when programs may ask again. Each broker knows what it was asked itself: it
// keeps those in bounds that ask all the time, and costs nobody a way to the database. Its
// zero value is empty; it is safe for concurrent use.
type polls struct {
	mu   sync.Mutex
	next recent[[sha256.Size]byte, poll]
}

// poll is when a program may ask again, and how long it is to wait from then on.
type poll struct {
	at    time.Time
	every time.Duration
}

// early is how much sooner than it was told a program may ask: its timer, and the network,
// are not that exact.
const early = time.Second

// tooSoon reports whether a program asks too soon, after which it has to wait longer
// (RFC 8628, section 3.5).
func (p *polls) tooSoon(code string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := sha256.Sum256([]byte(code))
	last, has := p.next.get(key)
	if !has || !now.Before(last.at.Add(-early)) {
		return false
	}
	last.every += pollEvery
	last.at = now.Add(last.every)
	p.next.put(key, last)
	return true
}

// asked notes that a program was told to ask again.
func (p *polls) asked(code string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := sha256.Sum256([]byte(code))
	last, has := p.next.get(key)
	if !has {
		last.every = pollEvery
	}
	last.at = now.Add(last.every)
	p.next.put(key, last)
}
