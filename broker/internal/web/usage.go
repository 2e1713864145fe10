package web

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

const (
	// usesShown is how many uses are on a page, and endpointsShown how many endpoints.
	usesShown      = 50
	endpointsShown = 20
	// usersNamed is how many consumers one row names.
	usersNamed = 8
)

// usagePage says what consumers use of an application: whom a change concerns.
type usagePage struct {
	base
	Parents kit.Links
	Lead    string
	Filter  kit.Filter
	// Answer says who uses what is asked for; without a sentence nothing is asked.
	Answer    kit.Answer
	Notes     []string
	Endpoints kit.Table
	Uses      kit.Table
}

func (*usagePage) template() string { return "usage" }

func (w *web) usage(r *http.Request) (page, error) {
	query := r.URL.Query()
	q := overview.UsageQuery{
		Provider: r.PathValue("name"), Words: strings.TrimSpace(query.Get("q")), Endpoint: query.Get("endpoint"), Field: query.Get("field"),
		Consumer: query.Get("consumer"), Environment: query.Get("environment"),
	}
	answer, err := w.service.Overview.LookAtUsage(r.Context(), q)
	if err != nil {
		return nil, err
	}
	return w.usagePage(w.links(r), q, answer, query), nil
}

func (w *web) usagePage(l links.Links, q overview.UsageQuery, a overview.UsageAnswer, query url.Values) *usagePage {
	name := a.Provider.Name
	p := &usagePage{
		base:    base{title: "What consumers use of " + name, twin: usageTwin(name, q)},
		Parents: kit.Links{{Text: "Applications", URL: l.ApplicationsPage()}, {Text: name, URL: l.ApplicationPage(name)}},
		Lead:    "By the newest contract of each consumer's main branch and by those of versions that are deployed or released. Whoever changes something here learns whom that concerns.",
		Uses:    usesTable(),
	}
	if len(a.Uncounted) > 0 {
		p.Notes = append(p.Notes, "Not counted: "+wording.Some(a.Uncounted, usersNamed, "other")+". No contract of a main branch is known, and none that is live.")
	}
	if len(a.Contracts) == 0 {
		p.Uses.Empty = kit.Empty{Text: "No consumer has a contract with " + name + " that counts."}
		return p
	}
	p.Filter = usageFilter(q, a, query)
	if q.Words+q.Endpoint+q.Field != "" {
		p.Answer = usageAnswer(q, a)
	}
	if len(a.Partly) > 0 {
		p.Notes = append(p.Notes, "Not everything is told of the contracts of "+wording.Some(a.Partly, usersNamed, "other")+": they are too long, no pacts, or have bodies that are neither JSON nor XML nor forms, which are not looked into.")
	}
	if q.Endpoint == "" {
		p.Endpoints = endpointsTable(usageEndpoints(l, name, q, a.Uses)...)
		p.Endpoints.Sort(query)
		p.Endpoints.Cut(query, endpointsShown)
	}
	for _, u := range a.Uses {
		p.Uses.Rows = append(p.Uses.Rows, usageRow(l, name, u))
	}
	p.Uses.Empty = kit.Empty{Text: "No contract that counts uses anything like that.", Links: kit.Links{{Text: "Show all", URL: p.Filter.Clear}}}
	p.Uses.Sort(query)
	p.Uses.Cut(query, usesShown)
	return p
}

func usageTwin(name string, q overview.UsageQuery) string {
	asked := url.Values{}
	for key, value := range map[string]string{"q": q.Words, "endpoint": q.Endpoint, "field": q.Field, "consumer": q.Consumer, "environment": q.Environment} {
		if value != "" {
			asked.Set(key, value)
		}
	}
	return strings.TrimSuffix(api.Usage(name)+"?"+asked.Encode(), "?")
}

// usageFilter asks for words, a consumer and an environment; an endpoint and a field
// come by a link and can be taken away.
func usageFilter(q overview.UsageQuery, a overview.UsageAnswer, query url.Values) kit.Filter {
	f := kit.Filter{
		Region: "found", Search: &kit.Field{ID: "q", Name: "q", Label: "Find", Kind: "search", Value: query.Get("q"), Placeholder: "endpoint, field or header"},
		Count: wording.Count(len(a.Uses), "use"),
	}
	var consumers []string // in their order, each once
	for _, c := range a.Contracts {
		consumers = append(consumers, c.Consumer)
	}
	f.Facets = []kit.Facet{
		kit.NewFacet("consumer", "Consumer", kit.Options(slices.Compact(consumers)...), q.Consumer),
		kit.NewFacet("environment", "Live in", kit.Options(kernel.NamesOf(a.Places())...), q.Environment),
	}
	for _, byLink := range []struct{ name, label, asked string }{{"endpoint", "Endpoint", q.Endpoint}, {"field", "Field", q.Field}} {
		if byLink.asked != "" {
			f.Facets = append(f.Facets, kit.NewFacet(byLink.name, byLink.label, nil, byLink.asked))
		}
	}
	f.Finish(query, []string{"q", "consumer", "environment", "endpoint", "field"})
	return f
}

// usageAnswer says who uses what is asked for, environment by environment.
func usageAnswer(q overview.UsageQuery, a overview.UsageAnswer) kit.Answer {
	asked := strings.Join(strings.Fields(q.Endpoint+" "+q.Field+" "+q.Words), " ")
	users := map[string]bool{}
	for _, u := range a.Uses {
		for _, name := range u.Consumers() {
			users[name] = true
		}
	}
	switch {
	case len(users) == 0 && len(a.Partly) > 0:
		return kit.Answer{Verdict: kit.Unknown("not known"), Sentence: "Nothing that is told uses " + asked + ", but not everything is told."}
	case len(users) == 0:
		return kit.Answer{Verdict: kit.None("unused"), Sentence: "No contract that counts uses " + asked + ".", Reasons: []string{"Contracts say what consumers test. What no contract has may still be asked for."}}
	}
	uses := "use"
	if len(users) == 1 {
		uses = "uses"
	}
	out := kit.Answer{Verdict: kit.None("used"), Sentence: wording.Some(slices.Sorted(maps.Keys(users)), usersNamed, "other") + " " + uses + " " + asked + "."}
	for _, in := range a.Breaks() {
		var there []string
		for _, c := range in.Contracts {
			there = append(there, c.Consumer+" "+kit.Short(c.Version))
		}
		if len(there) == 0 {
			out.Reasons = append(out.Reasons, "In "+in.Environment.Name+": nobody.")
		} else {
			out.Reasons = append(out.Reasons, "In "+in.Environment.Name+": "+wording.Some(there, usersNamed, "other")+".")
		}
	}
	return out
}

func endpointsTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "endpoints", Columns: []kit.Column{
		{Title: "Endpoint", Key: "endpoint"}, {Title: "Consumers", Key: "consumers"}, {Title: "Live in"}, {Title: "What is used of it"},
	}, Rows: rows}
}

// usageEndpoints puts the uses of each endpoint together. Uses are in its order.
func usageEndpoints(l links.Links, name string, q overview.UsageQuery, uses []overview.FieldUse) []kit.Row {
	var rows []kit.Row
	for len(uses) > 0 {
		endpoint := uses[0].Endpoint()
		n := 1
		for n < len(uses) && uses[n].Endpoint() == endpoint {
			n++
		}
		whole := overview.FieldUse{}
		for _, u := range uses[:n] {
			whole.By = append(whole.By, u.By...)
		}
		slices.SortStableFunc(whole.By, func(a, b overview.ContractUse) int { return cmp.Compare(a.Consumer, b.Consumer) })
		address := l.UsagePage(name, url.Values{"endpoint": {endpoint}, "field": {q.Field}, "q": {q.Words}, "consumer": {q.Consumer}, "environment": {q.Environment}})
		rows = append(rows, kit.Row{
			{kit.Link{Text: endpoint, URL: address}}, usersOf(l, name, whole), orNone(strings.Join(kernel.NamesOf(whole.Environments()), ", "), "nowhere"), {kit.Text{Text: wording.Count(n, "part")}},
		})
		uses = uses[n:]
	}
	return rows
}

func usesTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "uses", Columns: []kit.Column{
		{Title: "What", Key: "what"}, {Title: "Of", Key: "of"}, {Title: "As the contract has it"}, {Title: "Consumers", Key: "consumers"}, {Title: "Live in"},
	}, Rows: rows}
}

func usageRow(l links.Links, name string, u overview.FieldUse) kit.Row {
	what := string(u.Part)
	if u.Name != "" {
		what += " " + u.Name
	}
	return kit.Row{
		{kit.Text{Text: what}}, {kit.Text{Text: u.Endpoint()}}, orNone(waysOf(u), "as it is"), usersOf(l, name, u), orNone(strings.Join(kernel.NamesOf(u.Environments()), ", "), "nowhere"),
	}
}

// waysOf says how contracts ask for it: in one way, or in several.
func waysOf(u overview.FieldUse) string {
	var ways []string
	for _, by := range u.By {
		if by.How != "" && !slices.Contains(ways, by.How) {
			ways = append(ways, by.How)
		}
	}
	if len(ways) > 3 {
		return strings.Join(ways[:3], "; ") + "; and in " + wording.Count(len(ways)-3, "other way")
	}
	return strings.Join(ways, "; ")
}

// usersOf are the consumers, each once, with the contract of the newest of its
// versions that uses it.
func usersOf(l links.Links, name string, u overview.FieldUse) kit.Cell {
	var users kit.Links
	last := ""
	for _, by := range u.By {
		if by.Consumer != last {
			users = append(users, kit.Link{Text: by.Consumer, URL: l.ContractPage(by.Consumer, name, by.Version)})
		}
		last = by.Consumer
	}
	if n := len(users) - usersNamed; n > 0 {
		return kit.Cell{users[:usersNamed], kit.Muted{Text: "and " + wording.Count(n, "other")}}
	}
	return kit.Cell{users}
}
