package registry

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// PacticipantEdit is what a form says about an application: all that it shows.
type PacticipantEdit struct {
	PacticipantChange
	// Labels are all that it is to have.
	Labels []string
	// Seen is the state, as [StateOfPacticipant] tells it, that somebody saw; "" for a
	// new application.
	Seen string
}

// EditPacticipant changes an application and its labels together. It returns
// CodeNotFound for an unknown one, and CodeConflict if it is not as somebody saw it.
// Without a state it makes the application, and returns CodeConflict for one that is
// there with something else.
func (s *Service) EditPacticipant(ctx context.Context, in PacticipantEdit) (PacticipantDetails, error) {
	if err := s.checkEdit(ctx, in); err != nil {
		return PacticipantDetails{}, err
	}
	var out PacticipantDetails
	at := s.Moment()
	err := s.Store.Update(ctx, func(tx kernel.Tx) error {
		p, err := s.findToEdit(ctx, tx, in, at)
		if err != nil {
			return err
		}
		before, err := onePacticipant(tx, p)
		if err != nil {
			return err
		}
		if err := checkState(in.Seen, StateOfPacticipant(before), "application"); err != nil {
			return err
		}
		changed := in.applyTo(p)
		if changed != p {
			changed.UpdatedAt = at
			if err := tx.SavePacticipant(changed); err != nil {
				return err
			}
		}
		if err := setLabels(tx, before, in.Labels, at); err != nil {
			return err
		}
		out, err = onePacticipant(tx, changed)
		return err
	})
	return out, err
}

// findToEdit finds the application under its lock, or makes it.
func (s *Service) findToEdit(ctx context.Context, tx kernel.Tx, in PacticipantEdit, at time.Time) (kernel.Pacticipant, error) {
	if in.Seen != "" {
		p, err := kernel.Locked(tx, kernel.ToChange, func() (kernel.Pacticipant, error) {
			return kernel.FindParty(tx, kernel.RolePacticipant, in.Name)
		})
		if err == nil {
			err = kernel.ClaimFor(ctx, tx, &p)
		}
		return p, err
	}
	p, created, err := kernel.EnsureOwn(ctx, tx, in.Name, at)
	if err != nil || created {
		return p, err
	}
	if err := tx.Lock(kernel.ToChange, p.Row()); err != nil {
		return p, err
	}
	if p, err = tx.FindPacticipantByID(p.ID); err != nil {
		return p, err
	}
	there, err := onePacticipant(tx, p)
	if err != nil {
		return p, err
	}
	wanted := PacticipantDetails{Pacticipant: in.applyTo(p)}
	for _, name := range sortedOnce(in.Labels) {
		wanted.Labels = append(wanted.Labels, kernel.Label{Name: name})
	}
	if StateOfPacticipant(there) != StateOfPacticipant(wanted) {
		return p, kernel.Errorf(kernel.CodeConflict, "An application named %q exists already. Open its page to change it.", p.Name)
	}
	return p, nil // the same was asked for twice
}

func sortedOnce(names []string) []string { return slices.Compact(slices.Sorted(slices.Values(names))) }

// setLabels puts on the labels that are missing, and takes off the others.
func setLabels(tx kernel.Tx, p PacticipantDetails, wanted []string, at time.Time) error {
	for _, l := range p.Labels {
		if !slices.Contains(wanted, l.Name) {
			if err := tx.DeleteLabel(p.ID, l.Name); err != nil {
				return err
			}
		}
	}
	for _, name := range sortedOnce(wanted) {
		if _, _, err := tx.EnsureLabel(p.ID, name, at); err != nil {
			return err
		}
	}
	return nil
}

// mostLabels is how many labels a form may give to an application.
const mostLabels = 100

func (s *Service) checkEdit(ctx context.Context, in PacticipantEdit) error {
	fields := kernel.Fields{}
	for _, label := range in.Labels {
		s.CheckName(fields, "labels", label)
	}
	if len(in.Labels) > mostLabels {
		fields.Add("labels", "are more than %d", mostLabels)
	}
	err := s.checkPacticipant(ctx, in.PacticipantChange)
	var domain *kernel.Error
	if errors.As(err, &domain) && len(domain.Fields) > 0 {
		for name, messages := range domain.Fields {
			fields[name] = append(fields[name], messages...)
		}
		return fields.Err()
	}
	if err != nil {
		return err
	}
	return fields.Err()
}
