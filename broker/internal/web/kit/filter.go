package kit

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/internal/wording"
)

// Filter is a form that narrows a list. What it asks is in the address.
type Filter struct {
	// Search is the field for words, nil if there is none.
	Search *Field
	Facets []Facet
	// Of is what it narrows, where there is more than one on a page.
	Of string
	// Hidden are the parameters of the address that the form keeps.
	Hidden []Parameter
	// Count says how many are shown, and of how many.
	Count string
	// Active are what is asked, each with the address without it.
	Active []Link
	// Clear is the address that asks nothing.
	Clear string
	// Region is the id of what the list stands in: it is fetched again while
	// somebody types. Without one the form is sent by its button alone.
	Region string
}

// Facet is one question with a choice of answers.
type Facet struct {
	Name, Label string
	// Any is what stands for no answer.
	Any     string
	Options []Option
}

// Option is one of the answers to choose from.
type Option struct {
	Value, Text string
	Current     bool
}

// Parameter is a parameter of an address.
type Parameter struct{ Name, Value string }

// Narrow leaves the rows of the table that the address asks for: those with the
// words in any of their cells and, of each facet, with the answer in the column
// of that key. It returns the form that asks so. It goes before Sort.
func (t *Table) Narrow(query url.Values, region string, facets ...string) Filter {
	all := len(t.Rows)
	words := t.parameter("q")
	f := Filter{Region: region, Search: &Field{ID: words, Name: words, Label: "Find", Kind: "search", Value: query.Get(words)}}
	asked := []string{words}
	rows := t.Rows
	for i, c := range t.Columns {
		if c.Key == "" || !slices.Contains(facets, c.Key) {
			continue
		}
		name := t.parameter(c.Key)
		asked = append(asked, name)
		f.Facets = append(f.Facets, facetOf(name, c.Title, t.Rows, i, query.Get(name)))
		if value := query.Get(name); value != "" {
			rows = keep(rows, func(r Row) bool { return r.plain(i) == value })
		}
	}
	if sought := strings.ToLower(strings.TrimSpace(f.Search.Value)); sought != "" {
		rows = keep(rows, func(r Row) bool { return strings.Contains(strings.ToLower(r.Plain()), sought) })
	}
	t.Rows = rows
	f.Finish(query, asked)
	f.Count = CountOf(len(rows), all)
	if all > 0 && len(rows) == 0 {
		t.Empty = Empty{Text: "Nothing here matches.", Links: Links{{Text: "Show all", URL: f.Clear}}}
	}
	return f
}

// Finish adds to a form what it keeps and what takes each question away: the
// parameters asked are those of the form.
func (f *Filter) Finish(query url.Values, asked []string) {
	none := map[string]string{"page": ""}
	for _, name := range asked {
		none[name] = ""
	}
	f.Clear = With(query, none)
	if f.Search != nil && strings.TrimSpace(f.Search.Value) != "" {
		f.Active = append(f.Active, Link{Text: f.Search.Label + ": " + f.Search.Value, URL: With(query, map[string]string{f.Search.Name: "", "page": ""})})
	}
	for _, facet := range f.Facets {
		for _, o := range facet.Options {
			if o.Current {
				f.Active = append(f.Active, Link{Text: facet.Label + ": " + o.Text, URL: With(query, map[string]string{facet.Name: "", "page": ""})})
			}
		}
	}
	for name, values := range query {
		if slices.Contains(asked, name) || isPage(name) {
			continue
		}
		for _, value := range values {
			f.Hidden = append(f.Hidden, Parameter{name, value})
		}
	}
	slices.SortFunc(f.Hidden, func(a, b Parameter) int { return strings.Compare(a.Name+"\x00"+a.Value, b.Name+"\x00"+b.Value) })
}

// facetOf are the different values of a column. A value that is asked for and
// not there stays to be seen.
func facetOf(name, label string, rows []Row, column int, asked string) Facet {
	values := map[string]bool{}
	for _, r := range rows {
		if value := r.plain(column); value != "" {
			values[value] = true
		}
	}
	if asked != "" {
		values[asked] = true
	}
	return NewFacet(name, label, Options(slices.Sorted(maps.Keys(values))...), asked)
}

// NewFacet is a question with these answers, of which some are asked for. What is
// asked for and not among them stays to be seen.
func NewFacet(name, label string, options []Option, asked ...string) Facet {
	f := Facet{Name: name, Label: label, Any: "any", Options: options}
	for _, value := range asked {
		if value != "" && !slices.ContainsFunc(options, func(o Option) bool { return o.Value == value }) {
			f.Options = append(f.Options, Options(value)...)
		}
	}
	for i := range f.Options {
		f.Options[i].Current = slices.Contains(asked, f.Options[i].Value)
	}
	return f
}

// Options are answers that are called what they are.
func Options(values ...string) []Option {
	out := make([]Option, len(values))
	for i, value := range values {
		out[i] = Option{Value: value, Text: value}
	}
	return out
}

// CountOf says how many of all are shown.
func CountOf(shown, all int) string {
	if shown == all {
		return wording.Count(all, "row")
	}
	return strconv.Itoa(shown) + " of " + wording.Count(all, "row")
}

func keep(rows []Row, wanted func(Row) bool) []Row {
	var out []Row
	for _, r := range rows {
		if wanted(r) {
			out = append(out, r)
		}
	}
	return out
}

func (r Row) plain(column int) string {
	if column >= len(r) {
		return ""
	}
	return r[column].Plain()
}

// Plain is what the row says.
func (r Row) Plain() string {
	texts := make([]string, len(r))
	for i, c := range r {
		texts[i] = c.Plain()
	}
	return strings.Join(texts, " ")
}
