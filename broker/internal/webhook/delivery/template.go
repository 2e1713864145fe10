package delivery

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/webhook"
)

// parameter finds ${pactbroker.name} and ${user.name} in a template: the first by its
// name, the second, a secret, with what stands before it. All of them are filled in one
// go, so that a value in which something like them stands stays what it is.
var parameter = regexp.MustCompile(`\$\{(?:pactbroker\.(\w+)|(user\.\w+))\}`)

// parameters gives each template parameter its value.
func parameters(run webhook.Run, l links.Links) map[string]string {
	p := run.Publication
	event := run.Triggered.Event
	if event == "" {
		event = webhook.EventTest
	}
	values := map[string]string{
		"consumerName":                p.Consumer.Name,
		"providerName":                p.Provider.Name,
		"consumerVersionNumber":       p.ConsumerVersion.Number,
		"providerVersionNumber":       run.ProviderVersionNumber,
		"consumerVersionTags":         strings.Join(run.ConsumerTags, ", "),
		"providerVersionTags":         strings.Join(run.ProviderVersionTags, ", "),
		"consumerVersionBranch":       run.ConsumerBranch,
		"providerVersionBranch":       run.ProviderVersionBranch,
		"providerVersionDescriptions": strings.Join(run.ProviderVersionDescriptions, ", "),
		"consumerLabels":              strings.Join(run.ConsumerLabels, ", "),
		"providerLabels":              strings.Join(run.ProviderLabels, ", "),
		"pactUrl":                     pactURL(run, l),
		"verificationResultUrl":       resultURL(run, l),
		"eventName":                   string(event),
		"buildUrl":                    run.BuildURL,
		// Pact Broker fills it outside production only.
		"currentlyDeployedProviderVersionNumber": "",
	}
	for name, words := range statusWords {
		values[name] = words.of(run.Verification)
	}
	return values
}

// words are what one build server calls success, failure and neither.
type words struct{ success, failure, pending string }

var statusWords = map[string]words{
	"githubVerificationStatus":      {"success", "failure", "pending"},
	"gitlabVerificationStatus":      {"success", "failed", "pending"},
	"bitbucketVerificationStatus":   {"SUCCESSFUL", "FAILED", "INPROGRESS"},
	"azureDevOpsVerificationStatus": {"succeeded", "failed", "pending"},
}

func (w words) of(v *kernel.Verification) string {
	switch {
	case v == nil:
		return w.pending
	case v.Success:
		return w.success
	default:
		return w.failure
	}
}

// pactURL leads to the content, with the metadata that makes the result of the
// triggered build count as Pact Broker counts it: as work in progress.
func pactURL(run webhook.Run, l links.Links) string {
	p := run.Publication
	metadata := links.Metadata{ConsumerVersionNumber: p.ConsumerVersion.Number, ConsumerVersionTags: run.ConsumerTags, WIP: true}
	return l.Pair(p.Provider.Name, p.Consumer.Name).ContentWithMetadata(cmp.Or(p.SHA, "0"), metadata.Encode())
}

func resultURL(run webhook.Run, l links.Links) string {
	if run.Verification == nil {
		return ""
	}
	p := run.Publication
	return l.Pair(p.Provider.Name, p.Consumer.Name).Result(p.SHA, run.Verification.Number)
}

// rendered is a request with its parameters filled in.
type rendered struct {
	method, url string
	headers     []kernel.WebhookHeader
	body        []byte // nil if none
	username    string
	password    string
}

// contentType is what the request says of its body, "" if nothing.
func (r rendered) contentType() string {
	for _, h := range r.headers {
		if strings.EqualFold(h.Name, "content-type") {
			return h.Value
		}
	}
	return ""
}

// render fills a webhook's request. A value is escaped for the place where it
// stands, so that it stays one value whatever it is made of: see templateescape.go.
func render(request kernel.WebhookRequest, values map[string]string) rendered {
	out := rendered{
		method:   strings.ToUpper(request.Method),
		url:      fillURL(request.URL, values),
		username: fill(request.Username, values, plain),
		password: fill(request.Password, values, plain),
	}
	contentType := ""
	for _, h := range request.Headers {
		out.headers = append(out.headers, kernel.WebhookHeader{Name: h.Name, Value: fill(h.Value, values, inLine)})
		if strings.EqualFold(h.Name, "content-type") {
			contentType = h.Value
		}
	}
	if len(request.Body) == 0 {
		return out
	}
	var text string
	if json.Unmarshal(request.Body, &text) == nil {
		out.body = []byte(fill(text, values, escapeOf(contentType, text)))
	} else {
		out.body = []byte(fill(string(request.Body), values, inJSON))
	}
	return out
}
