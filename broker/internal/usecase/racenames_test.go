package usecase_test

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/secret"
)

// Of two that take one name at once both see that it is free. The database knows better,
// and whoever is second is told as if they had come later.

// oneNamed is the end of two requests of which one gets the name: the other is refused
// with the sentence and the field, whether the use case or the database found it.
func oneNamed(what, rows string) func(w *world, first, second error) {
	return func(w *world, first, second error) {
		w.Helper()
		require.NotEqual(w, first == nil, second == nil, "one of them gets the name: %v, %v", first, second)
		refused := first
		if first == nil {
			refused = second
		}
		var known *kernel.Error
		require.ErrorAs(w, refused, &known)
		require.Equal(w, kernel.CodeConflict, known.Code)
		require.Equal(w, "There is "+what+" with this name already.", known.Message)
		require.Contains(w, known.Fields, "name")
		require.Equal(w, 1, w.count(rows))
	}
}

func (w *world) named(name string) *string { return &name }

func (w *world) makeRole(name string) (access.Role, error) {
	return w.Identity.CreateRole(w.Context(), access.Operator(), identity.RoleInput{Name: name})
}

func (w *world) makeTeam(name string) (kernel.Team, error) {
	return w.Identity.CreateTeam(w.Context(), access.Operator(), identity.TeamInput{Name: &name})
}

func (w *world) makeSecret(name string) (kernel.Secret, error) {
	value := "v"
	return w.Secret.Create(w.Context(), secret.Input{Name: &name, Value: &value})
}

// twoOf makes two things with names of their own, and keeps their UUIDs.
func twoOf[T any](make func(w *world, name string) (T, error), uuid func(T) string) func(w *world) {
	return func(w *world) {
		for _, name := range []string{"first", "second"} {
			made, err := make(w, name)
			w.do(err)
			w.made = append(w.made, uuid(made))
		}
	}
}

// calls renames what was made by the number.
func calls(which int, rename func(w *world, uuid string) error) func(w *world) error {
	return func(w *world) error { return rename(w, w.made[which]) }
}

func racesOfNames() []race {
	makesRole := func(w *world) error { _, err := w.makeRole("Keeper"); return err }
	makesTeam := func(w *world) error { _, err := w.makeTeam("checkout"); return err }
	makesRule := func(account int) func(w *world) error {
		return func(w *world) error {
			audience, issuer := "x", "https://ci.example.org"
			_, err := w.Identity.CreateTrust(w.Context(), access.Operator(), identity.TrustInput{Name: w.named("build"), Issuer: &issuer, Audience: &audience,
				Match: map[string]string{"a": "b"}, Account: &w.accounts[account]})
			return err
		}
	}
	makesSecret := func(w *world) error { _, err := w.makeSecret("TOKEN"); return err }
	renamesRole := func(w *world, uuid string) error {
		_, err := w.Identity.ReplaceRole(w.Context(), access.Operator(), uuid, identity.RoleInput{Name: "Keeper"})
		return err
	}
	renamesTeam := func(w *world, uuid string) error {
		_, err := w.Identity.ChangeTeam(w.Context(), access.Operator(), uuid, identity.TeamInput{Name: w.named("checkout")})
		return err
	}
	renamesRule := func(w *world, uuid string) error {
		_, err := w.Identity.ChangeTrust(w.Context(), access.Operator(), uuid, identity.TrustInput{Name: w.named("build")})
		return err
	}
	renamesSecret := func(w *world, uuid string) error {
		_, err := w.Secret.Change(w.Context(), uuid, secret.Input{Name: w.named("TOKEN")}, time.Time{})
		return err
	}
	renamesEnvironment := func(w *world, uuid string) error {
		_, err := w.Registry.ReplaceEnvironment(w.Context(), uuid, registry.EnvironmentInput{Name: "live"})
		return err
	}
	withKey := func(w *world) { w.Secret.Keys = keysOf(w, "key") }
	replacesWebhook := func(description string) func(w *world) error {
		return func(w *world) error {
			_, _, err := w.Webhook.ReplaceWebhook(w.Context(), kernel.Webhook{UUID: "7a0f2b58-3b5c-4f6e-9d0c-000000000001", Description: description, Enabled: true,
				Events: []kernel.EventName{kernel.EventContractPublished}, Request: kernel.WebhookRequest{Method: "POST", URL: "https://example.org/hook"}})
			return err
		}
	}
	return []race{{
		name: "two roles get one name", hold: changeLock,
		first: makesRole, second: makesRole, then: oneNamed("a role", `role WHERE name = 'Keeper'`),
	}, {
		name: "two roles are given one name", hold: changeLock,
		given: twoOf((*world).makeRole, func(r access.Role) string { return r.UUID }),
		first: calls(0, renamesRole), second: calls(1, renamesRole), then: oneNamed("a role", `role WHERE name = 'Keeper'`),
	}, {
		name: "two teams get one name", hold: changeLock,
		first: makesTeam, second: makesTeam, then: oneNamed("a team", `team WHERE name = 'checkout'`),
	}, {
		name: "two teams are given one name", hold: changeLock,
		given: twoOf((*world).makeTeam, func(m kernel.Team) string { return m.UUID }),
		first: calls(0, renamesTeam), second: calls(1, renamesTeam), then: oneNamed("a team", `team WHERE name = 'checkout'`),
	}, {
		name: "two trust rules get one name", hold: changeLock,
		given: func(w *world) { w.account("CI"); w.account("Other CI") },
		first: makesRule(0), second: makesRule(1), then: oneNamed("a trust rule", `trust_rule WHERE name = 'build'`),
	}, {
		name: "two trust rules are given one name", hold: ruleLock,
		given: func(w *world) { withTrust(w); w.made = w.trust.rules },
		first: calls(0, renamesRule), second: calls(1, renamesRule), then: oneNamed("a trust rule", `trust_rule WHERE name = 'build'`),
	}, {
		name: "two secrets get one name", hold: `LOCK TABLE secret IN SHARE MODE`, given: withKey,
		first: makesSecret, second: makesSecret, then: oneNamed("a secret", `secret WHERE name = 'TOKEN'`),
	}, {
		name: "two secrets are given one name", hold: `LOCK TABLE secret IN SHARE MODE`,
		given: func(w *world) {
			withKey(w)
			twoOf((*world).makeSecret, func(s kernel.Secret) string { return s.UUID })(w)
		},
		first: calls(0, renamesSecret), second: calls(1, renamesSecret), then: oneNamed("a secret", `secret WHERE name = 'TOKEN'`),
	}, {
		name: "two environments are given one name", hold: `LOCK TABLE environment IN SHARE MODE`,
		given: twoOf(func(w *world, name string) (kernel.Environment, error) {
			return w.Registry.CreateEnvironment(w.Context(), registry.EnvironmentInput{Name: name})
		}, func(e kernel.Environment) string { return e.UUID }),
		first: calls(0, renamesEnvironment), second: calls(1, renamesEnvironment),
		then: func(w *world, first, second error) {
			require.NotEqual(w, first == nil, second == nil, "one is refused: %v, %v", first, second)
			doneOr(w, first, kernel.CodeInvalid)
			doneOr(w, second, kernel.CodeInvalid)
			require.Equal(w, 1, w.count(`environment WHERE name = 'live'`))
		},
	}, {
		name: "two applications get one name", hold: `LOCK TABLE pacticipant IN SHARE MODE`,
		first: func(w *world) error { return w.patch(registry.PacticipantChange{Name: "Shop"}) }, second: func(w *world) error { return w.mainBranch("Shop", "main") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 1, w.count(`pacticipant`))
		},
	}, {
		name: "two put one label on", hold: `LOCK TABLE label IN SHARE MODE`, given: func(w *world) { w.do(w.patch(registry.PacticipantChange{Name: "Shop"})) },
		first: putsLabel, second: putsLabel,
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 1, w.count(`label`))
		},
	}, {
		name: "one webhook is made twice at its address", hold: `LOCK TABLE webhook IN SHARE MODE`,
		first: replacesWebhook("one"), second: replacesWebhook("other"),
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 1, w.count(`webhook`))
		},
	}}
}

func putsLabel(w *world) error {
	_, _, err := w.Registry.PutLabel(w.Context(), "Shop", "web")
	return err
}
