package secret

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Service has the use cases of this subject. It is safe for concurrent use.
//
// A method returns a *kernel.Error for what the caller can act on; any other error is
// internal. None of them returns a value.
type Service struct {
	*kernel.Base
	// Keys encrypt the values. It is set before the first call.
	Keys Keys
}

// New returns the use cases on base, without keys.
func New(base *kernel.Base) *Service { return &Service{Base: base} }

// Input is what a request says about a secret. A field that is nil is not given.
type Input struct {
	// UUID is that of the secret to make; empty draws one.
	UUID                     string
	Name, Description, Value *string
	Hosts                    *[]string
	// Team is the UUID of the team whose webhooks may name it; empty for none.
	Team *string
}

const (
	longestDescription = 1000
	longestValue       = 16 << 10
	longestHost        = 255
	mostHosts          = 50
)

// check returns what is wrong with what is given.
func (in Input) check() error {
	fields := kernel.Fields{}
	if in.Name != nil {
		switch {
		case *in.Name == "":
			fields.Add("name", "must be given")
		case len(*in.Name) > longestName || !nameForm.MatchString(*in.Name):
			fields.Add("name", "must begin with a letter, have only letters, digits and _, and at most %d of them", longestName)
		}
	}
	if in.Description != nil {
		kernel.CheckText(fields, "description", *in.Description)
		if len(*in.Description) > longestDescription {
			fields.Add("description", "cannot be longer than %d bytes", longestDescription)
		}
	}
	if in.Value != nil {
		switch {
		case *in.Value == "":
			fields.Add("value", "must not be empty")
		case len(*in.Value) > longestValue:
			fields.Add("value", "cannot be longer than %d bytes", longestValue)
		}
		kernel.CheckText(fields, "value", *in.Value)
	}
	if in.Hosts != nil {
		checkHosts(fields, *in.Hosts)
	}
	kernel.CheckDrawn(fields, in.UUID)
	return fields.Err()
}

func checkHosts(fields kernel.Fields, hosts []string) {
	if len(hosts) > mostHosts {
		fields.Add("hosts", "cannot be more than %d", mostHosts)
	}
	for _, host := range hosts {
		switch {
		case host == "" || len(host) > longestHost || strings.ContainsAny(host, " \t\r\n,") || strings.Contains(host, "://"):
			fields.Add("hosts", "must be names of hosts, *.domain, addresses or networks, without scheme and port")
		case strings.HasPrefix(host, "/"):
			fields.Add("hosts", "can be no /expression/: it matches more than its writer thinks of")
		default:
			if err := kernel.CheckHostPattern(host); err != nil {
				fields.Add("hosts", "has a mistake: %s", err)
			}
		}
	}
}

// put writes what is given into a secret.
func (in Input) put(s kernel.Secret) kernel.Secret {
	if in.Name != nil {
		s.Name = *in.Name
	}
	if in.Description != nil {
		s.Description = *in.Description
	}
	if in.Team != nil {
		s.Team = *in.Team
	}
	if in.Hosts != nil {
		s.Hosts = nil
		for _, host := range *in.Hosts {
			s.Hosts = append(s.Hosts, strings.ToLower(host))
		}
		slices.Sort(s.Hosts)
		s.Hosts = slices.Compact(s.Hosts)
	}
	return s
}

// List returns all secrets, by name, without their values.
func (s *Service) List(ctx context.Context) (out []kernel.Secret, err error) {
	err = s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		out, err = tx.ListSecrets()
		return err
	})
	return out, err
}

// Find returns the secret with the UUID, without its value.
func (s *Service) Find(ctx context.Context, uuid string) (out kernel.Secret, err error) {
	err = s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		out, err = find(tx, uuid)
		return err
	})
	return out, err
}

func find(tx kernel.Tx, uuid string) (kernel.Secret, error) {
	found, err := tx.FindSecret(uuid)
	if kernel.IsNotFound(err) {
		err = kernel.Errorf(kernel.CodeNotFound, "There is no secret with this uuid.")
	}
	return found, err
}

// Create keeps a secret under a new UUID. It returns CodeConflict if the name is taken,
// and if the broker has no key.
func (s *Service) Create(ctx context.Context, in Input) (out kernel.Secret, err error) {
	if in.Name == nil {
		in.Name = new(string)
	}
	if err := in.check(); err != nil {
		return out, err
	}
	if in.Value == nil {
		fields := kernel.Fields{}
		fields.Add("value", "is missing")
		return out, fields.Err()
	}
	at := s.Moment()
	add := in.put(kernel.Secret{UUID: cmp.Or(in.UUID, s.NewID()), CreatedAt: at, UpdatedAt: at})
	if err := s.Keys.seal(&add, *in.Value); err != nil {
		return out, err
	}
	was := func(tx kernel.Tx) (same bool, err error) {
		if out, err = find(tx, add.UUID); err != nil {
			return false, err
		}
		if err := kernel.JudgeSecret(ctx, out.Team); err != nil {
			return false, err
		}
		// Whether it has the value that is sent now is told to nobody.
		return false, kernel.Errorf(kernel.CodeConflict, "The secret %s was made by this form already. Open it to give it another value, or begin with a new form for another one.", out.Name)
	}
	err = s.MakeOnce(ctx, in.UUID, was, func(tx kernel.Tx) error {
		if err := in.heldTeam(tx); err != nil {
			return err
		}
		if err := kernel.JudgeSecret(ctx, add.Team); err != nil {
			return err
		}
		if err := nameIsFree(tx, add); err != nil {
			return err
		}
		out, err = tx.CreateSecret(add)
		return err
	})
	return out, kernel.OrNameTaken(err, aSecret)
}

// heldTeam refuses a team that does not exist, and holds one that does, so that it is not
// deleted meanwhile.
func (in Input) heldTeam(tx kernel.Tx) error {
	if in.Team == nil || *in.Team == "" {
		return nil
	}
	_, err := kernel.Locked(tx, kernel.ToChange, func() (kernel.Team, error) { return tx.FindTeam(*in.Team) })
	if kernel.IsNotFound(err) {
		fields := kernel.Fields{}
		fields.Add("teamUuid", "has %q, which is no team's uuid; GET /admin/teams lists them", *in.Team)
		return fields.Err()
	}
	return err
}

// aSecret is what the name of a secret may be taken by: two teams may each have one.
const aSecret = "a secret"

func nameIsFree(tx kernel.Tx, s kernel.Secret) error {
	all, err := tx.ListSecrets()
	for _, other := range all {
		if other.Name == s.Name && other.Team == s.Team && other.UUID != s.UUID {
			return kernel.NameTaken(aSecret)
		}
	}
	return err
}

// Change writes what is given of a secret; without a value it keeps the one that it
// has, for no more hosts than it was given for. A seen time is that of the state that somebody has looked at: it is CodeConflict
// if the secret was changed since.
func (s *Service) Change(ctx context.Context, uuid string, in Input, seen time.Time) (out kernel.Secret, err error) {
	if err := in.check(); err != nil {
		return out, err
	}
	at := s.Moment()
	err = s.Store.Update(ctx, func(tx kernel.Tx) error {
		if err := in.heldTeam(tx); err != nil {
			return err
		}
		present, err := kernel.Locked(tx, kernel.ToChange, func() (kernel.Secret, error) { return find(tx, uuid) })
		if err != nil {
			return err
		}
		if err := kernel.JudgeSecret(ctx, present.Team); err != nil {
			return err
		}
		if !seen.IsZero() && !present.UpdatedAt.Equal(seen) {
			return kernel.Errorf(kernel.CodeConflict, "Somebody else has changed this secret since you opened it. Nothing of yours is stored: look at what it says now, and change it again.")
		}
		save := in.put(present)
		if err := kernel.JudgeSecret(ctx, save.Team); err != nil { // to move one needs the right on both sides
			return err
		}
		if in.Value == nil && !keptWithin(present.Hosts, save.Hosts) {
			fields := kernel.Fields{}
			fields.Add("hosts", "let the value go further than it was given for (%s): give the value again", strings.Join(present.Hosts, ", "))
			return fields.Err()
		}
		if err := nameIsFree(tx, save); err != nil {
			return err
		}
		if err := s.sealAnew(&save, present, in.Value); err != nil {
			return err
		}
		if save.UpdatedAt = at; !at.After(present.UpdatedAt) { // clocks differ, and each change has to be seen
			save.UpdatedAt = present.UpdatedAt.Add(time.Microsecond)
		}
		out = save
		return tx.SaveSecret(save)
	})
	return out, kernel.OrNameTaken(err, aSecret)
}

// keptWithin reports whether a value that may go to some hosts may go to no others by a
// new list. No list is all hosts. Whoever may change a secret could otherwise have it sent
// to a host of their own, and read it there.
func keptWithin(before, after []string) bool {
	if len(before) == 0 {
		return true
	}
	return len(after) > 0 && !slices.ContainsFunc(after, func(host string) bool {
		isOne := !strings.ContainsAny(host, "*/")
		return !slices.Contains(before, host) && !(isOne && kernel.WebhookRules{Hosts: before}.AllowsHost(host))
	})
}

// sealAnew gives a changed secret a value that is given, or binds the one that it has
// to what it is now.
func (s *Service) sealAnew(save *kernel.Secret, present kernel.Secret, value *string) error {
	if value == nil && string(boundTo(*save)) == string(boundTo(present)) {
		return nil
	}
	if value != nil {
		return s.Keys.seal(save, *value)
	}
	if !s.Keys.Any() {
		return errNoKey()
	}
	kept, err := s.Keys.open(present)
	if err != nil {
		return kernel.Errorf(kernel.CodeConflict, "The secret keeps its value, which has to be encrypted anew for its new name or hosts: %s.", err)
	}
	return s.Keys.seal(save, kept)
}

// Delete deletes a secret. Webhooks that name it fail from then on.
func (s *Service) Delete(ctx context.Context, uuid string) error {
	return s.Store.Update(ctx, func(tx kernel.Tx) error {
		present, err := kernel.Locked(tx, kernel.ToDelete, func() (kernel.Secret, error) { return find(tx, uuid) })
		if err != nil {
			return err
		}
		if err := kernel.JudgeSecret(ctx, present.Team); err != nil {
			return err
		}
		return tx.DeleteSecret(present.ID)
	})
}

// Unknown returns those names of a request of which there is no secret that it may
// use.
func Unknown(tx kernel.Tx, team string, r kernel.WebhookRequest) ([]string, error) {
	names := Names(r)
	if len(names) == 0 {
		return nil, nil
	}
	known, err := tx.SecretsNamed(team, names)
	return slices.DeleteFunc(names, func(name string) bool {
		return slices.ContainsFunc(known, func(s kernel.Secret) bool { return s.Name == name })
	}), err
}

// Missing says in words which names of webhooks lead to no secret; empty for none.
func Missing(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("There is no secret %s, so that nothing is sent: make it, or take ${user.%s} out.", names[0], names[0])
	}
	return fmt.Sprintf("There are no secrets %s, so that nothing is sent: make them, or take them out.", strings.Join(names, ", "))
}
