package identity

import (
	"context"
	"errors"
	"net/mail"
	"slices"
	"strings"
	"unicode"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Person is what a request says about somebody who is to come in.
type Person struct {
	// Email is the address, in any case; Name may be empty for the part before the @.
	Email, Name string
	// Active is nil for who is to be able to log in, and leaves whoever is known as
	// they are.
	Active *bool
}

// longestEmail is the longest address that mail can be sent to (RFC 5321, 4.5.3.1.3).
const longestEmail = 254

// NormalEmail is an address as it is stored and compared: in lower case, without spaces
// around it. It is empty for what is no address alone, and for one with a letter that
// only looks like one of ASCII in lower case, such as the sign of kelvin: it would become
// the address of somebody else.
func NormalEmail(text string) string {
	text = strings.TrimSpace(text)
	if strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII && unicode.ToLower(r) <= unicode.MaxASCII }) {
		return ""
	}
	text = strings.ToLower(text)
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Address != text || len(text) > longestEmail {
		return ""
	}
	return text
}

func (in *Person) check(fields kernel.Fields) {
	email := NormalEmail(in.Email)
	if email == "" {
		fields.Add("email", "must be an address such as ada@example.org")
	}
	in.Email = email
	if in.Name = strings.TrimSpace(in.Name); in.Name == "" {
		in.Name, _, _ = strings.Cut(email, "@")
	}
	if email != "" {
		checkName(fields, "name", in.Name)
	}
}

// mostInvited bounds one request.
const mostInvited = 100

// Invite lets people in before they have ever logged in: whoever shows a login service's
// word for one of the addresses is that person, once and from then on. An address that is
// known is the person who has it. Those who are new get some roles, by UUID; nil gives
// them that of the people of a team. The broker sends no mail.
func (s *Service) Invite(ctx context.Context, by access.Who, people []Person, roles []string) (out []Account, err error) {
	fields := kernel.Fields{}
	if len(people) == 0 || len(people) > mostInvited {
		fields.Add("users", "must have 1 to %d people", mostInvited)
	}
	people = slices.Clone(people)
	for i := range people {
		people[i].check(fields)
	}
	if err := fields.Err(); err != nil {
		return nil, err
	}
	if roles == nil {
		roles = []string{access.MemberUUID}
	}
	err = again(func() error {
		return s.Store.Update(ctx, func(tx kernel.Tx) error {
			out = nil
			given, err := heldRoles(tx, roles)
			if err != nil {
				return err
			}
			for _, one := range people {
				account, err := s.invite(tx, by, one, given)
				if err != nil {
					return err
				}
				out = append(out, account)
			}
			return nil
		})
	})
	return out, err
}

// invite finds whom an address is of, or makes them.
func (s *Service) invite(tx kernel.Tx, by access.Who, in Person, roles []access.Role) (Account, error) {
	found, err := tx.FindByEmail(in.Email)
	switch {
	case err == nil && in.Active == nil:
		return findAccount(tx, found.UUID)
	case err == nil:
		at := s.Moment()
		return changeAccount(tx, by, found.UUID, nil, func(p *kernel.Principal) { p.Active, p.UpdatedAt = *in.Active, at })
	case !kernel.IsNotFound(err):
		return Account{}, err
	}
	if err := mayGiveRoles(tx, by, Account{}, roles); err != nil {
		return Account{}, err
	}
	p := kernel.Principal{UUID: s.NewID(), Kind: kernel.KindUser, Name: in.Name, Email: in.Email, Active: in.Active == nil || *in.Active, CreatedAt: s.Moment(), Roles: uuidsOf(roles)}
	if p, err = s.createPrincipal(tx, p); err != nil {
		return Account{}, err
	}
	return Account{Principal: p, Roles: roles}, nil
}

// createPrincipal stores a principal with the two tokens that everybody has.
func (s *Service) createPrincipal(tx kernel.Tx, p kernel.Principal) (kernel.Principal, error) {
	p, err := tx.CreatePrincipal(p)
	if err != nil {
		return p, takenBy(err)
	}
	for _, token := range []kernel.Token{{Name: ReadToken}, {Name: WriteToken, Writes: true}} {
		token.UUID, token.PrincipalID, token.CreatedAt = s.NewID(), p.ID, p.CreatedAt
		if _, err := tx.CreateToken(token); err != nil {
			return p, err
		}
	}
	return p, nil
}

func uuidsOf(roles []access.Role) []string {
	out := make([]string, 0, len(roles))
	for _, r := range roles {
		out = append(out, r.UUID)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// again does something once more, some times, that met somebody else who made the same
// person: then they are there to be found.
func again(do func() error) error {
	const times = 3
	err := do()
	for try := 1; try < times && isTaken(err); try++ {
		err = do()
	}
	if isTaken(err) {
		err = kernel.Errorf(kernel.CodeConflict, "The same person was made by others again and again meanwhile. Nothing is stored; try again.")
	}
	return err
}

// taken is that another person has what has to be unique: an address, or whom a login
// service knows them by.
type taken struct{ error }

func (t taken) Unwrap() error { return t.error }

func takenBy(err error) error {
	if kernel.CodeOf(err) == kernel.CodeConflict {
		return taken{err}
	}
	return err
}

func isTaken(err error) bool {
	var t taken
	return errors.As(err, &t)
}

// FindPerson returns the person with an address, in any case.
func (s *Service) FindPerson(ctx context.Context, email string) (Account, error) {
	return view(ctx, s, func(tx kernel.Tx) (Account, error) {
		p, err := tx.FindByEmail(NormalEmail(email))
		if kernel.IsNotFound(err) {
			err = kernel.Errorf(kernel.CodeNotFound, "There is nobody with the address %s.", email)
		}
		if err != nil {
			return Account{}, err
		}
		return findAccount(tx, p.UUID)
	})
}
