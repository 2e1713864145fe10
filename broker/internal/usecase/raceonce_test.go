package usecase_test

import (
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/secret"
)

// drawn is the identity that a form has drawn for what it makes.
const drawn = "7a0f2b58-3b5c-4f6e-9d0c-00000000000a"

// racesOfForms are about one form that comes twice at once, perhaps to two replicas.
func racesOfForms() []race {
	twice := func(name, hold, rows string, given func(*world), send func(*world) error) race {
		return race{name: name, hold: hold, given: given, first: send, second: send, then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 1, w.count(rows))
		}}
	}
	makesSecret := func(w *world) error {
		value := "v"
		_, err := w.Secret.Create(w.Context(), secret.Input{UUID: drawn, Name: w.named("TOKEN"), Value: &value})
		return err
	}
	return []race{
		twice("the form of an account comes twice", changeLock, `principal`, nil, func(w *world) error {
			_, err := w.Identity.CreateAccount(w.Context(), access.Operator(), identity.AccountInput{UUID: drawn, Name: w.named("CI")})
			return err
		}),
		twice("the form of a role comes twice", changeLock, `role`, nil, func(w *world) error {
			_, err := w.Identity.CreateRole(w.Context(), access.Operator(), identity.RoleInput{UUID: drawn, Name: "Keeper"})
			return err
		}),
		twice("the form of a team comes twice", changeLock, `team WHERE name = 'search'`, withTeam, func(w *world) error {
			_, err := w.Identity.CreateTeam(w.Context(), access.Operator(), identity.TeamInput{UUID: drawn, Name: w.named("search"), Applications: &[]string{"Shop"}})
			return err
		}),
		twice("the form of a trust rule comes twice", changeLock, `trust_rule`, func(w *world) { w.account("CI") }, func(w *world) error {
			_, err := w.Identity.CreateTrust(w.Context(), access.Operator(), identity.TrustInput{UUID: drawn, Name: w.named("build"), Issuer: w.named("https://ci.example.org"),
				Audience: w.named("x"), Match: map[string]string{"a": "b"}, Account: &w.accounts[0]})
			return err
		}),
		{
			name: "the form of a secret comes twice", hold: `LOCK TABLE secret IN SHARE MODE`, given: func(w *world) { w.Secret.Keys = keysOf(w, "key") },
			first: makesSecret, second: makesSecret,
			then: func(w *world, first, second error) {
				require.NotEqual(w, first == nil, second == nil, "nobody is told whether the values are the same: %v, %v", first, second)
				doneOr(w, first, kernel.CodeConflict)
				doneOr(w, second, kernel.CodeConflict)
				require.Equal(w, 1, w.count(`secret`))
			},
		},
	}
}
