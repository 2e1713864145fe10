package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// pairsAtOnce is how many rows of a table of this page stand above the next one.
const pairsAtOnce = 25

type environmentPage struct {
	base
	// Lacks says what whoever looks would need to change it.
	Lacks  string
	Parent kit.Link
	Name   string
	Kind   string
	Note   string
	Doings kit.Cell
	Answer kit.Answer
	Facts  kit.Facts
	// Compare leads to what would be promoted from here and to here.
	Compare kit.Links
	Live    kit.Table
	Filter  kit.Filter
	// Meets is whether any pair meets here, whatever the filter leaves.
	Meets bool
	Pairs kit.Table
	// Arrivals say of each application whether its newest version may come.
	Arrivals       kit.Table
	ArrivalsFilter kit.Filter
	// Known is whether any application could come, whatever the filter leaves.
	Known   bool
	History kit.Table
	// Newest leads back to the beginning of the history.
	Newest kit.Link
}

func (*environmentPage) template() string { return "environment" }

func liveTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "live", Columns: []kit.Column{
		{Title: "Application", Key: "name"}, {Title: "Version"}, {Title: "How"}, {Title: "Since", Key: "since", NewestFirst: true},
	}, Rows: rows}
}

func arrivalsTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "arrivals", Begin: "answer", Columns: []kit.Column{
		{Title: "Application", Key: "name"}, {Title: "Newest"}, {Title: "Answer", Key: "answer"}, {Title: "Here now"}, {Title: "Why"},
	}, Rows: rows}
}

func placeHistoryTable(rows ...kit.Row) kit.Table {
	return kit.Table{
		Name: "history", Caption: "Newest first", Columns: []kit.Column{{Title: "When"}, {Title: "What"}, {Title: "Application"}, {Title: "Version"}, {Title: "Before it"}}, Rows: rows,
		Empty: kit.Empty{Text: "Nothing was ever recorded here."},
	}
}

func (w *web) environment(r *http.Request) (page, error) {
	l, name, query := w.links(r), r.PathValue("name"), r.URL.Query()
	answer, err := w.service.Overview.LookAtEnvironment(r.Context(), name)
	if err != nil {
		return nil, err
	}
	state := environmentState{live: liveVersions(answer.EnvironmentState), decision: answer.Decision}
	p := &environmentPage{
		base:   base{title: name, twin: api.CurrentlyDeployed(answer.Environment.UUID)},
		Parent: kit.Link{Text: "Environments", URL: l.EnvironmentsPage()}, Name: name, Kind: kind(answer.Environment), Facts: environmentFacts(answer.Environment),
		Note: environmentNotes[query.Get(doneParameter)], Doings: environmentDoings(l, answer.Environment),
		Compare: comparisonLinks(l, answer.Environment, answer.All),
		Answer:  kit.Answer{Verdict: state.status(), Sentence: state.sentence(), Reasons: state.reasons()},
		Live:    liveTable(w.liveRows(l, state.live)...), Pairs: w.pairsTable(l, worstFirst(answer.Rows)), Arrivals: arrivalsTable(arrivalRows(l, answer)...),
	}
	place, err := w.placeOf(r, answer.Environment)
	if err != nil {
		return nil, err
	}
	if p.Lacks = lacks(r, "change it", access.ManageEnvironments, place); p.Lacks != "" {
		p.Doings = nil
	}
	p.Live.Empty = nothingHere(l, name)
	p.Live.Sort(query)
	p.Live.Cut(query, pageSize)
	p.Meets, p.Known = len(p.Pairs.Rows) > 0, len(p.Arrivals.Rows) > 0
	p.Filter, p.ArrivalsFilter = p.Pairs.Narrow(query, "met", "result"), p.Arrivals.Narrow(query, "may-come", "answer")
	p.Filter.Of, p.ArrivalsFilter.Of = "pairs", "newest versions"
	for _, t := range []*kit.Table{&p.Pairs, &p.Arrivals} {
		t.Sort(query)
		t.Cut(query, pairsAtOnce)
	}
	return p, w.addHistory(r, p, answer)
}

// environmentDoings are what can be done to an environment.
func environmentDoings(l links.Links, e kernel.Environment) kit.Cell {
	return kit.Cell{kit.Link{Text: "Change it", URL: l.EditEnvironmentPage(e.UUID), Own: true}, kit.Link{Text: "Delete it", URL: l.DeleteEnvironmentPage(e.UUID), Own: true}}
}

// liveRows are what is here, in order.
func (w *web) liveRows(l links.Links, live []liveVersion) []kit.Row {
	var rows []kit.Row
	for _, v := range live {
		application := v.version.Pacticipant.Name
		rows = append(rows, kit.Row{
			{kit.Link{Text: application, URL: l.ApplicationPage(application)}}, {versionOf(l, application, v.version.Number)}, {kit.Text{Text: v.how}}, {w.moment(v.since)},
		})
	}
	return rows
}

// arrivalRows say of the newest version of each application whether it may come.
func arrivalRows(l links.Links, answer overview.EnvironmentAnswer) []kit.Row {
	var rows []kit.Row
	for _, a := range answer.Arrivals {
		here := kit.Cell{kit.Muted{Text: "not here"}}
		switch {
		case a.IsHere():
			here = kit.Cell{kit.Muted{Text: "this one"}}
		case len(a.Here) > 0:
			here = versionsOf(l, a.Application, a.Here)
		}
		rows = append(rows, kit.Row{
			{kit.Link{Text: a.Application, URL: l.ApplicationPage(a.Application)}}, {versionOf(l, a.Application, a.Version)},
			{decisionVerdict(a.Decision.PageHeadline(), a.Decision.Counts)}, here, arrivalReasons(l, a.Application, a.Version, answer.Environment.Name, a.Decision),
		})
	}
	return rows
}

// arrivalReasons is the first reason for an answer of the gate other than a plain yes, with a
// link to all of it.
func arrivalReasons(l links.Links, application, version, environment string, d matrix.Decision) kit.Cell {
	var cell kit.Cell
	if stops(d) {
		cell = kit.Cell{kit.Sentence{Text: firstReason(d)}}
	}
	for _, doubt := range doubts(d) {
		cell = append(cell, kit.Muted{Text: doubt})
	}
	return append(cell, kit.Link{Text: "The answer", URL: l.GatePage(application, version, environment), Own: true})
}

// versionsOf are several versions of an application.
func versionsOf(l links.Links, application string, versions []kernel.Version) kit.Cell {
	var cell kit.Cell
	for _, v := range versions {
		cell = append(cell, versionOf(l, application, v.Number))
	}
	return cell
}

// environmentFacts are what somebody said of the environment.
func environmentFacts(e kernel.Environment) kit.Facts {
	var f kit.Facts
	if e.DisplayName != "" && e.DisplayName != e.Name && e.DisplayName != kernel.DisplayName(e.Name) {
		f.Add("Called", kit.Text{Text: e.DisplayName})
	}
	for _, c := range e.Contacts {
		f.Add("Contact", contactCell(c)...)
	}
	return f
}

// contactCell is who answers for an environment, and how to reach them: an address
// is a link if a browser may follow it.
func contactCell(c kernel.Contact) kit.Cell {
	cell := kit.Cell{kit.Text{Text: c.Name}}
	var details map[string]json.RawMessage
	if json.Unmarshal(c.Details, &details) != nil {
		return cell
	}
	for _, name := range slices.Sorted(maps.Keys(details)) {
		text := string(details[name])
		var said string
		if json.Unmarshal(details[name], &said) == nil {
			text = said
		}
		cell = append(cell, kit.Muted{Text: name})
		if reached := (kit.Outside{Address: text}); reached.URL() != "" {
			cell = append(cell, reached)
		} else {
			cell = append(cell, kit.Text{Text: text})
		}
	}
	return cell
}

// addHistory adds the piece of the history that the address asks for.
func (w *web) addHistory(r *http.Request, p *environmentPage, answer overview.EnvironmentAnswer) error {
	const parameter = "history-before"
	query, history := r.URL.Query(), answer.Newest
	if before, asked := momentOf(query.Get(parameter)); asked {
		var err error
		if history, err = w.service.Overview.LookAtPlaceHistory(r.Context(), answer.Environment.Name, before); err != nil {
			return err
		}
		p.Newest = kit.Link{Text: "The newest", URL: kit.With(query, map[string]string{parameter: ""}) + "#history", Own: true}
	}
	p.History = placeHistoryTable(w.historyRows(w.links(r), history.Steps)...)
	if !history.Next.IsZero() {
		p.History.Pages = kit.Pager{Next: kit.With(query, map[string]string{parameter: momentText(history.Next)}) + "#history", Of: "the history"}
	}
	return nil
}

// momentText is a moment of a history in an address.
func momentText(m kernel.PlaceMoment) string {
	return fmt.Sprintf("%d-%d-%d", m.At.UnixMicro(), m.Event, m.Record)
}

// momentOf reads it back; anything odd is none.
func momentOf(text string) (kernel.PlaceMoment, bool) {
	var numbers [3]int64
	parts := strings.Split(text, "-")
	if len(parts) != len(numbers) {
		return kernel.PlaceMoment{}, false
	}
	for i, part := range parts {
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil || n < 0 {
			return kernel.PlaceMoment{}, false
		}
		numbers[i] = n
	}
	const latest = int64(253402300799_000000) // the last moment of the year 9999, which databases know
	m := kernel.PlaceMoment{At: time.UnixMicro(min(numbers[0], latest)).UTC(), Event: kernel.PlaceEvent(min(numbers[1], int64(kernel.EventSupportEnded))), Record: numbers[2]}
	return m, !m.IsZero()
}

// placeEventWords say what happened.
var placeEventWords = map[kernel.PlaceEvent]string{
	kernel.EventDeployed: "deployed", kernel.EventReleased: "released", kernel.EventUndeployed: "undeployed", kernel.EventSupportEnded: "support ended",
}

func (w *web) historyRows(l links.Links, steps []overview.PlaceStep) []kit.Row {
	var rows []kit.Row
	for _, s := range steps {
		what := kit.Cell{kit.Text{Text: placeEventWords[s.Event]}}
		switch {
		case s.Instance != "" && s.Event == kernel.EventDeployed:
			what = kit.Cell{kit.Text{Text: "deployed to " + s.Instance}}
		case s.Instance != "":
			what = kit.Cell{kit.Text{Text: "undeployed from " + s.Instance}}
		}
		if s.Auto && s.Event == kernel.EventDeployed {
			what = append(what, kit.Muted{Text: "because of a tag"})
		}
		application := s.Version.Pacticipant.Name
		row := kit.Row{{w.moment(s.At)}, what, {kit.Link{Text: application, URL: l.ApplicationPage(application)}}, {versionOf(l, application, s.Version.Number)}, {}}
		switch {
		case s.Replaced.ID != 0:
			row[4] = kit.Cell{versionOf(l, application, s.Replaced.Number)}
		case s.Event == kernel.EventDeployed:
			row[4] = kit.Cell{kit.Muted{Text: "none"}}
		}
		rows = append(rows, row)
	}
	return rows
}
