package shelf_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/mockserver/internal/shelf"
)

func post(path, body string) contract.Request {
	r := contract.Request{Method: "POST", Path: path}
	if body != "" {
		r.Body = contract.NewBody([]byte(body), "application/json")
	}
	return r
}

func rule(category contract.Category, key string) contract.RuleSet {
	return contract.RuleSet{category: {key: {Rules: []contract.Rule{contract.RegexRule{Pattern: ".*"}}}}}
}

func find(s *shelf.Shelf[int], r contract.Request) []int {
	return s.Find(shelf.Request{Method: r.Method, Path: r.Path, Query: r.Query, Body: func() (contract.Body, bool) { return r.Body, true }})
}

func TestPathsThatMeanTheSameLieTogether(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"/a b", "/a%20b"}, {"/%61", "/a"}, {"/a%2fb", "/a%2Fb"}, {"/é", "/%C3%A9", "/%c3%a9"}, {"/100%", "/100%25"},
	} {
		for _, path := range same[1:] {
			var s shelf.Shelf[int]
			s.Put(1, contract.Request{Method: "get", Path: same[0]}, true)
			require.Equal(t, []int{1}, find(&s, contract.Request{Method: "GET", Path: path}), path)
		}
	}
	for _, differs := range [][2]string{{"/a%2Fb", "/a/b"}, {"/%252F", "/%2F"}, {"/a", "/A"}, {"/a", "/a/"}} {
		var s shelf.Shelf[int]
		s.Put(1, contract.Request{Method: "GET", Path: differs[0]}, true)
		require.Empty(t, find(&s, contract.Request{Method: "GET", Path: differs[1]}), differs)
	}
}

func TestOnlyWhatMayFitIsFound(t *testing.T) {
	t.Parallel()
	var s shelf.Shelf[int]
	s.Put(1, post("/a", `{"n":1,"m":2}`), true)
	s.Put(2, post("/a", `{"n":2}`), true)
	s.Put(3, post("/a", `{"n":3}`), false)
	s.Put(4, post("/a", ""), true)
	byRule := post("/a", `{"n":5}`)
	byRule.Rules = rule(contract.CategoryBody, "$.n")
	s.Put(5, byRule, true)
	anywhere := post("/b", `{"n":1,"m":2}`)
	anywhere.Rules = rule(contract.CategoryPath, "")
	s.Put(6, anywhere, true)
	asked := post("/a", "")
	asked.Query = contract.Values{"q": {"x"}}
	s.Put(7, asked, true)
	askedByRule := asked
	askedByRule.Rules = rule(contract.CategoryQuery, "q")
	s.Put(8, askedByRule, true)
	for _, tt := range []struct {
		name, body string
		query      contract.Values
		want       []int
	}{
		{"the same in other words", ` {"m": 2.0, "n": 1e0}`, nil, []int{1, 3, 4, 5, 6, 8}},
		{"another body", `{"n":2}`, nil, []int{2, 3, 4, 5, 8}},
		{"no body", ``, nil, []int{3, 4, 5, 8}},
		{"what is not JSON", `{"n":`, nil, []int{1, 2, 3, 4, 5, 6, 8}},
		{"the query", ``, contract.Values{"q": {"x"}}, []int{7, 8}},
	} {
		r := post("/a", tt.body)
		r.Query = tt.query
		require.ElementsMatch(t, tt.want, find(&s, r), tt.name)
	}
	require.ElementsMatch(t, []int{1, 2, 3, 4, 5, 6, 7, 8}, s.Route("POST", "/a"))
	require.Len(t, s.Find(shelf.Request{Method: "POST", Path: "/a", Body: func() (contract.Body, bool) { return contract.Body{}, false }}), 7)
}

func TestThousandsOnOnePathCostNoMore(t *testing.T) {
	t.Parallel()
	var s shelf.Shelf[int]
	for i := range 5000 {
		s.Put(i, post("/a", fmt.Sprintf(`{"n":%d}`, i)), true)
	}
	require.Equal(t, []int{4321}, find(&s, post("/a", `{"n":4321}`)))
}

func TestGraphQLIsComparedAndNotLookedUp(t *testing.T) {
	t.Parallel()
	var s shelf.Shelf[int]
	s.Put(1, post("/graphql", `{"query":"{ a }"}`), true)
	require.Equal(t, []int{1}, find(&s, post("/graphql", `{"query":"{ a }","extensions":{}}`)))
}
