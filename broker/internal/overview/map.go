package overview

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/internal/near"
)

// MapEdge is a consumer with one of its providers, and how the two stand.
type MapEdge struct {
	Consumer, Provider string
	// Places are where they meet, in the order of pages; none where no version that
	// counts has a contract any more.
	Places []MapPlace
}

// MapPlace is how a pair stands in one environment, or among the newest versions.
type MapPlace struct {
	// Environment is "" for the newest versions.
	Environment string
	Outcome     matrix.Outcome
}

// In returns the environments in which the pair has an outcome; "" among them are
// the newest versions.
func (e MapEdge) In(outcome matrix.Outcome) []string {
	var out []string
	for _, p := range e.Places {
		if p.Outcome == outcome {
			out = append(out, p.Environment)
		}
	}
	return out
}

// Outcome is the worst of all places: what failed counts before what is not proven.
// known is false where the two meet nowhere.
func (e MapEdge) Outcome() (worst matrix.Outcome, known bool) {
	worst = matrix.Unverified
	for i, p := range e.Places {
		if i == 0 || rank(p.Outcome) < rank(worst) {
			worst = p.Outcome
		}
	}
	return worst, len(e.Places) > 0
}

// rank puts what failed first, and what holds last.
func rank(o matrix.Outcome) int {
	switch o {
	case matrix.Failed:
		return 0
	case matrix.Unverified:
		return 1
	default:
		return 2
	}
}

// Fails reports whether the pair fails anywhere.
func (e MapEdge) Fails() bool {
	outcome, known := e.Outcome()
	return known && outcome == matrix.Failed
}

// Map is who depends on whom. Nobody changes what is in it.
type Map struct {
	// Applications are all by name, with their labels.
	Applications map[string][]string
	// Edges are all there are, those that fail first, then by name.
	Edges []MapEdge
}

// LookAtMap tells who depends on whom, from what everybody looks at: who has seen the
// start page has the map. The answer is kept while nothing changes.
func (s *Service) LookAtMap(ctx context.Context) (Map, error) {
	all, err := s.Everything(ctx)
	if err != nil {
		return Map{}, err
	}
	return s.network.from(ctx, all, func(*matrix.Memory) (Map, error) {
		out := Map{Applications: make(map[string][]string, len(all.Listed)), Edges: mapEdges(all.Integrations, all.board.Meetings(), all.environmentNames())}
		for _, one := range all.Listed {
			out.Applications[one.Name] = one.Labels
		}
		return out, nil
	})
}

// mapEdges puts together what is known of each pair.
func mapEdges(integrations []kernel.Integration, meetings []matrix.Meeting, environments []string) []MapEdge {
	order := map[string]int{"": -1}
	for i, name := range environments {
		order[name] = i
	}
	places := map[[2]int64][]MapPlace{}
	for _, m := range meetings {
		pair := [2]int64{m.Consumer.ID, m.Provider.ID}
		places[pair] = append(places[pair], MapPlace{m.Place, m.Outcome})
	}
	out := make([]MapEdge, len(integrations))
	for i, in := range integrations {
		found := places[[2]int64{in.Consumer.ID, in.Provider.ID}]
		slices.SortFunc(found, func(a, b MapPlace) int { return order[a.Environment] - order[b.Environment] })
		out[i] = MapEdge{Consumer: in.Consumer.Name, Provider: in.Provider.Name, Places: found}
	}
	slices.SortFunc(out, compareEdges)
	return out
}

// compareEdges puts what fails first, and then what is not proven.
func compareEdges(a, b MapEdge) int {
	return cmp.Or(weight(a)-weight(b), compareNames(a.Consumer, b.Consumer), compareNames(a.Provider, b.Provider))
}

func weight(e MapEdge) int {
	outcome, known := e.Outcome()
	if !known {
		return 3
	}
	return rank(outcome)
}

// Failing leaves the edges that fail, and the applications at their ends.
func (m Map) Failing() Map {
	return m.only(func(e MapEdge) bool { return e.Fails() })
}

func (m Map) only(wanted func(MapEdge) bool) Map {
	out := Map{Applications: map[string][]string{}}
	for _, e := range m.Edges {
		if wanted(e) {
			out.Edges = append(out.Edges, e)
			out.Applications[e.Consumer], out.Applications[e.Provider] = m.Applications[e.Consumer], m.Applications[e.Provider]
		}
	}
	return out
}

// Around leaves what is at most so many steps away from an application, in either
// direction: those that depend on it and those that it depends on. Between two that
// are left, all edges are. CodeNotFound says that there is no such application.
func (m Map) Around(application string, steps int) (Map, error) {
	labels, known := m.Applications[application]
	if !known {
		return Map{}, kernel.Errorf(kernel.CodeNotFound, "There is no application named %q.%s", application, near.Sentence(application, slices.Sorted(maps.Keys(m.Applications))))
	}
	distances := m.distances(application, steps)
	out := m.only(func(e MapEdge) bool { return distances[e.Consumer] > 0 && distances[e.Provider] > 0 })
	out.Applications[application] = labels
	return out, nil
}

// distances are the steps from an application to those that are near, beginning
// with 1 for itself.
func (m Map) distances(from string, steps int) map[string]int {
	beside := map[string][]string{}
	for _, e := range m.Edges {
		beside[e.Consumer] = append(beside[e.Consumer], e.Provider)
		beside[e.Provider] = append(beside[e.Provider], e.Consumer)
	}
	out, edge := map[string]int{from: 1}, []string{from}
	for step := 2; step < steps+2 && len(edge) > 0; step++ {
		var next []string
		for _, name := range edge {
			for _, other := range beside[name] {
				if out[other] == 0 {
					out[other] = step
					next = append(next, other)
				}
			}
		}
		edge = next
	}
	return out
}

// Nearest leaves so many applications at most: the one that is named, those that are
// nearest to it, and of equally near ones those with an edge that fails. left is how
// many are not there.
func (m Map) Nearest(application string, most int) (out Map, left int) {
	if len(m.Applications) <= most {
		return m, 0
	}
	distances, fails := m.distances(application, len(m.Applications)), map[string]bool{}
	for _, e := range m.Edges {
		if e.Fails() {
			fails[e.Consumer], fails[e.Provider] = true, true
		}
	}
	far := func(name string) int { // what nothing leads to comes last
		if distances[name] == 0 {
			return len(m.Applications) + 2
		}
		return distances[name]
	}
	names := slices.SortedFunc(maps.Keys(m.Applications), func(a, b string) int {
		return cmp.Or(far(a)-far(b), failsFirst(fails[a], fails[b]), compareNames(a, b))
	})
	kept := map[string]bool{}
	for _, name := range names[:most] {
		kept[name] = true
	}
	out = m.only(func(e MapEdge) bool { return kept[e.Consumer] && kept[e.Provider] })
	for name := range kept {
		out.Applications[name] = m.Applications[name]
	}
	return out, len(m.Applications) - most
}

func failsFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// Labelled leaves the applications of a group with their partners outside of it.
func (m Map) Labelled(group string) Map {
	out := m.only(func(e MapEdge) bool {
		return GroupOf(m.Applications[e.Consumer]) == group || GroupOf(m.Applications[e.Provider]) == group
	})
	for name, labels := range m.Applications {
		if GroupOf(labels) == group {
			out.Applications[name] = labels
		}
	}
	return out
}

// GroupOf is the group of an application with these labels: the first that names a
// team or, without one, the first of all; "" without any.
func GroupOf(labels []string) string {
	for _, label := range labels {
		if strings.HasPrefix(strings.ToLower(label), "team") {
			return label
		}
	}
	if len(labels) > 0 {
		return labels[0]
	}
	return ""
}

// GroupEdge is what one group of applications has with another, or within itself.
type GroupEdge struct {
	Consumer, Provider string
	// Pairs, Failing and Unproven count pairs of applications.
	Pairs, Failing, Unproven, Proven int
}

// Groups are the sizes of all groups, and what they have with each other, what fails
// most first.
func (m Map) Groups() (sizes map[string]int, edges []GroupEdge) {
	sizes = map[string]int{}
	for _, labels := range m.Applications {
		sizes[GroupOf(labels)]++
	}
	found := map[[2]string]*GroupEdge{}
	for _, e := range m.Edges {
		pair := [2]string{GroupOf(m.Applications[e.Consumer]), GroupOf(m.Applications[e.Provider])}
		if found[pair] == nil {
			found[pair] = &GroupEdge{Consumer: pair[0], Provider: pair[1]}
		}
		g := found[pair]
		g.Pairs++
		switch outcome, known := e.Outcome(); {
		case !known:
		case outcome == matrix.Failed:
			g.Failing++
		case outcome == matrix.Unverified:
			g.Unproven++
		default:
			g.Proven++
		}
	}
	for _, g := range found {
		edges = append(edges, *g)
	}
	slices.SortFunc(edges, func(a, b GroupEdge) int {
		return cmp.Or(b.Failing-a.Failing, b.Unproven-a.Unproven, compareNames(a.Consumer, b.Consumer), compareNames(a.Provider, b.Provider))
	})
	return sizes, edges
}
