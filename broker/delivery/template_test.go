package delivery

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/links"
)

func run() broker.WebhookRun {
	return broker.WebhookRun{
		Triggered: broker.TriggeredWebhook{UUID: "u-1", Event: broker.EventVerificationPublished},
		Publication: broker.PactPublication{
			Consumer: broker.Party{Name: `Foo "Inc"`}, Provider: broker.Party{Name: "Bar & Sons"},
			ConsumerVersion: broker.Version{Number: "1.2"}, SHA: "abc", ContentID: 3,
		},
		Verification:          &broker.Verification{Number: 7, Success: false},
		ConsumerTags:          []string{"dev", "prod"},
		ConsumerBranch:        "main",
		ProviderVersionNumber: "9",
	}
}

func TestParametersAreEscapedForWhereTheyStand(t *testing.T) {
	t.Parallel()
	values := parameters(run(), links.Below("http://broker.test"))

	got := render(broker.WebhookRequest{
		Method:  "post",
		URL:     "http://ci.test/${pactbroker.consumerName}?p=${pactbroker.providerName}",
		Headers: []broker.WebhookHeader{{Name: "x-name", Value: "${pactbroker.consumerName}"}},
		Body:    json.RawMessage(`{"consumer":"${pactbroker.consumerName}","tags":"${pactbroker.consumerVersionTags}"}`),
	}, values)

	require.Equal(t, "POST", got.method)
	require.Equal(t, "http://ci.test/Foo+%22Inc%22?p=Bar+%26+Sons", got.url)
	require.Equal(t, `Foo "Inc"`, got.headers[0].Value)
	require.JSONEq(t, `{"consumer":"Foo \"Inc\"","tags":"dev, prod"}`, string(got.body))
}

func TestPlainTextBodiesTakeValuesAsTheyAre(t *testing.T) {
	t.Parallel()
	values := parameters(run(), links.Below("http://broker.test"))

	got := render(broker.WebhookRequest{Body: json.RawMessage(`"for ${pactbroker.consumerName}"`)}, values)

	require.Equal(t, `for Foo "Inc"`, string(got.body))
}

func TestUnknownParametersStay(t *testing.T) {
	t.Parallel()
	require.Equal(t, "${pactbroker.nothing} ${other}", fill("${pactbroker.nothing} ${other}", map[string]string{"eventName": "x"}, plain))
}

func TestStatusIsSaidInTheWordsOfEachBuildServer(t *testing.T) {
	t.Parallel()
	r := run()
	failed := parameters(r, links.Below("http://broker.test"))
	r.Verification = nil
	pending := parameters(r, links.Below("http://broker.test"))

	require.Equal(t, "failure", failed["githubVerificationStatus"])
	require.Equal(t, "FAILED", failed["bitbucketVerificationStatus"])
	require.Equal(t, "INPROGRESS", pending["bitbucketVerificationStatus"])
	require.Equal(t, "pending", pending["azureDevOpsVerificationStatus"])
	require.Empty(t, pending["verificationResultUrl"])
}

func TestPactURLCarriesTheConsumerVersion(t *testing.T) {
	t.Parallel()
	values := parameters(run(), links.Below("http://broker.test"))

	u, err := url.Parse(values["pactUrl"])
	require.NoError(t, err)
	require.Contains(t, u.EscapedPath(), "/pacts/provider/Bar%20%26%20Sons/consumer/Foo%20%22Inc%22/pact-version/abc/metadata/")
	require.Equal(t, "http://broker.test/pacts/provider/Bar%20%26%20Sons/consumer/Foo%20%22Inc%22/pact-version/abc/verification-results/7", values["verificationResultUrl"])
}
