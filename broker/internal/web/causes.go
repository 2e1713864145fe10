package web

import (
	"fmt"
	"strconv"

	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

func causesTable(rows ...kit.Row) kit.Table {
	return kit.Table{
		Name: "causes", Columns: []kit.Column{{Title: "What"}, {Title: "Blocks"}, {Title: "Since"}, {Title: "Owner"}, {Title: "Next step"}}, Rows: rows,
	}
}

// causeRow tells a cause in a row: what, what it blocks, since when, whose it is and
// what to do.
func (w *web) causeRow(l links.Links, owners owners, c overview.Cause) kit.Row {
	what := append(kit.Cell{causeVerdict(c.Kind, c.Blocking)}, causeWords(l, c)...)
	since := kit.Cell{}
	if !c.Since.IsZero() {
		since = kit.Cell{w.moment(c.Since)}
	}
	return kit.Row{what, blocksCell(l, c), since, owners.cell(l, c.Owner), nextStep(l, c)}
}

// causeVerdict is how a cause is shown.
func causeVerdict(c matrix.Cause, blocking bool) kit.Verdict {
	switch {
	case c == matrix.CauseFailed:
		return kit.No("failed")
	case !blocking:
		return kit.Doubt("look")
	case c == matrix.CauseNotInTarget:
		return kit.Unknown("not there")
	case c == matrix.CauseOnlyInRollout:
		return kit.Unknown("may go again")
	default:
		return kit.Unknown(notProven)
	}
}

// causeWords say a cause in a few words, with its versions; what it is leads to where
// it is told whole.
func causeWords(l links.Links, c overview.Cause) kit.Cell {
	is := func(text string) kit.Link { return kit.Link{Text: text, URL: evidenceOf(l, c)} }
	provider, consumer := kit.Cell{kit.Text{Text: c.Provider}, versionOf(l, c.Provider, c.ProviderVersion)}, versionOf(l, c.Consumer, c.ConsumerVersion)
	switch {
	case c.Kind == matrix.CauseFailed:
		return append(provider, is("fails "+c.Consumer), consumer)
	case c.Kind == matrix.CauseNeverVerified && c.ProviderVersion != "":
		return append(provider, is("has not verified "+c.Consumer), consumer)
	case c.Kind == matrix.CauseNeverVerified && c.Provider != "":
		return kit.Cell{is("No version of " + c.Provider + " has verified " + c.Consumer), consumer}
	case c.Kind == matrix.CauseNotInTarget && len(c.Consumers) > 1:
		return kit.Cell{is(c.Provider + " is not in " + wording.List(c.Environments(), "and")), kit.Text{Text: fmt.Sprintf("and is needed by %d:", len(c.Consumers))}, kit.Text{Text: wording.Some(c.Consumers, partnersNamed, "other")}}
	case c.Kind == matrix.CauseNotInTarget:
		return kit.Cell{is(c.Provider + " is not in " + wording.List(c.Environments(), "and")), kit.Text{Text: "and " + c.Consumer}, consumer, kit.Text{Text: "needs it"}}
	default:
		return kit.Cell{is(c.Sentence)}
	}
}

// evidenceOf is the page that tells a cause whole.
func evidenceOf(l links.Links, c overview.Cause) string {
	switch {
	case c.ResultNumber != 0:
		return resultOf(l, c)
	case c.SHA != "":
		return l.ContractPage(c.Consumer, c.Provider, c.ConsumerVersion)
	case len(c.Blocks) > 0:
		return l.GatePage(c.Blocks[0].Application, c.Blocks[0].Version, c.Blocks[0].Environment)
	case c.Owner != "":
		return l.ApplicationPage(c.Owner)
	}
	return ""
}

func resultOf(l links.Links, c overview.Cause) string {
	return l.ResultPage(c.Consumer, c.Provider, c.SHA, strconv.FormatInt(c.ResultNumber, 10))
}

// blocksShown is of how many applications a row says where they may not go; it counts the
// others.
const blocksShown = 4

// blocksCell are the promotions that a cause stands in the way of, each leading to
// the answer of the gate, and where both sides run already.
func blocksCell(l links.Links, c overview.Cause) kit.Cell {
	var cell kit.Cell
	byApplication := map[string]kit.Links{}
	var applications []string
	for _, p := range c.Blocks {
		if byApplication[p.Application] == nil {
			applications = append(applications, p.Application)
		}
		byApplication[p.Application] = append(byApplication[p.Application], kit.Link{Text: p.Environment, URL: l.GatePage(p.Application, p.Version, p.Environment)})
	}
	for _, a := range applications[:min(len(applications), blocksShown)] {
		line := kit.Cell{byApplication[a]}
		if len(applications) > 1 {
			line = kit.Cell{kit.Muted{Text: a + " to"}, byApplication[a]}
		}
		cell = append(cell, kit.Line{Cell: line})
	}
	if more := len(applications) - blocksShown; more > 0 {
		cell = append(cell, kit.Muted{Text: "and " + wording.Count(more, "other application")})
	}
	if len(c.RunsIn) > 0 {
		cell = append(cell, kit.Line{Cell: kit.Cell{kit.Muted{Text: runsWords(c)}, placeLinks(l, c.RunsIn)}})
	}
	return cell
}

// runsWords say what runs where the cause is there already.
func runsWords(c overview.Cause) string {
	switch {
	case c.Kind == matrix.CauseNotInTarget:
		return "Runs without it in"
	case c.Consumer != "" && c.Provider != "" && c.ProviderVersion != "":
		return "Both run now in"
	default:
		return "Runs now in"
	}
}

// nextStep is what to do about a cause.
func nextStep(l links.Links, c overview.Cause) kit.Cell {
	var cell kit.Cell
	if c.ResultNumber != 0 {
		cell = append(cell, kit.Link{Text: "result", URL: resultOf(l, c)})
	}
	if len(c.Steps) > 0 {
		cell = append(cell, kit.Fold{Summary: "Verify it", Codes: commandLines(l, c.Steps)})
	}
	if c.Kind == matrix.CauseNotInTarget && len(c.Blocks) > 0 {
		p := c.Blocks[0]
		cell = append(cell, kit.Link{Text: "what would change it", URL: l.GatePage(p.Application, p.Version, p.Environment)})
	}
	if c.SHA != "" {
		cell = append(cell, kit.Link{Text: "contract", URL: l.ContractPage(c.Consumer, c.Provider, c.ConsumerVersion)})
	}
	if c.Consumer != "" && c.Provider != "" {
		cell = append(cell, kit.Link{Text: "history", URL: historyOf(l, c)})
	}
	return between(cell)
}

// historyOf is the history of a pair. That of main branches has only their versions: a
// later result of another branch is no news of them.
func historyOf(l links.Links, c overview.Cause) string {
	if c.OnMain {
		return l.MatrixOfMainPage(c.Consumer, c.Provider)
	}
	return l.MatrixOfPairPage(c.Consumer, c.Provider)
}

// between puts a dot between links that stand beside each other.
func between(cell kit.Cell) kit.Cell {
	var out kit.Cell
	var links kit.Links
	for _, part := range cell {
		if link, is := part.(kit.Link); is {
			links = append(links, link)
			continue
		}
		out = append(out, part)
	}
	if len(links) > 0 {
		out = append(out, links)
	}
	return out
}
