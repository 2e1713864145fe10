package connection

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/treatyhq/treaty/internal/redact"
)

// loudTransport says on w what is asked of a broker and how it is answered.
// Headers and bodies, which hold secrets, are left out.
type loudTransport struct {
	w     io.Writer
	inner http.RoundTripper
}

// RoundTrip makes the request.
func (t loudTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	begin := time.Now()
	response, err := t.inner.RoundTrip(r)
	outcome := "no answer"
	if err == nil {
		outcome = response.Status
	}
	fmt.Fprintf(t.w, "%s %s: %s, %s\n", r.Method, redact.URL(r.URL.String()), outcome, time.Since(begin).Round(time.Millisecond))
	return response, err
}
