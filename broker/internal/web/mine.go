package web

import (
	"net/url"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/near"
)

// mostMine is how many applications and labels an address may name.
const mostMine = 50

// mine are the applications that the address of the start page names as the reader's:
// mine=NAME for each, and label=LABEL for all that carry one.
type mine struct {
	names, labels []string
	all           map[string]bool
}

func mineOf(query url.Values, all overview.Everything) mine {
	m := mine{names: givenOnce(query["mine"]), labels: givenOnce(query["label"]), all: map[string]bool{}}
	for _, name := range m.names {
		m.all[name] = true
	}
	for _, a := range all.Listed {
		if slices.ContainsFunc(a.Labels, func(label string) bool { return slices.Contains(m.labels, label) }) {
			m.all[a.Name] = true
		}
	}
	return m
}

// givenOnce are the values of a parameter, each once.
func givenOnce(values []string) []string {
	var out []string
	for _, value := range values {
		if value != "" && !slices.Contains(out, value) && len(out) < mostMine {
			out = append(out, value)
		}
	}
	return out
}

func (m mine) asked() bool { return len(m.names)+len(m.labels) > 0 }

// unknown reports whether nothing that the address names is there: then nothing is said
// of how it stands.
func (m mine) unknown(all overview.Everything) bool {
	return m.asked() && !slices.ContainsFunc(all.Listed, func(a overview.Listed) bool { return m.all[a.Name] })
}

// nobody is said in the place of an answer about applications that are not there.
const nobody = "The address names no application that there is, so there is nothing to tell."

func (m mine) causes(all []overview.Cause) []overview.Cause {
	return keepOf(m, all, func(c overview.Cause) bool { return c.Concerns(m.all) })
}

func (m mine) waiting(all []overview.Waiting) []overview.Waiting {
	return keepOf(m, all, func(one overview.Waiting) bool { return one.Concerns(m.all) })
}

// keepOf leaves what concerns the reader's applications. The list is a new one.
func keepOf[T any](m mine, all []T, concerns func(T) bool) []T {
	out := make([]T, 0, len(all))
	for _, one := range all {
		if !m.asked() || concerns(one) {
			out = append(out, one)
		}
	}
	return out
}

// mineSection is the part of the start page about the reader's applications.
type mineSection struct {
	Asked bool
	Form  kit.Form
	// Active are what the address names, each with the address without it.
	Active []kit.Link
	Clear  string
	Table  kit.Table
}

func mineTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "mine", Columns: []kit.Column{{Title: "Application"}, {Title: "Newest version"}, {Title: "May it go to"}}, Rows: rows}
}

func (m mine) section(l links.Links, query url.Values, all overview.Everything) mineSection {
	s := mineSection{Asked: m.asked(), Form: mineForm(query, all), Clear: l.HomePage(), Table: mineTable()}
	for _, named := range []struct {
		parameter string
		values    []string
	}{{"mine", m.names}, {"label", m.labels}} {
		for _, value := range named.values {
			s.Active = append(s.Active, kit.Link{Text: value, URL: withoutOne(query, named.parameter, value)})
		}
	}
	known := map[string]bool{}
	var names []string
	for _, a := range all.Listed {
		names = append(names, a.Name)
		if m.all[a.Name] {
			known[a.Name] = true
			s.Table.Rows = append(s.Table.Rows, mineRow(l, all, a))
		}
	}
	for _, name := range m.names {
		if !known[name] {
			s.Table.Rows = append(s.Table.Rows, kit.Row{{kit.Text{Text: name}}, {kit.Version{}}, {kit.Muted{Text: "There is no application of that name." + near.Sentence(name, names)}}})
		}
	}
	s.Table.Empty = kit.Empty{Text: "No application has that label."}
	return s
}

// mineForm adds an application to those that the address names.
func mineForm(query url.Values, all overview.Everything) kit.Form {
	f := kit.Form{Method: "get", Inline: true, Submit: "Show", Fields: []kit.Field{{ID: "mine", Name: "mine", Label: "Application", Required: true}}}
	for _, a := range all.Listed[:min(len(all.Listed), suggestions)] {
		f.Fields[0].Suggestions = append(f.Fields[0].Suggestions, a.Name)
	}
	for _, name := range []string{"mine", "label"} {
		for _, value := range givenOnce(query[name]) {
			f.Hidden = append(f.Hidden, kit.Parameter{Name: name, Value: value})
		}
	}
	return f
}

// withoutOne is the address without one of the values of a parameter.
func withoutOne(query url.Values, parameter, value string) string {
	out := url.Values{}
	for _, name := range []string{"mine", "label"} {
		for _, one := range givenOnce(query[name]) {
			if name != parameter || one != value {
				out.Add(name, one)
			}
		}
	}
	return "?" + out.Encode()
}

func mineRow(l links.Links, all overview.Everything, a overview.Listed) kit.Row {
	version := a.Latest.Number
	if a.State != nil && a.State.Version != "" {
		version = a.State.Version
	}
	return kit.Row{{kit.Link{Text: a.Name, URL: l.ApplicationPage(a.Name)}}, {versionOf(l, a.Name, version)}, verdictsCell(l, all, a)}
}

// verdictsCell says where the newest version may go and where not, the worst first.
func verdictsCell(l links.Links, all overview.Everything, a overview.Listed) kit.Cell {
	if a.State == nil || a.State.Version == "" {
		return kit.Cell{kit.Muted{Text: "It has no contract."}}
	}
	places := map[kit.Verdict]kit.Links{}
	for i, d := range a.State.Verdicts {
		e, verdict := all.Environments[i].Environment.Name, decisionVerdict(d.PageHeadline(), d.Counts)
		places[verdict] = append(places[verdict], kit.Link{Text: e, URL: l.GatePage(a.Name, a.State.Version, e)})
	}
	var cell kit.Cell
	for _, verdict := range []kit.Verdict{kit.No("no"), kit.Unknown(notProven), kit.Doubt("yes, but"), kit.None("yes, nothing proven"), kit.Yes("yes")} {
		if links := places[verdict]; len(links) > 0 {
			cell = append(cell, verdict, links)
		}
	}
	if len(cell) == 0 {
		return kit.Cell{kit.Muted{Text: "There is no environment."}}
	}
	return cell
}

// concernsAny reports whether one of the parties is the reader's.
func (m mine) concernsAny(parties ...kernel.Party) bool {
	return slices.ContainsFunc(parties, func(p kernel.Party) bool { return m.all[p.Name] })
}
