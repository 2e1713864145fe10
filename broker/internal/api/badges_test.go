package api_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
)

func TestABadgeIsSoundXMLWhateverItSays(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"foo/bar pact", "<script>&\"'", "", "ünï—code 🙂", strings.Repeat("W", 300)} {
		decoder := xml.NewDecoder(strings.NewReader(api.Draw(text, "verified", "brightgreen")))
		for {
			_, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err, text)
		}
	}
}

func TestInitialsShortenNamesOfSeveralParts(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Some Long-Name": "SLN", "OtherThing_Two": "OT", "otherThing": "oT", "orders-api": "oa", "Foo": "Foo", "": "", "HTTPServer": "HTTPServer",
	} {
		require.Equal(t, want, api.Initials(name), name)
	}
}

func TestTheBrokerDrawsBadgesItselfIfTold(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{Badges: api.Badges{Draw: true}})
	s.publish("Foo", "1", "main", "Bar", "thing")
	image := map[string]string{"Accept": "image/svg+xml"}
	got := s.do(call{method: "GET", path: fooBar + "/latest/badge", header: image})
	require.Equal(t, 200, got.status)
	require.Equal(t, "image/svg+xml", got.header.Get("Content-Type"))
	require.Contains(t, got.text, "foo/bar pact: unknown")
	require.Contains(t, got.text, "<!-- Foo version 1 revision 1 Bar version ? number ? -->")
	for path, says := range map[string]string{
		"/pacticipants/Nope/main-branch/can-i-merge/badge":                                      "pacticipant: not found",
		"/pacticipants/Foo/latest-version/dev/can-i-deploy/to/prod/badge":                       "version: not found",
		"/pacticipants/Foo/branches/x/latest-version/can-i-deploy/to-environment/test/badge":    "branch: not found",
		"/pacticipants/Foo/branches/main/latest-version/can-i-deploy/to-environment/test/badge": "environment: not found",
		"/pacts/provider/Bar/consumer/Nope/latest/badge":                                        "pact not found: unknown",
		"/matrix/provider/Bar/latest/live/consumer/Foo/latest/dev/badge":                        "foo (dev)/bar (live) pact: unknown",
	} {
		got := s.do(call{method: "GET", path: path, header: image})
		require.Equal(t, 200, got.status, path)
		require.Contains(t, got.text, says, path)
	}
}
