package dsl

import (
	"fmt"

	"github.com/pact-foundation/pact-go/v2/matchers"
)

// V4InteractionWithPlugin is an interaction that asks for a plugin. It is here for
// pact-go's sake: ExecuteTest fails and says that plugins are not run.
type V4InteractionWithPlugin struct {
	interaction *Interaction
	provider    *httpMockProvider
}

// UsingPlugin asks for one more plugin, which fails the test like the first.
func (i *V4InteractionWithPlugin) UsingPlugin(config PluginConfig) *V4InteractionWithPlugin {
	i.interaction.fail("plugin", fmt.Errorf(
		"%s %s cannot be used: this library runs no plugins; describe the contents with JSONBody, Body or BinaryBody instead",
		config.Plugin, config.Version))
	return i
}

// WithRequest describes the request: method, path and, through the builders,
// everything else.
func (i *V4InteractionWithPlugin) WithRequest(method Method, path string, builders ...PluginRequestBuilderFunc) *V4InteractionWithPluginRequest {
	return i.WithRequestPathMatcher(method, matchers.String(path), builders...)
}

// WithRequestPathMatcher is WithRequest with a matcher for the path, such as
// matchers.Regex.
func (i *V4InteractionWithPlugin) WithRequestPathMatcher(method Method, path matchers.Matcher, builders ...PluginRequestBuilderFunc) *V4InteractionWithPluginRequest {
	i.interaction.method(string(method))
	i.interaction.path(path)
	b := &V4InteractionWithPluginRequestBuilder{}
	b.self, b.part = b, &i.interaction.request
	fill(b, builders)
	return &V4InteractionWithPluginRequest{interaction: i.interaction, provider: i.provider}
}

// PluginRequestBuilderFunc says what the request has beside method and path.
type PluginRequestBuilderFunc func(*V4InteractionWithPluginRequestBuilder)

// V4InteractionWithPluginRequestBuilder fills the expected request: query, headers
// and body.
type V4InteractionWithPluginRequestBuilder struct {
	requestBuilder[V4InteractionWithPluginRequestBuilder]
}

// PluginContents sets contents in the form that a plugin reads.
func (b *V4InteractionWithPluginRequestBuilder) PluginContents(contentType string, contents string) *V4InteractionWithPluginRequestBuilder {
	b.part.pluginContents(contentType, contents)
	return b
}

// V4InteractionWithPluginRequest is an interaction that needs its response.
type V4InteractionWithPluginRequest struct {
	interaction *Interaction
	provider    *httpMockProvider
}

// WillRespondWith describes the response: its status, from 100 to 999, and, through
// the builders, headers and body.
func (i *V4InteractionWithPluginRequest) WillRespondWith(status int, builders ...PluginResponseBuilderFunc) *V4InteractionWithPluginResponse {
	i.interaction.status(status)
	b := &V4InteractionWithPluginResponseBuilder{}
	b.self, b.part = b, &i.interaction.response
	fill(b, builders)
	i.provider.done(i.interaction)
	return &V4InteractionWithPluginResponse{provider: i.provider}
}

// PluginResponseBuilderFunc says what the response has beside its status.
type PluginResponseBuilderFunc func(*V4InteractionWithPluginResponseBuilder)

// V4InteractionWithPluginResponseBuilder fills the response: headers and body.
type V4InteractionWithPluginResponseBuilder struct {
	bodyBuilder[V4InteractionWithPluginResponseBuilder]
}

// PluginContents sets contents in the form that a plugin reads.
func (b *V4InteractionWithPluginResponseBuilder) PluginContents(contentType string, contents string) *V4InteractionWithPluginResponseBuilder {
	b.part.pluginContents(contentType, contents)
	return b
}

// V4InteractionWithPluginResponse is an interaction that is described whole.
type V4InteractionWithPluginResponse struct {
	provider *httpMockProvider
}

// ExecuteTest plays all interactions added so far; see
// [V4HTTPMockProvider.ExecuteTest].
func (i *V4InteractionWithPluginResponse) ExecuteTest(t TestingT, integrationTest func(MockServerConfig) error) error {
	if t != nil {
		t.Helper()
	}
	return i.provider.ExecuteTest(t, integrationTest)
}

// pluginContents keeps the description readable; that no plugin will read it
// is said where the plugin was asked for.
func (p *part) pluginContents(contentType, contents string) {
	p.setBody([]byte(contents), contentType)
}
