// Package compare tells what changed between two pacts by meaning: what the
// provider has to do in addition, what it no longer has to do, and what only
// reads differently.
//
// Begin with [Pacts]. It looks at the two documents alone: whether a provider
// does what is asked in addition is for package verifier to find out. Its
// functions change nothing and are safe for concurrent use.
package compare

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/internal/walk"
)

// Kind says what a change means to the provider.
type Kind string

// The kinds of change.
const (
	// Added and Removed are whole interactions.
	Added   Kind = "added"
	Removed Kind = "removed"
	// Tightened: something is required now that was not, or accepted less widely.
	Tightened Kind = "tightened"
	// Relaxed: something is no longer required, or accepted more widely.
	Relaxed Kind = "relaxed"
	// Changed: required before and now, but different.
	Changed Kind = "changed"
	// ExampleOnly: the example differs, what is accepted does not.
	ExampleOnly Kind = "example only"
)

// Change is one difference.
type Change struct {
	// Kind is what it means to the provider.
	Kind Kind `json:"kind"`
	// Where is the interaction by description and provider states.
	Where string `json:"where"`
	// Part of the interaction, such as "response body"; empty for the whole.
	Part string `json:"part,omitempty"`
	// Path within the part; may be empty.
	Path string `json:"path,omitempty"`
	// Before and After in words; empty where there is nothing.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// String returns the change in one line: kind, place, before and after.
func (c Change) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", c.Kind, c.Where)
	for _, part := range []string{c.Part, c.Path} {
		if part != "" {
			b.WriteString(" " + part)
		}
	}
	switch {
	case c.Before != "" && c.After != "":
		fmt.Fprintf(&b, ": %s -> %s", c.Before, c.After)
	case c.After != "":
		b.WriteString(": " + c.After)
	case c.Before != "":
		b.WriteString(": was " + c.Before)
	}
	return b.String()
}

// Breaking reports whether a provider that keeps the old pact may fail the new
// one: true for Added, Tightened and Changed.
func (c Change) Breaking() bool {
	return c.Kind == Added || c.Kind == Tightened || c.Kind == Changed
}

// Pacts returns what changed from before to after, in the order of after's
// interactions, removed ones last. Interactions are the same by key, else by
// description and provider states. Order and formatting do not count.
func Pacts(before, after *contract.Pact) []Change {
	c := &comparison{}
	c.parties(before, after)
	old := newIndex(before.Interactions)
	for _, i := range after.Interactions {
		c.where = title(i)
		if other := old.take(i); other != nil {
			c.interaction(other, i)
		} else {
			c.add(Added, "", "", "", summary(i))
		}
	}
	for _, i := range old.left(before.Interactions) {
		c.where = title(i)
		c.add(Removed, "", "", summary(i), "")
	}
	return c.changes
}

// comparison collects changes; where is the interaction that is looked at.
type comparison struct {
	where   string
	changes []Change
}

func (c *comparison) add(kind Kind, part, path, before, after string) {
	c.changes = append(c.changes, Change{
		Kind: kind, Where: c.where, Part: part, Path: path, Before: clip(before), After: clip(after),
	})
}

func clip(s string) string {
	const most = 120
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

func (c *comparison) parties(before, after *contract.Pact) {
	c.where = "contract"
	c.text("consumer", "", before.Consumer, after.Consumer)
	c.text("provider", "", before.Provider, after.Provider)
}

// text compares two texts that are required as they are.
func (c *comparison) text(part, path, before, after string) {
	if before != after {
		c.add(Changed, part, path, before, after)
	}
}

func title(i contract.Interaction) string {
	text := fmt.Sprintf("%q", i.Base().Description)
	for n, s := range i.Base().States {
		joint := " and "
		if n == 0 {
			joint = " given "
		}
		text += fmt.Sprintf("%s%q", joint, s.Name)
	}
	return text
}

func summary(i contract.Interaction) string {
	switch i := i.(type) {
	case *contract.HTTP:
		return fmt.Sprintf("%s %s answers %d", i.Request.Method, i.Request.Path, i.Response.Status)
	case *contract.AsyncMessage:
		return "a message"
	default:
		return "a request message with its answers"
	}
}

// index finds interactions of the old contract.
type index struct {
	byKey  map[string][]contract.Interaction
	byName map[string][]contract.Interaction
	taken  map[contract.Interaction]bool
}

func newIndex(list []contract.Interaction) *index {
	x := &index{
		byKey: map[string][]contract.Interaction{}, byName: map[string][]contract.Interaction{},
		taken: map[contract.Interaction]bool{},
	}
	for _, i := range list {
		if key := i.Base().Key; key != "" {
			x.byKey[key] = append(x.byKey[key], i)
		}
		name := contract.Identity(i)
		x.byName[name] = append(x.byName[name], i)
	}
	return x
}

// take returns the old interaction that i continues, once.
func (x *index) take(i contract.Interaction) contract.Interaction {
	for _, list := range [][]contract.Interaction{x.byKey[i.Base().Key], x.byName[contract.Identity(i)]} {
		for _, old := range list {
			if !x.taken[old] && old.Kind() == i.Kind() {
				x.taken[old] = true
				return old
			}
		}
	}
	return nil
}

func (x *index) left(list []contract.Interaction) []contract.Interaction {
	var out []contract.Interaction
	for _, i := range list {
		if !x.taken[i] {
			out = append(out, i)
		}
	}
	return out
}

// interaction compares two of the same kind.
func (c *comparison) interaction(before, after contract.Interaction) {
	if title(before) != title(after) {
		c.add(Changed, "name", "", title(before), title(after))
	}
	c.pending(before.Base(), after.Base())
	switch after := after.(type) {
	case *contract.HTTP:
		before, _ := before.(*contract.HTTP)
		c.request(before.Request, after.Request)
		c.response(before.Response, after.Response)
	case *contract.AsyncMessage:
		before, _ := before.(*contract.AsyncMessage)
		c.message("message", before.Message, after.Message, required)
	case *contract.SyncMessage:
		before, _ := before.(*contract.SyncMessage)
		c.message("request", before.Request, after.Request, sent)
		c.answers(before.Responses, after.Responses)
	}
}

func (c *comparison) pending(before, after *contract.Common) {
	switch {
	case before.Pending && !after.Pending:
		c.add(Tightened, "pending", "", "may fail", "must pass")
	case !before.Pending && after.Pending:
		c.add(Relaxed, "pending", "", "must pass", "may fail")
	}
}

func (c *comparison) answers(before, after []contract.Message) {
	for n := range max(len(before), len(after)) {
		part := fmt.Sprintf("response[%d]", n)
		switch {
		case n >= len(before):
			c.add(Tightened, part, "", "", "a further answer")
		case n >= len(after):
			c.add(Relaxed, part, "", "an answer", "")
		default:
			c.message(part, before[n], after[n], required)
		}
	}
}

func (c *comparison) message(part string, before, after contract.Message, side side) {
	if reflect.DeepEqual(before, after) {
		return
	}
	was, is := metadata(before), metadata(after)
	for _, key := range joinKeys(was, is) {
		c.constraint(part+" metadata", key, side, was[key], is[key])
	}
	c.body(part+" contents", side, before.Contents, after.Contents, before.Rules, after.Rules)
}

// metadata is what is said about each key. Rules name one as it is or by a
// path expression, and the content type has two names.
func metadata(m contract.Message) map[string]constraint {
	rules := walk.Compile(m.Rules[contract.CategoryMetadata])
	out := map[string]constraint{}
	for key, value := range m.Metadata {
		list, ok := m.Rules[contract.CategoryMetadata][key]
		if !ok {
			list, _, _ = rules.Best(contract.Path{{Kind: contract.TokenRoot}, {Kind: contract.TokenField, Name: key}})
		}
		k := constraint{there: true, value: value, rules: list}
		if strings.EqualFold(key, "contentType") || strings.EqualFold(key, "content-type") {
			key, k.tolerant = "contentType", true
			if text, ok := value.(string); ok {
				k.value = typeText(text)
			}
		}
		out[key] = k
	}
	return out
}

// joinKeys returns the keys of both maps, sorted.
func joinKeys[V any](a, b map[string]V) []string {
	all := map[string]bool{}
	for key := range a {
		all[key] = true
	}
	for key := range b {
		all[key] = true
	}
	return walk.SortedKeys(all)
}

// sameRules reports whether two values are under the same rules, however spelled.
func sameRules(a, b constraint) bool {
	return reflect.DeepEqual(a.meaning(), b.meaning())
}
