package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// giving is a broker on which Ada keeps accounts and roles and is in the team checkout, and
// an account is in the team search.
type giving struct {
	*testing.T
	all    *usecase.All
	ada    access.Who
	search kernel.Team
}

// onGiving runs a test on both databases.
func onGiving(t *testing.T, permissions []access.Permission, test func(*giving, *identity.Service)) {
	t.Helper()
	for name, open := range storetest.Plain() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := &giving{T: t, all: usecase.New(open(t, store.Options{}), kernel.DefaultSettings())}
			s := g.all.Identity
			held := append([]access.Permission{{Right: access.ManageAccounts, Scope: access.Everything}, {Right: access.ManageRoles, Scope: access.Everything}}, permissions...)
			role, err := s.CreateRole(t.Context(), operator, identity.RoleInput{Name: "Keeper", Permissions: access.Texts(held)})
			require.NoError(t, err)
			ada := account(t, s, "Ada", role.UUID)
			names := []string{"checkout", "search"}
			checkout, err := s.CreateTeam(t.Context(), operator, identity.TeamInput{Name: &names[0]})
			require.NoError(t, err)
			_, err = s.ChangeMembers(t.Context(), checkout.UUID, identity.Join, []string{ada.UUID})
			require.NoError(t, err)
			g.search, err = s.CreateTeam(t.Context(), operator, identity.TeamInput{Name: &names[1]})
			require.NoError(t, err)
			g.ada = access.Who{UUID: ada.UUID, Name: "Ada", Permissions: held, Teams: []access.Team{{UUID: checkout.UUID, Name: "checkout"}}}
			test(g, s)
		})
	}
}

func (g *giving) join(account identity.Account) {
	_, err := g.all.Identity.ChangeMembers(g.Context(), g.search.UUID, identity.Join, []string{account.UUID})
	require.NoError(g, err)
}

// ofTeam is what Ada may do for the applications of her team, as an account of another team
// may for theirs.
var ofTeam = []access.Permission{{Right: access.ReadContracts, Scope: access.Everything}, {Right: access.ManageContracts, Scope: access.OfTeams}}

// TestWhatIsOfATeamIsGivenOnlyWithinIt: somebody who may write what belongs to their team
// has nothing of what belongs to another, and so makes no token, rule or role that has.
func TestWhatIsOfATeamIsGivenOnlyWithinIt(t *testing.T) {
	t.Parallel()
	onGiving(t, ofTeam, func(g *giving, s *identity.Service) {
		ctx := g.Context()
		role, err := s.CreateRole(ctx, operator, identity.RoleInput{Name: "Writer", Permissions: access.Texts(ofTeam)})
		require.NoError(g, err)
		plain, err := s.CreateRole(ctx, operator, identity.RoleInput{Name: "Reader", Permissions: []string{"contract_data:read:*"}})
		require.NoError(g, err)
		theirs, ours, reader := account(g.T, s, "Search CI", role.UUID), account(g.T, s, "CI", role.UUID), account(g.T, s, "Reader", plain.UUID)
		old, _, err := s.CreateToken(ctx, operator, theirs.UUID, identity.TokenInput{Name: "old", Writes: true})
		require.NoError(g, err)
		g.join(theirs)
		g.join(reader)

		_, _, err = s.CreateToken(ctx, g.ada, theirs.UUID, identity.TokenInput{Name: "x", Writes: true})
		refused(g.T, kernel.CodeForbidden, err)
		require.ErrorContains(g, err, "this token has contract_data:manage:team in search, which Ada does not")
		_, _, err = s.RegenerateToken(ctx, g.ada, theirs.UUID, old.UUID)
		refused(g.T, kernel.CodeForbidden, err)
		_, err = s.CreateTrust(ctx, g.ada, identity.TrustInput{Name: &old.Name, Issuer: &github, Audience: &old.Name, Match: map[string]string{"repository_id": "1"}, Account: &theirs.UUID})
		refused(g.T, kernel.CodeForbidden, err)
		refused(g.T, kernel.CodeForbidden, s.SetRole(ctx, g.ada, reader.UUID, role.UUID, true))
		_, err = s.ReplaceRole(ctx, g.ada, plain.UUID, identity.RoleInput{Name: "Reader", Permissions: access.Texts(ofTeam)})
		refused(g.T, kernel.CodeForbidden, err)
		require.ErrorContains(g, err, "in search")

		_, _, err = s.CreateToken(ctx, g.ada, theirs.UUID, identity.TokenInput{Name: "only reads"})
		require.NoError(g, err)
		_, _, err = s.CreateToken(ctx, g.ada, ours.UUID, identity.TokenInput{Name: "of no team", Writes: true})
		require.NoError(g, err)
		_, err = s.ReplaceRole(ctx, g.ada, role.UUID, identity.RoleInput{Name: "Writers", Permissions: access.Texts(ofTeam)})
		require.NoError(g, err, "what it has already is nobody's to give")
		_, _, err = s.CreateToken(ctx, operator, theirs.UUID, identity.TokenInput{Name: "x", Writes: true})
		require.NoError(g, err, "who has it for everything has it for all teams")
		g.ada.Teams = append(g.ada.Teams, access.Team{UUID: g.search.UUID, Name: "search"})
		_, _, err = s.CreateToken(ctx, g.ada, theirs.UUID, identity.TokenInput{Name: "y", Writes: true})
		require.NoError(g, err)
	})
}

var github = "https://token.actions.githubusercontent.com"

// TestWhatSomebodyHasPublishedIsGivenByNobodyElse: to write what one has published first is
// a right over other applications in each hand.
func TestWhatSomebodyHasPublishedIsGivenByNobodyElse(t *testing.T) {
	t.Parallel()
	own := []access.Permission{{Right: access.ManageContracts, Scope: access.Own}, {Right: access.ManageTokens, Scope: access.Own}}
	onGiving(t, own, func(g *giving, s *identity.Service) {
		ctx := g.Context()
		role, err := s.CreateRole(ctx, operator, identity.RoleInput{Name: "Writer", Permissions: access.Texts(own)})
		require.NoError(g, err)
		made := account(g.T, s, "CI", role.UUID)
		_, _, err = s.CreateToken(ctx, g.ada, made.UUID, identity.TokenInput{Name: "x", Writes: true})
		require.NoError(g, err, "it has published nothing")

		require.NoError(g, s.Store.Update(ctx, func(tx kernel.Tx) error {
			_, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: "Shop", CreatedBy: made.UUID, CreatedAt: time.Now()})
			return err
		}))
		_, _, err = s.CreateToken(ctx, g.ada, made.UUID, identity.TokenInput{Name: "x", Writes: true})
		refused(g.T, kernel.CodeForbidden, err)
		require.ErrorContains(g, err, "contract_data:manage:own for what others have published")
		maker := access.Who{UUID: made.UUID, Name: "CI", Permissions: own}
		_, _, err = s.CreateToken(ctx, maker, made.UUID, identity.TokenInput{Name: "y", Writes: true})
		require.NoError(g, err)
	})
}

// TestNobodyComesToAdministerATeamByATokenOfItsAdministrator: who administers a team does
// so with each token that writes, whatever its roles give.
func TestNobodyComesToAdministerATeamByATokenOfItsAdministrator(t *testing.T) {
	t.Parallel()
	onGiving(t, nil, func(g *giving, s *identity.Service) {
		ctx := g.Context()
		leader := account(g.T, s, "Lea")
		g.join(leader)
		_, err := s.ChangeMembers(ctx, g.search.UUID, identity.Lead, []string{leader.UUID})
		require.NoError(g, err)
		_, _, err = s.CreateToken(ctx, g.ada, leader.UUID, identity.TokenInput{Name: "x", Writes: true})
		refused(g.T, kernel.CodeForbidden, err)
		require.ErrorContains(g, err, "the administration of search")
		_, _, err = s.CreateToken(ctx, g.ada, leader.UUID, identity.TokenInput{Name: "x"})
		require.NoError(g, err, "a token that only reads changes no team")
	})
}

// TestARuleIsNotTakenAwayFromBeforeOneThatGivesMore: the first rule that fits counts, so
// that a narrow rule keeps tokens from a wide one, and who takes it away gives what that
// gives.
func TestARuleIsNotTakenAwayFromBeforeOneThatGivesMore(t *testing.T) {
	t.Parallel()
	reads := []access.Permission{{Right: access.ReadContracts, Scope: access.Everything}}
	onGiving(t, reads, func(g *giving, s *identity.Service) {
		ctx := g.Context()
		pipeline, reader := account(g.T, s, "CI", access.PipelineUUID), account(g.T, s, "Reader", g.role(reads))
		rule := func(name, account string, match map[string]string, permissions ...string) kernel.TrustRule {
			in := identity.TrustInput{Name: &name, Issuer: &github, Audience: &ofBroker, Match: match, Account: &account}
			if permissions != nil {
				in.Permissions = &permissions
			}
			made, err := s.CreateTrust(ctx, operator, in)
			require.NoError(g, err)
			return made
		}
		pulls := rule("pulls", pipeline.UUID, map[string]string{"repository_id": "1", "event_name": "pull_request"}, "contract_data:read:*")
		of := rule("of a reader", reader.UUID, map[string]string{"repository_id": "1", "event_name": "schedule"})
		rule("wide", pipeline.UUID, map[string]string{"repository_id": "1"})
		other := rule("another repository", pipeline.UUID, map[string]string{"repository_id": "2"}, "contract_data:read:*")
		last := rule("last", pipeline.UUID, map[string]string{"repository_id": "1"}, "contract_data:read:*")

		off, end, first, elsewhere := false, 9, 1, "https://elsewhere.example"
		for what, in := range map[string]identity.TrustInput{
			"switched off": {Active: &off}, "moved behind it": {Position: &end}, "for others": {Match: map[string]string{"repository_id": "1", "event_name": "none"}}, "for another audience": {Audience: &elsewhere},
		} {
			_, err := s.ChangeTrust(ctx, g.ada, pulls.UUID, in)
			refused(g.T, kernel.CodeForbidden, err)
			require.ErrorContains(g, err, "the rule wide, which would have tokens that a rule before it takes, has contract_data:manage:*", what)
		}
		refused(g.T, kernel.CodeForbidden, s.DeleteTrust(ctx, g.ada, pulls.UUID))
		refused(g.T, kernel.CodeForbidden, s.DeleteTrust(ctx, g.ada, of.UUID))
		refused(g.T, kernel.CodeForbidden, s.DeleteAccount(ctx, g.ada, reader.UUID))

		name := "renamed"
		changed, err := s.ChangeTrust(ctx, g.ada, pulls.UUID, identity.TrustInput{Name: &name})
		require.NoError(g, err, "it takes what it took")
		require.Equal(g, pulls.Position, changed.Position)
		require.NoError(g, s.DeleteTrust(ctx, g.ada, other.UUID), "no token is for two repositories")
		_, err = s.ChangeTrust(ctx, g.ada, last.UUID, identity.TrustInput{Position: &first})
		require.NoError(g, err, "what comes first takes from the others")
		require.NoError(g, s.DeleteTrust(ctx, operator, of.UUID))
		require.NoError(g, s.DeleteAccount(ctx, g.ada, reader.UUID))
	})
}

var ofBroker = "https://broker.example"

// role makes a role and returns its UUID.
func (g *giving) role(permissions []access.Permission) string {
	role, err := g.all.Identity.CreateRole(g.Context(), operator, identity.RoleInput{Name: "of a test", Permissions: access.Texts(permissions)})
	require.NoError(g, err)
	return role.UUID
}

// TestNobodyBelowTakesFromAnAdministrator: who keeps accounts is not rid of those who may
// do more.
func TestNobodyBelowTakesFromAnAdministrator(t *testing.T) {
	t.Parallel()
	onGiving(t, nil, func(g *giving, s *identity.Service) {
		ctx := g.Context()
		account(g.T, s, "Root", access.AdministratorUUID)
		admin, pipeline := account(g.T, s, "Admin", access.AdministratorUUID), account(g.T, s, "CI", access.PipelineUUID)
		token, _, err := s.CreateToken(ctx, operator, admin.UUID, identity.TokenInput{Name: "t"})
		require.NoError(g, err)
		off, name := false, "Renamed"
		for _, in := range []identity.AccountInput{{Active: &off}, {Roles: &[]string{}}} {
			_, err := s.ChangeAccount(ctx, g.ada, admin.UUID, in)
			refused(g.T, kernel.CodeForbidden, err)
			require.ErrorContains(g, err, "Admin is an administrator")
		}
		refused(g.T, kernel.CodeForbidden, s.SetRole(ctx, g.ada, admin.UUID, access.AdministratorUUID, false))
		refused(g.T, kernel.CodeForbidden, s.DeleteAccount(ctx, g.ada, admin.UUID))
		refused(g.T, kernel.CodeForbidden, s.DeleteToken(ctx, g.ada, admin.UUID, token.UUID))

		_, err = s.ChangeAccount(ctx, g.ada, admin.UUID, identity.AccountInput{Name: &name})
		require.NoError(g, err)
		_, err = s.ChangeAccount(ctx, g.ada, pipeline.UUID, identity.AccountInput{Active: &off})
		require.NoError(g, err)
		require.NoError(g, s.DeleteAccount(ctx, g.ada, pipeline.UUID))
		require.NoError(g, s.DeleteToken(ctx, access.Who{UUID: admin.UUID, Permissions: g.ada.Permissions}, admin.UUID, token.UUID), "one's own")
		require.NoError(g, s.DeleteAccount(ctx, operator, admin.UUID))
	})
}

// TestATeamGoesOnlyWithoutWebhooksThatNameSecrets: without the team they would be sent the
// secrets of no team, which whoever wrote them may not have.
func TestATeamGoesOnlyWithoutWebhooksThatNameSecrets(t *testing.T) {
	t.Parallel()
	onGiving(t, nil, func(g *giving, s *identity.Service) {
		ctx := g.Context()
		hook := func(request kernel.WebhookRequest) kernel.Webhook {
			request.Method, request.URL = "POST", "https://ci.example.org/"+request.URL
			made, err := g.all.Webhook.CreateWebhook(ctx, kernel.Webhook{Team: g.search.UUID, TeamGiven: true, Request: request})
			require.NoError(g, err)
			return made
		}
		hook(kernel.WebhookRequest{Password: "plain"})
		for _, request := range []kernel.WebhookRequest{
			{URL: "${user.A}"}, {Username: "${user.A}"}, {Password: "${user.A}"}, {Body: []byte(`{"a": "${user.A}"}`)}, {Headers: []kernel.WebhookHeader{{Name: "x", Value: "${user.A}"}}},
		} {
			made := hook(request)
			err := s.DeleteTeam(ctx, g.search.UUID)
			refused(g.T, kernel.CodeConflict, err)
			require.ErrorContains(g, err, "the webhook "+made.UUID)
			require.NoError(g, g.all.Webhook.DeleteWebhook(ctx, made.UUID))
		}
		require.NoError(g, s.DeleteTeam(ctx, g.search.UUID))
	})
}
