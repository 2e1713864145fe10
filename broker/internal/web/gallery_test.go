package web

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/internal/golden"
)

// serve shows the gallery in a browser: go test ./broker/internal/web -run Gallery -serve :8081
var serve = flag.String("serve", "", "address to show the gallery at instead of comparing it")

// gallery holds every page in its empty, normal and crowded forms.
func gallery(w *web) map[string]page {
	long := "a-name-that-somebody-made-out-of-every-word-they-could-think-of-and-then-some-more"
	hour, day := w.moment(w.config.Now().Add(-time.Hour)), w.moment(w.config.Now().Add(-48*time.Hour))
	yes, no, open := statusYes, statusNo, statusUnknown
	verified, failed := status{"yes", "✓", "verified"}, status{"no", "✗", "failed"}
	pairs := []pairRow{
		{Consumer: link{"storefront", "#"}, Provider: link{"catalog", "#"}, ConsumerVersion: "1f3c9a", ProviderVersion: "77ab01", Status: verified, Evidence: []link{{"contract", "#"}, {"result", "#"}}},
		{Consumer: link{"storefront", "#"}, Provider: link{"payments", "#"}, ConsumerVersion: "1f3c9a", Status: open, Evidence: []link{{"contract", "#"}}},
	}
	cards := []environmentCard{
		{Name: "production", URL: "#", Kind: "Production", Status: status{"yes", "✓", "fits"}, Sentence: "All 14 pairs that meet here are verified.", Detail: "9 applications, last change 2 hours ago"},
		{Name: "test", URL: "#", Kind: "Not production", Status: status{"no", "✗", "broken"}, Sentence: "1 pair that meets here failed verification.", Detail: "11 applications, last change 4 minutes ago"},
		{Name: "sandbox", URL: "#", Kind: "Not production", Status: statusNone, Sentence: "Nothing is deployed here.", Detail: "0 applications"},
	}
	normal := &homePage{
		base: base{title: "Now"}, Headline: "Look at test", Subline: "Not everything that runs there together was proven to fit. 1 promotion blocked, 1 application deployable.",
		Environments: cards,
		Blocked:      []blockedRow{{Application: link{"catalog", "#"}, Version: "77ab02", Environment: "production", URL: "#", Status: no, Why: "The pact between version 1f3c9a of storefront and version 77ab02 of catalog failed verification"}},
		Deployable: []deployableRow{
			{Application: link{"storefront", "#"}, Version: "1f3c9a", To: []link{{"test", "#"}, {"production", "#"}}},
			{Application: link{"orders", "#"}, Version: "5", To: []link{{"test", "#"}}, Doubts: []string{"Version 5 of orders has published no pact at all. Earlier versions had pacts with catalog."}}},
		Contracts: []contractRow{
			{URL: "#", Consumer: "storefront", Provider: "catalog", Version: "1f3c9a", Branch: "main", Published: hour, Verified: hour, Status: verified},
			{URL: "#", Consumer: "storefront", Provider: "payments", Version: "1f3c9a", Branch: "main", Published: day, Status: status{"unknown", "?", "not verified"}},
		},
	}
	crowded := &homePage{base: base{title: "Now"}, Headline: "3 promotions blocked", Subline: "What is deployed was proven to fit together.", Environments: cards, Pages: pager{Next: "?page=2"}, BlockedRest: "These are 50 of 312 promotions.", DeployableRest: "These are 50 of 80 applications."}
	for range 25 {
		crowded.Contracts = append(crowded.Contracts, contractRow{URL: "#", Consumer: long, Provider: long, Version: long, Branch: "feature/" + long, Published: day, Verified: hour, Status: failed})
		crowded.Blocked = append(crowded.Blocked, blockedRow{Application: link{long, "#"}, Version: "77ab02", Environment: "production", URL: "#", Status: open, Why: "No verification result is known for the pact between version 1 of " + long + " and the version of " + long + " currently in production"})
	}
	return map[string]page{
		"home-empty":         &homePage{base: base{title: "Now"}, FirstRun: true, Steps: firstSteps(links.Below("http://broker.test"))},
		"home":               normal,
		"home-crowded":       crowded,
		"applications-empty": &applicationsPage{base: base{title: "Applications"}, Search: "nothing like it", All: "#"},
		"applications": &applicationsPage{base: base{title: "Applications"}, Count: "2 applications", Rows: []applicationRow{
			{Name: "catalog", URL: "#", MainBranch: "main", Latest: "77ab02", Seen: hour}, {Name: long, URL: "#"}}},
		"application-empty": &applicationPage{base: base{title: "catalog"}, Parent: link{"Applications", "#"}, Name: "catalog", Summary: "No main branch is known yet. No version is known yet."},
		"application": &applicationPage{
			base: base{title: "catalog"}, Parent: link{"Applications", "#"}, Name: "catalog", Summary: "Main branch main. Latest version 77ab02.",
			Gates: []gateCard{
				{Environment: "production", URL: "#", Status: no, Why: "The pact between version 1f3c9a of storefront and version 77ab02 of catalog failed verification", Live: "77ab02 asked for; there now: 77ab01"},
				{Environment: "test", URL: "#", Status: yes, Why: "Every required verification result is there, and all are successful", Live: "77ab02 would be the first there."}},
			Consumers: []partnerRow{{Partner: link{"storefront", "#"}, URL: "#", Version: "1f3c9a", Published: hour, Status: failed}},
			Versions:  []versionRow{{Number: "77ab02", Branches: "main", Seen: hour}, {Number: "77ab01", Branches: "main, release", Environments: "production, test", Seen: day}}},
		"environments-empty": &environmentsPage{base: base{title: "Environments"}, Create: createEnvironment(links.Below("http://broker.test"))},
		"environments":       &environmentsPage{base: base{title: "Environments"}, Environments: cards},
		"environment-empty":  &environmentPage{base: base{title: "test"}, Parent: link{"Environments", "#"}, Name: "test", Kind: "Not production", Status: statusNone, Sentence: "Nothing is deployed here.", Record: recordHere(links.Below("http://broker.test"), "test")},
		"environment": &environmentPage{base: base{title: "test"}, Parent: link{"Environments", "#"}, Name: "test", Kind: "Not production", Status: open, Sentence: "Not proven: 1 pair that meets here.",
			Reasons: []string{"No verification result is known for the pact between version 1f3c9a of storefront and version 3 of payments"},
			Live:    []liveRow{{Application: link{"storefront", "#"}, Version: "1f3c9a", How: "deployed to blue", Since: hour}}, Pairs: pairs},
		"gate-empty": &gatePage{base: base{title: "Can I deploy?"}, Environments: []choice{{"production", false}}},
		"gate": &gatePage{base: base{title: "Can I deploy?"}, Application: "catalog", Asked: "77ab02", Applications: []string{"catalog", "storefront"}, Environments: []choice{{"production", true}, {"test", false}},
			Answer: &gateAnswer{Status: no, Sentence: "No, catalog 77ab02 may not go to production.", Pairs: pairs,
				Causes: []causeBlock{{Title: "Verification failed", Text: "Version 77ab02 of catalog does not give storefront 1f3c9a what it expects.", Owner: "Mend it and verify again. This is with the team of catalog.", Commands: []string{"treaty verify --provider-name catalog"}, Result: "#"}},
				CLI:    "treaty can-i-deploy --pacticipant catalog --version 77ab02 --to-environment production --broker-base-url http://broker.test"},
			History: []answerRow{
				{Version: "77ab02", To: "production", Status: no, Given: hour, Times: "3 times", Asker: "ci", Build: "https://ci.example/7"},
				{Version: "branch main", To: "tag gold", Status: yes, Given: day}}},
		"gate-problem": &gatePage{base: base{title: "Can I deploy?"}, Application: "nobody", Problem: "There is no application named \"nobody\"."},
		"contract": &contractPage{base: base{title: "storefront → catalog"}, Consumer: link{"storefront", "#"}, Provider: link{"catalog", "#"}, Summary: "What storefront 1f3c9a expects of catalog.",
			Status: verified, StatusText: "by catalog 77ab01, 1 hour ago", Published: hour, Branches: "main", Environments: "test", BuildURL: "https://ci.example/7", SHA: "0a1b2c", JSON: "#", InteractionsTitle: "1 interaction",
			Interactions: []interactionBlock{{Title: "a request for a product", Open: true, States: []string{"product 10 exists"}, Parts: []partBlock{{"Request", "GET /products/10\nAccept: application/json"}, {"Response", "200 OK\nContent-Type: application/json\n\n{\n  \"id\": 10\n}"}}, Rules: []ruleRow{{"response body $.id", "integer"}}}}},
		"result": &resultPage{base: base{title: "Result 7"}, Heading: "storefront → catalog", Consumer: link{"storefront", "#"}, Provider: link{"catalog", "#"}, Contract: link{"the contract", "#"}, Status: failed, ProviderVersion: "77ab02", Verified: hour, Details: "{\n  \"success\": false\n}",
			Failures: []failureBlock{{Title: "a request for product 10", Given: "product exists", Mismatches: []mismatchRow{{Where: "body $.price", Expected: "3999", Actual: "\"39.99 EUR\"", Why: "Expected '39.99 EUR' (String) to be an integer"}}}}},
		"error":      &errorPage{base: base{title: "Not found"}, Text: "There is no application named \"<script>alert(1)</script>\"."},
		"error-near": &errorPage{base: base{title: "Not found"}, Text: "There is no application named \"catalgo\".", Near: []link{{"catalog", "#"}, {"catalog-api", "#"}}},
	}
}

func TestGallery(t *testing.T) {
	w := &web{pages: parsePages(), config: Config{Version: "1.2.3", Now: func() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }}}
	pages := gallery(w)
	if *serve != "" {
		show(t, w, pages)
		return
	}
	for name, p := range pages {
		t.Run(name, func(t *testing.T) {
			request := httptest.NewRequest(http.MethodGet, "http://broker.test/ui/gallery/"+name, nil)
			w.fill(p.frame(), request)
			// The style sheet's name changes with every edit of it.
			p.frame().Stylesheet = "style.css"
			recorder := httptest.NewRecorder()
			w.render(recorder, http.StatusOK, p)
			require.Equal(t, http.StatusOK, recorder.Code)
			require.NotContains(t, recorder.Body.String(), "<script")
			require.NotContains(t, recorder.Body.String(), "ZgotmplZ")
			golden.Equal(t, name+".html", recorder.Body.String())
		})
	}
}

// show serves the gallery until the test is interrupted.
func show(t *testing.T, w *web, pages map[string]page) {
	mux := http.NewServeMux()
	mux.HandleFunc("/ui/assets/{name}", serveAsset)
	mux.HandleFunc("/{name}", func(rw http.ResponseWriter, r *http.Request) {
		p, ok := pages[r.PathValue("name")]
		if !ok {
			http.NotFound(rw, r)
			return
		}
		*p.frame() = frame{}
		w.fill(p.frame(), r)
		w.render(rw, http.StatusOK, p)
	})
	t.Logf("gallery at %s", *serve)
	server := &http.Server{Addr: *serve, Handler: mux, ReadHeaderTimeout: time.Second}
	require.NoError(t, server.ListenAndServe())
}
