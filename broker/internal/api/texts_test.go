package api_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/broker/internal/rels"
	"github.com/treatyhq/treaty/internal/golden"
)

// TestTextsForPeopleAndScripts keeps every answer that is not JSON.
func TestTextsForPeopleAndScripts(t *testing.T) {
	t.Parallel()
	s := history(t)
	s.publish("Foo", "4", "main", "My Provider", "four")
	s.must("POST", mustPath(s.get(fooBar+"/version/1").link("pb:publish-verification-results"), s.url),
		`{"success":true,"providerApplicationVersion":"10"}`)
	s.must("PUT", "/pacticipants/Foo/versions/3/tags/dev", "{}")
	for name, c := range map[string]call{
		"matrix":        {path: "/matrix?q[][pacticipant]=Foo&q[][pacticipant]=Bar&latestby=cvpv"},
		"can-i-deploy":  {path: "/matrix?q[][pacticipant]=Foo&q[][version]=1&latestby=cvp&latest=true"},
		"dashboard":     {path: "/dashboard"},
		"groups":        {path: "/groups/Foo", header: map[string]string{"Accept": "text/csv"}},
		"relationships": {path: "/relationships.csv", header: map[string]string{"Accept": ""}},
		"integrations":  {path: "/integrations?q=foo", header: map[string]string{"Accept": "*/*"}},
		"doc":           {path: "/doc/pb:can-i-deploy"},
	} {
		t.Run(name, func(t *testing.T) {
			c.method = "GET"
			if c.header == nil {
				c.header = map[string]string{"Accept": "text/plain"}
			}
			got := s.do(c)
			require.Equal(t, 200, got.status, got.text)
			golden.Equal(t, "texts/"+name+".txt", got.header.Get("Content-Type")+"\n"+got.text)
		})
	}
}

// mustPath is an address without the base.
func mustPath(address, base string) string { return address[len(base):] }

func TestGroupsStopAfterTheHopThatReachesTheLimit(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	s.publish("A", "1", "main", "B", "x")
	s.publish("B", "1", "main", "C", "x")
	s.publish("C", "1", "main", "D", "x")
	csv := map[string]string{"Accept": "text/csv"}
	all := s.do(call{method: "GET", path: "/groups/A", header: csv})
	few := s.do(call{method: "GET", path: "/groups/A?maxPacticipants=2", header: csv})
	require.Contains(t, all.text, ",D,")
	require.NotContains(t, few.text, ",D,")
	require.Equal(t, 404, s.do(call{method: "GET", path: "/groups/Nope", header: csv}).status)
}

func TestProviderStatesCollectTheirConsumers(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	for _, consumer := range []string{"Foo", "Cat"} {
		s.must("PUT", "/pacticipants/"+consumer+"/branches/main/versions/1", "{}")
		s.must("PUT", "/pacts/provider/Bar/consumer/"+consumer+"/version/1", `{"interactions":[{"description":"d",`+
			`"providerStates":[{"name":"there is a thing","params":{"id":1}}],"request":{"path":"/"},"response":{"status":200}}]}`)
	}
	states, _ := s.get("/pacts/provider/Bar/provider-states").doc["providerStates"].([]any)
	require.Len(t, states, 1)
	state := states[0].(map[string]any)
	require.Equal(t, "there is a thing", state["name"])
	require.ElementsMatch(t, []any{"Foo", "Cat"}, state["consumers"])
	require.Equal(t, map[string]any{"id": 1.0}, state["params"])
}

func TestDurationsAreToldInWords(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		time.Second: "less than a minute", time.Minute: "1 minute", 3 * time.Hour: "about 3 hours",
		24 * time.Hour: "1 day", 90 * 24 * time.Hour: "about 3 months", 800 * 24 * time.Hour: "about 2 years",
	} {
		require.Equal(t, want, api.InWords(d))
	}
}

func TestMarkdownCannotSmuggleHTML(t *testing.T) {
	t.Parallel()
	html := api.PlainDoc("a <b>", rels.Parse("# A <b> title\n\n<script>x</script> and `code <i>`\n\n- one\n- two\n\n    pre <x>"))
	require.NotContains(t, html, "<script>")
	require.Contains(t, html, "<title>a &lt;b&gt;</title>")
	require.Contains(t, html, `<h1 id="a-&lt;b&gt;-title">A &lt;b&gt; title</h1>`)
	require.Contains(t, html, "<code>code &lt;i&gt;</code>")
	require.Contains(t, html, "<li>one</li>\n<li>two</li>")
	require.Contains(t, html, "<pre>pre &lt;x&gt;</pre>")
}
