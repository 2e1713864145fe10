package api_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/broker/internal/rels"
)

// crawler follows every link of every document that it meets.
type crawler struct {
	server *server
	seen   map[string]bool
	rels   map[string]bool
}

// visit reads an address and what it leads to.
func (c *crawler) visit(address string) {
	path, ours := strings.CutPrefix(address, c.server.url)
	if !ours || c.seen[path] || strings.Contains(path, "{") {
		return
	}
	c.seen[path] = true
	got := c.server.do(call{method: "GET", path: path, header: map[string]string{"Accept": "application/hal+json, */*;q=0.1"}})
	require.Less(c.server.t, got.status, 500, path)
	requireKeptToItself(c.server.t, got.header, path)
	c.walk(got.doc)
}

func (c *crawler) walk(value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if name == "_links" {
				c.follow(member)
				continue
			}
			c.walk(member)
		}
	case []any:
		for _, item := range value {
			c.walk(item)
		}
	}
}

func (c *crawler) follow(links any) {
	byRel, _ := links.(map[string]any)
	for rel, value := range byRel {
		c.rels[rel] = true
		list, isList := value.([]any)
		if !isList {
			list = []any{value}
		}
		for _, item := range list {
			link, _ := item.(map[string]any)
			href, _ := link["href"].(string)
			c.visit(fill(href))
		}
	}
}

// fill puts names that exist into a template.
func fill(template string) string {
	return strings.NewReplacer("{provider}", "Bar", "{consumer}", "Foo", "{consumerApplicationVersion}", "1", "{tag}", "dev",
		"{branch}", "feat%2Fx", "{pacticipant}", "Foo", "{version}", "1", "{label}", "team", "{environment}", "test",
		"{environmentTag}", "dev").Replace(template)
}

func TestEveryRelationLeadsSomewhereAndHasAPage(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	s.publish("Foo", "1", "feat/x", "Bar", "thing")
	s.must("PUT", "/pacticipants/Foo/versions/1/tags/dev", "{}")
	s.must("PUT", "/pacticipants/Foo/labels/team", "{}")
	environment := s.must("POST", "/environments", `{"name":"test","production":false}`).doc["uuid"].(string)
	s.must("POST", "/pacticipants/Foo/versions/1/deployed-versions/environment/"+environment, "{}")
	s.must("POST", "/pacticipants/Foo/versions/1/released-versions/environment/"+environment, "{}")
	s.must("POST", "/webhooks/provider/Bar/consumer/Foo", "{"+aRequest+"}")
	s.must("POST", "/webhooks", `{"consumer":{"label":"team"},`+aRequest+"}")
	pact := s.get(fooBar + "/version/1")
	results, err := url.Parse(pact.link("pb:publish-verification-results"))
	require.NoError(t, err)
	s.must("POST", results.Path, `{"success":true,"providerApplicationVersion":"10"}`)

	c := &crawler{server: s, seen: map[string]bool{}, rels: map[string]bool{}}
	for _, path := range []string{"/", "/dashboard", "/labels", "/pacticipants?size=1", "/environments/" + environment +
		"/deployed-versions/currently-deployed", fooBar + "/webhooks/status", "/pacticipants/label/team"} {
		c.visit(s.url + path)
	}
	require.Greater(t, len(c.seen), 50, "the links lead through the whole broker")
	for rel := range c.rels {
		prefix, name, prefixed := strings.Cut(rel, ":")
		if !prefixed {
			continue
		}
		_, ok := rels.Page(name)
		require.True(t, ok, "%s of %s: write broker/internal/rels/%s.md", name, prefix, name)
	}
}
