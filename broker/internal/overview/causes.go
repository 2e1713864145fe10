package overview

import (
	"cmp"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// Cause is one thing that stands in the way, told once, whatever it stands in the way
// of: a verification of one content by one provider version that failed or is missing,
// or what else the gate names.
type Cause struct {
	Kind matrix.Cause
	// Blocking is false for what is only to be looked at.
	Blocking bool
	// Consumer and Provider are names; either may be empty. ConsumerVersion is the
	// newest with the content, ProviderVersion empty where there is none. A provider
	// that several consumers lack is one cause, without a consumer.
	Consumer, ConsumerVersion string
	Provider, ProviderVersion string
	// SHA and ResultNumber are the evidence; they may be empty.
	SHA          string
	ResultNumber int64
	// Owner is the application whose team can change it.
	Owner string
	// Consumers are those that lack the provider, each once, where it is not there.
	Consumers []string
	// Sentence says it for a person.
	Sentence string
	// OnMain says that it is about the newest versions of the main branches of both.
	OnMain bool
	// Steps are what commands can do about it; none where that is to be asked of the
	// gate.
	Steps []matrix.Step
	// Blocks are the promotions that it stands in the way of, RunsIn the environments
	// in which both sides run now. Both are in the order of the environments.
	Blocks []Promotion
	RunsIn []string
	// Since is when it began, as far as that is known without the history of results.
	Since time.Time

	content int64
	// contents are all that it is about, where it is several.
	contents []int64
	// order is that of the consumer version.
	order int64
	// first is the first of the environments that it is about, production whether that
	// is one of production.
	first      int
	production bool
}

// Promotion is a version on its way to an environment.
type Promotion struct {
	Application, Version, Environment string
}

// Environments are those that the cause is about, each once, in their order.
func (c Cause) Environments() []string {
	var out []string
	for _, p := range c.Blocks {
		if !slices.Contains(out, p.Environment) {
			out = append(out, p.Environment)
		}
	}
	for _, e := range c.RunsIn {
		if !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	return out
}

// Concerns reports whether the cause is about one of the applications.
func (c Cause) Concerns(names map[string]bool) bool {
	if names[c.Consumer] || names[c.Provider] || names[c.Owner] || slices.ContainsFunc(c.Consumers, func(name string) bool { return names[name] }) {
		return true
	}
	return slices.ContainsFunc(c.Blocks, func(p Promotion) bool { return names[p.Application] })
}

// causeKey is what makes two explanations one cause.
type causeKey struct {
	kind               matrix.Cause
	consumer, provider string
	// content and version are those of the verification; of what is about none, the
	// versions stand for them.
	content         int64
	consumerVersion string
	providerVersion string
}

// gathering are causes while they are put together.
type gathering struct {
	found map[causeKey]*Cause
	keys  []causeKey
}

// causes tells each cause of all the decisions once: what blocks comes first, what
// blocks production before the rest, and of either failures before what is missing.
func (o Overview) causes() []Cause {
	g := gathering{found: map[causeKey]*Cause{}}
	for i, e := range o.Environments {
		for _, x := range e.Decision.Explanations {
			for _, c := range g.of(x, i) {
				c.RunsIn = appendOnce(c.RunsIn, e.Environment.Name)
			}
		}
		for _, a := range o.Applications {
			if i >= len(a.Verdicts) {
				continue
			}
			for _, x := range a.Verdicts[i].Explanations {
				for _, c := range g.of(x, i) {
					c.Blocks = appendOnce(c.Blocks, Promotion{a.Name, a.Version, e.Environment.Name})
				}
			}
		}
	}
	out := make([]Cause, len(g.keys))
	for i, key := range g.keys {
		out[i] = g.found[key].whole()
		out[i].OnMain = o.areHeadsOfMain(out[i])
		out[i].production = o.Environments[out[i].first].Environment.Production
	}
	slices.SortStableFunc(out, byWhatItBlocks)
	return out
}

// whole is a cause when all is gathered: what several consumers lack is about none of
// them, nor about a contract of theirs.
func (c Cause) whole() Cause {
	if len(c.Consumers) > 1 {
		c.Consumer, c.ConsumerVersion, c.SHA = "", "", ""
	}
	return c
}

// areHeadsOfMain reports whether a cause is about the newest versions of the main
// branches of both sides.
func (o Overview) areHeadsOfMain(c Cause) bool {
	is := func(name, number string) bool {
		head, known := o.board.Head(name)
		return known && o.board.OnMain(name) && head.Number == number
	}
	return is(c.Consumer, c.ConsumerVersion) && is(c.Provider, c.ProviderVersion)
}

func appendOnce[T comparable](list []T, one T) []T {
	if slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

// byWhatItBlocks puts what is worst first. Which of several environments of production
// it blocks says less than that something failed: a new, empty one lacks everything.
func byWhatItBlocks(a, b Cause) int {
	return cmp.Or(
		flag(b.Blocking)-flag(a.Blocking), flag(b.production)-flag(a.production), flag(b.Kind == matrix.CauseFailed)-flag(a.Kind == matrix.CauseFailed), a.first-b.first,
		flag(len(b.RunsIn) > 0)-flag(len(a.RunsIn) > 0), len(b.Environments())-len(a.Environments()),
		cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Consumer, b.Consumer), cmp.Compare(a.ProviderVersion, b.ProviderVersion), cmp.Compare(a.ConsumerVersion, b.ConsumerVersion),
	)
}

func flag(is bool) int {
	if is {
		return 1
	}
	return 0
}

// of returns the causes that an explanation tells: one for each verification.
func (g *gathering) of(e matrix.Explanation, environment int) []*Cause {
	if !e.Blocking && !e.Doubt && e.Cause != matrix.CauseDropped {
		return nil
	}
	if e.Row == nil || len(e.ProviderVersions) == 0 {
		return []*Cause{g.one(e, "", environment)}
	}
	var out []*Cause
	for _, version := range e.ProviderVersions {
		out = append(out, g.one(e, version, environment))
	}
	return out
}

// one returns the cause that is a verification by one provider version, or by none.
func (g *gathering) one(e matrix.Explanation, version string, environment int) *Cause {
	key := causeKey{kind: e.Cause, consumer: e.Consumer, provider: e.Provider, consumerVersion: e.ConsumerVersion, providerVersion: version}
	if e.Row != nil {
		key.content, key.consumerVersion = e.Row.Publication.ContentID, ""
	}
	if e.Cause == matrix.CauseNotInTarget {
		key = causeKey{kind: e.Cause, provider: e.Provider} // whoever needs it
	}
	c := g.found[key]
	if c == nil {
		c = &Cause{
			Kind: e.Cause, Blocking: e.Blocking, Consumer: e.Consumer, ConsumerVersion: e.ConsumerVersion, Provider: e.Provider, ProviderVersion: version,
			SHA: e.SHA, ResultNumber: e.ResultNumber, Owner: e.Owner, Sentence: e.Sentence, first: environment,
		}
		if e.Row != nil {
			c.content = e.Row.Publication.ContentID
		}
		g.found[key] = c
		g.keys = append(g.keys, key)
		c.learn(e, version)
	}
	c.first = min(c.first, environment)
	if e.Cause == matrix.CauseNotInTarget {
		c.Consumers = appendOnce(c.Consumers, e.Consumer)
		if e.Row != nil {
			c.contents = appendOnce(c.contents, e.Row.Publication.ContentID)
		}
	}
	if e.Row != nil && e.Row.Publication.ConsumerVersion.Order >= c.order {
		c.ConsumerVersion, c.order = e.ConsumerVersion, e.Row.Publication.ConsumerVersion.Order
	}
	return c
}

// learn takes from an explanation what one verification needs: the command for the
// version, and since when that is there.
func (c *Cause) learn(e matrix.Explanation, version string) {
	for _, s := range e.Steps {
		if e.Cause == matrix.CauseNeverVerified && s.Do == matrix.Verify && s.Version == version {
			c.Steps = append(c.Steps, s)
		}
	}
	if e.Row == nil {
		return
	}
	for _, v := range e.Row.Unproven {
		if v.Number == version {
			c.Since = v.CreatedAt
		}
	}
}

// contentsToDate are the contents of causes that began with a contract or a version,
// not with a result.
func contentsToDate(causes []Cause) []int64 {
	var out []int64
	for _, c := range causes {
		if c.content != 0 && c.Kind != matrix.CauseFailed {
			out = append(append(out, c.content), c.contents...)
		}
	}
	return out
}

// date says of causes that began with a contract or a version when that was: the later
// of the two.
func (o Overview) date(causes []Cause, states map[int64]kernel.ContentState) {
	for i := range causes {
		c := &causes[i]
		switch {
		case c.Kind == matrix.CauseFailed:
		case c.content != 0:
			c.Since = later(c.Since, states[c.content].CreatedAt)
			for _, other := range c.contents { // since the first of them was there
				c.Since = earlier(c.Since, states[other].CreatedAt)
			}
		default:
			if v, known := o.board.Version(c.Consumer, c.ConsumerVersion); known {
				c.Since = v.CreatedAt
			}
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// resultsLookedAt is how many results of a content are gone through for the first of
// the failures that is the cause.
const resultsLookedAt = 100

// dateFailures says of causes that are failures since when they are: since the first
// of the failures in a row that the provider version had, or versions before it on one of
// its branches. A commit that changes nothing about a failure is not its beginning.
func dateFailures(tx kernel.Tx, causes []Cause) error {
	found := make([][]matrix.Result, len(causes))
	var looks []func() error
	for i := range causes {
		c := &causes[i]
		if c.Kind != matrix.CauseFailed || c.ResultNumber == 0 {
			continue
		}
		looks = append(looks, func() (err error) {
			found[i], err = tx.ResultsBefore(c.content, c.ResultNumber, resultsLookedAt)
			return err
		})
	}
	if err := tx.Together(looks...); err != nil {
		return err
	}
	branches, err := branchesOfResults(tx, found)
	if err != nil {
		return err
	}
	for i, results := range found {
		if len(results) == 0 {
			continue
		}
		own := beginOf(results, func(v matrix.Version) bool { return v.ID == results[0].ProviderVersion.ID })
		onBranch := beginOf(results, func(v matrix.Version) bool { return branches.together(v.ID, results[0].ProviderVersion.ID) })
		causes[i].Since = earlier(own, onBranch)
	}
	return nil
}

// beginOf is when the failures in a row began of which the first result, the newest, is
// the last one, among those of versions that count.
func beginOf(results []matrix.Result, counts func(matrix.Version) bool) (began time.Time) {
	for _, r := range results {
		switch {
		case !counts(r.ProviderVersion):
		case r.Success:
			return began
		default:
			began = r.ExecutedAt
		}
	}
	return began
}

// branchesByVersion are the branches of versions.
type branchesByVersion map[int64][]kernel.BranchVersion

// branchesOfResults finds the branches of versions, where there is more than one to
// compare.
func branchesOfResults(tx kernel.Tx, found [][]matrix.Result) (branchesByVersion, error) {
	var ids []int64
	for _, results := range found {
		for _, r := range results {
			if r.ProviderVersion.ID != results[0].ProviderVersion.ID {
				ids = append(ids, r.ProviderVersion.ID, results[0].ProviderVersion.ID)
			}
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	slices.Sort(ids)
	return tx.BranchesOf(slices.Compact(ids))
}

// together reports whether two versions are one, or on a branch together.
func (b branchesByVersion) together(one, other int64) bool {
	return one == other || slices.ContainsFunc(b[one], func(of kernel.BranchVersion) bool {
		return slices.ContainsFunc(b[other], func(o kernel.BranchVersion) bool { return o.Branch == of.Branch })
	})
}
