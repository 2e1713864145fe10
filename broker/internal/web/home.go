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

// The start page shows this many causes and contracts that wait at a time. What it
// says in words and numbers rests on all of them.
const (
	causesOnHome  = 15
	waitingOnHome = 10
)

type homePage struct {
	base
	FirstRun bool
	// First are the first steps, nil when they were taken.
	First    *firstSteps
	Headline string
	Subline  string
	// Mine are the reader's own applications, which the address names.
	Mine mineSection
	// Causes are what blocks, one row for each; Blocked counts them.
	Blocked string
	Causes  kit.Table
	// Waiting are contracts that wait for a verification; Waits counts them.
	Waits        string
	Waiting      kit.Table
	Environments []environmentCard
	// NoEnvironment stands where there is none.
	NoEnvironment kit.Empty
	Happened      kit.Table
	// Pairs leads to all contracts.
	Pairs kit.Link
}

func (*homePage) template() string { return "home" }

func (w *web) home(r *http.Request) (page, error) {
	ctx, l := r.Context(), w.links(r)
	all, err := w.service.Overview.Everything(ctx)
	if err != nil {
		return nil, err
	}
	p := &homePage{base: base{title: "Now", twin: api.Template("/dashboard")}, FirstRun: len(all.Integrations) == 0, NoEnvironment: noEnvironment(l)}
	if err := w.addFirstSteps(r, p); err != nil || p.FirstRun {
		return p, err
	}
	for _, e := range all.Environments {
		p.Environments = append(p.Environments, w.environmentCard(l, e))
	}
	p.Headline, p.Subline = headline(p, countPromotions(all))
	mine := mineOf(r.URL.Query(), all)
	p.Mine = mine.section(l, r.URL.Query(), all)
	if err := w.addCauses(ctx, r, p, all, mine); err != nil {
		return nil, err
	}
	w.addWaiting(r, p, all, mine)
	p.Pairs = kit.Link{Text: "All contracts, and since when one does not fit", URL: l.MatrixPage(nil)}
	p.Happened, err = w.happened(ctx, l, mine)
	return p, err
}

// addCauses adds what blocks, and what is to be looked at.
func (w *web) addCauses(ctx context.Context, r *http.Request, p *homePage, all overview.Everything, mine mine) error {
	causes := mine.causes(all.Causes)
	shown, pages := cutList(r.URL.Query(), "causes-page", causes, causesOnHome)
	pages.Of = "causes"
	if err := w.service.Overview.DateFailures(ctx, shown); err != nil {
		return err
	}
	p.Blocked = blockedTitle(causes)
	p.Causes = causesTable()
	l, owners := w.links(r), ownersOf(all)
	for _, c := range shown {
		p.Causes.Rows = append(p.Causes.Rows, w.causeRow(l, owners, c))
	}
	p.Causes.Pages = pages
	p.Causes.Empty = kit.Empty{Text: "Nothing is blocked."}
	if mine.unknown(all) {
		p.Causes.Empty = kit.Empty{Text: nobody}
	}
	if mine.asked() && len(all.Causes) > len(causes) {
		p.Causes.Rest = fmt.Sprintf("These are %d of %s. The others do not concern your applications.", len(causes), wording.Count(len(all.Causes), "cause"))
	}
	return nil
}

// blockedTitle counts the causes, those that block apart from those that do not.
func blockedTitle(causes []overview.Cause) string {
	blocking := 0
	for _, c := range causes {
		if c.Blocking {
			blocking++
		}
	}
	switch look := len(causes) - blocking; {
	case len(causes) == 0:
		return "Blocked"
	case look == 0:
		return "Blocked: " + wording.Count(blocking, "cause")
	case blocking == 0:
		return "Nothing is blocked, and " + wording.CountOf(look, "thing is", "things are") + " to be looked at"
	default:
		return fmt.Sprintf("Blocked: %s, and %d more to look at", wording.Count(blocking, "cause"), look)
	}
}

// addWaiting adds what waits for a verification.
func (w *web) addWaiting(r *http.Request, p *homePage, all overview.Everything, mine mine) {
	waiting := mine.waiting(all.Waiting)
	shown, pages := cutList(r.URL.Query(), "waiting-page", waiting, waitingOnHome)
	pages.Of = "contracts that wait"
	p.Waits = "Waiting for a verification"
	if len(waiting) > 0 {
		p.Waits += ": " + wording.Count(len(waiting), "contract")
	}
	p.Waiting = waitingTable()
	l := w.links(r)
	for _, one := range shown {
		p.Waiting.Rows = append(p.Waiting.Rows, w.waitingRow(l, one))
	}
	p.Waiting.Pages = pages
	p.Waiting.Empty = kit.Empty{Text: nothingWaits(mine, all)}
}

// nothingWaits says that each contract has a result, and how many of the results are
// failures: to have one is not to be verified.
func nothingWaits(mine mine, all overview.Everything) string {
	failing := 0
	for _, p := range all.Failing {
		if !mine.asked() || mine.all[p.Consumer.Name] || mine.all[p.Provider.Name] {
			failing++
		}
	}
	text := "Nothing waits: every contract has a result"
	switch {
	case mine.unknown(all):
		return nobody
	case mine.asked():
		text = "Nothing of these applications waits: each of their contracts has a result"
	}
	if failing > 0 {
		text += fmt.Sprintf(" (%d failed)", failing)
	}
	return text + "."
}

// promotions counts what all applications may do in all environments.
type promotions struct {
	failed, unproven, deployable int
	// missing counts applications that contracts are missing of, and inDoubt others that
	// rest on results which their tests do not bear out.
	missing, inDoubt int
}

func (n promotions) blocked() int { return n.failed + n.unproven }

// headline says the state of things in one sentence and what it rests on: what
// concerns production comes first, and of that what failed before what is not proven.
func headline(p *homePage, n promotions) (string, string) {
	var broken, unproven, doubtful []string
	var production, others struct{ broken, unproven []string }
	there, proven, missing := false, false, false
	for _, e := range p.Environments {
		there, proven = there || !e.Empty, proven || e.Status.Class == kit.ClassYes
		group := &others
		if e.Production {
			group = &production
		}
		switch {
		case e.Doubt:
			doubtful, missing = append(doubtful, e.Name), missing || !e.ByTests
		case e.Status.Class == kit.ClassNo:
			broken, group.broken = append(broken, e.Name), append(group.broken, e.Name)
		case e.Status.Class == kit.ClassUnknown:
			unproven, group.unproven = append(unproven, e.Name), append(group.unproven, e.Name)
		}
	}
	subline := n.sentence()
	deployed := "Nothing is deployed yet. "
	switch {
	case proven:
		deployed = "What is deployed was proven to fit together. "
	case there:
		deployed = "What is deployed depends on nothing that is there beside it. "
	}
	switch {
	case len(broken)+len(unproven) > 0:
		return "Look at " + firstNames(slices.Concat(production.broken, production.unproven, others.broken, others.unproven)), unsafe(len(broken), len(unproven)) + subline
	case len(doubtful) > 0 && missing:
		return "Look at " + firstNames(doubtful), "Something that runs there has published no contract, although earlier versions had. " + subline
	case len(doubtful) > 0:
		return "Look at " + firstNames(doubtful), "What runs there rests on results that their own tests do not bear out. " + subline
	case n.blocked() > 0:
		return wording.Count(n.blocked(), "promotion") + " blocked", deployed + subline
	case n.missing > 0:
		return wording.Count(n.missing, "application") + " without contracts",
			"Nothing is blocked, but the newest version has published no contract, although earlier versions had."
	case n.inDoubt > 0:
		return wording.Count(n.inDoubt, "application") + " in doubt",
			"Nothing is blocked, but the newest version rests on results that were recorded as successes and that their own tests do not bear out."
	case len(p.Environments) == 0:
		return "Nothing is deployed", "There is no environment yet, so nothing can be asked about one."
	case !there:
		return "Nothing is blocked", deployed + subline
	case !proven:
		return "Nothing has to fit yet", deployed + "Nothing is blocked."
	}
	return "Everything fits", "What is deployed was proven to fit together, and nothing is blocked."
}

// namesInHeadline is how many environments the headline names; it counts the others.
const namesInHeadline = 3

func firstNames(names []string) string {
	if more := len(names) - namesInHeadline; more > 0 {
		names = append(names[:namesInHeadline:namesInHeadline], wording.Count(more, "more environment"))
	}
	return wording.List(names, "and")
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

// countPromotions counts what all applications may do in all environments.
func countPromotions(all overview.Everything) promotions {
	var n promotions
	for _, a := range all.Applications {
		may, missing, inDoubt := false, false, false
		for _, decision := range a.Verdicts {
			switch decision.PageHeadline() {
			case matrix.HeadlineNo:
				n.failed++
			case matrix.HeadlineUnknown:
				n.unproven++
			case matrix.HeadlineDoubt:
				may, missing, inDoubt = true, missing || !onlyByTests(decision), true
			case matrix.HeadlineYes:
				may = true
			}
		}
		if may {
			n.deployable++
		}
		switch {
		case missing:
			n.missing++
		case inDoubt:
			n.inDoubt++
		}
	}
	return n
}

// doubts are the sentences about pacts that are missing from a yes because a version no
// longer has them, and about results whose tests say otherwise.
func doubts(d matrix.Decision) []string {
	var out []string
	for _, e := range d.Explanations {
		if e.Doubt || e.Cause == matrix.CauseDropped {
			out = append(out, e.Sentence)
		}
	}
	if d.Doubtful > 0 {
		out = append(out, doubtfulSuccesses(d))
	}
	return out
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
