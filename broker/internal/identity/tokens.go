package identity

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// TokenInput is what a request says about a token.
type TokenInput struct {
	// UUID is that of the token; empty draws one. A form that is sent twice makes one
	// token, and shows its value once.
	UUID string
	Name string
	// Writes is false for one that only reads.
	Writes bool
	// Permissions narrow those of the account; nil leaves them all.
	Permissions []string
	// ExpiresAt is zero for one that does not expire.
	ExpiresAt time.Time
}

// ListTokens returns the tokens of an account, the oldest first. None has its value.
func (s *Service) ListTokens(ctx context.Context, account string) ([]kernel.Token, error) {
	return view(ctx, s, func(tx kernel.Tx) ([]kernel.Token, error) {
		found, err := findAccount(tx, account)
		if err != nil {
			return nil, err
		}
		return tx.TokensOf(found.ID)
	})
}

// CreateToken makes a token for an account and returns it with its value, which nobody
// can read again.
func (s *Service) CreateToken(ctx context.Context, by access.Who, account string, in TokenInput) (out kernel.Token, value string, err error) {
	at := s.Moment()
	fields := kernel.Fields{}
	checkName(fields, "name", in.Name)
	checkPermissions(fields, "permissions", in.Permissions)
	kernel.CheckDrawn(fields, in.UUID)
	if in.Permissions != nil && len(in.Permissions) == 0 {
		fields.Add("permissions", "must name at least one, or be left out for all that the account has")
	}
	if !in.ExpiresAt.IsZero() && !in.ExpiresAt.After(at) {
		fields.Add("expiresAt", "must be later than now")
	}
	if err := fields.Err(); err != nil {
		return out, "", err
	}
	value = NewValue()
	token := kernel.Token{
		UUID: cmp.Or(in.UUID, s.NewID()), Name: in.Name, MadeBy: by.Title(), Prefix: prefixOf(value), Hash: hashOf(value), Writes: in.Writes, Permissions: each(in.Permissions),
		CreatedAt: at, ExpiresAt: in.ExpiresAt.UTC().Truncate(time.Microsecond),
	}
	err = s.Store.Update(ctx, func(tx kernel.Tx) error {
		owner, err := lockedAccount(tx, kernel.ToChange, account)
		if err != nil {
			return err
		}
		if in.UUID != "" {
			if _, err := tx.FindToken(in.UUID); !kernel.IsNotFound(err) {
				if err == nil {
					err = errMadeAlready
				}
				return err
			}
		}
		token := token
		token.PrincipalID = owner.ID
		if err := mayGiveToken(tx, by, owner, token); err != nil {
			return err
		}
		out, err = tx.CreateToken(token)
		return err
	})
	return out, value, err
}

// mayGiveToken refuses to give a token that may do more than whoever gives it, or that
// gives them more time than they have: a pipeline that comes in for minutes is not to stay.
func mayGiveToken(tx kernel.Tx, by access.Who, owner Account, token kernel.Token) error {
	if by.UUID == owner.UUID && !by.Until.IsZero() && (token.ExpiresAt.IsZero() || token.ExpiresAt.After(by.Until)) {
		return kernel.Errorf(kernel.CodeForbidden, "Nobody gives themselves more time than they have: what you came with counts until %s. Let the token expire by then, or have somebody else make it.", by.Until.UTC().Format(time.RFC3339))
	}
	return mayGive(tx, by, "this token", grants(owner.Permissions(), token), receiver(owner, token))
}

var errMadeAlready = kernel.Errorf(kernel.CodeConflict, "This token was made already, and its value was shown then. Who has not kept it gives the token a new value.")

// grants are what an account may do with a token of its own.
func grants(of []access.Permission, token kernel.Token) []access.Permission {
	if token.Permissions != nil {
		of = access.Narrow(of, permissionsOf(token.Permissions))
	}
	if !token.Writes {
		of = access.Reading(of)
	}
	return of
}

// RegenerateToken gives a token of an account a new value; the old one is refused from
// then on, on every replica within two seconds.
func (s *Service) RegenerateToken(ctx context.Context, by access.Who, account, uuid string) (out kernel.Token, value string, err error) {
	return s.renewToken(ctx, by, account, uuid, func(kernel.Token) error { return nil })
}

// RenewToken is RegenerateToken for whoever has seen the token with a prefix, empty for
// one without a value. It is CodeConflict if it has another value by now: a form that is
// sent twice makes one value, which is shown once.
func (s *Service) RenewToken(ctx context.Context, by access.Who, account, uuid, seen string) (out kernel.Token, value string, err error) {
	return s.renewToken(ctx, by, account, uuid, func(token kernel.Token) error {
		if token.Prefix == seen {
			return nil
		}
		return kernel.Errorf(kernel.CodeConflict, "The token %s has got a new value since you opened this page. Nothing of yours is done: open the page again to see it.", token.Name)
	})
}

func (s *Service) renewToken(ctx context.Context, by access.Who, account, uuid string, check func(kernel.Token) error) (out kernel.Token, value string, err error) {
	value = NewValue()
	err = s.Store.Update(ctx, func(tx kernel.Tx) error {
		owner, token, err := lockedToken(tx, kernel.ToChange, account, uuid)
		if err == nil {
			err = check(token)
		}
		if err != nil {
			return err
		}
		if err := mayGiveToken(tx, by, owner, token); err != nil {
			return err
		}
		token.Prefix, token.Hash, token.MadeBy = prefixOf(value), hashOf(value), by.Title()
		out = token
		return tx.SaveToken(token)
	})
	return out, value, err
}

// DeleteToken takes a token away; it is refused from then on, on every replica within
// two seconds.
func (s *Service) DeleteToken(ctx context.Context, by access.Who, account, uuid string) error {
	return s.Store.Update(ctx, func(tx kernel.Tx) error {
		owner, token, err := lockedToken(tx, kernel.ToDelete, account, uuid)
		if err != nil {
			return err
		}
		if by.UUID != owner.UUID {
			if err := mayTakeFrom(by, owner.Principal); err != nil {
				return err
			}
		}
		return tx.DeleteToken(token.ID)
	})
}

// DeleteAnyToken is DeleteToken for whoever runs the broker, who need not say whose it
// is.
func (s *Service) DeleteAnyToken(ctx context.Context, uuid string) error {
	return s.Store.Update(ctx, func(tx kernel.Tx) error {
		token, err := kernel.Locked(tx, kernel.ToDelete, func() (kernel.Token, error) {
			token, err := tx.FindToken(uuid)
			if kernel.IsNotFound(err) {
				err = kernel.Errorf(kernel.CodeNotFound, "There is no token with this uuid.")
			}
			return token, err
		})
		if err != nil {
			return err
		}
		return tx.DeleteToken(token.ID)
	})
}

// lockedToken finds a token of an account and holds both.
func lockedToken(tx kernel.Tx, how kernel.Hold, account, uuid string) (Account, kernel.Token, error) {
	owner, err := lockedAccount(tx, kernel.ToChange, account)
	if err != nil {
		return owner, kernel.Token{}, err
	}
	token, err := kernel.Locked(tx, how, func() (kernel.Token, error) {
		all, err := tx.TokensOf(owner.ID)
		at := slices.IndexFunc(all, func(k kernel.Token) bool { return k.UUID == uuid })
		if err == nil && at < 0 {
			err = kernel.Errorf(kernel.CodeNotFound, "The account has no token with this uuid.")
		}
		if err != nil {
			return kernel.Token{}, err
		}
		return all[at], nil
	})
	return owner, token, err
}
