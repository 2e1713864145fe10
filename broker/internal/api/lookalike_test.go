package api_test

import (
	"encoding/json"
	"encoding/xml"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/internal/visible"
)

func TestNamesThatPeopleCannotTellApartAreToldOf(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	for _, tt := range []struct {
		name                                string
		consumer, version, branch, provider string
		want                                []string
	}{
		{"plain names", "Foo", "1", "main", "Bar", nil},
		{"a letter of another alphabet", "Fоо", "1", "main", "Bar", []string{"The application Fоо looks like another one that exists: Foo."}},
		{"known now", "Fоо", "2", "main", "Bar", nil},
		{"a hidden character in a new name", "Foo", "2", "main", "Bar\u200b", []string{
			"The name of the provider Bar[U+200B] holds what cannot be seen: U+200B (zero width space).",
			"The application Bar[U+200B] looks like another one that exists: Bar."}},
		{"in everything else", "Foo", "3\u202e", "ma\u00a0in", "Bar", []string{
			"The name of the version 3[U+202E] holds", "The name of the branch ma[U+00A0]in holds"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := s.publish(tt.consumer, tt.version, tt.branch, tt.provider, "thing")
			var warnings []string
			for _, item := range got.doc["notices"].([]any) {
				notice := item.(map[string]any)
				if notice["type"] == "warning" {
					warnings = append(warnings, notice["text"].(string))
				}
			}
			require.Len(t, warnings, len(tt.want), strings.Join(warnings, "\n"))
			for i, want := range tt.want {
				require.Contains(t, warnings[i], want)
			}
		})
	}
}

// TestTextsForPeopleSteerNothing reads everything that the API writes for
// people about names that turn texts around and a description that colours a
// terminal; names with control characters do not come in.
func TestTextsForPeopleSteerNothing(t *testing.T) {
	t.Parallel()
	const name = "F\u202eoo\u200b"
	s := start(t, api.Config{Badges: api.Badges{Draw: true}})
	at := url.PathEscape(name)
	pair := "/pacts/provider/" + at + "/consumer/" + at
	names, err := json.Marshal(name)
	require.NoError(t, err)
	contract := strings.ReplaceAll(pactBetween("NAME", "NAME", "thing"), `"NAME"`, string(names))
	s.must("PUT", pair+"/version/1", contract)
	s.must("PUT", pair+"/version/2", strings.Replace(contract, "a request for", "a \\u001b[31m\x7f request for", 1))
	s.must("PUT", "/pacticipants/"+at+"/versions/1/tags/dev", "{}")
	query := "?q[][pacticipant]=" + url.QueryEscape(name) + "&q[][pacticipant]=" + url.QueryEscape(name)
	for path, accept := range map[string]string{
		"/dashboard": "text/plain", "/matrix" + query: "text/plain", pair + "/version/2/diff/previous-distinct": "text/plain",
		pair + "/latest/badge": "image/svg+xml", pair + "/version/1": "text/html", "/doc/" + at: "text/html",
	} {
		got := s.do(call{method: "GET", path: path, header: map[string]string{"Accept": accept}})
		require.Contains(t, got.header.Get("Content-Type"), accept, "%s: %d", path, got.status)
		require.Equal(t, visible.Lines(got.text), got.text, path)
		require.Contains(t, got.text, "[U+", path)
		if accept == "text/html" {
			require.Contains(t, got.header.Get("Content-Security-Policy"), "default-src 'none'", path)
		}
		if accept == "image/svg+xml" {
			require.NoError(t, xml.Unmarshal([]byte(got.text), new(struct{})), got.text)
		}
	}
	require.Equal(t, name, s.get("/pacticipants/" + at).doc["name"], "programs get the name itself")
}
