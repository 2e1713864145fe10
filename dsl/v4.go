package dsl

import (
	"github.com/pact-foundation/pact-go/v2/matchers"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/draft"
)

// V4HTTPMockProvider plays the provider in tests that write a V4 pact. It serves
// one test at a time: parallel tests make one each.
type V4HTTPMockProvider struct {
	*httpMockProvider
}

// NewV4Pact prepares a mock provider for a V4 pact. Nothing listens until a test
// is executed. The error names what is wrong in the configuration: a name that is
// missing, or something that is not a port.
func NewV4Pact(config MockHTTPProviderConfig) (*V4HTTPMockProvider, error) {
	p, err := newHTTPMockProvider(config, contract.V4)
	if err != nil {
		return nil, err
	}
	return &V4HTTPMockProvider{p}, nil
}

// AddInteraction begins the description of a request and its response. It ends with
// WillRespondWith or WithCompleteResponse; an interaction without them fails the
// test.
func (p *V4HTTPMockProvider) AddInteraction() *V4UnconfiguredInteraction {
	i := p.add()
	u := &V4UnconfiguredInteraction{}
	u.givenWithParameter = givenWithParameter[V4UnconfiguredInteraction]{
		given[V4UnconfiguredInteraction]{self: u, interaction: i, provider: p.httpMockProvider},
	}
	return u
}

// V4UnconfiguredInteraction is an interaction whose request is not described yet.
type V4UnconfiguredInteraction struct {
	givenWithParameter[V4UnconfiguredInteraction]
}

// UsingPlugin is accepted for the sake of pact-go. Plugins are not run: the
// test fails with a sentence that names the plugin.
func (i *V4UnconfiguredInteraction) UsingPlugin(config PluginConfig) *V4InteractionWithPlugin {
	return (&V4InteractionWithPlugin{interaction: i.interaction, provider: i.provider}).UsingPlugin(config)
}

// AddExternalReference records where something about the interaction is written
// down: a ticket, a pull request, an operation of an AsyncAPI document. It may
// be called several times, and stands in the file at
// comments.references[group][name]. A value that is JSON, such as "7" or
// "true", is written as that; see [V4UnconfiguredInteraction.Reference] for one
// that stays text.
func (i *V4UnconfiguredInteraction) AddExternalReference(group, name, value string) *V4UnconfiguredInteraction {
	draft.AddExternalReference(&i.interaction.http.Common, group, name, value)
	return i
}

// WithCompleteRequest describes the request in one value, in the place of
// WithRequest.
func (i *V4UnconfiguredInteraction) WithCompleteRequest(request Request) *V4InteractionWithCompleteRequest {
	i.interaction.WithCompleteRequest(request)
	return &V4InteractionWithCompleteRequest{interaction: i.interaction, provider: i.provider}
}

// WithRequest describes the request: method, path and, through the builders,
// everything else.
func (i *V4UnconfiguredInteraction) WithRequest(method Method, path string, builders ...V4RequestBuilderFunc) *V4InteractionWithRequest {
	return i.WithRequestPathMatcher(method, matchers.String(path), builders...)
}

// WithRequestPathMatcher is WithRequest with a matcher for the path, such as
// matchers.Regex.
func (i *V4UnconfiguredInteraction) WithRequestPathMatcher(method Method, path matchers.Matcher, builders ...V4RequestBuilderFunc) *V4InteractionWithRequest {
	i.interaction.method(string(method))
	i.interaction.path(path)
	b := &V4RequestBuilder{}
	b.self, b.part = b, &i.interaction.request
	fill(b, builders)
	return &V4InteractionWithRequest{interaction: i.interaction, provider: i.provider}
}

// V4RequestBuilderFunc says what the request has beside method and path.
type V4RequestBuilderFunc func(*V4RequestBuilder)

// V4RequestBuilder fills the expected request: query, headers and body.
type V4RequestBuilder struct {
	requestBuilder[V4RequestBuilder]
}

// V4InteractionWithCompleteRequest is an interaction that needs its response.
type V4InteractionWithCompleteRequest struct {
	interaction *Interaction
	provider    *httpMockProvider
}

// WithCompleteResponse describes the response in one value, in the place of
// WillRespondWith.
func (i *V4InteractionWithCompleteRequest) WithCompleteResponse(response Response) *V4InteractionWithResponse {
	i.interaction.WithCompleteResponse(response)
	i.provider.done(i.interaction)
	return &V4InteractionWithResponse{provider: i.provider}
}

// V4InteractionWithRequest is an interaction that needs its response.
type V4InteractionWithRequest struct {
	interaction *Interaction
	provider    *httpMockProvider
}

// WillRespondWith describes the response: its status, from 100 to 999, and, through
// the builders, headers and body.
func (i *V4InteractionWithRequest) WillRespondWith(status int, builders ...V4ResponseBuilderFunc) *V4InteractionWithResponse {
	i.interaction.status(status)
	b := &V4ResponseBuilder{}
	b.self, b.part = b, &i.interaction.response
	fill(b, builders)
	i.provider.done(i.interaction)
	return &V4InteractionWithResponse{provider: i.provider}
}

// V4ResponseBuilderFunc says what the response has beside its status.
type V4ResponseBuilderFunc func(*V4ResponseBuilder)

// V4ResponseBuilder fills the response: headers and body.
type V4ResponseBuilder struct {
	bodyBuilder[V4ResponseBuilder]
}

// V4InteractionWithResponse is an interaction that is described whole.
type V4InteractionWithResponse struct {
	provider *httpMockProvider
}

// ExecuteTest plays all interactions added so far; see
// [V4HTTPMockProvider.ExecuteTest].
func (i *V4InteractionWithResponse) ExecuteTest(t TestingT, integrationTest func(MockServerConfig) error) error {
	if t != nil {
		t.Helper()
	}
	return i.provider.ExecuteTest(t, integrationTest)
}
