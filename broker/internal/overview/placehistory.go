package overview

import (
	"context"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// stepsAtOnce is how many steps of the history of an environment are told at once.
const stepsAtOnce = 25

// PlaceHistory is a piece of what happened in an environment, newest first.
type PlaceHistory struct {
	Steps []PlaceStep
	// Next begins the piece after it; its zero value says that there is none.
	Next kernel.PlaceMoment
}

// PlaceStep is one thing that happened. What a deployment has replaced is told
// with it, and is no step of its own.
type PlaceStep struct {
	kernel.PlaceChange
	// Replaced is zero if nothing was there before.
	Replaced kernel.Version
}

// LookAtPlaceHistory tells what happened in an environment before a moment. It
// returns CodeNotFound for an unknown environment.
func (s *Service) LookAtPlaceHistory(ctx context.Context, environment string, before kernel.PlaceMoment) (PlaceHistory, error) {
	var out PlaceHistory
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		e, err := tx.FindEnvironmentByName(environment)
		if err != nil {
			return err
		}
		out, err = placeHistory(tx, e, before)
		return err
	})
	return out, err
}

// placeHistory reads enough for the steps, each of which is two changes at most,
// and for whether there are more.
func placeHistory(tx kernel.Tx, e kernel.Environment, before kernel.PlaceMoment) (PlaceHistory, error) {
	changes, err := tx.ListPlaceChanges(kernel.PlaceHistoryQuery{EnvironmentID: e.ID, Before: before, Limit: 2*stepsAtOnce + 1})
	return steps(changes, stepsAtOnce), err
}

// place is where one version is at a time.
type place struct {
	at          int64
	pacticipant int64
	instance    string
}

// steps makes steps of changes, so many at most: what ends where and when another
// begins was replaced.
func steps(changes []kernel.PlaceChange, most int) PlaceHistory {
	var out PlaceHistory
	began := map[place][]int{}
	for _, c := range changes {
		at := place{c.At.UnixMicro(), c.Version.Pacticipant.ID, c.Instance}
		if c.Event == kernel.EventUndeployed && out.replaces(began[at], c) {
			out.Next = c.PlaceMoment
			continue
		}
		if len(out.Steps) == most {
			return out
		}
		if c.Event == kernel.EventDeployed {
			began[at] = append(began[at], len(out.Steps))
		}
		out.Steps = append(out.Steps, PlaceStep{PlaceChange: c})
		out.Next = c.PlaceMoment
	}
	out.Next = kernel.PlaceMoment{}
	return out
}

// replaces finds among steps that began where and when something ended the first that
// was recorded after it, and notes there what it has replaced.
func (h PlaceHistory) replaces(began []int, ended kernel.PlaceChange) bool {
	for _, i := range slices.Backward(began) {
		if s := &h.Steps[i]; s.Record > ended.Record && s.Replaced.ID == 0 {
			s.Replaced = ended.Version
			return true
		}
	}
	return false
}
