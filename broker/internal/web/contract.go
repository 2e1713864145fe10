package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/advice"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/wording"
)

// branchesShown is how many branches the switch of a contract offers.
const branchesShown = 8

type contractPage struct {
	base
	Consumer, Provider kit.Link
	Summary            string
	// Warning is what is wrong with the choice of this contract; nil if nothing is.
	Warning           *kit.Answer
	Branches          kit.Tabs
	Facts             kit.Facts
	Save              kit.Code
	InteractionsTitle string
	Filter            kit.Filter
	Interactions      []kit.Interaction
	NoInteractions    kit.Empty
	// Pages leads to the other interactions; More tells of those that are too long for
	// this page.
	Pages kit.Pager
	More  string
	Other kit.Table
	// Delete leads to the page that asks before the contract is gone.
	Delete kit.Link
}

func (*contractPage) template() string { return "contract" }

func (w *web) contract(r *http.Request) (page, error) {
	ctx, query := r.Context(), r.URL.Query()
	answer, err := w.service.Overview.LookAtContract(ctx, overview.ContractQuery{
		Consumer: r.PathValue("consumer"), Provider: r.PathValue("provider"), Version: r.PathValue("version"), Branch: query.Get("branch"),
	})
	if err != nil {
		return nil, err
	}
	p := w.contractPageFor(r, answer, telling{})
	size := len(answer.Body)
	if answer.Result != nil {
		size += len(answer.Result.TestResults)
	}
	leave, err := w.enter(ctx, size)
	if err != nil {
		return nil, err
	}
	defer leave()
	document, err := contract.Decode(answer.Body)
	if err != nil {
		// The broker keeps documents that are not pacts too; they have no
		// interactions to show.
		p.InteractionsTitle, p.NoInteractions = "Interactions", kit.Empty{Text: "The document could not be read as a pact: " + err.Error()}
		return p, nil //nolint:nilerr // it is said on the page
	}
	var newest *newestResult
	if v := answer.Result; v != nil {
		newest = &newestResult{success: v.Success, tests: result.ReadTests(v.TestResults)}
	}
	all := judge(document.Interactions, newest)
	if told := tellingOf(newest, all); !told.borneOut() {
		p = w.contractPageFor(r, answer, told)
	}
	for i := range all {
		all[i].verdict = doubted(all[i].verdict, answer)
	}
	p.InteractionsTitle, p.NoInteractions = wording.Count(len(all), "interaction"), kit.Empty{Text: "The contract expects nothing."}
	if len(all) > 0 {
		p.InteractionsTitle += ": " + countVerdicts(all)
	}
	left, filter := narrow(all, query)
	p.Filter = filter
	part, pages := cutList(query, "page", left, interactionsAtOnce)
	p.Pages, p.Pages.Of = pages, "interactions"
	p.Interactions, p.More = showInteractions(part)
	if len(all) > 0 && len(left) == 0 {
		p.NoInteractions = kit.Empty{Text: "No interaction matches.", Links: kit.Links{{Text: "Show all", URL: filter.Clear}}}
	}
	return p, nil
}

// contractPageFor is contractPage without what whoever looks may not do.
func (w *web) contractPageFor(r *http.Request, a overview.ContractAnswer, told telling) *contractPage {
	p := w.contractPage(w.links(r), a, told)
	if !may(r, access.ManageContracts, access.Application(a.Consumer.Name)) {
		p.Delete = kit.Link{}
	}
	return p
}

// contractPage shows a pact and what is known of it, with what the tests of its result
// say.
func (w *web) contractPage(l links.Links, a overview.ContractAnswer, told telling) *contractPage {
	consumer, provider, version := a.Consumer.Name, a.Provider.Name, a.ConsumerVersion.Number
	p := &contractPage{
		base:     base{title: consumer + " → " + provider, twin: api.Pair(provider, consumer).Pact(version)},
		Consumer: kit.Link{Text: consumer, URL: l.ApplicationPage(consumer)}, Provider: kit.Link{Text: provider, URL: l.ApplicationPage(provider)},
		Summary: whichContract(a), Branches: branchTabs(l, a), Other: w.otherContracts(l, a, told),
		Delete: kit.Link{Text: "Delete this contract", URL: oneDoomed{application: consumer, version: version, provider: provider}.page(l), Own: true},
	}
	p.Facts = w.contractFacts(l, a, told)
	document := api.Pair(provider, consumer).Content(a.SHA) + ".json"
	p.Save = kit.Code{Text: advice.Save(l, document, consumer+"-"+provider+".json").Line}
	if isDropped(a) {
		p.Warning = &kit.Answer{
			Verdict:  kit.Doubt("look"),
			Sentence: fmt.Sprintf("The newest version of %s, %s, has no contract with %s.", consumer, kit.Short(a.State.Version), provider),
		}
	}
	return p
}

// isDropped reports whether the contract stands for the pair, because neither a
// version nor a branch was asked for, and the newest version of the consumer does
// not have it.
func isDropped(a overview.ContractAnswer) bool {
	return a.State.Dropped && (a.Choice == overview.ChoiceMain || a.Choice == overview.ChoiceLatest)
}

// doubted takes the green from a contract that was dropped.
func doubted(v kit.Verdict, a overview.ContractAnswer) kit.Verdict {
	if isDropped(a) && v.Class == kit.ClassYes {
		return droppedStatus(a.State)
	}
	return v
}

// whichContract says which contract of the pair is shown, and why this one.
func whichContract(a overview.ContractAnswer) string {
	what := fmt.Sprintf("What %s %s expects of %s", a.Consumer.Name, kit.Short(a.ConsumerVersion.Number), a.Provider.Name)
	switch a.Choice {
	case overview.ChoiceMain:
		return what + ": the newest contract of the main branch, " + a.Branch + "."
	case overview.ChoiceBranch:
		return what + ": the newest contract of branch " + a.Branch + "."
	case overview.ChoiceLatest:
		return what + ": the newest contract of any branch, as the main branch has none."
	default:
		return what + "."
	}
}

func (w *web) contractFacts(l links.Links, a overview.ContractAnswer, told telling) kit.Facts {
	consumer, provider := a.Consumer.Name, a.Provider.Name
	var f kit.Facts
	status := kit.Cell{pactStatus(overview.StatusNever), kit.Text{Text: "No provider version has verified it yet."}}
	if v := a.Result; v != nil {
		status = kit.Cell{
			doubted(told.verdict(*v), a), kit.Text{Text: "by " + provider}, versionOf(l, provider, v.ProviderVersion.Number),
		}
		status = append(append(status, onBranches(v.ProviderBranches)...), w.moment(v.CreatedAt),
			kit.Link{Text: "the result", URL: l.ResultPage(consumer, provider, a.SHA, strconv.FormatInt(v.Number, 10))})
		if v.BuildURL != "" {
			status = append(status, kit.Outside{Text: "its build", Address: v.BuildURL})
		}
	}
	f.Add("Last result", status...)
	if !told.borneOut() {
		f.Add("Its tests", kit.Text{Text: told.sentence() + " " + gateGoesBy})
	}
	if v := a.Later; v != nil {
		f.Add("A later one", append(append(kit.Cell{past(verificationStatus(*v)), kit.Text{Text: "by " + provider}, versionOf(l, provider, v.ProviderVersion.Number)}, onBranches(v.ProviderBranches)...),
			kit.Link{Text: "the result", URL: l.ResultPage(consumer, provider, a.SHA, strconv.FormatInt(v.Number, 10))})...)
	}
	f.Add("Version", versionOf(l, consumer, a.ConsumerVersion.Number))
	f.Add("Branches", orNone(branchNames(a.Branches), "none")...)
	f.Add("Published", w.moment(a.CreatedAt).InFull())
	if places := strings.Join(kernel.NamesOf(a.Environments), ", "); places != "" {
		f.Add("Live in", kit.Text{Text: places})
	}
	if a.ConsumerVersion.BuildURL != "" {
		f.Add("Build", kit.Outside{Address: a.ConsumerVersion.BuildURL})
	}
	address := l.Pair(provider, consumer).Content(a.SHA) + ".json"
	f.Add("Compare", kit.Link{Text: "what changed in it", URL: l.DiffPage(consumer, provider, a.ConsumerVersion.Number, "")}, kit.Link{Text: "which versions fit", URL: l.MatrixOfPairPage(consumer, provider)})
	f.Add("Content", kit.Version{Number: a.SHA}, kit.Link{Text: "as JSON", Own: true, URL: address}, kit.Link{Text: "download", Own: true, URL: address, File: consumer + "-" + provider + ".json"})
	return f
}

// branchTabs switch to the newest contract of each branch that was lately
// published from.
func branchTabs(l links.Links, a overview.ContractAnswer) kit.Tabs {
	tabs := kit.Tabs{Label: "Branch"}
	seen := map[string]bool{}
	add := func(branch string) {
		if branch == "" || seen[branch] {
			return
		}
		seen[branch] = true
		tabs.Items = append(tabs.Items, kit.Tab{Text: branch, URL: l.ContractOfBranchPage(a.Consumer.Name, a.Provider.Name, branch), Current: branch == a.Branch})
	}
	add(a.Branch)
	for _, p := range a.Recent {
		for _, b := range p.Branches {
			if len(tabs.Items) < branchesShown {
				add(b.Branch)
			}
		}
	}
	if len(tabs.Items) == 1 && tabs.Items[0].Current {
		return kit.Tabs{} // there is nothing to switch to
	}
	return tabs
}

// otherContracts are the newest of the pair, each with its page.
func (w *web) otherContracts(l links.Links, a overview.ContractAnswer, told telling) kit.Table {
	t := otherTable()
	for _, p := range a.Recent {
		consumer, provider, number := p.Consumer.Name, p.Provider.Name, p.ConsumerVersion.Number
		view := kit.Cell{kit.Link{Text: "contract", URL: l.ContractPage(consumer, provider, number)}}
		switch {
		case p.ConsumerVersion.ID == a.ConsumerVersion.ID:
			view = kit.Cell{kit.Muted{Text: "this one"}}
		case p.SHA == a.SHA:
			view = append(view, kit.Muted{Text: "the same content"})
		default:
			view = append(view, kit.Link{Text: "compare", URL: l.DiffPage(consumer, provider, a.ConsumerVersion.Number, number)})
		}
		status := pactStatus(overview.StatusNever)
		switch v := p.LatestVerification; {
		case v == nil:
		case p.SHA == a.SHA: // so it has the same result
			status = doubted(told.verdict(*v), a)
		default:
			status = doubted(verificationStatus(*v), a)
		}
		t.Rows = append(t.Rows, kit.Row{{versionOf(l, consumer, number)}, orNone(branchNames(p.Branches), "none"), {w.moment(p.CreatedAt)}, {status}, view})
	}
	return t
}

func otherTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "other", Caption: "The newest contracts of the two, the newest version first", Columns: []kit.Column{
		{Title: "Version"}, {Title: "Branches"}, {Title: "Published"}, {Title: "Last result"}, {Title: "Contract"},
	}, Rows: rows}
}
