package overview

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// Overview is the state of everything, for people to look at. It rests on all
// applications and environments, never on a page of them, and looking at it asks
// the gate nothing: no answer is kept.
type Overview struct {
	// Applications have integrations or were asked for, by name.
	Applications []ApplicationState
	// Environments have no decision where one application was asked for.
	Environments []EnvironmentState
	// Integrations are all there are, last changed first.
	Integrations []kernel.Integration
	board        *matrix.Board
	// parties are all applications.
	parties []kernel.Pacticipant
}

// ApplicationState is the newest version of an application's main branch and
// where it may go.
type ApplicationState struct {
	Name string
	// Version is the latest version where there is no main branch; empty if
	// there is none.
	Version string
	// OnMain says that the version is that of the main branch.
	OnMain bool
	// Verdicts are in the order of the environments; none without a version.
	Verdicts []matrix.Decision
}

// EnvironmentState is whether all that is in an environment fits together.
type EnvironmentState struct {
	Environment kernel.Environment
	// Deployed is what is deployed there, newest first, Released what is supported,
	// oldest first. They are empty where one application was asked for.
	Deployed []kernel.DeployedVersion
	Released []kernel.ReleasedVersion
	Decision matrix.Decision
}

// ContractState is what the newest version of a consumer's main branch asks of
// a provider.
type ContractState struct {
	// Version is the newest version; empty if there is none.
	Version string
	// Dropped says that it has no pact with the provider.
	Dropped bool
}

// Contract tells of a pair whether the newest version of the consumer still has
// a pact with the provider.
func (o Overview) Contract(consumer, provider string) ContractState {
	if o.board == nil {
		return ContractState{} // a zero Overview knows nothing
	}
	head, known := o.board.Head(consumer)
	if !known {
		return ContractState{}
	}
	_, has := o.board.Pact(consumer, provider)
	return ContractState{Version: head.Number, Dropped: !has}
}

// Query narrows what is looked at. Its zero value looks at everything.
type Query struct {
	// Application looks at one application only, which must exist.
	Application string
	// found is the application, where it is known.
	found kernel.Pacticipant
}

// Overview answers for the newest version of each application and each
// environment whether it may go there, and for each environment whether it is
// consistent. It returns CodeNotFound for an unknown application.
func (s *Service) Overview(ctx context.Context, q Query) (Overview, error) {
	var out Overview
	err := s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		out, err = overview(ctx, tx, q, unremembered())
		return err
	})
	return out, err
}

// overview answers from the facts, or from what is remembered of them.
func overview(ctx context.Context, tx kernel.Tx, q Query, memory *matrix.Memory) (out Overview, err error) {
	var told told
	var environments []kernel.Environment
	var there places
	if err := tx.Together(func() (err error) {
		told, err = overviewParties(tx, q)
		return err
	}, func() (err error) {
		environments, err = listEnvironments(tx)
		return err
	}, func() (err error) {
		if q.Application == "" {
			there, err = readPlaces(tx, 0)
		}
		return err
	}); err != nil {
		return out, err
	}
	out.Integrations, out.parties = told.integrations, told.all
	if out.board, err = told.board(tx, kernel.NamesOf(environments)); err != nil {
		return out, err
	}
	if err := out.addApplications(ctx, memory, told.names, environments); err != nil {
		return out, err
	}
	return out, out.addEnvironments(memory, environments, there, q.Application == "")
}

// told is what an answer is about.
type told struct {
	// names are the applications to tell about, parties all that the answer needs to
	// know of. all are all there are, where the answer is about all.
	names        []string
	parties      []matrix.Pacticipant
	all          []kernel.Pacticipant
	integrations []kernel.Integration
	// pairs are the integrations as the board knows them.
	pairs []matrix.Integration
	// about is the one application that the answer is about, unless it is about all.
	about matrix.Pacticipant
}

// board reads the facts that the answer rests on.
func (t told) board(tx kernel.Tx, environments []string, heads ...matrix.Version) (board *matrix.Board, err error) {
	if t.about.ID != 0 {
		board, err = matrix.ReadBoardAbout(t.facts(tx), t.about, t.parties, environments, heads...)
	} else {
		board, err = matrix.ReadBoard(t.facts(tx), t.parties, environments, heads...)
	}
	if err != nil {
		return nil, fmt.Errorf("read the board: %w", err)
	}
	return board, nil
}

// unremembered is a memory of nothing, for an answer that is not kept.
func unremembered() *matrix.Memory {
	m := &matrix.Memory{}
	m.Turn()
	return m
}

// knowing is a reader that need not look up the pairs that are known already: all
// those of which the answer tells.
type knowing struct {
	matrix.Reader
	pairs []matrix.Integration
}

// ListConsumersOf implements [matrix.Reader].
func (k knowing) ListConsumersOf([]int64) ([]matrix.Integration, error) { return k.pairs, nil }

// facts is what the board of the answer is read from.
func (t told) facts(tx kernel.Tx) matrix.Reader { return knowing{tx.MatrixFacts(time.Time{}), t.pairs} }

// overviewParties finds what the answer is about.
func overviewParties(tx kernel.Tx, q Query) (out told, err error) {
	if q.Application != "" {
		return partiesOf(tx, q)
	}
	if err := tx.Together(func() (err error) {
		out.integrations, _, err = tx.ListIntegrations(kernel.IntegrationQuery{})
		return err
	}, func() (err error) {
		out.all, _, err = tx.ListPacticipants(kernel.PacticipantQuery{})
		return err
	}); err != nil {
		return out, err
	}
	about, parties := map[int64]bool{}, make(map[int64]matrix.Pacticipant, len(out.all))
	for _, p := range out.all {
		parties[p.ID] = matrix.Pacticipant{ID: p.ID, Name: p.Name, MainBranch: p.MainBranch}
		out.parties = append(out.parties, parties[p.ID])
	}
	for _, i := range out.integrations {
		about[i.Consumer.ID], about[i.Provider.ID] = true, true
		out.pairs = append(out.pairs, matrix.Integration{Consumer: parties[i.Consumer.ID], Provider: parties[i.Provider.ID]})
	}
	slices.SortFunc(out.pairs, func(a, b matrix.Integration) int { // as a reader finds them
		return cmp.Or(strings.Compare(a.Consumer.Name, b.Consumer.Name), cmp.Compare(a.Consumer.ID, b.Consumer.ID), cmp.Compare(a.Provider.ID, b.Provider.ID))
	})
	for _, p := range out.all {
		if about[p.ID] {
			out.names = append(out.names, p.Name)
		}
	}
	return out, nil
}

func (o *Overview) addApplications(ctx context.Context, memory *matrix.Memory, names []string, environments []kernel.Environment) error {
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return err // whoever looked has left
		}
		state := ApplicationState{Name: name}
		if head, known := o.board.Head(name); known {
			state.Version, state.OnMain = head.Number, o.board.OnMain(name)
			for _, e := range environments {
				decision, err := o.board.Verdict(memory, name, e.Name)
				if err != nil {
					return fmt.Errorf("judge %s: %w", name, err)
				}
				state.Verdicts = append(state.Verdicts, decision)
			}
		}
		o.Applications = append(o.Applications, state)
	}
	return nil
}

func (o *Overview) addEnvironments(memory *matrix.Memory, environments []kernel.Environment, there places, judge bool) (err error) {
	for _, e := range environments {
		state := EnvironmentState{Environment: e, Deployed: there.deployed[e.ID], Released: there.released[e.ID]}
		if judge {
			if state.Decision, err = o.board.Fits(memory, e.Name); err != nil {
				return fmt.Errorf("judge %s: %w", e.Name, err)
			}
		}
		o.Environments = append(o.Environments, state)
	}
	return nil
}

// places are what is deployed and supported, by environment.
type places struct {
	deployed map[int64][]kernel.DeployedVersion
	released map[int64][]kernel.ReleasedVersion
}

// readPlaces reads what is in one environment, or in all if it is 0.
func readPlaces(tx kernel.Tx, environment int64) (places, error) {
	out := places{deployed: map[int64][]kernel.DeployedVersion{}, released: map[int64][]kernel.ReleasedVersion{}}
	filter := kernel.RecordFilter{EnvironmentID: environment, Current: true}
	err := tx.Together(func() error {
		found, err := tx.ListDeployedVersions(filter)
		for _, d := range found {
			out.deployed[d.Environment.ID] = append(out.deployed[d.Environment.ID], d)
		}
		return err
	}, func() error {
		found, err := tx.ListReleasedVersions(filter)
		for _, r := range slices.Backward(found) {
			out.released[r.Environment.ID] = append(out.released[r.Environment.ID], r)
		}
		return err
	})
	return out, err
}
