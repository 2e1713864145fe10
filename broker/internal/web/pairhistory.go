package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

// pairsShown is how many pairs are told one by one.
const pairsShown = 100

// historyVerdict is how a pair stands.
func historyVerdict(h overview.PairHistory, cut bool) kit.Verdict {
	if h.State == matrix.Unverified && cut && len(h.Newest.SHA) > 0 {
		return kit.None("no result read")
	}
	if h.State == matrix.Passed {
		return resultStatus(true, h.Good.Result.Telling)
	}
	return outcomeStatus(h.State)
}

// historySentences say how a pair stands and since when, the most important first.
func historySentences(h overview.PairHistory) []string {
	consumer, provider := h.Consumer.Name, h.Provider.Name
	newest := consumer + " " + kit.Short(h.Newest.ConsumerVersion.Number)
	var out []string
	switch h.State {
	case matrix.Unverified:
		out = append(out, fmt.Sprintf("%s has not verified the newest contract, that of %s.", provider, newest))
	case matrix.Passed:
		if h.Good.Result.Telling != matrix.NothingAgainst {
			return append(out, fmt.Sprintf("Whether %s %s gives %s what it expects is not certain: the tests of the result do not bear it out.", provider, kit.Short(h.Good.ProviderVersion.Number), newest), lastFailed(h))
		}
		return append(out, fmt.Sprintf("%s %s gives %s what it expects.", provider, kit.Short(h.Good.ProviderVersion.Number), newest), lastFailed(h))
	case matrix.Failed: // told with since when
	}
	switch {
	case h.Told == matrix.Passed:
		return append(out, "Last good: "+meets(h, h.Good)+".", lastFailed(h))
	case h.Bad == nil:
	case h.Good == nil:
		out = append(out, fmt.Sprintf("No version of %s is known to have given %s what it expects. First bad: %s.", provider, consumer, meets(h, h.Bad)))
	default:
		if h.State == matrix.Failed {
			out = append(out, failsSince(h))
		}
		out = append(out, fmt.Sprintf("First bad: %s. Last good: %s. %s", meets(h, h.Bad), meets(h, h.Good), whatChanged(h)))
	}
	return out
}

// lastFailed tells of the last failure of a pair whose newest result is good.
func lastFailed(h overview.PairHistory) string {
	if h.Bad == nil {
		return "No result that counts here has failed."
	}
	return "The last that failed: " + meets(h, h.Bad) + "."
}

// failsSince says with which version it began.
func failsSince(h overview.PairHistory) string {
	if h.ByContract {
		return fmt.Sprintf("%s fails %s since %s, which changed what it expects.", h.Provider.Name, h.Consumer.Name, kit.Short(h.Bad.Publication.ConsumerVersion.Number))
	}
	return fmt.Sprintf("%s fails %s since its version %s.", h.Provider.Name, h.Consumer.Name, kit.Short(h.Bad.ProviderVersion.Number))
}

// meets names both versions of a row.
func meets(h overview.PairHistory, r *matrix.Row) string {
	return fmt.Sprintf("%s %s with %s %s", h.Provider.Name, kit.Short(r.ProviderVersion.Number), h.Consumer.Name, kit.Short(r.Publication.ConsumerVersion.Number))
}

// whatChanged says what is different between the last good and the first bad.
func whatChanged(h overview.PairHistory) string {
	same := h.Bad.ProviderVersion.ID == h.Good.ProviderVersion.ID
	switch {
	case h.ByContract && same:
		return "It is the contract that changed between them."
	case h.ByContract:
		return "Between them the contract changed, and so did " + h.Provider.Name + "."
	case same:
		return "Nothing changed between them: the same version gave both results."
	default:
		return "The contract is the same, so it is " + h.Provider.Name + " that changed."
	}
}

// matrixAnswer says what all rows say, whatever the page shows of them.
func matrixAnswer(a overview.MatrixAnswer) kit.Answer {
	c := a.Counts
	counts := fmt.Sprintf("%s: %d failed, %d not verified, %d verified.", wording.Count(c.Failed+c.Unknown+c.Success, "row"), c.Failed, c.Unknown, c.Success)
	switch len(a.Pairs) {
	case 0:
		return kit.Answer{Verdict: kit.None("nothing"), Sentence: "No version meets another here."}
	case 1:
		sentences := historySentences(a.Pairs[0])
		return kit.Answer{Verdict: historyVerdict(a.Pairs[0], a.ResultsCut), Sentence: sentences[0], Reasons: append(sentences[1:], counts)}
	}
	var verdicts []kit.Verdict
	states := map[matrix.Outcome]int{}
	inDoubt := 0
	for _, h := range a.Pairs {
		verdicts = append(verdicts, historyVerdict(h, a.ResultsCut))
		states[h.State]++
		if h.State == matrix.Passed && h.Good.Result.Telling != matrix.NothingAgainst {
			inDoubt++
		}
	}
	sentence := fmt.Sprintf("All %d pairs hold: the newest contract of each is verified.", len(a.Pairs))
	if inDoubt > 0 {
		sentence = fmt.Sprintf("The newest contract of each of the %d pairs was recorded as verified; of %d the tests do not bear it out.", len(a.Pairs), inDoubt)
	}
	switch failed, unverified := states[matrix.Failed], states[matrix.Unverified]; {
	case failed > 0 && unverified > 0:
		sentence = fmt.Sprintf("Of %d pairs %d failed, and %d %s not verified.", len(a.Pairs), failed, unverified, isOrAre(unverified))
	case failed > 0:
		sentence = fmt.Sprintf("Of %d pairs %d failed.", len(a.Pairs), failed)
	case unverified > 0:
		sentence = fmt.Sprintf("Of %d pairs %d %s not verified.", len(a.Pairs), unverified, isOrAre(unverified))
	}
	return kit.Answer{Verdict: kit.Worst(kit.None("nothing"), verdicts...), Sentence: sentence, Reasons: []string{counts}}
}

func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// turn are the last good and the first bad row of a single pair, with what proves
// them and what to look at next.
func (w *web) turn(l links.Links, query url.Values, a overview.MatrixAnswer) kit.Facts {
	h := a.Pairs[0]
	var f kit.Facts
	if h.Bad != nil {
		name := "First bad"
		if h.Told == matrix.Passed {
			name = "Last that failed"
		}
		f.Add(name, w.rowCell(l, h, h.Bad)...)
	}
	if h.Good != nil {
		f.Add("Last good", w.rowCell(l, h, h.Good)...)
	}
	if between := betweenThem(l, h); between.URL != "" {
		f.Add("Between them", between)
	}
	if bare := a.Consumer.IsBare() && a.Provider.IsBare(); bare && h.Consumer.MainBranch != "" && h.Provider.MainBranch != "" {
		f.Add("Branches", kit.Text{Text: "all together"}, kit.Link{Text: "the main branches only", URL: l.MatrixPage(nil) + kit.With(query, map[string]string{"consumer-main": "true", "provider-main": "true"})})
	}
	f.Add("Contract", kit.Link{Text: h.Consumer.Name + " → " + h.Provider.Name, URL: l.ContractPage(h.Consumer.Name, h.Provider.Name, h.Newest.ConsumerVersion.Number)}, kit.Text{Text: "of"}, versionOf(l, h.Consumer.Name, h.Newest.ConsumerVersion.Number))
	return f
}

// rowCell is a row with its versions, its time and its result.
func (w *web) rowCell(l links.Links, h overview.PairHistory, r *matrix.Row) kit.Cell {
	return kit.Cell{
		kit.Text{Text: h.Provider.Name}, versionOf(l, h.Provider.Name, r.ProviderVersion.Number), kit.Text{Text: "with " + h.Consumer.Name},
		versionOf(l, h.Consumer.Name, r.Publication.ConsumerVersion.Number), w.moment(r.Result.ExecutedAt),
		kit.Link{Text: "the result", URL: l.ResultPage(h.Consumer.Name, h.Provider.Name, r.Publication.SHA, strconv.FormatInt(r.Result.Number, 10))},
	}
}

// betweenThem leads to what changed in the contract between good and bad.
func betweenThem(l links.Links, h overview.PairHistory) kit.Link {
	if !h.ByContract || h.Good == nil || h.Bad == nil {
		return kit.Link{}
	}
	good, bad := h.Good.Publication.ConsumerVersion.Number, h.Bad.Publication.ConsumerVersion.Number
	return kit.Link{Text: "what changed in the contract", URL: l.DiffPage(h.Consumer.Name, h.Provider.Name, bad, good)}
}

// historiesTable tells of each pair, failures first.
func (w *web) historiesTable(l links.Links, query url.Values, a overview.MatrixAnswer) kit.Table {
	t := historiesTable()
	pairs := slices.Clone(a.Pairs)
	slices.SortStableFunc(pairs, func(one, other overview.PairHistory) int {
		return worst(historyVerdict(one, a.ResultsCut)) - worst(historyVerdict(other, a.ResultsCut))
	})
	if len(pairs) > pairsShown {
		t.Rest = fmt.Sprintf("These are %d of %s. Name both sides to see another.", pairsShown, wording.Count(len(pairs), "pair"))
		pairs = pairs[:pairsShown]
	}
	for _, h := range pairs {
		consumer, provider := h.Consumer.Name, h.Provider.Name
		told, since := kit.Cell{}, kit.Cell{}
		for _, sentence := range historySentences(h) {
			told = append(told, kit.Text{Text: sentence})
		}
		if h.Told == matrix.Failed {
			since = kit.Cell{w.moment(h.Bad.Result.ExecutedAt)}
		}
		see := kit.Links{{Text: "contract", URL: l.ContractPage(consumer, provider, h.Newest.ConsumerVersion.Number)}}
		if between := betweenThem(l, h); between.URL != "" {
			see = append(see, between)
		}
		narrowed := l.MatrixPage(nil) + kit.With(query, map[string]string{"consumer": consumer, "provider": provider})
		t.Rows = append(t.Rows, kit.Row{{kit.Link{Text: consumer + " → " + provider, URL: narrowed}}, {historyVerdict(h, a.ResultsCut)}, told, since, {see}})
	}
	return t
}

func historiesTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "pairs", Columns: []kit.Column{{Title: "Pair"}, {Title: "Newest"}, {Title: "First bad and last good"}, {Title: "Bad since"}, {Title: "See"}}, Rows: rows}
}
