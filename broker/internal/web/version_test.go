package web_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The page of a version tells all of it, and judges the version that it is
// about: not the head of its application.
func TestThePageOfAVersionTellsAllOfIt(t *testing.T) {
	t.Parallel()
	p := look(t, `
		main Foo main
		pact Foo 1 -> Bar branch main tags gold
		pact Foo 2 -> Bar branch main content new
		pact Cat 7 -> Foo
		verify Bar 2 : Foo 1 ok
		verify Bar 2 : Foo 2 failed
		verify Foo 1 : Cat 7 failed
		deploy Bar 2 prod
		deploy Foo 1 prod
		deploy Foo 2 prod
		environment test`)
	page := words(p.Page("/ui/applications/Foo/versions/1"))
	for _, says := range []string{
		"Branches main", "Tags gold",
		"prod ✓ yes Every required verification result is there, and all are successful",
		"test ? not proven",
		"prod deployed just now just now",
		"Bar Foo → Bar ✓ verified 2 just now result",
		"Cat 7 ✗ failed just now result · contract",
	} {
		require.Contains(t, page, says)
	}
	page = words(p.Page("/ui/applications/Foo/versions/2"))
	require.Contains(t, page, "prod ✗ no")
	require.Contains(t, page, "prod deployed just now still there")
	require.Contains(t, page, "It has verified no contract.")
	page = words(p.Page("/ui/applications/Bar/versions/2"))
	require.Contains(t, page, "Foo 2 ✗ failed just now result · contract Foo 1 ✓ verified", "failures first")
	require.Contains(t, page, "It has published no contract.")
}

// Every version that a page names leads to the page of the version.
func TestEveryVersionLeadsToItsPage(t *testing.T) {
	t.Parallel()
	p := look(t, "main Foo main\npact Foo 1 -> Bar branch main\nverify Bar 2 : Foo 1 failed\ndeploy Bar 2 prod\ndeploy Foo 1 prod")
	for _, path := range []string{"/", "/ui/applications", "/ui/applications/Foo", "/ui/environments/prod", "/ui/gate?application=Foo&version=1&to=prod", "/ui/contracts/Foo/Bar"} {
		require.Contains(t, p.Page(path), `href="/ui/applications/Foo/versions/1"`, path)
	}
	for _, path := range []string{"/ui/applications", "/ui/environments/prod", "/ui/gate?application=Foo&version=1&to=prod", "/ui/contracts/Foo/Bar", "/ui/applications/Foo/versions/1"} {
		require.Contains(t, p.Page(path), `href="/ui/applications/Bar/versions/2"`, path)
	}
	require.Contains(t, words(p.Page("/pacticipants/Foo/versions/1")), "As a consumer: its contracts", "a browser gets the page at the address of the API too")
}
