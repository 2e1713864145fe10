// Package shelf finds the interactions that are worth comparing with a request.
//
// They lie by what a request must say word for word: method and path, the query
// and a JSON body, each unless a rule judges it. So a contract of ten thousand
// interactions costs a request no more than one of ten, also where all of them
// have one path. Finding is not a judgement: what is found is compared all the
// same, and who finds nothing that fits looks at [Shelf.Route].
package shelf

import (
	"net/url"
	"strings"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
	"github.com/treatyhq/treaty/mockserver/internal/rank"
)

// Shelf holds items, each under the request that its interaction expects. The
// zero value is empty.
type Shelf[T any] struct {
	routes map[string]*route[T]
}

// route holds the items of one method and literal path, or of one method and
// all paths by rule.
type route[T any] struct {
	all     []T
	byQuery map[string]*place[T]
}

// place holds the items of one literal query, or those whose query is a rule.
type place[T any] struct {
	all    []T
	open   []T // those that are not found by their body
	byBody map[string][]T
}

// Request is what finding looks at. Path and Query are as they were sent.
type Request struct {
	Method, Path string
	Query        contract.Values
	// Body is called where bodies tell items apart. Without one, all are found.
	Body func() (contract.Body, bool)
}

// ruled stands where a rule judges; no literal key is like it.
const ruled = "rule"

// Put adds an item. bodyTells is false where the item may answer a request with
// any other body.
func (s *Shelf[T]) Put(item T, expected contract.Request, bodyTells bool) {
	if s.routes == nil {
		s.routes = map[string]*route[T]{}
	}
	r := under(s.routes, routeKey(expected))
	r.all = append(r.all, item)
	if r.byQuery == nil {
		r.byQuery = map[string]*place[T]{}
	}
	query := ruled
	if !rank.ByRule(expected.Rules, contract.CategoryQuery) {
		query = queryKey(expected.Query)
	}
	p := under(r.byQuery, query)
	p.all = append(p.all, item)
	body, known := "", false
	if bodyTells && !rank.ByRule(expected.Rules, contract.CategoryBody) {
		body, known = bodyKey(expected.Body)
	}
	if !known {
		p.open = append(p.open, item)
		return
	}
	if p.byBody == nil {
		p.byBody = map[string][]T{}
	}
	p.byBody[body] = append(p.byBody[body], item)
}

// under returns what m has under key, which it has afterwards.
func under[V any](m map[string]*V, key string) *V {
	if m[key] == nil {
		m[key] = new(V)
	}
	return m[key]
}

// Find returns what may fit, in no order.
func (s *Shelf[T]) Find(r Request) []T {
	var found []T
	query := queryKey(r.Query)
	for _, at := range s.at(r.Method, r.Path) {
		for _, key := range []string{query, ruled} {
			if p := at.byQuery[key]; p != nil {
				found = append(found, p.find(r)...)
			}
		}
	}
	return found
}

func (p *place[T]) find(r Request) []T {
	if len(p.byBody) == 0 {
		return p.all
	}
	body, ok := r.Body()
	if !ok {
		return p.all
	}
	key, known := bodyKey(body)
	if !known && body.State == contract.BodyPresent {
		return p.all
	}
	return append(p.open[:len(p.open):len(p.open)], p.byBody[key]...)
}

// Route returns all items of a method and path, whatever query and body they
// expect.
func (s *Shelf[T]) Route(method, path string) []T {
	var found []T
	for _, at := range s.at(method, path) {
		found = append(found, at.all...)
	}
	return found
}

// at returns the two routes that a request can be on.
func (s *Shelf[T]) at(method, path string) []*route[T] {
	var routes []*route[T]
	for _, key := range []string{literalRoute(method, path), strings.ToUpper(method)} {
		if r := s.routes[key]; r != nil {
			routes = append(routes, r)
		}
	}
	return routes
}

func routeKey(expected contract.Request) string {
	if rank.ByRule(expected.Rules, contract.CategoryPath) {
		return strings.ToUpper(expected.Method)
	}
	return literalRoute(expected.Method, expected.Path)
}

// literalRoute is the same for all spellings of a path.
func literalRoute(method, path string) string {
	return strings.ToUpper(method) + " " + matching.NormalPath(path)
}

func queryKey(q contract.Values) string { return "?" + url.Values(q).Encode() }
