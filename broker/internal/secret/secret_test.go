package secret_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/secret"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

func key(n byte) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(string(rune('a'+n)), 32)))
}

func keys(t *testing.T, n ...byte) secret.Keys {
	t.Helper()
	var words []string
	for _, i := range n {
		words = append(words, key(i))
	}
	out, err := secret.ParseKeys(strings.Join(words, "\n"))
	require.NoError(t, err)
	return out
}

func TestKeysAreReadAndNeverPrinted(t *testing.T) {
	t.Parallel()
	some, err := secret.ParseKeys(key(0) + ", " + key(1) + "\n")
	require.NoError(t, err)
	require.Equal(t, keys(t, 0).Newest(), some.Newest(), "the first encrypts")
	require.NotEqual(t, keys(t, 1).Newest(), some.Newest())
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		require.Equal(t, "2 keys for secrets", fmt.Sprintf(verb, some))
	}
	none, err := secret.ParseKeys(" \n")
	require.NoError(t, err)
	require.False(t, none.Any())
	for _, wrong := range []string{"hunter2", key(0)[:40], key(0) + " x", key(0) + " " + key(0)} {
		_, err := secret.ParseKeys(wrong)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "hunter2")
		require.NotContains(t, err.Error(), key(0)[:8])
	}
	url := strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\xfb\xff", 16))))
	_, err = secret.ParseKeys(url)
	require.NoError(t, err, "in the alphabet of addresses, without padding")
}

// on runs a test with a service on each database.
func on(t *testing.T, test func(t *testing.T, all *usecase.All)) {
	t.Helper()
	t.Parallel()
	usecasetest.OnEach(t, test)
}

func input(name, value string, hosts ...string) secret.Input {
	return secret.Input{Name: &name, Value: &value, Hosts: &hosts}
}

func open(t *testing.T, all *usecase.All, names ...string) secret.Opened {
	t.Helper()
	var out secret.Opened
	require.NoError(t, all.Store.View(t.Context(), func(tx kernel.Tx) (err error) {
		out, err = all.Secret.Open(tx, "", kernel.WebhookRequest{Username: "${user." + strings.Join(names, "} ${user.") + "}"})
		return err
	}))
	return out
}

func TestASecretIsKeptAndOpened(t *testing.T) {
	on(t, func(t *testing.T, all *usecase.All) {
		ctx := t.Context()
		_, err := all.Secret.Create(ctx, input("TOKEN", "s3cret"))
		require.Equal(t, kernel.CodeConflict, kernel.CodeOf(err), "without a key")
		require.ErrorContains(t, err, "--secrets-key-file")
		all.Secret.Keys = keys(t, 0)
		made, err := all.Secret.Create(ctx, input("TOKEN", "s3cret", "CI.example.org"))
		require.NoError(t, err)
		require.NotContains(t, string(made.Sealed), "s3cret")
		_, err = all.Secret.Create(ctx, input("TOKEN", "other"))
		require.Equal(t, kernel.CodeConflict, kernel.CodeOf(err))

		opened := open(t, all, "TOKEN")
		require.NoError(t, opened.Problem)
		require.Equal(t, map[string]string{"TOKEN": "s3cret"}, opened.Values())
		require.Equal(t, "**********", fmt.Sprintf("%+v", opened))
		require.NoError(t, opened.MayGo("ci.EXAMPLE.org"))
		require.ErrorContains(t, opened.MayGo("evil.example.org"), "not for the host evil.example.org, but for ci.example.org")
		require.Error(t, opened.MayGo(""))
		require.ErrorContains(t, open(t, all, "TOKEN", "OTHER").Problem, "no secret OTHER")

		// What is changed keeps the value, bound to what the secret is now.
		renamed, none := "NEXT", []string{}
		_, err = all.Secret.Change(ctx, made.UUID, secret.Input{Name: &renamed}, time.Time{})
		require.NoError(t, err)
		require.Equal(t, "s3cret", open(t, all, "NEXT").Values()["NEXT"])
		require.Error(t, open(t, all, "NEXT").MayGo("anywhere.example"))
		changed, err := all.Secret.Change(ctx, made.UUID, secret.Input{Value: new("second"), Hosts: &none}, time.Time{})
		require.NoError(t, err)
		require.NoError(t, open(t, all, "NEXT").MayGo("anywhere.example"))
		_, err = all.Secret.Change(ctx, made.UUID, input("NEXT", "third"), made.UpdatedAt)
		require.Equal(t, kernel.CodeConflict, kernel.CodeOf(err), "somebody has changed it since")
		_, err = all.Secret.Change(ctx, made.UUID, input("NEXT", "third"), changed.UpdatedAt)
		require.NoError(t, err)
		require.Equal(t, "third", open(t, all, "NEXT").Values()["NEXT"])

		// Without the key it is not opened, and not bound to another name.
		all.Secret.Keys = keys(t, 1)
		require.ErrorContains(t, open(t, all, "NEXT").Problem, "which this broker does not have")
		_, err = all.Secret.Change(ctx, made.UUID, secret.Input{Name: new("LAST")}, time.Time{})
		require.Equal(t, kernel.CodeConflict, kernel.CodeOf(err))
		require.NoError(t, all.Secret.Delete(ctx, made.UUID))
		require.True(t, kernel.IsNotFound(all.Secret.Delete(ctx, made.UUID)))
	})
}

// TestAValueIsKeptForNoMoreHosts: who changes where a value may go without knowing it could
// have it sent to themselves.
func TestAValueIsKeptForNoMoreHosts(t *testing.T) {
	on(t, func(t *testing.T, all *usecase.All) {
		ctx := t.Context()
		all.Secret.Keys = keys(t, 0)
		made, err := all.Secret.Create(ctx, input("TOKEN", "s3cret", "ci.example.org", "*.example.net", "10.0.0.0/8"))
		require.NoError(t, err)
		for _, hosts := range [][]string{{}, {"evil.example"}, {"ci.example.org", "evil.example"}, {"*.example.org"}, {"a.b.example.net"}, {"0.0.0.0/0"}, {"10.0.0.0/9"}, {"*.a.example.net"}, {"11.0.0.1"}} {
			_, err := all.Secret.Change(ctx, made.UUID, secret.Input{Hosts: &hosts}, time.Time{})
			require.Equal(t, kernel.CodeInvalid, kernel.CodeOf(err), hosts)
			require.ErrorContains(t, err, "give the value again", hosts)
			require.Error(t, open(t, all, "TOKEN").MayGo("evil.example"))
		}
		for _, hosts := range [][]string{{"CI.example.org", "*.example.net", "10.0.0.0/8"}, {"*.example.net", "10.0.0.0/8"}, {"one.example.net", "10.1.2.3"}, {"one.example.net"}} {
			_, err := all.Secret.Change(ctx, made.UUID, secret.Input{Hosts: &hosts}, time.Time{})
			require.NoError(t, err, hosts)
		}
		_, err = all.Secret.Change(ctx, made.UUID, input("TOKEN", "another", "evil.example"), time.Time{})
		require.NoError(t, err)
		require.Equal(t, map[string]string{"TOKEN": "another"}, open(t, all, "TOKEN").Values())
	})
}

func TestWhatASecretMayBe(t *testing.T) {
	on(t, func(t *testing.T, all *usecase.All) {
		all.Secret.Keys = keys(t, 0)
		for name, in := range map[string]secret.Input{
			"no name": {Value: new("x")}, "an empty name": input("", "x"), "a digit first": input("1A", "x"), "a dash": input("A-B", "x"), "a long name": input(strings.Repeat("a", 101), "x"),
			"no value": {Name: new("A")}, "an empty value": input("A", ""), "a long value": input("A", strings.Repeat("x", 16<<10+1)), "a zero byte": input("A", "a\x00b"),
			"a URL": input("A", "x", "https://a.example"), "an expression": input("A", "x", "/.*/"), "two in one": input("A", "x", "a b"), "no network": input("A", "x", "10.0.0.0/99"), "an empty host": input("A", "x", ""),
		} {
			_, err := all.Secret.Create(t.Context(), in)
			require.Equal(t, kernel.CodeInvalid, kernel.CodeOf(err), name)
		}
		_, err := all.Secret.Create(t.Context(), input(strings.Repeat("a", 100), "line\nbreak", "*.example.org", "10.0.0.0/8", "::1"))
		require.NoError(t, err)
	})
}

// TestARowThatWasChangedIsNotOpened changes in the database what decides where a value
// goes.
func TestARowThatWasChangedIsNotOpened(t *testing.T) {
	on(t, func(t *testing.T, all *usecase.All) {
		all.Secret.Keys = keys(t, 0)
		first, err := all.Secret.Create(t.Context(), input("ONE", "first", "ci.example.org"))
		require.NoError(t, err)
		second, err := all.Secret.Create(t.Context(), input("TWO", "second"))
		require.NoError(t, err)
		for name, change := range map[string]func(one, two kernel.Secret) kernel.Secret{
			"the hosts are gone":       func(one, _ kernel.Secret) kernel.Secret { one.Hosts = nil; return one },
			"one host more":            func(one, _ kernel.Secret) kernel.Secret { one.Hosts = append(one.Hosts, "evil.example"); return one },
			"the value of another row": func(one, two kernel.Secret) kernel.Secret { one.Sealed = two.Sealed; return one },
			"a bit of the value": func(one, _ kernel.Secret) kernel.Secret {
				one.Sealed = append([]byte{one.Sealed[0] ^ 1}, one.Sealed[1:]...)
				return one
			},
			"a value that is too short": func(one, _ kernel.Secret) kernel.Secret { one.Sealed = one.Sealed[:5]; return one },
		} {
			save(t, all, change(first, second))
			require.ErrorContains(t, open(t, all, "ONE").Problem, "changed from outside", name)
		}
		first.Name, second.Name = "TWO", "OTHER"
		save(t, all, second)
		save(t, all, first)
		require.ErrorContains(t, open(t, all, "TWO").Problem, "changed from outside", "under the name of another")
	})
}

func save(t *testing.T, all *usecase.All, s kernel.Secret) {
	t.Helper()
	require.NoError(t, all.Store.Update(t.Context(), func(tx kernel.Tx) error { return tx.SaveSecret(s) }))
}

func TestRotation(t *testing.T) {
	on(t, func(t *testing.T, all *usecase.All) {
		ctx := t.Context()
		all.Secret.Keys = keys(t, 0)
		for i := range 120 { // more than two steps
			_, err := all.Secret.Create(ctx, input(fmt.Sprintf("S%d", i), fmt.Sprintf("value %d", i)))
			require.NoError(t, err)
		}
		all.Secret.Keys = keys(t, 9)
		lost, err := all.Secret.Create(ctx, input("LOST", "nobody has the key"))
		require.NoError(t, err)

		// Who is interrupted after the first step begins again.
		all.Secret.Keys = keys(t, 1, 0)
		interrupted, cancel := context.WithCancel(ctx)
		all.Secret.Store = &stopping{Store: all.Store, after: 1, stop: cancel}
		done, err := all.Secret.Rotate(interrupted)
		require.Error(t, err)
		require.Equal(t, 50, done)
		all.Secret.Store = all.Secret.Store.(*stopping).Store
		done, err = all.Secret.Rotate(ctx)
		require.Equal(t, 70, done)
		require.ErrorContains(t, err, "LOST", "it says which none of the keys opens")
		require.NoError(t, all.Secret.Delete(ctx, lost.UUID))

		all.Secret.Keys = keys(t, 1)
		require.Equal(t, "value 7", open(t, all, "S7").Values()["S7"])
		require.Equal(t, "value 119", open(t, all, "S119").Values()["S119"])
		done, err = all.Secret.Rotate(ctx)
		require.NoError(t, err)
		require.Zero(t, done)
		all.Secret.Keys = secret.Keys{}
		_, err = all.Secret.Rotate(ctx)
		require.Error(t, err)
	})
}

// stopping is a store that ends a context after some updates.
type stopping struct {
	kernel.Store
	after int
	stop  func()
}

func (s *stopping) Update(ctx context.Context, fn func(kernel.Tx) error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err := s.Store.Update(ctx, fn)
	if s.after--; s.after == 0 {
		s.stop()
	}
	return err
}
