package web

import (
	"context"
	"fmt"
	"net/http"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/links"
	"github.com/treatyhq/treaty/broker/matrix"
)

// environmentCard says in one sentence whether an environment is consistent.
type environmentCard struct {
	Name, URL string
	Kind      string
	Status    status
	Sentence  string
	Detail    string
}

type environmentsPage struct {
	base
	Environments []environmentCard
}

func (*environmentsPage) template() string { return "environments" }

func (w *web) environments(r *http.Request) (page, error) {
	found, err := w.service.ListEnvironments(r.Context(), "")
	if err != nil {
		return nil, err
	}
	p := &environmentsPage{base: base{title: "Environments"}}
	for _, e := range found {
		card, err := w.environmentCard(r.Context(), w.links(r), e)
		if err != nil {
			return nil, err
		}
		p.Environments = append(p.Environments, card)
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
	found, err := w.service.ListEnvironments(ctx, name)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, broker.Errorf(broker.CodeNotFound, "There is no environment named %q.", name)
	}
	state, err := w.environmentState(ctx, found[0])
	if err != nil {
		return nil, err
	}
	p := &environmentPage{
		base: base{title: name}, Parent: link{"Environments", l.EnvironmentsPage()}, Name: name, Kind: kind(found[0]),
		Status: state.status(), Sentence: state.sentence(), Pairs: w.pairRows(l, state.answer.Rows),
	}
	for _, v := range state.live {
		p.Live = append(p.Live, liveRow{
			Application: link{v.version.Pacticipant.Name, l.ApplicationPage(v.version.Pacticipant.Name)},
			Version:     short(v.version.Number), How: v.how, Since: w.moment(v.since),
		})
	}
	if state.status() != statusYes {
		for _, reason := range state.answer.Decision.Reasons {
			p.Reasons = append(p.Reasons, reason.String())
		}
	}
	return p, nil
}

func kind(e broker.Environment) string {
	if e.Production {
		return "Production"
	}
	return "Not production"
}

// environmentState is what is live in an environment and how it fits.
type environmentState struct {
	live   []liveVersion
	answer broker.MatrixAnswer
}

// environmentState asks the matrix about all live versions at once: each pair
// that meets there is a row.
func (w *web) environmentState(ctx context.Context, e broker.Environment) (environmentState, error) {
	live, err := w.liveVersions(ctx, e)
	if err != nil || len(live) == 0 {
		return environmentState{}, err
	}
	state := environmentState{live: live}
	query := broker.MatrixQuery{Target: matrix.Target{Environment: e.Name}, LatestBy: matrix.ByVersions}
	seen := map[string]bool{}
	for _, v := range live {
		key := v.version.Pacticipant.Name + "\n" + v.version.Number
		if !seen[key] {
			seen[key] = true
			query.Selectors = append(query.Selectors, matrix.Selector{Pacticipant: v.version.Pacticipant.Name, Version: v.version.Number})
		}
	}
	state.answer, err = w.service.Matrix(ctx, query)
	return state, err
}

func (s environmentState) status() status {
	if len(s.live) == 0 {
		return statusNone
	}
	switch s.answer.Decision.Verdict {
	case matrix.Deployable:
		return status{"yes", "✓", "fits"}
	case matrix.NotDeployable:
		return status{"no", "✗", "broken"}
	default:
		return status{"unknown", "?", "unproven"}
	}
}

func (s environmentState) sentence() string {
	counts := s.answer.Decision.Counts
	switch {
	case len(s.live) == 0:
		return "Nothing is deployed here."
	case counts.Failed > 0:
		return meeting(counts.Failed) + " failed verification."
	case counts.Unknown > 0:
		return "Not proven: " + meeting(counts.Unknown) + "."
	case counts.Success == 0:
		return "Nothing here depends on anything else."
	case counts.Success == 1:
		return "The one pair that meets here is verified."
	default:
		return fmt.Sprintf("All %d pairs that meet here are verified.", counts.Success)
	}
}

// meeting says "1 pair that meets here" or "3 pairs that meet here".
func meeting(n int) string {
	if n == 1 {
		return "1 pair that meets here"
	}
	return fmt.Sprintf("%d pairs that meet here", n)
}

func (w *web) environmentCard(ctx context.Context, l links.Links, e broker.Environment) (environmentCard, error) {
	state, err := w.environmentState(ctx, e)
	if err != nil {
		return environmentCard{}, err
	}
	applications := map[string]bool{}
	for _, v := range state.live {
		applications[v.version.Pacticipant.Name] = true
	}
	detail := count(len(applications), "application")
	if len(state.live) > 0 {
		detail += ", last change " + w.moment(state.live[0].since).Relative
	}
	return environmentCard{
		Name: e.Name, URL: l.EnvironmentPage(e.Name), Kind: kind(e),
		Status: state.status(), Sentence: state.sentence(), Detail: detail,
	}, nil
}
