package web

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

// environmentCard says in one sentence whether an environment is consistent.
type environmentCard struct {
	Name, URL  string
	Kind       string
	Production bool
	Status     kit.Verdict
	Empty      bool // nothing is deployed or released there
	Doubt      bool // nothing is unproven, and a contract is missing or a result to doubt
	ByTests    bool // to doubt for nothing but results that their tests do not bear out
	Sentence   string
	Detail     string
	// Promote leads to what would go on from there to the next environment.
	Promote kit.Cell
}

type environmentsPage struct {
	base
	Note  string
	New   kit.Link
	Table kit.Table
}

func (*environmentsPage) template() string { return "environments" }

func environmentsTable(cards ...environmentCard) kit.Table {
	t := kit.Table{Columns: []kit.Column{{Title: "Environment", Key: "name"}, {Title: "Kind", Key: "kind"}, {Title: "Applications"}, {Title: "Together", Key: "together"}, {Title: "Promote"}}}
	for _, e := range cards {
		t.Rows = append(t.Rows, kit.Row{
			{kit.Link{Text: e.Name, URL: e.URL}}, {kit.Text{Text: e.Kind}}, {kit.Text{Text: e.Detail}}, {e.Status, kit.Sentence{Text: e.Sentence}}, e.Promote,
		})
	}
	return t
}

func (w *web) environments(r *http.Request) (page, error) {
	all, err := w.service.Overview.Everything(r.Context())
	if err != nil {
		return nil, err
	}
	var cards []environmentCard
	places := make([]kernel.Environment, len(all.Environments))
	for i, e := range all.Environments {
		places[i] = e.Environment
	}
	for i, e := range all.Environments {
		card := w.environmentCard(w.links(r), e)
		var next kit.Links
		for _, other := range nextPlaces(i, places) {
			next = append(next, kit.Link{Text: "to " + other.Name, URL: w.links(r).ComparisonPage(card.Name, other.Name)})
		}
		if len(next) > 0 {
			card.Promote = kit.Cell{next}
		}
		cards = append(cards, card)
	}
	p := &environmentsPage{base: base{title: "Environments", twin: api.Environments()}, Note: environmentNotes[r.URL.Query().Get(doneParameter)], New: newEnvironmentLink(w.links(r)), Table: environmentsTable(cards...)}
	p.Table.Empty = noEnvironment(w.links(r))
	if !maySome(r, access.ManageEnvironments) {
		p.New, p.Table.Empty = kit.Link{}, kit.Empty{Text: "No environment exists yet. " + lacks(r, "create one", access.ManageEnvironments)}
	}
	p.Table.Sort(r.URL.Query())
	return p, nil
}

// nextPlaces are where a promotion from an environment leads, among all of them in their
// order: to the next one that is nearer to users, and from the nearest of those that are
// not production to each that is. From production it leads nowhere: one production
// environment is no step on the way to another.
func nextPlaces(at int, all []kernel.Environment) []kernel.Environment {
	if all[at].Production || at == 0 {
		return nil
	}
	if !all[at-1].Production {
		return all[at-1 : at]
	}
	return all[:at] // production environments come first
}

// reasonsShown is how many reasons stand above the rows that have all of them.
const reasonsShown = 3

// firstReasons leaves the first reasons, of which the worst come first, and counts the
// others.
func firstReasons(all []string) []string {
	more := len(all) - reasonsShown
	if more <= 0 {
		return all
	}
	return append(all[:reasonsShown:reasonsShown], fmt.Sprintf("And %s, in the rows below.", wording.Count(more, "more reason")))
}

func kind(e kernel.Environment) string {
	if e.Production {
		return "Production"
	}
	return "Not production"
}

// environmentState is what is live in an environment and how it fits.
type environmentState struct {
	live     []liveVersion
	decision matrix.Decision
}

func (s environmentState) status() kit.Verdict {
	if len(s.live) == 0 {
		return kit.None("empty")
	}
	switch s.decision.PageHeadline() {
	case matrix.HeadlineYes:
		if s.decision.Counts.Success == 0 {
			return kit.None("nothing to prove")
		}
		return kit.Yes("fits")
	case matrix.HeadlineDoubt:
		if onlyByTests(s.decision) {
			return kit.Doubt(inDoubt)
		}
		return kit.Doubt("contracts missing")
	case matrix.HeadlineNo:
		return kit.No("broken")
	default:
		return kit.Unknown(notProven)
	}
}

func (s environmentState) sentence() string {
	counts := s.decision.Counts
	switch {
	case len(s.live) == 0:
		return "Nothing is deployed here."
	case counts.Failed > 0 && len(s.open()) > 0:
		return meeting(counts.Failed) + " failed verification, and " + wording.List(s.open(), "and") + "."
	case counts.Failed > 0:
		return meeting(counts.Failed) + " failed verification."
	case s.decision.Verdict == matrix.NotDeployable:
		return "Something that is recorded here cannot be judged."
	case counts.Unknown > 0 && s.absent() == 0:
		return "Not proven: " + meeting(counts.Unknown) + "."
	case counts.Unknown > 0:
		return "Not proven: " + wording.List(s.lacking(), "and") + "."
	case s.decision.Verdict != matrix.Deployable:
		return "Not everything here can be judged."
	case onlyByTests(s.decision):
		return doubtfulSuccesses(s.decision)
	case s.decision.PageHeadline() == matrix.HeadlineDoubt:
		return "Something here has published no contract, although earlier versions had."
	case counts.Success == 0:
		return "Nothing here depends on anything else."
	case counts.Success == 1:
		return "The one pair that meets here is verified."
	default:
		return fmt.Sprintf("All %d pairs that meet here are verified.", counts.Success)
	}
}

// absent counts the pairs whose provider is not here: they do not meet, and something
// here depends on what is missing.
func (s environmentState) absent() int {
	n := 0
	for _, e := range s.decision.Explanations {
		if e.Cause == matrix.CauseNotInTarget && e.Blocking {
			n++
		}
	}
	return min(n, s.decision.Counts.Unknown)
}

// lacking says of how many pairs what is lacking.
func (s environmentState) lacking() []string {
	out := s.open()
	if n := s.decision.Counts.Unknown - s.absent(); n > 0 {
		out[0] = meeting(n)
	}
	return out
}

// open are the words for what is not proven.
func (s environmentState) open() []string {
	var out []string
	if n := s.decision.Counts.Unknown - s.absent(); n > 0 {
		out = append(out, unproven(n))
	}
	if n := s.absent(); n > 0 {
		out = append(out, wording.CountOf(n, "pair lacks its provider here", "pairs lack their providers here"))
	}
	return out
}

// reasons are why not everything here is proven, and what is to be doubted.
func (s environmentState) reasons() []string {
	var all []string
	if s.decision.Verdict != matrix.Deployable {
		for _, reason := range s.decision.Reasons {
			all = append(all, reason.String())
		}
	}
	return append(firstReasons(all), doubts(s.decision)...)
}

func unproven(n int) string { return wording.CountOf(n, "is not proven", "are not proven") }

// worstFirst puts failures before what is unverified and that before the rest.
func worstFirst(rows []gate.MatrixRow) []gate.MatrixRow {
	out := slices.Clone(rows)
	slices.SortStableFunc(out, func(a, b gate.MatrixRow) int { return worst(rowStatus(a)) - worst(rowStatus(b)) })
	return out
}

// worst ranks a verdict among others: what failed, what is not known, the rest.
func worst(v kit.Verdict) int {
	switch v.Class {
	case kit.ClassNo:
		return 0
	case kit.ClassUnknown:
		return 1
	default:
		return 2
	}
}

// meeting says "1 pair that meets here" or "3 pairs that meet here".
func meeting(n int) string { return wording.CountOf(n, "pair that meets here", "pairs that meet here") }

func (w *web) environmentCard(l links.Links, e overview.EnvironmentState) environmentCard {
	state := environmentState{live: liveVersions(e), decision: e.Decision}
	applications := map[string]bool{}
	for _, v := range state.live {
		applications[v.version.Pacticipant.Name] = true
	}
	detail := wording.Count(len(applications), "application")
	if len(state.live) > 0 {
		detail += ", last change " + w.moment(state.live[0].since).Relative
	}
	name := e.Environment.Name
	return environmentCard{
		Name: name, URL: l.EnvironmentPage(name), Kind: kind(e.Environment), Production: e.Environment.Production,
		Status: state.status(), Empty: len(state.live) == 0, Doubt: state.decision.PageHeadline() == matrix.HeadlineDoubt, ByTests: onlyByTests(state.decision), Sentence: state.sentence(), Detail: detail,
	}
}
