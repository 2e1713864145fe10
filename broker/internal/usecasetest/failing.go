package usecasetest

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/webhook"

	brokerstore "github.com/treatyhq/treaty/broker/internal/store"
)

// errFault is what a call to the store fails with.
var errFault = errors.New("the disk is on fire")

// Failing is a store of which one call after another can be made to fail.
type Failing struct {
	store kernel.Store
	// calls have been made since failAt was set; the call of this number fails.
	calls, failAt int
}

// NewFailing returns a broker on a database of its own that can fail.
func NewFailing(t *testing.T) (*usecase.All, *Failing) {
	t.Helper()
	f := &Failing{store: storetest.SQLite(t, brokerstore.Options{})}
	settings := kernel.DefaultSettings()
	settings.CheckSimilarNames = false
	return usecase.New(f, settings), f
}

// Noticed implements kernel.Store.
func (f *Failing) Noticed() int64 { return f.store.Noticed() }

// EachCall does something again and again: another call to the store fails each
// time, until there are no more and it is done. Each failure has to come back as
// it is, and to leave nothing behind.
func (f *Failing) EachCall(t *testing.T, do func() error) {
	t.Helper()
	f.eachCall(t, true, do)
}

// EachCallOfParts is EachCall for what is done in several transactions, so that
// a failure leaves behind what went before.
func (f *Failing) EachCallOfParts(t *testing.T, do func() error) {
	t.Helper()
	f.eachCall(t, false, do)
}

func (f *Failing) eachCall(t *testing.T, whole bool, do func() error) {
	t.Helper()
	const most = 1000
	for n := 1; n < most; n++ {
		before := f.count(t)
		f.calls, f.failAt = 0, n
		err := do()
		calls := f.calls
		f.failAt = 0
		if calls < n {
			require.NoError(t, err, "without a failure")
			require.Greater(t, n, 1, "it asked the store for nothing")
			return
		}
		require.ErrorIs(t, err, errFault, "call %d of the store failed", n)
		if whole {
			require.Equal(t, before, f.count(t), "call %d of the store failed, and left something behind", n)
		}
	}
	require.Fail(t, "it makes too many calls")
}

func (f *Failing) count(t *testing.T) (out kernel.Metrics) {
	t.Helper()
	require.NoError(t, f.store.View(t.Context(), func(tx kernel.Tx) (err error) {
		out, err = tx.CountAll()
		return err
	}))
	return out
}

func (f *Failing) fails() error {
	if f.calls++; f.calls == f.failAt {
		return errFault
	}
	return nil
}

// View implements kernel.Store.
func (f *Failing) View(ctx context.Context, fn func(kernel.Tx) error) error {
	return f.store.View(ctx, func(tx kernel.Tx) error { return fn(&failingTx{tx, f}) })
}

// Update implements kernel.Store.
func (f *Failing) Update(ctx context.Context, fn func(kernel.Tx) error) error {
	return f.store.Update(ctx, func(tx kernel.Tx) error { return fn(&failingTx{tx, f}) })
}

// Close implements kernel.Store.
func (f *Failing) Close() error { return f.store.Close() }

// Landscape is a broker that holds one of everything: Foo 1 and 2 with a pact for
// Bar, verified by Bar 1; Bar 1 is deployed to test, Foo 1 released there; a
// webhook waits for everything. It returns the names that the broker gave.
func Landscape(t *testing.T, s *usecase.All) (environment, sha, webhookUUID string) {
	t.Helper()
	ctx := t.Context()
	env, err := s.Registry.CreateEnvironment(ctx, registry.EnvironmentInput{Name: "test"})
	require.NoError(t, err)
	hook, err := s.Webhook.CreateWebhook(ctx, kernel.Webhook{
		Enabled: true, Events: webhook.EventNames(), Provider: kernel.WebhookSide{Name: ""},
		Request: kernel.WebhookRequest{Method: "POST", URL: "https://ci.example.org/build"},
	})
	require.NoError(t, err)
	for _, number := range []string{"1", "2"} {
		_, err = s.Publish.PublishContracts(ctx, Contracts("Foo", number, "main", "Bar"))
		require.NoError(t, err)
	}
	pact, err := s.Publish.FindPact(ctx, kernel.PactQuery{Consumer: "Foo", Provider: "Bar", Latest: true})
	require.NoError(t, err)
	_, err = s.Result.RecordVerification(ctx, result.VerificationInput{Consumer: "Foo", Provider: "Bar", SHA: pact.SHA, ProviderVersion: "1", Success: true})
	require.NoError(t, err)
	_, _, err = s.Registry.PutBranchVersion(ctx, "Bar", "main", "1")
	require.NoError(t, err)
	_, err = s.Registry.RecordDeployment(ctx, registry.Deployment{Pacticipant: "Bar", Version: "1", EnvironmentUUID: env.UUID})
	require.NoError(t, err)
	_, _, err = s.Registry.RecordRelease(ctx, registry.Deployment{Pacticipant: "Foo", Version: "1", EnvironmentUUID: env.UUID})
	require.NoError(t, err)
	_, _, err = s.Registry.PutLabel(ctx, "Foo", "team")
	require.NoError(t, err)
	return env.UUID, pact.SHA, hook.UUID
}
