package overview

import (
	"context"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// standing is an answer about much that is kept while nothing changes, with what was
// judged for it.
type standing[T any] struct {
	*kernel.Standing[T]
	// memory belongs to whoever finds the answer.
	memory matrix.Memory
}

func newStanding[T any]() *standing[T] { return &standing[T]{Standing: kernel.NewStanding[T]()} }

// look returns the answer, which nobody changes.
func (a *standing[T]) look(ctx context.Context, store kernel.Store, find func(*matrix.Memory) (T, error)) (T, error) {
	return a.Look(ctx, store, func() (T, error) {
		a.memory.Turn()
		return find(&a.memory)
	})
}

// drawn is an answer that follows from a look at everything, for all who ask while that
// is the last. Nobody changes what is in it.
type drawn[T any] struct {
	// turn is held by whoever makes it.
	turn chan struct{}
	last T
	// look is the one that it follows from; 0 if there is none.
	look int64
	// memory has what was judged for it. It belongs to whoever has the turn.
	memory matrix.Memory
}

func newDrawn[T any]() *drawn[T] { return &drawn[T]{turn: make(chan struct{}, 1)} }

// from returns the answer that follows from a look.
func (d *drawn[T]) from(ctx context.Context, all Everything, draw func(*matrix.Memory) (T, error)) (T, error) {
	var none T
	select {
	case d.turn <- struct{}{}:
		defer func() { <-d.turn }()
	case <-ctx.Done():
		return none, ctx.Err()
	}
	if d.look == all.look {
		return d.last, nil
	}
	d.memory.Turn()
	made, err := draw(&d.memory)
	if err != nil {
		return none, err
	}
	d.last, d.look = made, all.look
	return made, nil
}

// Everything is all that there is to look at, kept while nothing changes. Nobody changes
// what is in it. Its decisions have no rows.
type Everything struct {
	Overview
	// Causes tell what blocks and what is to be looked at, the worst first.
	Causes []Cause
	// Waiting are contracts that wait for a verification, the one that waits longest
	// first.
	Waiting []Waiting
	// Failing are the contracts of the newest versions that a version which matters has
	// failed.
	Failing []matrix.Publication
	// Listed are all applications by name, also those that have no contract.
	Listed []Listed
	// look tells this look from all others of the process.
	look int64
}

// Listed is an application among all.
type Listed struct {
	kernel.Pacticipant
	Labels []string
	// Latest is its latest version; its zero value says that it has none.
	Latest kernel.Version
	// Consumers and Providers are how many it has.
	Consumers, Providers int
	// State is where it may go; nil if it has no contract.
	State *ApplicationState
}

// Everything returns all that there is to look at.
func (s *Service) Everything(ctx context.Context) (Everything, error) {
	return s.everything.look(ctx, s.Store, func(memory *matrix.Memory) (out Everything, err error) {
		err = s.Store.View(ctx, func(tx kernel.Tx) error {
			out = Everything{look: s.looks.Add(1)}
			return out.read(ctx, tx, memory)
		})
		return out, err
	})
}

func (a *Everything) read(ctx context.Context, tx kernel.Tx, memory *matrix.Memory) (err error) {
	if a.Overview, err = overview(ctx, tx, Query{}, memory); err != nil {
		return err
	}
	a.Causes = a.causes()
	for i := range a.Environments {
		a.Environments[i].Decision = a.Environments[i].Decision.WithoutRows()
	}
	untold := a.board.Untold(a.environmentNames())
	var states map[int64]kernel.ContentState
	if err := tx.Together(func() (err error) {
		states, err = tx.ContentStates(append(contentsOf(untold), contentsToDate(a.Causes)...))
		return err
	}, func() error {
		return a.list(tx)
	}); err != nil {
		return err
	}
	a.date(a.Causes, states)
	a.Waiting, a.Failing = a.waiting(untold, states), a.board.Failing(a.environmentNames())
	return nil
}

func (o Overview) environmentNames() []string {
	names := make([]string, len(o.Environments))
	for i, e := range o.Environments {
		names[i] = e.Environment.Name
	}
	return names
}

// list reads what is told of all applications side by side.
func (a *Everything) list(tx kernel.Tx) error {
	ids := make([]int64, len(a.parties))
	for i, p := range a.parties {
		ids[i] = p.ID
	}
	var labels map[int64][]kernel.Label
	var latest map[int64]kernel.Version
	if err := tx.Together(func() (err error) {
		labels, err = tx.LabelsOf(ids)
		return err
	}, func() (err error) {
		latest, err = tx.LatestVersions(ids)
		return err
	}); err != nil {
		return err
	}
	consumers, providers, states := map[int64]int{}, map[int64]int{}, map[string]*ApplicationState{}
	for _, i := range a.Integrations {
		consumers[i.Provider.ID]++
		providers[i.Consumer.ID]++
	}
	for i := range a.Applications {
		states[a.Applications[i].Name] = &a.Applications[i]
	}
	for _, p := range a.parties {
		one := Listed{Pacticipant: p, Latest: latest[p.ID], Consumers: consumers[p.ID], Providers: providers[p.ID], State: states[p.Name]}
		for _, l := range labels[p.ID] {
			one.Labels = append(one.Labels, l.Name)
		}
		a.Listed = append(a.Listed, one)
	}
	return nil
}

// DateFailures fills in since when causes are that are failures. It changes the causes
// given, which are the caller's.
func (s *Service) DateFailures(ctx context.Context, causes []Cause) error {
	return s.Store.View(ctx, func(tx kernel.Tx) error { return dateFailures(tx, causes) })
}

// LookAtEnvironment answers whether all that is in an environment fits together. The
// answer is kept while nothing changes, and nobody changes it. It returns
// CodeNotFound for an unknown environment.
func (s *Service) LookAtEnvironment(ctx context.Context, name string) (EnvironmentAnswer, error) {
	return s.environments.Of(name, newStanding[EnvironmentAnswer]).look(ctx, s.Store, func(memory *matrix.Memory) (EnvironmentAnswer, error) {
		out, err := s.lookAtEnvironment(ctx, memory, name)
		out.Decision = out.Decision.WithoutRows() // they are told in full
		return out, err
	})
}
