package hal_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/hal"
)

func text(t *testing.T, value any) string {
	t.Helper()
	out, err := hal.Marshal(value)
	require.NoError(t, err)
	return string(out)
}

func TestMembersKeepTheirOrderAndTheirPlace(t *testing.T) {
	t.Parallel()
	object := new(hal.Object).Set("b", 1).Set("a", "<&/é>").Set("b", 2)
	require.Equal(t, `{"b":2,"a":"<&/é>"}`, text(t, object)) //nolint:testifylint // the order is the point
	require.Equal(t, `{}`, text(t, new(hal.Object)))
}

func TestTimesHaveANumericOffset(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 999, time.FixedZone("", 3600))
	require.Equal(t, `"2026-01-02T02:04:05+00:00"`, text(t, hal.Time(at)))
}

func TestAResourceIsPropertiesThenPartsThenLinks(t *testing.T) {
	t.Parallel()
	r := hal.New().
		Link("self", hal.Link{Title: "Me", Name: "n", Href: "/x?a=1&b=2", Templated: hal.False(),
			Extra: new(hal.Object).Set("currently_deployed", true)}).
		Links("pb:none", nil).
		Embed("parts", []*hal.Resource{hal.New().Set("n", 1)}).
		SetText("absent", "").
		Set("present", nil).
		Curies("pb", "/doc/{rel}")
	//nolint:testifylint // the order is the point
	require.Equal(t, `{"present":null,"_embedded":{"parts":[{"n":1}]},"_links":{`+
		`"self":{"title":"Me","name":"n","href":"/x?a=1&b=2","templated":false,"currently_deployed":true},`+
		`"pb:none":[],"curies":[{"name":"pb","href":"/doc/{rel}","templated":true}]}}`, text(t, r))
}

func TestADocumentOfSomebodyElseKeepsItsTextAndGetsLinks(t *testing.T) {
	t.Parallel()
	document, err := hal.ParseObject([]byte(`{"z":1.0,"createdAt":"theirs","a":{"b":[1,2]},"_links":{"x":1}}`))
	require.NoError(t, err)
	out := hal.New().Link("self", hal.Link{Href: "/me"}).Around(document).Set("createdAt", "ours")
	require.Equal(t, `{"z":1.0,"a":{"b":[1,2]},"createdAt":"ours","_links":{"self":{"href":"/me"}}}`, text(t, out)) //nolint:testifylint // the order is the point
}

func TestOnlyAnObjectIsADocument(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, `[]`, `"x"`, `{`, `{"a":}`, `{"a":1`} {
		_, err := hal.ParseObject([]byte(text))
		require.Error(t, err, text)
	}
}

func TestRawTextLosesItsWhiteSpaceAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ raw, want string }{
		{"", `null`},
		{" {\n\t\"a b\" : [ 1 ,\r\"\\\" \\\\\" , \"é\u2028<\" ] } ", "{\"a b\":[1,\"\\\" \\\\\",\"é\u2028<\"]}"},
		{`"a`, `"a`}, // it was not checked, and it ends all the same
		{`"`, `"`},
	} {
		require.Equal(t, tt.want, text(t, json.RawMessage(tt.raw)), "%q", tt.raw)
	}
}

func FuzzRawText(f *testing.F) {
	f.Add([]byte(` { "a" : "\\\" x" , "b" : [ 1.0 , null ] } `))
	f.Fuzz(func(t *testing.T, raw []byte) {
		out, err := hal.Marshal(json.RawMessage(raw))
		require.NoError(t, err)
		if !json.Valid(raw) {
			return // it ends, and that is all
		}
		var want bytes.Buffer
		require.NoError(t, json.Compact(&want, raw))
		require.Equal(t, want.String(), string(out))
	})
}

func TestOneLinkAndManyReadTheSame(t *testing.T) {
	t.Parallel()
	doc, err := hal.Parse([]byte(`{"n":"x","_links":{"one":{"href":"/1","name":"first"},
		"many":[{"href":"/2","name":"a"},{"href":"/3","name":"b","templated":true}],"odd":null,"odder":7}}`))
	require.NoError(t, err)

	one, ok := doc.Links.Find("one")
	require.True(t, ok)
	require.Equal(t, "/1", one.Href)
	b, ok := doc.Links.Named("many", "b")
	require.True(t, ok)
	require.Equal(t, hal.ReceivedLink{Href: "/3", Name: "b", Templated: true}, b)
	for _, rel := range []string{"odd", "odder", "absent"} {
		_, ok := doc.Links.Find(rel)
		require.False(t, ok, rel)
	}
	_, ok = doc.Links.Named("many", "c")
	require.False(t, ok)

	var properties struct{ N string }
	require.NoError(t, doc.Decode(&properties))
	require.Equal(t, "x", properties.N)
	_, err = hal.Parse([]byte(`[]`))
	require.Error(t, err)
}

func TestTemplatesKeepASlashInsideItsSegment(t *testing.T) {
	t.Parallel()
	require.Equal(t, "/branches/feat%2Fx%20y/{version}",
		hal.Expand("/branches/{branch}/{version}", map[string]string{"branch": "feat/x y"}))
}
