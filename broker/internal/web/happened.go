package web

import (
	"context"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

// partnersNamed is how many partners a line names; it counts the others.
const partnersNamed = 3

func happenedTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "happened", Columns: []kit.Column{{Title: "What"}, {Title: "When"}, {Title: "See"}}, Rows: rows}
}

// happened tells what happened last.
func (w *web) happened(ctx context.Context, l links.Links, mine mine) (kit.Table, error) {
	t := happenedTable()
	all, err := w.service.Overview.LookAtHappenings(ctx)
	if err != nil {
		return t, err
	}
	for _, h := range all {
		if row, concerns := w.happening(l, mine, h); concerns {
			t.Rows = append(t.Rows, row)
		}
	}
	t.Empty = kit.Empty{Text: "Nothing has happened lately."}
	return t, nil
}

// happening is a line about one thing, and whether it concerns the reader.
func (w *web) happening(l links.Links, mine mine, h overview.Happening) (kit.Row, bool) {
	var parties []kernel.Party
	var what, see kit.Cell
	switch {
	case len(h.Published) > 0:
		what, see, parties = publishedLine(l, h.Published)
	case len(h.Verified) > 0:
		what, see, parties = verifiedLine(l, h.Verified)
	case h.Deployed != nil:
		d := h.Deployed
		parties = []kernel.Party{d.Version.Pacticipant}
		what, see = placedLine(l, d.Version, "deployed to", d.Environment, d.Instance)
	case h.Released != nil:
		parties = []kernel.Party{h.Released.Version.Pacticipant}
		what, see = placedLine(l, h.Released.Version, "released to", h.Released.Environment, "")
	case h.Answered != nil:
		what, see, parties = answeredLine(l, *h.Answered)
	}
	return kit.Row{what, {w.moment(h.At)}, see}, !mine.asked() || mine.concernsAny(parties...)
}

func publishedLine(l links.Links, published []kernel.PactPublication) (what, see kit.Cell, parties []kernel.Party) {
	v := published[0].ConsumerVersion
	var partners []kernel.Party
	var contracts kit.Links
	for _, p := range published {
		if !containsParty(partners, p.Provider) {
			partners = append(partners, p.Provider)
			contracts = append(contracts, kit.Link{Text: "contract with " + p.Provider.Name, URL: l.ContractPage(p.Consumer.Name, p.Provider.Name, v.Number)})
		}
	}
	what = kit.Cell{kit.None("published"), applicationLink(l, v.Pacticipant), versionOf(l, v.Pacticipant.Name, v.Number), kit.Text{Text: "with contracts for " + named(partners)}}
	if len(partners) == 1 {
		what[3] = kit.Text{Text: "with a contract for " + partners[0].Name}
	}
	return what, kit.Cell{contracts[:min(len(contracts), partnersNamed)]}, append(partners, v.Pacticipant)
}

func verifiedLine(l links.Links, verified []kernel.Verification) (what, see kit.Cell, parties []kernel.Party) {
	first := verified[0]
	v := first.ProviderVersion
	var partners []kernel.Party
	var results kit.Links
	for _, one := range verified {
		if !containsParty(partners, one.Consumer) {
			partners = append(partners, one.Consumer)
			results = append(results, kit.Link{Text: "result for " + one.Consumer.Name, URL: l.ResultPage(one.Consumer.Name, v.Pacticipant.Name, one.SHA, strconv.FormatInt(one.Number, 10))})
		}
	}
	says := "does what " + named(partners) + " expects"
	if len(partners) > 1 {
		says = "does what " + named(partners) + " expect"
	}
	switch {
	case !first.Success:
		says = "fails " + named(partners)
	case first.Telling != matrix.NothingAgainst:
		says = "was recorded as doing " + strings.TrimPrefix(says, "does ") + ", which its tests do not bear out"
	}
	return kit.Cell{past(verificationStatus(first)), applicationLink(l, v.Pacticipant), versionOf(l, v.Pacticipant.Name, v.Number), kit.Text{Text: says}},
		kit.Cell{results[:min(len(results), partnersNamed)]}, append(partners, v.Pacticipant)
}

func placedLine(l links.Links, v kernel.Version, how string, e kernel.Environment, instance string) (what, see kit.Cell) {
	what = kit.Cell{kit.None(how[:len(how)-len(" to")]), applicationLink(l, v.Pacticipant), versionOf(l, v.Pacticipant.Name, v.Number), kit.Text{Text: how + " " + e.Name}}
	if instance != "" {
		what = append(what, kit.Muted{Text: "on " + instance})
	}
	return what, kit.Cell{kit.Link{Text: e.Name, URL: l.EnvironmentPage(e.Name)}}
}

func answeredLine(l links.Links, a kernel.GateAnswer) (what, see kit.Cell, parties []kernel.Party) {
	verdict := decisionVerdict(matrix.Tell(a.Verdict, a.Counts, a.Explanations), a.Counts)
	verdict.Word = "gate: " + verdict.Word
	what = kit.Cell{past(verdict)}
	for i, s := range a.Question.Selectors {
		parties = append(parties, kernel.Party{Name: s.Pacticipant})
		if i > 0 {
			what = append(what, kit.Text{Text: "with"})
		}
		what = append(what, kit.Link{Text: s.Pacticipant, URL: l.ApplicationPage(s.Pacticipant)})
		if s.Version != "" {
			what = append(what, versionOf(l, s.Pacticipant, s.Version))
		} else if words := selectorWords(s); words != "" {
			what = append(what, kit.Mono{Text: words})
		}
	}
	what = append(what, kit.Text{Text: "to " + targetWords(a.Question.Target)})
	see = askerCell(a.Question.Asker)
	if q := a.Question; len(q.Selectors) == 1 && q.Selectors[0].Version != "" && q.Target.Environment != "" {
		see = kit.Cell{kit.Link{Text: "the answer now", URL: l.GatePage(q.Selectors[0].Pacticipant, q.Selectors[0].Version, q.Target.Environment)}}
	}
	return what, see, parties
}

// past is a verdict of then: what was good may not be any more, and nobody has to look
// at it.
func past(v kit.Verdict) kit.Verdict {
	if v.Class == kit.ClassYes {
		return kit.None(v.Word)
	}
	return v
}

func applicationLink(l links.Links, p kernel.Party) kit.Link {
	return kit.Link{Text: p.Name, URL: l.ApplicationPage(p.Name)}
}

func containsParty(list []kernel.Party, p kernel.Party) bool {
	for _, one := range list {
		if one.ID == p.ID {
			return true
		}
	}
	return false
}

// named names some parties and counts the others.
func named(parties []kernel.Party) string {
	names := make([]string, len(parties))
	for i, p := range parties {
		names[i] = p.Name
	}
	return wording.Some(names, partnersNamed, "other")
}
