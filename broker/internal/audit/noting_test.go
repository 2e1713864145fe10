package audit_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/audit"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/secret"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// recorded is a broker that keeps a record, and what is needed to set things in it.
type recorded struct {
	t *testing.T
	*usecase.All
	team, account, account2 string
}

// onRecorded runs a test on each database.
func onRecorded(t *testing.T, test func(t *testing.T, r *recorded)) {
	t.Helper()
	for name, open := range storetest.Plain() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := usecase.New(audit.Around(open(t, store.Options{}), time.Now, kernel.NewID), kernel.DefaultSettings())
			var err error
			all.Secret.Keys, err = secret.ParseKeys(base64.StdEncoding.EncodeToString(make([]byte, 32)))
			require.NoError(t, err)
			r := &recorded{t: t, All: all}
			team, err := all.Identity.CreateTeam(t.Context(), access.Operator(), identity.TeamInput{Name: new("checkout")})
			require.NoError(t, err)
			r.team = team.UUID
			for _, uuid := range []*string{&r.account, &r.account2} {
				made, err := all.Identity.CreateAccount(t.Context(), access.Operator(), identity.AccountInput{Name: new("CI of " + t.Name())})
				require.NoError(t, err)
				*uuid = made.UUID
			}
			test(t, r)
		})
	}
}

// changes returns what the event of one act says was changed; of one that has no event
// it fails the test.
func (r *recorded) changes(does func(ctx context.Context) error) []audit.Change {
	r.t.Helper()
	action := kernel.NewID()
	require.NoError(r.t, does(act(r.t, action)))
	events, _, err := r.Audit.List(r.t.Context(), audit.Query{Action: action, Size: 2})
	require.NoError(r.t, err)
	require.Len(r.t, events, 1, "one act is one event")
	var out []audit.Change
	if len(events[0].Changes) > 0 {
		require.NoError(r.t, json.Unmarshal(events[0].Changes, &out))
	}
	return out
}

// of returns the one change of a kind among others.
func of(t *testing.T, kind string, changes []audit.Change) audit.Change {
	t.Helper()
	var found []audit.Change
	for _, c := range changes {
		if c.Kind == kind {
			found = append(found, c)
		}
	}
	require.Len(t, found, 1, "changes of a %s among %v", kind, changes)
	return found[0]
}

// life is what happens to one thing that people set: each step is a request.
type life struct {
	kind, name string
	made       func(r *recorded, ctx context.Context) (uuid string, err error)
	changed    func(r *recorded, ctx context.Context, uuid string) error
	gone       func(r *recorded, ctx context.Context, uuid string) error
}

func lives() []life {
	hook := func(uuid, path string) kernel.Webhook {
		return kernel.Webhook{UUID: uuid, Description: "tell CI", Enabled: true, Events: []kernel.EventName{kernel.EventVerificationFailed, kernel.EventContractPublished},
			Request: kernel.WebhookRequest{Method: "POST", URL: "https://ci.example/" + path + "?token=1", Headers: []kernel.WebhookHeader{{Name: "X-Later", Value: "b"}, {Name: "Accept", Value: "a"}}}}
	}
	return []life{
		{"webhook", "tell CI", func(r *recorded, ctx context.Context) (string, error) {
			out, err := r.Webhook.CreateWebhook(ctx, hook("", "build"))
			return out.UUID, err
		}, func(r *recorded, ctx context.Context, uuid string) error {
			_, _, err := r.Webhook.ReplaceWebhook(ctx, hook(uuid, "deploy"))
			return err
		}, func(r *recorded, ctx context.Context, uuid string) error { return r.Webhook.DeleteWebhook(ctx, uuid) }},
		{"secret", "CI_TOKEN", func(r *recorded, ctx context.Context) (string, error) {
			out, err := r.Secret.Create(ctx, secret.Input{Name: new("CI_TOKEN"), Value: new("hunter2"), Hosts: &[]string{"z.example", "a.example"}, Team: &r.team})
			return out.UUID, err
		}, func(r *recorded, ctx context.Context, uuid string) error {
			_, err := r.Secret.Change(ctx, uuid, secret.Input{Description: new("of the new server"), Hosts: &[]string{}, Value: new("hunter2")}, time.Time{})
			return err
		}, func(r *recorded, ctx context.Context, uuid string) error { return r.Secret.Delete(ctx, uuid) }},
		{"principal", "Cart's CI", func(r *recorded, ctx context.Context) (string, error) {
			out, err := r.Identity.CreateAccount(ctx, access.Operator(), identity.AccountInput{Name: new("Cart's CI"), Roles: &[]string{access.TeamPipelineUUID, access.PipelineUUID}})
			return out.UUID, err
		}, func(r *recorded, ctx context.Context, uuid string) error {
			return r.Identity.SetRole(ctx, access.Operator(), uuid, access.MemberUUID, true)
		}, func(r *recorded, ctx context.Context, uuid string) error {
			return r.Identity.DeleteAccount(ctx, access.Operator(), uuid)
		}},
		{"principal", "ada", func(r *recorded, ctx context.Context) (string, error) {
			out, err := r.Identity.Invite(ctx, access.Operator(), []identity.Person{{Email: "Ada@Example.org"}}, []string{})
			if err != nil {
				return "", err
			}
			return out[0].UUID, nil
		}, func(r *recorded, ctx context.Context, _ string) error {
			_, err := r.Identity.Invite(ctx, access.Operator(), []identity.Person{{Email: "ada@example.org", Active: new(false)}}, nil)
			return err
		}, func(r *recorded, ctx context.Context, uuid string) error {
			return r.Identity.DeleteAccount(ctx, access.Operator(), uuid)
		}},
		{"role", "Auditor", func(r *recorded, ctx context.Context) (string, error) {
			out, err := r.Identity.CreateRole(ctx, access.Operator(), identity.RoleInput{Name: "Auditor", Permissions: []string{"contract_data:read:*", "audit:read:*"}})
			return out.UUID, err
		}, func(r *recorded, ctx context.Context, uuid string) error {
			_, err := r.Identity.ReplaceRole(ctx, access.Operator(), uuid, identity.RoleInput{Name: "Auditor", Permissions: []string{"audit:read:*"}})
			return err
		}, func(r *recorded, ctx context.Context, uuid string) error { return r.Identity.DeleteRole(ctx, uuid) }},
		{"token", "night", func(r *recorded, ctx context.Context) (string, error) {
			out, _, err := r.Identity.CreateToken(ctx, access.Operator(), r.account, identity.TokenInput{Name: "night", Permissions: []string{"environment:read:*", "contract_data:read:*"}, ExpiresAt: time.Now().Add(time.Hour)})
			return out.UUID, err
		}, func(r *recorded, ctx context.Context, uuid string) error {
			_, _, err := r.Identity.RegenerateToken(ctx, access.Operator(), r.account, uuid)
			return err
		}, func(r *recorded, ctx context.Context, uuid string) error {
			return r.Identity.DeleteToken(ctx, access.Operator(), r.account, uuid)
		}},
		{"team", "search", func(r *recorded, ctx context.Context) (string, error) {
			out, err := r.Identity.CreateTeam(ctx, access.Operator(), identity.TeamInput{Name: new("search"), Administrators: &[]string{r.account2, r.account}})
			return out.UUID, err
		}, func(r *recorded, ctx context.Context, uuid string) error {
			_, err := r.Identity.ChangeMembers(ctx, uuid, identity.Leave, []string{r.account})
			return err
		}, func(r *recorded, ctx context.Context, uuid string) error { return r.Identity.DeleteTeam(ctx, uuid) }},
		{"trust_rule", "main of shop", func(r *recorded, ctx context.Context) (string, error) {
			out, err := r.Identity.CreateTrust(ctx, access.Operator(), identity.TrustInput{Name: new("main of shop"), Issuer: new("https://token.actions.githubusercontent.com"), Audience: new("treaty"),
				Match: map[string]string{"repository": "shop/cart", "ref": "refs/heads/main"}, Account: &r.account})
			return out.UUID, err
		}, func(r *recorded, ctx context.Context, uuid string) error {
			_, err := r.Identity.ChangeTrust(ctx, access.Operator(), uuid, identity.TrustInput{Permissions: &[]string{"contract_data:read:*"}})
			return err
		}, func(r *recorded, ctx context.Context, uuid string) error {
			return r.Identity.DeleteTrust(ctx, access.Operator(), uuid)
		}},
	}
}

// TestWhatIsSetIsNotedWithTheStateBeforeAndAfter plays for each kind of what people set
// how it is made, changed and deleted. Who has kept the digest of one event has to find it
// again in the next: what a thing says is the same when it was written and when it is
// read, on each database.
func TestWhatIsSetIsNotedWithTheStateBeforeAndAfter(t *testing.T) {
	t.Parallel()
	for _, tt := range lives() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			onRecorded(t, func(t *testing.T, r *recorded) {
				var uuid string
				made := of(t, tt.kind, named(tt.name, r.changes(func(ctx context.Context) (err error) {
					uuid, err = tt.made(r, ctx)
					return err
				})))
				require.Equal(t, audit.Change{Kind: tt.kind, Name: tt.name, UUID: uuid, After: made.After}, made, "nothing was there before")
				require.Len(t, made.After, sha256.Size*2)

				changed := of(t, tt.kind, r.changes(func(ctx context.Context) error { return tt.changed(r, ctx, uuid) }))
				require.Equal(t, audit.Change{Kind: tt.kind, Name: tt.name, UUID: uuid, Before: made.After, After: changed.After}, changed)
				require.NotEqual(t, changed.Before, changed.After, "another state is another digest")

				gone := of(t, tt.kind, r.changes(func(ctx context.Context) error { return tt.gone(r, ctx, uuid) }))
				require.Equal(t, audit.Change{Kind: tt.kind, Name: tt.name, UUID: uuid, Before: changed.After}, gone, "nothing is there after it")
			})
		})
	}
}

// named leaves out what comes with a thing, such as the two tokens of an account.
func named(name string, changes []audit.Change) []audit.Change {
	var out []audit.Change
	for _, c := range changes {
		if c.Name == name {
			out = append(out, c)
		}
	}
	return out
}

// TestReadingLeavesNoTrace: only what is written is noted, of all that a use case looks at.
func TestReadingLeavesNoTrace(t *testing.T) {
	t.Parallel()
	onRecorded(t, func(t *testing.T, r *recorded) {
		ids := map[string]string{}
		for _, life := range lives() {
			uuid, err := life.made(r, t.Context())
			require.NoError(t, err)
			ids[life.name] = uuid
		}
		require.Empty(t, r.changes(func(ctx context.Context) error {
			return r.Store.Update(ctx, func(tx kernel.Tx) error {
				account, err := tx.FindPrincipal(ids["Cart's CI"])
				require.NoError(t, err)
				for _, read := range []func() error{
					func() error { _, err := tx.FindWebhook(ids["tell CI"]); return err },
					func() error { _, err := tx.FindSecret(ids["CI_TOKEN"]); return err },
					func() error { _, err := tx.FindByEmail("ada@example.org"); return err },
					func() error { _, err := tx.ListRoles(); return err },
					func() error { _, err := tx.FindToken(ids["night"]); return err },
					func() error { _, err := tx.TokensOf(account.ID); return err },
					func() error { _, err := tx.FindTeam(ids["search"]); return err },
					func() error { _, err := tx.ListTrustRules(); return err },
				} {
					require.NoError(t, read())
				}
				_, err = tx.FindPerson("https://login.example", "nobody")
				require.True(t, kernel.IsNotFound(err))
				return nil
			})
		}))
	})
}

// TestContractsAndResultsAreNotedAsTheyComeIn: what has come in is never changed, so that
// there is no state before.
func TestContractsAndResultsAreNotedAsTheyComeIn(t *testing.T) {
	t.Parallel()
	onRecorded(t, func(t *testing.T, r *recorded) {
		text := []byte(`{"consumer":{"name":"Shop"},"provider":{"name":"Stock"},"interactions":[]}`)
		pact := of(t, "pact", r.changes(func(ctx context.Context) error {
			_, err := r.Publish.PublishContracts(ctx, publish.ContractsPublication{Pacticipant: "Shop", VersionNumber: "1", Contracts: []publish.ContractDocument{{Consumer: "Shop", Provider: "Stock", Content: text}}})
			return err
		}))
		require.Equal(t, audit.Change{Kind: "pact", Name: "Shop 1 for Stock", After: pact.After}, pact)
		var digests []string
		for _, success := range []bool{true, false} {
			verified := of(t, "result", r.changes(func(ctx context.Context) error {
				_, err := r.Result.RecordVerification(ctx, result.VerificationInput{Consumer: "Shop", Provider: "Stock", SHA: pact.After, ProviderVersion: "7", Success: success})
				return err // the digest of the note is the one that the content is known by
			}))
			require.Equal(t, audit.Change{Kind: "result", Name: "Stock 7", After: verified.After}, verified)
			digests = append(digests, verified.After)
		}
		require.NotEqual(t, digests[0], digests[1], "a success is not a failure")
	})
}

// TestNoDigestTellsAValue: who reads the record could otherwise try values out.
func TestNoDigestTellsAValue(t *testing.T) {
	t.Parallel()
	onRecorded(t, func(t *testing.T, r *recorded) {
		w := kernel.Webhook{Description: "tell CI", Events: []kernel.EventName{kernel.EventContractPublished},
			Request: kernel.WebhookRequest{Method: "POST", URL: "https://ci.example/build?key=one", Username: "ci", Password: "one", Headers: []kernel.WebhookHeader{{Name: "Authorization", Value: "Bearer one"}}}}
		made, err := r.Webhook.CreateWebhook(t.Context(), w)
		require.NoError(t, err)
		w.UUID = made.UUID
		w.Request.URL, w.Request.Password, w.Request.Headers = "https://ci.example/build?key=two", "two", []kernel.WebhookHeader{{Name: "Authorization", Value: "Bearer two"}}
		changed := of(t, "webhook", r.changes(func(ctx context.Context) error { _, _, err := r.Webhook.ReplaceWebhook(ctx, w); return err }))
		require.Equal(t, changed.Before, changed.After, "passwords of webhooks are in no digest")

		var digests []string
		for range 2 { // the same of the same is another digest: it is that of what is encrypted
			kept, err := r.Secret.Create(t.Context(), secret.Input{Name: new("CI_TOKEN"), Value: new("hunter2")})
			require.NoError(t, err)
			saved := of(t, "secret", r.changes(func(ctx context.Context) error {
				_, err := r.Secret.Change(ctx, kept.UUID, secret.Input{Value: new("hunter2")}, time.Time{})
				return err
			}))
			require.NotEqual(t, saved.Before, saved.After, "another value is another state, though nobody sees which")
			digests = append(digests, saved.Before, saved.After)
			require.NoError(t, r.Secret.Delete(t.Context(), kept.UUID))
		}
		require.Len(t, unique(digests), 4)
	})
}

func unique(texts []string) map[string]bool {
	out := map[string]bool{}
	for _, text := range texts {
		out[text] = true
	}
	return out
}

// TestARuleThatOnlyMovesIsNotNoted: all of them get a number when one is put first.
func TestARuleThatOnlyMovesIsNotNoted(t *testing.T) {
	t.Parallel()
	onRecorded(t, func(t *testing.T, r *recorded) {
		rule := func(name string) identity.TrustInput {
			return identity.TrustInput{Name: &name, Issuer: new("https://ci.example"), Audience: new("treaty"), Match: map[string]string{"job": name}, Account: &r.account}
		}
		_, err := r.Identity.CreateTrust(t.Context(), access.Operator(), rule("first"))
		require.NoError(t, err)
		second := rule("second")
		second.Position = new(1)
		changes := r.changes(func(ctx context.Context) error {
			_, err := r.Identity.CreateTrust(ctx, access.Operator(), second)
			return err
		})
		require.Equal(t, "second", of(t, "trust_rule", changes).Name)
	})
}

// TestAnEventNamesABoundedNumberOfChanges: a request that invites a hundred people is one
// event that a page can show.
func TestAnEventNamesABoundedNumberOfChanges(t *testing.T) {
	t.Parallel()
	onRecorded(t, func(t *testing.T, r *recorded) {
		var people []identity.Person
		for range 30 {
			people = append(people, identity.Person{Email: kernel.NewID() + "@example.org"})
		}
		require.Len(t, r.changes(func(ctx context.Context) error {
			_, err := r.Identity.Invite(ctx, access.Operator(), people, nil)
			return err
		}), 20)
	})
}
