package broker

import "context"

// ListLabels returns the distinct labels, sorted.
func (s *Service) ListLabels(ctx context.Context, page Page) (Paged[string], error) {
	out := Paged[string]{Page: page}
	err := s.Store.View(ctx, func(tx Tx) error {
		var err error
		out.Items, out.Total, err = tx.ListLabelNames(page)
		return err
	})
	return out, err
}

// PutLabel puts a label on a pacticipant, creating it if need be, and tells
// whether the label is new.
func (s *Service) PutLabel(ctx context.Context, pacticipant, label string) (Label, bool, error) {
	fields := Fields{}
	s.checkName(fields, "pacticipant", pacticipant)
	s.checkName(fields, "label", label)
	if err := s.allowKnown(ctx, fields, "pacticipant", pacticipant, "", ""); err != nil {
		return Label{}, false, err
	}
	if err := fields.Err(); err != nil {
		return Label{}, false, err
	}
	var out Label
	var created bool
	at := s.now()
	err := s.Store.Update(ctx, func(tx Tx) error {
		p, _, err := ensurePacticipant(tx, pacticipant, at)
		if err != nil {
			return err
		}
		out, created, err = tx.EnsureLabel(p.ID, label, at)
		return err
	})
	return out, created, err
}

// FindLabel returns a label of a pacticipant.
func (s *Service) FindLabel(ctx context.Context, pacticipant, label string) (Label, error) {
	var out Label
	err := s.Store.View(ctx, func(tx Tx) error {
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
	return s.Store.Update(ctx, func(tx Tx) error {
		p, err := tx.FindPacticipant(pacticipant)
		if err != nil {
			return err
		}
		return tx.DeleteLabel(p.ID, label)
	})
}
