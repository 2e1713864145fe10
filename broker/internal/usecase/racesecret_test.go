package usecase_test

import (
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/secret"
)

// keysOf are keys made of words, the newest first.
func keysOf(w *world, words ...string) secret.Keys {
	text := ""
	for _, word := range words {
		sum := sha256.Sum256([]byte(word))
		text += base64.StdEncoding.EncodeToString(sum[:]) + " "
	}
	keys, err := secret.ParseKeys(text)
	w.do(err)
	return keys
}

// withSecret is a secret under a key that is not the newest any more.
func withSecret(w *world) {
	name, value := "TOKEN", "old value"
	w.Secret.Keys = keysOf(w, "old")
	made, err := w.Secret.Create(w.Context(), secret.Input{Name: &name, Value: &value})
	w.do(err)
	w.secret = made.UUID
	w.Secret.Keys = keysOf(w, "new", "old")
}

func (w *world) changeSecret() error {
	value, hosts := "new value", []string{"ci.example.org"}
	_, err := w.Secret.Change(w.Context(), w.secret, secret.Input{Value: &value, Hosts: &hosts}, time.Time{})
	return err
}

func (w *world) rotate() error {
	_, err := w.Secret.Rotate(w.Context())
	return err
}

// sent is what webhooks would send.
func (w *world) sent() string {
	var out secret.Opened
	w.do(w.Store.View(w.Context(), func(tx kernel.Tx) (err error) {
		out, err = w.Secret.Open(tx, "", kernel.WebhookRequest{Password: "${user.TOKEN}"})
		return err
	}))
	w.do(out.Problem)
	return out.Values()["TOKEN"]
}

const secretLock = `SELECT 1 FROM secret FOR UPDATE`

func racesOfSecrets() []race {
	return []race{{
		name: "a secret is changed while it is encrypted anew", hold: secretLock, given: withSecret,
		first: func(w *world) error { return w.rotate() }, second: func(w *world) error { return w.changeSecret() },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, "new value", w.sent(), "the old value does not come back")
		},
	}, {
		name: "a secret is changed while it is deleted", hold: secretLock, given: withSecret,
		first:  func(w *world) error { return w.Secret.Delete(w.Context(), w.secret) },
		second: func(w *world) error { return w.changeSecret() },
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			doneOr(w, second, kernel.CodeNotFound)
			require.Equal(w, 0, w.count(`secret`))
		},
	}, {
		name: "secrets are encrypted anew twice at once", hold: secretLock, given: withSecret,
		first: func(w *world) error { return w.rotate() }, second: func(w *world) error { return w.rotate() },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			w.Secret.Keys = keysOf(w, "new")
			require.Equal(w, "old value", w.sent())
		},
	}}
}
