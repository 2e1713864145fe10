package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"syscall"

	"github.com/treatyhq/treaty/internal/redact"
)

// The media types the broker speaks.
const (
	typeHAL   = "application/hal+json"
	typeJSON  = "application/json"
	typePatch = "application/merge-patch+json"
	// typeProblem is that of errors that say of what kind they are.
	typeProblem = "application/problem+json"
	typeForm    = "application/x-www-form-urlencoded"
)

// maxAnswer bounds what is read of one answer, in bytes. A pact is megabytes
// at most; a server that sends more is not a broker.
const maxAnswer = 256 << 20

// request is one question to the broker.
type request struct {
	method string
	url    string
	// contentType of body; typeJSON when empty.
	contentType string
	// body is marshalled to JSON unless it is nil, or a form.
	body any
	// header is added to this request only.
	header http.Header
	// once is set where repeating the request could create a second thing:
	// then it is only tried again if it certainly was not received.
	once bool
}

// response is an answer of status 2xx, read to its end.
type response struct {
	status int
	header http.Header
	body   []byte
}

// Get fetches the JSON at url, an absolute address such as that of a [Link],
// into v as json.Unmarshal does; a [*json.RawMessage] gets it as it is. It is
// for what this package has no method for. An answer of more than 256 MB, or one
// that is not JSON, is an error.
func (c *Client) Get(ctx context.Context, url string, v any) error {
	return c.call(ctx, request{method: http.MethodGet, url: url}, v)
}

// call makes a request and decodes the answer into v unless v is nil.
func (c *Client) call(ctx context.Context, r request, v any) error {
	answer, err := c.do(ctx, r)
	if err != nil || v == nil {
		return err
	}
	if raw, ok := v.(*json.RawMessage); ok {
		*raw = answer.body
		return nil
	}
	if err := json.Unmarshal(answer.body, v); err != nil {
		return fmt.Errorf("the answer to %s %s is not what a broker sends (%s): %w",
			r.method, redact.URL(r.url), kindOf(answer.header), err)
	}
	return nil
}

// do makes a request, again where that may help, and returns the answer of
// status 2xx or an error.
func (c *Client) do(ctx context.Context, r request) (response, error) {
	body, err := encode(r)
	if err != nil {
		return response{}, err
	}
	for attempt := 1; ; attempt++ {
		answer, err := c.try(ctx, r, body)
		if err == nil {
			return answer, nil
		}
		pause, again := retry(err, attempt, r.once)
		if !again || attempt >= c.config.Attempts || ctx.Err() != nil {
			return response{}, err
		}
		if c.config.OnRetry != nil {
			c.config.OnRetry(err, pause)
		}
		if waited := c.config.Wait(ctx, pause); waited != nil {
			return response{}, errors.Join(err, waited)
		}
	}
}

func encode(r request) ([]byte, error) {
	switch body := r.body.(type) {
	case nil:
		return nil, nil
	case json.RawMessage:
		return body, nil
	case url.Values:
		return []byte(body.Encode()), nil
	default:
		data, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("encode the request to %s: %w", redact.URL(r.url), err)
		}
		return data, nil
	}
}

// try makes a request once.
func (c *Client) try(ctx context.Context, r request, body []byte) (response, error) {
	asked, err := http.NewRequestWithContext(ctx, r.method, r.url, bytes.NewReader(body))
	if err != nil {
		return response{}, fmt.Errorf("the address %q cannot be requested: %w", redact.URL(r.url), redact.Error(err))
	}
	maps.Copy(asked.Header, c.config.Header)
	maps.Copy(asked.Header, r.header)
	if r.header.Get("Accept") == "" {
		asked.Header.Set("Accept", typeHAL+", "+typeJSON+";q=0.9")
	}
	asked.Header.Set("User-Agent", c.config.UserAgent)
	if r.body != nil {
		asked.Header.Set("Content-Type", orDefault(r.contentType, typeJSON))
	}
	if c.authorize != "" && c.trusts(r.url) {
		asked.Header.Set("Authorization", c.authorize)
	}
	got, err := c.config.HTTP.Do(asked)
	if err != nil {
		return response{}, unreachable(r, err)
	}
	defer got.Body.Close()
	data, err := io.ReadAll(io.LimitReader(got.Body, maxAnswer+1))
	if err != nil {
		return response{}, unreachable(r, err)
	}
	if len(data) > maxAnswer {
		return response{}, fmt.Errorf("the answer of %s is larger than %d MB", redact.URL(r.url), maxAnswer>>20)
	}
	if got.StatusCode >= 300 {
		return response{}, newError(r, got, data)
	}
	return response{status: got.StatusCode, header: got.Header, body: data}, nil
}

// unreachable wraps a failure below HTTP.
func unreachable(r request, err error) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%s %s: %w", r.method, redact.URL(r.url), context.Canceled)
	}
	refused := errors.Is(err, syscall.ECONNREFUSED)
	return &unreachableError{url: orDefault(origin(r.url), redact.URL(r.url)), refused: refused, cause: err}
}

func kindOf(h http.Header) string {
	return "content type " + orDefault(h.Get("Content-Type"), "missing")
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
