// Package client is an HTTP client of the broker API. It starts at the index
// and follows its links, as every Pact client does, so it works with Treaty
// and with a Pact Broker, at any base URL.
//
//	c, err := client.New(client.Config{BaseURL: "http://127.0.0.1:9292"})
//	published, err := c.Publish(ctx, client.Publication{...})
//
// An answer of status 400 or above becomes an [*Error], which tells with
// errors.Is what it is: [ErrNotFound], [ErrConflict] and so on. A broker that
// does not answer at all is [ErrUnreachable].
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
	// and password in it are used as if given below.
	BaseURL string
	// Username and Password for basic authentication.
	Username string
	Password string
	// Token for bearer authentication. It wins over Username and Password.
	Token string
	// Header is added to every request.
	Header http.Header
	// HTTP makes the requests; a client with a time limit of a minute when nil.
	HTTP *http.Client
	// Attempts is how often a request is tried in all before giving up on a
	// broker that is down or overloaded; 5 when 0.
	Attempts int
	// Wait pauses between attempts; it returns early with the context's error.
	// The real clock when nil.
	Wait func(ctx context.Context, pause time.Duration) error
	// OnRetry, if set, hears why a request is tried again and after what pause.
	OnRetry func(cause error, pause time.Duration)
	// UserAgent names the program; "treaty" when empty.
	UserAgent string
}

// String tells where the broker is and leaves all secrets out.
func (c Config) String() string { return "broker at " + redact.URL(c.BaseURL) }

// GoString is String, so that no way of printing shows secrets.
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

// New returns a client. It makes no request; it refuses a base URL that is
// not one.
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
