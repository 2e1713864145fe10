package verifier_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/verifier"
)

// withID gives an interaction the id that brokers add.
func withID(id, interaction string) string {
	return strings.Replace(interaction, "{", `{"_id":"`+id+`",`, 1)
}

func shopPact() string {
	return pactJSON("3.0.0", withID("id1", get("a", "/a", `{"n":1}`)), withID("id2", getGiven("b", "s", "/b", `{"n":1}`)))
}

// against verifies what the broker holds for a provider that breaks b.
func against(b *fakeBroker) verifier.Options {
	return verifier.Options{
		Provider: "catalog",
		Handler:  answering(map[string]string{"/a": `{"n":1}`, "/b": `{"n":2}`}),
		Broker:   &verifier.BrokerOptions{URL: b.URL, Attempts: 1},
		Publish:  true, ProviderVersion: "1.2.3", ProviderBranch: "feat/x", ProviderTags: []string{"dev", "eu"},
		BuildURL: "http://ci/1", ImplementationVersion: "9", Implementation: "Treaty",
	}
}

func TestResultsArePublishedAfterBranchAndTags(t *testing.T) {
	t.Parallel()
	b := newFakeBroker(t, map[string]string{"storefront": shopPact()})
	report := verify(t, against(b))
	require.False(t, report.OK())
	require.Empty(t, report.Problems)
	require.Equal(t, []string{
		"PUT /p/catalog/branches/feat%2Fx/versions/1.2.3", "PUT /p/catalog/versions/1.2.3/tags/dev",
		"PUT /p/catalog/versions/1.2.3/tags/eu", "POST /pact/storefront/metadata/abc/results",
	}, b.writes(), "the broker's metadata in the address is kept")
	require.Equal(t, b.URL+"/result/1", report.Pacts[0].Published)

	sent := b.results()[0]
	require.Equal(t, false, sent["success"])
	require.Equal(t, "1.2.3", sent["providerApplicationVersion"])
	require.Equal(t, "http://ci/1", sent["buildUrl"])
	require.Equal(t, map[string]any{"implementation": "Treaty", "version": "9"}, sent["verifiedBy"])
	tests := sent["testResults"].([]any)
	require.Len(t, tests, 2)
	require.Equal(t, map[string]any{"interactionId": "id1", "success": true}, tests[0])
	failed := tests[1].(map[string]any)
	require.Equal(t, "id2", failed["interactionId"])
	require.Equal(t, false, failed["success"])
	mismatch := failed["mismatches"].([]any)[0].(map[string]any)
	require.Equal(t, "body", mismatch["attribute"])
	require.Equal(t, "$.n", mismatch["identifier"])
	require.Equal(t, "1", mismatch["expected"])
	require.Equal(t, "2", mismatch["actual"])
	require.NotEmpty(t, mismatch["description"])
}

func TestSuccessIsPublishedAsSuch(t *testing.T) {
	t.Parallel()
	b := newFakeBroker(t, map[string]string{"storefront": shopPact()})
	o := against(b)
	o.Handler = answering(map[string]string{"/a": `{"n":1}`, "/b": `{"n":1}`})
	require.True(t, verify(t, o).OK())
	require.Equal(t, true, b.results()[0]["success"])
}

func TestFilteredRunIsNeverPublished(t *testing.T) {
	t.Parallel()
	for _, filter := range []verifier.Filter{{Description: "a"}, {State: "s"}, {NoState: true}} {
		b := newFakeBroker(t, map[string]string{"storefront": shopPact()})
		o := against(b)
		o.Filter = filter
		report := verify(t, o)
		require.Empty(t, b.writes())
		require.Contains(t, strings.Join(report.Warnings, "\n"), "not published")
	}
	b := newFakeBroker(t, map[string]string{"storefront": shopPact()})
	o := against(b)
	o.Filter = verifier.Filter{Consumers: []string{"storefront"}}
	verify(t, o)
	require.Len(t, b.results(), 1, "a pact left out whole does not falsify the others")
}

func TestNothingIsPublishedUnasked(t *testing.T) {
	t.Parallel()
	b := newFakeBroker(t, map[string]string{"storefront": shopPact()})
	o := against(b)
	o.Publish = false
	verify(t, o)
	require.Empty(t, b.writes())
}

func TestFailedPublishIsAnErrorAndTheResultsAreKeptAndSentAgain(t *testing.T) {
	t.Parallel()
	b := newFakeBroker(t, map[string]string{"storefront": shopPact()})
	b.failOn("/results", http.StatusInternalServerError, "text/plain", "disk full")
	o := against(b)
	o.Handler = answering(map[string]string{"/a": `{"n":1}`, "/b": `{"n":1}`})
	o.UnsentFile = filepath.Join(t.TempDir(), "unsent.json")
	o.Broker.URL = strings.Replace(o.Broker.URL, "://", "://me:hidden@", 1)
	report := verify(t, o)
	require.False(t, report.OK(), "the broker knows nothing of this run")
	require.Contains(t, report.Problems[0], "disk full")
	require.Contains(t, strings.Join(report.Warnings, "\n"), o.UnsentFile)
	kept, err := os.ReadFile(o.UnsentFile)
	require.NoError(t, err)
	require.NotContains(t, string(kept), "@", "the address is used again, with the credentials of whoever does")

	sent, err := verifier.PublishUnsent(t.Context(), o.UnsentFile, verifier.BrokerOptions{Attempts: 1})
	require.Error(t, err)
	require.Zero(t, sent)
	require.FileExists(t, o.UnsentFile)

	b.heal()
	sent, err = verifier.PublishUnsent(t.Context(), o.UnsentFile, verifier.BrokerOptions{})
	require.NoError(t, err)
	require.Equal(t, 1, sent)
	require.Equal(t, true, b.results()[0]["success"])
	require.Equal(t, "1.2.3", b.results()[0]["providerApplicationVersion"])
	require.NoFileExists(t, o.UnsentFile)
	_, err = verifier.PublishUnsent(t.Context(), o.UnsentFile, verifier.BrokerOptions{})
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestPendingPactDoesNotFailTheRunAndIsToldWhy(t *testing.T) {
	t.Parallel()
	b := newFakeBroker(t, map[string]string{"storefront": shopPact()})
	b.properties["storefront"] = `"pending":true,"wip":true,"notices":[
		{"when":"before_verification","text":"it is verified because"},
		{"when":"after_verification:success_false_published_true","text":"still pending"},
		{"when":"after_verification:success_true_published_true","text":"no longer pending"}]`
	report := verify(t, against(b))
	require.True(t, report.OK())
	require.True(t, report.Pacts[0].WIP)
	require.Equal(t, []string{"it is verified because", "still pending"}, report.Pacts[0].Notices)
	require.Equal(t, false, b.results()[0]["success"], "the broker is told the truth")
}

func TestBrokerIsAskedForWhatTheOptionsSay(t *testing.T) {
	t.Parallel()
	b := newFakeBroker(t, nil)
	o := against(b)
	o.AllowNoPacts = true
	o.Broker.IncludePending = true
	o.Broker.IncludeWIPSince = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	o.Broker.Tags = []string{"prod"}
	o.Broker.Selectors = []verifier.Selector{
		&verifier.ConsumerVersionSelector{MainBranch: true},
		&verifier.UntypedConsumerVersionSelector{"branch": true, "newIn2030": []string{"x"}},
	}
	verify(t, o)
	require.Equal(t, map[string]any{
		"providerVersionBranch": "feat/x", "providerVersionTags": []any{"dev", "eu"},
		"includePendingStatus": true, "includeWipPactsSince": "2026-01-02T00:00:00Z",
		"consumerVersionSelectors": []any{
			map[string]any{"mainBranch": true},
			map[string]any{"branch": true, "newIn2030": []any{"x"}},
			map[string]any{"tag": "prod", "latest": true},
		},
	}, b.asked)
}

func TestWebhookURLVerifiesJustThatPact(t *testing.T) {
	t.Parallel()
	b := newFakeBroker(t, map[string]string{"storefront": shopPact(), "kiosk": named("kiosk", "catalog")})
	o := against(b)
	o.Broker.WebhookURL = b.URL + "/pact/storefront"
	report := verify(t, o)
	require.Nil(t, b.asked)
	require.Equal(t, []string{"storefront"}, consumers(report))
	require.Len(t, b.results(), 1)
}

func TestBrokenBrokerIsAProblemWithACause(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		status      int
		contentType string
		body        string
		says        string
	}{
		{"500", 500, "application/hal+json", `{"error":{"message":"an error has occurred"}}`, "an error has occurred"},
		{"401", 401, "application/hal+json", `{"error":"Authentication is required"}`, "Authentication is required"},
		{"HTML", 200, "text/html", "<html>sign in</html>", "text/html"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newFakeBroker(t, map[string]string{"storefront": shopPact()})
			b.failOn("/", tt.status, tt.contentType, tt.body)
			report := verify(t, against(b))
			require.False(t, report.OK())
			require.Contains(t, report.Problems[0], tt.says)
			require.NotContains(t, report.Problems[0], "sign in")
		})
	}
	t.Run("down", func(t *testing.T) {
		t.Parallel()
		b := newFakeBroker(t, nil)
		o := against(b)
		b.Close()
		report := verify(t, o)
		require.Contains(t, report.Problems[0], "connection refused")
	})
}

func TestUnknownProviderIsNothingToVerify(t *testing.T) {
	t.Parallel()
	b := newFakeBroker(t, nil)
	b.failOn("/for/", 404, "application/hal+json", `{"error":"No provider with name 'catalog' found"}`)
	_, err := verifier.Verify(t.Context(), against(b))
	require.ErrorIs(t, err, verifier.ErrNoPacts)
}

func TestFailureOfAPendingInteractionIsNoSuccessForTheBroker(t *testing.T) {
	t.Parallel()
	b := newFakeBroker(t, map[string]string{"storefront": pactJSON("4.0", `{"type":"Synchronous/HTTP","description":"a","pending":true,
		"request":{"path":"/gone"},"response":{"status":200}}`)})
	require.True(t, verify(t, against(b)).OK())
	require.Equal(t, false, b.results()[0]["success"])
}

func TestOldBrokerIsAskedForTheLatestPacts(t *testing.T) {
	t.Parallel()
	b := newFakeBroker(t, map[string]string{"storefront": shopPact()})
	b.old = true
	o := against(b)
	require.Equal(t, []string{"storefront"}, consumers(verify(t, o)))
	require.Len(t, b.results(), 1)
	o.Broker.Selectors = []verifier.Selector{&verifier.ConsumerVersionSelector{MainBranch: true}}
	require.Contains(t, verify(t, o).Problems[0], "too old")
}
