package web

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

type applicationsPage struct {
	base
	New    kit.Link
	Filter kit.Filter
	Table  kit.Table
}

func (*applicationsPage) template() string { return "applications" }

func applicationsTable(rows ...kit.Row) kit.Table {
	return kit.Table{Begin: "name", Columns: []kit.Column{
		{Title: "Application", Key: "name"}, {Title: "Health", Key: "health"}, {Title: "Role", Key: "role"}, {Title: "Owner", Key: "owner"},
		{Title: "Newest version", Key: "version"}, {Title: "Seen", Key: "seen", NewestFirst: true},
	}, Rows: rows}
}

// listedRow is an application as the list tells of it.
type listedRow struct {
	overview.Listed
	role   string
	health kit.Verdict
	// where are the environments that the health is about.
	where []string
}

func (w *web) applications(r *http.Request) (page, error) {
	l, query := w.links(r), r.URL.Query()
	all, err := w.service.Overview.Everything(r.Context())
	if err != nil {
		return nil, err
	}
	listed := make([]listedRow, len(all.Listed))
	for i, a := range all.Listed {
		listed[i] = listedRow{Listed: a, role: roleOf(a)}
		listed[i].health, listed[i].where = healthOf(all, a)
	}
	p := &applicationsPage{base: base{title: "Applications", twin: api.Pacticipants()}, New: kit.Link{Text: "Add an application", URL: l.NewApplicationPage(), Own: true}, Table: applicationsTable()}
	if !maySome(r, access.ManageContracts) {
		p.New = kit.Link{}
	}
	found := askedFor(query, listed)
	p.Filter = applicationsFilter(query, listed, len(found))
	for _, a := range found {
		p.Table.Rows = append(p.Table.Rows, w.listedRow(l, a))
	}
	p.Table.Sort(query)
	p.Table.Cut(query, pageSize)
	p.Table.Empty = noApplication(l, len(listed), p.Filter.Clear)
	return p, nil
}

func (w *web) listedRow(l links.Links, a listedRow) kit.Row {
	health := kit.Cell{a.health}
	if len(a.where) > 0 {
		health = append(health, kit.Muted{Text: "in " + firstNames(a.where)})
	}
	number := a.Latest.Number
	if a.State != nil && a.State.Version != "" {
		number = a.State.Version
	}
	owner := kit.Cell{}
	if len(a.Labels) > 0 {
		owner = append(owner, labelLinks(l, a.Labels, len(a.Labels)))
	}
	if a.RepositoryURL != "" {
		owner = append(owner, kit.Outside{Text: "repository", Address: a.RepositoryURL})
	}
	return kit.Row{
		{kit.Link{Text: a.Name, URL: l.ApplicationPage(a.Name)}}, health, {kit.Text{Text: a.role}}, owner, {versionOf(l, a.Name, number)}, {w.moment(a.Latest.CreatedAt)},
	}
}

// roleOf says on which sides of contracts an application is.
func roleOf(a overview.Listed) string {
	switch {
	case a.Consumers > 0 && a.Providers > 0:
		return "consumer and provider"
	case a.Consumers > 0:
		return "provider"
	case a.Providers > 0:
		return "consumer"
	}
	return "no contract"
}

// healthOf says whether the newest version of an application may go everywhere, and
// the environments that this is about: a failure in any of them comes before what is
// not known.
func healthOf(all overview.Everything, a overview.Listed) (kit.Verdict, []string) {
	switch {
	case a.State == nil || a.State.Version == "":
		return kit.None("nothing to prove"), nil
	case len(a.State.Verdicts) == 0:
		return kit.None("no environment"), nil
	}
	places := map[matrix.Headline][]string{}
	proven, missing := 0, false
	for i, d := range a.State.Verdicts {
		h := d.PageHeadline()
		places[h] = append(places[h], all.Environments[i].Environment.Name)
		proven += d.Counts.Success
		missing = missing || d.Headline() == matrix.HeadlineDoubt
	}
	switch {
	case len(places[matrix.HeadlineNo]) > 0:
		return kit.No(blocked + ": failed"), places[matrix.HeadlineNo]
	case len(places[matrix.HeadlineUnknown]) > 0:
		return kit.Unknown(blocked + ": " + notProven), places[matrix.HeadlineUnknown]
	case len(places[matrix.HeadlineDoubt]) > 0 && !missing:
		return kit.Doubt(inDoubt), places[matrix.HeadlineDoubt]
	case len(places[matrix.HeadlineDoubt]) > 0:
		return kit.Doubt("contracts missing"), places[matrix.HeadlineDoubt]
	case proven == 0:
		return kit.None("nothing to prove"), nil
	}
	return kit.Yes("may go everywhere"), nil
}

// The questions of the list, as the address asks them.
const (
	askName, askLabel, askRole, askHealth = "q", "label", "role", "health"
)

// askedFor leaves the applications that the address asks for.
func askedFor(query url.Values, all []listedRow) []listedRow {
	words, labels := strings.ToLower(strings.TrimSpace(query.Get(askName))), givenOnce(query[askLabel])
	var out []listedRow
	for _, a := range all {
		fits := strings.Contains(strings.ToLower(a.Name), words) && matches(query.Get(askRole), a.role) && hasHealth(query.Get(askHealth), a.health.Word)
		for _, label := range labels {
			fits = fits && slices.Contains(a.Labels, label)
		}
		if fits {
			out = append(out, a)
		}
	}
	return out
}

func matches(asked, is string) bool { return asked == "" || asked == is }

// blocked is what the gate lets nowhere, for whatever reason: the start page counts the
// same.
const blocked = "blocked"

// hasHealth reports whether a word is the health that is asked for; to be blocked is to
// be so by a failure or by what is not proven.
func hasHealth(asked, is string) bool {
	return matches(asked, is) || asked == blocked && strings.HasPrefix(is, blocked+":")
}

// applicationsFilter is the form that asks: it offers what there is.
func applicationsFilter(query url.Values, all []listedRow, found int) kit.Filter {
	f := kit.Filter{Search: &kit.Field{Name: askName, Label: "Name contains", Value: query.Get(askName)}, Region: "found", Count: wording.Count(found, "application")}
	if found < len(all) {
		f.Count = fmt.Sprintf("%d of %s", found, wording.Count(len(all), "application"))
	}
	labels, roles, healths := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, a := range all {
		roles[a.role], healths[a.health.Word] = true, true
		if hasHealth(blocked, a.health.Word) {
			healths[blocked] = true
		}
		for _, label := range a.Labels {
			labels[label] = true
		}
	}
	for _, facet := range []struct {
		name, label string
		values      map[string]bool
	}{{askHealth, "Health", healths}, {askRole, "Role", roles}, {askLabel, "Label", labels}} {
		asked := givenOnce(query[facet.name])
		for _, value := range asked {
			facet.values[value] = true // what is asked for stays to be seen
		}
		if len(facet.values) < 2 && len(asked) == 0 {
			continue
		}
		f.Facets = append(f.Facets, kit.NewFacet(facet.name, facet.label, kit.Options(slices.Sorted(maps.Keys(facet.values))...), asked...))
	}
	f.Finish(query, []string{askName, askLabel, askRole, askHealth})
	return f
}

// noApplication says what to do where none is found: nothing matches, or there
// is none yet.
func noApplication(l links.Links, known int, all string) kit.Empty {
	if known > 0 {
		return kit.Empty{Text: "No application is like that.", Links: kit.Links{{Text: "Show all", URL: all}}}
	}
	return kit.Empty{Text: "No application is known yet. It comes with its first contract:", Links: kit.Links{{Text: "how to begin", URL: l.HomePage()}}}
}
