package story

import (
	"math/rand/v2"

	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// Apps are the names of the applications of random stories, Instances their
// application instances.
var (
	Apps      = []string{"Ada", "Bob", "Cid", "Dot"}
	Instances = []string{"", "blue"}
)

var (
	someNumbers = []string{"1", "2", "3"}
	someWords   = []string{"old", "new"}
	someSlots   = []string{"", "", "blue"}
)

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// Random draws a story. The same numbers give the same story. It has few
// applications with few versions, so that they meet, and few failed results, so
// that some answers are yes. It has no answer.
func Random(seed, number uint64) Story {
	r := rand.New(rand.NewPCG(seed, number))
	apps := Apps[:2+r.IntN(3)]
	s := Story{Steps: []Step{{Verb: AddEnvironment, Environment: "prod"}}}
	for _, app := range apps {
		if r.IntN(3) > 0 {
			s.Steps = append(s.Steps, Step{Verb: SetMainBranch, App: app, Branch: "main"})
		}
	}
	for range 3 + r.IntN(24) {
		s.Steps = append(s.Steps, randomStep(r, apps))
	}
	s.Query = randomQuery(r, apps)
	return s
}

func randomStep(r *rand.Rand, apps []string) Step {
	s := Step{App: pick(r, apps), Number: pick(r, someNumbers)}
	if r.IntN(4) == 0 {
		s.Branch = pick(r, []string{"main", "main", "feat"})
	}
	if r.IntN(5) == 0 {
		s.Tags = []string{"gold"}
	}
	switch r.IntN(16) {
	case 0, 1, 2, 3:
		s.Verb, s.Partner, s.Content = Publish, pick(r, apps), pick(r, someWords)
	case 4, 5, 6, 7, 8:
		s.Verb, s.Partner, s.PartnerNumber, s.Success = Verify, pick(r, apps), pick(r, someNumbers), r.IntN(8) > 0
	case 9:
		s.Verb, s.Environment, s.Instance = Deploy, "prod", pick(r, someSlots)
	case 12, 13, 14, 15:
		s.Verb, s.Environment, s.Instance = pick(r, []Verb{StartRollout, StartRollout, Promote, Abort}), "prod", pick(r, someSlots)
	case 10:
		s.Verb, s.Environment = pick(r, []Verb{Release, Release, Unrelease}), "prod"
	default:
		s.Verb, s.Environment, s.Instance = pick(r, []Verb{Deploy, Undeploy}), "prod", pick(r, someSlots)
	}
	return s
}

// randomQuery asks about a version of one application, or of two.
func randomQuery(r *rand.Rand, apps []string) matrix.Query {
	first := r.IntN(len(apps))
	q := matrix.Query{
		Selectors: []matrix.Selector{{Pacticipant: apps[first], Version: pick(r, someNumbers)}},
		LatestBy:  pick(r, []matrix.LatestBy{matrix.ByVersions, matrix.ByVersions, matrix.ByConsumerVersion, matrix.ByIntegration, matrix.EveryRow}),
		Target: pick(r, []matrix.Target{
			{Environment: "prod"}, {Environment: "prod"}, {Environment: "prod"}, {Environment: "prod"},
			{Tag: "gold", Latest: true}, {Tag: "gold"}, {MainBranch: true, Latest: true}, {MainBranch: true}, {Latest: true},
		}),
	}
	if r.IntN(5) == 0 {
		second := apps[(first+1)%len(apps)]
		q.Selectors = append(q.Selectors, matrix.Selector{Pacticipant: second, Version: pick(r, someNumbers)})
		if r.IntN(2) == 0 {
			q.Target = matrix.Target{}
		}
	}
	if r.IntN(6) == 0 {
		ignored := matrix.Selector{Pacticipant: pick(r, apps)}
		if r.IntN(2) == 0 {
			ignored.Version = pick(r, someNumbers)
		}
		q.Ignore = []matrix.Selector{ignored}
	}
	if r.IntN(4) == 0 {
		q.Limit = 1 + r.IntN(3)
	}
	if r.IntN(6) == 0 {
		q.Show = []matrix.Outcome{pick(r, []matrix.Outcome{matrix.Passed, matrix.Failed, matrix.Unverified})}
	}
	return q
}
