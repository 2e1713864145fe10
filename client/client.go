// Package client is an HTTP client of the broker API, for what a pipeline asks
// a broker: publish pacts, record deployments, ask can-i-deploy, look after
// webhooks and environments. It starts at the index and follows its links, as
// every Pact client does, so it works with Treaty and with a Pact Broker, at any
// base URL. What only a Treaty broker has says so.
//
//	c, err := client.New(client.Config{BaseURL: "http://127.0.0.1:9292"})
//	published, err := c.Publish(ctx, client.Publication{...})
//
// It does not verify: package verifier plays pacts against a provider, and
// publishes the results through this one. It does not read pacts either; they
// pass through as bytes, and package contract reads them.
//
// # Errors
//
// An answer of status 300 or above becomes an [*Error], which tells with
// errors.Is what it is: [ErrNotFound], [ErrConflict] and so on. A broker that
// does not answer at all is [ErrUnreachable]. A context that was cancelled is
// [context.Canceled]. No error shows a password or a token.
//
// # Attempts
//
// A request is tried again when the broker does not answer, or answers 408, 429
// or 5xx other than 501: [Config.Attempts] times in all, after half a second,
// one, two and so on, up to a minute, or what the broker's Retry-After asks for,
// up to a minute too. What could create a second thing is only tried again where
// the first attempt certainly was not carried out.
//
// # Credentials
//
// User, password and token are sent to the origin of the base URL, and to the
// one that the broker's index calls its own, never from https to http. A link
// that leads elsewhere gets none.
package client

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/treatyhq/treaty/internal/redact"
)

// Config says where the broker is and how to talk to it.
type Config struct {
	// BaseURL of the broker, with its path if it is mounted under one. User
	// and password in it are used as if given below, unless Username is set.
	BaseURL string
	// Username and Password are for basic authentication; none when both are
	// empty.
	Username string
	Password string
	// Token is for bearer authentication. It wins over Username and Password.
	Token string
	// Header is added to every request, also to one that leads to another
	// server. Accept and User-Agent, and Authorization where there are
	// credentials, are set by the client.
	Header http.Header
	// HTTP makes the requests; a client with a time limit of a minute when nil.
	HTTP *http.Client
	// Attempts is how often a request is tried in all before giving up on a
	// broker that is down or overloaded; 5 when 0 or less.
	Attempts int
	// Wait pauses between attempts and between the questions of
	// [Client.PollCanIDeploy]; it returns early with the context's error. The
	// real clock when nil.
	Wait func(ctx context.Context, pause time.Duration) error
	// OnRetry, if set, hears why a request is tried again and after what pause.
	// Requests that run at once call it at once.
	OnRetry func(cause error, pause time.Duration)
	// UserAgent names the program; "treaty" when empty.
	UserAgent string
}

// String tells where the broker is and leaves all secrets out.
func (c Config) String() string { return "broker at " + redact.URL(c.BaseURL) }

// GoString returns the same for %#v, so that no way of printing shows secrets.
func (c Config) GoString() string { return c.String() }

// Client talks to one broker. It is safe for concurrent use and needs no
// closing.
type Client struct {
	base      string
	authorize string
	config    Config

	trusted sync.Map // origins that get the credentials

	mu    sync.Mutex
	index *Resource
}

// New returns a client. It makes no request. The error says what is wrong with
// the base URL: it is missing, or is not an http or https URL with a host.
func New(config Config) (*Client, error) {
	parsed, err := url.Parse(strings.TrimSpace(config.BaseURL))
	switch {
	case strings.TrimSpace(config.BaseURL) == "":
		return nil, errors.New("no broker URL given")
	case err != nil:
		return nil, fmt.Errorf("the broker URL %q cannot be read as a URL", redact.URL(config.BaseURL))
	case parsed.Scheme != "http" && parsed.Scheme != "https", parsed.Host == "":
		return nil, fmt.Errorf("the broker URL %q must start with http:// or https:// and name a host", redact.URL(config.BaseURL))
	}
	if parsed.User != nil && config.Username == "" {
		config.Username = parsed.User.Username()
		config.Password, _ = parsed.User.Password()
	}
	parsed.User = nil
	c := &Client{base: strings.TrimRight(parsed.String(), "/"), config: config}
	c.authorize = authorization(config)
	c.trust(c.base)
	if config.HTTP == nil {
		c.config.HTTP = &http.Client{Timeout: time.Minute, Transport: transport}
	}
	if config.Attempts <= 0 {
		c.config.Attempts = 5
	}
	if config.Wait == nil {
		c.config.Wait = wait
	}
	if config.UserAgent == "" {
		c.config.UserAgent = "treaty"
	}
	return c, nil
}

// transport is shared by the clients that bring none of their own. It is not
// Go's default one, whose idle connections anyone in the program may close,
// even in the middle of a request: httptest does so.
var transport = ownTransport()

func ownTransport() http.RoundTripper {
	if shared, ok := http.DefaultTransport.(*http.Transport); ok {
		return shared.Clone()
	}
	return http.DefaultTransport
}

// BaseURL returns the broker's address without secrets and without a slash at
// the end.
func (c *Client) BaseURL() string { return c.base }

func authorization(config Config) string {
	switch {
	case config.Token != "":
		return "Bearer " + config.Token
	case config.Username != "" || config.Password != "":
		pair := config.Username + ":" + config.Password
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))
	default:
		return ""
	}
}
