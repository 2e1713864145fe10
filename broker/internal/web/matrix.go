package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

// unprovenShown is how many provider versions without a result one row names.
const unprovenShown = 5

// matrixPage shows rows of the matrix and what all of them say. Its question is in
// its address, in the names of the form's fields; addresses of the API are put
// into these words before they come here.
type matrixPage struct {
	base
	Lead string
	Form kit.Form
	// Notes say what is not as the reader may think.
	Notes []string
	// Asked is nil where nothing is asked, or nothing can be answered.
	Asked *matrixRowsShown
	// Integrations are what can be asked about, where nothing is.
	Integrations kit.Table
}

func (*matrixPage) template() string { return "matrix" }

// matrixRowsShown are rows with what all rows say.
type matrixRowsShown struct {
	Answer kit.Answer
	// Turn is of a single pair: its last good and its first bad row.
	Turn   kit.Facts
	Pairs  kit.Table
	Filter kit.Filter
	Rows   kit.Table
	// Other leads to rows that belong to the question and are not among these.
	Other kit.Link
}

func (w *web) matrix(r *http.Request) (page, error) {
	l, asked := w.links(r), matrixQuestion(r)
	answer, err := w.service.Overview.LookAtMatrix(r.Context(), asked)
	if err != nil {
		return nil, err
	}
	return w.matrixPage(l, answer, r.URL.Query()["left"]), nil
}

// matrixPage shows an answer. What the address asked and the page cannot is left
// out, and told.
func (w *web) matrixPage(l links.Links, answer overview.MatrixAnswer, left []string) *matrixPage {
	query := matrixAddress(answer.MatrixQuery)
	p := &matrixPage{
		base: base{title: "Integration matrix", twin: matrixTwin(answer.MatrixQuery)},
		Lead: "Which version works with which, since when one does not, and the result that says so.",
		Form: matrixForm(l, answer), Notes: matrixNotes(answer, left),
	}
	switch {
	case query.Get("consumer")+query.Get("provider") == "":
		p.Integrations = w.integrationsTable(l, answer)
		p.Integrations.Pages = kit.PagerAt(l.MatrixPage(nil), query, "page", answer.Page.Number, pagesOf(answer.TotalIntegrations, answer.Page.Size))
	case answer.Wrong == overview.MatrixWrong{}:
		p.Asked = w.matrixRowsShown(l, query, answer)
	}
	return p
}

func pagesOf(total, size int) int { return max(1, (total+size-1)/size) }

// The sides of the question, and their fields after the application.
var matrixSides = []string{"consumer", "provider"}

// matrixOutcomes are the results as the address says them.
var matrixOutcomes = []struct {
	name    string
	outcome matrix.Outcome
}{{"failed", matrix.Failed}, {"unverified", matrix.Unverified}, {"verified", matrix.Passed}}

// matrixQuestion reads what is asked.
func matrixQuestion(r *http.Request) overview.MatrixQuery {
	query := r.URL.Query()
	side := func(name string) matrix.Selector {
		value := func(field string) string { return strings.TrimSpace(query.Get(name + field)) }
		return matrix.Selector{
			Pacticipant: value(""), Version: value("-version"), Branch: value("-branch"), Tag: value("-tag"), Environment: value("-environment"),
			MainBranch: value("-main") == "true", Latest: value("-latest") == "true",
		}
	}
	q := overview.MatrixQuery{
		Consumer: side("consumer"), Provider: side("provider"), Unsorted: query.Get("unsorted") == "true", Every: query.Get("every") == "true", Page: pageOf(r),
	}
	for _, o := range matrixOutcomes {
		if slices.Contains(query["result"], o.name) {
			q.Show = append(q.Show, o.outcome)
		}
	}
	return q
}

// matrixAddress writes a question as its address says it, without the page.
func matrixAddress(q overview.MatrixQuery) url.Values {
	out := url.Values{}
	for i, s := range []matrix.Selector{q.Consumer, q.Provider} {
		for _, f := range matrixFields(s) {
			if f.value != "" {
				out.Set(matrixSides[i]+f.name, f.value)
			}
		}
	}
	for _, o := range matrixOutcomes {
		if slices.Contains(q.Show, o.outcome) {
			out.Add("result", o.name)
		}
	}
	if q.Every {
		out.Set("every", "true")
	}
	return out
}

type matrixField struct{ name, label, value string }

func matrixFields(s matrix.Selector) []matrixField {
	flag := func(set bool) string {
		if set {
			return "true"
		}
		return ""
	}
	return []matrixField{
		{"", "", s.Pacticipant}, {"-version", "Version", s.Version}, {"-branch", "Branch", s.Branch}, {"-tag", "Tag", s.Tag}, {"-environment", "Environment", s.Environment},
		{"-main", "Main branch", flag(s.MainBranch)}, {"-latest", "Only the newest of these", flag(s.Latest)},
	}
}

// matrixTwin is the address of the API that has the same rows; "" if it has none.
func matrixTwin(q overview.MatrixQuery) string {
	rows := url.Values{}
	if !q.Every {
		rows.Set("latestby", string(matrix.ByVersions))
	}
	for _, o := range q.Show {
		rows.Add("success[]", map[matrix.Outcome]string{matrix.Passed: "true", matrix.Failed: "false", matrix.Unverified: ""}[o])
	}
	both := q.Consumer.Pacticipant != "" && q.Provider.Pacticipant != ""
	if both && q.Consumer.IsBare() && q.Provider.IsBare() && len(q.Show) == 0 {
		return strings.TrimSuffix(api.Matrix(q.Provider.Pacticipant, q.Consumer.Pacticipant)+"?"+rows.Encode(), "?")
	}
	var asked []string
	for _, s := range []matrix.Selector{q.Consumer, q.Provider} {
		switch {
		case s.Pacticipant != "":
			asked = append(asked, selectorAddress(s)...)
		case !both && (s.Version != "" || s.Branch != ""):
			return "" // a target names neither
		default:
			targetAddress(rows, s)
		}
	}
	if q.Consumer.Pacticipant+q.Provider.Pacticipant == "" {
		return api.Integrations()
	}
	if len(rows) > 0 {
		asked = append(asked, rows.Encode())
	}
	return api.Template("/matrix?" + strings.Join(asked, "&"))
}

// selectorAddress is a selector as the API reads it. Its order counts.
func selectorAddress(s matrix.Selector) []string {
	names := map[string]string{"": "pacticipant", "-main": "mainBranch"}
	var out []string
	for _, f := range matrixFields(s) {
		name, renamed := names[f.name]
		if !renamed {
			name = strings.TrimPrefix(f.name, "-")
		}
		if f.value != "" {
			out = append(out, "q%5B%5D%5B"+name+"%5D="+url.QueryEscape(f.value))
		}
	}
	return out
}

func targetAddress(out url.Values, s matrix.Selector) {
	for name, value := range map[string]string{"tag": s.Tag, "environment": s.Environment} {
		if value != "" {
			out.Set(name, value)
		}
	}
	for name, flag := range map[string]bool{"mainBranch": s.MainBranch, "latest": s.Latest} {
		if flag {
			out.Set(name, "true")
		}
	}
}

// matrixForm is the question, with what is wrong with it.
func matrixForm(l links.Links, a overview.MatrixAnswer) kit.Form {
	f := kit.Form{Action: l.MatrixPage(nil), Method: "get", Inline: true, Submit: "Show"}
	for i, side := range []struct {
		selector           matrix.Selector
		wrong, wrongChoice string
		label, hint        string
	}{
		{a.Consumer, a.Wrong.Consumer, a.Wrong.ConsumerVersions, "Consumer", "empty: all consumers of the provider"},
		{a.Provider, a.Wrong.Provider, a.Wrong.ProviderVersions, "Provider", "empty: all providers of the consumer"},
	} {
		name := matrixSides[i]
		f.Fields = append(f.Fields, kit.Field{ID: name, Name: name, Label: side.label, Value: side.selector.Pacticipant, Suggestions: a.Names, Hint: side.hint, Error: side.wrong})
		f.Groups = append(f.Groups, kit.Group{
			Legend: "Which versions of the " + name, Open: side.selector != matrix.Selector{Pacticipant: side.selector.Pacticipant}, Fields: sideFields(name, side.selector, side.wrongChoice, a.Environments),
		})
	}
	rows := kit.Group{Legend: "Which results", Open: len(a.Show) > 0 || a.Every}
	for _, o := range matrixOutcomes {
		rows.Fields = append(rows.Fields, kit.Field{ID: "result-" + o.name, Name: "result", Label: outcomeStatus(o.outcome).Word, Kind: "checkbox", Value: o.name, Checked: slices.Contains(a.Show, o.outcome)})
	}
	rows.Fields = append(rows.Fields, kit.Field{ID: "every", Name: "every", Label: "also those that a newer one replaced", Kind: "checkbox", Value: "true", Checked: a.Every})
	f.Groups = append(f.Groups, rows)
	return f
}

// sideFields ask which versions of a side count.
func sideFields(side string, s matrix.Selector, wrong string, environments []kernel.Environment) []kit.Field {
	var out []kit.Field
	for _, f := range matrixFields(s)[1:] {
		field := kit.Field{ID: side + f.name, Name: side + f.name, Label: f.label, Value: f.value}
		switch f.name {
		case "-environment":
			field.Kind, field.Options = "select", []kit.Option{{Text: "any"}}
			known := kernel.NamesOf(environments)
			if s.Environment != "" && !slices.Contains(known, s.Environment) {
				known = append(known, s.Environment)
			}
			for _, name := range known {
				field.Options = append(field.Options, kit.Option{Value: name, Text: name, Current: name == s.Environment})
			}
		case "-main", "-latest":
			field.Kind, field.Value, field.Checked = "checkbox", "true", f.value != ""
		}
		if wrong != "" && f.value != "" {
			field.Error, wrong = wrong, "" // at the first that is asked
		}
		out = append(out, field)
	}
	return out
}

// leftOut says what an address of the API asked and the page cannot ask.
var leftOut = map[string]string{
	"all":       "The address could not be read as a question to the matrix.",
	"selectors": "The address asks about more versions or applications. This page is about one consumer and one provider, and left the others out.",
	"target":    "The address also asks about other partners, those in a target. This page is about the two that are named.",
	"latestby":  "The address asks for one row for many (latestby). This page shows each of them.",
	"ignore":    "The address ignores some rows. This page ignores none: what it says may be worse.",
	"limit":     "The address limits the rows. This page has pages instead, and counts all.",
	"at":        "The address asks about a moment in the past. This page is about now.",
}

// matrixNotes say what was left out, what was not read, and what is elsewhere.
func matrixNotes(a overview.MatrixAnswer, left []string) []string {
	var out []string
	for _, name := range slices.Compact(slices.Sorted(slices.Values(left))) {
		if text := leftOut[name]; text != "" {
			out = append(out, text)
		}
	}
	if a.Truncated {
		out = append(out, fmt.Sprintf("Only the newest %d contracts were read. Name a branch, a tag or a version to see others.", matrix.MostRows))
	}
	if a.ResultsCut {
		out = append(out, fmt.Sprintf("Only the newest %d results were read: rows without one may have an older one. Ask for fewer versions to see it.", matrix.MostRows))
	}
	return out
}

// matrixRowsShown shows rows, and before them what all of them say.
func (w *web) matrixRowsShown(l links.Links, query url.Values, a overview.MatrixAnswer) *matrixRowsShown {
	out := &matrixRowsShown{Filter: matrixFilter(l, query, a), Rows: matrixTable()}
	out.Answer = matrixAnswer(a)
	if len(a.Pairs) == 1 {
		out.Turn = w.turn(l, query, a)
	} else {
		out.Pairs = w.historiesTable(l, query, a)
	}
	if a.OtherWay {
		out.Other = kit.Link{Text: otherWords(a.MatrixQuery), URL: l.MatrixPage(otherWay(a.MatrixQuery))}
	}
	for _, r := range a.Rows {
		row := w.matrixRow(l, r, a.ResultsCut)
		if len(a.Pairs) == 1 { // both names stand above
			row[0], row[1] = row[0][1:], orNothing(row[1][1:])
		}
		out.Rows.Rows = append(out.Rows.Rows, row)
	}
	out.Rows.Pages = kit.PagerAt(l.MatrixPage(nil), query, "page", a.Page.Number, pagesOf(a.Total, a.Page.Size))
	out.Rows.Empty = noRows(l, query, a)
	return out
}

func matrixTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "rows", Caption: "The newest contracts first, of each the newest provider versions first", Columns: []kit.Column{
		{Title: "Consumer"}, {Title: "Provider"}, {Title: "Result"}, {Title: "When"}, {Title: "Build"}, {Title: "See"},
	}, Rows: rows}
}

// matrixRow is a row of the gate with where its versions belong, and its build.
func (w *web) matrixRow(l links.Links, r overview.MatrixRow, cut bool) kit.Row {
	more := len(r.Unproven) - unprovenShown
	if more > 0 {
		r.Unproven = r.Unproven[more:] // the newest
	}
	row := w.pairRow(l, r.MatrixRow)
	if more > 0 {
		row[1] = append(row[1], kit.Muted{Text: fmt.Sprintf("and %d older", more)})
	}
	row[0] = append(row[0], placesOf(r.ConsumerVersion.Branches, r.ConsumerVersion.Tags, r.ConsumerVersion.Environments)...)
	if v := r.ProviderVersion; v != nil {
		row[1] = append(row[1], placesOf(v.Branches, v.Tags, v.Environments)...)
	}
	build := kit.Cell{}
	switch {
	case r.BuildURL != "":
		build = kit.Cell{kit.Outside{Text: "build", Address: r.BuildURL}}
	case r.Verification == nil && cut:
		row[2] = kit.Cell{kit.None("no result read")}
	}
	return kit.Row{row[0], row[1], row[2], row[3], build, row[4]}
}

// orNothing is a cell, or says that nothing is there.
func orNothing(c kit.Cell) kit.Cell {
	if len(c) == 0 {
		return kit.Cell{kit.Muted{Text: "none yet"}}
	}
	return c
}

// placesOf says where a version belongs.
func placesOf(branches []kernel.BranchVersion, tags []kernel.Tag, environments []kernel.Environment) kit.Cell {
	var texts []string
	for _, text := range []string{branchNames(branches), strings.Join(kernel.TagNames(tags), ", "), strings.Join(kernel.NamesOf(environments), ", ")} {
		if text != "" {
			texts = append(texts, text)
		}
	}
	if len(texts) == 0 {
		return nil
	}
	return kit.Cell{kit.Muted{Text: strings.Join(texts, " · ")}}
}

// matrixFilter says what is asked, and takes each part of it away.
func matrixFilter(l links.Links, query url.Values, a overview.MatrixAnswer) kit.Filter {
	page := l.MatrixPage(nil)
	all := a.Counts.Success + a.Counts.Failed + a.Counts.Unknown
	f := kit.Filter{Count: kit.CountOf(a.Total, all), Clear: page}
	take := func(text, name string) {
		f.Active = append(f.Active, kit.Link{Text: text, URL: page + kit.With(query, map[string]string{name: ""})})
	}
	for i, s := range []matrix.Selector{a.Consumer, a.Provider} {
		for _, field := range matrixFields(s) {
			switch {
			case field.value == "":
			case field.name == "":
				take(matrixSides[i]+": "+field.value, matrixSides[i])
			case field.value == "true" && (field.name == "-main" || field.name == "-latest"):
				take(matrixSides[i]+": "+strings.ToLower(field.label), matrixSides[i]+field.name)
			default:
				take(matrixSides[i]+" "+strings.ToLower(field.label)+": "+field.value, matrixSides[i]+field.name)
			}
		}
	}
	if len(a.Show) > 0 {
		var words []string
		for _, o := range a.Show {
			words = append(words, outcomeStatus(o).Word)
		}
		take("result: "+strings.Join(words, " or "), "result")
	}
	if a.Every {
		take("also what was replaced", "every")
	}
	return f
}

// noRows says what to do where there are none.
func noRows(l links.Links, query url.Values, a overview.MatrixAnswer) kit.Empty {
	switch {
	case a.Total > 0:
		return kit.Empty{Text: "There are no more rows.", Links: kit.Links{{Text: "To the first", URL: l.MatrixPage(query)}}}
	case a.Counts != matrix.Counts{}:
		return kit.Empty{Text: "No row has that result.", Links: kit.Links{{Text: "Show all", URL: l.MatrixPage(nil) + kit.With(query, map[string]string{"result": ""})}}}
	case a.OtherWay:
		return kit.Empty{Text: "There is no contract this way round.", Links: kit.Links{{Text: "The other way round", URL: l.MatrixPage(otherWay(a.MatrixQuery))}}}
	case a.Consumer.Pacticipant != "" && a.Provider.Pacticipant != "":
		return kit.Empty{Text: fmt.Sprintf("%s has no contract with %s.", a.Consumer.Pacticipant, a.Provider.Pacticipant)}
	default:
		return kit.Empty{Text: "There is no contract like that."}
	}
}

// otherWay asks with both sides in each other's place.
func otherWay(q overview.MatrixQuery) url.Values {
	q.Consumer, q.Provider = q.Provider, q.Consumer
	return matrixAddress(q)
}

// otherWords say what the rows the other way round are.
func otherWords(q overview.MatrixQuery) string {
	switch consumer, provider := q.Consumer.Pacticipant, q.Provider.Pacticipant; {
	case provider == "":
		return consumer + " as a provider"
	case consumer == "":
		return provider + " as a consumer"
	default:
		return provider + " as a consumer of " + consumer
	}
}

// integrationsTable lists what can be asked about.
func (w *web) integrationsTable(l links.Links, a overview.MatrixAnswer) kit.Table {
	t := integrationsTable()
	for _, in := range a.Integrations {
		consumer, provider := in.Consumer.Name, in.Provider.Name
		t.Rows = append(t.Rows, kit.Row{
			{kit.Link{Text: consumer + " → " + provider, URL: l.MatrixOfPairPage(consumer, provider)}}, {w.moment(in.ChangedAt)}, {kit.Link{Text: "contract", URL: l.ContractPage(consumer, provider, "")}},
		})
	}
	t.Empty = kit.Empty{Text: "There is no contract yet, so no version meets another.", Links: kit.Links{{Text: "How to begin", URL: l.HomePage()}}}
	if a.TotalIntegrations > 0 {
		t.Caption = fmt.Sprintf("%s, last changed first", wording.Count(a.TotalIntegrations, "pair"))
		t.Empty = kit.Empty{Text: "There are no more pairs.", Links: kit.Links{{Text: "To the first", URL: l.MatrixPage(nil)}}}
	}
	return t
}

func integrationsTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "integrations", Columns: []kit.Column{{Title: "Pair"}, {Title: "Last change"}, {Title: "See"}}, Rows: rows}
}
