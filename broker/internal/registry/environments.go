package registry

import (
	"context"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// EnvironmentInput is what a request says about an environment.
type EnvironmentInput struct {
	Name        string
	DisplayName string // generated from Name if empty
	Production  bool
	Contacts    []kernel.Contact
	// Teams are the UUIDs of those that it belongs to; nil leaves what there is.
	Teams *[]string
	// Seen is the state, as [StateOfEnvironment] tells it, that somebody saw who
	// replaces an environment; "" if it does not matter.
	Seen string
}

// ListEnvironments returns the environments by display name; with a name only
// the one that has it.
func (s *Service) ListEnvironments(ctx context.Context, name string) ([]kernel.Environment, error) {
	var out []kernel.Environment
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		if name == "" {
			var err error
			out, err = tx.ListEnvironments()
			return err
		}
		e, err := tx.FindEnvironmentByName(name)
		if err == nil {
			out = []kernel.Environment{e}
		} else if kernel.IsNotFound(err) {
			err = nil
		}
		return err
	})
	return out, err
}

// FindEnvironment returns the environment with the uuid.
func (s *Service) FindEnvironment(ctx context.Context, uuid string) (kernel.Environment, error) {
	var out kernel.Environment
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		var err error
		out, err = tx.FindEnvironment(uuid)
		return err
	})
	return out, err
}

// CreateEnvironment creates an environment.
func (s *Service) CreateEnvironment(ctx context.Context, in EnvironmentInput) (kernel.Environment, error) {
	if err := s.checkEnvironment(in); err != nil {
		return kernel.Environment{}, err
	}
	var out kernel.Environment
	at := s.Moment()
	err := s.Store.Update(ctx, func(tx kernel.Tx) error {
		if err := nameIsFree(tx, in.Name, ""); err != nil {
			return err
		}
		teams, err := in.heldTeams(tx)
		if err != nil {
			return err
		}
		if err := in.judgeTeams(ctx, in.Name, nil); err != nil {
			return err
		}
		if out, err = tx.CreateEnvironment(in.applyTo(kernel.Environment{UUID: s.NewID(), CreatedAt: at})); err != nil || in.Teams == nil {
			return err
		}
		return tx.SetEnvironmentTeams(out.ID, teams)
	})
	if kernel.ReasonOf(err) == kernel.ReasonTaken { // somebody took the name meanwhile
		err = nameTaken(in.Name)
	}
	return out, err
}

// ReplaceEnvironment replaces all fields of an environment. It returns CodeConflict if
// it is not as somebody saw it.
func (s *Service) ReplaceEnvironment(ctx context.Context, uuid string, in EnvironmentInput) (kernel.Environment, error) {
	var out kernel.Environment
	at := s.Moment()
	err := s.Store.Update(ctx, func(tx kernel.Tx) error {
		e, err := kernel.Locked(tx, kernel.ToChange, func() (kernel.Environment, error) { return tx.FindEnvironment(uuid) })
		if err != nil {
			return err
		}
		before, err := judgedEnvironment(ctx, tx, e)
		if err != nil {
			return err
		}
		if err := checkState(in.Seen, StateOfEnvironment(e), "environment"); err != nil {
			return err
		}
		if err := s.checkEnvironment(in); err != nil {
			return err
		}
		if err := nameIsFree(tx, in.Name, uuid); err != nil {
			return err
		}
		teams, err := in.heldTeams(tx)
		if err != nil {
			return err
		}
		if in.Teams != nil {
			if err := in.judgeTeams(ctx, e.Name, before); err != nil {
				return err
			}
		}
		out = in.applyTo(e)
		out.UpdatedAt = at
		if err := tx.SaveEnvironment(out); err != nil || in.Teams == nil {
			return err
		}
		return tx.SetEnvironmentTeams(out.ID, teams)
	})
	if kernel.ReasonOf(err) == kernel.ReasonTaken { // somebody took the name meanwhile
		err = nameTaken(in.Name)
	}
	return out, err
}

// judgedEnvironment returns the UUIDs of the teams that an environment belongs to, and an
// error if whom ctx works for may not write it. Who may write all is not asked.
func judgedEnvironment(ctx context.Context, tx kernel.Tx, e kernel.Environment) ([]string, error) {
	if kernel.ActorOf(ctx).MayEnvironment == nil {
		return nil, nil
	}
	found, _, err := tx.ListTeams(kernel.TeamFilter{Environment: e.ID})
	if err != nil {
		return nil, err
	}
	var teams []string
	for _, team := range found {
		teams = append(teams, team.UUID)
	}
	return teams, kernel.JudgeEnvironment(ctx, e.Name, teams...)
}

// judgeTeams refuses teams that whom ctx works for may not give an environment: it has
// to be theirs afterwards too, and each team that gets it, or loses it, has to be.
func (in EnvironmentInput) judgeTeams(ctx context.Context, name string, before []string) error {
	if kernel.ActorOf(ctx).MayEnvironment == nil {
		return nil
	}
	after := []string{}
	if in.Teams != nil {
		after = *in.Teams
	}
	if err := kernel.JudgeEnvironment(ctx, name, after...); err != nil {
		return err
	}
	for _, team := range slices.Concat(before, after) {
		if slices.Contains(before, team) && slices.Contains(after, team) {
			continue
		}
		if err := kernel.JudgeEnvironment(ctx, name, team); err != nil {
			return err
		}
	}
	return nil
}

// heldTeams finds the teams that an environment is to belong to, and holds them, so that
// none is deleted meanwhile.
func (in EnvironmentInput) heldTeams(tx kernel.Tx) ([]int64, error) {
	if in.Teams == nil {
		return nil, nil
	}
	fields := kernel.Fields{}
	var out []kernel.Team
	for _, uuid := range *in.Teams {
		team, err := tx.FindTeam(uuid)
		if kernel.IsNotFound(err) {
			fields.Add("teamUuids", "has %q, which is no team's uuid; GET /admin/teams lists them", uuid)
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, team)
	}
	if err := fields.Err(); err != nil {
		return nil, err
	}
	ids := make([]int64, len(out))
	for i, team := range out {
		ids[i] = team.ID
	}
	return ids, tx.Lock(kernel.ToChange, kernel.RowsOf(out)...)
}

// TeamsOf returns the teams that an environment belongs to, by name.
func (s *Service) TeamsOf(ctx context.Context, environment kernel.Environment) (out []kernel.Team, err error) {
	err = s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		out, _, err = tx.ListTeams(kernel.TeamFilter{Environment: environment.ID})
		return err
	})
	return out, err
}

func (in EnvironmentInput) applyTo(e kernel.Environment) kernel.Environment {
	e.Name, e.DisplayName, e.Production, e.Contacts = in.Name, in.DisplayName, in.Production, in.Contacts
	if strings.TrimSpace(e.DisplayName) == "" {
		e.DisplayName = kernel.DisplayName(e.Name)
	}
	return e
}

// nameIsFree fails if an environment other than the one with the uuid has the
// name.
func nameIsFree(tx kernel.Tx, name, uuid string) error {
	other, err := tx.FindEnvironmentByName(name)
	switch {
	case kernel.IsNotFound(err):
		return nil
	case err != nil:
		return err
	case other.UUID == uuid:
		return nil
	}
	return nameTaken(name)
}

func nameTaken(name string) error {
	fields := kernel.Fields{}
	fields.Add("name", "name '%s' is already used by an existing environment.", name)
	return fields.Err()
}

func (s *Service) checkEnvironment(in EnvironmentInput) error {
	fields := kernel.Fields{}
	s.CheckName(fields, "name", in.Name)
	if strings.ContainsAny(in.Name, " \t") {
		fields.Add("name", "cannot contain spaces")
	}
	kernel.CheckLine(fields, "displayName", in.DisplayName)
	for i, contact := range in.Contacts {
		switch {
		case strings.TrimSpace(contact.Name) == "":
			fields.Add("contacts", "name cannot be blank (at index %d)", i)
		case strings.ContainsAny(contact.Name, "\n\r"):
			fields.Add("contacts", "name cannot contain multiple lines (at index %d)", i)
		}
		kernel.CheckText(fields, "contacts", contact.Name+string(contact.Details))
	}
	return fields.Err()
}

// DeleteEnvironment deletes an environment with its deployments and releases.
func (s *Service) DeleteEnvironment(ctx context.Context, uuid string) error {
	find := func(tx kernel.Tx) (int64, error) {
		e, err := tx.FindEnvironment(uuid)
		if err != nil {
			return 0, err
		}
		_, err = judgedEnvironment(ctx, tx, e)
		return e.ID, err
	}
	return s.Delete(ctx, find, kernel.Tx.ThinEnvironment, kernel.Tx.DeleteEnvironment)
}
