package web

import (
	"fmt"
	"net/http"
	"slices"

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
	Name, URL string
	Kind      string
	Status    kit.Verdict
	Empty     bool // nothing is deployed or released there
	Doubt     bool // nothing is unproven, and a contract is missing
	Sentence  string
	Detail    string
}

type environmentsPage struct {
	base
	Table kit.Table
}

func (*environmentsPage) template() string { return "environments" }

func environmentsTable(cards ...environmentCard) kit.Table {
	t := kit.Table{Columns: []kit.Column{{Title: "Environment", Key: "name"}, {Title: "Kind", Key: "kind"}, {Title: "Applications"}, {Title: "Together", Key: "together"}}}
	for _, e := range cards {
		t.Rows = append(t.Rows, kit.Row{
			{kit.Link{Text: e.Name, URL: e.URL}}, {kit.Text{Text: e.Kind}}, {kit.Text{Text: e.Detail}}, {e.Status, kit.Sentence{Text: e.Sentence}},
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
	for _, e := range all.Environments {
		cards = append(cards, w.environmentCard(w.links(r), e))
	}
	p := &environmentsPage{base: base{title: "Environments", twin: api.Environments()}, Table: environmentsTable(cards...)}
	p.Table.Empty = noEnvironment(w.links(r))
	p.Table.Sort(r.URL.Query())
	return p, nil
}

type environmentPage struct {
	base
	Parent kit.Link
	Name   string
	Kind   string
	Answer kit.Answer
	Live   kit.Table
	Filter kit.Filter
	// Meets is whether any pair meets here, whatever the filter leaves.
	Meets bool
	Pairs kit.Table
}

func (*environmentPage) template() string { return "environment" }

func liveTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "live", Columns: []kit.Column{
		{Title: "Application", Key: "name"}, {Title: "Version"}, {Title: "How"}, {Title: "Since", Key: "since", NewestFirst: true},
	}, Rows: rows}
}

func (w *web) environment(r *http.Request) (page, error) {
	ctx, l, name := r.Context(), w.links(r), r.PathValue("name")
	answer, err := w.service.Overview.LookAtEnvironment(ctx, name)
	if err != nil {
		return nil, err
	}
	state := environmentState{live: liveVersions(answer.EnvironmentState), decision: answer.Decision}
	p := &environmentPage{
		base:   base{title: name, twin: api.CurrentlyDeployed(answer.Environment.UUID)},
		Parent: kit.Link{Text: "Environments", URL: l.EnvironmentsPage()}, Name: name, Kind: kind(answer.Environment),
		Answer: kit.Answer{Verdict: state.status(), Sentence: state.sentence()}, Live: liveTable(), Pairs: w.pairsTable(l, worstFirst(answer.Rows)),
	}
	for _, v := range state.live {
		application := v.version.Pacticipant.Name
		p.Live.Rows = append(p.Live.Rows, kit.Row{
			{kit.Link{Text: application, URL: l.ApplicationPage(application)}}, {versionOf(l, application, v.version.Number)}, {kit.Text{Text: v.how}}, {w.moment(v.since)},
		})
	}
	p.Live.Empty = nothingHere(l, name)
	p.Live.Sort(r.URL.Query())
	p.Live.Cut(r.URL.Query(), pageSize)
	p.Meets = len(p.Pairs.Rows) > 0
	p.Filter = p.Pairs.Narrow(r.URL.Query(), "met", "result")
	p.Pairs.Sort(r.URL.Query())
	p.Pairs.Cut(r.URL.Query(), pageSize)
	if state.decision.Verdict != matrix.Deployable {
		for _, reason := range state.decision.Reasons {
			p.Answer.Reasons = append(p.Answer.Reasons, reason.String())
		}
	}
	p.Answer.Reasons = append(firstReasons(p.Answer.Reasons), doubts(state.decision)...)
	return p, nil
}

// reasonsShown is how many reasons stand above the rows that have all of them.
const reasonsShown = 10

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
	switch s.decision.Headline() {
	case matrix.HeadlineYes:
		if s.decision.Counts.Success == 0 {
			return kit.None("nothing to prove")
		}
		return kit.Yes("fits")
	case matrix.HeadlineDoubt:
		return kit.Doubt("contracts missing")
	case matrix.HeadlineNo:
		return kit.No("broken")
	default:
		return kit.Unknown("unproven")
	}
}

func (s environmentState) sentence() string {
	counts := s.decision.Counts
	switch {
	case len(s.live) == 0:
		return "Nothing is deployed here."
	case counts.Failed > 0 && counts.Unknown > 0:
		return meeting(counts.Failed) + " failed verification, and " + unproven(counts.Unknown) + "."
	case counts.Failed > 0:
		return meeting(counts.Failed) + " failed verification."
	case s.decision.Verdict == matrix.NotDeployable:
		return "Something that is recorded here cannot be judged."
	case counts.Unknown > 0:
		return "Not proven: " + meeting(counts.Unknown) + "."
	case s.decision.Verdict != matrix.Deployable:
		return "Not everything here can be judged."
	case s.decision.Headline() == matrix.HeadlineDoubt:
		return "Something here has published no contract, although earlier versions had."
	case counts.Success == 0:
		return "Nothing here depends on anything else."
	case counts.Success == 1:
		return "The one pair that meets here is verified."
	default:
		return fmt.Sprintf("All %d pairs that meet here are verified.", counts.Success)
	}
}

func unproven(n int) string { return wording.CountOf(n, "is not proven", "are not proven") }

// worstFirst puts failures before what is unverified and that before the rest.
func worstFirst(rows []gate.MatrixRow) []gate.MatrixRow {
	rank := map[matrix.Outcome]int{matrix.Failed: 0, matrix.Unverified: 1, matrix.Passed: 2}
	out := slices.Clone(rows)
	slices.SortStableFunc(out, func(a, b gate.MatrixRow) int { return rank[a.Outcome()] - rank[b.Outcome()] })
	return out
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
		Name: name, URL: l.EnvironmentPage(name), Kind: kind(e.Environment),
		Status: state.status(), Empty: len(state.live) == 0, Doubt: state.decision.Headline() == matrix.HeadlineDoubt, Sentence: state.sentence(), Detail: detail,
	}
}
