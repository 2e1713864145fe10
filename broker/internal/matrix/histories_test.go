package matrix_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
	"github.com/treatyhq/treaty/internal/chance"
)

// wrongly is a way to get the gate over live sets wrong. Each has to be found out.
type wrongly struct {
	// passing lets a provider that is there as a candidate only serve.
	passing bool
	// apart asks for two starts before either is recorded.
	apart bool
	// blind does not see candidates.
	blind bool
}

// After any sequence of starts that asked, promotions that asked, aborts, deployments that
// asked and new results, every pair that meets was proven when the younger of the two
// arrived, and whoever needs a provider has one.
func TestWhatMeetsWasProvenWhenItCame(t *testing.T) {
	t.Parallel()
	seed := chance.Seed(t, 20261128)
	n := max(histories(t)/5, 1000)
	steps := 0
	for i := range n {
		problem, moved := roll(seed, uint64(i), wrongly{})
		require.Empty(t, problem, "history %d of seed %d", i, seed)
		steps += moved
	}
	require.Greater(t, steps, 3*n, "the histories must be interesting")
	for name, how := range map[string]wrongly{
		"a provider that may be gone again serves": {passing: true}, "asking and recording are apart": {apart: true}, "candidates are not live": {blind: true},
	} {
		found := 0
		for i := range 1500 {
			if problem, _ := roll(20261128, uint64(i), how); problem != "" {
				found++
			}
		}
		require.Positive(t, found, "nobody would notice where %s", name)
		t.Logf("%s: %d of 1500 histories show it", name, found)
	}
}

// roll plays a random history, and returns what went wrong, and how many versions came or
// went.
func roll(seed, number uint64, how wrongly) (problem string, moved int) {
	r := rand.New(rand.NewPCG(seed, number))
	h := &rolling{World: story.NewWorld(), how: how, plain: newNaive(), current: map[string]string{}, candidate: map[string]string{}, met: map[[2]string]bool{}}
	apps := story.Apps[:2+r.IntN(3)]
	for _, app := range apps {
		for _, number := range []string{"1", "2", "3"} {
			h.happen(story.Step{Verb: story.CreateVersion, App: app, Number: number})
			for _, partner := range apps {
				if partner != app && r.IntN(3) == 0 {
					h.happen(story.Step{Verb: story.Publish, App: app, Number: number, Partner: partner, Content: []string{"old", "new"}[r.IntN(2)]})
				}
			}
		}
	}
	h.happen(story.Step{Verb: story.AddEnvironment, Environment: "prod"})
	for range 40 {
		app, number := apps[r.IntN(len(apps))], fmt.Sprint(1+r.IntN(3))
		before := fmt.Sprint(h.current, h.candidate)
		switch r.IntN(10) {
		case 0, 1, 2, 3:
			h.happen(story.Step{Verb: story.Verify, App: app, Number: number, Partner: apps[r.IntN(len(apps))], PartnerNumber: fmt.Sprint(1 + r.IntN(3)), Success: r.IntN(6) > 0})
		case 4, 5:
			h.start(app, number, apps[r.IntN(len(apps))], fmt.Sprint(1+r.IntN(3)))
		case 6, 7:
			if n := h.candidate[app]; n != "" && h.asks(app, n, true) {
				h.place(story.Promote, app, n)
			}
		case 8:
			if n := h.candidate[app]; n != "" {
				h.place(story.Abort, app, n)
			}
		default:
			if h.current[app] != number && h.candidate[app] == "" && h.asks(app, number, false) {
				h.place(story.Deploy, app, number)
			}
		}
		if fmt.Sprint(h.current, h.candidate) != before {
			moved++
		}
		if problem := h.wrong(); problem != "" {
			return problem + "\n" + h.text, moved
		}
	}
	return "", moved
}

// rolling is a history, with plain maps of what is live beside it.
type rolling struct {
	*story.World
	how                wrongly
	plain              *naive
	text               string
	current, candidate map[string]string
	// met are the pairs that meet, and were proven when they began to.
	met map[[2]string]bool
}

func (h *rolling) happen(s story.Step) {
	h.Play([]story.Step{s})
	h.plain.happen(s)
	h.text += s.String() + "\n"
}

func (h *rolling) place(verb story.Verb, app, number string) {
	h.happen(story.Step{Verb: verb, App: app, Number: number, Environment: "prod"})
	switch verb {
	case story.StartRollout:
		h.candidate[app] = number
	case story.Abort:
		delete(h.candidate, app)
	default:
		h.current[app] = number
		delete(h.candidate, app)
	}
}

// asks reports whether the gate says yes to a version.
func (h *rolling) asks(app, number string, promoting bool) bool {
	var reader matrix.Reader = h.World
	if h.how.blind {
		reader = withoutCandidates{h.World}
	}
	d, err := matrix.Ask(reader, matrix.Query{
		Selectors: []matrix.Selector{{Pacticipant: app, Version: number}}, Target: matrix.Target{Environment: "prod"},
		LatestBy: matrix.ByVersions, Promoting: promoting || h.how.passing,
	})
	return err == nil && d.Verdict == matrix.Deployable
}

func (h *rolling) start(app, number, also, alsoNumber string) {
	may := func(app, number string) bool {
		return h.candidate[app] == "" && h.current[app] != number && h.asks(app, number, false)
	}
	first := may(app, number)
	if h.how.apart && app != also && may(also, alsoNumber) {
		h.place(story.StartRollout, also, alsoNumber)
	}
	if first {
		h.place(story.StartRollout, app, number)
	}
}

// withoutCandidates is a world in which nobody sees candidates.
type withoutCandidates struct{ *story.World }

func (w withoutCandidates) ListSelectedVersions(pacticipants []int64, by matrix.Criterion) ([]matrix.Version, error) {
	found, err := w.World.ListSelectedVersions(pacticipants, by)
	var out []matrix.Version
	for _, v := range found {
		if !v.Candidate {
			out = append(out, v)
		}
	}
	return out, err
}

// wrong is what does not hold: a pair that began to meet unproven, or somebody who needs a
// provider and has none.
func (h *rolling) wrong() string {
	now := map[[2]string]bool{}
	live := func(app string) (out []version) {
		for _, number := range []string{h.current[app], h.candidate[app]} {
			if number != "" {
				out = append(out, version{app, number})
			}
		}
		return out
	}
	for _, app := range story.Apps {
		for _, consumer := range live(app) {
			for _, provider := range story.Apps {
				content, needs := h.plain.pacts[pactOf{consumer, provider}]
				if !needs {
					continue
				}
				there := live(provider)
				if len(there) == 0 {
					return consumer.app + " " + consumer.number + " has nobody to call: " + provider
				}
				for _, p := range there {
					pair := [2]string{consumer.app + " " + consumer.number, p.app + " " + p.number}
					now[pair] = true
					if !h.met[pair] && h.plain.results[resultOf{consumer.app, p.app, content, p.number}] != proven {
						return pair[0] + " began to meet " + pair[1] + ", which nobody had proven"
					}
				}
			}
		}
	}
	h.met = now
	return ""
}
