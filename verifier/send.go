package verifier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/coding"
	"github.com/treatyhq/treaty/internal/redact"
)

const userAgent = "Treaty"

// SentRequest is a request as it went to the provider, for reports.
type SentRequest struct {
	// Method of HTTP, in upper case.
	Method string
	// URL is absolute when the provider has an address, else path and query.
	URL string
	// InProcess is true when there was no network between.
	InProcess bool
	// Headers by name, without those in Hidden.
	Headers contract.Values
	// Hidden are names of custom headers, whose values are not shown.
	Hidden []string
	// Body as it was sent; nil for none.
	Body []byte
}

// endpoint is one way to reach the provider.
type endpoint struct {
	// base is nil in process.
	base     *url.URL
	provider http.Handler
	inProc   bool
	// peer is nil in process.
	peer *peer
}

// newClient makes the one HTTP client of a run. Connections are kept and
// reused; roots of trust are loaded by the first https request, if any.
func newClient(p *prepared) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = max(4, p.Parallel)
	// What the provider is asked is what the pact says, so no Accept-Encoding
	// is slipped in.
	transport.DisableCompression = true
	transport.MaxResponseHeaderBytes = 1 << 20
	if p.TLS != nil {
		transport.TLSClientConfig = p.TLS
	}
	return &http.Client{Transport: transport}
}

// expectation is what receiving must know: whether a redirect is what the
// pact asks for or a detour to be followed, whether a filter may have put
// another body into the request, and how many bytes are too many.
type expectation struct {
	redirect, filtered bool
	limit              int64
}

// networkHandler sends a request over the network and copies the answer. It
// is an http.Handler so that a request filter can stand before it.
func networkHandler(client *http.Client, base *url.URL) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec, ok := recorderOf(r.Context())
		if !ok {
			http.Error(w, "request without its context: filters must pass on r.Context()", http.StatusInternalServerError)
			return
		}
		resp, err := send(client, base, r, rec)
		if err != nil {
			rec.fail(rec.contact.unsent(r.Context(), err))
			return
		}
		defer resp.Body.Close()
		copyAnswer(w, resp, rec)
	})
}

func send(client *http.Client, base *url.URL, r *http.Request, rec *recorder) (*http.Response, error) {
	out := r.Clone(rec.contact.traced(r.Context()))
	out.RequestURI = ""
	out.URL = resolve(base, r.URL)
	if r.Host == "" || r.Host == localHost {
		out.Host = ""
	}
	if r.ContentLength == 0 {
		out.Body = nil
	}
	if _, set := out.Header[idempotencyKey]; !set && !rec.expect.filtered {
		// Not sent, but net/http then takes a fresh connection where the provider
		// has just closed the kept one, for POST as for GET.
		out.Header[idempotencyKey] = nil
	}
	resp, err := following(client, rec.contact, rec.expect.redirect).Do(out)
	if err != nil {
		return nil, err
	}
	if speaksTLS(base, resp) {
		resp.Body.Close()
		return nil, errSpeaksTLS
	}
	rec.contact.heard()
	return resp, nil
}

const idempotencyKey = "X-Idempotency-Key"

// following returns a client that follows redirects within reason, or none
// where one is what is asked for. contact hears of each: it is an answer.
func following(client *http.Client, contact *contact, expected bool) *http.Client {
	c := *client
	c.CheckRedirect = func(_ *http.Request, via []*http.Request) error {
		contact.heard()
		switch {
		case expected:
			return http.ErrUseLastResponse
		case len(via) >= 10:
			return errRedirectLoop
		default:
			return nil
		}
	}
	return &c
}

var (
	errRedirectLoop = errors.New("redirected more than 10 times")
	errSpeaksTLS    = errors.New("the port speaks https")
)

// speaksTLS recognises the answer that servers give to plain HTTP at a port
// for https: it comes before any provider has seen the request.
func speaksTLS(asked *url.URL, resp *http.Response) bool {
	if asked.Scheme != "http" || resp.StatusCode != http.StatusBadRequest {
		return false
	}
	start := make([]byte, 1024)
	n, _ := io.ReadFull(resp.Body, start)
	rest := resp.Body
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(start[:n]), rest), rest}
	for _, phrase := range []string{"HTTP request to an HTTPS server", "plain HTTP request was sent to HTTPS port", "speaking plain HTTP to an SSL-enabled"} {
		if bytes.Contains(start[:n], []byte(phrase)) {
			return true
		}
	}
	return false
}

func copyAnswer(w http.ResponseWriter, resp *http.Response, rec *recorder) {
	for name, values := range resp.Header {
		w.Header()[name] = values
	}
	rec.expectBytes(resp.ContentLength)
	w.WriteHeader(resp.StatusCode)
	if _, err := io.Copy(w, resp.Body); err != nil {
		rec.fail(fmt.Errorf("the answer broke off: %w", err))
	}
}

// resolve puts the path and query of u under base, with one slash between.
func resolve(base, u *url.URL) *url.URL {
	out := *base
	out.User = base.User
	path, raw := u.Path, u.EscapedPath()
	out.Path = joinPath(base.Path, path)
	out.RawPath = joinPath(base.EscapedPath(), raw)
	out.RawQuery = u.RawQuery
	if base.RawQuery != "" && u.RawQuery != "" {
		out.RawQuery = base.RawQuery + "&" + u.RawQuery
	} else if base.RawQuery != "" {
		out.RawQuery = base.RawQuery
	}
	return &out
}

func joinPath(base, path string) string {
	base = strings.TrimSuffix(base, "/")
	if base == "" || strings.HasPrefix(path, "/") {
		return base + path
	}
	return base + "/" + path
}

const localHost = "localhost"

// newRequest turns the expected request into one as a server receives it, the
// form that a request filter and an http.Handler take.
func newRequest(ctx context.Context, r contract.Request) (*http.Request, error) {
	u := requestURL(r)
	out, err := http.NewRequestWithContext(ctx, nameOr(r.Method, http.MethodGet), "http://"+localHost, bodyReader(r))
	if err != nil {
		return nil, fmt.Errorf("the pact's request cannot be sent: %w", err)
	}
	if out.Body == nil {
		out.Body = http.NoBody // a server's request always has one
	}
	out.URL = u
	out.Host = localHost
	out.RequestURI = u.RequestURI()
	out.RemoteAddr = "127.0.0.1:0"
	out.Header.Set("Accept", "*/*")
	out.Header.Set("User-Agent", userAgent)
	for _, name := range r.Headers.Names() { // the same request in every run
		setHeader(out, name, r.Headers[name])
	}
	return out, nil
}

// requestURL is the path and query of a request as a server reads them: a
// router in process looks at the same as one behind a port.
func requestURL(r contract.Request) *url.URL {
	path := r.Path
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	u := &url.URL{Path: path, RawQuery: encodeQuery(r.Query)}
	if plain, err := url.PathUnescape(path); err == nil {
		u.Path, u.RawPath = plain, path
	}
	if read, err := url.ParseRequestURI(u.RequestURI()); err == nil {
		return read
	}
	return u
}

func setHeader(r *http.Request, name string, values []string) {
	switch canonical := http.CanonicalHeaderKey(name); canonical {
	case "Host":
		if len(values) > 0 {
			r.Host = values[0]
		}
	case "Content-Length", "Transfer-Encoding", "Connection":
		// They belong to the connection; net/http writes its own.
	case "Cookie":
		r.Header.Set(canonical, strings.Join(values, "; "))
	default:
		r.Header[canonical] = slices.Clone(contract.HeaderLines(name, values))
	}
}

// bodyReader sends a null body as JSON null if the request says it is JSON,
// else as none; so does the Pact verifier.
func bodyReader(r contract.Request) io.Reader {
	switch {
	case r.Body.State == contract.BodyNull && isJSON(headerOf(r.Headers, "Content-Type")):
		return strings.NewReader("null")
	case r.Body.State == contract.BodyNull, len(r.Body.Content) == 0:
		return nil
	default:
		return bytes.NewReader(coding.Encode(r.Headers.Get("Content-Encoding"), r.Body.Wire()))
	}
}

func headerOf(headers contract.Values, name string) string {
	for key, values := range headers {
		if strings.EqualFold(key, name) && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

// encodeQuery sorts by name, so that the same pact always sends the same.
func encodeQuery(q contract.Values) string { return url.Values(q).Encode() }

// explainSendError says in words for people why there was no answer.
func explainSendError(err error, who string, timeout time.Duration) error {
	var opErr *net.OpError
	var dnsErr *net.DNSError
	var handlerErr *handlerError
	var tooLarge *tooLargeError
	switch {
	case errors.As(err, &handlerErr), errors.As(err, &tooLarge):
		return err
	case errors.Is(err, errSpeaksTLS):
		return fmt.Errorf("%s speaks https at this port and was asked in http; give the address as https://", who)
	case errors.Is(err, errRedirectLoop):
		return fmt.Errorf("%s redirected more than 10 times; it seems to go in circles", who)
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return fmt.Errorf("%s did not answer within %s; is it hanging? A longer limit can be set", who, timeout)
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("the run was stopped: %w", context.Canceled)
	case errors.As(err, &dnsErr):
		return fmt.Errorf("%s cannot be found: no address for host %q", who, dnsErr.Name)
	case errors.As(err, &opErr) && opErr.Op == "dial":
		return fmt.Errorf("%s cannot be reached at %s: %s; is it running?", who, opErr.Addr, lastCause(opErr))
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("%s closed the connection before its answer was complete", who)
	}
	var unsendable *unsendableError
	sent := !errors.As(err, &unsendable)
	err = redact.Error(err)
	if !sent {
		return fmt.Errorf("the request cannot be sent: %w; correct the pact, the --header or the request filter it comes from", err)
	}
	return fmt.Errorf("%s gave no usable answer: %w", who, err)
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

func lastCause(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err.Error()
		}
		err = next
	}
}
