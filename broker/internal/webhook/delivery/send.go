package delivery

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/egress"
	"github.com/treatyhq/treaty/broker/internal/webhook"
	"github.com/treatyhq/treaty/internal/redact"
)

const (
	// timeout bounds connecting and, separately, waiting for the answer.
	timeout = 15 * time.Second
	// responseKept bounds what is read of an answer, in bytes.
	responseKept = 64 << 10
)

// SenderConfig is how requests are sent and what may be told of them.
type SenderConfig struct {
	// Egress says where requests may go. While its list of hosts is empty every
	// host may be reached, and what comes of it stays hidden.
	Egress egress.Policy
	// Proxy is asked to make the connections; nil makes them here.
	Proxy *url.URL
	// SuccessCodes are the statuses that count; 200 to 206 when nil.
	SuccessCodes []int
	// UserAgent of the requests.
	UserAgent string
	// ShowSecrets leaves sensitive headers and members of bodies readable in
	// logs. Those of URLs are hidden all the same.
	ShowSecrets bool
	// RootCAs replaces the system's certificate authorities.
	RootCAs *x509.CertPool
	// InsecureSkipVerify accepts any certificate.
	InsecureSkipVerify bool
}

// hides reports whether what comes of a request stays hidden: without a list of
// hosts, whoever tries a webhook out could look around in the broker's network.
func (c SenderConfig) hides() bool { return len(c.Egress.Rules.Hosts) == 0 }

type sender struct {
	config SenderConfig
	client *http.Client
}

func newSender(config SenderConfig) *sender {
	if config.SuccessCodes == nil {
		config.SuccessCodes = []int{200, 201, 202, 203, 204, 205, 206}
	}
	return &sender{config: config, client: egress.NewClient(egress.Config{
		Policy:         config.Egress,
		Proxy:          config.Proxy,
		Timeout:        timeout,
		MaxHeaderBytes: responseKept,
		// The operator decides about certificates, as with the original.
		TLS: &tls.Config{RootCAs: config.RootCAs, InsecureSkipVerify: config.InsecureSkipVerify}, //nolint:gosec // see above
	})}
}

// answer is what came of a request, before anything is hidden.
type answer struct {
	request *http.Request // nil if none could be built
	status  int           // 0 if no response came
	headers map[string]string
	body    []byte
	err     error
}

func (s *sender) send(ctx context.Context, r rendered, id string) answer {
	request, err := s.build(ctx, r, id)
	if err != nil {
		return answer{err: err}
	}
	out := answer{request: request}
	response, err := s.client.Do(request)
	if err != nil {
		out.err = err
		return out
	}
	defer response.Body.Close()
	out.status = response.StatusCode
	out.headers = flatten(response.Header)
	if response.Close {
		out.headers["connection"] = "close"
	}
	out.body, out.err = io.ReadAll(io.LimitReader(response.Body, responseKept))
	return out
}

func (s *sender) build(ctx context.Context, r rendered, id string) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		body = bytes.NewReader(r.body)
	}
	request, err := http.NewRequestWithContext(ctx, r.method, r.url, body)
	if err != nil {
		return nil, unbuilt{redact.Error(err)}
	}
	request.Header.Set("Accept", "*/*")
	request.Header.Set("User-Agent", s.config.UserAgent)
	for _, h := range r.headers {
		switch strings.ToLower(h.Name) {
		case "accept-encoding", "content-length":
			// The connection's business.
		case "host":
			request.Host = h.Value
		default:
			request.Header.Set(h.Name, h.Value)
		}
	}
	if id != "" { // after those of the webhook, which cannot know it
		request.Header.Set("X-Treaty-Delivery", id)
	}
	if r.username != "" || r.password != "" {
		request.SetBasicAuth(r.username, r.password)
	}
	return request, nil
}

func (s *sender) succeeded(a answer) bool {
	for _, code := range s.config.SuccessCodes {
		if a.err == nil && a.status == code {
			return true
		}
	}
	return false
}

// execution tells of an attempt what may be told: a receiver may say the secrets
// of the webhook again, and who tries a webhook out need not know them.
func (s *sender) execution(a answer, m masks) webhook.Execution {
	hide := m.hide
	out := webhook.Execution{Success: s.succeeded(a), Hidden: s.config.hides()}
	if a.request != nil {
		out.RequestURL = hide(redact.URL(a.request.URL.RequestURI()))
		out.RequestHeaders = s.requestHeaders(a.request)
		for name, value := range out.RequestHeaders {
			out.RequestHeaders[name] = hide(value)
		}
		if body := s.requestBody(a.request); body != nil {
			out.RequestBody = []byte(hide(string(body)))
		}
	}
	if a.err != nil {
		out.Error = hide(reason(a.err, out.Hidden))
	}
	if a.status != 0 && !out.Hidden {
		said := hide
		if len(a.body) == responseKept {
			said = m.hideCut
		}
		out.Response = &webhook.Response{Status: a.status, Headers: map[string]string{}, Body: []byte(said(string(a.body)))}
		for name, value := range a.headers {
			out.Response.Headers[name] = hide(s.header(name, value))
		}
	}
	return out
}

// requestHeaders lists what was sent, secrets starred.
func (s *sender) requestHeaders(r *http.Request) map[string]string {
	headers := flatten(r.Header)
	headers["host"] = cmp.Or(r.Host, r.URL.Host)
	if r.ContentLength > 0 {
		headers["content-length"] = strconv.FormatInt(r.ContentLength, 10)
	}
	for name, value := range headers {
		headers[name] = s.header(name, value)
	}
	return headers
}

// requestBody is what was sent, secrets starred; nil if nothing was.
func (s *sender) requestBody(r *http.Request) []byte {
	if r.GetBody == nil {
		return nil
	}
	body, err := r.GetBody()
	if err != nil {
		return nil
	}
	text, _ := io.ReadAll(body) // from memory, it cannot fail
	if s.config.ShowSecrets || len(text) == 0 {
		return text
	}
	return []byte(redact.Body(r.Header.Get("Content-Type"), string(text)))
}

func (s *sender) header(name, value string) string {
	if s.config.ShowSecrets {
		return value
	}
	return redact.Header(name, value)
}

func flatten(header http.Header) map[string]string {
	out := make(map[string]string, len(header))
	for name, values := range header {
		out[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	return out
}
