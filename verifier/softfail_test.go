package verifier_test

import (
	"errors"
	"net/http"
	"os"
	"testing"

	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/verifier"
)

var (
	soldOut  = answering(map[string]string{"/tea": `{"stock":0}`})
	onePact  = []*contract.Pact{decoded(getGiven("tea", "tea is there", "/tea", `{"stock":1}`))}
	noOffice = models.StateHandlers{"tea is there": func(bool, models.ProviderState) (models.ProviderStateResponse, error) {
		return nil, errors.New("the warehouse is closed")
	}}
)

// softRequests are verified with SoftFail.
var softRequests = map[string]verifier.VerifyRequest{
	"a pact is kept":             {Handler: answering(map[string]string{"/tea": `{"stock":1}`}), Pacts: onePact},
	"a pact is broken":           {Handler: soldOut, Pacts: onePact},
	"a state handler ends in":    {Handler: soldOut, Pacts: onePact, StateHandlers: noOffice},
	"nobody listens":             {ProviderBaseURL: "http://127.0.0.1:1", Pacts: onePact},
	"broken, and a file is gone": {Handler: soldOut, Pacts: onePact, PactFiles: []string{"nowhere.json"}},
	"broken, with nothing to publish to": {
		Handler: soldOut, Pacts: onePact, PublishVerificationResults: true, ProviderVersion: "1",
	},
	"no pact is named":         {Handler: soldOut},
	"no provider is named":     {Pacts: onePact},
	"half a login is given":    {Handler: soldOut, BrokerURL: "http://127.0.0.1:1", BrokerUsername: "ada", ProviderVersion: "1"},
	"published without a name": {Handler: soldOut, Pacts: onePact, PublishVerificationResults: true},
}

// decoded is pact without a test: for values of the package.
func decoded(interactions ...string) *contract.Pact {
	p, err := contract.Decode([]byte(pactJSON("3.0.0", interactions...)))
	if err != nil {
		panic(err)
	}
	return p
}

const (
	neither    = "ErrVerificationFailed: false, ErrVerifierFailedToRun: false"
	known      = "ErrVerificationFailed: true, ErrVerifierFailedToRun: false"
	notAsWhole = "ErrVerificationFailed: false, ErrVerifierFailedToRun: true"
)

func TestSoftFailSkipsWhatWasTriedAndNothingElse(t *testing.T) {
	for name, want := range map[string]struct {
		failed bool
		error  string
		says   string
	}{
		"a pact is kept":                     {error: neither, says: "--- PASS: TestChild/storefront/tea"},
		"a pact is broken":                   {error: known, says: "--- SKIP: TestChild/storefront/tea"},
		"a state handler ends in":            {error: known, says: "--- SKIP: TestChild/storefront/tea"},
		"nobody listens":                     {failed: true, error: notAsWhole, says: "--- FAIL: TestChild/storefront/tea"},
		"broken, and a file is gone":         {failed: true, error: notAsWhole, says: "nowhere.json"},
		"broken, with nothing to publish to": {failed: true, error: known, says: "no later gate can decide"},
		"no pact is named":                   {failed: true, error: notAsWhole, says: "no pacts to verify"},
		"no provider is named":               {failed: true, error: notAsWhole, says: "no provider to verify"},
		"half a login is given":              {failed: true, error: notAsWhole, says: "both BrokerUsername and BrokerPassword"},
		"published without a name":           {failed: true, error: notAsWhole, says: "ProviderVersion"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, softRequests, name)
			t.Setenv("TREATY_VERIFIER_SOFT", name)
			out, failed := child(t, "soft", "^TestChild$")
			require.Equal(t, want.failed, failed, out)
			require.Contains(t, out, want.error)
			require.Contains(t, out, want.says)
		})
	}
}

func TestSoftFailWithoutPublishingSaysThatNobodyWillKnow(t *testing.T) {
	t.Setenv("TREATY_VERIFIER_SOFT", "a pact is broken")
	out, _ := child(t, "soft", "^TestChild$")
	require.Contains(t, out, "a later gate knows of no verification")
	t.Setenv("TREATY_VERIFIER_SOFT", "a pact is kept")
	out, _ = child(t, "soft", "^TestChild$")
	require.NotContains(t, out, "gate")
}

func TestSoftFailLeavesTheDecisionToTheGate(t *testing.T) {
	b := newFakeBroker(t, map[string]string{"storefront": shopPact()})
	t.Setenv("TREATY_VERIFIER_BROKER", b.URL)
	t.Setenv("TREATY_VERIFIER_SOFT", "true")
	out, failed := child(t, "published", "TestChild")
	require.False(t, failed, out)
	require.Contains(t, out, "--- SKIP: TestChild/storefront/b,_given_s")
	require.Contains(t, out, known)
	require.NotContains(t, out, "a later gate knows of no verification")
	require.Equal(t, false, b.results()[0]["success"])

	out, failed = child(t, "published", "TestChild/storefront/given_s")
	require.True(t, failed, "a part of a pact is not published: %s", out)

	b.failOn("/results", http.StatusBadRequest, "text/plain", "no")
	out, failed = child(t, "published", "TestChild")
	require.True(t, failed, "without published results nobody could decide: %s", out)
	require.Contains(t, out, notAsWhole)
}

func TestAFailureWithoutSoftFailIsTheSameError(t *testing.T) {
	require.Empty(t, os.Getenv("TREATY_VERIFIER_SOFT"))
	out, failed := child(t, "broken", "^TestChild$")
	require.True(t, failed)
	require.Contains(t, out, known)
}
