package broker

import (
	"context"
	"time"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// Administrator is an account or a person with the role Administrator.
type Administrator struct {
	// UUID identifies them. Email is empty for an account.
	UUID, Name, Email string
	// Active says whether they are switched on.
	Active bool
	// ByLogin says that a group of the login service gave them the role, which the next
	// login takes away again once they are out of it.
	ByLogin bool
	// LastLoginAt is zero for an account, and for who never came.
	LastLoginAt time.Time
}

// GrantAdministrator makes the person with an e-mail address an administrator, in a
// database named as in [Options].Database. Who was never here is let in: whoever logs in
// first with that address, which the login service has to have verified, is the one. A
// broker may run on the database meanwhile. The error is [ErrNoDatabase], or says what is
// wrong with the address.
func GrantAdministrator(ctx context.Context, database, email string) error {
	return beside(ctx, database, func(all *usecase.All) error {
		s, operator := all.Identity, access.Operator()
		people, err := s.Invite(asOperator(ctx, "user_invited"), operator, []identity.Person{{Email: email}}, nil)
		if err != nil {
			return err
		}
		return s.SetRole(asOperator(ctx, "account_roles_changed"), operator, people[0].UUID, access.AdministratorUUID, true)
	})
}

// RevokeAdministrator takes that role away from the person with an address. The last
// active administrator keeps it, which is an error.
func RevokeAdministrator(ctx context.Context, database, email string) error {
	return beside(ctx, database, func(all *usecase.All) error {
		person, err := all.Identity.FindPerson(ctx, email)
		if err != nil {
			return err
		}
		return all.Identity.SetRole(asOperator(ctx, "account_roles_changed"), access.Operator(), person.UUID, access.AdministratorUUID, false)
	})
}

// ListAdministrators lists who has that role in a database, by name.
func ListAdministrators(ctx context.Context, database string) (out []Administrator, err error) {
	err = beside(ctx, database, func(all *usecase.All) error {
		list, err := all.Identity.ListAccounts(ctx, kernel.PrincipalFilter{Role: access.AdministratorUUID})
		for _, a := range list.Items {
			out = append(out, Administrator{UUID: a.UUID, Name: a.Name, Email: a.Email, Active: a.Active, ByLogin: len(a.LoginRoles) > 0, LastLoginAt: a.LastLoginAt})
		}
		return err
	})
	return out, err
}
