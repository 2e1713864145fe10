package registry

import (
	"context"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// ListLabels returns the distinct labels, sorted.
func (s *Service) ListLabels(ctx context.Context, page kernel.Page) (kernel.Paged[string], error) {
	out := kernel.Paged[string]{Page: page}
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		var err error
		out.Items, out.Total, err = tx.ListLabelNames(page)
		return err
	})
	return out, err
}

// PutLabel puts a label on a pacticipant, creating it if need be, and tells
// whether the label is new.
func (s *Service) PutLabel(ctx context.Context, pacticipant, label string) (kernel.Label, bool, error) {
	fields := kernel.Fields{}
	s.CheckName(fields, "pacticipant", pacticipant)
	s.CheckName(fields, "label", label)
	if err := s.AllowKnown(ctx, fields, "pacticipant", pacticipant, "", ""); err != nil {
		return kernel.Label{}, false, err
	}
	if err := fields.Err(); err != nil {
		return kernel.Label{}, false, err
	}
	var out kernel.Label
	var created bool
	at := s.Moment()
	err := s.Store.Update(ctx, func(tx kernel.Tx) error {
		p, isNew, err := kernel.EnsureOwn(ctx, tx, pacticipant, at)
		if err != nil {
			return err
		}
		if !isNew {
			if err := tx.Lock(kernel.ToChange, p.Row()); err != nil {
				return err
			}
		}
		out, created, err = tx.EnsureLabel(p.ID, label, at)
		return err
	})
	return out, created, err
}

// FindLabel returns a label of a pacticipant.
func (s *Service) FindLabel(ctx context.Context, pacticipant, label string) (kernel.Label, error) {
	var out kernel.Label
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		p, err := tx.FindPacticipant(pacticipant)
		if err != nil {
			return err
		}
		out, err = tx.FindLabel(p.ID, label)
		return err
	})
	return out, err
}

// DeleteLabel takes a label off a pacticipant.
func (s *Service) DeleteLabel(ctx context.Context, pacticipant, label string) error {
	return s.Store.Update(ctx, func(tx kernel.Tx) error {
		p, err := kernel.Locked(tx, kernel.ToChange, func() (kernel.Pacticipant, error) { return tx.FindPacticipant(pacticipant) })
		if err != nil {
			return err
		}
		return tx.DeleteLabel(p.ID, label)
	})
}
