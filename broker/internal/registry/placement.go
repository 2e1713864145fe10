package registry

import (
	"context"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Deployment asks to record that a version is deployed or released.
type Deployment struct {
	Pacticipant     string
	Version         string
	EnvironmentUUID string
	Instance        string // empty means none; ignored for releases
	// Rollback says whether it brings back what was there before; nil lets the broker find
	// out. Reason is why. Both are ignored for releases.
	Rollback *bool
	Reason   string
}

// CurrentQuery selects what is in an environment now.
type CurrentQuery struct {
	EnvironmentUUID string
	Pacticipant     string  // empty means any
	Version         string  // empty means any
	Instance        *string // nil means any, "" means records without instance
}

// recordKind is a kind of record that says which version is in an environment.
// Deployments and releases are found, listed and ended alike; what makes them
// two is how a record comes about and what its end is called.
type recordKind[R any] struct {
	noun      string
	list      func(kernel.Tx, kernel.RecordFilter) ([]R, error)
	version   func(R) string // the version's number
	currently func(R) bool   // whether the record has not ended
	// end is by the name of somebody.
	end  func(tx kernel.Tx, record R, at time.Time, by string) (R, error)
	rows func(R) []kernel.Row // what its end depends on
	// field says on the wire whether the record is current, and forever is the
	// answer to who wants to undo its end.
	field, forever string
}

// record finds the place that in names and lets save write what happened
// there, in one transaction. ahead says what save will do.
func (s *Service) record(ctx context.Context, in Deployment, ahead func(kernel.Tx, kernel.Version, kernel.Environment), save func(kernel.Tx, kernel.Version, kernel.Environment, time.Time) error) error {
	at := s.Moment()
	return s.Store.Update(ctx, func(tx kernel.Tx) error {
		if err := tx.Foresee(func(tx kernel.Tx) {
			e, unknown := tx.FindEnvironment(in.EnvironmentUUID)
			if v, err := kernel.FindVersion(tx, in.Pacticipant, in.Version); err == nil && unknown == nil {
				ahead(tx, v, e)
			}
		}); err != nil {
			return err
		}
		v, e, err := findPlace(tx, in)
		if err != nil {
			return err
		}
		return save(tx, v, e, at)
	})
}

func findPlace(tx kernel.Tx, in Deployment) (kernel.Version, kernel.Environment, error) {
	v, err := kernel.FindVersion(tx, in.Pacticipant, in.Version)
	if err != nil {
		return v, kernel.Environment{}, err
	}
	e, err := tx.FindEnvironment(in.EnvironmentUUID)
	return v, e, err
}

// ofVersion returns the records of a version in an environment, newest first,
// with the environment.
func (k recordKind[R]) ofVersion(ctx context.Context, s *Service, in Deployment) (out []R, environment kernel.Environment, err error) {
	err = s.Store.View(ctx, func(tx kernel.Tx) error {
		v, e, err := findPlace(tx, in)
		if err != nil {
			return err
		}
		environment = e
		out, err = k.list(tx, kernel.RecordFilter{VersionID: v.ID, EnvironmentID: e.ID})
		return err
	})
	return out, environment, err
}

func (k recordKind[R]) find(ctx context.Context, s *Service, uuid string) (out R, err error) {
	err = s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		out, err = k.findIn(tx, uuid)
		return err
	})
	return out, err
}

func (k recordKind[R]) findIn(tx kernel.Tx, uuid string) (none R, err error) {
	found, err := k.list(tx, kernel.RecordFilter{UUID: uuid})
	if err == nil && len(found) == 0 {
		err = kernel.Errorf(kernel.CodeNotFound, "no %s %s", k.noun, uuid)
	}
	if err != nil {
		return none, err
	}
	return found[0], nil
}

// toEnd finds the record, locks what its end depends on and finds it again.
func (k recordKind[R]) toEnd(tx kernel.Tx, uuid string) (R, error) {
	found, err := k.findIn(tx, uuid)
	if err != nil || !k.currently(found) {
		return found, err
	}
	if err := tx.Lock(kernel.ToChange, k.rows(found)...); err != nil {
		return found, err
	}
	return k.findIn(tx, uuid)
}

// update ends a record if currently is given and false. A record that has
// ended stays as it is.
func (k recordKind[R]) update(ctx context.Context, s *Service, uuid string, currently *bool) (out R, err error) {
	at := s.Moment()
	err = s.Store.Update(ctx, func(tx kernel.Tx) error {
		find := k.findIn
		if currently != nil && !*currently {
			find = k.toEnd
		}
		found, err := find(tx, uuid)
		if err != nil {
			return err
		}
		if currently != nil && *currently {
			return unprocessable(k.field, k.forever)
		}
		if currently != nil && k.currently(found) {
			found, err = k.end(tx, found, at, kernel.ByOf(ctx).Name)
		}
		out = found
		return err
	})
	return out, err
}

func unprocessable(field, text string) error {
	return &kernel.Error{Code: kernel.CodeUnprocessable, Message: text, Fields: kernel.Fields{field: {text}}}
}

// current returns what is in an environment now, with the environment, in the
// order of list.
func (k recordKind[R]) current(ctx context.Context, s *Service, q CurrentQuery) (out []R, environment kernel.Environment, err error) {
	err = s.Store.View(ctx, func(tx kernel.Tx) error {
		out = nil
		filter, known, err := currentFilter(tx, q, &environment)
		if err != nil || !known {
			return err
		}
		found, err := k.list(tx, filter)
		out = slices.DeleteFunc(found, func(r R) bool { return q.Version != "" && k.version(r) != q.Version })
		return err
	})
	return out, environment, err
}

// currentFilter is q as a filter; known is false if q names a pacticipant that
// does not exist and so has nothing anywhere.
func currentFilter(tx kernel.Tx, q CurrentQuery, environment *kernel.Environment) (filter kernel.RecordFilter, known bool, err error) {
	if *environment, err = tx.FindEnvironment(q.EnvironmentUUID); err != nil {
		return filter, false, err
	}
	filter = kernel.RecordFilter{EnvironmentID: environment.ID, Instance: q.Instance, Current: true}
	if q.Pacticipant == "" {
		return filter, true, nil
	}
	p, err := tx.FindPacticipant(q.Pacticipant)
	if kernel.IsNotFound(err) {
		return filter, false, nil
	}
	filter.PacticipantID = p.ID
	return filter, err == nil, err
}
