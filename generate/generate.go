package generate

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/treatyhq/treaty/contract"
)

// Mode tells which side plays; some generators apply in one mode only.
type Mode int

// The modes.
const (
	// Consumer mode: the mock server produces a response for a consumer's test.
	Consumer Mode = iota
	// Provider mode: the verifier produces a request for the real provider.
	Provider
	// Expected mode: the verifier completes what it expects of the provider.
	// Only values that the provider states gave are known beforehand.
	Expected
)

// Context is what generators draw from. It may be used by several goroutines
// at a time unless Rand is set.
type Context struct {
	// Mode is Consumer for the zero value.
	Mode Mode
	// StateValues are returned by handlers of provider states or taken from the
	// parameters of these states, as decoded JSON by name; nil when there are none.
	StateValues map[string]any
	// MockServerURL is the base URL for the generator of that name, which fails
	// with ErrNoValue when it is empty.
	MockServerURL string
	// Now is the base of date and time generators, in whose zone they are
	// written; time.Now when nil.
	Now func() time.Time
	// Rand is the source of random values, for values that can be repeated; a
	// global one, which is safe for concurrent use, when nil.
	Rand *rand.Rand
}

func (c Context) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

// below returns a random number from 0 up to n-1.
func (c Context) below(n int) int {
	if c.Rand == nil {
		return rand.IntN(n) //nolint:gosec // example values, no secrets
	}
	return c.Rand.IntN(n)
}

// Request returns r with its generators applied. r is not changed. A
// generator that fails leaves the example as it is and is reported in the
// error, which joins an [*Error] for each; the request is usable either way.
func Request(r contract.Request, c Context) (contract.Request, error) {
	p := player{context: c}
	p.eachWhole(r.Generators, contract.CategoryMethod, func(g contract.Generator) error {
		return p.text(g, &r.Method)
	})
	r.Method = strings.ToUpper(r.Method)
	p.eachWhole(r.Generators, contract.CategoryPath, func(g contract.Generator) error {
		return p.text(g, &r.Path)
	})
	p.guarded(contract.CategoryQuery, func() { r.Query = p.query(r.Generators[contract.CategoryQuery], r.Query) })
	p.guarded(contract.CategoryHeader, func() { r.Headers = p.headers(r.Generators[contract.CategoryHeader], r.Headers) })
	p.guarded(contract.CategoryBody, func() { r.Body = p.body(r.Generators[contract.CategoryBody], r.Rules[contract.CategoryBody], r.Body) })
	return r, errors.Join(p.errs...)
}

// Response returns r with its generators applied. r is not changed. Failing
// generators are treated as in [Request].
func Response(r contract.Response, c Context) (contract.Response, error) {
	p := player{context: c}
	p.eachWhole(r.Generators, contract.CategoryStatus, func(g contract.Generator) error {
		text := strconv.Itoa(r.Status)
		if err := p.text(g, &text); err != nil {
			return err
		}
		status, err := strconv.Atoi(text)
		if err != nil {
			return errors.New("the status " + strconv.Quote(text) + " is not a number")
		}
		r.Status = status
		return nil
	})
	p.guarded(contract.CategoryHeader, func() { r.Headers = p.headers(r.Generators[contract.CategoryHeader], r.Headers) })
	p.guarded(contract.CategoryBody, func() { r.Body = p.body(r.Generators[contract.CategoryBody], r.Rules[contract.CategoryBody], r.Body) })
	return r, errors.Join(p.errs...)
}

// Message returns m with its generators applied. m is not changed. Failing
// generators are treated as in [Request].
func Message(m contract.Message, c Context) (contract.Message, error) {
	p := player{context: c}
	p.guarded(contract.CategoryMetadata, func() { m.Metadata = p.metadata(m.Generators[contract.CategoryMetadata], m.Metadata) })
	p.guarded(contract.CategoryBody, func() {
		m.Contents = p.body(m.Generators[contract.CategoryBody], m.Rules[contract.CategoryBody], m.Contents)
	})
	return m, errors.Join(p.errs...)
}

// player applies the generators of one part and collects what failed.
type player struct {
	context Context
	errs    []error
}

// report records a failure of the generator at category and key.
func (p *player) report(category contract.Category, key string, g contract.Generator, err error) {
	if err != nil && !errors.Is(err, errOtherMode) {
		p.errs = append(p.errs, &Error{Category: category, Key: key, Type: g.Type, Err: err})
	}
}

// guarded generates for one category. Should that panic, which is a fault of
// this package, the examples stay and the error says so: a server goes on.
func (p *player) guarded(category contract.Category, apply func()) {
	defer func() {
		if cause := recover(); cause != nil {
			p.errs = append(p.errs, &Error{Category: category, Type: "of any type",
				Err: fmt.Errorf("internal error (%v); please report it together with the contract", cause)})
		}
	}()
	apply()
}

// eachWhole applies the generators of a category that has no keys.
func (p *player) eachWhole(set contract.GeneratorSet, category contract.Category, apply func(contract.Generator) error) {
	for _, key := range sortedKeys(set[category]) {
		g := set[category][key]
		p.guarded(category, func() { p.report(category, key, g, apply(g)) })
	}
}

// text replaces a text example.
func (p *player) text(g contract.Generator, example *string) error {
	v, err := p.context.value(g, *example)
	if err != nil {
		return err
	}
	*example, err = textOf(v)
	return err
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// query replaces the values of parameters: all of them, or the one that a
// key such as "name[1]" selects. A parameter that is not there is added.
func (p *player) query(set map[string]contract.Generator, query contract.Values) contract.Values {
	if len(set) == 0 {
		return query
	}
	out := cloneValues(query)
	for _, key := range sortedKeys(set) {
		g := set[key]
		name, index := splitIndex(key, out)
		if len(out[name]) == 0 && index < 0 {
			out[name] = []string{""}
			if err := p.text(g, &out[name][0]); err != nil {
				p.report(contract.CategoryQuery, key, g, err)
				delete(out, name)
			}
			continue
		}
		for i := range out[name] {
			if index < 0 || index == i {
				p.report(contract.CategoryQuery, key, g, p.text(g, &out[name][i]))
			}
		}
	}
	return out
}

// splitIndex cuts "[n]" off a key that is not itself a parameter's name; the
// index is -1 where there is none.
func splitIndex(key string, query contract.Values) (name string, index int) {
	open := strings.LastIndexByte(key, '[')
	if _, ok := query[key]; ok || open < 0 || !strings.HasSuffix(key, "]") {
		return key, -1
	}
	n, err := strconv.Atoi(key[open+1 : len(key)-1])
	if err != nil || n < 0 {
		return key, -1
	}
	return key[:open], n
}

func cloneValues(v contract.Values) contract.Values {
	out := make(contract.Values, len(v))
	for name, list := range v {
		out[name] = slices.Clone(list)
	}
	return out
}

// headers replaces the first value of each named header, or adds the header.
func (p *player) headers(set map[string]contract.Generator, headers contract.Values) contract.Values {
	if len(set) == 0 {
		return headers
	}
	out := cloneValues(headers)
	for _, key := range sortedKeys(set) {
		g := set[key]
		name := spelling(out, key)
		value := ""
		if len(out[name]) > 0 {
			value = out[name][0]
		}
		if err := p.text(g, &value); err != nil {
			p.report(contract.CategoryHeader, key, g, err)
			continue
		}
		if len(out[name]) == 0 {
			out[name] = []string{value}
		}
		out[name][0] = value
	}
	return out
}

// spelling returns the name under which headers hold key.
func spelling(headers contract.Values, key string) string {
	for _, name := range headers.Names() {
		if strings.EqualFold(name, key) {
			return name
		}
	}
	return key
}

// metadata replaces members; a key may be a plain name or a path to one.
func (p *player) metadata(set map[string]contract.Generator, metadata map[string]any) map[string]any {
	if len(set) == 0 {
		return metadata
	}
	out := maps.Clone(metadata)
	if out == nil {
		out = map[string]any{}
	}
	for _, key := range sortedKeys(set) {
		g := set[key]
		name := memberName(key, out)
		v, err := p.context.value(g, out[name])
		if err != nil {
			p.report(contract.CategoryMetadata, key, g, err)
			continue
		}
		out[name] = v
	}
	return out
}

func memberName(key string, metadata map[string]any) string {
	if _, ok := metadata[key]; ok {
		return key
	}
	path, err := contract.ParsePath(key)
	if err == nil && len(path) == 2 && path[1].Kind == contract.TokenField {
		return path[1].Name
	}
	return key
}

// body chooses by content type what paths mean.
func (p *player) body(set map[string]contract.Generator, rules map[string]contract.RuleList, b contract.Body) contract.Body {
	if b.State != contract.BodyPresent || len(set) == 0 && !rulesGenerate(rules) {
		return b
	}
	kind, _ := contract.ParseContentType(b.ContentType)
	switch {
	case kind.IsJSON():
		b.Content = p.json(set, rules, b.Content)
	case kind.IsXML():
		b.Content = p.xml(set, b.Content)
	case kind.IsForm():
		b.Content = p.form(set, b.Content)
	}
	return b
}
