package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
)

func TestUsageTellsWhoUsesWhat(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	publish := func(consumer, version, body string) {
		s.must("PUT", "/pacts/provider/Bar/consumer/"+consumer+"/version/"+version, `{"interactions":[{"description":"an order","request":{"method":"GET","path":"/orders/7"},
			"response":{"status":200,"body":`+body+`}}],"metadata":{"pactSpecification":{"version":"2.0.0"}}}`)
	}
	s.must("PUT", "/pacticipants/Foo/branches/main/versions/1", "{}")
	publish("Foo", "1", `{"price":1}`)
	s.must("PUT", "/pacticipants/Foo/branches/main/versions/2", "{}")
	publish("Foo", "2", `{"lines":[{"price":1}],"name":"a"}`)
	s.must("PUT", "/pacticipants/Foo/branches/feature/versions/3", "{}")
	publish("Foo", "3", `{"feature":{"price":2}}`)
	publish("Cat", "9", `{"price":3999}`)
	environment := s.must("POST", "/environments", `{"name":"production","displayName":"Production","production":true}`).doc["uuid"].(string)
	s.must("POST", "/pacticipants/Foo/versions/1/deployed-versions/environment/"+environment, "{}")

	doc := s.get("/pacts/provider/Bar/usage?q=Price").doc
	require.Len(t, doc["contracts"], 3, "the head of the main branch, what is live, and the newest of who has neither")
	var told [][]any
	for _, u := range doc["uses"].([]any) {
		for _, by := range u.(map[string]any)["usedBy"].([]any) {
			u, by := u.(map[string]any), by.(map[string]any)
			told = append(told, []any{u["endpoint"], u["part"], u["name"], by["consumer"], by["version"], by["mainBranch"], by["environments"], by["how"], by["interactions"]})
		}
	}
	order := []any{"an order"}
	require.Equal(t, [][]any{
		{"GET /orders/*", "response body", "$.lines[*].price", "Foo", "2", "main", []any{}, "1", order},
		{"GET /orders/*", "response body", "$.price", "Cat", "9", nil, []any{}, "3999", order},
		{"GET /orders/*", "response body", "$.price", "Foo", "1", nil, []any{"production"}, "1", order},
	}, told)
	for query, uses := range map[string]int{
		"": 5, "?q=orders+lines": 1, "?q=nothing": 0, "?environment=production": 3, "?environment=test": 0, "?consumer=Cat": 3, "?endpoint=GET+/orders/*&q=status": 1, "?endpoint=GET+/orders": 0,
	} {
		require.Len(t, s.get("/pacts/provider/Bar/usage" + query).doc["uses"], uses, query)
	}
	require.Empty(t, s.get("/pacts/provider/Foo/usage").doc["contracts"], "nobody has a contract with it")
	require.Equal(t, 404, s.get("/pacts/provider/Nobody/usage").status)

	// A contract that nobody can take apart is told of.
	s.must("PUT", "/pacts/provider/Bar/consumer/Odd/version/1", `{"interactions":[{"description":"d","request":{"path":"/"},"response":{"status":"abc"}}]}`)
	require.Equal(t, []any{"Odd"}, s.get("/pacts/provider/Bar/usage").doc["toldInPart"])
	require.Empty(t, s.get("/pacts/provider/Bar/usage?consumer=Cat").doc["toldInPart"])
}
