package scale_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/store/scale"
)

// What is on top of the made-up history, in which all is well, for pages to have
// something to show.
const (
	// everybodys is a provider that every application uses.
	everybodys        = "everybodys"
	everybodysVersion = "1"
	// large and largeProvider have a contract of a thousand interactions.
	large, largeProvider = "large", "large-provider"
	staging              = "staging"
	teams                = 50
	interactionsOfLarge  = 1000
)

// shop is a broker with made-up history that gets a bad day on top.
type shop struct {
	*testing.T
	base   string
	client *http.Client
	newest string
}

// crowd makes the day a bad one, unless it is one already.
func crowd(t *testing.T, base string, size scale.Size) {
	t.Helper()
	s := &shop{t, base, &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}}, scale.NewestNumber(size)}
	response, err := s.client.Get(base + "/pacticipants/" + largeProvider)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	if response.StatusCode == http.StatusOK {
		return
	}
	environments := map[string]string{}
	for _, name := range []string{staging, "test", "dev"} {
		environments[name] = s.environment(name)
	}
	environments[scale.Environment] = "00000000-0000-4000-8000-000000000001"
	applications, _, _, _ := size.Totals()
	s.usedByAll(applications, environments)
	s.failSome(40)
	s.addLarge()
	for i := range 100 {
		s.send(http.MethodPost, "/webhooks", map[string]any{
			"description": fmt.Sprintf("Tell team %d", i), "enabled": false, "events": []any{map[string]any{"name": "contract_published"}},
			"consumer": map[string]any{"name": fmt.Sprintf("app-%04d", i)}, "request": map[string]any{"method": "POST", "url": fmt.Sprintf("https://hooks.invalid/%d", i)},
		})
	}
}

func (s *shop) send(method, path string, body any) []byte {
	s.Helper()
	text, err := json.Marshal(body)
	require.NoError(s, err)
	request, err := http.NewRequest(method, s.base+path, bytes.NewReader(text))
	require.NoError(s, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/hal+json")
	response, err := s.client.Do(request)
	require.NoError(s, err)
	defer response.Body.Close()
	out, err := io.ReadAll(response.Body)
	require.NoError(s, err)
	require.Less(s, response.StatusCode, 300, "%s %s: %s", method, path, out)
	return out
}

func (s *shop) environment(name string) string {
	s.Helper()
	var made struct{ UUID string }
	require.NoError(s, json.Unmarshal(s.send(http.MethodPost, "/environments", map[string]any{"name": name, "production": false}), &made))
	return made.UUID
}

func (s *shop) deploy(application, version, environment string) {
	s.Helper()
	s.send(http.MethodPost, "/pacticipants/"+application+"/versions/"+version+"/deployed-versions/environment/"+environment, map[string]any{})
}

// publish publishes a contract of some interactions, of which the first have paths that
// begin with another word than the others.
func (s *shop) publish(consumer, version, provider string, interactions, others int) {
	s.Helper()
	var list []any
	for i := range interactions {
		word := "things"
		if i < others {
			word = "others"
		}
		list = append(list, map[string]any{
			"description": fmt.Sprintf("request %d of %s", i, consumer), "providerStates": []any{map[string]any{"name": fmt.Sprintf("thing %d exists", i)}},
			"request": map[string]any{"method": "GET", "path": fmt.Sprintf("/%s/%d", word, i), "headers": map[string]any{"Accept": "application/json"}},
			"response": map[string]any{
				"status": 200, "headers": map[string]any{"Content-Type": "application/json"},
				"body":          map[string]any{"id": i, "name": consumer, "owner": map[string]any{"name": "a", "mail": "a@example.org"}, "price": 3999, "currency": "EUR"},
				"matchingRules": map[string]any{"body": map[string]any{"$.id": map[string]any{"matchers": []any{map[string]any{"match": "integer"}}}, "$.name": map[string]any{"matchers": []any{map[string]any{"match": "type"}}}}},
			},
		})
	}
	content, err := json.Marshal(map[string]any{"consumer": map[string]any{"name": consumer}, "provider": map[string]any{"name": provider}, "interactions": list, "metadata": map[string]any{"pactSpecification": map[string]any{"version": "3.0.0"}}})
	require.NoError(s, err)
	s.send(http.MethodPost, "/contracts/publish", map[string]any{
		"pacticipantName": consumer, "pacticipantVersionNumber": version, "branch": scale.Branch, "buildUrl": "https://ci.example/7",
		"contracts": []any{map[string]any{"consumerName": consumer, "providerName": provider, "specification": "pact", "contentType": "application/json", "content": content}},
	})
}

// verify records a result for the newest contract of a pair. Where the contract names
// its interactions, the first of them fail; otherwise the result alone does.
func (s *shop) verify(consumer, provider, version string, failing int) {
	s.Helper()
	var pact struct {
		Interactions []struct {
			ID string `json:"_id"`
		}
		Links struct {
			Publish struct{ Href string } `json:"pb:publish-verification-results"`
		} `json:"_links"`
	}
	require.NoError(s, json.Unmarshal(s.send(http.MethodGet, "/pacts/provider/"+provider+"/consumer/"+consumer+"/latest", nil), &pact))
	tests := []any{}
	for i, one := range pact.Interactions {
		if one.ID == "" {
			continue
		}
		test := map[string]any{"interactionId": one.ID, "success": i >= failing}
		if i < failing {
			test["mismatches"] = []any{map[string]any{"attribute": "status", "description": "expected 200 but was 418"}}
		}
		tests = append(tests, test)
	}
	s.send(http.MethodPost, strings.TrimPrefix(pact.Links.Publish.Href, s.base), map[string]any{"success": failing == 0, "providerApplicationVersion": version, "testResults": tests})
}

// usedByAll gives all applications one more provider and a team. The versions before the
// newest are in staging, so that there is something to promote.
func (s *shop) usedByAll(applications int, environments map[string]string) {
	s.Helper()
	s.send(http.MethodPost, "/pacticipants", map[string]any{"name": everybodys, "mainBranch": scale.Branch})
	s.send(http.MethodPut, "/pacticipants/"+everybodys+"/branches/"+scale.Branch+"/versions/"+everybodysVersion, map[string]any{})
	var n int
	_, err := fmt.Sscanf(s.newest, "1.%d.0", &n)
	require.NoError(s, err)
	for i := range applications {
		name := fmt.Sprintf("app-%04d", i)
		s.publish(name, s.newest, everybodys, 3, 0)
		switch {
		case i%50 == 49: // waits
		case i%25 == 24:
			s.verify(name, everybodys, everybodysVersion, 1)
		default:
			s.verify(name, everybodys, everybodysVersion, 0)
		}
		s.deploy(name, fmt.Sprintf("1.%d.0", n-1), environments[staging])
		if i%2 == 0 {
			s.deploy(name, s.newest, environments["test"])
		}
		s.send(http.MethodPut, fmt.Sprintf("/pacticipants/%s/labels/team-%02d", name, i%teams), map[string]any{})
	}
	for _, e := range environments {
		s.deploy(everybodys, everybodysVersion, e)
	}
}

// failSome has the newest versions of some pairs fail.
func (s *shop) failSome(count int) {
	s.Helper()
	var all struct {
		Embedded struct {
			Integrations []struct {
				Embedded struct{ Consumer, Provider struct{ Name string } } `json:"_embedded"`
				Consumer struct{ Name string }
				Provider struct{ Name string }
			}
		} `json:"_embedded"`
	}
	require.NoError(s, json.Unmarshal(s.send(http.MethodGet, "/integrations", nil), &all))
	pairs := all.Embedded.Integrations
	for i := range count {
		pair := pairs[i*(len(pairs)/count)]
		consumer, provider := pair.Embedded.Consumer.Name+pair.Consumer.Name, pair.Embedded.Provider.Name+pair.Provider.Name
		require.NotEmpty(s, consumer)
		if provider != everybodys && provider != scale.ProviderOfFifty {
			s.verify(consumer, provider, s.newest, 1)
		}
	}
}

// addLarge adds a contract of many interactions, in two versions, of which the newer has
// a result with some failures.
func (s *shop) addLarge() {
	s.Helper()
	s.publish(large, "1", largeProvider, interactionsOfLarge, 0)
	s.publish(large, "2", largeProvider, interactionsOfLarge, 20)
	s.verify(large, largeProvider, "1", 20)
}
