package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/layered"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

const (
	// drawnAround is how many applications are drawn around one.
	drawnAround = 40
	// farthest is how many steps away from it a page looks.
	farthest = 4
)

type mapPage struct {
	base
	Lead    string
	Form    kit.Form
	Answer  *kit.Answer
	Note    string
	Drawing kit.Drawing
	// NoDrawing says why there is none.
	NoDrawing string
	Files     kit.Links
	Filter    kit.Filter
	Table     kit.Table
}

func (*mapPage) template() string { return "map" }

// mapQuestion is what the address asks of the map.
type mapQuestion struct {
	application string
	steps       int
	// group is the label of the applications that are asked for, if isGroup.
	group   string
	isGroup bool
	failing bool
	// by is "group" or "application": what is a box; "" leaves it to the size.
	by string
}

func mapQuestionOf(query url.Values) mapQuestion {
	q := mapQuestion{application: strings.TrimSpace(query.Get("application")), group: query.Get("label"), failing: query.Get("failing") != "", by: query.Get("by")}
	steps, err := strconv.Atoi(query.Get("depth"))
	if err != nil {
		steps = 2
	}
	q.steps = min(max(steps, 1), farthest)
	q.isGroup = q.application == "" && (q.group != "" || query.Get("unlabelled") != "")
	return q
}

// look finds the part of the whole that is asked about.
func (q mapQuestion) look(whole overview.Map) (overview.Map, error) {
	switch {
	case q.application != "":
		return whole.Around(q.application, q.steps)
	case q.isGroup:
		return whole.Labelled(q.group), nil
	}
	return whole, nil
}

// leave is what of it is shown.
func (q mapQuestion) leave(m overview.Map) overview.Map {
	if q.failing {
		return m.Failing()
	}
	return m
}

// byGroup reports whether groups are the boxes.
func (q mapQuestion) byGroup(m overview.Map) bool {
	if q.application != "" || q.isGroup {
		return false
	}
	return q.by == "group" || q.by != "application" && len(m.Applications) > drawnAround
}

func (w *web) mapOf(r *http.Request) (page, error) {
	q, l, query := mapQuestionOf(r.URL.Query()), w.links(r), r.URL.Query()
	whole, err := w.service.Overview.LookAtMap(r.Context())
	if err != nil {
		return nil, err
	}
	p := &mapPage{base: base{title: "Map", twin: api.Template("/relationships"), twinIsText: true}, Form: mapForm(q, whole)}
	p.Lead = "Who depends on whom. Consumers stand to the left of their providers."
	if q.application != "" {
		p.title, p.twin = "Map around "+q.application, api.Path("groups", q.application)
	}
	m, err := q.look(whole)
	if kernel.IsNotFound(err) {
		p.Form.Fields[0].Error = sentence(err)
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	answer := mapAnswer(m) // it is about all of that part, whatever is shown of it
	p.Answer = &answer
	g := w.fillMap(l, p, q, q.leave(m))
	p.Table.Empty = noMap(l, q, whole)
	p.Filter = p.Table.Narrow(query, "pairs-found", "state")
	p.Table.Sort(query)
	p.Table.Cut(query, pageSize)
	return p, w.draw(r.Context(), l, p, g, query)
}

// fillMap fills the table, and returns the graph that shows the same.
func (w *web) fillMap(l links.Links, p *mapPage, q mapQuestion, m overview.Map) *mapGraph {
	if q.byGroup(m) {
		p.Table = groupsTable(groupRows(l, m)...)
		return groupGraph(l, q, m)
	}
	p.Table = mapTable(mapRows(l, m)...)
	if q.application != "" {
		var left int
		all := len(m.Applications)
		if m, left = m.Nearest(q.application, drawnAround); left > 0 {
			p.Note = fmt.Sprintf("The drawing has the %d nearest of %s. The table has all pairs.", drawnAround, wording.Count(all, "application"))
		}
	}
	return applicationGraph(l, q, m)
}

// draw adds the drawing, or says why there is none.
func (w *web) draw(ctx context.Context, l links.Links, p *mapPage, g *mapGraph, query url.Values) error {
	if len(g.nodes) == 0 {
		return nil
	}
	d, err := w.drawings.of(ctx, g.graph())
	switch {
	case err == nil:
		p.Drawing = g.drawn(d)
		p.Files = kit.Links{{Text: "as SVG", URL: l.MapPage(query, "svg"), Own: true, File: "map.svg"}, {Text: "for Mermaid", URL: l.MapPage(query, "mermaid"), Own: true, File: "map.mmd"}}
		return nil
	case errors.Is(err, errNotYet):
		p.NoDrawing = "The drawing is being made. It is there when you load this page again; the table has the same."
	case errors.Is(err, layered.ErrTooLarge), errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		p.NoDrawing = fmt.Sprintf("%s with %s are too much to be drawn. The table has the same. Ask for one application, one label or what fails.", wording.CountOf(len(g.nodes), "box", "boxes"), wording.Count(len(g.lines), "line"))
	default:
		return err
	}
	return nil
}

// mapFile answers with the drawing as a file.
func (w *web) mapFile(rw http.ResponseWriter, r *http.Request) {
	kind := r.PathValue("kind")
	text, err := w.mapText(r, kind)
	if err != nil {
		w.page(func(*http.Request) (page, error) { return nil, err })(rw, r)
		return
	}
	header := rw.Header()
	header.Set("Content-Type", map[string]string{"svg": "image/svg+xml; charset=utf-8", "mermaid": "text/plain; charset=utf-8"}[kind])
	header.Set("Content-Disposition", `attachment; filename="`+map[string]string{"svg": "map.svg", "mermaid": "map.mmd"}[kind]+`"`)
	header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	header.Set("Cache-Control", "private, no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	_, _ = rw.Write(text)
}

func (w *web) mapText(r *http.Request, kind string) ([]byte, error) {
	if kind != "svg" && kind != "mermaid" {
		return nil, kernel.Errorf(kernel.CodeNotFound, "There is no page at this address.")
	}
	q, base := mapQuestionOf(r.URL.Query()), w.links(r).Base()
	whole, err := w.service.Overview.LookAtMap(r.Context())
	if err != nil {
		return nil, err
	}
	m, err := q.look(whole)
	if err != nil {
		return nil, err
	}
	g := w.fillMap(links.Below(base), &mapPage{}, q, q.leave(m))
	if kind == "mermaid" {
		return []byte(g.mermaid()), nil
	}
	if base == "" { // a file does not know which broker its links are of
		for i := range g.nodes {
			g.nodes[i].URL = ""
		}
	}
	d, err := w.drawings.of(r.Context(), g.graph())
	switch {
	case errors.Is(err, errNotYet):
		return nil, kernel.Errorf(kernel.CodeUnavailable, "The drawing is being made. Ask for it again in a moment.")
	case errors.Is(err, layered.ErrTooLarge), errors.Is(err, context.DeadlineExceeded) && r.Context().Err() == nil:
		return nil, kernel.Errorf(kernel.CodeUnprocessable, "That is too much to be drawn. Ask for one application, one label or what fails.")
	case err != nil:
		return nil, err
	}
	var out bytes.Buffer
	err = w.pages["map"]().ExecuteTemplate(&out, "svg", g.drawn(d))
	return out.Bytes(), err
}

// mapForm asks which part of the map is looked at.
func mapForm(q mapQuestion, whole overview.Map) kit.Form {
	names := slices.Sorted(maps.Keys(whole.Applications))
	depth := kit.Field{ID: "depth", Name: "depth", Label: "Steps away", Kind: "select"}
	for steps := 1; steps <= farthest; steps++ {
		depth.Options = append(depth.Options, kit.Option{Value: strconv.Itoa(steps), Text: wording.Count(steps, "step"), Current: steps == q.steps})
	}
	sizes, _ := whole.Groups()
	label := kit.Field{ID: "label", Name: "label", Label: "Or label", Kind: "select", Options: []kit.Option{{Text: "any"}}}
	for _, name := range slices.Sorted(maps.Keys(sizes)) {
		if name != "" {
			label.Options = append(label.Options, kit.Option{Value: name, Text: name, Current: q.isGroup && name == q.group})
		}
	}
	by := kit.Field{ID: "by", Name: "by", Label: "Boxes are", Kind: "select", Options: []kit.Option{
		{Text: "as fits"}, {Value: "application", Text: "applications", Current: q.by == "application"}, {Value: "group", Text: "labels", Current: q.by == "group"},
	}}
	f := kit.Form{Method: "get", Inline: true, Submit: "Show", Fields: []kit.Field{
		{ID: "application", Name: "application", Label: "Around application", Value: q.application, Suggestions: names[:min(len(names), suggestions)], Placeholder: "all of them"}, depth,
	}}
	if len(label.Options) > 1 {
		f.Fields = append(f.Fields, label, by)
	}
	f.Fields = append(f.Fields, kit.Field{ID: "failing", Name: "failing", Label: "Only what fails", Kind: "checkbox", Value: "1", Checked: q.failing})
	return f
}

// noMap says what to do where there is nothing to draw.
func noMap(l links.Links, q mapQuestion, whole overview.Map) kit.Empty {
	switch {
	case q.failing:
		return kit.Empty{Text: "Nothing here fails.", Links: kit.Links{{Text: "Show what does not", URL: "?" + withoutFailing(q).Encode(), Own: true}}}
	case len(whole.Edges) == 0:
		return kit.Empty{Text: "Nobody depends on anybody yet. That comes with the first contract:", Links: kit.Links{{Text: "how to begin", URL: l.HomePage(), Own: true}}}
	}
	return kit.Empty{Text: "It depends on nothing, and nothing depends on it."}
}

func withoutFailing(q mapQuestion) url.Values {
	out := url.Values{}
	for name, value := range map[string]string{"application": q.application, "label": q.group, "by": q.by} {
		if value != "" {
			out.Set(name, value)
		}
	}
	if q.application != "" {
		out.Set("depth", strconv.Itoa(q.steps))
	}
	return out
}

func edgeVerdict(e overview.MapEdge) kit.Verdict {
	outcome, known := e.Outcome()
	if !known {
		return kit.None("no contract now")
	}
	return outcomeStatus(outcome)
}

// mapAnswer says how all pairs stand.
func mapAnswer(m overview.Map) kit.Answer {
	var failing, unproven, none int
	var verdicts []kit.Verdict
	for _, e := range m.Edges {
		verdicts = append(verdicts, edgeVerdict(e))
		switch outcome, known := e.Outcome(); {
		case !known:
			none++
		case outcome == matrix.Failed:
			failing++
		case outcome == matrix.Unverified:
			unproven++
		}
	}
	all := len(m.Edges)
	answer := kit.Answer{Verdict: kit.Worst(kit.None("nothing"), verdicts...)}
	if failing > 0 {
		answer.Verdict = kit.No("failing")
	}
	switch pairs := wording.Count(all, "pair"); {
	case all == 0:
		answer.Sentence = "No pair is here."
	case failing > 0 && unproven > 0:
		answer.Sentence = fmt.Sprintf("%s, and %s.", failingPairs(failing, pairs), unprovenPairs(unproven))
	case failing > 0:
		answer.Sentence = failingPairs(failing, pairs) + "."
	case unproven > 0:
		answer.Sentence = fmt.Sprintf("None of %s fails, and %s.", pairs, unprovenPairs(unproven))
	case none == all:
		answer.Sentence = "None of these has a contract now."
	default:
		answer.Sentence = "All that meets is verified."
	}
	if none > 0 && none < all {
		answer.Reasons = []string{wording.CountOf(none, "pair has no contract any more.", "pairs have no contract any more.")}
	}
	return answer
}

func failingPairs(n int, pairs string) string {
	return wording.CountOf(n, "of "+pairs+" fails", "of "+pairs+" fail")
}

func unprovenPairs(n int) string { return wording.CountOf(n, "is not proven", "are not proven") }

func mapTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "pairs", Caption: "Each consumer with each of its providers, failures first", Columns: []kit.Column{
		{Title: "Consumer", Key: "consumer"}, {Title: "Provider", Key: "provider"}, {Title: "State", Key: "state"}, {Title: "Where"}, {Title: "More"},
	}, Rows: rows}
}

func mapRows(l links.Links, m overview.Map) []kit.Row {
	rows := make([]kit.Row, len(m.Edges))
	for i, e := range m.Edges {
		rows[i] = kit.Row{
			{kit.Link{Text: e.Consumer, URL: l.MapAroundPage(e.Consumer)}}, {kit.Link{Text: e.Provider, URL: l.MapAroundPage(e.Provider)}}, {edgeVerdict(e)}, whereCell(l, e),
			{kit.Links{{Text: "contract", URL: l.ContractPage(e.Consumer, e.Provider, ""), Own: true}, {Text: "matrix", URL: l.MatrixOfPairPage(e.Consumer, e.Provider), Own: true}}},
		}
	}
	return rows
}

// whereCell says where a pair fails or is not proven.
func whereCell(l links.Links, e overview.MapEdge) kit.Cell {
	var cell kit.Cell
	for _, part := range []struct {
		outcome matrix.Outcome
		words   string
	}{{matrix.Failed, "fails"}, {matrix.Unverified, "not proven"}} {
		in := e.In(part.outcome)
		if len(in) == 0 {
			continue
		}
		var where kit.Links
		for _, name := range in {
			if name == "" {
				where = append(where, kit.Link{Text: "the newest", Own: true})
			} else {
				where = append(where, kit.Link{Text: name, URL: l.EnvironmentPage(name)})
			}
		}
		cell = append(cell, kit.Muted{Text: part.words + ":"}, where)
	}
	return cell
}

func groupsTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "groups", Caption: "What applications of each label have with those of each other, failures first", Columns: []kit.Column{
		{Title: "Consumers", Key: "consumer"}, {Title: "Providers", Key: "provider"}, {Title: "State", Key: "state"}, {Title: "Pairs", Key: "pairs", NewestFirst: true},
	}, Rows: rows}
}

func groupName(group string) string {
	if group == "" {
		return "without a label"
	}
	return group
}

func groupPage(l links.Links, group string) string {
	if group == "" {
		return l.MapPage(url.Values{"unlabelled": {"1"}}, "")
	}
	return l.MapPage(url.Values{"label": {group}}, "")
}

func groupVerdict(e overview.GroupEdge) kit.Verdict {
	switch {
	case e.Failing > 0:
		return kit.No(fmt.Sprintf("%d failed", e.Failing))
	case e.Unproven > 0:
		return kit.Unknown(fmt.Sprintf("%d not verified", e.Unproven))
	case e.Proven > 0:
		return kit.Yes("verified")
	}
	return kit.None("no contract now")
}

func groupRows(l links.Links, m overview.Map) []kit.Row {
	_, edges := m.Groups()
	rows := make([]kit.Row, len(edges))
	for i, e := range edges {
		rows[i] = kit.Row{
			{kit.Link{Text: groupName(e.Consumer), URL: groupPage(l, e.Consumer)}}, {kit.Link{Text: groupName(e.Provider), URL: groupPage(l, e.Provider)}}, {groupVerdict(e)}, {kit.Number{N: e.Pairs}},
		}
	}
	return rows
}

// groupGraph has a box for each group.
func groupGraph(l links.Links, q mapQuestion, m overview.Map) *mapGraph {
	g := &mapGraph{label: "Map of the labels"}
	sizes, edges := m.Groups()
	for _, name := range slices.Sorted(maps.Keys(sizes)) {
		g.add(name, kit.DrawnNode{Whole: groupName(name), Under: wording.Count(sizes[name], "application"), URL: q.keep(groupPage(l, name))})
	}
	for _, e := range edges {
		v := groupVerdict(e)
		g.lines = append(g.lines, mapLine{from: e.Consumer, to: e.Provider, verdict: lineOf(v), says: groupName(e.Consumer) + " → " + groupName(e.Provider) + ": " + v.Word + " of " + wording.Count(e.Pairs, "pair")})
	}
	return g
}

// lineOf is a verdict over several as a line shows it, without its number.
func lineOf(v kit.Verdict) kit.Verdict {
	for _, outcome := range []matrix.Outcome{matrix.Failed, matrix.Unverified} {
		if told := outcomeStatus(outcome); told.Class == v.Class {
			return told
		}
	}
	return v
}

// applicationGraph has a box for each application.
func applicationGraph(l links.Links, q mapQuestion, m overview.Map) *mapGraph {
	g := &mapGraph{label: "Map of the applications"}
	if q.application != "" {
		g.label = "Map around " + q.application
	}
	for _, name := range slices.Sorted(maps.Keys(m.Applications)) {
		group := overview.GroupOf(m.Applications[name])
		n := kit.DrawnNode{Whole: name, Under: group, URL: q.keep(l.MapAroundPage(name))}
		switch {
		case name == q.application:
			n.Kind, n.URL = "focus", l.ApplicationPage(name)
		case q.isGroup && group != q.group:
			n.Kind = "outside"
		}
		g.add(name, n)
	}
	for _, e := range m.Edges {
		v := edgeVerdict(e)
		g.lines = append(g.lines, mapLine{from: e.Consumer, to: e.Provider, verdict: v, says: e.Consumer + " → " + e.Provider + ": " + v.Word + placesWords(e)})
	}
	return g
}

// placesWords say where the worst of a pair is.
func placesWords(e overview.MapEdge) string {
	outcome, known := e.Outcome()
	if !known || outcome == matrix.Passed {
		return ""
	}
	in := e.In(outcome)
	for i, name := range in {
		if name == "" {
			in[i] = "the newest versions"
		}
	}
	return " in " + strings.Join(in, ", ")
}

// keep is an address with what the reader has chosen besides.
func (q mapQuestion) keep(address string) string {
	if q.failing {
		return address + "&failing=1"
	}
	return address
}
