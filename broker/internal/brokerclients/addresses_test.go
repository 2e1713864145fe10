package brokerclients_test

import (
	"encoding/json"
	"net/http"
	"net/url"
)

// The contract of the first Ruby client was recorded against a server whose
// links were stand-ins, because a client of a hypermedia API is not to know
// addresses. This table says what each stands for. The index and the states set
// up here hold the real links.
var standIns = map[string]string{
	"/HAL-REL-PLACEHOLDER-INDEX-PB-LATEST-VERSION-Condor":                                         "/pacticipants/Condor/latest-version",
	"/HAL-REL-PLACEHOLDER-INDEX-PB-LATEST-TAGGED-VERSION-Condor-production":                       "/pacticipants/Condor/latest-version/production",
	"/HAL-REL-PLACEHOLDER-PB-ENVIRONMENTS":                                                        "/environments",
	"/HAL-REL-PLACEHOLDER-PB-ENVIRONMENT-" + testUUID:                                             "/environments/" + testUUID,
	"/HAL-REL-PLACEHOLDER-PB-PACTICIPANT-BRANCH-Foo-main":                                         "/pacticipants/Foo/branches/main",
	"/HAL-REL-PLACEHOLDER-PB-PACTICIPANT-VERSION-Foo-" + fooVersion:                               "/pacticipants/Foo/versions/" + fooVersion,
	"/HAL-REL-PLACEHOLDER-PB-PUBLISH-CONTRACTS":                                                   "/contracts/publish",
	"/HAL-REL-PLACEHOLDER-PB-RECORD-DEPLOYMENT-FOO-5556B8149BF8BAC76BC30F50A8A2DD4C22C85F30-TEST": "/pacticipants/Foo/versions/" + fooVersion + "/deployed-versions/environment/" + placeUUID,
	"/HAL-REL-PLACEHOLDER-PB-RECORD-RELEASE-FOO-5556B8149BF8BAC76BC30F50A8A2DD4C22C85F30-TEST":    "/pacticipants/Foo/versions/" + fooVersion + "/released-versions/environment/" + placeUUID,
	"/HAL-REL-PLACEHOLDER-PB-WEBHOOKS":                                                            "/webhooks",
	"/PLACEHOLDER-DEPLOYED-VERSION-" + deployedUUID:                                               "/deployed-versions/" + deployedUUID,
	"/PLACEHOLDER-ENVIRONMENT-CURRENTLY-DEPLOYED-" + testUUID:                                     "/environments/" + testUUID + "/deployed-versions/currently-deployed",
}

// recordedHost is the host of the links that the contracts quote: the Pact
// Broker was verified in process under this name.
const recordedHost = "example.org"

// asSent turns a request of a contract back into what the client sends: to a
// real address instead of a stand-in, to the host of the contract, and with its
// query in order.
func asSent(order map[string]string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r = r.Clone(r.Context())
			r.Host = recordedHost
			if real, ok := standIns[r.URL.Path]; ok {
				r.URL = &url.URL{Path: real, RawQuery: r.URL.RawQuery}
			}
			if query, ok := order[sorted(r.URL.RawQuery)]; ok {
				r.URL.RawQuery = query
			}
			next.ServeHTTP(w, r)
		})
	}
}

// queryOrder finds the order of nested queries, by their sorted parameters. A
// pact holds a query as values by name, and so do the library that wrote the
// newer client's contract and Treaty: q[][pacticipant]=A&q[][version]=1&
// q[][pacticipant]=B becomes q[][pacticipant]=A&q[][pacticipant]=B&
// q[][version]=1, which says 1 of B. Both clients send the same, and the text of
// the older contract has it as it is sent.
func queryOrder(older []byte) (map[string]string, error) {
	var text struct {
		Interactions []struct {
			Request struct {
				Query string `json:"query"`
			} `json:"request"`
		} `json:"interactions"`
	}
	if err := json.Unmarshal(older, &text); err != nil {
		return nil, err
	}
	order := map[string]string{}
	for _, i := range text.Interactions {
		order[sorted(i.Request.Query)] = i.Request.Query
	}
	return order, nil
}

// sorted is a query that compares equal to itself in another order.
func sorted(query string) string {
	values, err := url.ParseQuery(query)
	if err != nil {
		return query
	}
	return values.Encode()
}
