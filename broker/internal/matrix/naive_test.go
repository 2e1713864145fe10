package matrix_test

import (
	"fmt"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
)

// state is what is known of a pair.
type state int

const (
	unknown state = iota
	proven
	disproven
)

// meeting is a consumer version that would meet a provider version. An empty
// provider version means that none is there.
type meeting struct {
	consumer, consumerVersion, provider, providerVersion string
	state                                                state
}

func (m meeting) String() string {
	return fmt.Sprintf("%s %s with %s %q", m.consumer, m.consumerVersion, m.provider, m.providerVersion)
}

// naive is the history as plain sets: what every version asks of whom, who has
// proven what, and who is where.
type naive struct {
	pairs  []meeting
	absent string

	order    []version // as first seen
	pacts    map[pactOf]string
	uses     map[[2]string]bool
	results  map[resultOf]state
	slots    map[string]version
	rollouts map[string]version
	releases []version
	tagged   []version
	branched map[string][]version
	main     map[string]string
}

type (
	version struct{ app, number string }
	pactOf  struct {
		consumer version
		provider string
	}
	resultOf struct {
		consumer, provider, content, by string
	}
)

// enumerate lists every pair that would meet if what is asked were done.
func enumerate(s story.Story) *naive {
	n := newNaive()
	for _, step := range s.Steps {
		n.happen(step)
	}
	n.meet(s.Query)
	return n
}

func newNaive() *naive {
	return &naive{
		pacts: map[pactOf]string{}, uses: map[[2]string]bool{}, results: map[resultOf]state{},
		slots: map[string]version{}, rollouts: map[string]version{}, branched: map[string][]version{}, main: map[string]string{},
	}
}

func add(list []version, v version) []version {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

func (n *naive) happen(s story.Step) {
	v := version{s.App, s.Number}
	switch s.Verb {
	case story.AddEnvironment:
		return
	case story.SetMainBranch:
		n.main[s.App] = s.Branch
		return
	default: // a version acts, below
	}
	n.order = add(n.order, v)
	if s.Branch != "" {
		n.branched[s.App+"/"+s.Branch] = add(n.branched[s.App+"/"+s.Branch], v)
	}
	if len(s.Tags) > 0 {
		n.tagged = add(n.tagged, v)
	}
	slot := s.App + "/" + s.Instance
	switch s.Verb {
	case story.Publish:
		n.pacts[pactOf{v, s.Partner}] = s.Content
		n.uses[[2]string{s.App, s.Partner}] = true
	case story.Verify:
		if content, ok := n.pacts[pactOf{version{s.Partner, s.PartnerNumber}, s.App}]; ok {
			result := disproven
			if s.Success {
				result = proven
			}
			n.results[resultOf{s.Partner, s.App, content, s.Number}] = result
		}
	case story.Deploy:
		if n.slots[slot] != v {
			n.slots[slot] = v
			delete(n.rollouts, slot)
		}
	case story.StartRollout:
		if _, running := n.rollouts[slot]; !running && n.slots[slot] != v {
			n.rollouts[slot] = v
		}
	case story.Promote:
		if n.rollouts[slot] == v {
			n.slots[slot] = v
			delete(n.rollouts, slot)
		}
	case story.Abort, story.Undeploy:
		if n.rollouts[slot] == v {
			delete(n.rollouts, slot)
		} else if n.slots[slot] == v && s.Verb == story.Undeploy {
			delete(n.slots, slot)
		}
	case story.Release:
		n.releases = add(n.releases, v)
	case story.Unrelease:
		n.releases = slices.DeleteFunc(n.releases, func(r version) bool { return r == v })
	default: // the version is there now, which is all
	}
}

// there lists the versions of an application in the target.
func (n *naive) there(app string, t matrix.Target) []version {
	var all []version
	switch {
	case t.Environment != "":
		for _, v := range n.order {
			for _, instance := range story.Instances {
				if (n.slots[app+"/"+instance] == v || n.rollouts[app+"/"+instance] == v) && v.app == app {
					all = add(all, v)
				}
			}
			if v.app == app && slices.Contains(n.releases, v) {
				all = add(all, v)
			}
		}
		return all
	case t.MainBranch:
		if n.main[app] != "" {
			all = n.branched[app+"/"+n.main[app]]
		}
	default:
		for _, v := range n.order {
			if v.app == app && (t.Tag == "" || slices.Contains(n.tagged, v)) {
				all = append(all, v)
			}
		}
	}
	if t.Latest && len(all) > 0 {
		return all[len(all)-1:]
	}
	return all
}

// meet enumerates the pairs of the question's versions with each other and with
// whoever is in the target.
func (n *naive) meet(q matrix.Query) {
	named := map[string]version{}
	for _, s := range q.Selectors {
		named[s.Pacticipant] = version{s.Pacticipant, s.Version}
	}
	for _, s := range q.Selectors {
		v := named[s.Pacticipant]
		if !slices.Contains(n.order, v) && !ignored(q, v.app, v.number) {
			n.absent = v.app + " " + v.number
		}
		n.asConsumer(q, named, v)
		n.asProvider(q, named, v)
	}
}

func (n *naive) asConsumer(q matrix.Query, named map[string]version, v version) {
	for _, provider := range story.Apps {
		if _, has := n.pacts[pactOf{v, provider}]; !has {
			continue
		}
		var partners []version
		partner, isNamed := named[provider]
		if isNamed {
			partners = append(partners, partner)
		}
		if !q.Target.IsZero() && (!isNamed || provider == v.app) {
			for _, p := range n.there(provider, q.Target) {
				partners = add(partners, p)
			}
		}
		if !isNamed && n.mayGo(q, provider) {
			n.pair(q, v, version{app: provider}) // were it aborted, there would be nobody
		}
		if len(partners) == 0 && !q.Target.IsZero() {
			n.pair(q, v, version{app: provider})
		}
		for _, p := range partners {
			n.pair(q, v, p)
		}
	}
}

// mayGo reports whether an application is in the environment as the candidate of rollouts
// only. What is ignored is not there.
func (n *naive) mayGo(q matrix.Query, app string) bool {
	if q.Target.Environment == "" || ignored(q, app, "") {
		return false
	}
	candidates, firm := 0, false
	for _, v := range n.there(app, q.Target) {
		if ignored(q, v.app, v.number) {
			continue
		}
		stays := slices.Contains(n.releases, v)
		for _, instance := range story.Instances {
			stays = stays || n.slots[app+"/"+instance] == v
		}
		if firm = firm || stays; !stays {
			candidates++
		}
	}
	return candidates > 0 && !firm
}

func (n *naive) asProvider(q matrix.Query, named map[string]version, v version) {
	if q.Target.IsZero() {
		return
	}
	for _, consumer := range story.Apps {
		_, isNamed := named[consumer]
		if !n.uses[[2]string{consumer, v.app}] || isNamed && consumer != v.app {
			continue
		}
		for _, c := range n.there(consumer, q.Target) {
			if _, has := n.pacts[pactOf{c, v.app}]; has && c != v {
				n.pair(q, c, v)
			}
		}
	}
}

func (n *naive) pair(q matrix.Query, c, p version) {
	if ignored(q, c.app, c.number) || ignored(q, p.app, p.number) {
		return
	}
	content := n.pacts[pactOf{c, p.app}]
	n.pairs = append(n.pairs, meeting{c.app, c.number, p.app, p.number, n.results[resultOf{c.app, p.app, content, p.number}]})
}

func ignored(q matrix.Query, app, number string) bool {
	for _, i := range q.Ignore {
		if i.Pacticipant == app && (i.Version == "" || i.Version == number) {
			return true
		}
	}
	return false
}
