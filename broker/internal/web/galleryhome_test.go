package web

import (
	"net/url"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// galleryCauses are causes of each kind.
func galleryCauses(w *web) []overview.Cause {
	to := func(application, version string, environments ...string) []overview.Promotion {
		var out []overview.Promotion
		for _, e := range environments {
			out = append(out, overview.Promotion{Application: application, Version: version, Environment: e})
		}
		return out
	}
	hour := w.config.Now().Add(-2 * time.Hour)
	failed := overview.Cause{
		Kind: matrix.CauseFailed, Blocking: true, Consumer: "Checkout Service", ConsumerVersion: "1f3c9a", Provider: "Payments API", ProviderVersion: wholeCommit,
		SHA: "abc", ResultNumber: 120, Owner: "Payments API", Blocks: to("Payments API", wholeCommit, "production", "staging"), RunsIn: []string{"test"}, Since: hour,
	}
	missing := overview.Cause{
		Kind: matrix.CauseNeverVerified, Blocking: true, Consumer: "storefront", ConsumerVersion: "5", Provider: "catalog", ProviderVersion: "77ab02", SHA: "def", Owner: "catalog",
		Steps:  []matrix.Step{{Do: matrix.Verify, Application: "catalog", Version: "77ab02", Consumer: "storefront", SHA: "def"}},
		Blocks: append(to("storefront", "5", "staging"), to("catalog", "77ab02", "staging")...), Since: hour.Add(-48 * time.Hour),
	}
	absent := overview.Cause{
		Kind: matrix.CauseNotInTarget, Blocking: true, Consumer: hostileName, ConsumerVersion: "1", Provider: longName, SHA: "123", Owner: longName,
		Blocks: to(hostileName, "1", "production", "test"),
	}
	dropped := overview.Cause{Kind: matrix.CauseDropped, Consumer: "orders", ConsumerVersion: "5", Provider: "catalog", Owner: "orders", Sentence: "Version 5 of orders has published no pact at all. Earlier versions had pacts with catalog.", Blocks: to("orders", "5", "production")}
	return []overview.Cause{failed, missing, absent, dropped}
}

func galleryEverything(w *web) overview.Everything {
	version := func(name, number string) kernel.Version {
		return kernel.Version{ID: int64(len(name) + len(number)), Pacticipant: kernel.Party{ID: int64(len(name)), Name: name}, Number: number, CreatedAt: w.config.Now().Add(-time.Hour)}
	}
	listed := func(name string, labels ...string) overview.Listed {
		a := overview.Listed{Labels: labels, Latest: version(name, "7"), Consumers: 2}
		a.Name, a.MainBranch = name, "main"
		a.State = &overview.ApplicationState{Name: name, Version: "7", Verdicts: []matrix.Decision{{Verdict: matrix.NotDeployable, Counts: matrix.Counts{Failed: 1}}, {Verdict: matrix.Deployable, Counts: matrix.Counts{Success: 2}}}}
		return a
	}
	payments := listed("Payments API", "payments-team", "critical")
	payments.RepositoryURL = "https://git.example/payments"
	bare := overview.Listed{}
	bare.Name = longName
	return overview.Everything{
		Overview: overview.Overview{Environments: []overview.EnvironmentState{{Environment: kernel.Environment{Name: "production", Production: true}}, {Environment: kernel.Environment{Name: "staging"}}}},
		Causes:   galleryCauses(w), Listed: []overview.Listed{bare, listed(hostileName), payments},
		Waiting: []overview.Waiting{
			{Consumer: "storefront", ConsumerVersion: "5", Provider: "catalog", SHA: "def", ByMain: true, MainBranch: "main", Since: w.config.Now().Add(-48 * time.Hour), Live: []matrix.LiveVersion{{Environment: "production", Version: matrix.Version{Number: "77ab01"}}}},
			{Consumer: hostileName, ConsumerVersion: wholeCommit, Provider: longName, SHA: "ghi", ByMain: true, Since: w.config.Now().Add(-time.Hour)},
			{Consumer: "storefront", ConsumerVersion: "5", Provider: "payments", SHA: "jkl", Live: []matrix.LiveVersion{{Environment: "production", Version: matrix.Version{Number: "1"}}, {Environment: "test", Version: matrix.Version{Number: "2"}}}},
		},
	}
}

// galleryHappenings are of each kind.
func galleryHappenings(w *web) []overview.Happening {
	party := func(name string) kernel.Party { return kernel.Party{ID: int64(len(name)), Name: name} }
	version := func(name, number string) kernel.Version {
		return kernel.Version{ID: 1, Pacticipant: party(name), Number: number}
	}
	pact := func(provider string) kernel.PactPublication {
		return kernel.PactPublication{Consumer: party("storefront"), Provider: party(provider), ConsumerVersion: version("storefront", wholeCommit)}
	}
	now := w.config.Now()
	return []overview.Happening{
		{At: now, Answered: &kernel.GateAnswer{Verdict: matrix.Deployable, Counts: matrix.Counts{Success: 1}, Question: kernel.GateQuestion{Selectors: []matrix.Selector{{Pacticipant: "catalog", Version: "77ab02"}}, Target: matrix.Target{Environment: "production"}}}},
		{At: now, Answered: &kernel.GateAnswer{Verdict: matrix.Unknown, Question: kernel.GateQuestion{Selectors: []matrix.Selector{{Pacticipant: hostileName, MainBranch: true}, {Pacticipant: "catalog", Latest: true}}, Asker: kernel.Asker{Principal: "ci"}}}},
		{At: now.Add(-time.Minute), Published: []kernel.PactPublication{pact("catalog"), pact("payments!"), pact(longName), pact("b"), pact("c2")}},
		{At: now.Add(-time.Hour), Published: []kernel.PactPublication{pact("catalog")}},
		{At: now.Add(-time.Hour), Verified: []kernel.Verification{{Consumer: party("storefront"), ProviderVersion: version("catalog", "77ab02"), Success: true, SHA: "a", Number: 1}}},
		{At: now.Add(-time.Hour), Verified: []kernel.Verification{{Consumer: party("storefront"), ProviderVersion: version("catalog", "77ab02"), SHA: "a", Number: 2}, {Consumer: party("orders"), ProviderVersion: version("catalog", "77ab02"), SHA: "b", Number: 3}}},
		{At: now.Add(-2 * time.Hour), Deployed: &kernel.DeployedVersion{Version: version("catalog", "77ab02"), Environment: kernel.Environment{Name: "production"}, Instance: "blue"}},
		{At: now.Add(-3 * time.Hour), Released: &kernel.ReleasedVersion{Version: version(hostileName, "1"), Environment: kernel.Environment{Name: "test"}}},
	}
}

func galleryOfHome(w *web) map[string]page {
	l, all := links.Below("http://broker.test"), galleryEverything(w)
	owners := ownersOf(all)
	made := func(query url.Values) *homePage {
		mine := mineOf(query, all)
		p := &homePage{
			base: base{title: "Now", twin: "/dashboard"}, Headline: "Look at test", Subline: "Not everything that runs there together was proven to fit. 5 promotions blocked, 1 application deployable.",
			Mine: mine.section(l, query, all), Environments: galleryCards(), Blocked: blockedTitle(mine.causes(all.Causes)), Causes: causesTable(), Waits: "Waiting for a verification: 3 contracts",
			Waiting: waitingTable(), Happened: happenedTable(), Pairs: kit.Link{Text: "All contracts", URL: "#"},
		}
		for _, c := range mine.causes(all.Causes) {
			p.Causes.Rows = append(p.Causes.Rows, w.causeRow(l, owners, c))
		}
		for _, one := range mine.waiting(all.Waiting) {
			p.Waiting.Rows = append(p.Waiting.Rows, w.waitingRow(l, one))
		}
		for _, h := range galleryHappenings(w) {
			if row, concerns := w.happening(l, mine, h); concerns {
				p.Happened.Rows = append(p.Happened.Rows, row)
			}
		}
		return p
	}
	crowded := made(url.Values{})
	for range 5 {
		crowded.Causes.Rows = append(crowded.Causes.Rows, crowded.Causes.Rows[2])
	}
	_, crowded.Causes.Pages = cutList(url.Values{"causes-page": {"2"}}, "causes-page", make([]int, 100), causesOnHome)
	crowded.Causes.Pages.Of = "causes"
	crowded.Environments = append(crowded.Environments, environmentCard{Name: long, URL: "#", Status: kit.Unknown(notProven), Sentence: "Not proven: 1 pair that meets here.", Detail: "312 applications"})
	calm := made(url.Values{})
	calm.Headline, calm.Causes.Rows, calm.Waiting.Rows, calm.Happened.Rows, calm.Blocked = "Everything fits", nil, nil, nil, blockedTitle(nil)
	calm.Causes.Empty, calm.Waiting.Empty, calm.Happened.Empty = kit.Empty{Text: "Nothing is blocked."}, kit.Empty{Text: "Every contract is verified."}, kit.Empty{Text: "Nothing has happened lately."}
	return map[string]page{
		"home-empty":          &homePage{base: base{title: "Now"}, FirstRun: true, First: w.beginning(l, overview.Beginning{})},
		"home":                made(url.Values{}),
		"home-calm":           calm,
		"home-crowded":        crowded,
		"home-mine":           made(url.Values{"mine": {"Payments API", "nobody"}, "label": {"critical"}}),
		"home-no-environment": &homePage{base: base{title: "Now"}, Headline: "Nothing is deployed", Subline: "There is no environment yet, so nothing can be asked about one.", NoEnvironment: noEnvironment(l)},
	}
}
