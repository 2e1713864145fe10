package broker

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/audit"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// NewToken says which token [CreateToken] makes.
type NewToken struct {
	// Account is the UUID of the account that the token is for; empty makes a new
	// account with Role, which is called as the token is.
	Account string
	// Role is the name or UUID of a role, such as Administrator, CI/CD or Viewer. It
	// is for a new account.
	Role string
	// Name tells people what the token is for.
	Name string
	// ReadOnly makes a token that only reads, whatever its account may do.
	ReadOnly bool
	// Lives is how long the token counts; 0 means until it is deleted.
	Lives time.Duration
}

// TokenInfo is what is known of a token; its value is not.
type TokenInfo struct {
	// UUID identifies the token for [DeleteToken].
	UUID string
	// Name is not unique: every account has two tokens that are called the same.
	Name string
	// Account is the name of the account that shows the token.
	Account string
	// AccountUUID identifies it for [NewToken].
	AccountUUID string
	// Roles are the names of the account's.
	Roles []string
	// Active says whether the account is switched on.
	Active bool
	// ReadOnly says that the token only reads, whatever the account may do.
	ReadOnly bool
	// HasValue is false for a token of which no value was made yet.
	HasValue bool
	// CreatedAt, ExpiresAt and LastUsedAt are zero where that never happens, or has not
	// happened yet. The last may be a minute behind.
	CreatedAt, ExpiresAt, LastUsedAt time.Time
}

// CreateToken makes a token in a database, named as in [Options].Database, and returns
// its value, which nobody can read again. A broker may run on the database meanwhile;
// it knows the token at once. This is how the first administrator comes in. The error
// is [ErrNoDatabase], or says what is wrong with the token.
func CreateToken(ctx context.Context, database string, token NewToken) (value string, err error) {
	err = beside(ctx, database, func(all *usecase.All) error {
		s := all.Identity
		operator := access.Operator()
		account := token.Account
		if account == "" {
			role, err := s.RoleNamed(ctx, token.Role)
			if err != nil {
				return err
			}
			made, err := s.CreateAccount(asOperator(ctx, "account_created"), operator, identity.AccountInput{Name: &token.Name, Roles: &[]string{role.UUID}})
			if err != nil {
				return err
			}
			account = made.UUID
		}
		in := identity.TokenInput{Name: token.Name, Writes: !token.ReadOnly}
		if token.Lives != 0 {
			in.ExpiresAt = s.Moment().Add(token.Lives)
		}
		_, value, err = s.CreateToken(asOperator(ctx, "token_created"), operator, account, in)
		return err
	})
	return value, err
}

// ListTokens lists the tokens in a database, by account.
func ListTokens(ctx context.Context, database string) (out []TokenInfo, err error) {
	err = beside(ctx, database, func(all *usecase.All) error {
		s := all.Identity
		accounts, err := s.ListAccounts(ctx, kernel.PrincipalFilter{})
		for _, account := range accounts.Items {
			tokens, listed := s.ListTokens(ctx, account.UUID)
			if listed != nil {
				return listed
			}
			var roles []string
			for _, r := range account.Roles {
				roles = append(roles, r.Name)
			}
			for _, token := range tokens {
				out = append(out, TokenInfo{
					UUID: token.UUID, Name: token.Name, Account: account.Name, AccountUUID: account.UUID, Roles: roles, Active: account.Active,
					ReadOnly: !token.Writes, HasValue: token.Prefix != "", CreatedAt: token.CreatedAt, ExpiresAt: token.ExpiresAt, LastUsedAt: token.LastUsedAt,
				})
			}
		}
		return err
	})
	return out, err
}

// DeleteToken takes a token out of a database, by its UUID. Running brokers refuse it
// within two seconds.
func DeleteToken(ctx context.Context, database, uuid string) error {
	return beside(ctx, database, func(all *usecase.All) error {
		return all.Identity.DeleteAnyToken(asOperator(ctx, "token_deleted"), uuid)
	})
}

// asOperator is a context in which the operator does something beside the broker.
func asOperator(ctx context.Context, action string) context.Context {
	who := access.Operator()
	return kernel.WithAct(ctx, &kernel.Act{Name: who.Name, Kind: who.Kind, Action: action, Resource: "command line"})
}

// beside works on the database of a broker, which may run meanwhile.
func beside(ctx context.Context, database string, work func(*usecase.All) error) error {
	if err := store.MustBeThere(database); err != nil {
		return told(err)
	}
	db, err := store.Open(ctx, database, store.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return told(fmt.Errorf("open the database: %w", err))
	}
	all := usecase.New(db, kernel.DefaultSettings())
	// What the operator does is recorded where some broker keeps a record.
	if kept, asked := all.Audit.Keeping(ctx); asked == nil && kept {
		all = usecase.New(audit.Around(db, time.Now, kernel.NewID), kernel.DefaultSettings())
	}
	err = work(all)
	if closed := db.Close(); err == nil {
		err = closed
	}
	return told(err)
}
