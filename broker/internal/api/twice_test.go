package api_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// A form that makes something makes one thing, however often it is sent; sent with
// something else in it, as after going back in the browser, it is refused.
func TestEachFormThatMakesSomethingMakesItOnce(t *testing.T) {
	t.Parallel()
	s := newTeamSite(t)
	account := s.ok(s.admin, "POST", "/admin/system-accounts", `{"name":"CI of all"}`).at("uuid").(string)
	for page, form := range map[string]struct {
		fields, other []string
		list, named   string
	}{
		"/ui/people/new": {[]string{"name", "Made once", "active", "true"}, []string{"name", "Made once"}, "/ui/people", "Made once"},
		"/ui/teams/new":  {[]string{"name", "made-once", "applications", "Theirs\r\nOurs"}, []string{"name", "made-once", "applications", "Ours"}, "/ui/teams", "made-once"},
		"/ui/roles/new":  {[]string{"name", "Once", "permission", "contract_data:read:*"}, []string{"name", "Once", "permission", "environment:read:*"}, "/ui/roles", "Once"},
		"/ui/trust/new": {
			[]string{"name", "once", "issuer", "https://ci.example.org", "audience", "x", "match", "a=b", "account", account, "position", "1"},
			[]string{"name", "once", "issuer", "https://ci.example.org", "audience", "x", "match", "a=c", "account", account}, "/ui/trust", "once",
		},
	} {
		once := []string{"once", s.seen(page, "once")}
		require.Len(t, once[1], 36, page)
		first := s.send(s.admin, page, slices.Concat(form.fields, once)...)
		require.Equal(t, 303, first.status, "%s: %s", page, first.text)
		events := len(s.events())
		again := s.send(s.admin, page, slices.Concat(form.fields, once)...)
		require.Equal(t, 303, again.status, "%s: %s", page, again.text)
		require.Equal(t, first.header.Get("Location"), again.header.Get("Location"), page)
		require.Len(t, s.events(), events, "%s: what makes nothing is not recorded", page)
		other := s.send(s.admin, page, slices.Concat(form.other, once)...)
		require.Equal(t, 409, other.status, page)
		require.Contains(t, other.text, "made something already", page)
		require.Contains(t, other.text, once[1], "%s: the form is shown again as it is", page)
		require.NotEqual(t, once[1], s.seen(page, "once"), "a new form makes another one")
		require.Equal(t, 422, s.send(s.admin, page, slices.Concat(form.fields, []string{"once", "no-identity"})...).status, page)
	}
}

// A name that something of the sort has is 409, and says which field.
func TestATakenNameIsToldByItsField(t *testing.T) {
	t.Parallel()
	s := newTeamSite(t)
	account := s.ok(s.admin, "POST", "/admin/system-accounts", `{"name":"CI of all"}`).at("uuid").(string)
	for path, body := range map[string]string{
		"/admin/teams":       `{"name":"taken"}`,
		"/admin/roles":       `{"name":"Taken","permissions":[]}`,
		"/admin/trust-rules": `{"name":"taken","issuer":"https://ci.example.org","audience":"x","match":{"a":"b"},"account":"` + account + `"}`,
	} {
		s.ok(s.admin, "POST", path, body)
		got := s.as(s.admin, "POST", path, body)
		require.Equal(t, 409, got.status, "%s: %s", path, got.text)
		require.Contains(t, got.at("errors", "name").([]any)[0], "is taken: there is a", path)
	}
}
