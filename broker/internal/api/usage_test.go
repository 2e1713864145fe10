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

	doc := s.get("/pacticipants/Bar/usage?q=Price").doc
	readers := func(doc map[string]any) []any {
		return doc["_embedded"].(map[string]any)["readers"].([]any)
	}
	var told [][]any
	for _, r := range readers(doc) {
		r := r.(map[string]any)
		told = append(told, []any{r["endpoint"], r["part"], r["field"], r["use"], r["consumer"], r["version"], r["mainBranch"], r["environments"], r["rule"], r["how"], r["interactions"]})
	}
	order := []any{"an order"}
	require.Equal(t, [][]any{
		{"GET /orders/{}", "response body", "$.lines[*].price", "reads", "Foo", "2", "main", []any{}, "equal", "1", order},
		{"GET /orders/{}", "response body", "$.price", "reads", "Foo", "1", nil, []any{"production"}, "equal", "1", order},
	}, told, "the head of the main branch, and what is live")
	require.Equal(t, map[string]any{"production": []any{map[string]any{"consumer": "Foo", "version": "1"}}}, doc["breaks"])
	require.Equal(t, []any{"Cat"}, doc["uncounted"], "it runs nowhere and has no main branch")
	require.Equal(t, map[string]any{"production": []any{}}, s.get("/pacticipants/Bar/usage?field=$.name").doc["breaks"])
	for query, uses := range map[string]int{
		"": 7, "?q=orders+lines": 1, "?q=nothing": 0, "?environment=production": 3, "?environment=test": 0, "?consumer=Cat": 0, "?consumer=Foo": 7, "?field=status": 2, "?field=price": 0,
		"?endpoint=GET+/orders/{id}&field=$.lines[0].price": 1, "?endpoint=GET+/orders": 0, "?endpoint=POST+/orders/{id}": 0, "?endpoint=get+/orders/9": 7,
	} {
		require.Len(t, readers(s.get("/pacticipants/Bar/usage"+query).doc), uses, query)
	}
	require.Empty(t, s.get("/pacticipants/Foo/usage").doc["contracts"], "nobody has a contract with it")
	require.Equal(t, 404, s.get("/pacticipants/Nobody/usage").status)

	// A contract that nobody can take apart is told of.
	s.must("PUT", "/pacticipants/Odd/branches/main/versions/1", "{}")
	s.must("PUT", "/pacts/provider/Bar/consumer/Odd/version/1", `{"interactions":[{"description":"d","request":{"path":"/"},"response":{"status":"abc"}}]}`)
	require.Equal(t, []any{"Odd"}, s.get("/pacticipants/Bar/usage").doc["toldInPart"])
	require.Empty(t, s.get("/pacticipants/Bar/usage?consumer=Cat").doc["toldInPart"])
}
