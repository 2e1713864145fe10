package delivery

import (
	"encoding/json"
	"encoding/xml"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/webhook"
)

func run() webhook.Run {
	return webhook.Run{
		Triggered: kernel.TriggeredWebhook{UUID: "u-1", Event: kernel.EventVerificationPublished},
		Publication: kernel.PactPublication{
			Consumer: kernel.Party{Name: `Foo "Inc"`}, Provider: kernel.Party{Name: "Bar & Sons"},
			ConsumerVersion: kernel.Version{Number: "1.2"}, SHA: "abc", ContentID: 3,
		},
		Verification:          &kernel.Verification{Number: 7, Success: false},
		ConsumerTags:          []string{"dev", "prod"},
		ConsumerBranch:        "main",
		ProviderVersionNumber: "9",
	}
}

func TestParametersAreEscapedForWhereTheyStand(t *testing.T) {
	t.Parallel()
	values := parameters(run(), links.Below("http://broker.test"))

	got := render(kernel.WebhookRequest{
		Method:  "post",
		URL:     "http://ci.test/${pactbroker.consumerName}?p=${pactbroker.providerName}",
		Headers: []kernel.WebhookHeader{{Name: "x-name", Value: "${pactbroker.consumerName}"}},
		Body:    json.RawMessage(`{"consumer":"${pactbroker.consumerName}","tags":"${pactbroker.consumerVersionTags}"}`),
	}, values)

	require.Equal(t, "POST", got.method)
	require.Equal(t, "http://ci.test/Foo+%22Inc%22?p=Bar+%26+Sons", got.url)
	require.Equal(t, `Foo "Inc"`, got.headers[0].Value)
	require.JSONEq(t, `{"consumer":"Foo \"Inc\"","tags":"dev, prod"}`, string(got.body))
}

// TestAValueStaysOneValueInABodyOfAnyType fills bodies with a name that has in
// it what each type reads as its own signs.
func TestAValueStaysOneValueInABodyOfAnyType(t *testing.T) {
	t.Parallel()
	const name = "a&b=c <\"d'> ]]>%2 e\\\n+"
	fromForm := func(t *testing.T, text string) url.Values {
		t.Helper()
		fields, err := url.ParseQuery(text)
		require.NoError(t, err, text)
		return fields
	}
	type element struct {
		Attribute string `xml:"a,attr"`
		Text      string `xml:",chardata"`
	}
	fromXML := func(t *testing.T, text string) element {
		t.Helper()
		var e element
		require.NoError(t, xml.Unmarshal([]byte(text), &e), text)
		return e
	}
	fromJSON := func(t *testing.T, text string) string {
		t.Helper()
		var object map[string]string
		require.NoError(t, json.Unmarshal([]byte(text), &object), text)
		return object["n"]
	}
	for _, tt := range []struct {
		name, contentType, body string
		read                    func(*testing.T, string) string
	}{
		{"form", "application/x-www-form-urlencoded", "x=1&n=${pactbroker.consumerName}&y=2", func(t *testing.T, text string) string {
			require.Len(t, fromForm(t, text), 3)
			return fromForm(t, text).Get("n")
		}},
		{"form with a charset", "Application/X-WWW-Form-Urlencoded; charset=utf-8", "n=${pactbroker.consumerName}", func(t *testing.T, text string) string {
			return fromForm(t, text).Get("n")
		}},
		{"JSON in a form", "application/x-www-form-urlencoded", `p={"n":"${pactbroker.consumerName}"}`, func(t *testing.T, text string) string {
			return fromJSON(t, fromForm(t, text).Get("p"))
		}},
		{"XML text", "application/xml", "<e>${pactbroker.consumerName}</e>", func(t *testing.T, text string) string { return fromXML(t, text).Text }},
		{"XML attribute", "text/xml; charset=utf-8", `<e a="${pactbroker.consumerName}"/>`, func(t *testing.T, text string) string { return fromXML(t, text).Attribute }},
		{"XML attribute in single quotes", "application/soap+xml", `<e a='${pactbroker.consumerName}'/>`, func(t *testing.T, text string) string { return fromXML(t, text).Attribute }},
		{"CDATA", "application/xml", "<e><![CDATA[${pactbroker.consumerName}]]></e>", func(t *testing.T, text string) string { return fromXML(t, text).Text }},
		{"after CDATA", "application/xml", "<e><![CDATA[]]>${pactbroker.consumerName}</e>", func(t *testing.T, text string) string { return fromXML(t, text).Text }},
		{"XML by its look", "", " <e>${pactbroker.consumerName}</e>", func(t *testing.T, text string) string { return fromXML(t, text).Text }},
		{"JSON that is kept as text", "application/vnd.api+json", `{"n":"${pactbroker.consumerName}"}`, fromJSON},
		{"JSON by its look", "", `{"n":"${pactbroker.consumerName}"}`, fromJSON},
		{"plain text", "text/plain", "${pactbroker.consumerName}", func(_ *testing.T, text string) string { return text }},
		{"text of no type", "", "${pactbroker.consumerName}", func(_ *testing.T, text string) string { return text }},
		{"text that begins like XML", "", "<3 ${pactbroker.consumerName}", func(_ *testing.T, text string) string { return strings.TrimPrefix(text, "<3 ") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body, err := json.Marshal(tt.body)
			require.NoError(t, err)
			request := kernel.WebhookRequest{Body: body}
			if tt.contentType != "" {
				request.Headers = []kernel.WebhookHeader{{Name: "content-type", Value: tt.contentType}}
			}
			got := render(request, map[string]string{"consumerName": name})
			require.Equal(t, name, tt.read(t, string(got.body)), string(got.body))
		})
	}
}

func TestAValueDoesNotBeginAnotherHeader(t *testing.T) {
	t.Parallel()
	got := render(kernel.WebhookRequest{Headers: []kernel.WebhookHeader{{Name: "x", Value: "by ${pactbroker.buildUrl}"}}},
		map[string]string{"buildUrl": "http://ci\r\nX-Evil: 1\x00"})
	require.Equal(t, "by http://ci  X-Evil: 1 ", got.headers[0].Value)
}

func TestPlainTextBodiesTakeValuesAsTheyAre(t *testing.T) {
	t.Parallel()
	values := parameters(run(), links.Below("http://broker.test"))

	got := render(kernel.WebhookRequest{Body: json.RawMessage(`"for ${pactbroker.consumerName}"`)}, values)

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

// TestAResultOfATriggeredBuildIsToldFromThatOfASelectedPact: only the latter ends
// work in progress.
func TestAResultOfATriggeredBuildIsToldFromThatOfASelectedPact(t *testing.T) {
	t.Parallel()
	u, err := url.Parse(parameters(run(), links.Below("http://broker.test"))["pactUrl"])
	require.NoError(t, err)
	_, encoded, found := strings.Cut(u.Path, "/metadata/")
	require.True(t, found)
	require.True(t, links.ParseMetadata(encoded).WIP, "the address marks its result as one of work in progress")
}

// What pages tell of parameters is what is filled.
func TestEveryParameterThatIsToldOfIsFilled(t *testing.T) {
	t.Parallel()
	filled := parameters(run(), links.Below("http://broker.test"))
	told := map[string]bool{"currentlyDeployedProviderVersionNumber": true} // which is always empty
	for _, p := range webhook.Parameters() {
		require.Contains(t, filled, p.Name)
		told[p.Name] = true
	}
	require.Len(t, told, len(filled), "and none is left out")
}
