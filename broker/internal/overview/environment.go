package overview

import (
	"context"
	"fmt"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// EnvironmentAnswer is the state of one environment with the rows it rests on.
type EnvironmentAnswer struct {
	EnvironmentState
	// All are the environments that there are, in the order of pages.
	All  []kernel.Environment
	Rows []gate.MatrixRow
	// Arrivals say of the newest version of each application whether it may come.
	Arrivals []Arrival
	// Newest is the beginning of its history.
	Newest PlaceHistory
}

// Arrival is whether the newest version of an application may come to an environment.
type Arrival struct {
	Application string
	Version     string
	// Here are the versions that are there now.
	Here     []kernel.Version
	Decision matrix.Decision
}

// IsHere reports whether the newest version is there already.
func (a Arrival) IsHere() bool {
	return slices.ContainsFunc(a.Here, func(v kernel.Version) bool { return v.Number == a.Version })
}

func (s *Service) lookAtEnvironment(ctx context.Context, memory *matrix.Memory, name string) (EnvironmentAnswer, error) {
	var out EnvironmentAnswer
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		out = EnvironmentAnswer{}
		var told told
		if err := tx.Together(func() (err error) {
			out.All, err = listEnvironments(tx)
			return err
		}, func() (err error) {
			told, err = overviewParties(tx, Query{})
			return err
		}); err != nil {
			return err
		}
		e, err := environmentNamed(tx, out.All, name)
		if err != nil {
			return err
		}
		var there places
		if err := tx.Together(func() (err error) {
			there, err = readPlaces(tx, e.ID)
			return err
		}, func() (err error) {
			out.Newest, err = placeHistory(tx, e, kernel.PlaceMoment{})
			return err
		}); err != nil {
			return err
		}
		out.EnvironmentState = EnvironmentState{Environment: e, Deployed: there.deployed[e.ID], Released: there.released[e.ID]}
		return out.judge(ctx, tx, memory, told)
	})
	return out, err
}

// environmentNamed is the one of that name.
func environmentNamed(tx kernel.Tx, all []kernel.Environment, name string) (kernel.Environment, error) {
	for _, e := range all {
		if e.Name == name {
			return e, nil
		}
	}
	near, err := kernel.NearEnvironments(tx, name)
	if err != nil {
		return kernel.Environment{}, err
	}
	return kernel.Environment{}, kernel.Errorf(kernel.CodeNotFound, "There is no environment named %q.%s", name, near)
}

// judge adds whether what is there fits together, and what may come.
func (a *EnvironmentAnswer) judge(ctx context.Context, tx kernel.Tx, memory *matrix.Memory, told told) error {
	name := a.Environment.Name
	board, err := told.board(tx, []string{name})
	if err != nil {
		return err
	}
	if a.Decision, err = board.Together(name); err != nil {
		return err
	}
	if a.Rows, err = gate.DescribeRows(tx, slices.Clone(a.Decision.Shown)); err != nil {
		return err
	}
	here := a.versions()
	for _, application := range told.names {
		if err := ctx.Err(); err != nil {
			return err // whoever looked has left
		}
		head, known := board.Head(application)
		if !known {
			continue
		}
		decision, err := board.Verdict(memory, application, name)
		if err != nil {
			return fmt.Errorf("judge %s: %w", application, err)
		}
		a.Arrivals = append(a.Arrivals, Arrival{Application: application, Version: head.Number, Here: here[application], Decision: decision})
	}
	return nil
}

// versions are what is in the environment, by application, each version once.
func (e EnvironmentState) versions() map[string][]kernel.Version {
	out, seen := map[string][]kernel.Version{}, map[int64]bool{}
	add := func(v kernel.Version) {
		if !seen[v.ID] {
			seen[v.ID] = true
			out[v.Pacticipant.Name] = append(out[v.Pacticipant.Name], v)
		}
	}
	for _, d := range e.Deployed {
		add(d.Version)
	}
	for _, r := range e.Released {
		add(r.Version)
	}
	return out
}
