package registry

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// PacticipantDetails is a pacticipant with what its resource shows.
type PacticipantDetails struct {
	kernel.Pacticipant
	// Labels are sorted by name.
	Labels []kernel.Label
	// LatestVersion is nil if there is no version.
	LatestVersion *kernel.Version
	// Deployed lists what is currently deployed, oldest first. Only FindPacticipant and the
	// writing use cases fill it.
	Deployed []kernel.DeployedVersion
}

// PacticipantChange is what a request says about a pacticipant. Name comes
// from the address, or from the body when creating.
type PacticipantChange struct {
	Name                string
	DisplayName         Change
	MainBranch          Change
	RepositoryURL       Change
	RepositoryName      Change
	RepositoryNamespace Change
}

// ListPacticipants returns the pacticipants, sorted by name without regard to case.
func (s *Service) ListPacticipants(ctx context.Context, q kernel.PacticipantQuery) (kernel.Paged[PacticipantDetails], error) {
	out := kernel.Paged[PacticipantDetails]{Page: q.Page}
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		found, total, err := tx.ListPacticipants(q)
		if err != nil {
			return err
		}
		out.Total = total
		out.Items, err = pacticipantDetails(tx, found)
		return err
	})
	return out, err
}

// ListNames returns the first names of applications by the alphabet, that many at
// most.
func (s *Service) ListNames(ctx context.Context, most int) ([]string, error) {
	var out []string
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		found, _, err := tx.ListPacticipants(kernel.PacticipantQuery{Page: kernel.Page{Number: 1, Size: most}})
		out = make([]string, len(found))
		for i, p := range found {
			out[i] = p.Name
		}
		return err
	})
	return out, err
}

func pacticipantDetails(tx kernel.Tx, found []kernel.Pacticipant) ([]PacticipantDetails, error) {
	ids := make([]int64, len(found))
	for i, p := range found {
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
		return nil, err
	}
	out := make([]PacticipantDetails, len(found))
	for i, p := range found {
		out[i] = PacticipantDetails{Pacticipant: p, Labels: labels[p.ID]}
		if v, ok := latest[p.ID]; ok {
			out[i].LatestVersion = &v
		}
	}
	return out, nil
}

// onePacticipant is pacticipantDetails with what is deployed.
func onePacticipant(tx kernel.Tx, p kernel.Pacticipant) (PacticipantDetails, error) {
	var details []PacticipantDetails
	var deployed []kernel.DeployedVersion
	if err := tx.Together(func() (err error) {
		details, err = pacticipantDetails(tx, []kernel.Pacticipant{p})
		return err
	}, func() (err error) {
		deployed, err = tx.ListDeployedVersions(kernel.RecordFilter{PacticipantID: p.ID, Current: true})
		return err
	}); err != nil {
		return PacticipantDetails{}, err
	}
	slices.Reverse(deployed)
	details[0].Deployed = deployed
	return details[0], nil
}

// FindPacticipant returns the pacticipant with the name.
func (s *Service) FindPacticipant(ctx context.Context, name string) (PacticipantDetails, error) {
	var out PacticipantDetails
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		p, err := kernel.FindParty(tx, kernel.RolePacticipant, name)
		if err != nil {
			return err
		}
		out, err = onePacticipant(tx, p)
		return err
	})
	return out, err
}

// CreatePacticipant creates a pacticipant. If the name is taken, it returns the
// existing one unchanged, and false.
func (s *Service) CreatePacticipant(ctx context.Context, in PacticipantChange) (PacticipantDetails, bool, error) {
	if err := s.checkPacticipant(ctx, in); err != nil {
		return PacticipantDetails{}, false, err
	}
	return s.savePacticipant(ctx, in, func(tx kernel.Tx, at time.Time) (kernel.Pacticipant, bool, bool, error) {
		p, created, err := kernel.EnsureOwn(ctx, tx, in.Name, at)
		return p, created, created, err
	})
}

// ReplacePacticipant sets all fields: those not given become empty, the display
// name the generated one.
func (s *Service) ReplacePacticipant(ctx context.Context, in PacticipantChange) (PacticipantDetails, error) {
	for _, field := range []*Change{&in.DisplayName, &in.MainBranch, &in.RepositoryURL, &in.RepositoryName, &in.RepositoryNamespace} {
		field.Given = true
	}
	if err := s.checkPacticipant(ctx, in); err != nil {
		return PacticipantDetails{}, err
	}
	out, _, err := s.savePacticipant(ctx, in, func(tx kernel.Tx, _ time.Time) (kernel.Pacticipant, bool, bool, error) {
		p, err := kernel.FindParty(tx, kernel.RolePacticipant, in.Name)
		if err == nil {
			err = kernel.ClaimFor(ctx, tx, &p)
		}
		return p, false, true, err
	})
	return out, err
}

// UpdatePacticipant sets the fields that are given. It creates the pacticipant
// if there is none, and then returns true.
func (s *Service) UpdatePacticipant(ctx context.Context, in PacticipantChange) (PacticipantDetails, bool, error) {
	if err := s.checkPacticipant(ctx, in); err != nil {
		return PacticipantDetails{}, false, err
	}
	return s.savePacticipant(ctx, in, func(tx kernel.Tx, at time.Time) (kernel.Pacticipant, bool, bool, error) {
		p, created, err := kernel.EnsureOwn(ctx, tx, in.Name, at)
		return p, created, true, err
	})
}

// savePacticipant applies the given fields of in to what find returns, if find
// says so.
func (s *Service) savePacticipant(ctx context.Context, in PacticipantChange, find func(kernel.Tx, time.Time) (p kernel.Pacticipant, created, change bool, err error)) (PacticipantDetails, bool, error) {
	var out PacticipantDetails
	var created bool
	at := s.Moment()
	err := s.Store.Update(ctx, func(tx kernel.Tx) error {
		var p kernel.Pacticipant
		var change bool
		var err error
		if p, created, change, err = find(tx, at); err != nil {
			return err
		}
		if change && in.anyGiven() {
			if !created {
				if err := tx.Lock(kernel.ToChange, p.Row()); err != nil {
					return err
				}
				if p, err = tx.FindPacticipantByID(p.ID); err != nil {
					return err
				}
			}
			p.UpdatedAt = at
			if err := tx.SavePacticipant(in.applyTo(p)); err != nil {
				return err
			}
			p = in.applyTo(p)
		}
		out, err = onePacticipant(tx, p)
		return err
	})
	return out, created, err
}

func (in PacticipantChange) anyGiven() bool {
	return in.DisplayName.Given || in.MainBranch.Given || in.RepositoryURL.Given || in.RepositoryName.Given || in.RepositoryNamespace.Given
}

func (in PacticipantChange) applyTo(p kernel.Pacticipant) kernel.Pacticipant {
	p.DisplayName = in.DisplayName.Or(p.DisplayName)
	if strings.TrimSpace(p.DisplayName) == "" {
		p.DisplayName = kernel.DisplayName(p.Name)
	}
	if p.MainBranch = in.MainBranch.Or(p.MainBranch); strings.TrimSpace(p.MainBranch) == "" {
		p.MainBranch = ""
	}
	p.RepositoryURL = kernel.WithoutUser(in.RepositoryURL.Or(p.RepositoryURL))
	p.RepositoryName = in.RepositoryName.Or(p.RepositoryName)
	p.RepositoryNamespace = in.RepositoryNamespace.Or(p.RepositoryNamespace)
	return p
}

func (s *Service) checkPacticipant(ctx context.Context, in PacticipantChange) error {
	fields := kernel.Fields{}
	s.CheckName(fields, "name", in.Name)
	if err := s.AllowKnown(ctx, fields, "name", in.Name, "", ""); err != nil {
		return err
	}
	kernel.CheckLine(fields, "displayName", in.DisplayName.Value)
	switch main := in.MainBranch.Value; {
	case strings.TrimSpace(main) == "": // it has none
	case strings.Contains(main, " "):
		fields.Add("mainBranch", "cannot contain spaces")
	default:
		s.CheckName(fields, "mainBranch", main)
	}
	kernel.CheckRepositoryURL(fields, "repositoryUrl", in.RepositoryURL.Value)
	kernel.CheckLine(fields, "repositoryName", in.RepositoryName.Value)
	kernel.CheckLine(fields, "repositoryNamespace", in.RepositoryNamespace.Value)
	return fields.Err()
}

// DeletePacticipant deletes the pacticipant with everything that depends on it.
func (s *Service) DeletePacticipant(ctx context.Context, name string) error {
	if err := s.thinPacticipant(ctx, name); err != nil {
		return err
	}
	return s.Store.Update(ctx, func(tx kernel.Tx) error {
		p, err := kernel.FindParty(tx, kernel.RolePacticipant, name)
		if err != nil {
			return err
		}
		return tx.DeletePacticipant(p.ID)
	})
}
