package overview_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// onEach plays a history on a database of each kind.
func onEach(t *testing.T, text string, look func(t *testing.T, s *usecase.All, p *usecasetest.Player)) {
	t.Helper()
	for name, open := range usecasetest.Databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			p := history(t, db, steps(t, text))
			look(t, usecase.New(db, kernel.DefaultSettings()), p)
		})
	}
}

// Whatever happens, each promotion that the gate blocks has a cause that says so, no
// cause blocks what the gate lets through, and no cause is told twice.
func TestCausesTellAllThatTheGateBlocks(t *testing.T) {
	t.Parallel()
	db := usecasetest.OpenSQLite(t)
	kinds := map[matrix.Cause]int{}
	blocked := 0
	history(t, db, steps(t, "pact Ada 1 -> Bob\nverify Bob 1 : Ada 1 failed\ndeploy Ada 1 prod\ndeploy Bob 1 prod\ndeploy Bob 1 test"))
	for i := range 40 {
		// Each history has names of its own: what is there already is looked at again.
		usecasetest.NewPlayer(t, db).Play(story.Random(61, uint64(i)).Steps)
		all, err := usecase.New(db, kernel.DefaultSettings()).Overview.Everything(t.Context())
		require.NoError(t, err)
		told, seen := map[overview.Promotion]bool{}, map[[7]string]bool{}
		runs := map[string]bool{}
		for _, c := range all.Causes {
			key := [7]string{string(c.Kind), c.Consumer, c.Provider, c.ProviderVersion, c.SHA}
			if c.SHA == "" {
				key[5] = c.ConsumerVersion
			}
			require.False(t, seen[key], "%v", key)
			seen[key] = true
			kinds[c.Kind]++
			for _, p := range c.Blocks {
				told[p] = told[p] || c.Blocking
			}
			for _, e := range c.RunsIn {
				runs[e] = runs[e] || c.Blocking
			}
		}
		want, unfit := map[overview.Promotion]bool{}, map[string]bool{}
		for _, a := range all.Applications {
			for i, d := range a.Verdicts {
				p := overview.Promotion{Application: a.Name, Version: a.Version, Environment: all.Environments[i].Environment.Name}
				if stopped := d.Verdict != matrix.Deployable; stopped || told[p] {
					want[p] = stopped
				}
			}
		}
		for _, e := range all.Environments {
			if d := e.Decision; d.Verdict != matrix.Deployable || runs[e.Environment.Name] {
				unfit[e.Environment.Name] = d.Verdict != matrix.Deployable
			}
		}
		for p, is := range want {
			require.Equal(t, is, told[p], "%v", p)
		}
		for e, is := range unfit {
			require.Equal(t, is, runs[e], e)
		}
		blocked += len(want)
	}
	require.Greater(t, blocked, 100)
	for _, kind := range []matrix.Cause{matrix.CauseFailed, matrix.CauseNeverVerified, matrix.CauseNotInTarget, matrix.CauseDropped} {
		require.Positive(t, kinds[kind], kind)
	}
}

func TestACauseIsOneVerificationWhateverItBlocks(t *testing.T) {
	t.Parallel()
	onEach(t, `
		main Shop main
		main Pay main
		pact Shop 1 -> Pay branch main content old
		pact Shop 2 -> Pay branch main content old
		verify Pay 7 : Shop 1 failed branch main
		deploy Shop 1 prod
		deploy Pay 7 prod
		deploy Pay 7 test
		version Pay 8 branch feat
		deploy Pay 8 test instance blue`, func(t *testing.T, s *usecase.All, p *usecasetest.Player) {
		all, err := s.Overview.Everything(t.Context())
		require.NoError(t, err)
		require.Len(t, all.Causes, 2)
		failed, missing := all.Causes[0], all.Causes[1]
		require.Equal(t, matrix.CauseFailed, failed.Kind)
		require.Equal(t, []string{p.Name("Shop"), "2", p.Name("Pay"), "7"}, []string{failed.Consumer, failed.ConsumerVersion, failed.Provider, failed.ProviderVersion}, "one content, so one cause, told of the newest version")
		require.Equal(t, []string{p.Name("prod"), p.Name("test")}, failed.Environments())
		require.Equal(t, []string{p.Name("prod")}, failed.RunsIn)
		require.Contains(t, failed.Blocks, overview.Promotion{Application: p.Name("Shop"), Version: "2", Environment: p.Name("test")})
		require.Contains(t, failed.Blocks, overview.Promotion{Application: p.Name("Pay"), Version: "7", Environment: p.Name("prod")})
		require.Equal(t, p.Name("Pay"), failed.Owner)
		require.Equal(t, matrix.CauseNeverVerified, missing.Kind)
		require.Equal(t, "8", missing.ProviderVersion)
		require.Equal(t, []matrix.Step{{Do: matrix.Verify, Application: p.Name("Pay"), Version: "8", Consumer: p.Name("Shop"), SHA: missing.SHA}}, missing.Steps)
		require.False(t, missing.Since.IsZero())

		shown := slices.Clone(all.Causes)
		require.NoError(t, s.Overview.DateFailures(t.Context(), shown))
		require.False(t, shown[0].Since.IsZero())
		require.True(t, all.Causes[0].Since.IsZero(), "what is kept stays as it is")

		mine := map[string]bool{p.Name("Shop"): true}
		require.True(t, failed.Concerns(mine))
		require.False(t, failed.Concerns(map[string]bool{"Nobody": true}))
		require.True(t, overview.Cause{Blocks: []overview.Promotion{{Application: p.Name("Shop")}}}.Concerns(mine))
	})
}

func TestWhatIsOnlyToBeLookedAtComesLast(t *testing.T) {
	t.Parallel()
	onEach(t, `
		pact Old 1 -> Bar
		verify Bar 1 : Old 1 ok
		deploy Bar 1 prod
		version Old 2
		pact New 1 -> Bar
		environment alpha`, func(t *testing.T, s *usecase.All, p *usecasetest.Player) {
		all, err := s.Overview.Everything(t.Context())
		require.NoError(t, err)
		last := all.Causes[len(all.Causes)-1]
		require.False(t, last.Blocking)
		require.Equal(t, []string{p.Name("Old"), "2"}, []string{last.Owner, last.ConsumerVersion})
		require.False(t, last.Since.IsZero(), "since there is that version")
		require.True(t, all.Causes[0].Blocking)
	})
}

func TestWhatWaitsLongestComesFirst(t *testing.T) {
	t.Parallel()
	onEach(t, `
		main Bar main
		version Bar 1 branch main
		deploy Bar 1 prod
		pact Ann 1 -> Bar
		pact Bob 1 -> Bar
		verify Bar 2 : Bob 1 ok branch main
		pact Cid 1 -> Dot
		version Dot 1
		pact Eve 1 -> Dot
		verify Dot 2 : Eve 1 failed
		version Dot 3`, func(t *testing.T, s *usecase.All, p *usecasetest.Player) {
		all, err := s.Overview.Everything(t.Context())
		require.NoError(t, err)
		var got []string
		for _, w := range all.Waiting {
			text := p.Unnamed(w.Consumer)
			if w.ByMain {
				text += " main " + w.MainBranch
			}
			for _, l := range w.Live {
				text += " " + p.Unnamed(l.Environment)
			}
			got = append(got, text)
		}
		require.Equal(t, []string{"Ann main main prod", "Bob prod", "Cid main "}, got, "of a provider without a main branch any result counts")
		require.True(t, all.Waiting[0].Concerns(map[string]bool{p.Name("Bar"): true}))
		require.False(t, all.Waiting[0].Concerns(map[string]bool{p.Name("Dot"): true}))
	})
}

func TestAllApplicationsAreListed(t *testing.T) {
	t.Parallel()
	onEach(t, "pact Foo 1 -> Bar\nversion Lone 3", func(t *testing.T, s *usecase.All, p *usecasetest.Player) {
		_, _, err := s.Registry.PutLabel(t.Context(), p.Name("Foo"), "team")
		require.NoError(t, err)
		all, err := s.Overview.Everything(t.Context())
		require.NoError(t, err)
		listed := map[string]overview.Listed{}
		for _, a := range all.Listed {
			listed[p.Unnamed(a.Name)] = a
		}
		require.Equal(t, []string{"team"}, listed["Foo"].Labels)
		require.Equal(t, []int{0, 1}, []int{listed["Foo"].Consumers, listed["Foo"].Providers})
		require.Equal(t, []int{1, 0}, []int{listed["Bar"].Consumers, listed["Bar"].Providers})
		require.Equal(t, "1", listed["Foo"].State.Version)
		require.Nil(t, listed["Lone"].State)
		require.Equal(t, "3", listed["Lone"].Latest.Number)
	})
}
