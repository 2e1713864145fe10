package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/internal/wording"
)

type applicationsPage struct {
	base
	Search, All string
	Count       string
	Rows        []applicationRow
	Pages       pager
}

func (*applicationsPage) template() string { return "applications" }

type applicationRow struct {
	Name, URL  string
	MainBranch string
	Latest     string
	Seen       moment
}

func (w *web) applications(r *http.Request) (page, error) {
	l, search, at := w.links(r), strings.TrimSpace(r.URL.Query().Get("q")), pageOf(r)
	found, err := w.service.Registry.ListPacticipants(r.Context(), kernel.PacticipantQuery{Search: search, Page: at})
	if err != nil {
		return nil, err
	}
	p := &applicationsPage{
		base: base{title: "Applications"}, Search: search, All: l.ApplicationsPage(),
		Count: wording.Count(found.Total, "application"), Pages: pagerFor(r, at, found.TotalPages()),
	}
	for _, a := range found.Items {
		row := applicationRow{Name: a.Name, URL: l.ApplicationPage(a.Name), MainBranch: a.MainBranch}
		if a.LatestVersion != nil {
			row.Latest, row.Seen = short(a.LatestVersion.Number), w.moment(a.LatestVersion.CreatedAt)
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

type applicationPage struct {
	base
	Parent    link
	Name      string
	Summary   string
	Gates     []gateCard
	Providers []partnerRow
	Consumers []partnerRow
	Versions  []versionRow
	Pages     pager
}

func (*applicationPage) template() string { return "application" }

// gateCard is the answer for one environment.
type gateCard struct {
	Environment, URL string
	Status           status
	Why              string
	Doubts           []string
	Live             string
}

type partnerRow struct {
	Partner   link
	URL       string
	Version   string
	Published moment
	Status    status
}

type versionRow struct {
	Number       string
	Branches     string
	Environments string
	Seen         moment
}

func (w *web) application(r *http.Request) (page, error) {
	ctx, l, name := r.Context(), w.links(r), r.PathValue("name")
	found, err := w.service.Registry.FindPacticipant(ctx, name)
	if err != nil {
		return nil, err
	}
	p := &applicationPage{
		base: base{title: found.Name}, Parent: link{"Applications", l.ApplicationsPage()}, Name: found.Name,
		Summary: summary(found),
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
	p.Providers = w.partnerRows(l, all, pacts[0], func(p kernel.Pact) string { return p.Provider.Name })
	p.Consumers = w.partnerRows(l, all, pacts[1], func(p kernel.Pact) string { return p.Consumer.Name })
	at := pageOf(r)
	versions, err := w.service.Registry.ListVersions(ctx, registry.VersionQuery{Pacticipant: found.Name, Page: at})
	if err != nil {
		return nil, err
	}
	p.Pages = pagerFor(r, at, versions.TotalPages())
	live := liveByVersion(found.Deployed)
	for _, v := range versions.Items {
		p.Versions = append(p.Versions, versionRow{
			Number: v.Number, Branches: branchNames(v.Branches),
			Environments: strings.Join(live[v.ID], ", "), Seen: w.moment(v.CreatedAt),
		})
	}
	return p, nil
}

func summary(a registry.PacticipantDetails) string {
	branch := "No main branch is known yet."
	if a.MainBranch != "" {
		branch = fmt.Sprintf("Main branch %s.", a.MainBranch)
	}
	if a.LatestVersion == nil {
		return branch + " No version is known yet."
	}
	return fmt.Sprintf("%s Latest version %s.", branch, short(a.LatestVersion.Number))
}

func (w *web) gateCards(l links.Links, a registry.PacticipantDetails, all overview.Overview) []gateCard {
	live := map[string][]string{}
	for _, d := range a.Deployed {
		live[d.Environment.Name] = append(live[d.Environment.Name], short(d.Version.Number))
	}
	var cards []gateCard
	for _, state := range all.Applications {
		for i, decision := range state.Verdicts {
			e := all.Environments[i].Environment
			card := gateCard{
				Environment: e.Name, URL: l.GatePage(a.Name, state.Version, e.Name),
				Status: headlineStatus(decision.Headline()), Why: firstReason(decision), Doubts: doubts(decision),
				Live: short(state.Version) + " would be the first there.",
			}
			if there := live[e.Name]; len(there) > 0 {
				card.Live = short(state.Version) + " asked for; there now: " + strings.Join(there, ", ")
			}
			cards = append(cards, card)
		}
	}
	return cards
}

// partnerRows shows the latest contract of each pair.
func (w *web) partnerRows(l links.Links, all overview.Overview, pacts []kernel.Pact, partnerOf func(kernel.Pact) string) []partnerRow {
	var rows []partnerRow
	for _, p := range pacts {
		partner := partnerOf(p)
		row := partnerRow{
			Partner: link{partner, l.ApplicationPage(partner)}, Version: short(p.ConsumerVersion.Number),
			URL:       l.ContractPage(p.Consumer.Name, p.Provider.Name, p.ConsumerVersion.Number),
			Published: w.moment(p.CreatedAt), Status: pactStatus(overview.StatusNever),
		}
		if v := p.LatestVerification; v != nil {
			row.Status = resultStatus(v.Success)
		}
		if state := all.Contract(p.Consumer.Name, p.Provider.Name); state.Dropped && row.Status.Class == statusYes.Class {
			row.Status = droppedStatus(state)
		}
		rows = append(rows, row)
	}
	return rows
}

func resultStatus(success bool) status {
	if success {
		return pactStatus(overview.StatusSuccess)
	}
	return pactStatus(overview.StatusFailed)
}

func liveByVersion(deployed []kernel.DeployedVersion) map[int64][]string {
	live := map[int64][]string{}
	for _, d := range deployed {
		live[d.Version.ID] = append(live[d.Version.ID], d.Environment.Name)
	}
	return live
}
