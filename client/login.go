package client

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// Login is a login of a person at a terminal that has begun (RFC 8628). Only Treaty
// brokers have them.
type Login struct {
	// Code is what the person has to type, or to recognize, at Address, with any browser;
	// AddressWithCode spares them the typing.
	Code            string
	Address         string
	AddressWithCode string
	// Expires is how long it may take from now on.
	Expires time.Duration

	device string
	every  time.Duration
}

// What a login can end in, besides a token.
var (
	// ErrLoginRefused means that whoever was to confirm the login has refused it.
	ErrLoginRefused = errors.New("the login was refused")
	// ErrLoginExpired means that nobody has confirmed it in time.
	ErrLoginExpired = errors.New("nobody has confirmed the login in time")
)

// BeginLogin begins a login of a person. The broker shows them program and machine as what
// asks says of itself; machine may be empty. A broker that nobody logs in to is
// [ErrNotFound] (POST /oauth/device_authorization).
func (c *Client) BeginLogin(ctx context.Context, program, machine string) (Login, error) {
	var got struct {
		Device  string `json:"device_code"`
		Code    string `json:"user_code"`
		Address string `json:"verification_uri"`
		Whole   string `json:"verification_uri_complete"`
		Expires int    `json:"expires_in"`
		Every   int    `json:"interval"`
	}
	form := url.Values{"client_id": {program}}
	if machine != "" {
		form.Set("machine", machine)
	}
	err := c.call(ctx, request{method: http.MethodPost, url: c.base + "/oauth/device_authorization", contentType: typeForm, body: form}, &got)
	if err == nil && (got.Device == "" || got.Code == "" || got.Address == "") {
		err = errors.New("the broker begins no login: its answer has no codes")
	}
	if got.Every <= 0 {
		got.Every = 5 // as RFC 8628 has it, section 3.2
	}
	return Login{
		Code: got.Code, Address: got.Address, AddressWithCode: orDefault(got.Whole, got.Address),
		Expires: time.Duration(got.Expires) * time.Second, device: got.Device, every: time.Duration(got.Every) * time.Second,
	}, err
}

// FinishLogin waits until the person has confirmed a login, and returns a token of theirs
// and for how long it counts. Otherwise the error is [ErrLoginRefused], [ErrLoginExpired]
// or what keeps the broker from answering (POST /oauth/token).
func (c *Client) FinishLogin(ctx context.Context, l Login) (token string, expires time.Duration, err error) {
	every := l.every
	for waited := time.Duration(0); l.Expires <= 0 || waited < l.Expires; waited += every {
		if err := c.config.Wait(ctx, every); err != nil {
			return "", 0, err
		}
		var got struct {
			Token   string `json:"access_token"`
			Expires int    `json:"expires_in"`
		}
		// An answer that is lost on its way has used up the code; asked again, the broker
		// says that there is none.
		err := c.call(ctx, request{method: http.MethodPost, url: c.base + "/oauth/token", contentType: typeForm, once: true, body: url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {l.device}, "client_id": {"treaty"},
		}}, &got)
		var answered *Error
		switch {
		case err == nil && got.Token == "":
			return "", 0, errors.New("the broker answers no token")
		case err == nil:
			return got.Token, time.Duration(got.Expires) * time.Second, nil
		case !errors.As(err, &answered):
			return "", 0, err
		}
		switch answered.oauth {
		case "authorization_pending":
		case "slow_down":
			every += 5 * time.Second // RFC 8628, section 3.5
		case "access_denied":
			return "", 0, ErrLoginRefused
		case "expired_token":
			return "", 0, ErrLoginExpired
		default:
			return "", 0, err
		}
	}
	return "", 0, ErrLoginExpired
}

// EndLogin ends a token that a login gave: it is refused within two seconds. One that
// counts no more is no error (POST /oauth/revoke).
func (c *Client) EndLogin(ctx context.Context, token string) error {
	return c.call(ctx, request{method: http.MethodPost, url: c.base + "/oauth/revoke", contentType: typeForm, body: url.Values{"token": {token}}}, nil)
}
