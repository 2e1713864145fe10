package usecase_test

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/issuer"
	"github.com/treatyhq/treaty/broker/internal/issuertest"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

const ruleLock = `SELECT 1 FROM trust_rule FOR UPDATE`

// trusting is a broker that trusts a build server.
type trusting struct {
	of      *issuertest.Issuer
	keyring *identity.Keyring
	rules   []string
}

// withTrust is an account with three trust rules.
func withTrust(w *world) {
	w.account("CI")
	w.trust = &trusting{of: issuertest.New(w.T)}
	w.trust.keyring = w.Identity.Keyring(time.Now, issuer.New(http.DefaultClient, time.Now, slog.New(slog.DiscardHandler)), slog.New(slog.DiscardHandler))
	w.T.Cleanup(w.trust.keyring.Close)
	for _, name := range []string{"a", "b", "c"} {
		made, err := w.addRule(name)
		w.do(err)
		w.trust.rules = append(w.trust.rules, made.UUID)
	}
}

func (w *world) addRule(name string) (kernel.TrustRule, error) {
	audience := "x"
	return w.Identity.CreateTrust(w.Context(), access.Operator(), identity.TrustInput{Name: &name, Issuer: &w.trust.of.URL, Audience: &audience, Match: map[string]string{"name": name}, Account: &w.accounts[0]})
}

func (w *world) moveRule(rule, to int) error {
	_, err := w.Identity.ChangeTrust(w.Context(), access.Operator(), w.trust.rules[rule], identity.TrustInput{Position: &to})
	return err
}

func racesOfTrust() []race {
	return []race{{
		name: "a trust rule is made for an account that is deleted", hold: accountLock, given: withTrust,
		first: func(w *world) error { return w.Identity.DeleteAccount(w.Context(), access.Operator(), w.accounts[0]) },
		second: func(w *world) error {
			_, err := w.addRule("d")
			return err
		},
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			doneOr(w, second, kernel.CodeInvalid)
			require.Equal(w, 0, w.count(`trust_rule`))
		},
	}, {
		name: "two trust rules are moved", hold: ruleLock, given: withTrust,
		first: func(w *world) error { return w.moveRule(2, 1) }, second: func(w *world) error { return w.moveRule(1, 1) },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			all, err := w.Identity.ListTrust(w.Context())
			require.NoError(w, err)
			for i, r := range all {
				require.Equal(w, i+1, r.Position, "each has a place of its own")
			}
			require.Equal(w, "a", all[2].Name)
		},
	}, {
		name: "a token is exchanged by a rule that is deleted", hold: ruleLock, given: withTrust,
		first: func(w *world) error { return w.Identity.DeleteTrust(w.Context(), access.Operator(), w.trust.rules[0]) },
		second: func(w *world) error {
			_, err := w.trust.keyring.Exchange(w.Context(), w.trust.of.Token(time.Now(), map[string]any{"aud": "x", "name": "a"}))
			return err
		},
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			doneOr(w, second, kernel.CodeUnauthorized, kernel.CodeConflict)
			require.Equal(w, 0, w.count(`token WHERE rule_id IS NOT NULL`))
		},
	}}
}
