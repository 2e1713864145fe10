package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

// The start page shows this many contracts, last changed first, and this many
// rows of its other tables. What it says in words and numbers rests on all of
// them.
const (
	contractsOnHome = 25
	rowsOnHome      = 50
)

type homePage struct {
	base
	FirstRun     bool
	Steps        []stepBlock // of the first run
	Headline     string
	Subline      string
	Environments []environmentCard
	// NoEnvironment stands where there is none.
	NoEnvironment kit.Empty
	Blocked       kit.Table
	Deployable    kit.Table
	Contracts     kit.Table
}

func (*homePage) template() string { return "home" }

func blockedTable(rows ...kit.Row) kit.Table {
	return kit.Table{
		Name: "blocked", Caption: "The newest version of an application's main branch, and where it may not go",
		Columns: []kit.Column{{Title: "Application"}, {Title: "Version"}, {Title: "To"}, {Title: "Answer"}, {Title: "Why"}}, Rows: rows,
	}
}

func deployableTable(rows ...kit.Row) kit.Table {
	return kit.Table{
		Name: "deployable", Caption: "The newest version of an application's main branch, and where it may go",
		Columns: []kit.Column{{Title: "Application"}, {Title: "Version"}, {Title: "May go to"}}, Rows: rows,
	}
}

func contractsTable(rows ...kit.Row) kit.Table {
	return kit.Table{
		Name: "contracts", Caption: "Each consumer with each of its providers, the latest change first",
		Columns: []kit.Column{{Title: "Contract"}, {Title: "Version"}, {Title: "Branch"}, {Title: "Published"}, {Title: "Verified"}, {Title: "Last result"}}, Rows: rows,
	}
}

func (w *web) home(r *http.Request) (page, error) {
	ctx, l := r.Context(), w.links(r)
	all, err := w.service.Overview.Everything(ctx)
	if err != nil {
		return nil, err
	}
	at := kernel.Page{Number: pageOf(r).Number, Size: contractsOnHome}
	integrations := kernel.Paged[kernel.Integration]{Page: at, Total: len(all.Integrations)}
	from := min(at.Offset(), len(all.Integrations))
	integrations.Items = all.Integrations[from:min(from+at.Size, len(all.Integrations))]
	p := &homePage{
		base: base{title: "Now", twin: api.Template("/dashboard")}, FirstRun: integrations.Total == 0, NoEnvironment: noEnvironment(l),
		Contracts: contractsTable(),
	}
	p.Contracts.Pages = pagerFor(r, at, integrations.TotalPages())
	if p.FirstRun {
		p.Steps = firstSteps(l)
		return p, nil
	}
	for _, e := range all.Environments {
		p.Environments = append(p.Environments, w.environmentCard(l, e))
	}
	promotions := addGates(l, p, all)
	statuses, err := w.service.Overview.LatestStatuses(ctx, integrations.Items)
	if err != nil {
		return nil, err
	}
	for i, pair := range integrations.Items {
		p.Contracts.Rows = append(p.Contracts.Rows, w.contractRow(l, all, pair, statuses[i]))
	}
	p.Headline, p.Subline = headline(p, promotions)
	return p, nil
}

// promotions counts what all applications may do in all environments.
type promotions struct {
	failed, unproven, deployable, doubtful int
}

func (n promotions) blocked() int { return n.failed + n.unproven }

// headline says the state of things in one sentence and what it rests on: what
// failed comes before what is not proven.
func headline(p *homePage, n promotions) (string, string) {
	var broken, unproven, doubtful []string
	deployed := "Nothing is deployed yet. "
	for _, e := range p.Environments {
		if !e.Empty {
			deployed = "What is deployed was proven to fit together. "
		}
		switch {
		case e.Doubt:
			doubtful = append(doubtful, e.Name)
		case e.Status.Class == kit.ClassNo:
			broken = append(broken, e.Name)
		case e.Status.Class == kit.ClassUnknown:
			unproven = append(unproven, e.Name)
		}
	}
	subline := n.sentence()
	switch {
	case len(broken)+len(unproven) > 0:
		return "Look at " + strings.Join(append(broken, unproven...), " and "), unsafe(len(broken), len(unproven)) + subline
	case len(doubtful) > 0:
		return "Look at " + strings.Join(doubtful, " and "), "Something that runs there has published no contract, although earlier versions had. " + subline
	case n.blocked() > 0:
		return wording.Count(n.blocked(), "promotion") + " blocked", deployed + subline
	case n.doubtful > 0:
		return wording.Count(n.doubtful, "application") + " without contracts",
			"Nothing is blocked, but the newest version has published no contract, although earlier versions had."
	case len(p.Environments) == 0:
		return "Nothing is deployed", "There is no environment yet, so nothing can be asked about one."
	case strings.HasPrefix(deployed, "Nothing"):
		return "Nothing is blocked", deployed + subline
	}
	return "Everything fits", "What is deployed was proven to fit together, and nothing is blocked."
}

// sentence counts the promotions, with what failed told apart from what is not
// proven.
func (n promotions) sentence() string {
	blocked := wording.Count(n.blocked(), "promotion") + " blocked"
	switch {
	case n.failed > 0 && n.unproven > 0:
		blocked += fmt.Sprintf(", %d of them by a failure", n.failed)
	case n.failed > 0:
		blocked += " by a failure"
	}
	return blocked + ", " + wording.Count(n.deployable, "application") + " deployable."
}

// unsafe tells of environments in which something failed or is not proven.
func unsafe(broken, unproven int) string {
	switch {
	case broken == 0:
		return "Not everything that runs there together was proven to fit. "
	case unproven == 0:
		return "Something that runs there together failed its verification. "
	default:
		return fmt.Sprintf("Something that runs together failed its verification in %s, and not everything is proven in %s. ",
			wording.Count(broken, "environment"), wording.Count(unproven, "other"))
	}
}

// addGates fills the tables of what is blocked and what may go where, failures
// first, and counts all of it.
func addGates(l links.Links, p *homePage, all overview.Overview) promotions {
	var n promotions
	var failed, unproven, deployable []kit.Row
	for _, a := range all.Applications {
		application := kit.Cell{kit.Link{Text: a.Name, URL: l.ApplicationPage(a.Name)}}
		version := kit.Cell{versionOf(l, a.Name, a.Version)}
		var to kit.Links
		var doubted []string
		doubtful := false
		for i, decision := range a.Verdicts {
			environment := all.Environments[i].Environment.Name
			url := l.GatePage(a.Name, a.Version, environment)
			blocked := kit.Row{
				application, version, {kit.Link{Text: environment, URL: url}}, {decisionVerdict(decision.Headline(), decision.Counts)}, {kit.Sentence{Text: firstReason(decision)}},
			}
			switch decision.Headline() {
			case matrix.HeadlineNo:
				failed = append(failed, blocked)
			case matrix.HeadlineUnknown:
				unproven = append(unproven, blocked)
			case matrix.HeadlineDoubt:
				doubtful = true
				fallthrough
			case matrix.HeadlineYes:
				to = append(to, kit.Link{Text: environment, URL: url})
				doubted = mergeTexts(doubted, doubts(decision))
			}
		}
		if len(to) > 0 {
			row := kit.Row{application, version, {to}}
			for _, doubt := range doubted {
				row[2] = append(row[2], kit.Doubt("but"), kit.Muted{Text: doubt})
			}
			deployable = append(deployable, row)
			n.deployable++
		}
		if doubtful {
			n.doubtful++
		}
	}
	n.failed, n.unproven = len(failed), len(unproven)
	p.Blocked, p.Deployable = blockedTable(slices.Concat(failed, unproven)...), deployableTable(deployable...)
	cut(&p.Blocked, "promotion")
	cut(&p.Deployable, "application")
	return n
}

// cut leaves what a table of the start page has room for, and says so.
func cut(t *kit.Table, noun string) {
	if all := len(t.Rows); all > rowsOnHome {
		t.Rows, t.Rest = t.Rows[:rowsOnHome], fmt.Sprintf("These are %d of %s.", rowsOnHome, wording.Count(all, noun))
	}
}

// doubts are the sentences about pacts that are missing from a yes because a
// version no longer has them.
func doubts(d matrix.Decision) []string {
	var out []string
	for _, e := range d.Explanations {
		if e.Doubt || e.Cause == matrix.CauseDropped {
			out = append(out, e.Sentence)
		}
	}
	return out
}

func mergeTexts(texts, more []string) []string {
	for _, text := range more {
		if !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// newestVersion is the head of the main branch or, without one, the latest
// version; its zero value says that there is none.
func (w *web) newestVersion(ctx context.Context, name string) (kernel.VersionDetails, error) {
	application, err := w.service.Registry.FindPacticipant(ctx, name)
	if err != nil {
		return kernel.VersionDetails{}, err
	}
	if application.MainBranch != "" {
		head, err := w.service.Registry.FindLatestVersion(ctx, kernel.LatestVersionQuery{Pacticipant: name, Branch: application.MainBranch})
		if kernel.CodeOf(err) != kernel.CodeNotFound || err == nil {
			return head, err
		}
	}
	latest, err := w.service.Registry.FindLatestVersion(ctx, kernel.LatestVersionQuery{Pacticipant: name})
	if err != nil && kernel.CodeOf(err) == kernel.CodeNotFound {
		return kernel.VersionDetails{}, nil
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

func (w *web) contractRow(l links.Links, all overview.Overview, i kernel.Integration, found overview.PactStatus) kit.Row {
	status := pactStatus(found.Status)
	var version, branches, published kit.Cell
	if found.Pact != nil {
		version = kit.Cell{versionOf(l, i.Consumer.Name, found.Pact.ConsumerVersion.Number)}
		branches = kit.Cell{kit.Muted{Text: branchNames(found.Pact.Branches)}}
		published = kit.Cell{w.moment(found.Pact.CreatedAt)}
	}
	verified := kit.Time{}
	if found.Verification != nil {
		verified = w.moment(found.Verification.CreatedAt)
	}
	if state := all.Contract(i.Consumer.Name, i.Provider.Name); state.Dropped && status.Class == kit.ClassYes {
		status = droppedStatus(state)
	}
	return kit.Row{
		{kit.Link{Text: i.Consumer.Name + " → " + i.Provider.Name, URL: l.ContractPage(i.Consumer.Name, i.Provider.Name, "")}},
		version, branches, published, {status}, {verified},
	}
}

// versionOf is a version with a link to its page.
func versionOf(l links.Links, application, number string) kit.Version {
	v := kit.Version{Number: number}
	if number != "" {
		v.URL = l.VersionPage(application, number)
	}
	return v
}

func branchNames(branches []kernel.BranchVersion) string {
	names := make([]string, len(branches))
	for i, b := range branches {
		names[i] = b.Branch
	}
	return strings.Join(names, ", ")
}
