package access

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Who is somebody who makes requests, with what they may do.
type Who struct {
	// UUID identifies the principal; empty for the users of the two passwords that a
	// broker may be configured with, and for nobody.
	UUID string
	// Name is what the principal is called; empty for nobody.
	Name string
	// Email is the address of a person; empty for others.
	Email string
	// Kind is what they are: the kind of a principal, or KindPassword or KindOperator.
	Kind string
	// Token is the name of the token that they came with, if they did, and TokenPrefix
	// the part of it by which it is found, which is no secret.
	Token, TokenPrefix string
	// Rule is the UUID of the trust rule by which a token of another issuer counts, RuleName
	// what it is called, and Subject whose token the issuer says that it is; empty for
	// others.
	Rule, RuleName, Subject string
	// Until is when what they came with counts no more; zero for never.
	Until time.Time
	// Permissions are what the principal may do, and what the token leaves of it.
	Permissions []Permission
	// Teams are those that the principal is a member of.
	Teams []Team
	// Guarded are the UUIDs of all environments that belong to teams: those of other
	// teams are not for permissions with the scope [OfTeams].
	Guarded []string
}

// Title is what they are called where it is kept who did something: an account that
// pipelines come in as is not enough to find the pipeline.
func (w Who) Title() string {
	if w.Subject == "" {
		return w.Name
	}
	return fmt.Sprintf("%s (%s)", w.Name, w.Subject)
}

// May reports whether somebody has a right for some things. With none named, the
// request is about everything of its sort, and a permission for a part is not enough.
func (w Who) May(need Right, on ...Thing) bool {
	if len(on) == 0 {
		return slices.ContainsFunc(w.Permissions, func(p Permission) bool { return p.covers(need) && p.Scope == Everything })
	}
	return !slices.ContainsFunc(on, func(t Thing) bool { return !w.mayOne(need, t) })
}

func (w Who) mayOne(need Right, t Thing) bool {
	if need == ManageTeams && slices.ContainsFunc(w.Teams, func(m Team) bool { return m.Administers && m.UUID == t.ID }) {
		return true
	}
	return slices.ContainsFunc(w.Permissions, func(p Permission) bool { return p.covers(need) && w.reaches(p, t) })
}

// MaySome reports whether somebody has a right for anything at all: whoever has not
// need not be asked what it is for.
func (w Who) MaySome(need Right) bool {
	return need == ManageTeams && slices.ContainsFunc(w.Teams, func(m Team) bool { return m.Administers }) ||
		slices.ContainsFunc(w.Permissions, func(p Permission) bool { return p.covers(need) })
}

// MayOwn reports whether somebody has a right for what they have made.
func (w Who) MayOwn(need Right) bool {
	return slices.ContainsFunc(w.Permissions, func(p Permission) bool { return p.covers(need) && p.Scope == Own })
}

// Refusal says why somebody may not do something, for whoever reads the log of a
// pipeline: what is missing and for what, and what there is instead.
func (w Who) Refusal(need Right, on ...Thing) string {
	by := w.Name
	switch {
	case w.Subject != "":
		by = fmt.Sprintf("%s, which the rule %q lets in as %s,", w.Subject, w.RuleName, w.Name)
	case w.Token != "":
		by = fmt.Sprintf("the token %q of %s", w.Token, w.Name)
	}
	has := "nothing"
	if len(w.Permissions) > 0 {
		has = strings.Join(Texts(w.Permissions), ", ")
	}
	wanted := need.String()
	for _, t := range on {
		if !w.mayOne(need, t) {
			wanted += " for " + t.String()
			break
		}
	}
	if on == nil && w.MaySome(need) {
		wanted += " for all"
	}
	if slices.ContainsFunc(w.Permissions, func(p Permission) bool { return p.covers(need) && p.Scope == OfTeams }) {
		has += " and " + w.membership()
	}
	return fmt.Sprintf("This needs %s; %s has %s.", wanted, by, has)
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

// Receiver is whoever is to be given permissions, or a token that has them.
type Receiver struct {
	UUID string
	// Teams are those that they are in. What they administer of them, they administer
	// with what is given too.
	Teams []Team
	// Made says that there are applications that they have published first.
	Made bool
}

// LacksFor says, for people, what somebody does not have of permissions that another is to
// get. A permission for teams, or for one's own, is for other things in other hands: it is
// not had by whoever has the same for the things of another team.
func (w Who) LacksFor(some []Permission, to Receiver) []string {
	out := Texts(w.Lacks(some))
	for _, p := range some {
		whole := w.May(p.Right) || len(w.Lacks([]Permission{p})) > 0 // or it is said already
		for _, m := range to.Teams {
			if p.Scope == OfTeams && !whole && !w.isIn(m) {
				out = append(out, p.String()+" in "+m.Name)
			}
		}
		// Own tokens have no more than whoever makes them.
		if p.Scope == Own && !whole && to.Made && to.UUID != w.UUID && p.Right != ManageTokens {
			out = append(out, p.String()+" for what others have published")
		}
	}
	for _, m := range to.Teams {
		if m.Administers && !w.May(ManageTeams, OneTeam(m.UUID)) {
			out = append(out, "the administration of "+m.Name)
		}
	}
	return out
}

func (w Who) isIn(team Team) bool {
	return slices.ContainsFunc(w.Teams, func(m Team) bool { return m.UUID == team.UUID })
}

// Operator is whoever runs the broker's own commands beside its database.
func Operator() Who { return Who{Name: "the operator", Kind: KindOperator, Permissions: widest()} }

// Kinds of those who are no principals.
const (
	// KindPassword is a user of one of the two passwords.
	KindPassword = "password"
	// KindOperator is whoever runs commands beside the database.
	KindOperator = "operator"
	// KindWorkload is whoever shows a token of another issuer that a trust rule takes.
	KindWorkload = "workload"
)
