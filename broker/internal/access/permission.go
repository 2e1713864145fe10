package access

import (
	"fmt"
	"slices"
	"strings"
)

// Scope says what a permission is for.
type Scope string

// The scopes of permissions.
const (
	// Everything is each thing of the kind.
	Everything Scope = "*"
	// OfTeams is what belongs to teams that the holder is a member of.
	OfTeams Scope = "team"
	// Own is what the holder has made.
	Own Scope = "own"
)

// Permission is a right, and what it is for. It is written "contract_data:manage:*".
type Permission struct {
	Right
	Scope Scope
}

// String writes the permission as [Parse] reads it.
func (p Permission) String() string { return p.Right.String() + ":" + string(p.Scope) }

// known are the permissions that there are, in the order in which they are listed,
// each with what it allows.
var known = []struct {
	Permission
	meaning string
}{
	{Permission{ReadContracts, Everything}, "read applications, contracts, results, environments and webhooks, and ask whether a version may be deployed"},
	{Permission{ManageContracts, Everything}, "publish contracts and results; write applications, versions, branches, tags and labels, and delete one of them"},
	{Permission{ManageContracts, OfTeams}, "the same for the applications of one's teams"},
	{Permission{ManageContracts, Own}, "the same for applications that one has published first, and to publish new ones"},
	{Permission{DeleteInBulk, Everything}, "delete applications, all contracts of a pair, all branches, and what a clean-up finds"},
	{Permission{DeleteInBulk, OfTeams}, "the same for the applications of one's teams"},
	{Permission{DeleteInBulk, Own}, "the same for applications that one has published first"},
	{Permission{Record, Everything}, "record deployments, releases and their end"},
	{Permission{Record, OfTeams}, "the same for the applications of one's teams, in environments that belong to one of them or to nobody"},
	{Permission{ReadEnvironments, Everything}, "read environments"},
	{Permission{ManageEnvironments, Everything}, "create, change and delete environments"},
	{Permission{ManageEnvironments, OfTeams}, "the same for environments of one's teams, and to create some for them"},
	{Permission{ManageWebhooks, Everything}, "create, change, test and delete webhooks"},
	{Permission{ManageWebhooks, OfTeams}, "the same for webhooks of one's teams"},
	{Permission{ReadSecrets, Everything}, "see which secrets webhooks may name, without the values"},
	{Permission{ReadSecrets, OfTeams}, "the same for secrets of one's teams"},
	{Permission{ManageSecrets, Everything}, "create, change and delete secrets"},
	{Permission{ManageSecrets, OfTeams}, "the same for secrets of one's teams, and to create some for them"},
	{Permission{ReadAudit, Everything}, "see who did what, and verify that nothing of it was changed"},
	{Permission{ManageTokens, Own}, "make, renew and revoke one's own tokens, with no more than one has"},
	{Permission{ReadAccounts, Everything}, "read system accounts and their tokens, without the values"},
	{Permission{ManageAccounts, Everything}, "create and change system accounts and their tokens"},
	{Permission{ReadTeams, Everything}, "read teams: who is in them, and what belongs to them"},
	{Permission{ManageTeams, Everything}, "create, change and delete teams; who administers a team changes that one without this"},
	{Permission{ReadRoles, Everything}, "read roles"},
	{Permission{ManageRoles, Everything}, "create, change and delete roles"},
}

// All returns the permissions that there are.
func All() []Permission {
	out := make([]Permission, len(known))
	for i, k := range known {
		out[i] = k.Permission
	}
	return out
}

// widest are the permissions that no other includes.
func widest() []Permission {
	all := All()
	return slices.DeleteFunc(All(), func(p Permission) bool {
		return slices.ContainsFunc(all, func(q Permission) bool { return q != p && q.Right == p.Right && q.includes(p) })
	})
}

// Meaning says what a permission allows, for people; empty for one that there is not.
func Meaning(p Permission) string {
	for _, k := range known {
		if k.Permission == p {
			return k.meaning
		}
	}
	return ""
}

// InWords says what a permission allows in a sentence that stands alone.
func InWords(p Permission) string {
	meaning := Meaning(p)
	if rest, same := strings.CutPrefix(meaning, "the same "); same {
		return Meaning(Permission{p.Right, Everything}) + ": " + rest
	}
	return meaning
}

// Parse reads a permission as roles and tokens have it. One that does not exist is an
// error that lists those that do.
func Parse(text string) (Permission, error) {
	for _, k := range known {
		if k.String() == text {
			return k.Permission, nil
		}
	}
	return Permission{}, fmt.Errorf("there is no permission %q; there are %s", text, strings.Join(Texts(All()), ", "))
}

// Texts writes permissions.
func Texts(permissions []Permission) []string {
	out := make([]string, len(permissions))
	for i, p := range permissions {
		out[i] = p.String()
	}
	return out
}

// covers reports whether a permission gives a right. To manage includes to read.
func (p Permission) covers(need Right) bool {
	return p.Resource == need.Resource && (p.Action == need.Action || p.Action == manage && need.Action == read)
}

// Reading leaves of permissions what changes nothing.
func Reading(permissions []Permission) []Permission {
	var out []Permission
	for _, p := range permissions {
		if p.Action == manage {
			p.Action = read
		}
		if p.Reads() && Meaning(p) != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// includes reports whether who has p needs no q.
func (p Permission) includes(q Permission) bool {
	return p.covers(q.Right) && (p.Scope == Everything || p.Scope == q.Scope)
}

// Narrow returns what permissions and a narrower list have in common.
func Narrow(of, by []Permission) []Permission {
	var out []Permission
	for _, pair := range [][2][]Permission{{of, by}, {by, of}} {
		for _, p := range pair[0] {
			within := slices.ContainsFunc(pair[1], func(q Permission) bool { return q.includes(p) })
			if within && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(out), func(p Permission) bool {
		return slices.ContainsFunc(out, func(q Permission) bool { return q != p && q.includes(p) })
	})
}
