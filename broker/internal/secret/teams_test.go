package secret_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/secret"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// TestASecretIsForTheWebhooksOfItsTeam: one name may stand for another value in each
// team, and nobody reaches that of another.
func TestASecretIsForTheWebhooksOfItsTeam(t *testing.T) {
	on(t, func(t *testing.T, all *usecase.All) {
		all.Secret.Keys = keys(t, 0)
		teams := map[string]string{"": ""}
		for _, name := range []string{"us", "them"} {
			made, err := all.Identity.CreateTeam(t.Context(), access.Operator(), identity.TeamInput{Name: &name})
			require.NoError(t, err)
			teams[name] = made.UUID
		}
		name := "TOKEN"
		uuids := map[string]string{}
		for _, whose := range []string{"", "us"} {
			value, team := "value of "+whose, teams[whose]
			made, err := all.Secret.Create(t.Context(), secret.Input{Name: &name, Value: &value, Team: &team})
			require.NoError(t, err, whose)
			uuids[whose] = made.UUID
		}
		r := kernel.WebhookRequest{Password: "${user.TOKEN}"}
		open := func(whose string) (out secret.Opened, unknown []string) {
			require.NoError(t, all.Store.View(t.Context(), func(tx kernel.Tx) (err error) {
				if out, err = all.Secret.Open(tx, teams[whose], r); err != nil {
					return err
				}
				unknown, err = secret.Unknown(tx, teams[whose], r)
				return err
			}))
			return out, unknown
		}
		for _, whose := range []string{"", "us"} {
			got, unknown := open(whose)
			require.NoError(t, got.Problem)
			require.Equal(t, "value of "+whose, got.Values()["TOKEN"])
			require.Empty(t, unknown)
			require.NotContains(t, fmt.Sprint(got, got.String(), got.GoString()), "value of")
		}
		got, unknown := open("them")
		require.ErrorContains(t, got.Problem, "there is no secret TOKEN")
		require.Equal(t, []string{"TOKEN"}, unknown)
		require.Contains(t, secret.Missing(unknown), "There is no secret TOKEN")
		require.Contains(t, secret.Missing([]string{"A", "B"}), "There are no secrets A, B")
		require.Empty(t, secret.Missing(nil))

		// It moves with its value, and not to where its name is taken.
		them, us, nobody := teams["them"], teams["us"], "nobody"
		_, err := all.Secret.Change(t.Context(), uuids[""], secret.Input{Team: &us}, time.Time{})
		require.Equal(t, kernel.CodeConflict, kernel.CodeOf(err))
		_, err = all.Secret.Change(t.Context(), uuids[""], secret.Input{Team: &nobody}, time.Time{})
		require.Equal(t, kernel.CodeInvalid, kernel.CodeOf(err))
		_, err = all.Secret.Change(t.Context(), uuids[""], secret.Input{Team: &them}, time.Time{})
		require.NoError(t, err)
		got, _ = open("them")
		require.Equal(t, "value of ", got.Values()["TOKEN"])
		err = all.Identity.DeleteTeam(t.Context(), them)
		require.Equal(t, kernel.CodeConflict, kernel.CodeOf(err))
		require.NoError(t, all.Secret.Delete(t.Context(), uuids[""]))
		require.NoError(t, all.Identity.DeleteTeam(t.Context(), them))

		listed, err := all.Secret.List(t.Context())
		require.NoError(t, err)
		require.Len(t, listed, 1)
		found, err := all.Secret.Find(t.Context(), uuids["us"])
		require.NoError(t, err)
		require.Equal(t, us, found.Team)
		_, err = all.Secret.Find(t.Context(), "nobody")
		require.True(t, kernel.IsNotFound(err))
	})
}
