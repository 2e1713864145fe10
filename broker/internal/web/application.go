package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/near"
	"github.com/treatyhq/treaty/internal/wording"
)

// rowsOnApplication is how many versions, and how many contracts of the next
// verification, the page of an application shows at a time.
const rowsOnApplication = 20

type applicationPage struct {
	base
	// Lacks says what whoever looks would need to change it.
	Lacks   string
	Parent  kit.Link
	Name    string
	Note    string
	Doings  kit.Cell
	Summary kit.Cell
	Facts   kit.Facts
	Gates   []gateCard
	// NoGates says why there are none.
	NoGates   kit.Empty
	Providers kit.Table
	Consumers kit.Table
	// AsConsumer and AsProvider are its rows in the matrix.
	AsConsumer, AsProvider kit.Link
	// Usage leads to what consumers use of it.
	Usage    kit.Link
	Next     nextVerification
	Branches kit.Tabs
	// Branch asks for a branch by its name, where not all are listed.
	Branch   kit.Form
	Versions kit.Table
	Badges   []kit.Code
}

func (*applicationPage) template() string { return "application" }

// partnersTable is about the contracts of an application in one direction.
func partnersTable(name, partner string, rows ...kit.Row) kit.Table {
	return kit.Table{Name: name, Begin: "result", Columns: []kit.Column{
		{Title: partner, Key: "name"}, {Title: "Contract", Key: "contract"}, {Title: "Version"}, {Title: "Published", Key: "published", NewestFirst: true},
		{Title: "Last result", Key: "result"}, {Title: "By version"}, {Title: "When", Key: "when", NewestFirst: true}, {Title: "Evidence"},
	}, Rows: rows}
}

func versionsTable(rows ...kit.Row) kit.Table {
	return kit.Table{
		Name: "versions", Caption: "Newest first", Columns: []kit.Column{{Title: "Version"}, {Title: "Branch"}, {Title: "Tags"}, {Title: "Live in"}, {Title: "See"}, {Title: "First seen"}},
		Rows: rows, Empty: kit.Empty{Text: "No version is known yet."},
	}
}

// gateCard is the answer for one environment.
type gateCard struct {
	Environment, URL string
	Status           kit.Verdict
	Why              string
	Doubts           []string
	// Live is what is there now.
	Live kit.Cell
}

func (w *web) application(r *http.Request) (page, error) {
	ctx, l, query, at := r.Context(), w.links(r), r.URL.Query(), pageOf(r)
	at.Size = rowsOnApplication
	a, err := w.service.Overview.LookAtApplication(ctx, overview.ApplicationQuery{Name: r.PathValue("name"), Branch: query.Get("branch"), Page: at})
	if err != nil {
		return nil, err
	}
	p := w.applicationPage(l, query, a)
	p.leave(mayMade(r, access.ManageContracts, a.Name, a.CreatedBy), mayMade(r, access.DeleteInBulk, a.Name, a.CreatedBy))
	p.Versions.Pages = pagerFor(r, at, a.Versions.TotalPages())
	p.Versions.Pages.Of = "versions"
	p.Next, err = w.nextVerification(ctx, l, query, a)
	return p, err
}

// leave leaves what whoever looks may do with the application.
func (p *applicationPage) leave(changes, deletes bool) {
	all := p.Doings
	p.Doings = nil
	if changes {
		p.Doings = append(p.Doings, all[0])
	} else {
		p.Lacks = "To change it you would need " + access.ManageContracts.String() + " for " + access.Application(p.Name).String() + "."
		for i, f := range p.Facts {
			if f.Name == "Owner" { // without the link to the form
				p.Facts[i].Cell = kit.Cell{kit.Muted{Text: "not known"}}
			}
		}
	}
	if deletes {
		p.Doings = append(p.Doings, all[1])
	}
}

// applicationPage puts the page together from what is known.
func (w *web) applicationPage(l links.Links, query url.Values, a overview.ApplicationAnswer) *applicationPage {
	p := &applicationPage{
		base: base{title: a.Name, twin: api.Pacticipant(a.Name)}, Parent: kit.Link{Text: "Applications", URL: l.ApplicationsPage()}, Name: a.Name,
		Note: applicationNotes[query.Get(doneParameter)], Doings: kit.Cell{
			kit.Link{Text: "Change it", URL: l.EditApplicationPage(a.Name), Own: true}, kit.Link{Text: "Delete it", URL: l.DeletePage(url.Values{"application": {a.Name}}), Own: true},
		},
		Summary: summary(l, a), Facts: applicationFacts(l, a), Gates: gateCards(l, a), NoGates: noGates(l, a), Badges: badges(l, a),
		Providers: partnersTable("consumer-of", "Provider", w.partnerRows(l, a, a.AsConsumer, func(p kernel.Pact) string { return p.Provider.Name })...),
		Consumers: partnersTable("provider-for", "Consumer", w.partnerRows(l, a, a.AsProvider, func(p kernel.Pact) string { return p.Consumer.Name })...),
		Branches:  tabsOfBranches(query, a),
	}
	if a.MoreBranches > 0 {
		p.Branch = branchForm(query)
	}
	p.AsConsumer = kit.Link{Text: "which versions fit, and since when one does not", URL: l.MatrixPage(url.Values{"consumer": {a.Name}})}
	p.Usage = kit.Link{Text: "what consumers use of it", URL: l.UsagePage(a.Name, nil)}
	p.AsProvider = kit.Link{Text: p.AsConsumer.Text, URL: l.MatrixPage(url.Values{"provider": {a.Name}})}
	for _, t := range []*kit.Table{&p.Providers, &p.Consumers} {
		t.Sort(query)
		t.Cut(query, pageSize)
	}
	p.Versions = w.versionRows(l, query, a)
	return p
}

// orNone is a text, or a word for there being none.
func orNone(text, none string) kit.Cell {
	if text == "" {
		return kit.Cell{kit.Muted{Text: none}}
	}
	return kit.Cell{kit.Text{Text: text}}
}

// ofMain reports whether the version that the page judges is of the main branch.
func ofMain(a overview.ApplicationAnswer) bool {
	return len(a.Applications) > 0 && a.Applications[0].OnMain
}

// judgedVersion is the version that the page judges; "" if there is none.
func judgedVersion(a overview.ApplicationAnswer) string {
	if len(a.Applications) == 0 {
		return ""
	}
	return a.Applications[0].Version
}

// summary says which version the page judges.
func summary(l links.Links, a overview.ApplicationAnswer) kit.Cell {
	version := judgedVersion(a)
	switch {
	case version == "" && a.MainBranch == "":
		return kit.Cell{kit.Text{Text: "No main branch and no version are known yet."}}
	case version == "":
		return kit.Cell{kit.Text{Text: fmt.Sprintf("Main branch %s. No version is known yet.", a.MainBranch)}}
	case a.MainBranch == "":
		return append(kit.Cell{kit.Text{Text: "No main branch is known, so this is about the latest version,"}, versionOf(l, a.Name, version)}, onBranches(a.LatestBranches)...)
	case !ofMain(a):
		return append(kit.Cell{
			kit.Text{Text: "No version of the main branch, " + a.MainBranch + ", is known, so this is about the latest version,"}, versionOf(l, a.Name, version),
		}, onBranches(a.LatestBranches)...)
	case a.Latest.Number == version:
		return kit.Cell{kit.Text{Text: "This is about the newest version of the main branch, " + a.MainBranch + ":"}, versionOf(l, a.Name, version)}
	default:
		return kit.Cell{
			kit.Text{Text: "This is about the newest version of the main branch, " + a.MainBranch + ":"}, versionOf(l, a.Name, version),
			kit.Text{Text: "The latest of all is"}, versionOf(l, a.Name, a.Latest.Number),
		}
	}
}

// onBranches names the branches of a version beside it, and says nothing of one that is
// on none.
func onBranches(branches []kernel.BranchVersion) kit.Cell {
	if len(branches) == 0 {
		return nil
	}
	return kit.Cell{kit.Muted{Text: "(" + branchNames(branches) + ")"}}
}

// applicationFacts are what people gave to know of it: labels, as teams give them,
// where its source is, and who answers for the places where it runs.
func applicationFacts(l links.Links, a overview.ApplicationAnswer) kit.Facts {
	var f kit.Facts
	if len(a.Labels) > 0 {
		f.Add("Labels", labelLinks(l, a.Labels, len(a.Labels)))
	} else {
		f.Add("Owner", kit.Muted{Text: "not known:"}, kit.Link{Text: "say it by a label", URL: l.EditApplicationPage(a.Name) + "#labels", Own: true})
	}
	if a.RepositoryURL != "" {
		f.Add("Repository", kit.Outside{Address: a.RepositoryURL})
	}
	if commit := commitAddress(a.RepositoryURL, judgedVersion(a)); commit != "" {
		f.Add("Commit", kit.Outside{Address: commit})
	}
	var environments []kernel.Environment
	for _, e := range a.Environments {
		environments = append(environments, e.Environment)
	}
	addContacts(&f, environments)
	f.Add("Webhooks", kit.Link{Text: "those that concern it", URL: l.WebhooksOfPage(a.Name)})
	return f
}

// noGates says what there has to be before the gate can be asked.
func noGates(l links.Links, a overview.ApplicationAnswer) kit.Empty {
	switch {
	case judgedVersion(a) == "":
		return kit.Empty{Text: "There is no version to ask about: one comes with its first contract or its first verification."}
	case len(a.Environments) == 0:
		return noEnvironment(l)
	}
	return kit.Empty{}
}

func gateCards(l links.Links, a overview.ApplicationAnswer) []gateCard {
	live := map[string]kit.Cell{}
	add := func(environment string, v kernel.Version) {
		live[environment] = append(live[environment], versionOf(l, a.Name, v.Number))
	}
	for _, d := range a.Live {
		add(d.Environment.Name, d.Version)
	}
	for _, r := range a.Supported {
		add(r.Environment.Name, r.Version)
	}
	var cards []gateCard
	for _, state := range a.Applications {
		for i, decision := range state.Verdicts {
			e := a.Environments[i].Environment
			card := gateCard{
				Environment: e.Name, URL: l.GatePage(a.Name, state.Version, e.Name),
				Status: decisionVerdict(decision.PageHeadline(), decision.Counts), Why: firstReason(decision), Doubts: doubts(decision),
				Live: kit.Cell{versionOf(l, a.Name, state.Version), kit.Text{Text: "would be the first there."}},
			}
			if there := live[e.Name]; len(there) > 0 {
				card.Live = append(kit.Cell{kit.Text{Text: "There now:"}}, there...)
			}
			cards = append(cards, card)
		}
	}
	return cards
}

// partnerRows shows the newest contract of each pair with its last result.
func (w *web) partnerRows(l links.Links, a overview.ApplicationAnswer, pacts []kernel.Pact, partnerOf func(kernel.Pact) string) []kit.Row {
	var rows []kit.Row
	for _, p := range pacts {
		partner, consumer, provider, number := partnerOf(p), p.Consumer.Name, p.Provider.Name, p.ConsumerVersion.Number
		status, by, when := pactStatus(overview.StatusNever), kit.Cell{}, kit.Cell{}
		evidence := kit.Links{}
		if v := p.LatestVerification; v != nil {
			status, by, when = verificationStatus(*v), resultOfVersion(l, *v), kit.Cell{w.moment(v.CreatedAt)}
			evidence = append(evidence, kit.Link{Text: "result", URL: l.ResultPage(consumer, provider, p.SHA, strconv.FormatInt(v.Number, 10))})
		}
		if state := a.Contract(consumer, provider); state.Dropped && status.Class == kit.ClassYes {
			status = droppedStatus(state)
		}
		evidence = append(evidence, kit.Link{Text: "history", URL: l.MatrixOfPairPage(consumer, provider)})
		rows = append(rows, kit.Row{
			{kit.Link{Text: partner, URL: l.ApplicationPage(partner)}}, {kit.Link{Text: consumer + " → " + provider, URL: l.ContractPage(consumer, provider, number)}},
			{versionOf(l, consumer, number)}, {w.moment(p.CreatedAt)}, {status}, by, when, {evidence},
		})
	}
	return rows
}

// tabsOfBranches narrow the versions to those of a branch.
func tabsOfBranches(query url.Values, a overview.ApplicationAnswer) kit.Tabs {
	asked := query.Get("branch")
	if len(a.Branches) == 0 && asked == "" {
		return kit.Tabs{}
	}
	tab := func(text, branch string) kit.Tab {
		return kit.Tab{Text: text, URL: kit.With(query, map[string]string{"branch": branch, "page": ""}), Current: asked == branch}
	}
	tabs := kit.Tabs{Label: "Branch", Items: []kit.Tab{tab("all branches", "")}}
	listed := asked == ""
	for _, b := range a.Branches {
		listed = listed || b.Name == asked
		tabs.Items = append(tabs.Items, tab(b.Name, b.Name))
	}
	if !listed {
		tabs.Items = append(tabs.Items, tab(asked, asked))
	}
	return tabs
}

// branchForm asks for a branch that is not among those listed.
func branchForm(query url.Values) kit.Form {
	return kit.Form{Method: "get", Inline: true, Submit: "Show", Fields: []kit.Field{{ID: "branch", Name: "branch", Label: "Another branch", Value: query.Get("branch"), Required: true}}}
}

// versionRows are the versions of the page.
func (w *web) versionRows(l links.Links, query url.Values, a overview.ApplicationAnswer) kit.Table {
	t := versionsTable()
	live := liveByVersion(a)
	for _, v := range a.Versions.Items {
		see := kit.Cell{}
		if v.BuildURL != "" {
			see = append(see, kit.Outside{Text: "build", Address: v.BuildURL})
		}
		if commit := commitAddress(a.RepositoryURL, v.Number); commit != "" {
			see = append(see, kit.Outside{Text: "commit", Address: commit})
		}
		where := kit.Cell{kit.Muted{Text: "nowhere"}}
		if places := live[v.ID]; len(places) > 0 {
			where = kit.Cell{placeLinks(l, places)}
		}
		t.Rows = append(t.Rows, kit.Row{
			{versionOf(l, a.Name, v.Number)}, orNone(branchNames(v.Branches), "none"), orNone(tagNames(v.Tags), "none"), where, see, {w.moment(v.CreatedAt)},
		})
	}
	all := kit.Links{{Text: "Show all", URL: kit.With(query, map[string]string{"branch": "", "page": ""})}}
	switch branch := query.Get("branch"); {
	case a.NoBranch:
		t.Empty = kit.Empty{Text: a.Name + " has no branch " + branch + "." + near.Sentence(branch, a.LikeBranch), Links: all}
	case branch != "":
		t.Empty = kit.Empty{Text: "No version is on branch " + branch + " here.", Links: all}
	}
	if a.MoreBranches > 0 {
		t.Rest = fmt.Sprintf("The branches above are those that got a version last, without %s.", wording.Count(a.MoreBranches, "other"))
	}
	return t
}

func tagNames(tags []kernel.Tag) string { return wording.List(kernel.TagNames(tags), "and") }

// liveByVersion are the names of environments in which each version is.
func liveByVersion(a overview.ApplicationAnswer) map[int64][]string {
	live := map[int64][]string{}
	add := func(version int64, environment string) {
		for _, name := range live[version] {
			if name == environment {
				return
			}
		}
		live[version] = append(live[version], environment)
	}
	for _, d := range a.Live {
		add(d.Version.ID, d.Environment.Name)
	}
	for _, r := range a.Supported {
		add(r.Version.ID, r.Environment.Name)
	}
	return live
}

// badges are the addresses of pictures for a README.
func badges(l links.Links, a overview.ApplicationAnswer) []kit.Code {
	if a.MainBranch == "" {
		return nil
	}
	out := []kit.Code{{Label: "May the main branch be merged into what the others have", Text: l.MergeBadge(a.Name)}}
	for _, e := range a.Environments {
		out = append(out, kit.Code{Label: "May " + a.MainBranch + " go to " + e.Environment.Name, Text: l.DeployBadge(a.Name, a.MainBranch, e.Environment.Name)})
	}
	return out
}
