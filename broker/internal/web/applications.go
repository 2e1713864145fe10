package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

type applicationsPage struct {
	base
	Filter kit.Filter
	Table  kit.Table
}

func (*applicationsPage) template() string { return "applications" }

func applicationsTable(rows ...kit.Row) kit.Table {
	return kit.Table{
		Caption: "By name", Columns: []kit.Column{{Title: "Application"}, {Title: "Main branch"}, {Title: "Latest version"}, {Title: "Seen"}}, Rows: rows,
	}
}

func (w *web) applications(r *http.Request) (page, error) {
	l, search, at := w.links(r), strings.TrimSpace(r.URL.Query().Get("q")), pageOf(r)
	found, err := w.service.Registry.ListPacticipants(r.Context(), kernel.PacticipantQuery{Search: search, Page: at})
	if err != nil {
		return nil, err
	}
	p := &applicationsPage{base: base{title: "Applications", twin: api.Pacticipants()}, Filter: searchFor(r, search, found.Total), Table: applicationsTable()}
	p.Table.Pages = pagerFor(r, at, found.TotalPages())
	for _, a := range found.Items {
		row := kit.Row{{kit.Link{Text: a.Name, URL: l.ApplicationPage(a.Name)}}, {kit.Muted{Text: "not set"}}, {kit.Version{}}, {kit.Time{}}}
		if a.MainBranch != "" {
			row[1] = kit.Cell{kit.Text{Text: a.MainBranch}}
		}
		if v := a.LatestVersion; v != nil {
			row[2], row[3] = kit.Cell{versionOf(l, a.Name, v.Number)}, kit.Cell{w.moment(v.CreatedAt)}
		}
		p.Table.Rows = append(p.Table.Rows, row)
	}
	p.Table.Empty = noApplication(l, search, p.Filter.Clear)
	return p, nil
}

// searchFor is the form that searches applications by name.
func searchFor(r *http.Request, search string, total int) kit.Filter {
	f := kit.Filter{
		Search: &kit.Field{Name: "q", Label: "Name contains", Value: search}, Region: "found", Count: wording.Count(total, "application"),
	}
	f.Finish(r.URL.Query(), []string{"q"})
	return f
}

// noApplication says what to do where none is found: nothing matches, or there
// is none yet.
func noApplication(l links.Links, search, all string) kit.Empty {
	if search != "" {
		return kit.Empty{Text: "No application has that in its name.", Links: kit.Links{{Text: "Show all", URL: all}}}
	}
	return kit.Empty{Text: "No application is known yet. It comes with its first contract:", Links: kit.Links{{Text: "how to begin", URL: l.HomePage()}}}
}

type applicationPage struct {
	base
	Parent    kit.Link
	Name      string
	Summary   kit.Cell
	Gates     []gateCard
	Providers kit.Table
	Consumers kit.Table
	// AsConsumer and AsProvider are its rows in the matrix.
	AsConsumer, AsProvider kit.Link
	Versions               kit.Table
}

func (*applicationPage) template() string { return "application" }

// partnersTable is about the contracts of an application in one direction.
func partnersTable(name, partner string, rows ...kit.Row) kit.Table {
	return kit.Table{Name: name, Columns: []kit.Column{
		{Title: partner, Key: "name"}, {Title: "Contract", Key: "contract"}, {Title: "Version"}, {Title: "Published", Key: "published", NewestFirst: true}, {Title: "Verified", Key: "result"},
	}, Rows: rows}
}

func versionsTable(rows ...kit.Row) kit.Table {
	return kit.Table{
		Name: "versions", Caption: "Newest first", Columns: []kit.Column{{Title: "Version"}, {Title: "Branch"}, {Title: "Live in"}, {Title: "First seen"}},
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
	ctx, l, name := r.Context(), w.links(r), r.PathValue("name")
	found, err := w.service.Registry.FindPacticipant(ctx, name)
	if err != nil {
		return nil, err
	}
	p := &applicationPage{
		base: base{title: found.Name, twin: api.Pacticipant(found.Name)}, Parent: kit.Link{Text: "Applications", URL: l.ApplicationsPage()}, Name: found.Name,
		Summary: summary(l, found), Versions: versionsTable(),
	}
	all, err := w.service.Overview.Overview(ctx, overview.Query{Application: found.Name})
	if err != nil {
		return nil, err
	}
	p.Gates = w.gateCards(l, found, all)
	pacts, err := w.service.Publish.ListPactsOfEach(ctx, kernel.PactListQuery{Consumer: found.Name, Heads: true}, kernel.PactListQuery{Provider: found.Name, Heads: true})
	if err != nil {
		return nil, err
	}
	p.Providers = partnersTable("consumer-of", "Provider", w.partnerRows(l, all, pacts[0], func(p kernel.Pact) string { return p.Provider.Name })...)
	p.Consumers = partnersTable("provider-for", "Consumer", w.partnerRows(l, all, pacts[1], func(p kernel.Pact) string { return p.Consumer.Name })...)
	p.AsConsumer = kit.Link{Text: "which versions fit, and since when one does not", URL: l.MatrixPage(url.Values{"consumer": {found.Name}})}
	p.AsProvider = kit.Link{Text: p.AsConsumer.Text, URL: l.MatrixPage(url.Values{"provider": {found.Name}})}
	p.Providers.Sort(r.URL.Query())
	p.Consumers.Sort(r.URL.Query())
	at := pageOf(r)
	versions, err := w.service.Registry.ListVersions(ctx, registry.VersionQuery{Pacticipant: found.Name, Page: at})
	if err != nil {
		return nil, err
	}
	p.Versions.Pages = pagerFor(r, at, versions.TotalPages())
	live := liveByVersion(found.Deployed)
	for _, v := range versions.Items {
		p.Versions.Rows = append(p.Versions.Rows, kit.Row{
			{versionOf(l, found.Name, v.Number)}, orNone(branchNames(v.Branches), "none"), orNone(strings.Join(live[v.ID], ", "), "nowhere"), {w.moment(v.CreatedAt)},
		})
	}
	return p, nil
}

// orNone is a text, or a word for there being none.
func orNone(text, none string) kit.Cell {
	if text == "" {
		return kit.Cell{kit.Muted{Text: none}}
	}
	return kit.Cell{kit.Text{Text: text}}
}

func summary(l links.Links, a registry.PacticipantDetails) kit.Cell {
	branch := "No main branch is known yet."
	if a.MainBranch != "" {
		branch = fmt.Sprintf("Main branch %s.", a.MainBranch)
	}
	if a.LatestVersion == nil {
		return kit.Cell{kit.Text{Text: branch + " No version is known yet."}}
	}
	return kit.Cell{kit.Text{Text: branch + " Latest version"}, versionOf(l, a.Name, a.LatestVersion.Number)}
}

func (w *web) gateCards(l links.Links, a registry.PacticipantDetails, all overview.Overview) []gateCard {
	live := map[string]kit.Cell{}
	for _, d := range a.Deployed {
		live[d.Environment.Name] = append(live[d.Environment.Name], versionOf(l, a.Name, d.Version.Number))
	}
	var cards []gateCard
	for _, state := range all.Applications {
		for i, decision := range state.Verdicts {
			e := all.Environments[i].Environment
			card := gateCard{
				Environment: e.Name, URL: l.GatePage(a.Name, state.Version, e.Name),
				Status: decisionVerdict(decision.Headline(), decision.Counts), Why: firstReason(decision), Doubts: doubts(decision),
				Live: kit.Cell{versionOf(l, a.Name, state.Version), kit.Text{Text: "would be the first there."}},
			}
			if there := live[e.Name]; len(there) > 0 {
				card.Live = append(kit.Cell{versionOf(l, a.Name, state.Version), kit.Text{Text: "asked for; there now:"}}, there...)
			}
			cards = append(cards, card)
		}
	}
	return cards
}

// partnerRows shows the latest contract of each pair.
func (w *web) partnerRows(l links.Links, all overview.Overview, pacts []kernel.Pact, partnerOf func(kernel.Pact) string) []kit.Row {
	var rows []kit.Row
	for _, p := range pacts {
		partner, consumer, number := partnerOf(p), p.Consumer.Name, p.ConsumerVersion.Number
		status := pactStatus(overview.StatusNever)
		if v := p.LatestVerification; v != nil {
			status = verificationStatus(*v)
		}
		if state := all.Contract(consumer, p.Provider.Name); state.Dropped && status.Class == kit.ClassYes {
			status = droppedStatus(state)
		}
		rows = append(rows, kit.Row{
			{kit.Link{Text: partner, URL: l.ApplicationPage(partner)}}, {kit.Link{Text: consumer + " → " + p.Provider.Name, URL: l.ContractPage(consumer, p.Provider.Name, number)}},
			{versionOf(l, consumer, number)}, {w.moment(p.CreatedAt)}, {status},
		})
	}
	return rows
}

func liveByVersion(deployed []kernel.DeployedVersion) map[int64][]string {
	live := map[int64][]string{}
	for _, d := range deployed {
		live[d.Version.ID] = append(live[d.Version.ID], d.Environment.Name)
	}
	return live
}
