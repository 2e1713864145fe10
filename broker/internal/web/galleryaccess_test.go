package web

import (
	"fmt"
	"net/url"
	"time"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/issuer"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

func everySecret(kernel.Secret) bool { return true }

// galleryOfAccess are the pages about who may do what. They are drawn on a broker that asks
// everybody who they are.
func galleryOfAccess(w *web) map[string]page {
	w = &web{pages: w.pages, config: w.config}
	w.config.Identity = true
	l := mayLinks{links.Below(""), true, true, true}
	closed := mayLinks{Links: l.Links}
	now := w.config.Now()
	predefined := access.Predefined()
	mine := access.Role{UUID: "r1", Name: hostileName, Description: "publishes " + long, Permissions: []access.Permission{{Right: access.ManageContracts, Scope: access.OfTeams}, {Right: access.ReadAudit, Scope: access.Everything}}}
	checkout := kernel.Team{
		ID: 1, UUID: "t1", Name: "checkout", CreatedAt: now.Add(-time.Hour), Applications: []kernel.Party{{ID: 1, Name: "Cart"}, {ID: 2, Name: hostileName}},
		Environments: []kernel.TeamEnvironment{{ID: 1, UUID: "e1", Name: "production"}}, Members: []kernel.TeamMember{{ID: 1, UUID: "a1", Name: "Cart's pipeline", Administers: true}, {ID: 2, UUID: "a2", Name: hostileName}},
	}
	account := func(n int64, name string, roles ...access.Role) identity.Account {
		return identity.Account{Principal: kernel.Principal{ID: n, UUID: fmt.Sprint("a", n), Kind: kernel.KindAccount, Name: name, Active: true, CreatedAt: now.Add(-48 * time.Hour), UpdatedAt: now.Add(-time.Hour)}, Roles: roles}
	}
	pipeline, stranger, off := account(1, "Cart's pipeline", predefined[2], mine), account(2, hostileName, predefined[0]), account(3, long)
	pipeline.Teams, pipeline.LastSeenAt, off.Active = []kernel.Team{checkout}, now.Add(-time.Minute), false
	tokens := []kernel.Token{
		{UUID: "k1", Name: identity.ReadToken, CreatedAt: now.Add(-48 * time.Hour)},
		{UUID: "k2", Name: "main branch", Prefix: "abcd1234", Writes: true, MadeBy: "Ada", ExpiresAt: now.Add(24 * time.Hour), LastUsedAt: now.Add(-time.Minute)},
		{UUID: "k3", Name: hostileName, Prefix: "efgh5678", Permissions: []string{"contract_data:read:*", "token:manage:own"}, MadeBy: hostileName, ExpiresAt: now.Add(-time.Hour)},
	}
	events := []kernel.AuditEvent{
		{At: now.Add(-time.Minute), Action: "contract_published", Resource: "/contracts/publish", Outcome: kernel.AuditAllowed, Token: "abcd1234"},
		{At: now.Add(-time.Hour), Action: "team_saved", Resource: "/admin/teams/" + long, Outcome: kernel.AuditDenied, Token: "abcd1234"},
	}
	whole := personFound{Account: pipeline, Tokens: tokens, Events: events, Recorded: true}
	few := kernel.Paged[identity.Account]{Items: []identity.Account{pipeline, stranger, off}, Total: 3}
	crowded := kernel.Paged[identity.Account]{Total: 200, Page: kernel.Page{Number: 2, Size: pageSize}}
	var many []kernel.Team
	for i := range 40 {
		m := checkout
		m.Name = fmt.Sprintf("%s-%02d", long, i)
		many = append(many, m)
	}
	busy := pipeline
	busy.Teams = many
	for i := range pageSize {
		a := busy
		a.Name = fmt.Sprintf("pipeline %03d of %s", i, hostileName)
		crowded.Items = append(crowded.Items, a)
	}
	people := func(query url.Values, list kernel.Paged[identity.Account]) *accessPage {
		p := w.peoplePage(l, query, list)
		p.Note, p.Doings = personNotes["deleted"], kit.Cell{kit.Link{Text: "New account", URL: "#", Own: true}}
		return p
	}
	owner, own := tokenOwner{pipeline, false}, tokenOwner{pipeline, true}
	wrong := personForm(l, pipeline, append(predefined, mine), access.Operator())
	wrong.Form.Problem = addProblems(wrong.Form.Fields, fieldsOfPerson, kernel.Fields{"name": {"must be given"}})
	places := []kernel.Environment{{UUID: "e1", Name: "production"}, {UUID: "e2", Name: hostileName}}
	found := teamFound{Team: checkout, Secrets: []kernel.Secret{{Name: "CI_TOKEN", Team: "t1"}}, Webhooks: []kernel.Webhook{{UUID: "w1", Description: "start the build", Team: "t1"}}, changes: true, deletes: true, secretsKnown: true}
	large := found
	large.Members, large.Applications = nil, nil
	for i := range 120 {
		large.Members = append(large.Members, kernel.TeamMember{ID: int64(i), UUID: fmt.Sprint(i), Name: fmt.Sprintf("member %03d", i)})
		large.Applications = append(large.Applications, kernel.Party{Name: fmt.Sprintf("application %03d", i)})
	}
	asked := whoCanAsked{"contract_data:manage", "Cart", "production"}
	answered, nobody := whoCanPage(l, asked, []string{"Cart"}, places), whoCanPage(l, whoCanAsked{right: "role:manage"}, nil, nil)
	answered.answer(l, asked, access.ManageContracts, []identity.Holder{{Account: pipeline, Because: "contract_data:manage:team in checkout"}, {Account: stranger, Because: "contract_data:manage:*"}})
	nobody.answer(l, whoCanAsked{right: "role:manage"}, access.ManageRoles, nil)
	value := "trt_abcd1234_0000000000000000000000000000000000000000000abcdef"
	me := access.Who{UUID: "a1", Name: pipeline.Name, Token: "main branch", TokenPrefix: "abcd1234", Permissions: pipeline.Permissions()}
	mayLittle := me
	mayLittle.Permissions = mine.Permissions
	renewed := tokens[2]
	renewed.ExpiresAt = now.Add(time.Hour)
	badToken := tokenForm(l, owner, url.Values{"expires": {"7"}, "permission": {"audit:read:*"}}, kernel.Fields{"name": {"must be given"}})
	rules := []kernel.TrustRule{
		{UUID: "u1", Name: "checkout-main", Issuer: "https://token.actions.githubusercontent.com", Audience: "https://broker.example.org", Conditions: []kernel.Condition{{Claim: "ref", Value: "refs/heads/*"}, {Claim: "repository_id", Value: "123"}}, Writes: true, Active: true, Position: 1, CreatedAt: now.Add(-time.Hour), LastUsedAt: now.Add(-time.Minute), Account: "Cart's pipeline", AccountUUID: "a1"},
		{UUID: "u2", Name: hostileName, Issuer: "https://" + long, Audience: long, Conditions: []kernel.Condition{{Claim: hostileName, Value: long}}, Permissions: []string{"contract_data:read:*"}, Position: 2, CreatedAt: now.Add(-time.Hour), Account: hostileName, AccountUUID: "a2"},
	}
	claims := issuer.Claims{"iss": "https://token.actions.githubusercontent.com", "sub": hostileName, "repository_id": "123"}
	tried, fitting := trialPage(l), trialPage(l)
	tried.tell(l, identity.Trial{Claims: claims, Unverified: "the token expired", Fits: []identity.Fit{{TrustRule: rules[0], Lacks: "it wants ref=refs/heads/*"}, {TrustRule: rules[1], Lacks: "the rule is switched off"}}})
	fitting.tell(l, identity.Trial{Claims: claims, Fits: []identity.Fit{{TrustRule: rules[1], Lacks: "it wants " + hostileName}, {TrustRule: rules[0]}, {TrustRule: rules[0]}}})
	return map[string]page{
		"access-people":            people(url.Values{}, few),
		"access-people-none":       people(url.Values{"q": {hostileName}, "kind": {"user"}, "state": {"active"}}, kernel.Paged[identity.Account]{}),
		"access-people-crowded":    people(url.Values{"page": {"2"}}, crowded),
		"access-person":            w.personPage(l, whole, true),
		"access-person-seen":       w.personPage(closed, personFound{Account: off}, false),
		"access-person-busy":       w.personPage(l, personFound{Account: busy, Recorded: true}, true),
		"access-person-new":        personForm(l, identity.Account{}, append(predefined, mine), access.Writer("w")),
		"access-person-wrong":      wrong,
		"access-person-delete":     w.confirmPerson(l, whole),
		"access-token-new":         tokenForm(l, own, url.Values{"expires": {"90"}}, nil),
		"access-token-wrong":       badToken,
		"access-token-value":       valuePage(l, owner, renewed, value),
		"access-token-renew":       w.confirmRenewal(l, owner, tokens[1]),
		"access-token-first":       w.confirmRenewal(l, own, tokens[0]),
		"access-token-revoke":      w.confirmRevocation(l, own, tokens[1], "abcd1234"),
		"access-me":                w.mePage(l, me, whole),
		"access-me-little":         w.mePage(closed, mayLittle, personFound{Account: pipeline, Tokens: tokens}),
		"access-me-password":       w.mePage(closed, access.Writer(hostileName), personFound{}),
		"access-roles":             rolesPage(l, url.Values{}, append(predefined, mine), true),
		"access-role":              w.rolePage(l, mine, few, true),
		"access-role-fixed":        w.rolePage(closed, predefined[0], kernel.Paged[identity.Account]{}, true),
		"access-role-new":          roleForm(l, access.Role{}, access.Writer("w")),
		"access-role-edit":         roleForm(l, mine, access.Operator()),
		"access-role-delete":       confirmRoleOf(l, mine, kernel.Paged[identity.Account]{}, ""),
		"access-role-in-use":       confirmRoleOf(l, mine, few, "The role is not deleted: 3 accounts have it."),
		"access-trust":             w.trustPage(l, url.Values{}, rules, true),
		"access-trust-none":        w.trustPage(l, url.Values{}, nil, true),
		"access-trust-rule":        w.oneTrustPage(l, rules[0], true),
		"access-trust-seen":        w.oneTrustPage(closed, rules[1], false),
		"access-trust-new":         trustForm(l, kernel.TrustRule{Writes: true, Active: true}, access.Operator(), []kit.Option{{Text: "choose one"}, {Value: "a1", Text: "Cart's pipeline"}}),
		"access-trust-edit":        trustForm(l, rules[1], access.Operator(), nil),
		"access-trust-delete":      confirmTrust(l, rules[0]),
		"access-trust-try":         trialPage(l),
		"access-trust-tried":       tried,
		"access-trust-fits":        fitting,
		"access-teams":             teamsPage(l, url.Values{}, kernel.Paged[kernel.Team]{Items: append(many, checkout), Total: 41}, true),
		"access-teams-none":        teamsPage(l, url.Values{}, kernel.Paged[kernel.Team]{}, true),
		"access-team":              w.teamPage(l, url.Values{}, found),
		"access-team-crowded":      w.teamPage(l, url.Values{"members-page": {"2"}}, large),
		"access-team-seen":         w.teamPage(closed, url.Values{}, teamFound{Team: kernel.Team{Name: hostileName}}),
		"access-team-new":          teamForm(l, kernel.Team{}, places),
		"access-team-edit":         teamForm(l, checkout, places),
		"access-team-delete":       confirmTeam(l, found, "The team checkout is not deleted: the secret CI_TOKEN belongs to it."),
		"access-team-members":      addMembersPage(l, url.Values{"q": {"c"}}, checkout, few),
		"access-team-members-uuid": addMembersPage(closed, url.Values{}, checkout, kernel.Paged[identity.Account]{}),
		"access-who-can":           answered,
		"access-who-can-nobody":    nobody,
		"access-who-can-ask":       whoCanPage(l, whoCanAsked{}, nil, places),
		"access-secrets": w.secretsPage(closed, []kernel.Secret{{UUID: "s1", Name: "CI_TOKEN", Team: "t1"}, {UUID: "s2", Name: "OTHER"}}, nil, map[string]string{"t1": hostileName}, true,
			func(s kernel.Secret) bool { return s.Team != "" }),
		"access-secret-new": secretForm(l.Links, kernel.Secret{}, []kit.Option{{Value: "t1", Text: "checkout", Current: true}}, nil),
	}
}
