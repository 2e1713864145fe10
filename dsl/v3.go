package dsl

import (
	"github.com/pact-foundation/pact-go/v2/matchers"

	"github.com/treatyhq/treaty/contract"
)

// V3HTTPMockProvider plays the provider in tests that write a V3 pact. It serves
// one test at a time: parallel tests make one each.
type V3HTTPMockProvider struct {
	*httpMockProvider
}

// NewV3Pact prepares a mock provider for a V3 pact. Nothing listens until a test
// is executed. The error names what is wrong in the configuration: a name that is
// missing, or something that is not a port.
func NewV3Pact(config MockHTTPProviderConfig) (*V3HTTPMockProvider, error) {
	p, err := newHTTPMockProvider(config, contract.V3)
	if err != nil {
		return nil, err
	}
	return &V3HTTPMockProvider{p}, nil
}

// AddInteraction begins the description of a request and its response. It ends with
// WillRespondWith or WithCompleteResponse; an interaction without them fails the
// test.
func (p *V3HTTPMockProvider) AddInteraction() *V3UnconfiguredInteraction {
	i := p.add()
	u := &V3UnconfiguredInteraction{}
	u.givenWithParameter = givenWithParameter[V3UnconfiguredInteraction]{
		given[V3UnconfiguredInteraction]{self: u, interaction: i, provider: p.httpMockProvider},
	}
	return u
}

// V3UnconfiguredInteraction is an interaction whose request is not described yet.
type V3UnconfiguredInteraction struct {
	givenWithParameter[V3UnconfiguredInteraction]
}

// WithCompleteRequest describes the request in one value, in the place of
// WithRequest.
func (i *V3UnconfiguredInteraction) WithCompleteRequest(request Request) *V3InteractionWithCompleteRequest {
	i.interaction.WithCompleteRequest(request)
	return &V3InteractionWithCompleteRequest{interaction: i.interaction, provider: i.provider}
}

// WithRequest describes the request: method, path and, through the builders,
// everything else.
func (i *V3UnconfiguredInteraction) WithRequest(method Method, path string, builders ...V3RequestBuilderFunc) *V3InteractionWithRequest {
	return i.WithRequestPathMatcher(method, matchers.String(path), builders...)
}

// WithRequestPathMatcher is WithRequest with a matcher for the path, such as
// matchers.Regex.
func (i *V3UnconfiguredInteraction) WithRequestPathMatcher(method Method, path matchers.Matcher, builders ...V3RequestBuilderFunc) *V3InteractionWithRequest {
	i.interaction.method(string(method))
	i.interaction.path(path)
	b := &V3RequestBuilder{}
	b.self, b.part = b, &i.interaction.request
	fill(b, builders)
	return &V3InteractionWithRequest{interaction: i.interaction, provider: i.provider}
}

// V3RequestBuilderFunc says what the request has beside method and path.
type V3RequestBuilderFunc func(*V3RequestBuilder)

// V3RequestBuilder fills the expected request: query, headers and body.
type V3RequestBuilder struct {
	requestBuilder[V3RequestBuilder]
}

// V3InteractionWithCompleteRequest is an interaction that needs its response.
type V3InteractionWithCompleteRequest struct {
	interaction *Interaction
	provider    *httpMockProvider
}

// WithCompleteResponse describes the response in one value, in the place of
// WillRespondWith.
func (i *V3InteractionWithCompleteRequest) WithCompleteResponse(response Response) *V3InteractionWithResponse {
	i.interaction.WithCompleteResponse(response)
	i.provider.done(i.interaction)
	return &V3InteractionWithResponse{provider: i.provider}
}

// V3InteractionWithRequest is an interaction that needs its response.
type V3InteractionWithRequest struct {
	interaction *Interaction
	provider    *httpMockProvider
}

// WillRespondWith describes the response: its status, from 100 to 999, and, through
// the builders, headers and body.
func (i *V3InteractionWithRequest) WillRespondWith(status int, builders ...V3ResponseBuilderFunc) *V3InteractionWithResponse {
	i.interaction.status(status)
	b := &V3ResponseBuilder{}
	b.self, b.part = b, &i.interaction.response
	fill(b, builders)
	i.provider.done(i.interaction)
	return &V3InteractionWithResponse{provider: i.provider}
}

// V3ResponseBuilderFunc says what the response has beside its status.
type V3ResponseBuilderFunc func(*V3ResponseBuilder)

// V3ResponseBuilder fills the response: headers and body.
type V3ResponseBuilder struct {
	bodyBuilder[V3ResponseBuilder]
}

// V3InteractionWithResponse is an interaction that is described whole.
type V3InteractionWithResponse struct {
	provider *httpMockProvider
}

// ExecuteTest plays all interactions added so far; see
// [V3HTTPMockProvider.ExecuteTest].
func (i *V3InteractionWithResponse) ExecuteTest(t TestingT, integrationTest func(MockServerConfig) error) error {
	if t != nil {
		t.Helper()
	}
	return i.provider.ExecuteTest(t, integrationTest)
}
