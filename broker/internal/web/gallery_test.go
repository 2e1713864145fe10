package web

import (
	"encoding/json"
	"flag"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/golden"
)

// serve shows the gallery in a browser: go test ./broker/internal/web -run Gallery -serve :8081
var serve = flag.String("serve", "", "address to show the gallery at instead of comparing it")

// gallery holds every page in its empty, normal and crowded forms.
func gallery(w *web) map[string]page {
	pages := map[string]page{
		"error":      &errorPage{base: base{title: "Not found"}, Text: "There is no application named \"<script>alert(1)</script>\"."},
		"error-near": &errorPage{base: base{title: "Not found"}, Text: "There is no application named \"catalgo\".", Near: kit.Links{{Text: "catalog", URL: "#"}, {Text: "catalog-api", URL: "#"}}},
	}
	for _, some := range []func(*web) map[string]page{galleryOfLogins, galleryOfHome, galleryOfApplications, galleryOfEnvironments, galleryOfComparisons, galleryOfMaps, galleryOfFirstSteps, galleryOfGate, galleryOfContracts, galleryOfMatrix, galleryOfUsage, galleryOfDiffs, galleryOfWebhooks, galleryOfAdmin, galleryOfEdits, galleryOfAccess, galleryOfAPI, galleryOfKit} {
		maps.Copy(pages, some(w))
	}
	return pages
}

const long = "a-name-that-somebody-made-out-of-every-word-they-could-think-of-and-then-some-more"

// cell is a cell of one part.
func cell(p kit.Part) kit.Cell { return kit.Cell{p} }

func to(text string) kit.Cell        { return cell(kit.Link{Text: text, URL: "#"}) }
func version(number string) kit.Cell { return cell(kit.Version{Number: number, URL: "#"}) }
func says(text string) kit.Cell      { return cell(kit.Text{Text: text}) }

func (w *web) hourAgo() kit.Time { return w.moment(w.config.Now().Add(-time.Hour)) }
func (w *web) dayAgo() kit.Time  { return w.moment(w.config.Now().Add(-48 * time.Hour)) }

func galleryCards() []environmentCard {
	return []environmentCard{
		{Name: "production", URL: "#", Kind: "Production", Status: kit.Yes("fits"), Sentence: "All 14 pairs that meet here are verified.", Detail: "9 applications, last change 2 hours ago"},
		{Name: "test", URL: "#", Kind: "Not production", Status: kit.No("broken"), Sentence: "1 pair that meets here failed verification.", Detail: "11 applications, last change 4 minutes ago"},
		{Name: "sandbox", URL: "#", Kind: "Not production", Status: kit.None("empty"), Sentence: "Nothing is deployed here.", Detail: "0 applications"},
	}
}

func galleryPairs(w *web) kit.Table {
	return pairsTable(
		kit.Row{append(to("storefront"), kit.Version{Number: "1f3c9a", URL: "#"}), append(to("catalog"), kit.Version{Number: "77ab01", URL: "#"}), cell(kit.Yes("verified")), cell(w.hourAgo()), cell(kit.Links{{Text: "contract", URL: "#"}, {Text: "result", URL: "#"}})},
		kit.Row{append(to("storefront"), kit.Version{Number: "1f3c9a", URL: "#"}), to("payments"), cell(kit.Unknown("not verified")), cell(kit.Time{}), cell(kit.Links{{Text: "contract", URL: "#"}})},
	)
}

func galleryOfApplications(w *web) map[string]page {
	all := galleryEverything(w)
	list := func(query url.Values, known []listedRow) *applicationsPage {
		p := &applicationsPage{base: base{title: "Applications", twin: "/pacticipants"}, Table: applicationsTable()}
		found := askedFor(query, known)
		p.Filter = applicationsFilter(query, known, len(found))
		for _, a := range found {
			p.Table.Rows = append(p.Table.Rows, w.listedRow(links.Below(""), a))
		}
		p.Table.Sort(query)
		p.Table.Empty = noApplication(links.Below(""), len(known), p.Filter.Clear)
		return p
	}
	var some []listedRow
	for _, a := range all.Listed {
		row := listedRow{Listed: a, role: roleOf(a)}
		row.health, row.where = healthOf(all, a)
		some = append(some, row)
	}
	one := &versionPage{
		base: base{title: "catalog 77ab02"}, Parents: kit.Links{{Text: "Applications", URL: "#"}, {Text: "catalog", URL: "#"}}, Name: "catalog", Version: kit.Version{Number: wholeCommit},
		Gates:     gatesTable(kit.Row{to("production"), cell(kit.No("no")), says("The pact between version 1f3c9a of storefront and version 77ab02 of catalog failed verification")}),
		Places:    placesTable(kit.Row{to("test"), says("deployed to blue"), cell(w.dayAgo()), cell(w.hourAgo())}, kit.Row{to("test"), says("released"), cell(w.dayAgo()), says("still there")}),
		Published: publishedTable(kit.Row{to("payments"), to("catalog → payments"), cell(kit.Unknown("not verified")), cell(kit.Version{}), cell(kit.Time{}), nil}),
		Answered:  answeredTable(kit.Row{to("storefront"), version("1f3c9a"), cell(kit.No("failed")), cell(w.hourAgo()), cell(kit.Links{{Text: "result", URL: "#"}, {Text: "contract", URL: "#"}})}),
	}
	one.Facts.Add("First seen", w.dayAgo().InFull())
	one.Facts.Add("Build", kit.Outside{Address: "https://ci.example/7"})
	one.Facts.Add("Commit", kit.Outside{Address: "javascript:alert(1)"})
	bare := &versionPage{base: base{title: "catalog 1"}, Name: "catalog", Version: kit.Version{Number: "1"}, Gates: gatesTable(), Places: placesTable(), Published: publishedTable(), Answered: answeredTable()}
	bare.Gates.Empty = noEnvironment(links.Below("http://broker.test"))
	return map[string]page{
		"version":                one,
		"version-empty":          bare,
		"applications":           list(url.Values{}, some),
		"applications-narrowed":  list(url.Values{"label": {"critical"}, "health": {"blocked"}, "sort": {"-seen"}}, some),
		"applications-empty":     list(url.Values{}, nil),
		"applications-unmatched": list(url.Values{"q": {"like"}, "label": {hostileName}}, some),
		"application-empty":      w.galleryApplication(overview.ApplicationAnswer{Pacticipant: kernel.Pacticipant{Name: "catalog"}}, url.Values{}),
		"application":            w.galleryApplication(galleryAnswer(w), url.Values{"branch": {"main"}}),
		"application-no-branch":  w.galleryApplication(overview.ApplicationAnswer{Pacticipant: kernel.Pacticipant{Name: "catalog", MainBranch: "main"}, NoBranch: true}, url.Values{"branch": {hostileName}}),
	}
}

func galleryOfEnvironments(w *web) map[string]page {
	broker := links.Below("http://broker.test")
	none, empty, sorted := environmentsTable(), liveTable(), environmentsTable(galleryCards()...)
	none.Empty, empty.Empty = noEnvironment(broker), nothingHere(broker, "test")
	sorted.Sort(url.Values{"sort": {"together"}})
	environment := &environmentPage{
		base: base{title: "test"}, Parent: kit.Link{Text: "Environments", URL: "#"}, Name: "test", Kind: "Not production",
		Answer: kit.Answer{Verdict: kit.Unknown(notProven), Sentence: "Not proven: 1 pair that meets here.", Reasons: []string{"No verification result is known for the pact between version 1f3c9a of storefront and version 3 of payments"}},
		Live:   liveTable(kit.Row{to("storefront"), version("1f3c9a"), says("deployed to blue"), cell(w.hourAgo())}), Meets: true, Pairs: galleryPairs(w),
		Compare: kit.Links{{Text: "from here to production", URL: "#"}}, Known: true,
		Arrivals: arrivalsTable(
			kit.Row{to("catalog"), version("77ab02"), cell(kit.No("no")), version("77ab01"), {kit.Sentence{Text: "The pact failed verification"}, kit.Link{Text: "The answer", URL: "#", Own: true}}},
			kit.Row{to(long), version(wholeCommit), cell(kit.Yes("yes")), cell(kit.Muted{Text: "this one"}), to("The answer")},
		),
		History: placeHistoryTable(kit.Row{cell(w.hourAgo()), says("deployed to blue"), to("storefront"), version("1f3c9a"), version("1f3c99")}, kit.Row{cell(w.dayAgo()), says("undeployed"), to(long), version("1"), nil}),
		Newest:  kit.Link{Text: "The newest", URL: "#", Own: true},
	}
	environment.History.Pages = kit.Pager{Next: "?history-before=1-0-1#history", Of: "the history"}
	environment.Facts.Add("Called", kit.Text{Text: "Test, Europe"})
	environment.Facts.Add("Contact", contactCell(kernel.Contact{Name: "Platform team", Details: json.RawMessage(`{"email":"platform@example.org","runbook":"https://runbooks.example/test","trick":"javascript:alert(1)"}`)})...)
	environment.Filter = environment.Pairs.Narrow(url.Values{"pairs-result": {"not verified"}}, "met", "result")
	return map[string]page{
		"environments-empty": &environmentsPage{base: base{title: "Environments"}, Table: none},
		"environments":       &environmentsPage{base: base{title: "Environments", twin: "/environments"}, Table: sorted},
		"environment-empty":  &environmentPage{base: base{title: "test"}, Parent: kit.Link{Text: "Environments", URL: "#"}, Name: "test", Kind: "Not production", Answer: kit.Answer{Verdict: kit.None("empty"), Sentence: "Nothing is deployed here."}, Live: empty, History: placeHistoryTable()},
		"environment":        environment,
	}
}

func galleryOfGate(w *web) map[string]page {
	places := []kit.Option{{Value: "production", Text: "production", Current: true}, {Value: "test", Text: "test"}}
	problem := gateForm("nobody", "", nil, places...)
	problem.Fields[0].Error = "There is no application named \"nobody\"."
	kept := kernel.GateAnswer{Number: 7, Verdict: matrix.NotDeployable, Counts: matrix.Counts{Failed: 1}, Times: 3, FirstAt: w.config.Now().Add(-48 * time.Hour), LastAt: w.config.Now().Add(-time.Hour),
		Question:     kernel.GateQuestion{Selectors: []matrix.Selector{{Pacticipant: "catalog", Version: "77ab02"}}, Target: matrix.Target{Environment: "production"}, Asker: kernel.Asker{Principal: "ci", BuildURL: "https://ci.example/7"}},
		Notices:      []matrix.Notice{{Level: matrix.LevelError, Text: "The verification of storefront 1f3c9a by catalog 77ab02 failed."}},
		Explanations: []matrix.Explanation{{Cause: matrix.CauseFailed, Blocking: true, Sentence: "Version 77ab02 of catalog does not give storefront 1f3c9a what it expects.", Consumer: "storefront", Provider: "catalog", ConsumerVersion: "1f3c9a", ProviderVersions: []string{"77ab02"}, SHA: "abc", ResultNumber: 3, Owner: "catalog", NextStep: "Mend it and verify again."}},
	}
	return map[string]page{
		"gate-kept":     w.keptAnswerPage(links.Below(""), nil, kept),
		"gate-empty":    &gatePage{base: base{title: "Can I deploy?"}, Form: gateForm("", "", nil, places...)},
		"gate-no-place": &gatePage{base: base{title: "Can I deploy?"}, Form: gateForm("catalog", "", nil), NoPlace: noEnvironment(links.Below("http://broker.test"))},
		"gate-problem":  &gatePage{base: base{title: "Can I deploy?"}, Form: problem},
		"gate": &gatePage{
			base: base{title: "Can I deploy?", twin: canIDeploy("catalog", "77ab02", "production")}, Application: "catalog", Asked: "77ab02",
			Form: gateForm("catalog", "77ab02", []string{"catalog", "storefront"}, places...),
			Answer: &gateAnswer{
				Answer: kit.Answer{Verdict: kit.No("no"), Sentence: "No, catalog 77ab02 may not go to production."}, Pairs: galleryPairs(w), Matrix: kit.Links{{Text: "catalog as a consumer", URL: "#"}, {Text: "catalog as a provider", URL: "#"}},
				Facts: kit.Facts{{Name: "Version", Cell: append(says("catalog"), kit.Version{Number: "77ab02", URL: "#"})}, {Name: "Contact", Cell: says("SRE (email sre@example.com)")}}, Why: "Why",
				Causes: []kit.Cause{{
					Verdict: kit.No("failed"), Title: kit.Link{Text: "Verification failed"}, Sentence: "Version 77ab02 of catalog does not give storefront 1f3c9a what it expects.", Since: w.hourAgo(), Owner: "Mend it and verify again.", Whose: kit.Cell{kit.Link{Text: "catalog", URL: "#"}, kit.Links{{Text: "shop-team", URL: "#"}}},
					Commands: kit.Commands("treaty verify --provider-name catalog"), Evidence: kit.Links{{Text: "the result", URL: "#"}},
				}},
				CLI: kit.Code{Text: "treaty can-i-deploy --pacticipant catalog --version 77ab02 --to-environment production --broker-base-url http://broker.test"},
			},
			History: historyTable("catalog",
				kit.Row{version("77ab02"), says("production"), cell(kit.No("no")), says("A pact failed (and 2 more)"), {w.hourAgo(), kit.Muted{Text: "3 times, first"}, w.dayAgo()}, {kit.Text{Text: "ci"}, kit.Outside{Text: "the build", Address: "https://ci.example/7"}}, to("answer 7")},
				kit.Row{cell(kit.Mono{Text: "branch main"}), says("tag gold"), cell(kit.Yes("yes")), nil, cell(w.dayAgo()), cell(kit.Muted{Text: "not known"}), to("answer 6")},
			),
		},
	}
}

func galleryOfContracts(w *web) map[string]page {
	broken := kit.Interaction{
		ID: "interaction-1", Method: "GET", Path: "/products/10", Title: "a request for a product", Verdict: kit.No("failed"), Open: true, Given: []string{"product 10 exists"},
		Why:   kit.Comparison{{Where: "body $.price", Expected: "3999", Actual: "\"39.99 EUR\"", Why: "Expected '39.99 EUR' (String) to be an integer"}},
		Parts: []kit.Code{{Label: "Request", Text: "GET /products/10\nAccept: application/json"}, {Label: "Response", Text: "200 OK\nContent-Type: application/json\n\n{\n  \"id\": 10\n}"}},
		Rules: []kit.Rule{{Where: "response body $.id", Rule: "integer"}},
	}
	message := kit.Interaction{Kind: "Message", Title: long, Verdict: kit.None("not tried")}
	contract := &contractPage{
		base: base{title: "storefront → catalog", twin: "/pacts"}, Consumer: kit.Link{Text: "storefront", URL: "#"}, Provider: kit.Link{Text: "catalog", URL: "#"}, Summary: "What storefront 1f3c9a expects of catalog: the newest contract of the main branch, main.",
		Warning:           &kit.Answer{Verdict: kit.Doubt("look"), Sentence: "The newest version of storefront, 5, has no contract with catalog."},
		Branches:          kit.Tabs{Label: "Branch", Items: []kit.Tab{{Text: "main", URL: "#", Current: true}, {Text: "feat/" + long, URL: "#"}}},
		InteractionsTitle: "2 interactions: 1 failed, 1 not tried", Interactions: []kit.Interaction{broken, message},
		Other: otherTable(kit.Row{version("1f3c9a"), says("main"), cell(w.hourAgo()), cell(kit.No("failed")), cell(kit.Muted{Text: "this one"})}),
		Save:  kit.Code{Text: "curl -o storefront-catalog.json http://broker.test/x.json"},
	}
	_, contract.Filter = narrow([]judged{{Interaction: &interaction, verdict: kit.No("failed")}}, url.Values{"result": {"failed"}})
	contract.Facts.Add("Last result", kit.No("failed"), kit.Text{Text: "by catalog"}, kit.Version{Number: "77ab02", URL: "#"}, w.hourAgo(), kit.Link{Text: "the result", URL: "#"}, kit.Outside{Text: "its build", Address: "https://ci.example/7"})
	empty := &contractPage{base: base{title: "a → b"}, InteractionsTitle: "0 interactions", NoInteractions: kit.Empty{Text: "The contract expects nothing."}}
	result := &resultPage{
		base: base{title: "Result 7: storefront → catalog", twin: "/pacts"}, Consumer: kit.Link{Text: "storefront", URL: "#"}, Provider: kit.Link{Text: "catalog", URL: "#"},
		Answer: kit.Answer{Verdict: kit.No("failed"), Sentence: "catalog 77ab02 does not give storefront what it expects.", Reasons: []string{"The contract was pending, so that this did not fail the build of catalog."}},
		Counts: "1 failed, 1 passed", Failures: []kit.Interaction{broken}, Passed: []kit.Interaction{{Method: "GET", Path: "/", Title: "a request for all", Verdict: kit.Yes("verified")}}, More: "3 more failures",
		Where: "In the folder of catalog:", Again: kit.Commands("treaty verify --provider-name catalog"),
		Recent: recentTable(kit.Row{says("7"), cell(kit.No("failed")), version("77ab02"), version("1f3c9a"), cell(w.hourAgo())}), Details: kit.Code{Text: "{\n  \"success\": false\n}"},
	}
	result.Facts.Add("Build", kit.Outside{Address: "https://ci.example/7"})
	bare := &resultPage{base: base{title: "Result 8: a → b"}, Answer: kit.Answer{Verdict: kit.Yes("verified"), Sentence: "b 1 gives a what it expects."}, Where: "In the folder of b:", Again: kit.Commands("treaty verify"), Recent: recentTable()}
	return map[string]page{"contract": contract, "contract-empty": empty, "result": result, "result-bare": bare}
}

var interaction contract.HTTP

func galleryOfKit(w *web) map[string]page {
	p, err := w.kit(httptest.NewRequest(http.MethodGet, "/ui/kit?pairs-sort=-when", nil))
	if err != nil {
		panic(err) // it asks nobody
	}
	return map[string]page{"kit": p}
}

func TestGallery(t *testing.T) {
	w := &web{pages: parsePages(), config: Config{Version: "1.2.3", Now: func() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }}}
	pages := gallery(w)
	if *serve != "" {
		show(t, w, pages)
		return
	}
	identified := &web{pages: w.pages, config: w.config}
	identified.config.Identity = true
	ada := access.Who{UUID: "ada", Name: "Ada", Kind: "account", Permissions: access.Operator().Permissions}
	for name, p := range pages {
		t.Run(name, func(t *testing.T) {
			request := httptest.NewRequest(http.MethodGet, "http://broker.test/ui/gallery/"+name, nil)
			by := w
			if strings.HasPrefix(name, "access-") { // as somebody sees them who is known
				by, request = identified, request.WithContext(access.NewContext(t.Context(), ada))
				request.URL.Path = "/ui/people/x"
			}
			by.fill(p, request)
			// The names of assets change with every edit of them.
			p.frame().Stylesheet, p.frame().Script = "style.css", "app.js"
			recorder := httptest.NewRecorder()
			w.render(recorder, http.StatusOK, p)
			require.Equal(t, http.StatusOK, recorder.Code)
			require.Equal(t, 1, strings.Count(recorder.Body.String(), "<script"), "the only script is the dashboard's own")
			require.NotContains(t, recorder.Body.String(), "ZgotmplZ")
			golden.Equal(t, name+".html", recorder.Body.String())
		})
	}
}

// show serves the gallery until the test is interrupted.
func show(t *testing.T, w *web, pages map[string]page) {
	mux := http.NewServeMux()
	mux.HandleFunc("/ui/assets/{set}/{name}", serveAsset)
	mux.HandleFunc("/{name}", func(rw http.ResponseWriter, r *http.Request) {
		p, ok := pages[r.PathValue("name")]
		if !ok {
			http.NotFound(rw, r)
			return
		}
		*p.frame() = frame{}
		w.fill(p, r)
		w.render(rw, http.StatusOK, p)
	})
	t.Logf("gallery at %s", *serve)
	server := &http.Server{Addr: *serve, Handler: mux, ReadHeaderTimeout: time.Second}
	require.NoError(t, server.ListenAndServe())
}
