package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/links"
	"github.com/treatyhq/treaty/broker/matrix"
)

// contractsOnHome bounds the start page: that many contracts, last changed
// first, and verdicts for the applications in them.
const contractsOnHome = 25

type homePage struct {
	base
	FirstRun     bool
	Headline     string
	Subline      string
	Environments []environmentCard
	Blocked      []blockedRow
	Deployable   []deployableRow
	Contracts    []contractRow
	Pages        pager
}

func (*homePage) template() string { return "home" }

type blockedRow struct {
	Application link
	Version     string
	Environment string
	URL         string
	Status      status
	Why         string
}

type deployableRow struct {
	Application link
	Version     string
	To          []link
}

type contractRow struct {
	URL                string
	Consumer, Provider string
	Version, Branch    string
	Published          moment
	Verified           moment
	Status             status
}

func (w *web) home(r *http.Request) (page, error) {
	ctx, l := r.Context(), w.links(r)
	at := broker.Page{Number: pageOf(r).Number, Size: contractsOnHome}
	integrations, err := w.service.ListIntegrations(ctx, broker.IntegrationQuery{Page: at})
	if err != nil {
		return nil, err
	}
	environments, err := w.service.ListEnvironments(ctx, "")
	if err != nil {
		return nil, err
	}
	p := &homePage{base: base{title: "Now"}, FirstRun: integrations.Total == 0, Pages: pagerFor(r, at, integrations.TotalPages())}
	for _, e := range environments {
		card, err := w.environmentCard(ctx, l, e)
		if err != nil {
			return nil, err
		}
		p.Environments = append(p.Environments, card)
	}
	if err := w.addGates(ctx, l, p, integrations.Items, environments); err != nil {
		return nil, err
	}
	for _, i := range integrations.Items {
		row, err := w.contractRow(ctx, l, i)
		if err != nil {
			return nil, err
		}
		p.Contracts = append(p.Contracts, row)
	}
	p.Headline, p.Subline = headline(p)
	return p, nil
}

// headline says the state of things in one sentence and what it rests on.
func headline(p *homePage) (string, string) {
	var unsafe []string
	for _, e := range p.Environments {
		if e.Status.Class == "no" || e.Status.Class == "unknown" {
			unsafe = append(unsafe, e.Name)
		}
	}
	subline := fmt.Sprintf("%s blocked, %s deployable.",
		count(len(p.Blocked), "promotion"), count(len(p.Deployable), "application"))
	if len(unsafe) > 0 {
		return "Look at " + strings.Join(unsafe, " and "), "Not everything that runs there together was proven to fit. " + subline
	}
	if len(p.Blocked) > 0 {
		return count(len(p.Blocked), "promotion") + " blocked", "What is deployed was proven to fit together. " + subline
	}
	return "Everything fits", "What is deployed was proven to fit together, and nothing is blocked."
}

// addGates asks for each application on the page whether the newest version of
// its main branch may go to each environment.
func (w *web) addGates(ctx context.Context, l links.Links, p *homePage, integrations []broker.Integration, environments []broker.Environment) error {
	for _, name := range applicationsOf(integrations) {
		version, err := w.newestVersion(ctx, name)
		if err != nil {
			return err
		}
		if version.Number == "" {
			continue
		}
		row := deployableRow{Application: link{name, l.ApplicationPage(name)}, Version: short(version.Number)}
		for _, e := range environments {
			answer, err := w.service.CanIDeploy(ctx, broker.CanIDeployQuery{Pacticipant: name, Version: version.Number, Environment: e.Name})
			if err != nil {
				return err
			}
			url := l.GatePage(name, version.Number, e.Name)
			if answer.Decision.Verdict == matrix.Deployable {
				row.To = append(row.To, link{e.Name, url})
				continue
			}
			p.Blocked = append(p.Blocked, blockedRow{
				Application: row.Application, Version: row.Version, Environment: e.Name, URL: url,
				Status: verdictStatus(answer.Decision.Verdict), Why: firstReason(answer.Decision),
			})
		}
		if len(row.To) > 0 {
			p.Deployable = append(p.Deployable, row)
		}
	}
	return nil
}

// applicationsOf lists both sides of the integrations, each once, in order.
func applicationsOf(integrations []broker.Integration) []string {
	seen := map[string]bool{}
	var names []string
	for _, i := range integrations {
		for _, name := range []string{i.Consumer.Name, i.Provider.Name} {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}

// newestVersion is the head of the main branch or, without one, the latest
// version; its zero value says that there is none.
func (w *web) newestVersion(ctx context.Context, name string) (broker.VersionDetails, error) {
	application, err := w.service.FindPacticipant(ctx, name)
	if err != nil {
		return broker.VersionDetails{}, err
	}
	if application.MainBranch != "" {
		head, err := w.service.FindLatestVersion(ctx, broker.LatestVersionQuery{Pacticipant: name, Branch: application.MainBranch})
		if broker.CodeOf(err) != broker.CodeNotFound || err == nil {
			return head, err
		}
	}
	latest, err := w.service.FindLatestVersion(ctx, broker.LatestVersionQuery{Pacticipant: name})
	if err != nil && broker.CodeOf(err) == broker.CodeNotFound {
		return broker.VersionDetails{}, nil
	}
	return latest, err
}

// firstReason is the first sentence of a decision that is not a warning.
func firstReason(d matrix.Decision) string {
	if len(d.Reasons) == 0 {
		return ""
	}
	why := d.Reasons[0].String()
	if more := len(d.Reasons) - 1; more > 0 {
		why += fmt.Sprintf(" (and %d more)", more)
	}
	return why
}

func (w *web) contractRow(ctx context.Context, l links.Links, i broker.Integration) (contractRow, error) {
	row := contractRow{Consumer: i.Consumer.Name, Provider: i.Provider.Name, URL: l.ContractPage(i.Consumer.Name, i.Provider.Name, "")}
	found, err := w.service.FindPactStatus(ctx, broker.PactQuery{Consumer: i.Consumer.Name, Provider: i.Provider.Name, Latest: true})
	if err != nil {
		return row, err
	}
	row.Status = pactStatus(found.Status)
	if found.Pact != nil {
		row.Version = short(found.Pact.ConsumerVersion.Number)
		row.Published = w.moment(found.Pact.CreatedAt)
		row.Branch = branchNames(found.Pact.Branches)
	}
	if found.Verification != nil {
		row.Verified = w.moment(found.Verification.CreatedAt)
	}
	return row, nil
}

func branchNames(branches []broker.BranchVersion) string {
	names := make([]string, len(branches))
	for i, b := range branches {
		names[i] = b.Branch
	}
	return strings.Join(names, ", ")
}
