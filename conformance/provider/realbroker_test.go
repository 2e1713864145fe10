package provider_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/verifier"
)

// publishShop publishes a pact of the storefront on a branch of its own.
func publishShop(t *testing.T, c *client.Client, version, branch, content string) {
	t.Helper()
	_, err := c.Publish(t.Context(), client.Publication{
		Pacticipant: "storefront", Version: version, Branch: branch,
		Pacts: []client.PublishedPact{{Consumer: "storefront", Provider: "catalog", Content: []byte(content)}},
	})
	require.NoError(t, err)
}

func TestLoopWithABroker(t *testing.T) {
	t.Parallel()
	broker := brokertest.Start(t)
	c, err := client.New(client.Config{BaseURL: broker.URL()})
	require.NoError(t, err)
	publishShop(t, c, "1", "main", pactJSON(get("a", "/a", `{"n":1}`)))

	good := answering(map[string]string{"/a": `{"n":1}`})
	o := verifier.Options{
		Provider: "catalog", Handler: good, ProviderVersion: "10", ProviderBranch: "main", Publish: true,
		Broker: &verifier.BrokerOptions{URL: broker.URL(), IncludePending: true, Selectors: []verifier.Selector{
			&verifier.ConsumerVersionSelector{Branch: "main"},
		}},
	}
	report := verify(t, o)
	require.True(t, report.OK(), text(t, report))
	require.True(t, report.Pacts[0].Pending, "nobody has verified it yet")
	require.NotEmpty(t, report.Pacts[0].Published)
	require.NotEmpty(t, report.Pacts[0].Notices)
	require.NotEmpty(t, only(t, report).ID, "the broker gives every interaction an id")

	// Verified once on this branch, it counts.
	o.Handler, o.ProviderVersion = answering(map[string]string{"/a": `{"n":2}`}), "11"
	report = verify(t, o)
	require.False(t, report.OK())
	require.False(t, report.Pacts[0].Pending)
	var result struct {
		Success     bool
		TestResults []struct {
			InteractionID string `json:"interactionId"`
			Success       bool
			Mismatches    []struct{ Attribute, Identifier, Description, Expected, Actual string }
		} `json:"testResults"`
	}
	require.NoError(t, c.Get(t.Context(), report.Pacts[0].Published, &result))
	require.False(t, result.Success)
	require.Equal(t, only(t, report).ID, result.TestResults[0].InteractionID)
	require.Equal(t, "$.n", result.TestResults[0].Mismatches[0].Identifier)

	// New work on another branch is in the run as work in progress.
	publishShop(t, c, "2", "feat", pactJSON(get("b", "/b", `{"n":1}`)))
	o.Handler, o.ProviderVersion = good, "12"
	o.Broker.IncludeWIPSince = time.Now().AddDate(0, 0, -1)
	report = verify(t, o)
	require.True(t, report.OK(), text(t, report))
	require.Len(t, report.Pacts, 2)
	require.True(t, report.Pacts[1].WIP)
	require.Equal(t, verifier.Failed, report.Pacts[1].Interactions[0].Outcome)
}

func TestEverySelectorIsUnderstoodByABroker(t *testing.T) {
	t.Parallel()
	broker := brokertest.Start(t)
	c, err := client.New(client.Config{BaseURL: broker.URL()})
	require.NoError(t, err)
	publishShop(t, c, "1", "main", pactJSON(get("a", "/a", `{"n":1}`)))
	require.NoError(t, c.TagVersion(t.Context(), "storefront", "1", "dev"))
	_, err = c.CreateEnvironment(t.Context(), client.Environment{Name: "production", Production: true})
	require.NoError(t, err)
	_, err = c.RecordDeployment(t.Context(), client.Deployment{Pacticipant: "storefront", Version: "1", Environment: "production"})
	require.NoError(t, err)
	for _, selectors := range []string{
		`{"branch":"main"}`, `{"branch":"main","consumer":"storefront"}`, `{"matchingBranch":true}`, `{"latest":true}`,
		`{"tag":"dev","latest":true}`, `{"tag":"dev"}`, `{"tag":"none","latest":true,"fallbackTag":"dev"}`,
		`{"deployed":true}`, `{"deployedOrReleased":true}`, `{"deployed":true,"environment":"production"}`, `{"environment":"production"}`,
		`[{"mainBranch":true},{"deployedOrReleased":true}]`, `[]`,
	} {
		parsed, err := verifier.ParseSelectors(selectors)
		require.NoError(t, err)
		report := verify(t, verifier.Options{
			Provider: "catalog", Handler: answering(map[string]string{"/a": `{"n":1}`}), ProviderBranch: "main",
			Broker: &verifier.BrokerOptions{URL: broker.URL(), Selectors: parsed},
		})
		require.Empty(t, report.Problems, selectors)
		require.Equal(t, []string{"storefront"}, consumers(report), selectors)
	}
	report := verify(t, verifier.Options{
		Provider: "catalog", Handler: answering(nil),
		Broker: &verifier.BrokerOptions{URL: broker.URL(), Selectors: []verifier.Selector{&verifier.ConsumerVersionSelector{Tag: "a", Branch: "b"}}},
	})
	require.Contains(t, strings.Join(report.Problems, "\n"), "at index 0")
}

func TestBrokerBehindAPassword(t *testing.T) {
	t.Parallel()
	broker := brokertest.Start(t, brokertest.Password("me", "pw"))
	o := verifier.Options{
		Provider: "catalog", Handler: answering(nil), AllowNoPacts: true,
		Broker: &verifier.BrokerOptions{URL: broker.URL(), Auth: verifier.Auth{Username: "me", Password: "pw"}},
	}
	require.Empty(t, verify(t, o).Problems)
	o.Broker.Auth.Password = "wrong"
	report := verify(t, o)
	require.False(t, report.OK())
	require.NotContains(t, text(t, report), "wrong")
}
