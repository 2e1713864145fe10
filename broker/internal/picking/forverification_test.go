package picking_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
	"github.com/treatyhq/treaty/broker/internal/picking"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// picked is what a selector test looks at, in one line: consumer, version,
// content, why, and the status.
func picked(p *usecasetest.Player, pacts []picking.PactForVerification) []string {
	var out []string
	for _, v := range pacts {
		status := ""
		if v.Pending != nil && *v.Pending {
			status += " pending"
		}
		if v.WIP {
			status += " wip"
		}
		out = append(out, fmt.Sprintf("%s %s %s: %s%s",
			p.Unnamed(v.Pact.Consumer.Name), v.Pact.ConsumerVersion.Number, strings.TrimPrefix(v.Pact.SHA, "sha-"), p.Unnamed(v.ShortDescription), status))
	}
	return out
}

// selectorCase is a history, a request and the pacts it gets.
type selectorCase struct {
	name    string
	history string
	query   picking.PactsForVerificationQuery
	want    []string
}

func runSelectorCases(t *testing.T, cases []selectorCase) {
	t.Helper()
	for name, open := range usecasetest.Databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					s, err := story.Parse(c.name, c.history)
					require.NoError(t, err)
					p := usecasetest.NewPlayer(t, db)
					p.Play(s.Steps)
					got, err := forVerification(p, c.query)
					require.NoError(t, err)
					require.Equal(t, c.want, picked(p, got))
				})
			}
		})
	}
}

// forVerification asks for the pacts of Bar, with the names of this player.
func forVerification(p *usecasetest.Player, q picking.PactsForVerificationQuery) ([]picking.PactForVerification, error) {
	q.Provider = p.Name("Bar")
	q.Selectors = append([]picking.ConsumerVersionSelector{}, q.Selectors...)
	for i := range q.Selectors {
		if q.Selectors[i].Consumer != "" {
			q.Selectors[i].Consumer = p.Name(q.Selectors[i].Consumer)
		}
		if q.Selectors[i].Environment != "" {
			q.Selectors[i].Environment = p.Name(q.Selectors[i].Environment)
		}
	}
	service := usecase.New(p.Store, kernel.DefaultSettings())
	service.Now = func() time.Time { return p.Now }
	return service.Picking.PactsForVerification(p.T.Context(), q)
}

func one(s picking.ConsumerVersionSelector) picking.PactsForVerificationQuery {
	return picking.PactsForVerificationQuery{Selectors: []picking.ConsumerVersionSelector{s}}
}

func TestSelectorsPickThePactsOfHeads(t *testing.T) {
	t.Parallel()
	twoConsumers := `
		main Foo main
		pact Foo 1 -> Bar content a branch main
		pact Foo 2 -> Bar content b branch feat
		pact Cat 5 -> Bar content c branch trunk
	`
	runSelectorCases(t, []selectorCase{
		{
			name: "mainBranch is each consumer's own", history: twoConsumers,
			query: one(picking.ConsumerVersionSelector{MainBranch: true}),
			want:  []string{"Foo 1 a: latest from main branch"},
		},
		{
			name: "the head of the main branch has no pact with the provider", history: twoConsumers + "version Foo 3 branch main",
			query: one(picking.ConsumerVersionSelector{MainBranch: true}),
		},
		{
			name: "a branch of the name, of any consumer", history: twoConsumers + "pact Cat 6 -> Bar content d branch feat",
			query: one(picking.ConsumerVersionSelector{Branch: "feat"}),
			want:  []string{"Cat 6 d: latest from branch feat", "Foo 2 b: latest from branch feat"},
		},
		{
			name: "the head is the version added last", history: twoConsumers + "version Foo 1 branch feat",
			query: one(picking.ConsumerVersionSelector{Branch: "feat"}),
			want:  []string{"Foo 1 a: latest from branch feat"},
		},
		{
			name: "matchingBranch is the provider's", history: twoConsumers,
			query: picking.PactsForVerificationQuery{ProviderBranch: "feat", Selectors: []picking.ConsumerVersionSelector{{MatchingBranch: true}}},
			want:  []string{"Foo 2 b: latest from branch feat"},
		},
		{
			name: "every branch", history: twoConsumers,
			query: one(picking.ConsumerVersionSelector{EveryBranch: true}),
			want:  []string{"Cat 5 c: latest from branch trunk", "Foo 1 a: latest from branch main", "Foo 2 b: latest from branch feat"},
		},
		{
			name: "fallbackBranch stands in, consumer by consumer", history: twoConsumers,
			query: one(picking.ConsumerVersionSelector{Branch: "feat", FallbackBranch: "trunk"}),
			want:  []string{"Cat 5 c: latest from branch trunk", "Foo 2 b: latest from branch feat"},
		},
		{
			name: "one consumer", history: twoConsumers,
			query: one(picking.ConsumerVersionSelector{EveryBranch: true, Consumer: "Cat"}),
			want:  []string{"Cat 5 c: latest from branch trunk"},
		},
		{
			name: "an unknown consumer selects nothing", history: twoConsumers,
			query: one(picking.ConsumerVersionSelector{EveryBranch: true, Consumer: "Nope"}),
		},
		{
			name: "latest is the newest version with a pact", history: twoConsumers + "version Foo 9",
			query: one(picking.ConsumerVersionSelector{Latest: true}),
			want:  []string{"Cat 5 c: latest", "Foo 2 b: latest"},
		},
		{
			name: "nothing given: main branch, else latest, and what is live", history: twoConsumers + "deploy Foo 2 test\nrelease Cat 5 store",
			want: []string{"Cat 5 c: latest, released in store", "Foo 1 a: latest from main branch", "Foo 2 b: deployed to test"},
		},
		{
			name:    "nothing given: a tag named like the main branch",
			history: "main Foo main\npact Foo 1 -> Bar content a tags main\npact Foo 2 -> Bar content b",
			want:    []string{"Foo 1 a: latest with tag main"},
		},
	})
}

func TestSelectorsPickTaggedAndLivePacts(t *testing.T) {
	t.Parallel()
	tagged := `
		pact Foo 1 -> Bar content a tags dev,prod
		pact Foo 2 -> Bar content b tags dev
		pact Foo 3 -> Bar content c tags prod
		pact Cat 7 -> Bar content d tags prod
	`
	live := `
		pact Foo 1 -> Bar content a
		pact Foo 2 -> Bar content b
		pact Foo 3 -> Bar content c
		deploy Foo 2 test
		deploy Foo 1 prod
		release Foo 3 prod
		deploy Foo 2 prod instance blue
	`
	runSelectorCases(t, []selectorCase{
		{
			name: "latest with a tag", history: tagged, query: one(picking.ConsumerVersionSelector{Tag: "prod", Latest: true}),
			want: []string{"Cat 7 d: latest with tag prod", "Foo 3 c: latest with tag prod"},
		},
		{
			name: "all with a tag", history: tagged, query: one(picking.ConsumerVersionSelector{Tag: "prod"}),
			want: []string{"Cat 7 d: one of prod", "Foo 1 a: one of prod", "Foo 3 c: one of prod"},
		},
		{
			name: "the newest tagged version has no pact with the provider", history: tagged + "version Foo 4 tags prod",
			query: one(picking.ConsumerVersionSelector{Tag: "prod", Latest: true}), want: []string{"Cat 7 d: latest with tag prod"},
		},
		{
			name: "its pact with another provider does not count", history: tagged + "pact Foo 4 -> Baz tags prod",
			query: one(picking.ConsumerVersionSelector{Tag: "prod", Latest: true, Consumer: "Foo"}),
		},
		{
			name: "fallbackTag stands in for a tag whose newest version has no pact", history: tagged + "version Foo 4 tags dev",
			query: one(picking.ConsumerVersionSelector{Tag: "dev", Latest: true, FallbackTag: "prod", Consumer: "Foo"}),
			want:  []string{"Foo 3 c: latest with tag prod"},
		},
		{
			name: "fallbackTag stands in if nobody has the tag", history: tagged,
			query: one(picking.ConsumerVersionSelector{Tag: "nope", Latest: true, FallbackTag: "prod"}),
			want:  []string{"Cat 7 d: latest with tag prod", "Foo 3 c: latest with tag prod"},
		},
		{
			name: "fallbackTag is not needed if somebody has the tag", history: tagged,
			query: one(picking.ConsumerVersionSelector{Tag: "dev", Latest: true, FallbackTag: "prod"}),
			want:  []string{"Foo 2 b: latest with tag dev"},
		},
		{
			name: "deployed anywhere", history: live, query: one(picking.ConsumerVersionSelector{Deployed: true}),
			want: []string{"Foo 1 a: deployed to prod", "Foo 2 b: deployed to prod, deployed to test"},
		},
		{
			name: "deployed to one environment", history: live, query: one(picking.ConsumerVersionSelector{Deployed: true, Environment: "test"}),
			want: []string{"Foo 2 b: deployed to test"},
		},
		{
			name: "released", history: live, query: one(picking.ConsumerVersionSelector{Released: true}),
			want: []string{"Foo 3 c: released in prod"},
		},
		{
			name: "deployed or released", history: live, query: one(picking.ConsumerVersionSelector{DeployedOrReleased: true, Environment: "prod"}),
			want: []string{"Foo 1 a: deployed to prod", "Foo 2 b: deployed to prod", "Foo 3 c: released in prod"},
		},
		{
			name: "an environment alone", history: live, query: one(picking.ConsumerVersionSelector{Environment: "prod"}),
			want: []string{"Foo 1 a: in environment prod", "Foo 2 b: in environment prod", "Foo 3 c: in environment prod"},
		},
		{
			name: "what is undeployed is not there", history: live + "undeploy Foo 2 test", query: one(picking.ConsumerVersionSelector{Deployed: true, Environment: "test"}),
		},
		{
			name:    "one content for several reasons is one pact, under its newest version",
			history: "main Foo main\npact Foo 1 -> Bar content a branch main tags prod\npact Foo 2 -> Bar content a branch feat\ndeploy Foo 1 test",
			query: picking.PactsForVerificationQuery{Selectors: []picking.ConsumerVersionSelector{
				{MainBranch: true, Consumer: "Foo"}, {Tag: "prod", Latest: true}, {Branch: "feat"}, {Deployed: true}, {Latest: true},
			}},
			want: []string{"Foo 2 a: latest, latest from branch feat, latest with tag prod, deployed to test, latest from main branch"},
		},
	})
}

func TestPendingUntilProvenInTheScopeOfTheProvider(t *testing.T) {
	t.Parallel()
	const pact = "pact Foo 1 -> Bar content a\n"
	latest := []picking.ConsumerVersionSelector{{Latest: true}}
	with := func(branch string, tags ...string) picking.PactsForVerificationQuery {
		return picking.PactsForVerificationQuery{ProviderBranch: branch, ProviderTags: tags, Selectors: latest, IncludePending: true}
	}
	pending, settled := []string{"Foo 1 a: latest pending"}, []string{"Foo 1 a: latest"}
	runSelectorCases(t, []selectorCase{
		{name: "never verified", history: pact, query: with("main"), want: pending},
		{name: "failed only", history: pact + "verify Bar 1 : Foo 1 failed branch main", query: with("main"), want: pending},
		{name: "verified on the branch", history: pact + "verify Bar 1 : Foo 1 ok branch main", query: with("main"), want: settled},
		{name: "verified on another branch after this one began", history: pact + "version Bar 0 branch main\nverify Bar 1 : Foo 1 ok branch feat", query: with("main"), want: pending},
		{name: "verified on another branch before this one began", history: pact + "verify Bar 1 : Foo 1 ok branch feat\nversion Bar 2 branch main", query: with("main"), want: settled},
		{name: "a branch that does not exist yet takes over", history: pact + "verify Bar 1 : Foo 1 ok branch feat", query: with("new"), want: settled},
		{name: "a version without branch does not count for a branch", history: pact + "verify Bar 1 : Foo 1 ok", query: with("main"), want: pending},
		{name: "without branch and tags every success counts", history: pact + "verify Bar 1 : Foo 1 ok", query: with(""), want: settled},
		{name: "a branch given later counts", history: pact + "verify Bar 1 : Foo 1 ok\nversion Bar 1 branch main", query: with("main"), want: settled},
		{name: "pending for any of the tags", history: pact + "version Bar 0 tags two\nverify Bar 1 : Foo 1 ok tags one", query: with("", "one", "two"), want: pending},
		{name: "proven for all tags", history: pact + "verify Bar 1 : Foo 1 ok tags one,two", query: with("", "one", "two"), want: settled},
		{name: "not asked", history: pact, query: one(latest[0]), want: settled},
	})
}

func TestWorkInProgressIsWhatNobodyProvedOnPurpose(t *testing.T) {
	t.Parallel()
	const history = `
		main Foo main
		pact Foo 1 -> Bar content a branch main
		verify Bar 10 : Foo 1 ok branch main
		pact Foo 2 -> Bar content b branch feat
	`
	since := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	future := time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)
	with := func(branch string, since *time.Time, tags ...string) picking.PactsForVerificationQuery {
		return picking.PactsForVerificationQuery{
			ProviderBranch: branch, ProviderTags: tags, IncludePending: true, WIPSince: since,
			Selectors: []picking.ConsumerVersionSelector{{MainBranch: true}},
		}
	}
	selected := "Foo 1 a: latest from main branch"
	runSelectorCases(t, []selectorCase{
		{name: "a feature branch", history: history, query: with("main", &since), want: []string{selected, "Foo 2 b: latest from branch feat pending wip"}},
		{name: "not asked", history: history, query: with("main", nil), want: []string{selected}},
		{name: "published before", history: history, query: with("main", &future), want: []string{selected}},
		{name: "neither branch nor tags", history: history, query: with("", &since), want: []string{selected}},
		{name: "proven on the branch", history: history + "verify Bar 11 : Foo 2 ok branch main", query: with("main", &since), want: []string{selected}},
		{name: "failed is still in progress", history: history + "verify Bar 11 : Foo 2 failed branch main", query: with("main", &since), want: []string{selected, "Foo 2 b: latest from branch feat pending wip"}},
		{name: "proven elsewhere after this branch began", history: history + "verify Bar 11 : Foo 2 ok branch other", query: with("main", &since), want: []string{selected, "Foo 2 b: latest from branch feat pending wip"}},
		{name: "proven elsewhere before this branch began", history: history + "verify Bar 11 : Foo 2 ok branch other\nversion Bar 12 branch later", query: with("later", &since), want: []string{selected}},
		{name: "selected content is not in progress", history: history + "pact Foo 3 -> Bar content a branch same", query: with("main", &since), want: []string{selected, "Foo 2 b: latest from branch feat pending wip"}},
		{
			name: "one content on several lines", history: history + "pact Foo 3 -> Bar content b branch more tags gold", query: with("main", &since),
			want: []string{selected, "Foo 3 b: latest from branch feat, latest from branch more, latest with tag gold pending wip"},
		},
		{name: "by tags of the provider", history: history + "version Bar 10 tags dev", query: with("", &since, "dev"), want: []string{selected, "Foo 2 b: latest from branch feat pending wip"}},
		{name: "proven for a tag", history: history + "verify Bar 11 : Foo 2 ok tags dev", query: with("", &since, "dev"), want: []string{selected + " pending"}},
	})
}

// With the window that follows the pacts, the date that the provider gives does
// not count.
func TestWindowOfWorkInProgressFollowsThePacts(t *testing.T) {
	t.Parallel()
	for name, open := range usecasetest.Databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := usecasetest.NewPlayer(t, open(t))
			s, err := story.Parse("window", "pact Foo 1 -> Bar content old branch one\nversion Bar 1 branch main")
			require.NoError(t, err)
			p.Play(s.Steps)
			settings := kernel.DefaultSettings()
			settings.DynamicWIPWindow = true
			service := usecase.New(p.Store, settings)
			since := p.Now.Add(-1000 * 24 * time.Hour)
			wip := func(after time.Duration) int {
				service.Now = func() time.Time { return p.Now.Add(after) }
				pacts, err := service.Picking.PactsForVerification(t.Context(), picking.PactsForVerificationQuery{
					Provider: p.Name("Bar"), ProviderBranch: "main", WIPSince: &since,
					Selectors: []picking.ConsumerVersionSelector{{Branch: "none"}},
				})
				require.NoError(t, err)
				return len(pacts)
			}
			const day = 24 * time.Hour
			require.Equal(t, 1, wip(2*day))
			require.Equal(t, 1, wip(12*day), "the window reaches back to an unproven pact, up to two weeks")
			require.Equal(t, 0, wip(20*day), "but no further")
			service.Settings.WIPWindow.Looks = 21 * day
			require.Equal(t, 1, wip(20*day), "unless it is set so")
		})
	}
}
