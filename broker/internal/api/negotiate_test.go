package api_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
)

func TestTheBestAcceptedTypeIsChosen(t *testing.T) {
	t.Parallel()
	produces := []string{"application/hal+json", "application/json", "text/plain"}
	for _, tt := range []struct {
		name   string
		accept []string
		want   string // "" for none
	}{
		{"nothing said", nil, "application/hal+json"},
		{"anything", []string{"*/*"}, "application/hal+json"},
		{"by quality", []string{"text/csv, application/json;q=0.5, text/plain;q=0.9"}, "text/plain"},
		{"whatever the case", []string{"Application/JSON;Q=0.5, TEXT/PLAIN;q=0.9"}, "text/plain"},
		{"with other parameters", []string{`application/json;charset="utf-8";q=1.0`}, "application/json"},
		{"a default that is not wanted", []string{"*/*, application/hal+json;q=0"}, "application/json"},
		{"a kind that is not wanted", []string{"*/*;q=0.1, application/*;q=0"}, "text/plain"},
		{"the exact entry counts, not the wildcard", []string{"application/hal+json;q=0.1, */*;q=0.2"}, "application/json"},
		{"refused, and something else wanted that is not there", []string{"text/csv, application/hal+json;q=0"}, ""},
		{"a quality that is none", []string{"text/csv;q=x, text/plain;q=NaN"}, "text/plain"},
		{"an unknown vendor", []string{"application/vnd.other+json"}, ""},
		{"by order where quality is equal", []string{"text/plain, application/json"}, "text/plain"},
		{"a wildcard", []string{"text/*"}, "text/plain"},
		{"two lines", []string{"text/csv", "application/json"}, "application/json"},
		{"refused, but nothing else wanted", []string{"application/hal+json;q=0"}, "application/hal+json"},
		{"none of them", []string{"text/csv"}, ""},
		{"nonsense", []string{"garbage"}, ""},
		{"commas only", []string{" , ,"}, "application/hal+json"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, ok := api.ChooseType(http.Header{"Accept": tt.accept}, produces)
			require.Equal(t, tt.want != "", ok)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestBrowsersAreToldFromPrograms(t *testing.T) {
	t.Parallel()
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	const badge = fooBar + "/latest/badge"
	for _, tt := range []struct {
		name, path, accept string
		want               bool
	}{
		{"a browser", "/", browser, false},
		{"no Accept", "/", "", true},
		{"curl", "/", "*/*", true},
		{"curl for an asset", "/stylesheets/x.css", "*/*", false},
		{"curl for an application that is called like an asset", "/pacticipants/x.css", "*/*", true},
		{"a client", "/", "application/hal+json", true},
		{"a client that shouts", "/", "Application/HAL+JSON; Charset=utf-8", true},
		{"a client of problems", "/", "application/problem+json", true},
		{"a browser that can read JSON", "/", "text/html, application/json", true},
		{"a browser that refuses JSON", "/", "text/html, application/json;q=0", false},
		{"who refuses JSON and names nothing else", "/", "application/hal+json;q=0", true},
		{"an image of a badge", badge, "image/avif,image/svg+xml,*/*;q=0.5", true},
		{"an image of a pact whose tag is called like one", fooBar + "/latest/x%2Fbadge", "image/avif,image/svg+xml,*/*;q=0.5", false},
		{"an image of nothing", "/logo", "image/svg+xml", false},
		{"xml", "/pacticipants/Foo", "application/xml", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, tt.path, nil)
			if tt.accept != "" {
				r.Header.Set("Accept", tt.accept)
			}
			require.Equal(t, tt.want, bare().IsAPI(r))
		})
	}
}
