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
	"github.com/treatyhq/treaty/internal/wording"
)

// environmentCard says in one sentence whether an environment is consistent.
type environmentCard struct {
	Name, URL string
	Kind      string
	Status    status
	Doubt     bool // nothing is unproven, and a contract is missing
	Sentence  string
	Detail    string
}

type environmentsPage struct {
	base
	Environments []environmentCard
	Create       string // the command that creates one
}

func (*environmentsPage) template() string { return "environments" }

func (w *web) environments(r *http.Request) (page, error) {
	all, err := w.service.Overview.Overview(r.Context(), overview.Query{})
	if err != nil {
		return nil, err
	}
	p := &environmentsPage{base: base{title: "Environments"}, Create: createEnvironment(w.links(r))}
	for _, e := range all.Environments {
		p.Environments = append(p.Environments, w.environmentCard(w.links(r), e))
	}
	return p, nil
}

type environmentPage struct {
	base
	Parent   link
	Name     string
	Kind     string
	Status   status
	Sentence string
	Reasons  []string
	Live     []liveRow
	Pairs    []pairRow
	Record   string // the command that records a deployment
}

func (*environmentPage) template() string { return "environment" }

type liveRow struct {
	Application link
	Version     string
	How         string
	Since       moment
}

func (w *web) environment(r *http.Request) (page, error) {
	ctx, l, name := r.Context(), w.links(r), r.PathValue("name")
	answer, err := w.service.Overview.LookAtEnvironment(ctx, name)
	if err != nil {
		return nil, err
	}
	state := environmentState{live: liveVersions(answer.EnvironmentState), decision: answer.Decision}
	p := &environmentPage{
		base: base{title: name}, Parent: link{"Environments", l.EnvironmentsPage()}, Name: name, Kind: kind(answer.Environment),
		Status: state.status(), Sentence: state.sentence(), Pairs: w.pairRows(l, worstFirst(answer.Rows)), Record: recordHere(l, name),
	}
	for _, v := range state.live {
		p.Live = append(p.Live, liveRow{
			Application: link{v.version.Pacticipant.Name, l.ApplicationPage(v.version.Pacticipant.Name)},
			Version:     short(v.version.Number), How: v.how, Since: w.moment(v.since),
		})
	}
	if state.decision.Verdict != matrix.Deployable {
		for _, reason := range state.decision.Reasons {
			p.Reasons = append(p.Reasons, reason.String())
		}
	}
	p.Reasons = append(p.Reasons, doubts(state.decision)...)
	return p, nil
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

func (s environmentState) status() status {
	if len(s.live) == 0 {
		return statusNone
	}
	switch s.decision.Headline() {
	case matrix.HeadlineYes:
		return status{"yes", "✓", "fits"}
	case matrix.HeadlineDoubt:
		return status{statusDoubt.Class, statusDoubt.Icon, "contracts missing"}
	case matrix.HeadlineNo:
		return status{"no", "✗", "broken"}
	default:
		return status{"unknown", "?", "unproven"}
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
		Status: state.status(), Doubt: state.decision.Headline() == matrix.HeadlineDoubt, Sentence: state.sentence(), Detail: detail,
	}
}
