package identity_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// TestListsOfOneRequestAreBounded: each that is named is read, and told of if it is wrong,
// and what is stored is read for every token that is new.
func TestListsOfOneRequestAreBounded(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, s *identity.Service) {
		ctx, name := t.Context(), "x"
		many := make([]string, 5001)
		for i := range many {
			many[i] = fmt.Sprint("none ", i)
		}
		made := account(t, s, "CI", access.PipelineUUID)
		team, err := s.CreateTeam(ctx, operator, identity.TeamInput{Name: &name})
		require.NoError(t, err)
		tooMany := map[string]error{}
		_, tooMany["roles"] = s.ChangeAccount(ctx, operator, made.UUID, identity.AccountInput{Roles: &many})
		_, tooMany["permissions of a role"] = s.CreateRole(ctx, operator, identity.RoleInput{Name: "x", Permissions: many})
		_, _, tooMany["permissions of a token"] = s.CreateToken(ctx, operator, made.UUID, identity.TokenInput{Name: "x", Permissions: many})
		_, tooMany["permissions of a rule"] = s.CreateTrust(ctx, operator, identity.TrustInput{Name: &name, Issuer: &github, Audience: &name, Account: &made.UUID, Match: map[string]string{"repository": "x"}, Permissions: &many})
		_, tooMany["applications"] = s.CreateTeam(ctx, operator, identity.TeamInput{Name: &name, Applications: &many})
		_, tooMany["environments"] = s.ChangeTeam(ctx, operator, team.UUID, identity.TeamInput{Environments: &many})
		_, tooMany["administrators"] = s.ChangeTeam(ctx, operator, team.UUID, identity.TeamInput{Administrators: &many})
		_, tooMany["members"] = s.ChangeMembers(ctx, team.UUID, identity.Join, many)
		for what, err := range tooMany {
			refused(t, kernel.CodeInvalid, err)
			require.ErrorContains(t, err, "has 5001, and can have", what)
			require.Less(t, len(err.Error()), 500, what)
		}
		_, err = s.CreateRole(ctx, operator, identity.RoleInput{Name: "x", Description: strings.Repeat("x", 1001)})
		refused(t, kernel.CodeInvalid, err)

		twice := []string{"contract_data:read:*", "environment:read:*", "contract_data:read:*"}
		role, err := s.CreateRole(ctx, operator, identity.RoleInput{Name: "x", Permissions: twice})
		require.NoError(t, err)
		require.Equal(t, twice[:2], access.Texts(role.Permissions), "twice is once")
		token, _, err := s.CreateToken(ctx, operator, made.UUID, identity.TokenInput{Name: "x", Permissions: twice})
		require.NoError(t, err)
		require.Equal(t, twice[:2], token.Permissions)
	})
}
