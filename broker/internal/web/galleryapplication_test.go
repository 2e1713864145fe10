package web

import (
	"encoding/json"
	"net/url"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/picking"
)

func (w *web) galleryApplication(a overview.ApplicationAnswer, query url.Values) page {
	l := links.Below("http://broker.test")
	p := w.applicationPage(l, query, a)
	if len(a.AsProvider) > 0 {
		why := picking.WhyAnswer{Pacticipant: a.Name, Version: wholeCommit, Branch: "main"}
		for i, one := range a.AsProvider {
			why.Pacts = append(why.Pacts, picking.WhyPact{
				Pact: one.PactPublication, Sentence: "Chosen as the latest version of the main branch; pending, so a failure does not break the build.", Pending: i == 0, WIP: i == 2, Outcome: matrix.Outcome(i), ResultNumber: 7,
			})
		}
		p.Next = nextVerification{Sentence: nextSentence(why), Table: nextTable()}
		for _, one := range why.Pacts {
			p.Next.Table.Rows = append(p.Next.Table.Rows, nextRow(l, one))
		}
	}
	return p
}

// galleryAnswer is an application with much to tell.
func galleryAnswer(w *web) overview.ApplicationAnswer {
	now := w.config.Now()
	party := func(name string) kernel.Party { return kernel.Party{ID: int64(len(name)), Name: name} }
	pact := func(consumer, provider string, result *kernel.Verification) kernel.Pact {
		p := kernel.Pact{LatestVerification: result}
		p.Consumer, p.Provider, p.SHA, p.CreatedAt = party(consumer), party(provider), "abc", now.Add(-48*time.Hour)
		p.ConsumerVersion = kernel.Version{Number: "1f3c9a", Pacticipant: p.Consumer}
		return p
	}
	failed := &kernel.Verification{Number: 7, CreatedAt: now.Add(-time.Hour), ProviderVersion: kernel.Version{Number: wholeCommit}}
	passed := &kernel.Verification{Number: 8, Success: true, CreatedAt: now.Add(-time.Hour), ProviderVersion: kernel.Version{Number: wholeCommit}}
	version := func(id int64, number, build string, branches ...string) kernel.VersionDetails {
		v := kernel.VersionDetails{Version: kernel.Version{ID: id, Number: number, BuildURL: build, CreatedAt: now.Add(-time.Duration(id) * time.Hour)}}
		for _, b := range branches {
			v.Branches = append(v.Branches, kernel.BranchVersion{Branch: b})
		}
		return v
	}
	production := kernel.Environment{Name: "production", Production: true, Contacts: []kernel.Contact{{Name: "SRE", Details: json.RawMessage(`{"email":"sre@example.com","phone":112}`)}, {Name: hostileName}}}
	a := overview.ApplicationAnswer{
		Pacticipant: kernel.Pacticipant{Name: "catalog", MainBranch: "main", RepositoryURL: "https://git.example/catalog"}, Labels: []string{"shop-team", hostileName}, Latest: kernel.Version{Number: "5-feature"},
		AsConsumer: []kernel.Pact{pact("catalog", "payments", nil)}, AsProvider: []kernel.Pact{pact("storefront", "catalog", failed), pact("orders", "catalog", passed), pact(longName, "catalog", nil)},
		Branches: []kernel.Branch{{Name: "main"}, {Name: "feat/" + longName}}, MoreBranches: 3,
		Live:      []kernel.DeployedVersion{{Version: kernel.Version{ID: 2, Number: "77ab01"}, Environment: production}},
		Supported: []kernel.ReleasedVersion{{Version: kernel.Version{ID: 2, Number: "77ab01"}, Environment: kernel.Environment{Name: "test"}}},
	}
	a.Environments = []overview.EnvironmentState{{Environment: production}, {Environment: kernel.Environment{Name: "test"}}}
	a.Applications = []overview.ApplicationState{{Name: "catalog", Version: wholeCommit, Verdicts: []matrix.Decision{
		{Verdict: matrix.NotDeployable, Counts: matrix.Counts{Failed: 1}, Reasons: []matrix.Reason{{Kind: matrix.NothingRequired}}}, {Verdict: matrix.Deployable, Counts: matrix.Counts{Success: 2}, Reasons: []matrix.Reason{{Kind: matrix.AllVerified}}},
	}}}
	tagged := version(1, wholeCommit, "https://ci.example/7", "main", "release")
	tagged.Tags = []kernel.Tag{{Name: "prod"}, {Name: "v1"}}
	a.Versions = kernel.Paged[kernel.VersionDetails]{Total: 2, Items: []kernel.VersionDetails{tagged, version(2, "77ab01", "javascript:alert(1)")}}
	return a
}
