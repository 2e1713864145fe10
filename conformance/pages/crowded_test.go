//go:build pages

package pages_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
)

// A shop as a company has it: thirty applications of six teams, five environments,
// a month of versions. Most of it fits; what does not is written below as it is told.

// teams are the applications of each.
var teams = map[string][]string{
	"web":        {"Storefront", "Mobile App", "Admin Console", "Partner Portal", "Help Center"},
	"checkout":   {"Checkout Service", "Cart Service", "Promotion Engine", "Gift Cards", "Tax Calculator"},
	"payments":   {"Payments API", "Fraud Check", "Refunds", "Invoice Archive"},
	"catalog":    {"Product Catalog", "Search", "Price Service", "Media Store", "Reviews", longName},
	"fulfilment": {"Order Service", "Warehouse", "Shipping Rates", "Returns", "Stock Levels"},
	"platform":   {"Identity", "Notification Hub", "Audit Log", "Feature Flags", hostileName},
}

// need is a request that a consumer makes.
type need struct{ description, state, method, path string }

// needs are what providers are asked for at the beginning.
var needs = map[string][]need{
	"Payments API": {
		{"a payment of an order", "a card that has money", "POST", "/payments"},
		{"a payment that is refused", "a card that has none", "POST", "/payments"},
		{"the state of a payment", "payment 42 is settled", "GET", "/payments/42"},
	},
	"Order Service": {
		{"an order with two lines", "order 7 exists", "GET", "/orders/7"},
		{"a new order", "", "POST", "/orders"},
		{"an order that nobody made", "no order exists", "GET", "/orders/0"},
	},
	"Product Catalog": {
		{"a product", "product 10 exists", "GET", "/products/10"},
		{"products of a shelf", "a shelf with three products", "GET", "/products"},
	},
	"Identity": {{"who is signed in", "Ada is signed in", "GET", "/me"}, {"a token that has ended", "", "GET", "/me"}},
}

// meets are consumers with their providers.
var meets = [][2]string{
	{"Storefront", "Product Catalog"}, {"Storefront", "Cart Service"}, {"Storefront", "Search"}, {"Storefront", "Identity"}, {"Storefront", "Reviews"},
	{"Mobile App", "Product Catalog"}, {"Mobile App", "Order Service"}, {"Mobile App", "Identity"}, {"Mobile App", "Notification Hub"},
	{"Admin Console", "Order Service"}, {"Admin Console", "Identity"}, {"Admin Console", "Audit Log"}, {"Admin Console", "Payments API"},
	{"Partner Portal", "Order Service"}, {"Partner Portal", "Identity"}, {"Help Center", "Order Service"}, {"Help Center", "Returns"},
	{"Checkout Service", "Payments API"}, {"Checkout Service", "Cart Service"}, {"Checkout Service", "Tax Calculator"}, {"Checkout Service", "Order Service"}, {"Checkout Service", "Shipping Rates"},
	{"Cart Service", "Price Service"}, {"Cart Service", "Promotion Engine"}, {"Cart Service", "Stock Levels"}, {"Promotion Engine", "Product Catalog"}, {"Gift Cards", "Payments API"},
	{"Payments API", "Fraud Check"}, {"Refunds", "Payments API"}, {"Refunds", "Order Service"}, {"Invoice Archive", "Order Service"},
	{"Search", "Product Catalog"}, {"Search", "Stock Levels"}, {"Product Catalog", "Media Store"}, {"Product Catalog", "Price Service"}, {"Reviews", "Identity"}, {longName, "Product Catalog"},
	{"Order Service", "Warehouse"}, {"Order Service", "Notification Hub"}, {"Order Service", "Stock Levels"}, {"Warehouse", "Stock Levels"}, {"Returns", "Order Service"}, {"Returns", "Refunds"}, {"Shipping Rates", "Warehouse"},
	{"Identity", "Audit Log"}, {"Notification Hub", "Feature Flags"}, {hostileName, "Identity"}, {longName, hostileName},
}

// town is a broker that fills, with a clock that goes on with what happens.
type town struct {
	*history
	now          *atomic.Int64
	random       *rand.Rand
	environments map[string]string
	versions     map[string]string    // the newest on main
	more         map[[2]string][]need // since the beginning
	results      map[[2]string]string
}

func openTown(t testing.TB) *town {
	t.Helper()
	s := &town{now: new(atomic.Int64), random: rand.New(rand.NewPCG(1, 2)), environments: map[string]string{}, versions: map[string]string{}, more: map[[2]string][]need{}, results: map[[2]string]string{}}
	s.now.Store(time.Now().Add(-32 * 24 * time.Hour).UnixNano())
	b := brokertest.Start(t, func(o *broker.Options) {
		o.Kit = true
		o.Domain.CheckSimilarNames = false
		o.Now = func() time.Time { return time.Unix(0, s.now.Load()) }
	})
	s.history = &history{t, b.URL()}
	return s
}

// passes lets time go by.
func (s *town) passes(d time.Duration) { s.now.Add(int64(d)) }

// until lets time go by until so long before now.
func (s *town) until(before time.Duration) {
	s.Helper()
	at := time.Now().Add(-before).UnixNano()
	require.Greater(s, at, s.now.Load(), "time goes on")
	s.now.Store(at)
}

// number is a commit, as somebody's tool writes it.
func (s *town) number() string {
	return fmt.Sprintf("%08x%016x%016x", s.random.Uint32(), s.random.Uint64(), s.random.Uint64())
}

// release publishes all contracts of an application for a new version.
func (s *town) release(name, branch string) (version string) {
	s.Helper()
	version = s.number()
	var contracts []any
	for _, pair := range meets {
		if pair[0] == name {
			contracts = append(contracts, map[string]any{"consumerName": name, "providerName": pair[1], "specification": "pact", "contentType": "application/json", "content": s.contract(name, pair[1])})
		}
	}
	if len(contracts) == 0 {
		s.send(http.MethodPut, "/pacticipants/"+url.PathEscape(name)+"/branches/"+url.PathEscape(branch)+"/versions/"+version, map[string]any{})
	} else {
		s.send(http.MethodPost, "/contracts/publish", map[string]any{"pacticipantName": name, "pacticipantVersionNumber": version, "branch": branch, "buildUrl": "https://ci.example/builds/" + version[:6], "contracts": contracts})
	}
	if branch == "main" {
		s.versions[name] = version
	}
	s.passes(7 * time.Minute)
	return version
}

// contract is what a consumer needs of a provider.
func (s *town) contract(consumer, provider string) []byte {
	s.Helper()
	wanted := needs[provider]
	if wanted == nil {
		wanted = []need{{"a question to " + provider, "", "GET", "/answers"}, {"a change for " + consumer, "something that can change", "PUT", "/answers/1"}}
	}
	var interactions []any
	for _, n := range slices.Concat(s.more[[2]string{consumer, provider}], wanted) {
		one := map[string]any{
			"description": n.description,
			"request":     map[string]any{"method": n.method, "path": n.path, "headers": map[string]any{"Accept": "application/json"}},
			"response": map[string]any{"status": 200, "headers": map[string]any{"Content-Type": "application/json"}, "body": map[string]any{"id": 42, "price": 3999, "currency": "EUR", "for": consumer},
				"matchingRules": map[string]any{"body": map[string]any{"$.id": map[string]any{"matchers": []any{map[string]any{"match": "integer"}}}, "$.price": map[string]any{"matchers": []any{map[string]any{"match": "integer"}}}}}},
		}
		if n.state != "" {
			one["providerStates"] = []any{map[string]any{"name": n.state}}
		}
		interactions = append(interactions, one)
	}
	content, err := json.Marshal(map[string]any{"consumer": map[string]any{"name": consumer}, "provider": map[string]any{"name": provider}, "interactions": interactions, "metadata": map[string]any{"pactSpecification": map[string]any{"version": "3.0.0"}}})
	require.NoError(s, err)
	return content
}

// proves verifies what all consumers of a version of a provider need.
func (s *town) proves(provider, version string) {
	s.Helper()
	for _, pair := range meets {
		if pair[1] == provider && s.versions[pair[0]] != "" {
			s.results[pair] = s.verify(pair[0], provider, version, 0)
			s.passes(time.Minute)
		}
	}
}

// runs records that a version runs somewhere.
func (s *town) runs(name, version string, environments ...string) {
	s.Helper()
	for _, e := range environments {
		s.deploy(name, version, s.environments[e])
		s.passes(30 * time.Second)
	}
}

// crowded is the shop at a quarter past nine, when somebody asks why the pipeline is red.
func crowded(t testing.TB) state {
	s := openTown(t)
	for _, e := range []struct {
		name, shown string
		production  bool
	}{{"development", "Development", false}, {"test", "Test", false}, {"staging", "Staging", false}, {"production", "Production", true}, {"disaster-recovery", "Disaster recovery", true}} {
		var made struct{ UUID string }
		require.NoError(s, json.Unmarshal(s.send(http.MethodPost, "/environments", map[string]any{
			"name": e.name, "displayName": e.shown, "production": e.production,
			"contacts": []any{map[string]any{"name": "On call", "details": map[string]any{"email": "oncall@shop.example"}}},
		}), &made))
		s.environments[e.name] = made.UUID
	}
	var names []string
	for team, applications := range teams {
		for _, name := range applications {
			s.send(http.MethodPost, "/pacticipants", map[string]any{"name": name, "mainBranch": "main", "repositoryUrl": "https://git.example/" + team})
			s.send(http.MethodPut, "/pacticipants/"+url.PathEscape(name)+"/labels/"+team, map[string]any{})
		}
	}
	for _, team := range []string{"web", "checkout", "payments", "catalog", "fulfilment", "platform"} {
		names = append(names, teams[team]...)
	}
	everywhere := []string{"development", "test", "staging", "production", "disaster-recovery"}
	var chat struct{ UUID string }
	require.NoError(s, json.Unmarshal(s.send(http.MethodPost, "/webhooks", map[string]any{
		"description": "Tell the chat of failures", "events": []any{map[string]any{"name": "provider_verification_failed"}},
		"request": map[string]any{"method": "POST", "url": "https://chat.shop.invalid/hooks/contracts", "body": map[string]any{"text": "${pactbroker.providerName} fails ${pactbroker.consumerName}"}},
	}), &chat))
	s.send(http.MethodPost, "/webhooks", map[string]any{
		"description": "Start the verification of payments", "provider": map[string]any{"name": "Payments API"}, "enabled": false, "events": []any{map[string]any{"name": "contract_requiring_verification_published"}},
		"request": map[string]any{"method": "POST", "url": "https://ci.shop.invalid/payments/verify", "headers": map[string]any{"Authorization": "Bearer 123"}},
	})
	// A month in which all went well: what is released is proven, and runs.
	for range 4 {
		for _, name := range names {
			s.release(name, "main")
		}
		for _, name := range names {
			s.proves(name, s.versions[name])
		}
		for _, name := range names {
			s.runs(name, s.versions[name], everywhere...)
		}
		s.passes(4 * 24 * time.Hour)
	}

	// Since two days: nobody has verified what the mobile app needs of notifications.
	s.until(50 * time.Hour)
	s.more[[2]string{"Mobile App", "Notification Hub"}] = []need{{"a device that wants to be told", "device 9 belongs to Ada", "PUT", "/devices/9"}}
	waiting := s.release("Mobile App", "main")
	s.results[[2]string{"Mobile App", "Product Catalog"}] = s.verify("Mobile App", "Product Catalog", s.versions["Product Catalog"], 0)
	s.runs("Mobile App", waiting, "development")

	// A feature that its provider does not have yet, and must not break it.
	s.until(26 * time.Hour)
	s.more[[2]string{"Storefront", "Cart Service"}] = []need{{"an order by one click", "Ada has paid before", "POST", "/carts/1/orders"}}
	s.release("Storefront", "feat/one-click-checkout-for-returning-customers")

	// Since this morning: payments do not give what the checkout needs, in two environments.
	s.until(3 * time.Hour)
	s.more[[2]string{"Checkout Service", "Payments API"}] = []need{
		{"a payment that the bank asks about", "a card that wants a second factor", "POST", "/payments"},
		{"the receipt of a payment", "payment 42 is settled", "GET", "/payments/42/receipt"},
	}
	checkout := s.release("Checkout Service", "main")
	for _, pair := range meets {
		if pair[0] == "Checkout Service" && pair[1] != "Payments API" {
			s.results[pair] = s.verify(pair[0], pair[1], s.versions[pair[1]], 0)
		}
	}
	payments := s.release("Payments API", "main")
	s.until(2 * time.Hour)
	failed := s.verify("Checkout Service", "Payments API", payments, 2)
	for _, consumer := range []string{"Admin Console", "Gift Cards", "Refunds"} {
		s.verify(consumer, "Payments API", payments, 0)
	}
	s.runs("Payments API", payments, "development", "test")
	s.runs("Checkout Service", checkout, "development")
	s.until(10 * time.Minute)
	s.verify("Checkout Service", "Payments API", s.number(), 1)
	for _, to := range []string{"production", "staging"} {
		s.send(http.MethodGet, "/can-i-deploy?pacticipant="+url.QueryEscape("Payments API")+"&version="+payments+"&environment="+to, nil)
	}
	s.now.Store(time.Now().UnixNano())
	pages := pagesOf("Checkout Service", checkout, "Payments API", "production", "staging", failed)
	for name, path := range map[string]string{
		"version of a provider": "/ui/applications/Payments%20API/versions/" + payments, "two environments": "/ui/environments/development/compare?with=production",
		"webhooks": "/ui/webhooks", "webhook": "/ui/webhooks/" + chat.UUID, "form of a webhook": "/ui/webhooks/" + chat.UUID + "/edit", "delete a webhook": "/ui/webhooks/" + chat.UUID + "/delete",
		"webhook, why": "/ui/webhooks/" + chat.UUID + "?consumer=Checkout+Service&provider=Payments+API", "test of a webhook": "/ui/webhooks/" + chat.UUID + "/test",
		"admin": "/ui/admin", "clean-up": "/ui/admin/retention", "preview of the clean-up": "/ui/admin/retention?preview=true", "delete": "/ui/admin/delete", "delete an application": "/ui/admin/delete?application=Payments+API",
		"matrix": "/ui/matrix", "matrix of a provider": "/ui/matrix?provider=Payments+API", "matrix of a pair": "/ui/matrix?consumer=Checkout+Service&provider=Payments+API",
		"matrix of what fails": "/ui/matrix?provider=Payments+API&consumer-main=true&result=failed&result=unverified", "diff": "/ui/contracts/Checkout%20Service/Payments%20API/" + checkout + "/diff",
		"gate of a provider": "/ui/gate?application=Payments+API&version=" + payments + "&to=production",
		"search":             "/ui/find?q=pay", "kept answer": "/ui/gate/answers/1", "form of an environment": "/ui/edit/environments/" + s.environments["production"], "delete an environment": "/ui/edit/environments/" + s.environments["production"] + "/delete",
	} {
		pages[name] = path
	}
	return state{s.base, pages}
}
