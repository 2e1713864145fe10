package contract

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Merge adds the interactions of added to a copy of existing: what a test run
// does to the pact file of an earlier one. Neither argument is changed; the
// result shares interactions with both.
//
// The newer of both versions is the result's, and V4 where it would have both
// HTTP and messages: in an older file verifiers check one half and pass over
// the other. Metadata is joined, added wins.
// An interaction of added replaces the existing one that is the same
// expectation and is appended otherwise. Two are the same when both have a
// key and it is equal, else when kind, description and names and parameters
// of the provider states are.
//
// Different consumers or providers, and before V4 the same HTTP expectation
// with a different method, path, query or status, are a [*ConflictError]. The
// result of V4 is sorted by description, that of earlier versions keeps its
// order.
func Merge(existing, added *Pact) (*Pact, error) {
	out := &Pact{
		Consumer: added.Consumer,
		Provider: added.Provider,
		Version:  max(existing.Version, added.Version),
		Metadata: mergeMetadata(existing.Metadata, added.Metadata),
		Extra:    maps.Clone(existing.Extra),
	}
	if out.Extra == nil {
		out.Extra = maps.Clone(added.Extra)
	} else {
		maps.Copy(out.Extra, added.Extra)
	}
	conflicts := partyConflicts(existing, added)
	if len(conflicts) > 0 {
		return nil, &ConflictError{Conflicts: conflicts}
	}
	m := newMerger(existing.Interactions, len(added.Interactions))
	for _, i := range added.Interactions {
		old := m.put(i)
		if old != nil && out.Version < V4 {
			conflicts = append(conflicts, httpConflicts(old, i)...)
		}
	}
	if len(conflicts) > 0 {
		return nil, &ConflictError{Conflicts: conflicts}
	}
	out.Interactions = m.list
	if hasBothKinds(out.Interactions) {
		out.Version = V4
	}
	if out.Version == V4 {
		slices.SortStableFunc(out.Interactions, func(a, b Interaction) int {
			return cmp.Compare(a.Base().Description, b.Base().Description)
		})
	}
	return out, nil
}

// hasBothKinds reports whether there are HTTP interactions beside messages.
func hasBothKinds(list []Interaction) bool {
	isHTTP := func(i Interaction) bool { return i.Kind() == KindHTTP }
	return slices.ContainsFunc(list, isHTTP) && slices.ContainsFunc(list, func(i Interaction) bool { return !isHTTP(i) })
}

func partyConflicts(existing, added *Pact) []Conflict {
	var conflicts []Conflict
	if existing.Consumer != added.Consumer {
		conflicts = append(conflicts, Conflict{What: "consumer", Existing: existing.Consumer, Added: added.Consumer})
	}
	if existing.Provider != added.Provider {
		conflicts = append(conflicts, Conflict{What: "provider", Existing: existing.Provider, Added: added.Provider})
	}
	return conflicts
}

// merger is a list of interactions with an index by identity, so that merging
// takes time in proportion to both lists. Interactions of one side never
// replace each other: those that are the same pair up in order.
type merger struct {
	list   []Interaction
	byKey  map[string][]int
	byName map[string][]int
}

func newMerger(existing []Interaction, more int) *merger {
	m := &merger{
		list:   append(make([]Interaction, 0, len(existing)+more), existing...),
		byKey:  map[string][]int{},
		byName: map[string][]int{},
	}
	for at, i := range existing {
		name := Identity(i)
		m.byName[name] = append(m.byName[name], at)
		if key := i.Base().Key; key != "" {
			m.byKey[key] = append(m.byKey[key], at)
		}
	}
	return m
}

// put replaces the interaction that is the same as i and returns it, or
// appends i and returns nil.
func (m *merger) put(i Interaction) Interaction {
	at, ok := m.find(i)
	if !ok {
		m.list = append(m.list, i)
		return nil
	}
	old := m.list[at]
	m.list[at] = i
	m.forget(old, at)
	return old
}

// find looks for the same key, then for the same name; two keys that differ
// are two expectations.
func (m *merger) find(i Interaction) (int, bool) {
	key := i.Base().Key
	if at := m.byKey[key]; len(at) > 0 {
		return at[0], true
	}
	for _, at := range m.byName[Identity(i)] {
		if key == "" || m.list[at].Base().Key == "" {
			return at, true
		}
	}
	return 0, false
}

func (m *merger) forget(old Interaction, at int) {
	isAt := func(other int) bool { return other == at }
	name, key := Identity(old), old.Base().Key
	m.byName[name] = slices.DeleteFunc(m.byName[name], isAt)
	m.byKey[key] = slices.DeleteFunc(m.byKey[key], isAt)
}

// Identity returns a text that is equal for interactions of the same kind,
// description and provider states with their parameters, whatever the order
// of the states.
func Identity(i Interaction) string {
	c := i.Base()
	states := make([]string, 0, len(c.States))
	for _, s := range c.States {
		states = append(states, fmt.Sprintf("%q %v", s.Name, s.Params))
	}
	slices.Sort(states)
	return fmt.Sprintf("%s %q [%s]", i.Kind(), c.Description, strings.Join(states, ", "))
}

// httpConflicts compares what makes two exchanges different requests, as the
// specification has it: not headers, bodies, rules or generators.
func httpConflicts(existing, added Interaction) []Conflict {
	a, ok := existing.(*HTTP)
	b, also := added.(*HTTP)
	if !ok || !also {
		return nil
	}
	what := fmt.Sprintf("interaction %q", a.Description)
	if len(a.States) > 0 {
		what += fmt.Sprintf(" given %q", a.States[0].Name)
	}
	var conflicts []Conflict
	for _, part := range []struct{ name, existing, added string }{
		{"method", a.Request.Method, b.Request.Method},
		{"path", a.Request.Path, b.Request.Path},
		{"query", FormatQuery(a.Request.Query), FormatQuery(b.Request.Query)},
		{"status", fmt.Sprint(a.Response.Status), fmt.Sprint(b.Response.Status)},
	} {
		if part.existing != part.added {
			conflicts = append(conflicts, Conflict{What: what, Part: part.name, Existing: part.existing, Added: part.added})
		}
	}
	return conflicts
}

// mergeMetadata joins members; "plugins" is joined by name and version.
func mergeMetadata(existing, added map[string]any) map[string]any {
	if existing == nil && added == nil {
		return nil
	}
	out := map[string]any{}
	maps.Copy(out, existing)
	maps.Copy(out, added)
	old, ok := existing["plugins"].([]any)
	fresh, also := added["plugins"].([]any)
	if ok && also {
		out["plugins"] = mergePlugins(old, fresh)
	}
	return out
}

func mergePlugins(existing, added []any) []any {
	out := slices.Clone(existing)
	for _, plugin := range added {
		at := slices.IndexFunc(out, func(other any) bool { return samePlugin(other, plugin) })
		if at < 0 {
			out = append(out, plugin)
			continue
		}
		out[at] = deepMerge(out[at], plugin)
	}
	return out
}

func samePlugin(a, b any) bool {
	x, ok := a.(map[string]any)
	y, also := b.(map[string]any)
	return ok && also && reflect.DeepEqual(x["name"], y["name"]) && reflect.DeepEqual(x["version"], y["version"])
}

// deepMerge joins objects member by member; otherwise the added value wins.
func deepMerge(existing, added any) any {
	old, ok := existing.(map[string]any)
	fresh, also := added.(map[string]any)
	if !ok || !also {
		return added
	}
	out := maps.Clone(old)
	for name, value := range fresh {
		out[name] = deepMerge(out[name], value)
	}
	return out
}
