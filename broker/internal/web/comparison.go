package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

type comparisonPage struct {
	base
	Parents kit.Links
	Form    kit.Form
	// Answer is what would change; nil where there is nothing to compare with.
	Answer *kit.Answer
	Other  kit.Link
	Filter kit.Filter
	Table  kit.Table
	Alone  kit.Empty
}

func (*comparisonPage) template() string { return "comparison" }

func comparisonTable(from, to string, rows ...kit.Row) kit.Table {
	return kit.Table{
		Name: "compared", Caption: "What is in " + from + " beside what is in " + to, Columns: []kit.Column{
			{Title: "Application", Key: "name"}, {Title: "In " + from}, {Title: "In " + to}, {Title: "Difference", Key: "difference"}, {Title: "May it go", Key: "answer"}, {Title: "Why"},
		}, Rows: rows,
	}
}

// comparisonLinks lead to what would be promoted: from environments that are further
// from users to this one, and from this one to those that are nearer.
func comparisonLinks(l links.Links, e kernel.Environment, all []kernel.Environment) kit.Links {
	at := slices.IndexFunc(all, func(other kernel.Environment) bool { return other.ID == e.ID })
	var out kit.Links
	for i, other := range all {
		switch {
		case e.Production && other.Production: // neither is on the way to the other
		case i < at:
			out = append(out, kit.Link{Text: "from here to " + other.Name, URL: l.ComparisonPage(e.Name, other.Name)})
		case i > at:
			out = append(out, kit.Link{Text: "from " + other.Name + " to here", URL: l.ComparisonPage(other.Name, e.Name)})
		}
	}
	return out
}

// comparedWith is what an environment is compared with where the address does not
// say: the next one on the way to users or, for the last, the one before it.
func comparedWith(name string, all []kernel.Environment) string {
	at := slices.IndexFunc(all, func(e kernel.Environment) bool { return e.Name == name })
	if at < 0 {
		return ""
	}
	if next := nextPlaces(at, all); len(next) > 0 {
		return next[0].Name
	}
	before := slices.IndexFunc(all, func(e kernel.Environment) bool { return !e.Production && e.Name != name })
	switch {
	case before >= 0:
		return all[before].Name
	case len(all) > 1: // all of them are production
		return all[(at+1)%len(all)].Name
	}
	return ""
}

func (w *web) comparison(r *http.Request) (page, error) {
	ctx, l, query, name := r.Context(), w.links(r), r.URL.Query(), r.PathValue("name")
	with := query.Get("with")
	if with == "" {
		here, err := w.service.Overview.LookAtEnvironment(ctx, name)
		if err != nil {
			return nil, err
		}
		if with = comparedWith(name, here.All); with == "" {
			return aloneInComparison(l, name), nil
		}
	}
	found, err := w.service.Overview.CompareEnvironments(ctx, name, with)
	if err != nil {
		return nil, err
	}
	answer := comparisonAnswer(found)
	p := &comparisonPage{
		base: base{title: name + " → " + with, twin: api.CurrentlyDeployed(found.From.UUID)}, Parents: comparisonParents(l, name), Form: comparisonForm(found),
		Answer: &answer, Other: kit.Link{Text: "the other way round", URL: l.ComparisonPage(with, name), Own: true}, Table: comparisonTable(name, with, comparisonRows(l, found)...),
	}
	if len(p.Table.Rows) == 0 {
		p.Table.Empty = kit.Empty{Text: "Nothing is in either of them."}
	}
	p.Filter = p.Table.Narrow(query, "compared-rows", "difference", "answer")
	p.Table.Sort(query)
	p.Table.Cut(query, pageSize)
	return p, nil
}

func comparisonParents(l links.Links, name string) kit.Links {
	return kit.Links{{Text: "Environments", URL: l.EnvironmentsPage(), Own: true}, {Text: name, URL: l.EnvironmentPage(name)}}
}

func aloneInComparison(l links.Links, name string) *comparisonPage {
	return &comparisonPage{
		base: base{title: name}, Parents: comparisonParents(l, name),
		Alone: kit.Empty{Text: name + " is the only environment: there is none to compare it with. Create another:", Commands: kit.Commands(createAnother(l))},
	}
}

func comparisonForm(found overview.EnvironmentComparison) kit.Form {
	f := kit.Form{Method: "get", Inline: true, Submit: "Compare", Fields: []kit.Field{{ID: "with", Name: "with", Label: "Compare " + found.From.Name + " with", Kind: "select"}}}
	for _, e := range found.All {
		if e.ID != found.From.ID || e.ID == found.To.ID {
			f.Fields[0].Options = append(f.Fields[0].Options, kit.Option{Value: e.Name, Text: e.Name, Current: e.ID == found.To.ID})
		}
	}
	return f
}

// The differences, the words of the table.
const (
	isNew     = "only in the first"
	isGone    = "only in the second"
	isOther   = "other version"
	isTheSame = "the same"
)

func difference(a overview.ComparedApplication) string {
	switch {
	case len(a.To) == 0:
		return isNew
	case len(a.From) == 0:
		return isGone
	case a.Same():
		return isTheSame
	}
	return isOther
}

// comparisonRows are all applications, what differs first and what may not go before
// what may.
func comparisonRows(l links.Links, found overview.EnvironmentComparison) []kit.Row {
	type ranked struct {
		row  kit.Row
		rank int
	}
	var all []ranked
	for _, a := range found.Applications {
		row := kit.Row{
			{kit.Link{Text: a.Name, URL: l.ApplicationPage(a.Name)}}, notThere(versionsOf(l, a.Name, a.From)), notThere(versionsOf(l, a.Name, a.To)), {kit.Text{Text: difference(a)}}, {}, {},
		}
		rank := map[string]int{isNew: 2, isOther: 2, isGone: 3, isTheSame: 4}[difference(a)]
		var verdicts []kit.Verdict
		for _, promotion := range a.Promotions {
			d := promotion.Decision
			verdicts = append(verdicts, decisionVerdict(d.PageHeadline(), d.Counts))
			row[5] = append(row[5], arrivalReasons(l, a.Name, promotion.Version.Number, found.To.Name, d)...)
			if stops(d) {
				rank = min(rank, map[bool]int{true: 0, false: 1}[d.PageHeadline() == matrix.HeadlineNo])
			}
		}
		if len(verdicts) > 0 {
			row[4] = kit.Cell{kit.Worst(verdicts[0], verdicts...)}
		}
		all = append(all, ranked{row, rank})
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return a.rank - b.rank })
	rows := make([]kit.Row, len(all))
	for i, a := range all {
		rows[i] = a.row
	}
	return rows
}

// notThere is a cell, or says that nothing is in that environment.
func notThere(cell kit.Cell) kit.Cell {
	if len(cell) == 0 {
		return kit.Cell{kit.Muted{Text: "nothing"}}
	}
	return cell
}

// comparisonAnswer says how many versions could go on, and what stands in the way.
func comparisonAnswer(found overview.EnvironmentComparison) kit.Answer {
	var verdicts []kit.Verdict
	var may, mayNot, unknown, same, gone int
	for _, a := range found.Applications {
		switch difference(a) {
		case isTheSame:
			same++
		case isGone:
			gone++
		}
		for _, promotion := range a.Promotions {
			verdicts = append(verdicts, decisionVerdict(promotion.Decision.PageHeadline(), promotion.Decision.Counts))
			switch headline := promotion.Decision.PageHeadline(); {
			case headline == matrix.HeadlineNo:
				mayNot++
			case stops(promotion.Decision):
				unknown++
			default:
				may++
			}
		}
	}
	from, to := found.From.Name, found.To.Name
	answer := kit.Answer{Verdict: kit.Worst(kit.None("nothing to promote"), verdicts...)}
	switch {
	case len(verdicts) == 0 && len(found.Applications) == 0:
		answer.Sentence = "Nothing is in either of them."
	case len(verdicts) == 0:
		answer.Sentence = fmt.Sprintf("Everything that is in %s is in %s too.", from, to)
	default:
		var parts []string
		for _, part := range []struct {
			n     int
			words string
		}{{may, "could go from %s to %s, each on its own"}, {mayNot, "may not"}, {unknown, "may not go yet, since something is not proven"}} {
			switch {
			case part.n > 0 && len(parts) == 0:
				parts = append(parts, wording.Count(part.n, "version")+" "+part.words)
			case part.n > 0:
				parts = append(parts, strconv.Itoa(part.n)+" "+part.words)
			}
		}
		answer.Sentence = strings.Replace(wording.List(parts, "and"), "%s to %s", from+" to "+to, 1) + "."
		if may == 0 {
			answer.Sentence = fmt.Sprintf("From %s to %s: ", from, to) + answer.Sentence
		}
	}
	if same > 0 {
		answer.Reasons = append(answer.Reasons, wording.Count(same, "application")+" with the same in both.")
	}
	if gone > 0 {
		answer.Reasons = append(answer.Reasons, wording.Count(gone, "application")+" only in "+to+".")
	}
	return answer
}
