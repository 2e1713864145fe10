package gate_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/internal/chance"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/rollout"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// This test plays histories through the use cases, takes things away in between,
// and asks every question that can be answered with yes. An oracle beside the
// broker keeps the history as plain sets and knows who would meet whom.

type (
	appVersion struct{ app, number string }
	usage      struct{ consumer, provider string }
	slot       struct{ app, environment, instance string }
	label      struct{ app, name string }
	finding    struct {
		usage
		content string
		by      appVersion
		number  int64
		success bool
	}
)

// oracle is the history.
type oracle struct {
	versions []appVersion // in the order of creation
	pacts    map[appVersion]map[string]string
	uses     map[usage]bool
	findings []finding // oldest first
	deployed map[slot]appVersion
	released map[label][]appVersion // by application and environment
	branches map[label][]appVersion
	heads    map[label]appVersion // of branches: what was added last
	tags     map[label][]appVersion
	main     map[string]string
}

func newOracle() *oracle {
	return &oracle{
		pacts: map[appVersion]map[string]string{}, uses: map[usage]bool{}, deployed: map[slot]appVersion{},
		released: map[label][]appVersion{}, branches: map[label][]appVersion{}, heads: map[label]appVersion{}, tags: map[label][]appVersion{}, main: map[string]string{},
	}
}

func (o *oracle) seen(v appVersion) {
	if !slices.Contains(o.versions, v) {
		o.versions = append(o.versions, v)
	}
}

func without(list []appVersion, v appVersion) []appVersion {
	return slices.DeleteFunc(slices.Clone(list), func(other appVersion) bool { return other == v })
}

func (o *oracle) forget(v appVersion) {
	o.versions = without(o.versions, v)
	delete(o.pacts, v)
	for _, lists := range []map[label][]appVersion{o.released, o.branches, o.tags} {
		for key, list := range lists {
			lists[key] = without(list, v)
		}
	}
	for key := range o.branches {
		o.moveHead(key)
	}
	for key, there := range o.deployed {
		if there == v {
			delete(o.deployed, key)
		}
	}
	o.findings = slices.DeleteFunc(o.findings, func(f finding) bool { return f.by == v })
}

// moveHead finds a head for a branch that has lost it: the newest version on it.
func (o *oracle) moveHead(key label) {
	if slices.Contains(o.branches[key], o.heads[key]) {
		return
	}
	delete(o.heads, key)
	for _, v := range o.versions {
		if slices.Contains(o.branches[key], v) {
			o.heads[key] = v
		}
	}
}

// proven reports whether the newest result of the provider version for the pact
// is a success.
func (o *oracle) proven(consumer, provider appVersion) bool {
	content := o.pacts[consumer][provider.app]
	for _, f := range slices.Backward(o.findings) {
		if f.usage == (usage{consumer.app, provider.app}) && f.content == content && f.by == provider {
			return f.success
		}
	}
	return false
}

// of are the versions of an application that a selector means, oldest first.
func (o *oracle) of(s matrix.Selector) []appVersion {
	all := slices.DeleteFunc(slices.Clone(o.versions), func(v appVersion) bool { return v.app != s.Pacticipant })
	keep := func(some []appVersion) {
		all = slices.DeleteFunc(all, func(v appVersion) bool { return !slices.Contains(some, v) })
	}
	branch := s.Branch
	if s.MainBranch {
		if branch = o.main[s.Pacticipant]; branch == "" {
			return nil
		}
	}
	if s.Version != "" {
		keep([]appVersion{{s.Pacticipant, s.Version}})
	}
	if s.Tag != "" {
		keep(o.tags[label{s.Pacticipant, s.Tag}])
	}
	if branch != "" {
		members := o.branches[label{s.Pacticipant, branch}]
		if s.Latest && len(members) > 0 {
			members = []appVersion{o.heads[label{s.Pacticipant, branch}]}
		}
		keep(members)
	}
	if s.Environment != "" {
		there := slices.Clone(o.released[label{s.Pacticipant, s.Environment}])
		for at, v := range o.deployed {
			if at.app == s.Pacticipant && at.environment == s.Environment {
				there = append(there, v)
			}
		}
		keep(there)
	}
	if s.Latest && len(all) > 0 {
		return all[len(all)-1:]
	}
	return all
}

// objection is why the answer cannot be yes, "" if it can.
func (o *oracle) objection(q gate.MatrixQuery) string {
	named := map[string][]appVersion{}
	for _, s := range q.Selectors {
		found := o.of(s)
		if len(found) == 0 && !ignoredBy(q, appVersion{s.Pacticipant, s.Version}) {
			return fmt.Sprintf("%+v selects nothing", s)
		}
		named[s.Pacticipant] = append(named[s.Pacticipant], found...)
	}
	target := func(app string) []appVersion {
		if q.Target.IsZero() {
			return nil
		}
		t := q.Target
		return o.of(matrix.Selector{Pacticipant: app, Latest: t.Latest, Tag: t.Tag, Branch: t.Branch, MainBranch: t.MainBranch, Environment: t.Environment})
	}
	for app, versions := range named {
		for _, v := range versions {
			if why := o.asConsumer(q, named, v, target); why != "" {
				return why
			}
			for use := range o.uses {
				if _, isNamed := named[use.consumer]; use.provider != app || isNamed && use.consumer != app {
					continue
				}
				for _, c := range target(use.consumer) {
					if _, has := o.pacts[c][app]; has && !slices.Contains(versions, c) {
						if why := o.mustFit(q, c, v); why != "" {
							return why
						}
					}
				}
			}
		}
	}
	return ""
}

func (o *oracle) asConsumer(q gate.MatrixQuery, named map[string][]appVersion, v appVersion, target func(string) []appVersion) string {
	for provider := range o.pacts[v] {
		partners, isNamed := named[provider]
		if !isNamed || provider == v.app {
			partners = append(slices.Clone(partners), target(provider)...)
		}
		if len(partners) == 0 && !q.Target.IsZero() && !ignoredBy(q, v) && !ignoredBy(q, appVersion{app: provider}) {
			return fmt.Sprintf("%v needs %s, which is not there", v, provider)
		}
		for _, p := range partners {
			if why := o.mustFit(q, v, p); why != "" {
				return why
			}
		}
	}
	return ""
}

func (o *oracle) mustFit(q gate.MatrixQuery, consumer, provider appVersion) string {
	if ignoredBy(q, consumer) || ignoredBy(q, provider) || o.proven(consumer, provider) {
		return ""
	}
	return fmt.Sprintf("%v would meet %v unproven", consumer, provider)
}

func ignoredBy(q gate.MatrixQuery, v appVersion) bool {
	return slices.ContainsFunc(q.Ignore, func(s matrix.Selector) bool {
		return s.Pacticipant == v.app && (s.Version == "" || s.Version == v.number)
	})
}

// lives plays a random life on a broker and on the oracle.
type lives struct {
	t            *testing.T
	random       *rand.Rand
	service      *usecase.All
	oracle       *oracle
	apps         []string
	environments map[string]kernel.Environment
	names        []string // of the environments
	story        []string
}

var (
	lifeNumbers   = []string{"1", "2", "3", "4"}
	lifeBranches  = []string{"main", "feat"}
	lifeTags      = []string{"gold", "dev"}
	lifeInstances = []string{"", "blue", "green"}
)

func choose[T any](l *lives, list []T) T { return list[l.random.IntN(len(list))] }

func (l *lives) version() appVersion { return appVersion{choose(l, l.apps), choose(l, lifeNumbers)} }

func (l *lives) did(format string, args ...any) {
	l.story = append(l.story, fmt.Sprintf(format, args...))
}

func (l *lives) must(err error) {
	l.t.Helper()
	require.NoError(l.t, err, "%v", l.story)
}

func (l *lives) step() {
	v := l.version()
	switch l.random.IntN(20) {
	case 0, 1, 2, 3:
		l.publish(v)
	case 4, 5, 6, 7, 8, 9, 10:
		l.verify(v)
	case 11, 12:
		l.deploy(v)
	case 13:
		l.release(v)
	case 14:
		l.brand(v)
	case 15:
		if main := choose(l, lifeBranches); l.random.IntN(2) == 0 {
			_, _, err := l.service.Registry.UpdatePacticipant(l.t.Context(), registry.PacticipantChange{Name: v.app, MainBranch: registry.Set(main)})
			l.must(err)
			l.oracle.main[v.app] = main
			l.did("main %s %s", v.app, main)
		}
	default:
		l.takeAway(v)
	}
}

func (l *lives) publish(v appVersion) {
	ctx := l.t.Context()
	in := publish.ContractsPublication{Pacticipant: v.app, VersionNumber: v.number}
	if l.random.IntN(2) == 0 {
		in.Branch = choose(l, lifeBranches)
	}
	if l.random.IntN(4) == 0 {
		in.Tags = []string{choose(l, lifeTags)}
	}
	partners := []string{choose(l, l.apps)}
	if second := choose(l, l.apps); second != partners[0] && l.random.IntN(3) == 0 {
		partners = append(partners, second)
	}
	for _, partner := range partners {
		in.Contracts = append(in.Contracts, publish.ContractDocument{Consumer: v.app, Provider: partner, Content: l.pact(v.app, partner, choose(l, []string{"old", "new", "newer"}))})
	}
	published, err := l.service.Publish.PublishContracts(ctx, in)
	l.must(err)
	l.oracle.seen(v)
	l.oracle.join(v, in.Branch, in.Tags)
	for _, c := range published.Contracts {
		if l.oracle.pacts[v] == nil {
			l.oracle.pacts[v] = map[string]string{}
		}
		l.oracle.pacts[v][c.Provider.Name] = c.SHA
		l.oracle.uses[usage{v.app, c.Provider.Name}] = true
		l.did("pact %v -> %s %.6s branch %s tags %v", v, c.Provider.Name, c.SHA, in.Branch, in.Tags)
	}
}

func (o *oracle) join(v appVersion, branch string, tags []string) {
	if key := (label{v.app, branch}); branch != "" && !slices.Contains(o.branches[key], v) {
		o.branches[key] = append(o.branches[key], v)
		o.heads[key] = v
	}
	for _, tag := range tags {
		if key := (label{v.app, tag}); !slices.Contains(o.tags[key], v) {
			o.tags[key] = append(o.tags[key], v)
		}
	}
}

func (l *lives) pact(consumer, provider, word string) []byte {
	return fmt.Appendf(nil, `{"consumer":{"name":%q},"provider":{"name":%q},"interactions":[{"description":%q,"request":{"method":"GET","path":"/"},"response":{"status":200}}]}`,
		consumer, provider, word)
}

// verify records a result for a current pact, or for one that was overwritten.
func (l *lives) verify(by appVersion) {
	var of []finding
	for consumer, pacts := range l.oracle.pacts {
		if sha, has := pacts[by.app]; has {
			of = append(of, finding{usage: usage{consumer.app, by.app}, content: sha})
		}
	}
	if len(of) == 0 {
		return
	}
	slices.SortFunc(of, func(a, b finding) int { return cmpText(a.consumer+a.content, b.consumer+b.content) })
	f := choose(l, of)
	f.by, f.success = by, l.random.IntN(7) > 0
	v, err := l.service.Result.RecordVerification(l.t.Context(), result.VerificationInput{
		Consumer: f.consumer, Provider: f.provider, SHA: f.content, ProviderVersion: by.number, Success: f.success,
	})
	l.must(err)
	f.number = v.Number
	l.oracle.seen(by)
	l.oracle.findings = append(l.oracle.findings, f)
	l.did("verify %v : %s %.6s %v", by, f.consumer, f.content, f.success)
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (l *lives) known(v appVersion) bool { return slices.Contains(l.oracle.versions, v) }

func (l *lives) deploy(v appVersion) {
	if !l.known(v) {
		return
	}
	at := slot{v.app, choose(l, l.names), choose(l, lifeInstances)}
	if l.random.IntN(3) == 0 {
		l.rollOut(v, at)
		return
	}
	_, err := l.service.Registry.RecordDeployment(l.t.Context(), registry.Deployment{
		Pacticipant: v.app, Version: v.number, EnvironmentUUID: l.environments[at.environment].UUID, Instance: at.instance,
	})
	l.must(err)
	if l.oracle.deployed[at] != v { // else both stay
		delete(l.oracle.deployed, at.candidate())
	}
	l.oracle.deployed[at] = v
	l.did("deploy %v %v", v, at)
}

// candidate is where the candidate of a place is kept: it is live beside what is current.
func (s slot) candidate() slot {
	s.instance += "*"
	return s
}

// rollOut starts a rollout, whatever the gate says, or ends the one that runs.
func (l *lives) rollOut(v appVersion, at slot) {
	ctx, environment := l.t.Context(), l.environments[at.environment].UUID
	if running := l.running(at); running.UUID != "" {
		state := choose(l, []kernel.RolloutState{kernel.RolloutPromoted, kernel.RolloutAborted})
		_, err := l.service.Rollout.Change(ctx, rollout.Change{UUID: running.UUID, State: &state, Gate: rollout.SkipGate})
		l.must(err)
		if state == kernel.RolloutPromoted {
			l.oracle.deployed[at] = l.oracle.deployed[at.candidate()]
		}
		delete(l.oracle.deployed, at.candidate())
		l.did("%s %v", state, at)
		return
	}
	if l.oracle.deployed[at] == v {
		return
	}
	_, _, err := l.service.Rollout.Start(ctx, rollout.Start{
		Place: rollout.Place{Pacticipant: v.app, Version: v.number, Environment: environment, Instance: at.instance}, Gate: rollout.SkipGate,
	})
	l.must(err)
	l.oracle.deployed[at.candidate()] = v
	l.did("roll out %v %v", v, at)
}

// running is the rollout that runs in a place; it has no UUID if none does.
func (l *lives) running(at slot) (none kernel.Rollout) {
	found, _, _, err := l.service.Rollout.List(l.t.Context(), rollout.Query{Environment: l.environments[at.environment].UUID, Pacticipant: at.app, State: kernel.RolloutRunning})
	l.must(err)
	for _, r := range found {
		if r.Instance == at.instance {
			return r
		}
	}
	return none
}

func (l *lives) release(v appVersion) {
	if !l.known(v) {
		return
	}
	key := label{v.app, choose(l, l.names)}
	_, _, err := l.service.Registry.RecordRelease(l.t.Context(), registry.Deployment{Pacticipant: v.app, Version: v.number, EnvironmentUUID: l.environments[key.name].UUID})
	l.must(err)
	l.oracle.released[key] = append(without(l.oracle.released[key], v), v)
	l.did("release %v %v", v, key)
}

// brand puts a version on a branch or gives it a tag; both create it.
func (l *lives) brand(v appVersion) {
	l.oracle.seen(v)
	if l.random.IntN(2) == 0 {
		branch := choose(l, lifeBranches)
		_, _, err := l.service.Registry.PutBranchVersion(l.t.Context(), v.app, branch, v.number)
		l.must(err)
		l.oracle.join(v, branch, nil)
		l.did("branch %v %s", v, branch)
		return
	}
	tag := choose(l, lifeTags)
	_, _, err := l.service.Registry.PutTag(l.t.Context(), v.app, v.number, tag)
	l.must(err)
	l.oracle.join(v, "", []string{tag})
	l.did("tag %v %s", v, tag)
}

// takeAway removes something that is there.
func (l *lives) takeAway(v appVersion) {
	ctx := l.t.Context()
	gone := func(err error) bool {
		if kernel.IsNotFound(err) {
			return false
		}
		l.must(err)
		return true
	}
	switch l.random.IntN(7) {
	case 0:
		if provider := choose(l, l.apps); l.oracle.pacts[v][provider] != "" {
			_, err := l.service.Publish.DeletePact(ctx, v.app, provider, v.number)
			if gone(err) {
				delete(l.oracle.pacts[v], provider)
				l.did("delete pact %v %s", v, provider)
			}
		}
	case 1:
		if len(l.oracle.findings) == 0 {
			return
		}
		i := l.random.IntN(len(l.oracle.findings))
		old := l.oracle.findings[i]
		err := l.service.Result.DeleteVerification(ctx, kernel.VerificationQuery{
			Pact: kernel.PactQuery{Consumer: old.consumer, Provider: old.provider, SHA: old.content}, Number: old.number,
		})
		if gone(err) {
			l.oracle.findings = slices.Delete(l.oracle.findings, i, i+1)
			l.did("delete result %v", old)
		}
	case 2:
		if l.random.IntN(2) == 0 && l.known(v) && gone(l.service.Registry.DeleteVersion(ctx, v.app, v.number)) {
			l.oracle.forget(v)
			l.did("delete version %v", v)
		}
	case 3:
		key := label{v.app, choose(l, lifeTags)}
		if slices.Contains(l.oracle.tags[key], v) && gone(l.service.Registry.DeleteTag(ctx, v.app, v.number, key.name)) {
			l.oracle.tags[key] = without(l.oracle.tags[key], v)
			l.did("untag %v %s", v, key.name)
		}
	case 4:
		key := label{v.app, choose(l, lifeBranches)}
		if slices.Contains(l.oracle.branches[key], v) && gone(l.service.Registry.DeleteBranchVersion(ctx, v.app, key.name, v.number)) {
			l.oracle.branches[key] = without(l.oracle.branches[key], v)
			l.oracle.moveHead(key)
			l.did("unbranch %v %s", v, key.name)
		}
	default:
		l.undeploy(v.app)
	}
}

func (l *lives) undeploy(app string) {
	environment, no := choose(l, l.names), false
	q := registry.CurrentQuery{EnvironmentUUID: l.environments[environment].UUID, Pacticipant: app}
	if l.random.IntN(2) == 0 {
		found, _, err := l.service.Registry.ListCurrentlyDeployed(l.t.Context(), q)
		l.must(err)
		for _, d := range found[:min(1, len(found))] {
			_, err := l.service.Registry.UpdateDeployedVersion(l.t.Context(), d.UUID, &no)
			l.must(err)
			at := slot{app, environment, d.Instance}
			if d.Candidate {
				at = at.candidate()
			}
			delete(l.oracle.deployed, at)
			l.did("undeploy %s %s %s", app, environment, d.Instance)
		}
		return
	}
	found, _, err := l.service.Registry.ListCurrentlySupported(l.t.Context(), q)
	l.must(err)
	for _, r := range found[:min(1, len(found))] {
		_, err := l.service.Registry.UpdateReleasedVersion(l.t.Context(), r.UUID, &no)
		l.must(err)
		key := label{app, environment}
		l.oracle.released[key] = without(l.oracle.released[key], appVersion{app, r.Version.Number})
		l.did("unrelease %s %s %s", app, r.Version.Number, environment)
	}
}

// selector is a random way to name versions of an application.
func (l *lives) selector(app string) matrix.Selector {
	s := matrix.Selector{Pacticipant: app}
	switch l.random.IntN(12) {
	case 0, 1, 2, 3:
		s.Version = choose(l, lifeNumbers)
	case 4:
		s.Latest = true
	case 5:
		s.Branch, s.Latest = choose(l, lifeBranches), true
	case 6:
		s.Branch = choose(l, lifeBranches)
	case 7:
		s.Tag, s.Latest = choose(l, lifeTags), true
	case 8:
		s.Tag = choose(l, lifeTags)
	case 9:
		s.MainBranch, s.Latest = true, l.random.IntN(2) == 0
	case 10:
		s.Environment = choose(l, l.names)
	default:
		s.Tag, s.Branch, s.Latest = choose(l, lifeTags), choose(l, lifeBranches), l.random.IntN(2) == 0
	}
	return s
}

func (l *lives) target() matrix.Target {
	switch l.random.IntN(8) {
	case 0:
		return matrix.Target{Tag: choose(l, lifeTags), Latest: true}
	case 1:
		return matrix.Target{Tag: choose(l, lifeTags)}
	case 2:
		return matrix.Target{MainBranch: true, Latest: l.random.IntN(2) == 0}
	case 3:
		return matrix.Target{Latest: true}
	default:
		return matrix.Target{Environment: choose(l, l.names)}
	}
}

// question is a random question to the matrix.
func (l *lives) question() gate.MatrixQuery {
	first := l.random.IntN(len(l.apps))
	q := gate.MatrixQuery{
		Selectors: []matrix.Selector{l.selector(l.apps[first])}, Target: l.target(),
		LatestBy: choose(l, []matrix.LatestBy{matrix.ByVersions, matrix.ByConsumerVersion, matrix.ByIntegration, matrix.EveryRow}),
	}
	if l.random.IntN(3) == 0 {
		q.Selectors = append(q.Selectors, l.selector(l.apps[(first+l.random.IntN(len(l.apps)))%len(l.apps)]))
	}
	if l.random.IntN(3) == 0 && len(q.Selectors) > 1 {
		q.Target = matrix.Target{}
	}
	if l.random.IntN(4) == 0 {
		v := l.version()
		q.Ignore = []matrix.Selector{{Pacticipant: v.app}}
		if l.random.IntN(2) == 0 {
			q.Ignore[0].Version = v.number
		}
	}
	if l.random.IntN(4) == 0 {
		limit := 1 + l.random.IntN(2)
		q.Limit = &limit
	}
	if l.random.IntN(5) == 0 {
		q.Show = []matrix.Outcome{choose(l, []matrix.Outcome{matrix.Passed, matrix.Failed, matrix.Unverified})}
	}
	return q
}

// ask puts a question in one of its forms and returns what it means, with the
// answer; false if it was refused.
func (l *lives) ask() (gate.MatrixQuery, matrix.Decision, bool) {
	ctx, app := l.t.Context(), choose(l, l.apps)
	var q gate.MatrixQuery
	var answer gate.MatrixAnswer
	var err error
	everyRow := false
	switch environment := choose(l, l.names); l.random.IntN(12) {
	case 0:
		q = gate.MatrixQuery{Selectors: []matrix.Selector{{Pacticipant: app, Version: choose(l, lifeNumbers)}}, Target: matrix.Target{Environment: environment}}
		answer, err = l.service.Gate.CanIDeploy(ctx, gate.CanIDeployQuery{Pacticipant: app, Version: q.Selectors[0].Version, Environment: environment})
	case 1:
		q = gate.MatrixQuery{Selectors: []matrix.Selector{{Pacticipant: app, Version: choose(l, lifeNumbers)}}, Target: matrix.Target{Tag: choose(l, lifeTags), Latest: true}}
		answer, err = l.service.Gate.LookAtGate(ctx, gate.CanIDeployQuery{Pacticipant: app, Version: q.Selectors[0].Version, To: q.Target.Tag})
	case 2:
		q = gate.MatrixQuery{Selectors: []matrix.Selector{{Pacticipant: app, Branch: choose(l, lifeBranches), Latest: true}}, Target: matrix.Target{Environment: environment}}
		answer, err = l.service.Gate.LookAtBranch(ctx, gate.BranchCanIDeployQuery{Pacticipant: app, Branch: q.Selectors[0].Branch, Environment: environment})
	case 3:
		q = gate.MatrixQuery{Selectors: []matrix.Selector{{Pacticipant: app, Tag: choose(l, lifeTags), Latest: true}}, Target: matrix.Target{Tag: choose(l, lifeTags), Latest: true}}
		answer, err = l.service.Gate.LookAtTag(ctx, gate.TagCanIDeployQuery{Pacticipant: app, Tag: q.Selectors[0].Tag, To: q.Target.Tag})
	default:
		q = l.question()
		everyRow = true
		answer, err = l.service.Gate.LookAtMatrix(ctx, q)
	}
	if code := kernel.CodeOf(err); err != nil && (code == kernel.CodeInvalid || code == kernel.CodeNotFound) {
		return q, matrix.Decision{}, false
	}
	l.must(err)
	if !everyRow {
		q.LatestBy = matrix.ByVersions // what these forms mean
	}
	return q, answer.Decision, true
}

func newLives(t *testing.T, db kernel.Store, seed uint64) *lives {
	t.Helper()
	prefix := usecasetest.NewPlayer(t, db).Prefix
	settings := kernel.DefaultSettings()
	settings.AllowContractModification, settings.CheckSimilarNames = true, false
	settings.UseFirstTagAsBranch, settings.AutoDetectMainBranch, settings.DeployedVersionsForTags = false, false, false
	l := &lives{t: t, random: rand.New(rand.NewPCG(seed, 99)), service: usecase.New(db, settings), oracle: newOracle(), environments: map[string]kernel.Environment{}}
	now := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	l.service.Now = func() time.Time { now = now.Add(time.Second); return now }
	for _, name := range []string{"Ada", "Bob", "Cid", "Dot"}[:2+l.random.IntN(3)] {
		l.apps = append(l.apps, prefix+name)
		_, _, err := l.service.Registry.UpdatePacticipant(t.Context(), registry.PacticipantChange{Name: prefix + name})
		l.must(err)
	}
	for _, name := range []string{"prod", "test"} {
		e, err := l.service.Registry.CreateEnvironment(t.Context(), registry.EnvironmentInput{Name: prefix + name})
		l.must(err)
		l.environments[e.Name], l.names = e, append(l.names, e.Name)
	}
	return l
}

// livesTogether is how many lives share a database.
const livesTogether = 20

// A yes, in whatever form it was asked for, means that every pair which would
// meet has a success as its newest result.
func TestNoFormOfTheQuestionIsAnsweredWithAFalseYes(t *testing.T) {
	t.Parallel()
	for name, open := range usecasetest.Databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			yes, no, refused := 0, 0, 0
			many := 60
			if more, err := strconv.Atoi(os.Getenv("TREATY_LIVES")); err == nil {
				many = more // a longer search
			}
			if name != "sqlite" { // each takes ten times as long
				many = max(1, many/5)
			}
			first := chance.Seed(t, 0)
			// The board shows all that a database holds, so that one for all lives
			// would make each of them slower than the last.
			for from := 0; from < many; from += livesTogether {
				t.Run(fmt.Sprintf("lives from %d", from), func(t *testing.T) {
					db := open(t)
					for life := from; life < min(from+livesTogether, many); life++ {
						seed := first + uint64(life)
						l := newLives(t, db, seed)
						for range 12 + l.random.IntN(60) {
							l.step()
						}
						for range 60 {
							q, d, answered := l.ask()
							switch {
							case !answered:
								refused++
							case d.Verdict == matrix.Deployable:
								yes++
								require.Empty(t, l.oracle.objection(q), "seed %d: yes to %+v after\n%s", seed, q, l.told())
							default:
								no++
							}
						}
						l.requireBoardTrue(seed)
					}
				})
			}
			t.Logf("%d yes, %d no or unknown, %d refused", yes, no, refused)
			require.Greater(t, yes, many*4, "the histories must be interesting")
			require.Greater(t, no, many*4)
		})
	}
}

// checkedOut is the version that commands take from where they are run.
const checkedOut = "head"

// follow does what an answer advises.
func (l *lives) follow(steps []matrix.Step) {
	ctx := l.t.Context()
	for _, s := range steps {
		version := s.Version
		if version == "" {
			version = checkedOut
		}
		var err error
		switch s.Do {
		case matrix.Verify:
			_, err = l.service.Result.RecordVerification(ctx, result.VerificationInput{
				Consumer: s.Consumer, Provider: s.Application, SHA: s.SHA, ProviderVersion: version, Success: true,
			})
		case matrix.RecordDeployment:
			_, err = l.service.Registry.RecordDeployment(ctx, registry.Deployment{
				Pacticipant: s.Application, Version: version, EnvironmentUUID: l.environments[s.Environment].UUID, Instance: "brought",
			})
			if kernel.IsNotFound(err) && s.Version == "" { // the version is created by its build
				_, _, err = l.service.Registry.PutBranchVersion(ctx, s.Application, "feat", version)
				l.must(err)
				l.follow([]matrix.Step{s})
			}
		case matrix.PromoteRollout:
			promoted := kernel.RolloutPromoted
			found, _, _, failed := l.service.Rollout.List(ctx, rollout.Query{Environment: l.environments[s.Environment].UUID, Pacticipant: s.Application, State: kernel.RolloutRunning})
			l.must(failed)
			for _, r := range found {
				_, err = l.service.Rollout.Change(ctx, rollout.Change{UUID: r.UUID, State: &promoted, Gate: rollout.SkipGate})
				l.must(err)
				at := slot{s.Application, s.Environment, r.Instance}
				l.oracle.deployed[at] = appVersion{s.Application, r.Version.Number}
				delete(l.oracle.deployed, at.candidate())
			}
		case matrix.CreateTag:
			_, _, err = l.service.Registry.PutTag(ctx, s.Application, version, s.Tag)
		case matrix.SetMainBranch:
			_, _, err = l.service.Registry.UpdatePacticipant(ctx, registry.PacticipantChange{Name: s.Application, MainBranch: registry.Set(s.Branch)})
		case matrix.CreateVersion:
			branch := s.Branch
			if branch == "" {
				branch = "made"
			}
			_, _, err = l.service.Registry.PutBranchVersion(ctx, s.Application, branch, version)
		case matrix.Publish:
			_, err = l.service.Publish.PublishContracts(ctx, publish.ContractsPublication{Pacticipant: s.Application, VersionNumber: version, Contracts: []publish.ContractDocument{
				{Consumer: s.Application, Provider: l.apps[0], Content: l.pact(s.Application, l.apps[0], "published")},
			}})
		}
		l.must(err)
		l.did("follow %+v", s)
	}
}

// What an answer advises takes away what it is advised for.
func TestWhatAnAnswerAdvisesTakesItsCauseAway(t *testing.T) {
	t.Parallel()
	for name, open := range usecasetest.Databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			followed := map[matrix.Cause]int{}
			many := 50
			if name != "sqlite" {
				many = 6
			}
			first := chance.Seed(t, 0) + 10_000
			for life := range many {
				seed := first + uint64(life)
				l := newLives(t, db, seed)
				for range 12 + l.random.IntN(40) {
					l.step()
				}
				for range 8 {
					q, d, answered := l.ask()
					if !answered || d.Verdict == matrix.Deployable {
						continue
					}
					for _, e := range d.Explanations {
						if !e.Blocking || len(e.Steps) == 0 {
							continue
						}
						l.follow(e.Steps)
						followed[e.Cause]++
						again, err := l.service.Gate.LookAtMatrix(t.Context(), q)
						l.must(err)
						for _, left := range again.Decision.Explanations {
							require.NotEqual(t, e.Sentence+e.SHA, left.Sentence+left.SHA, "seed %d: %+v after\n%s", seed, q, l.told())
						}
					}
				}
			}
			t.Logf("%v", followed)
			if name != "sqlite" {
				return // too few to hold every cause
			}
			for _, cause := range []matrix.Cause{matrix.CauseNeverVerified, matrix.CauseFailed, matrix.CauseNotInTarget, matrix.CauseNotPublished, matrix.CauseNotFound} {
				require.Positive(t, followed[cause], "the histories must be interesting: %s", cause)
			}
		})
	}
}

// requireBoardTrue checks that what pages show as a yes is one.
func (l *lives) requireBoardTrue(seed uint64) {
	l.t.Helper()
	for _, app := range l.apps {
		all, err := l.service.Overview.Overview(l.t.Context(), overview.Query{Application: app})
		l.must(err)
		for _, a := range all.Applications {
			for i, d := range a.Verdicts {
				q := gate.MatrixQuery{Selectors: []matrix.Selector{{Pacticipant: a.Name, Version: a.Version}}, Target: matrix.Target{Environment: all.Environments[i].Environment.Name}}
				if d.Verdict == matrix.Deployable {
					require.Empty(l.t, l.oracle.objection(q), "seed %d: the board says yes to %+v after\n%s", seed, q, l.told())
				}
				asked, err := l.service.Gate.LookAtGate(l.t.Context(), gate.CanIDeployQuery{Pacticipant: a.Name, Version: a.Version, Environment: q.Target.Environment})
				l.must(err)
				require.Equal(l.t, asked.Decision.Headline(), d.Headline(), "seed %d: the board and the gate", seed)
				require.Equal(l.t, asked.Decision.Counts, d.Counts, "seed %d: the board and the gate", seed)
			}
		}
	}
	for _, name := range l.names {
		state, err := l.service.Overview.LookAtEnvironment(l.t.Context(), name)
		l.must(err)
		if state.Decision.Verdict != matrix.Deployable {
			continue
		}
		q := gate.MatrixQuery{Target: matrix.Target{Environment: name}}
		for _, app := range l.apps {
			for _, v := range l.oracle.of(matrix.Selector{Pacticipant: app, Environment: name}) {
				q.Selectors = append(q.Selectors, matrix.Selector{Pacticipant: app, Version: v.number})
			}
		}
		require.Empty(l.t, l.oracle.objection(q), "seed %d: %s fits after\n%s", seed, name, l.told())
	}
}

func (l *lives) told() string {
	text := ""
	for _, line := range l.story {
		text += line + "\n"
	}
	return text
}
