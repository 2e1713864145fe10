package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/contract/compare"
	"github.com/treatyhq/treaty/internal/wording"
)

const (
	// changesAtOnce is how many changes are on a page.
	changesAtOnce = 100
	// textOfDiff bounds the text of a comparison on a page, in bytes.
	textOfDiff = 64 << 10
)

// diffPage compares two contracts of a pair: by meaning, then by text.
type diffPage struct {
	base
	Consumer, Provider kit.Link
	Answer             kit.Answer
	Facts              kit.Facts
	Form               kit.Form
	// Compared says that there are two to compare.
	Compared bool
	Filter   kit.Filter
	Changes  kit.Table
	Text     kit.Code
	// NoText says why there is none.
	NoText string
}

func (*diffPage) template() string { return "diff" }

func (w *web) diff(r *http.Request) (page, error) {
	version, with := r.PathValue("version"), strings.TrimSpace(r.URL.Query().Get("with"))
	first := kernel.PactQuery{Consumer: r.PathValue("consumer"), Provider: r.PathValue("provider")}
	other := kernel.PactQuery{}
	if with != "" {
		other = first
	}
	byContent := r.URL.Query().Get("by") == "content"
	if byContent {
		first.SHA, other.SHA = version, with
	} else {
		first.Version, other.Version = version, with
	}
	found, err := w.service.Publish.LookAtDiff(r.Context(), first, other)
	if err != nil {
		return nil, err
	}
	query := r.URL.Query()
	if query.Del("by"); byContent { // from here on it is about versions
		version = found.New.ConsumerVersion.Number
		if query.Del("with"); found.Old != nil {
			query.Set("with", found.Old.ConsumerVersion.Number)
		}
	}
	return w.diffPage(w.links(r), query, version, found), nil
}

// diffPage shows a comparison of the contract of the version with another.
func (w *web) diffPage(l links.Links, query url.Values, version string, c publish.Comparison) *diffPage {
	consumer, provider, with := c.New.Consumer.Name, c.New.Provider.Name, strings.TrimSpace(query.Get("with"))
	p := &diffPage{
		base:     base{title: "What changed: " + consumer + " → " + provider, twin: diffTwin(c, version, with), twinIsText: true},
		Consumer: kit.Link{Text: consumer, URL: l.ApplicationPage(consumer)}, Provider: kit.Link{Text: provider, URL: l.ApplicationPage(provider)},
		Answer: diffAnswer(c), Form: diffForm(l, c, version, with), Facts: w.diffFacts(l, c),
	}
	if c.Old == nil {
		return p
	}
	p.Compared = true
	p.Changes, p.Filter = changesShownOf(c, query)
	switch {
	case c.TooLarge != "":
		p.NoText = c.TooLarge
	case strings.TrimSpace(c.Text) == "":
		p.NoText = "Both say the same, as far as it is compared: order and ids do not count."
	default:
		p.Text = kit.Code{Label: "- is what was, + is what is now", Text: shown(strings.TrimRight(c.Text, "\n"), textOfDiff, len(c.Text))}
	}
	return p
}

// changesShownOf are the changes that the address asks for, as far as there is room.
func changesShownOf(c publish.Comparison, query url.Values) (kit.Table, kit.Filter) {
	t := changesTable(c.Changes...)
	switch {
	case !c.Read:
		t.Empty = kit.Empty{Text: "These two could not be compared by meaning."}
		return t, kit.Filter{}
	case len(c.Changes) == 0:
		t.Empty = kit.Empty{Text: "Nothing changed that a provider could notice."}
		return t, kit.Filter{}
	}
	filter := t.Narrow(query, "changes", "change", "part")
	t.Sort(query)
	t.Cut(query, changesAtOnce)
	return t, filter
}

// diffTwin is the address of the API that compares the same.
func diffTwin(c publish.Comparison, version, with string) string {
	pact := api.Pair(c.New.Provider.Name, c.New.Consumer.Name)
	if with == "" {
		return pact.DiffPreviousDistinct(version)
	}
	return pact.DiffVersion(version, with)
}

// diffAnswer says in a sentence what the changes mean, and for whom.
func diffAnswer(c publish.Comparison) kit.Answer {
	consumer, provider := c.New.Consumer.Name, c.New.Provider.Name
	newest := consumer + " " + kit.Short(c.New.ConsumerVersion.Number)
	if c.Old == nil {
		if c.NoOther {
			return kit.Answer{Verdict: kit.None("nothing to compare"), Sentence: fmt.Sprintf("There is no contract to compare that of %s with.", newest), Reasons: []string{"Choose another version."}}
		}
		return kit.Answer{Verdict: kit.None("nothing to compare"), Sentence: fmt.Sprintf("The contract of %s is the first with %s that says what it says.", newest, provider), Reasons: []string{"No version before it had another one."}}
	}
	oldest := consumer + " " + kit.Short(c.Old.ConsumerVersion.Number)
	breaking := 0
	for _, change := range c.Changes {
		if change.Breaking() {
			breaking++
		}
	}
	counts := wording.Count(len(c.Changes), "change") + " by meaning."
	asks, since := ": "+provider+" has to verify it again.", "The gate still waits for a result that proves it."
	if v := c.New.LatestVerification; v != nil {
		since = fmt.Sprintf("%s %s has verified it.", provider, kit.Short(v.ProviderVersion.Number))
		asks = fmt.Sprintf(", and %s %s gives it.", provider, kit.Short(v.ProviderVersion.Number))
		switch {
		case v.Telling != matrix.NothingAgainst && v.Success:
			since = fmt.Sprintf("%s %s was recorded as having verified it, which its tests do not bear out.", provider, kit.Short(v.ProviderVersion.Number))
			asks = fmt.Sprintf(", and whether %s %s gives it is not certain.", provider, kit.Short(v.ProviderVersion.Number))
		case !v.Success:
			since = fmt.Sprintf("%s %s failed it all the same.", provider, kit.Short(v.ProviderVersion.Number))
			asks = fmt.Sprintf(", and %s %s does not give it.", provider, kit.Short(v.ProviderVersion.Number))
		}
	}
	switch {
	case c.Old.SHA == c.New.SHA:
		return kit.Answer{Verdict: kit.None("the same"), Sentence: fmt.Sprintf("%s and %s expect exactly the same.", oldest, newest), Reasons: []string{"The content is the same, so that results of one are results of the other."}}
	case c.Unread != "":
		return kit.Answer{Verdict: kit.Unknown("not known"), Sentence: "What changed is not known: one of the two is not a pact.", Reasons: []string{c.Unread}}
	case !c.Read:
		return kit.Answer{Verdict: kit.Unknown("not known"), Sentence: "What changed is not known: these two are too large to be compared here."}
	case breaking > 0:
		return kit.Answer{
			Verdict: kit.Doubt("expects more"), Sentence: fmt.Sprintf("%s expects more of %s than %s did%s", newest, provider, oldest, asks),
			Reasons: []string{fmt.Sprintf("%s A version of %s that keeps the old contract may break the new one by %d of them.", counts, provider, breaking)},
		}
	case len(c.Changes) == 0:
		return kit.Answer{Verdict: kit.None("means the same"), Sentence: fmt.Sprintf("%s and %s mean the same.", oldest, newest), Reasons: []string{"Only the text is different. It is another content all the same, with results of its own. " + since}}
	default:
		return kit.Answer{
			Verdict: kit.None("expects no more"), Sentence: fmt.Sprintf("%s expects no more of %s than %s did.", newest, provider, oldest),
			Reasons: []string{counts + " A version of " + provider + " that keeps the old contract keeps the new one. " + since},
		}
	}
}

// diffFacts lead to both contracts.
func (w *web) diffFacts(l links.Links, c publish.Comparison) kit.Facts {
	var f kit.Facts
	for _, side := range []struct {
		name string
		pact *kernel.Pact
	}{{"Before", c.Old}, {"Now", c.New}} {
		if side.pact == nil {
			continue
		}
		consumer, provider, number := side.pact.Consumer.Name, side.pact.Provider.Name, side.pact.ConsumerVersion.Number
		cell := kit.Cell{kit.Link{Text: "contract", URL: l.ContractPage(consumer, provider, number)}, kit.Text{Text: "of"}, versionOf(l, consumer, number)}
		if names := branchNames(side.pact.Branches); names != "" {
			cell = append(cell, kit.Muted{Text: "on " + names})
		}
		cell = append(cell, w.moment(side.pact.CreatedAt))
		if v := side.pact.LatestVerification; v != nil {
			cell = append(cell, resultStatus(v.Success, v.Telling), kit.Text{Text: "by"}, versionOf(l, provider, v.ProviderVersion.Number))
		} else {
			cell = append(cell, kit.Unknown("not verified"))
		}
		f.Add(side.name, cell...)
	}
	f.Add("Both", kit.Link{Text: "which versions fit", URL: l.MatrixOfPairPage(c.New.Consumer.Name, c.New.Provider.Name)})
	return f
}

// diffForm chooses the other version.
func diffForm(l links.Links, c publish.Comparison, version, with string) kit.Form {
	field := kit.Field{ID: "with", Name: "with", Label: "Compare " + kit.Short(version) + " with version", Value: with, Placeholder: "the one before that was different"}
	for _, p := range c.Others {
		if p.ConsumerVersion.Number != version {
			field.Suggestions = append(field.Suggestions, p.ConsumerVersion.Number)
		}
	}
	if c.NoOther {
		field.Error = fmt.Sprintf("%s has no contract of a version %q with %s.", c.New.Consumer.Name, with, c.New.Provider.Name)
	}
	return kit.Form{Action: l.DiffPage(c.New.Consumer.Name, c.New.Provider.Name, version, ""), Method: "get", Inline: true, Submit: "Compare", Fields: []kit.Field{field}}
}

// changeMeanings say what a kind of change asks of the provider.
var changeMeanings = map[compare.Kind]struct {
	verdict kit.Verdict
	means   string
}{
	compare.Added:       {kit.Doubt("added"), "to be answered in addition"},
	compare.Tightened:   {kit.Doubt("tightened"), "more is required, or less is accepted"},
	compare.Changed:     {kit.Doubt("changed"), "something else is required"},
	compare.Relaxed:     {kit.None("relaxed"), "less is required, or more is accepted"},
	compare.Removed:     {kit.None("removed"), "no longer asked for"},
	compare.ExampleOnly: {kit.None("example only"), "the same is accepted"},
}

// changeOrder is the order of kinds: what asks for more first.
var changeOrder = []compare.Kind{compare.Added, compare.Tightened, compare.Changed, compare.Relaxed, compare.Removed, compare.ExampleOnly}

// changesTable lists changes, those first that ask more of the provider.
func changesTable(changes ...compare.Change) kit.Table {
	t := kit.Table{Columns: []kit.Column{
		{Title: "Interaction", Key: "interaction"}, {Title: "Change", Key: "change"}, {Title: "Part", Key: "part"}, {Title: "Where"}, {Title: "Before"}, {Title: "Now"},
	}}
	var legend []string
	for _, kind := range changeOrder {
		before := len(t.Rows)
		for _, c := range changes {
			if c.Kind == kind {
				t.Rows = append(t.Rows, changeRow(c))
			}
		}
		if len(t.Rows) > before {
			legend = append(legend, string(kind)+" – "+changeMeanings[kind].means)
		}
	}
	t.Caption = "What it means to the provider: " + strings.Join(legend, "; ")
	return t
}

func changeRow(c compare.Change) kit.Row {
	part, where := c.Part, c.Path
	if part == "" {
		part = "interaction"
	}
	side, rest, _ := strings.Cut(part, " ")
	where = strings.TrimSpace(rest + " " + where)
	kind := changeMeanings[c.Kind]
	return kit.Row{
		{kit.Text{Text: c.Where}}, {kind.verdict}, {kit.Text{Text: side}}, orNoText(where), orNoText(c.Before), orNoText(c.After),
	}
}

// orNoText is a text that programs read, or nothing.
func orNoText(text string) kit.Cell {
	if text == "" {
		return nil
	}
	return kit.Cell{kit.Mono{Text: text}}
}
