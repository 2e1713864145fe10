package access

import (
	"fmt"
	"slices"
	"strings"
)

// Who is somebody who makes requests, with what they may do.
type Who struct {
	// UUID identifies the principal; empty for the users of the two passwords that a
	// broker may be configured with, and for nobody.
	UUID string
	// Name is what the principal is called; empty for nobody.
	Name string
	// Kind is what they are: the kind of a principal, or KindPassword or KindOperator.
	Kind string
	// Token is the name of the token that they came with, if they did, and TokenPrefix
	// the part of it by which it is found, which is no secret.
	Token, TokenPrefix string
	// Permissions are what the principal may do, and what the token leaves of it.
	Permissions []Permission
}

// May reports whether somebody has a right. A permission for one's own counts like one
// for everything: only requests that are about one's own need such a right.
func (w Who) May(need Right) bool {
	return slices.ContainsFunc(w.Permissions, func(p Permission) bool { return p.covers(need) })
}

// Refusal says why somebody may not do something, for whoever reads the log of a
// pipeline: what is missing, and what there is instead.
func (w Who) Refusal(need Right) string {
	by := w.Name
	if w.Token != "" {
		by = fmt.Sprintf("the token %q of %s", w.Token, w.Name)
	}
	has := "nothing"
	if len(w.Permissions) > 0 {
		has = strings.Join(Texts(w.Permissions), ", ")
	}
	return fmt.Sprintf("This needs %s; %s has %s.", need, by, has)
}

// Lacks returns those of some permissions that somebody does not have: nobody gives
// away more than they have.
func (w Who) Lacks(some []Permission) []Permission {
	var out []Permission
	for _, p := range some {
		if !slices.ContainsFunc(w.Permissions, func(q Permission) bool { return q.includes(p) }) {
			out = append(out, p)
		}
	}
	return out
}

// Operator is whoever runs the broker's own commands beside its database.
func Operator() Who { return Who{Name: "the operator", Kind: KindOperator, Permissions: All()} }

// Kinds of those who are no principals.
const (
	// KindPassword is a user of one of the two passwords.
	KindPassword = "password"
	// KindOperator is whoever runs commands beside the database.
	KindOperator = "operator"
)
