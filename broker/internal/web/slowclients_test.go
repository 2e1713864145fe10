package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// timed is a writer that notes the deadlines that it is given.
type timed struct {
	*httptest.ResponseRecorder
	read, write time.Time
}

func (t *timed) SetReadDeadline(at time.Time) error  { t.read = at; return nil }
func (t *timed) SetWriteDeadline(at time.Time) error { t.write = at; return nil }

// Who sends a form or reads a page slowly does not hold its memory for minutes.
func TestFormsAndPagesHaveTheirTime(t *testing.T) {
	t.Parallel()
	w := &web{pages: parsePages(), config: Config{Now: time.Now}, mux: http.NewServeMux()}
	w.form("POST /ui/try", func(*http.Request, url.Values) (done, error) {
		return done{page: &errorPage{base: base{title: "Tried"}}}, nil
	})
	out := &timed{ResponseRecorder: httptest.NewRecorder()}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/ui/try", strings.NewReader("a=b"))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w.mux.ServeHTTP(out, request)
	require.Contains(t, out.Body.String(), "Tried")
	for _, deadline := range []time.Time{out.read, out.write} {
		require.WithinDuration(t, time.Now().Add(mostOfTransfer), deadline, 10*time.Second)
	}
}
