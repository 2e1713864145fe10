package client_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/client"
)

// TestErrorsShowNoSecretOfAnAddress follows addresses with secrets in every
// place into each way of failing.
func TestErrorsShowNoSecretOfAnAddress(t *testing.T) {
	t.Parallel()
	broker := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/elsewhere":
			w.Header().Set("Location", "http://me:hidden@%zz/?token=hidden")
			w.WriteHeader(http.StatusFound)
		case "/nothing":
			w.WriteHeader(http.StatusNotFound)
		case "/broken":
			w.Header().Set("Content-Type", "application/hal+json")
			_, _ = w.Write([]byte("{"))
		}
	}))
	t.Cleanup(broker.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	withUser := func(address string) string { return strings.Replace(address, "://", "://me:hidden@", 1) }
	c, err := client.New(client.Config{BaseURL: withUser(broker.URL), Attempts: 1,
		Wait: func(context.Context, time.Duration) error { return errors.New("no pause") }})
	require.NoError(t, err)
	require.NotContains(t, c.BaseURL(), "hidden")
	for name, address := range map[string]string{
		"an answer that is an error":   withUser(broker.URL) + "/nothing?access_token=hidden",
		"an answer that is not JSON":   withUser(broker.URL) + "/broken?apiKey=hidden#token=hidden",
		"a redirect to no URL":         withUser(broker.URL) + "/elsewhere?token=hidden",
		"nobody there":                 withUser(gone.URL) + "/x?token=hidden",
		"no URL":                       "http://me:hidden",
		"a password with a slash":      "http://me:hid/hidden@127.0.0.1:1/",
		"an escape that is none":       "http://me:hidden%zz@127.0.0.1/?token=hidden",
		"another scheme":               "ftp://me:hidden@127.0.0.1/?token=hidden",
		"a control character":          "http://me:hidden@127.0.0.1/\x7f?token=hidden",
		"user and password, no scheme": "me:hidden@127.0.0.1/",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.FetchPact(t.Context(), address)
			require.Error(t, err)
			require.NotContains(t, err.Error(), "hidden")
		})
	}
}
