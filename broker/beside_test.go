package broker_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
)

// keysOf are keys for secrets, one for each letter, the first of which encrypts.
func keysOf(letters string) broker.Secret {
	var out []string
	for _, letter := range letters {
		out = append(out, base64.StdEncoding.EncodeToString([]byte(strings.Repeat(string(letter), 32))))
	}
	return broker.Secret(strings.Join(out, ","))
}

// made is a database in which a broker was, which keeps a record if it is told to.
func made(t *testing.T, options ...brokertest.Option) string {
	t.Helper()
	database := "sqlite:" + filepath.Join(t.TempDir(), "treaty.db")
	running := brokertest.Start(t, append(options, brokertest.Database(database))...)
	running.Stop()
	return database
}

// TestCommandsBesideABrokerMakeNoDatabase, and name no password of one that is away.
func TestCommandsBesideABrokerMakeNoDatabase(t *testing.T) {
	t.Parallel()
	ctx, name := t.Context(), "x"
	for what, try := range map[string]func(database string) error{
		"grant":  func(d string) error { return broker.GrantAdministrator(ctx, d, "ada@example.org") },
		"revoke": func(d string) error { return broker.RevokeAdministrator(ctx, d, "ada@example.org") },
		"admins": func(d string) error { _, err := broker.ListAdministrators(ctx, d); return err },
		"verify": func(d string) error { _, err := broker.VerifyAudit(ctx, d, 0, ""); return err },
		"events": func(d string) error {
			return broker.ListAudit(ctx, d, time.Time{}, func(broker.AuditEvent) error { return nil })
		},
		"create": func(d string) error {
			_, err := broker.CreateSecret(ctx, d, keysOf("a"), broker.SecretInput{Name: &name})
			return err
		},
		"list": func(d string) error { _, err := broker.ListSecrets(ctx, d); return err },
		"update": func(d string) error {
			_, err := broker.UpdateSecret(ctx, d, keysOf("a"), "x", broker.SecretInput{})
			return err
		},
		"delete": func(d string) error { return broker.DeleteSecret(ctx, d, "x") },
		"rotate": func(d string) error { _, err := broker.RotateSecrets(ctx, d, keysOf("a")); return err },
	} {
		file := filepath.Join(t.TempDir(), "treaty.db")
		require.ErrorIs(t, try("sqlite:"+file), broker.ErrNoDatabase, what)
		require.NoFileExists(t, file, what)
		err := try("postgres://me:hunter2@127.0.0.1:1/treaty?connect_timeout=1")
		require.Error(t, err, what)
		require.NotContains(t, err.Error(), "hunter2", what)
	}
}

// TestAdministratorsAreNamedBesideABroker: who is named was never here, is found again in
// any case of the address, and the last one stays.
func TestAdministratorsAreNamedBesideABroker(t *testing.T) {
	t.Parallel()
	ctx, database := t.Context(), made(t)
	emails := func() (out []string) {
		list, err := broker.ListAdministrators(ctx, database)
		require.NoError(t, err)
		for _, a := range list {
			require.NotEmpty(t, a.UUID)
			require.True(t, a.Active)
			require.False(t, a.ByLogin, "no group of a login service gave it")
			require.Zero(t, a.LastLoginAt)
			out = append(out, a.Name+" "+a.Email)
		}
		return out
	}
	require.Empty(t, emails())
	require.ErrorContains(t, broker.GrantAdministrator(ctx, database, "Ada Lovelace"), "email")
	require.NoError(t, broker.GrantAdministrator(ctx, database, "Zoe@Example.org"))
	require.NoError(t, broker.GrantAdministrator(ctx, database, " ada@example.org "))
	require.NoError(t, broker.GrantAdministrator(ctx, database, "ada@example.org"), "once more changes nothing")
	require.Equal(t, []string{"ada ada@example.org", "zoe zoe@example.org"}, emails(), "by name")

	_, err := broker.CreateToken(ctx, database, broker.NewToken{Role: "Administrator", Name: "robot"})
	require.NoError(t, err)
	require.Contains(t, emails(), "robot ", "an account is one too, and has no address")

	require.Error(t, broker.RevokeAdministrator(ctx, database, "bob@example.org"), "who is not there")
	require.NoError(t, broker.RevokeAdministrator(ctx, database, "ZOE@example.org"))
	require.Equal(t, []string{"ada ada@example.org", "robot "}, emails())
}

// TestTheLastAdministratorIsNotTakenAway: nobody could name another one over the API.
func TestTheLastAdministratorIsNotTakenAway(t *testing.T) {
	t.Parallel()
	database := made(t)
	require.NoError(t, broker.GrantAdministrator(t.Context(), database, "ada@example.org"))
	require.ErrorContains(t, broker.RevokeAdministrator(t.Context(), database, "ada@example.org"), "last")
	list, err := broker.ListAdministrators(t.Context(), database)
	require.NoError(t, err)
	require.Len(t, list, 1)
}

func TestSecretsAreKeptBesideABroker(t *testing.T) {
	t.Parallel()
	ctx, database := t.Context(), made(t)
	value, none := broker.Secret("hunter2"), []string{}
	_, err := broker.CreateSecret(ctx, database, "", broker.SecretInput{Name: new("CI"), Value: &value})
	require.ErrorContains(t, err, "key", "without one nothing is kept")
	_, err = broker.CreateSecret(ctx, database, "short", broker.SecretInput{Name: new("CI"), Value: &value})
	require.ErrorContains(t, err, "key")
	_, err = broker.CreateSecret(ctx, database, keysOf("a"), broker.SecretInput{Name: new("CI")})
	require.ErrorContains(t, err, "value")

	ci, err := broker.CreateSecret(ctx, database, keysOf("a"), broker.SecretInput{Name: new("CI"), Description: new("of the build server"), Value: &value, Hosts: &[]string{"CI.example.org"}})
	require.NoError(t, err)
	chat, err := broker.CreateSecret(ctx, database, keysOf("b"), broker.SecretInput{Name: new("CHAT"), Value: &value})
	require.NoError(t, err)
	require.NotEqual(t, ci.Key, chat.Key)
	list, err := broker.ListSecrets(ctx, database)
	require.NoError(t, err)
	require.Equal(t, []string{chat.UUID, ci.UUID}, []string{list[0].UUID, list[1].UUID}, "by name")
	require.Equal(t, ci, list[1], "it is listed as it was told when it was made")
	require.Equal(t, []string{"ci.example.org"}, ci.Hosts)
	shown, err := json.Marshal(list)
	require.NoError(t, err)
	require.NotContains(t, string(shown), "hunter2")

	changed, err := broker.UpdateSecret(ctx, database, keysOf("a"), ci.UUID, broker.SecretInput{Description: new("")})
	require.NoError(t, err)
	require.Equal(t, []any{"CI", "", ci.Hosts, ci.Key}, []any{changed.Name, changed.Description, changed.Hosts, changed.Key}, "what is not given stays, and what is empty is meant")
	require.True(t, changed.UpdatedAt.After(ci.UpdatedAt))
	_, err = broker.UpdateSecret(ctx, database, keysOf("b"), ci.UUID, broker.SecretInput{Name: new("CI_TOO")})
	require.ErrorContains(t, err, "encrypted anew", "a value is bound to its name, and nobody else has its key")
	_, err = broker.UpdateSecret(ctx, database, keysOf("a"), ci.UUID, broker.SecretInput{Hosts: &none})
	require.ErrorContains(t, err, "give the value again", "it goes no further than it was given for")
	changed, err = broker.UpdateSecret(ctx, database, keysOf("a"), ci.UUID, broker.SecretInput{Hosts: &none, Value: &value})
	require.NoError(t, err)
	require.Empty(t, changed.Hosts)

	done, err := broker.RotateSecrets(ctx, database, keysOf("c"))
	require.Zero(t, done)
	require.ErrorContains(t, err, "CHAT", "it names what no key opens")
	require.ErrorContains(t, err, "CI")
	done, err = broker.RotateSecrets(ctx, database, keysOf("cab"))
	require.NoError(t, err)
	require.Equal(t, 2, done)
	done, err = broker.RotateSecrets(ctx, database, keysOf("c"))
	require.NoError(t, err)
	require.Zero(t, done, "all of them are encrypted with the first")

	require.NoError(t, broker.DeleteSecret(ctx, database, chat.UUID), "to delete one needs no key")
	require.ErrorContains(t, broker.DeleteSecret(ctx, database, chat.UUID), "no secret")
	list, err = broker.ListSecrets(ctx, database)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, changed.UpdatedAt, list[0].UpdatedAt, "to encrypt one anew is no change")
}

// TestWhatTheOperatorDoesIsRecordedWhereARecordIsKept, and nowhere else.
func TestWhatTheOperatorDoesIsRecordedWhereARecordIsKept(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	types := func(database string, since time.Time) (out []string) {
		require.NoError(t, broker.ListAudit(ctx, database, since, func(e broker.AuditEvent) error {
			require.Equal(t, []string{"the operator", "operator", "command line", "allowed", ""}, []string{e.UserName, e.UserType, e.Resource, e.Outcome, e.UserUUID})
			out = append(out, e.Type)
			return nil
		}))
		return out
	}
	without := made(t)
	require.NoError(t, broker.GrantAdministrator(ctx, without, "ada@example.org"))
	require.Empty(t, types(without, time.Time{}))

	database := made(t, func(o *broker.Options) { o.Audit = true })
	value := broker.Secret("hunter2")
	begin := time.Now()
	require.NoError(t, broker.GrantAdministrator(ctx, database, "ada@example.org"))
	kept, err := broker.CreateSecret(ctx, database, keysOf("a"), broker.SecretInput{Name: new("CI"), Value: &value})
	require.NoError(t, err)
	_, err = broker.UpdateSecret(ctx, database, keysOf("a"), kept.UUID, broker.SecretInput{Description: new("d")})
	require.NoError(t, err)
	_, err = broker.RotateSecrets(ctx, database, keysOf("ba"))
	require.NoError(t, err)
	require.NoError(t, broker.DeleteSecret(ctx, database, kept.UUID))
	require.Error(t, broker.DeleteSecret(ctx, database, kept.UUID))
	want := []string{"user_invited", "account_roles_changed", "secret_created", "secret_saved", "secret_rotated", "secret_deleted"}
	require.Equal(t, want, types(database, begin.Add(-time.Minute)), "in their order, and what failed is none of it")
	require.Empty(t, types(database, begin.Add(time.Hour)))

	stop, seen := errors.New("enough"), 0
	require.ErrorIs(t, broker.ListAudit(ctx, database, time.Time{}, func(broker.AuditEvent) error { seen++; return stop }), stop)
	require.Equal(t, 1, seen, "it ends with the first error")

	found, err := broker.VerifyAudit(ctx, database, 0, "")
	require.NoError(t, err)
	require.Equal(t, len(want), found.Unsealed, "no broker has given them their places yet")
	require.WithinDuration(t, begin, *found.OldestUnsealed, time.Minute)
	require.Empty(t, found.Break)
	found, err = broker.VerifyAudit(ctx, database, 7, "a hash that somebody wrote down")
	require.NoError(t, err)
	require.Contains(t, found.Break, "no event 7")

	brokertest.Start(t, brokertest.Database(database), func(o *broker.Options) { o.Audit = true })
	require.Eventually(t, func() bool {
		found, err = broker.VerifyAudit(ctx, database, 0, "")
		return err == nil && found.Unsealed == 0
	}, 10*time.Second, 50*time.Millisecond)
	require.Nil(t, found.OldestUnsealed)
	require.Equal(t, []int64{int64(len(want)), int64(len(want))}, []int64{found.Events, found.Seq})
	again, err := broker.VerifyAudit(ctx, database, found.Seq, found.Hash)
	require.NoError(t, err)
	require.Empty(t, again.Break, "the hash that it told is the one that it knows again")
}

// TestAProxyIsNamedByItsAddress: an error of it shows no password.
func TestAProxyIsNamedByItsAddress(t *testing.T) {
	t.Parallel()
	for _, of := range []string{"Delivery", "Issuers"} {
		check := func(proxy string) error {
			o := broker.DefaultOptions()
			if of == "Delivery" {
				o.Delivery.Proxy = proxy
			} else {
				o.Issuers.Proxy = proxy
			}
			return o.Validate()
		}
		for _, right := range []string{"", "http://proxy.example.org:3128", "https://me:hunter2@proxy.example.org", "socks5://127.0.0.1:1080"} {
			require.NoError(t, check(right), right)
		}
		for _, wrong := range []string{"proxy.example.org:3128", "ftp://me:hunter2@proxy.example.org", "http://", "http://me:hunter2@proxy.example.org:port", "socks5h:proxy"} {
			err := check(wrong)
			require.ErrorContains(t, err, of+".Proxy must look like http://proxy.example.org:3128", wrong)
			require.NotContains(t, err.Error(), "hunter2")
		}
	}
}
