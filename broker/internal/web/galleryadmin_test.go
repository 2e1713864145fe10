package web

import (
	"time"

	"github.com/treatyhq/treaty/broker/internal/cleanup"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// galleryOfAdmin makes its pages from answers, as the handlers do.
func galleryOfAdmin(w *web) map[string]page {
	l := links.Below("")
	hour, day := w.config.Now().Add(-time.Hour), w.config.Now().Add(-48*time.Hour)
	cleaned := cleanup.Report{Versions: map[string]int{"catalog": 12, long: 3}, Branches: 2, Results: 41, More: true, SomeVersions: []cleanup.Example{{Application: "catalog", Name: wholeCommit}}, SomeBranches: []cleanup.Example{{Application: long, Name: hostileName}}}
	service := &cleanup.Service{Configured: cleanup.Options{BranchAge: 90 * 24 * time.Hour, Keep: []cleanup.KeepSelector{{MainBranch: true}, {Tag: "prod", Latest: true}, {Pacticipant: "catalog", AnyBranch: true}, {Environment: "production", MaxAge: 24 * time.Hour}}}, When: "by the schedule 15 2 * * *"}
	made := func(found overview.AdminAnswer, counts kernel.Metrics, counted bool) *adminPage {
		p := &adminPage{base: base{title: "Admin", twin: "/metrics"}, Answer: kit.Answer{Verdict: kit.Yes("ready"), Sentence: "The broker is ready: it reads and writes its database."}, Retention: kit.Link{Text: "Clean up", URL: "#"}, Delete: deleteForms(l), Settings: settingsTable()}
		when := ""
		if len(found.Replicas) > 0 {
			when = service.When
		}
		w.fillAdmin(l, p, adminKnown{found, counts, counted, when})
		return p
	}
	alone := made(overview.AdminAnswer{Bytes: 4096, OpenMost: 1001, Work: []overview.Work{{Name: "clean"}}}, kernel.Metrics{}, true)
	crowded := made(overview.AdminAnswer{
		Bytes: 81_300_000_000, Free: 1_200_000, Open: 1001, OpenMost: 1001, OldestOpen: day,
		Replicas: []kernel.Replica{{Name: "treaty-A", Release: "1.2.0", Since: day}, {Name: "treaty-B"}},
		Work:     []overview.Work{{Name: "clean", Due: hour, Runner: "treaty-A", Last: &kernel.WorkOutcome{BeganAt: day, EndedAt: hour, Failure: "the database does not answer", Report: "{}"}}},
	}, kernel.Metrics{Pacticipants: 1000, Verifications: 1_000_000, Successes: 900_000, Failures: 100_000, CountedAt: hour}, true)
	crowded.Note = adminNotes["deleted"]
	crowded.Settings = settingsTable(
		kit.Row{cell(kit.Mono{Text: "--database"}), cell(kit.Mono{Text: "postgres://**********@db/" + long}), says("PACT_BROKER_DATABASE_URL"), cell(kit.Muted{Text: "Database"})},
		kit.Row{cell(kit.Mono{Text: "--port"}), cell(kit.Mono{Text: "9292"}), cell(kit.Muted{Text: "default"}), cell(kit.Muted{Text: "Server"})},
	)
	uncounted := made(overview.AdminAnswer{Work: []overview.Work{{Name: "clean"}}}, kernel.Metrics{}, false)
	away := &adminPage{base: base{title: "Admin"}, Answer: kit.Answer{Verdict: kit.No("not ready"), Sentence: "The broker is not ready.", Reasons: []string{"The broker cannot answer at the moment: the database cannot be reached."}}, Problem: "The broker cannot answer at the moment: the database cannot be reached.", Settings: settingsTable()}
	retention := func(work overview.Work, preview *previewShown) *retentionPage {
		return &retentionPage{base: base{title: "Clean up"}, Parent: kit.Link{Text: "Admin", URL: "#"}, Rules: retentionRules(service), Last: w.lastFacts(work), Ask: kit.Link{Text: "Look what it would take now", URL: "#"}, Preview: preview}
	}
	ran := retention(overview.Work{Last: &kernel.WorkOutcome{BeganAt: hour, EndedAt: hour.Add(3 * time.Second), Asked: true, Report: `{"Versions":{"catalog":12},"Firings":1,"More":true}`}}, nil)
	ran.Note = "The clean-up has run: what it took is told below."
	doomed := registry.Doomed{Most: 10_001, Weight: kernel.Weight{Versions: 10_001, Branches: 3, Contracts: 12, Webhooks: 1}}
	return map[string]page{
		"admin":             alone,
		"admin-crowded":     crowded,
		"admin-uncounted":   uncounted,
		"admin-away":        away,
		"retention":         retention(overview.Work{}, nil),
		"retention-preview": retention(overview.Work{}, previewOf(l, cleaned)),
		"retention-nothing": retention(overview.Work{}, previewOf(l, cleanup.Report{})),
		"retention-ran":     ran,
		"admin-name":        nothingNamed(l, doomedQuestion{consumer: "storefront"}),
		"admin-delete":      &confirmPage{base: base{title: "Delete"}, Facts: doomedFacts(doomed), Confirm: kit.Confirm{Question: "Delete the application “" + hostileName + "”?", Lost: []string{"It is live in production. Nothing protects its partners there from what does not fit it any more."}, Action: "#", Hidden: []kit.Parameter{{Name: "application", Value: hostileName}}, Yes: "Delete the application", No: kit.Link{Text: "Keep it", URL: "#"}}},
	}
}
