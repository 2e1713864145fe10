package identity_test

import (
	"slices"
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

// on runs a test on a service with an empty database of each kind.
func on(t *testing.T, test func(*testing.T, *identity.Service)) {
	t.Helper()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, usecase.New(open(t, store.Options{}), kernel.DefaultSettings()).Identity)
		})
	}
}

var operator = access.Operator()

func account(t *testing.T, s *identity.Service, name string, roles ...string) identity.Account {
	t.Helper()
	made, err := s.CreateAccount(t.Context(), operator, identity.AccountInput{Name: &name, Roles: &roles})
	require.NoError(t, err)
	return made
}

// roleNames are those of an account as it is stored.
func roleNames(t *testing.T, s *identity.Service, uuid string) []string {
	t.Helper()
	found, err := s.FindAccount(t.Context(), uuid)
	require.NoError(t, err)
	names := []string{}
	for _, r := range found.Roles {
		names = append(names, r.Name)
	}
	return names
}

// refused fails unless a use case was refused with a code.
func refused(t *testing.T, code kernel.Code, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, code, kernel.CodeOf(err), "%v", err)
}

func TestAnAccountFromItsBeginningToItsEnd(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *identity.Service) {
		name := "Shop's CI"
		made, err := s.CreateAccount(t.Context(), operator, identity.AccountInput{Name: &name})
		require.NoError(t, err)
		require.True(t, made.Active)
		require.Equal(t, []string{"CI/CD"}, roleNames(t, s, made.UUID))
		tokens, err := s.ListTokens(t.Context(), made.UUID)
		require.NoError(t, err)
		require.Len(t, tokens, 2)
		require.Equal(t, []string{identity.ReadToken, identity.WriteToken}, []string{tokens[0].Name, tokens[1].Name})
		require.Equal(t, []bool{false, true}, []bool{tokens[0].Writes, tokens[1].Writes})
		require.Empty(t, tokens[0].Hash+tokens[1].Hash, "nobody has made a value")

		off, renamed := false, "Shop"
		changed, err := s.ChangeAccount(t.Context(), operator, made.UUID, identity.AccountInput{Name: &renamed, Active: &off})
		require.NoError(t, err)
		require.Equal(t, "Shop", changed.Name)
		require.False(t, changed.Active)
		require.Equal(t, []string{"CI/CD"}, roleNames(t, s, made.UUID), "what is not given stays")
		require.NoError(t, s.SetRole(t.Context(), operator, made.UUID, access.AdministratorUUID, true))
		require.NoError(t, s.SetRole(t.Context(), operator, made.UUID, access.AdministratorUUID, true), "twice is once")
		require.NoError(t, s.SetRole(t.Context(), operator, made.UUID, access.PipelineUUID, false))
		require.Equal(t, []string{"Administrator"}, roleNames(t, s, made.UUID))

		other := account(t, s, "Cart")
		list, err := s.ListAccounts(t.Context(), kernel.PrincipalFilter{Page: kernel.Page{Number: 1, Size: 1}})
		require.NoError(t, err)
		require.Equal(t, 2, list.Total)
		require.Equal(t, "Cart", list.Items[0].Name)
		active, err := s.ListAccounts(t.Context(), kernel.PrincipalFilter{Active: true, Search: "C"})
		require.NoError(t, err)
		require.Len(t, active.Items, 1)
		require.Equal(t, other.UUID, active.Items[0].UUID)

		require.NoError(t, s.DeleteAccount(t.Context(), operator, made.UUID), "it was switched off, so that it is no last administrator")
		_, err = s.FindAccount(t.Context(), made.UUID)
		refused(t, kernel.CodeNotFound, err)
		refused(t, kernel.CodeNotFound, s.DeleteAccount(t.Context(), operator, made.UUID))
		_, err = s.ListTokens(t.Context(), made.UUID)
		refused(t, kernel.CodeNotFound, err)
		_, err = s.ChangeAccount(t.Context(), operator, made.UUID, identity.AccountInput{Name: &name})
		refused(t, kernel.CodeNotFound, err)
	})
}

func TestWhatCannotBeAnAccount(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *identity.Service) {
		empty, lines, long := "", "a\nb", string(slices.Repeat([]byte("x"), 256))
		for _, name := range []*string{nil, &empty, &lines, &long} {
			_, err := s.CreateAccount(t.Context(), operator, identity.AccountInput{Name: name})
			refused(t, kernel.CodeInvalid, err)
		}
		made := account(t, s, "CI")
		_, err := s.ChangeAccount(t.Context(), operator, made.UUID, identity.AccountInput{Name: &empty})
		refused(t, kernel.CodeInvalid, err)
		_, err = s.ChangeAccount(t.Context(), operator, made.UUID, identity.AccountInput{Roles: &[]string{"none"}})
		refused(t, kernel.CodeInvalid, err)
		refused(t, kernel.CodeNotFound, s.SetRole(t.Context(), operator, made.UUID, "none", true))
	})
}

func TestTheLastActiveAdministratorStays(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *identity.Service) {
		off := false
		ada := account(t, s, "Ada", access.AdministratorUUID)
		away := account(t, s, "Away", access.AdministratorUUID)
		_, err := s.ChangeAccount(t.Context(), operator, away.UUID, identity.AccountInput{Active: &off})
		require.NoError(t, err)
		_, err = s.ChangeAccount(t.Context(), operator, ada.UUID, identity.AccountInput{Active: &off})
		refused(t, kernel.CodeConflict, err)
		refused(t, kernel.CodeConflict, s.SetRole(t.Context(), operator, ada.UUID, access.AdministratorUUID, false))
		refused(t, kernel.CodeConflict, s.DeleteAccount(t.Context(), operator, ada.UUID))
		account(t, s, "Bob", access.AdministratorUUID)
		require.NoError(t, s.DeleteAccount(t.Context(), operator, ada.UUID))
	})
}

func TestARoleFromItsBeginningToItsEnd(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *identity.Service) {
		made, err := s.CreateRole(t.Context(), operator, identity.RoleInput{Name: "Keeper", Description: "of hooks", Permissions: []string{"webhook:manage:*"}})
		require.NoError(t, err)
		found, err := s.FindRole(t.Context(), made.UUID)
		require.NoError(t, err)
		require.Equal(t, made, found)
		named, err := s.RoleNamed(t.Context(), "KEEPER")
		require.NoError(t, err)
		require.Equal(t, made.UUID, named.UUID)
		_, err = s.RoleNamed(t.Context(), "Boss")
		refused(t, kernel.CodeInvalid, err)
		require.ErrorContains(t, err, "Administrator, CI/CD, Team CI/CD, Team member, Viewer, Keeper")

		_, err = s.CreateRole(t.Context(), operator, identity.RoleInput{Name: "Keeper"})
		refused(t, kernel.CodeConflict, err)
		other, err := s.CreateRole(t.Context(), operator, identity.RoleInput{Name: "Other"})
		require.NoError(t, err)
		_, err = s.ReplaceRole(t.Context(), operator, other.UUID, identity.RoleInput{Name: "Keeper"})
		refused(t, kernel.CodeConflict, err)
		changed, err := s.ReplaceRole(t.Context(), operator, made.UUID, identity.RoleInput{Name: "Keeper", Permissions: []string{"contract_data:read:*"}})
		require.NoError(t, err)
		require.Equal(t, []string{"contract_data:read:*"}, access.Texts(changed.Permissions))

		holder := account(t, s, "CI", made.UUID)
		err = s.DeleteRole(t.Context(), made.UUID)
		refused(t, kernel.CodeConflict, err)
		require.ErrorContains(t, err, "the account CI has it")
		require.NoError(t, s.SetRole(t.Context(), operator, holder.UUID, made.UUID, false))
		require.NoError(t, s.DeleteRole(t.Context(), made.UUID))
		refused(t, kernel.CodeNotFound, s.DeleteRole(t.Context(), made.UUID))
		_, err = s.FindRole(t.Context(), made.UUID)
		refused(t, kernel.CodeNotFound, err)
		for _, predefined := range access.Predefined() {
			refused(t, kernel.CodeConflict, s.DeleteRole(t.Context(), predefined.UUID))
			_, err = s.ReplaceRole(t.Context(), operator, predefined.UUID, identity.RoleInput{Name: "x"})
			refused(t, kernel.CodeConflict, err)
			_, err = s.CreateRole(t.Context(), operator, identity.RoleInput{Name: predefined.Name})
			refused(t, kernel.CodeInvalid, err)
		}
		_, err = s.CreateRole(t.Context(), operator, identity.RoleInput{Name: "x", Permissions: []string{"everything"}})
		refused(t, kernel.CodeInvalid, err)
	})
}

func TestATokenFromItsBeginningToItsEnd(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *identity.Service) {
		owner, other := account(t, s, "CI", access.PipelineUUID), account(t, s, "Other")
		made, value, err := s.CreateToken(t.Context(), operator, owner.UUID, identity.TokenInput{Name: "t", Writes: true, Permissions: []string{"contract_data:manage:*"}})
		require.NoError(t, err)
		require.True(t, identity.IsValue(value))
		require.NotContains(t, made.Hash+made.Prefix, value[13:], "the secret is not stored")
		again, fresh, err := s.RegenerateToken(t.Context(), operator, owner.UUID, made.UUID)
		require.NoError(t, err)
		require.Equal(t, made.UUID, again.UUID)
		require.NotEqual(t, value, fresh)
		_, _, err = s.RegenerateToken(t.Context(), operator, other.UUID, made.UUID)
		refused(t, kernel.CodeNotFound, err)
		refused(t, kernel.CodeNotFound, s.DeleteToken(t.Context(), operator, other.UUID, made.UUID))
		require.NoError(t, s.DeleteToken(t.Context(), operator, owner.UUID, made.UUID))
		refused(t, kernel.CodeNotFound, s.DeleteAnyToken(t.Context(), made.UUID))
		left, err := s.ListTokens(t.Context(), owner.UUID)
		require.NoError(t, err)
		require.NoError(t, s.DeleteAnyToken(t.Context(), left[0].UUID))

		past := time.Now().Add(-time.Minute)
		for _, in := range []identity.TokenInput{
			{}, {Name: "x", Permissions: []string{}}, {Name: "x", Permissions: []string{"all"}}, {Name: "x", ExpiresAt: past},
		} {
			_, _, err := s.CreateToken(t.Context(), operator, owner.UUID, in)
			refused(t, kernel.CodeInvalid, err)
		}
		_, _, err = s.CreateToken(t.Context(), operator, "none", identity.TokenInput{Name: "x"})
		refused(t, kernel.CodeNotFound, err)
	})
}

// TestNobodyGivesMoreThanTheyHave has somebody who keeps accounts, roles and tokens
// without the rights that they would give.
func TestNobodyGivesMoreThanTheyHave(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *identity.Service) {
		keeper := access.Who{Name: "Keeper", Permissions: []access.Permission{{Right: access.ManageAccounts, Scope: access.Everything}, {Right: access.ManageRoles, Scope: access.Everything}}}
		name := "x"
		pipeline := account(t, s, "CI", access.PipelineUUID)
		made, _, err := s.CreateToken(t.Context(), operator, pipeline.UUID, identity.TokenInput{Name: "t", Writes: true})
		require.NoError(t, err)
		_, err = s.CreateAccount(t.Context(), keeper, identity.AccountInput{Name: &name})
		refused(t, kernel.CodeForbidden, err)
		require.ErrorContains(t, err, "the role CI/CD has contract_data:read:*")
		_, err = s.CreateRole(t.Context(), keeper, identity.RoleInput{Name: "x", Permissions: []string{"webhook:manage:*"}})
		refused(t, kernel.CodeForbidden, err)
		_, _, err = s.CreateToken(t.Context(), keeper, pipeline.UUID, identity.TokenInput{Name: "x"})
		refused(t, kernel.CodeForbidden, err)
		_, _, err = s.RegenerateToken(t.Context(), keeper, pipeline.UUID, made.UUID)
		refused(t, kernel.CodeForbidden, err)
		refused(t, kernel.CodeForbidden, s.SetRole(t.Context(), keeper, pipeline.UUID, access.AdministratorUUID, true))
		require.NoError(t, s.SetRole(t.Context(), keeper, pipeline.UUID, access.PipelineUUID, true), "what it has already is nobody's to give")
		_, _, err = s.CreateToken(t.Context(), keeper, pipeline.UUID, identity.TokenInput{Name: "x", Permissions: []string{"role:read:*"}})
		require.NoError(t, err, "it gives nothing")
	})
}

// TestWhatSomebodyHasSeenIsWhatTheyChange: a form that was overtaken by somebody else's
// stores nothing, and one that is sent twice makes one thing.
func TestWhatSomebodyHasSeenIsWhatTheyChange(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *identity.Service) {
		ctx, name, other := t.Context(), "CI", "Other"
		made := account(t, s, name)
		changed, err := s.ChangeAccount(ctx, operator, made.UUID, identity.AccountInput{Name: &other, Seen: made.UpdatedAt})
		require.NoError(t, err)
		require.True(t, changed.UpdatedAt.After(made.UpdatedAt), "each change can be seen")
		_, err = s.ChangeAccount(ctx, operator, made.UUID, identity.AccountInput{Name: &name, Seen: made.UpdatedAt})
		refused(t, kernel.CodeConflict, err)
		found, err := s.FindAccount(ctx, made.UUID)
		require.NoError(t, err)
		require.Equal(t, other, found.Name, "nothing is stored")

		role, err := s.CreateRole(ctx, operator, identity.RoleInput{Name: "Mine", Permissions: []string{"contract_data:read:*"}})
		require.NoError(t, err)
		seen := identity.StateOfRole(role)
		_, err = s.ReplaceRole(ctx, operator, role.UUID, identity.RoleInput{Name: "Mine", Seen: seen})
		require.NoError(t, err)
		_, err = s.ReplaceRole(ctx, operator, role.UUID, identity.RoleInput{Name: "Mine", Permissions: []string{"role:read:*"}, Seen: seen})
		refused(t, kernel.CodeConflict, err)

		team, err := s.CreateTeam(ctx, operator, identity.TeamInput{Name: &name})
		require.NoError(t, err)
		was := identity.StateOfTeam(team)
		_, err = s.ChangeTeam(ctx, operator, team.UUID, identity.TeamInput{Name: &other, Seen: was})
		require.NoError(t, err)
		_, err = s.ChangeTeam(ctx, operator, team.UUID, identity.TeamInput{Name: &name, Seen: was})
		refused(t, kernel.CodeConflict, err)
		_, err = s.ChangeMembers(ctx, team.UUID, identity.Join, []string{made.UUID})
		require.NoError(t, err)
		for how, leads := range map[identity.Joining]bool{identity.Lead: true, identity.Follow: false} {
			got, err := s.ChangeMembers(ctx, team.UUID, how, []string{made.UUID})
			require.NoError(t, err)
			require.Len(t, got.Members, 1)
			require.Equal(t, leads, got.Members[0].Administers)
		}

		in := identity.TokenInput{UUID: s.NewID(), Name: "main branch", Writes: true}
		token, value, err := s.CreateToken(ctx, operator, made.UUID, in)
		require.NoError(t, err)
		_, _, err = s.CreateToken(ctx, operator, made.UUID, in)
		refused(t, kernel.CodeConflict, err)
		_, _, err = s.RenewToken(ctx, operator, made.UUID, token.UUID, "")
		refused(t, kernel.CodeConflict, err)
		keyring := s.Keyring(time.Now, nil, s.Log)
		_, err = keyring.Who(ctx, value)
		require.NoError(t, err, "its value is the one that was shown")
		keyring.Close()
		_, _, err = s.RenewToken(ctx, access.Who{Name: "Ada", Permissions: operator.Permissions}, made.UUID, token.UUID, token.Prefix)
		require.NoError(t, err)
		tokens, err := s.ListTokens(ctx, made.UUID)
		require.NoError(t, err)
		require.Equal(t, "Ada", tokens[2].MadeBy)
		require.Empty(t, tokens[0].MadeBy)
		found, err = s.FindAccount(ctx, made.UUID)
		require.NoError(t, err)
		require.False(t, found.LastSeenAt.IsZero(), "it was seen with its token")
		list, err := s.ListAccounts(ctx, kernel.PrincipalFilter{Kind: "workload"})
		require.NoError(t, err)
		require.Empty(t, list.Items)
		list, err = s.ListAccounts(ctx, kernel.PrincipalFilter{Kind: kernel.KindAccount})
		require.NoError(t, err)
		require.Len(t, list.Items, 1)
	})
}
