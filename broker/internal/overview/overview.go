package overview

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/gate"
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
	board        *matrix.Board
}

// ApplicationState is the newest version of an application's main branch and
// where it may go.
type ApplicationState struct {
	Name string
	// Version is the latest version where there is no main branch; empty if
	// there is none.
	Version string
	// Verdicts are in the order of the environments; none without a version.
	Verdicts []matrix.Decision
}

// EnvironmentState is whether all that is in an environment fits together.
type EnvironmentState struct {
	Environment kernel.Environment
	Decision    matrix.Decision
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
}

// Overview answers for the newest version of each application and each
// environment whether it may go there, and for each environment whether it is
// consistent. It returns CodeNotFound for an unknown application.
func (s *Service) Overview(ctx context.Context, q Query) (Overview, error) {
	var out Overview
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		out = Overview{}
		names, parties, err := overviewParties(tx, q)
		if err != nil {
			return err
		}
		environments, err := tx.ListEnvironments()
		if err != nil {
			return err
		}
		if out.board, err = matrix.ReadBoard(tx.MatrixFacts(time.Time{}), parties, kernel.NamesOf(environments)); err != nil {
			return fmt.Errorf("read the board: %w", err)
		}
		if err := out.addApplications(ctx, names, environments); err != nil {
			return err
		}
		return out.addEnvironments(environments, q.Application == "")
	})
	return out, err
}

// overviewParties are the applications to tell about, and all that the answer
// needs to know.
func overviewParties(tx kernel.Tx, q Query) ([]string, []matrix.Pacticipant, error) {
	integrations, _, err := tx.ListIntegrations(kernel.IntegrationQuery{})
	if err != nil {
		return nil, nil, err
	}
	wanted, told := map[int64]bool{}, map[int64]bool{}
	if q.Application != "" {
		one, err := tx.FindPacticipant(q.Application)
		if kernel.IsNotFound(err) {
			return nil, nil, kernel.UnknownName(kernel.RolePacticipant, q.Application)
		}
		if err != nil {
			return nil, nil, err
		}
		wanted[one.ID], told[one.ID] = true, true
	}
	for _, i := range integrations {
		if q.Application == "" {
			told[i.Consumer.ID], told[i.Provider.ID] = true, true
		}
		if q.Application == "" || told[i.Consumer.ID] || told[i.Provider.ID] {
			wanted[i.Consumer.ID], wanted[i.Provider.ID] = true, true
		}
	}
	all, _, err := tx.ListPacticipants(kernel.PacticipantQuery{})
	if err != nil {
		return nil, nil, err
	}
	var names []string
	var parties []matrix.Pacticipant
	for _, p := range all {
		if q.Application == "" || wanted[p.ID] {
			parties = append(parties, matrix.Pacticipant{ID: p.ID, Name: p.Name, MainBranch: p.MainBranch})
		}
		if told[p.ID] {
			names = append(names, p.Name)
		}
	}
	return names, parties, nil
}

func (o *Overview) addApplications(ctx context.Context, names []string, environments []kernel.Environment) error {
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return err // whoever looked has left
		}
		state := ApplicationState{Name: name}
		if head, known := o.board.Head(name); known {
			state.Version = head.Number
			for _, e := range environments {
				decision, err := o.board.Deploy(name, e.Name)
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

func (o *Overview) addEnvironments(environments []kernel.Environment, judge bool) (err error) {
	for _, e := range environments {
		state := EnvironmentState{Environment: e}
		if judge {
			if state.Decision, err = o.board.Together(e.Name); err != nil {
				return fmt.Errorf("judge %s: %w", e.Name, err)
			}
		}
		o.Environments = append(o.Environments, state)
	}
	return nil
}

// EnvironmentAnswer is the state of one environment with the rows it rests on.
type EnvironmentAnswer struct {
	EnvironmentState
	Rows []gate.MatrixRow
}

// LookAtEnvironment answers whether all that is in an environment fits together.
// It returns CodeNotFound for an unknown environment.
func (s *Service) LookAtEnvironment(ctx context.Context, name string) (EnvironmentAnswer, error) {
	var out EnvironmentAnswer
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		e, err := tx.FindEnvironmentByName(name)
		if kernel.IsNotFound(err) {
			near, err := kernel.NearEnvironments(tx, name)
			if err != nil {
				return err
			}
			return kernel.Errorf(kernel.CodeNotFound, "There is no environment named %q.%s", name, near)
		}
		if err != nil {
			return err
		}
		_, parties, err := overviewParties(tx, Query{})
		if err != nil {
			return err
		}
		board, err := matrix.ReadBoard(tx.MatrixFacts(time.Time{}), parties, []string{e.Name})
		if err != nil {
			return fmt.Errorf("read the board: %w", err)
		}
		decision, err := board.Together(e.Name)
		if err != nil {
			return err
		}
		out.EnvironmentState = EnvironmentState{Environment: e, Decision: decision}
		out.Rows, err = gate.DescribeRows(tx, slices.Clone(decision.Shown))
		return err
	})
	return out, err
}
