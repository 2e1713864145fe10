package dsl

import (
	"github.com/pact-foundation/pact-go/v2/matchers"

	"github.com/treatyhq/treaty/contract"
)

// V2HTTPMockProvider plays the provider in tests that write a V2 pact. It serves
// one test at a time: parallel tests make one each.
type V2HTTPMockProvider struct {
	*httpMockProvider
}

// NewV2Pact prepares a mock provider for a V2 pact. Nothing listens until a test
// is executed. The error names what is wrong in the configuration: a name that is
// missing, or something that is not a port.
func NewV2Pact(config MockHTTPProviderConfig) (*V2HTTPMockProvider, error) {
	p, err := newHTTPMockProvider(config, contract.V2)
	if err != nil {
		return nil, err
	}
	return &V2HTTPMockProvider{p}, nil
}

// AddInteraction begins the description of a request and its response. It ends with
// WillRespondWith or WithCompleteResponse; an interaction without them fails the
// test.
func (p *V2HTTPMockProvider) AddInteraction() *V2UnconfiguredInteraction {
	i := p.add()
	u := &V2UnconfiguredInteraction{}
	u.given = given[V2UnconfiguredInteraction]{self: u, interaction: i, provider: p.httpMockProvider}
	return u
}

// V2UnconfiguredInteraction is an interaction whose request is not described yet.
type V2UnconfiguredInteraction struct {
	given[V2UnconfiguredInteraction]
}

// WithCompleteRequest describes the request in one value, in the place of
// WithRequest.
func (i *V2UnconfiguredInteraction) WithCompleteRequest(request Request) *V2InteractionWithCompleteRequest {
	i.interaction.WithCompleteRequest(request)
	return &V2InteractionWithCompleteRequest{interaction: i.interaction, provider: i.provider}
}

// WithRequest describes the request: method, path and, through the builders,
// everything else.
func (i *V2UnconfiguredInteraction) WithRequest(method Method, path string, builders ...V2RequestBuilderFunc) *V2InteractionWithRequest {
	return i.WithRequestPathMatcher(method, matchers.String(path), builders...)
}

// WithRequestPathMatcher is WithRequest with a matcher for the path, such as
// matchers.Regex.
func (i *V2UnconfiguredInteraction) WithRequestPathMatcher(method Method, path matchers.Matcher, builders ...V2RequestBuilderFunc) *V2InteractionWithRequest {
	i.interaction.method(string(method))
	i.interaction.path(path)
	b := &V2RequestBuilder{}
	b.self, b.part = b, &i.interaction.request
	fill(b, builders)
	return &V2InteractionWithRequest{interaction: i.interaction, provider: i.provider}
}

// V2RequestBuilderFunc says what the request has beside method and path.
type V2RequestBuilderFunc func(*V2RequestBuilder)

// V2RequestBuilder fills the expected request: query, headers and body.
type V2RequestBuilder struct {
	requestBuilder[V2RequestBuilder]
}

// V2InteractionWithCompleteRequest is an interaction that needs its response.
type V2InteractionWithCompleteRequest struct {
	interaction *Interaction
	provider    *httpMockProvider
}

// WithCompleteResponse describes the response in one value, in the place of
// WillRespondWith.
func (i *V2InteractionWithCompleteRequest) WithCompleteResponse(response Response) *V2InteractionWithResponse {
	i.interaction.WithCompleteResponse(response)
	i.provider.done(i.interaction)
	return &V2InteractionWithResponse{provider: i.provider}
}

// V2InteractionWithRequest is an interaction that needs its response.
type V2InteractionWithRequest struct {
	interaction *Interaction
	provider    *httpMockProvider
}

// WillRespondWith describes the response: its status, from 100 to 999, and, through
// the builders, headers and body.
func (i *V2InteractionWithRequest) WillRespondWith(status int, builders ...V2ResponseBuilderFunc) *V2InteractionWithResponse {
	i.interaction.status(status)
	b := &V2ResponseBuilder{}
	b.self, b.part = b, &i.interaction.response
	fill(b, builders)
	i.provider.done(i.interaction)
	return &V2InteractionWithResponse{provider: i.provider}
}

// V2ResponseBuilderFunc says what the response has beside its status.
type V2ResponseBuilderFunc func(*V2ResponseBuilder)

// V2ResponseBuilder fills the response: headers and body.
type V2ResponseBuilder struct {
	bodyBuilder[V2ResponseBuilder]
}

// V2InteractionWithResponse is an interaction that is described whole.
type V2InteractionWithResponse struct {
	provider *httpMockProvider
}

// ExecuteTest plays all interactions added so far; see
// [V2HTTPMockProvider.ExecuteTest].
func (i *V2InteractionWithResponse) ExecuteTest(t TestingT, integrationTest func(MockServerConfig) error) error {
	if t != nil {
		t.Helper()
	}
	return i.provider.ExecuteTest(t, integrationTest)
}
