package identity

import (
	"context"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Service has the use cases of this subject. It is safe for concurrent use.
//
// A method returns a *kernel.Error for what the caller can act on; any other error is
// internal.
type Service struct {
	*kernel.Base
}

// New returns the use cases on base.
func New(base *kernel.Base) *Service { return &Service{Base: base} }

// longestName bounds the names of accounts, tokens and roles.
const longestName = 255

// checkName adds what is wrong with a name.
func checkName(fields kernel.Fields, field, name string) {
	if name == "" {
		fields.Add(field, "must be given")
		return
	}
	kernel.CheckLine(fields, field, name)
	if len(name) > longestName {
		fields.Add(field, "must have at most %d bytes", longestName)
	}
}

// What a request may name at most. Each is read, and told of if it is wrong.
const (
	// mostPermissions is that of a role, a token or a rule; there are fewer.
	mostPermissions = 100
	mostRoles       = 100
	// mostInTeam is that of the applications, environments and members that one request
	// puts into a team, of each.
	mostInTeam = 5000
	// longestDescription is that of a role, in bytes.
	longestDescription = 1000
)

// checkMany adds that a list is too long, and reports whether it is.
func checkMany(fields kernel.Fields, field string, list []string, most int) bool {
	if len(list) > most {
		fields.Add(field, "has %d, and can have %d at most", len(list), most)
	}
	return len(list) > most
}

// each are the different ones of a list, in its order.
func each(list []string) []string {
	var out []string
	for _, one := range list {
		if !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}

// rolesNamed returns roles by UUID, predefined and stored. One that does not exist is an
// error in field.
func rolesNamed(tx kernel.Tx, field string, uuids []string) ([]access.Role, error) {
	fields := kernel.Fields{}
	if checkMany(fields, field, uuids, mostRoles) {
		return nil, fields.Err()
	}
	known, err := roles(tx)
	if err != nil {
		return nil, err
	}
	var out []access.Role
	for _, uuid := range uuids {
		at := slices.IndexFunc(known, func(r access.Role) bool { return r.UUID == uuid })
		if at < 0 {
			fields.Add(field, "has %q, which is no role's uuid; GET /admin/roles lists them", uuid)
			continue
		}
		out = append(out, known[at])
	}
	return out, fields.Err()
}

// view is a look at the store that returns something.
func view[T any](ctx context.Context, s *Service, fn func(kernel.Tx) (T, error)) (out T, err error) {
	err = s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		out, err = fn(tx)
		return err
	})
	return out, err
}
