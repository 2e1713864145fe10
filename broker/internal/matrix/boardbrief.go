package matrix

import "slices"

// Verdict is Deploy for who looks at much: without rows and selectors. Most answers
// are a plain yes, which is seen at a glance; all others are Deploy's, of now or of
// when the facts were the same.
func (b *Board) Verdict(m *Memory, name, environment string) (Decision, error) {
	return b.VersionVerdict(m, name, b.heads[b.applications[name].ID].Number, environment)
}

// VersionVerdict is Verdict for a version that is in one of the environments.
func (b *Board) VersionVerdict(m *Memory, name, number, environment string) (Decision, error) {
	a := b.applications[name]
	v, known := b.byNumber[a.ID][number]
	if !known {
		return b.DeployVersion(name, number, environment)
	}
	if d, plain := b.plainYes(a, v, environment); plain {
		return d, nil
	}
	return m.of(asked{name, number, environment}, b.factsOf(a, v, environment), func() (Decision, error) {
		d, err := b.DeployVersion(name, number, environment)
		return d.WithoutRows(), err
	})
}

// plainYes answers where every pair that would meet has a success, and there is
// nothing else to tell.
func (b *Board) plainYes(a Pacticipant, coming Version, environment string) (Decision, bool) {
	live, read := b.live[environment]
	if !read || len(b.dropped[coming.ID]) > 0 || b.about != 0 && b.about != a.ID {
		return Decision{}, false
	}
	var met proofs
	for _, p := range b.pacts[coming.ID] {
		there := live[p.Provider.ID]
		if p.Provider.ID == a.ID || !b.meets(&met, p, there) || !anyFirm(there) || b.anyDropped(there) {
			return Decision{}, false
		}
	}
	for _, in := range b.consumersOf[a.ID] {
		there := live[in.Consumer.ID]
		if in.Consumer.ID == a.ID || b.anyDropped(there) {
			return Decision{}, false
		}
		for _, v := range there {
			p, has := b.pactOf(v.ID, a.ID)
			if !has || !met.add(b.results[Pair{p.ContentID, coming.ID}]) {
				return Decision{}, false
			}
		}
	}
	return met.plain(), true
}

// Fits is Together for who looks at much, as Verdict is Deploy.
func (b *Board) Fits(m *Memory, environment string) (Decision, error) {
	if d, plain := b.plainlyFits(environment); plain {
		return d, nil
	}
	return m.of(asked{environment: environment}, b.factsIn(environment), func() (Decision, error) {
		d, err := b.Together(environment)
		return d.WithoutRows(), err
	})
}

// plainlyFits answers where every pair that meets in an environment has a success, and
// there is nothing else to tell.
func (b *Board) plainlyFits(environment string) (Decision, bool) {
	live := b.live[environment]
	var met proofs
	inhabited := false
	for consumer, versions := range live {
		inhabited = inhabited || len(versions) > 0
		if b.anyDropped(versions) {
			return Decision{}, false
		}
		for _, v := range versions {
			for _, p := range b.pacts[v.ID] {
				if p.Provider.ID == consumer || !b.meets(&met, p, live[p.Provider.ID]) {
					return Decision{}, false
				}
			}
		}
	}
	if !inhabited {
		return Decision{}, false
	}
	return met.plain(), true
}

// meets adds the successes that the versions of its provider have for the pact. It is
// false if one of them has none, or there is no version.
func (b *Board) meets(met *proofs, p Publication, there []Version) bool {
	for _, v := range there {
		if !met.add(b.results[Pair{p.ContentID, v.ID}]) {
			return false
		}
	}
	return len(there) > 0
}

// proofs counts successes, and those among them that their own tests do not bear out.
type proofs struct{ all, doubtful int }

func (p *proofs) add(r Result) bool {
	p.all++
	if r.doubtful() {
		p.doubtful++
	}
	return r.Success
}

// plain is a yes that rests on these successes, and on nothing else.
func (p proofs) plain() Decision {
	reason := AllVerified
	if p.all == 0 {
		reason = NothingRequired
	}
	return Decision{Verdict: Deployable, Counts: Counts{Success: p.all}, Doubtful: p.doubtful, Reasons: []Reason{{Kind: reason}}}
}

func (b *Board) anyDropped(versions []Version) bool {
	for _, v := range versions {
		if len(b.dropped[v.ID]) > 0 {
			return true
		}
	}
	return false
}

func (b *Board) pactOf(version, provider int64) (Publication, bool) {
	for _, p := range b.pacts[version] {
		if p.Provider.ID == provider {
			return p, true
		}
	}
	return Publication{}, false
}

// Untold is a pact of a head that versions of its provider which matter have no
// result for.
type Untold struct {
	Publication Publication
	// Head is the head of the provider if that has no result; nil if it has one.
	// HasHead is false where the provider has no version at all.
	Head    *Version
	HasHead bool
	// Live are the versions without a result that are in environments.
	Live []LiveVersion
}

// LiveVersion is a version in an environment.
type LiveVersion struct {
	Environment string
	Version     Version
}

// Untold lists the pacts of all heads that a result is missing for, of the head of
// the provider or of what is in one of the environments, in the order of the
// applications and the environments.
func (b *Board) Untold(environments []string) []Untold {
	var out []Untold
	for _, name := range b.names {
		head, known := b.Head(name)
		if !known {
			continue
		}
		for _, p := range b.pacts[head.ID] {
			if u, open := b.untold(p, environments); open {
				out = append(out, u)
			}
		}
	}
	return out
}

// Failing lists the pacts of all heads of which the newest version of the provider, or
// one of its versions in one of the environments, has a failure.
func (b *Board) Failing(environments []string) []Publication {
	var out []Publication
	for _, name := range b.names {
		head, known := b.Head(name)
		if !known {
			continue
		}
		for _, p := range b.pacts[head.ID] {
			if b.fails(p, environments) {
				out = append(out, p)
			}
		}
	}
	return out
}

func (b *Board) fails(p Publication, environments []string) bool {
	failed := func(v Version) bool {
		r, told := b.results[Pair{p.ContentID, v.ID}]
		return told && !r.Success
	}
	if failed(b.heads[p.Provider.ID]) {
		return true
	}
	return slices.ContainsFunc(environments, func(e string) bool { return slices.ContainsFunc(b.live[e][p.Provider.ID], failed) })
}

func (b *Board) untold(p Publication, environments []string) (Untold, bool) {
	u := Untold{Publication: p}
	head, known := b.heads[p.Provider.ID]
	u.HasHead = known
	if _, told := b.results[Pair{p.ContentID, head.ID}]; known && !told {
		u.Head = &head
	}
	for _, e := range environments {
		for _, v := range b.live[e][p.Provider.ID] {
			if _, told := b.results[Pair{p.ContentID, v.ID}]; !told {
				u.Live = append(u.Live, LiveVersion{e, v})
			}
		}
	}
	return u, !known || u.Head != nil || len(u.Live) > 0
}
