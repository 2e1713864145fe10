package dsl_test

import (
	"context"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/pact-foundation/pact-go/v2/message"
	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/dsl"
	v3 "github.com/treatyhq/treaty/dsl/message/v3"
	v4 "github.com/treatyhq/treaty/dsl/message/v4"
	"github.com/treatyhq/treaty/verifier"
)

// produced is a message that a provider sends.
type produced struct {
	body     any
	metadata message.Metadata
}

func (p produced) keeps(t *testing.T, c dsl.MockHTTPProviderConfig, state string) bool {
	t.Helper()
	report, err := verifier.Verify(context.Background(), verifier.Options{
		Provider: c.Provider, Files: []string{file(c)}, AllowMissingStates: true,
		MessageHandlers: message.Handlers{"a message": func(states []models.ProviderState) (message.Body, message.Metadata, error) {
			if state != "" && (len(states) == 0 || states[0].Name != state) {
				return nil, nil, nil
			}
			return p.body, p.metadata, nil
		}},
		SyncMessageHandlers: verifier.SyncHandlers{"a message": func(message.Body, message.Metadata, []models.ProviderState) (message.Body, message.Metadata, error) {
			return p.body, p.metadata, nil
		}},
	})
	require.NoError(t, err)
	return report.OK()
}

func asJSON(body any) produced {
	return produced{body: body, metadata: message.Metadata{"contentType": jsonType}}
}

// messagePromise has a consumer's test of a message and what providers send.
func messagePromise(test func(t *testing.T, c dsl.MockHTTPProviderConfig) error, kept, broken []produced) promise {
	return promise{test: func(t *testing.T) {
		c := config(t)
		require.NoError(t, test(t, c))
		for n, p := range kept {
			require.True(t, p.keeps(t, c, ""), "message %d keeps it", n)
		}
		for n, p := range broken {
			require.False(t, p.keeps(t, c, ""), "message %d breaks it", n)
		}
	}}
}

func inV3(describe func(*v3.UnconfiguredAsynchronousMessageBuilder) *v3.AsynchronousMessageBuilderWithContents) func(*testing.T, dsl.MockHTTPProviderConfig) error {
	return func(t *testing.T, c dsl.MockHTTPProviderConfig) error {
		pact, err := v3.NewAsynchronousPact(v3.Config{Consumer: c.Consumer, Provider: c.Provider, PactDir: c.PactDir})
		require.NoError(t, err)
		return describe(pact.AddAsynchronousMessage().ExpectsToReceive("a message")).ConsumedBy(func(v3.MessageContents) error { return nil }).Verify(nil)
	}
}

func inV4(describe func(*v4.UnconfiguredAsynchronousMessageBuilder) *v4.AsynchronousMessageWithContents) func(*testing.T, dsl.MockHTTPProviderConfig) error {
	return func(t *testing.T, c dsl.MockHTTPProviderConfig) error {
		pact, err := v4.NewAsynchronousPact(v4.Config{Consumer: c.Consumer, Provider: c.Provider, PactDir: c.PactDir})
		require.NoError(t, err)
		return describe(pact.AddAsynchronousMessage().ExpectsToReceive("a message")).ConsumedBy(func(v4.AsynchronousMessage) error { return nil }).Verify(nil)
	}
}

// answered is a synchronous message whose answer is described.
func answered(describe v4.ResponseBuilderFunc) func(*testing.T, dsl.MockHTTPProviderConfig) error {
	return func(t *testing.T, c dsl.MockHTTPProviderConfig) error {
		pact, err := v4.NewSynchronousPact(v4.Config{Consumer: c.Consumer, Provider: c.Provider, PactDir: c.PactDir})
		require.NoError(t, err)
		return pact.AddSynchronousMessage("a message").
			WithRequest(func(b *v4.SynchronousMessageWithRequestBuilder) { b.WithJSONContent(1) }).WithResponse(describe).
			ExecuteTest(nil, func(v4.SynchronousMessage) error { return nil })
	}
}

// requested tells what of a request the provider meets: the consumer's test
// gets it as it is described, and the verifier sends the same.
func requested(describe v4.RequestBuilderFunc, body string, metadata message.Metadata) promise {
	return promise{test: func(t *testing.T) {
		c := config(t)
		pact, err := v4.NewSynchronousPact(v4.Config{Consumer: c.Consumer, Provider: c.Provider, PactDir: c.PactDir})
		require.NoError(t, err)
		require.NoError(t, pact.AddSynchronousMessage("a message").WithRequest(describe).
			WithResponse(func(b *v4.SynchronousMessageWithResponseBuilder) { b.WithJSONContent(1) }).
			ExecuteTest(nil, func(m v4.SynchronousMessage) error {
				require.Equal(t, body, string(m.Request.Contents))
				return nil
			}))
		var metBody any
		var metMetadata message.Metadata
		report, err := verifier.Verify(context.Background(), verifier.Options{
			Provider: c.Provider, Files: []string{file(c)},
			SyncMessageHandlers: verifier.SyncHandlers{"a message": func(b message.Body, m message.Metadata, _ []models.ProviderState) (message.Body, message.Metadata, error) {
				metBody, metMetadata = b, m
				return 1, message.Metadata{"contentType": jsonType}, nil
			}},
		})
		require.NoError(t, err)
		require.True(t, report.OK())
		require.EqualValues(t, body, metBody)
		for name, value := range metadata {
			require.Equal(t, value, metMetadata[name])
		}
	}}
}

const topic = `{"pact:matcher:type":"regex","regex":"[a-z]+","value":"x"}`

var (
	contents      = map[string]any{"v": matchers.Integer(1), "w": "x"}
	rightContents = []produced{asJSON(map[string]any{"v": 2, "w": "x", "more": 1})}
	wrongContents = []produced{asJSON(map[string]any{"v": "a", "w": "x"}), asJSON(map[string]any{"v": 2, "w": "y"}), asJSON(map[string]any{"v": 2}), asJSON(nil)}
	rightText     = []produced{{body: []byte("hi"), metadata: message.Metadata{"contentType": "text/plain"}}}
	wrongText     = []produced{{body: []byte("ho"), metadata: message.Metadata{"contentType": "text/plain"}}, asJSON("hi")}
	withTopic     = func(value any) produced {
		return produced{body: 1, metadata: message.Metadata{"contentType": jsonType, "topic": value}}
	}
	rightTopics    = []produced{withTopic("abc")}
	wrongTopics    = []produced{withTopic("1"), asJSON(1)}
	topics         = map[string]string{"topic": topic}
	stateOfMessage = "it is x"
)

// stated promises that the provider is asked for the state.
func stated(test func(t *testing.T, c dsl.MockHTTPProviderConfig) error) promise {
	return promise{test: func(t *testing.T) {
		c := config(t)
		require.NoError(t, test(t, c))
		require.True(t, asJSON(1).keeps(t, c, stateOfMessage))
		require.False(t, asJSON(1).keeps(t, c, "another state"))
	}}
}

func statedV3(given func(*v3.AsynchronousMessageBuilder) *v3.AsynchronousMessageBuilder) promise {
	return stated(func(t *testing.T, c dsl.MockHTTPProviderConfig) error {
		pact, err := v3.NewAsynchronousPact(v3.Config{Consumer: c.Consumer, Provider: c.Provider, PactDir: c.PactDir})
		require.NoError(t, err)
		return given(pact.AddAsynchronousMessage()).ExpectsToReceive("a message").WithJSONContent(1).ConsumedBy(func(v3.MessageContents) error { return nil }).Verify(nil)
	})
}

func statedV4(given func(*v4.AsynchronousMessageBuilder) *v4.AsynchronousMessageBuilder) promise {
	return stated(func(t *testing.T, c dsl.MockHTTPProviderConfig) error {
		pact, err := v4.NewAsynchronousPact(v4.Config{Consumer: c.Consumer, Provider: c.Provider, PactDir: c.PactDir})
		require.NoError(t, err)
		return given(pact.AddAsynchronousMessage()).ExpectsToReceive("a message").WithJSONContent(1).ConsumedBy(func(v4.AsynchronousMessage) error { return nil }).Verify(nil)
	})
}

var messagesV3 = map[string]promise{
	"UnconfiguredAsynchronousMessageBuilder.WithJSONContent": messagePromise(inV3(func(b *v3.UnconfiguredAsynchronousMessageBuilder) *v3.AsynchronousMessageBuilderWithContents {
		return b.WithJSONContent(contents)
	}), rightContents, wrongContents),
	"UnconfiguredAsynchronousMessageBuilder.WithContent": messagePromise(inV3(func(b *v3.UnconfiguredAsynchronousMessageBuilder) *v3.AsynchronousMessageBuilderWithContents {
		return b.WithContent("text/plain", []byte("hi"))
	}), rightText, wrongText),
	"UnconfiguredAsynchronousMessageBuilder.WithBinaryContent": messagePromise(inV3(func(b *v3.UnconfiguredAsynchronousMessageBuilder) *v3.AsynchronousMessageBuilderWithContents {
		return b.WithBinaryContent("text/plain", []byte("hi"))
	}), rightText, wrongText),
	"UnconfiguredAsynchronousMessageBuilder.WithMetadata": messagePromise(inV3(func(b *v3.UnconfiguredAsynchronousMessageBuilder) *v3.AsynchronousMessageBuilderWithContents {
		return b.WithMetadata(topics).WithJSONContent(1)
	}), rightTopics, wrongTopics),
	"AsynchronousMessageBuilder.Given": statedV3(func(b *v3.AsynchronousMessageBuilder) *v3.AsynchronousMessageBuilder { return b.Given(stateOfMessage) }),
	"AsynchronousMessageBuilder.GivenWithParameter": statedV3(func(b *v3.AsynchronousMessageBuilder) *v3.AsynchronousMessageBuilder {
		return b.GivenWithParameter(models.ProviderState{Name: stateOfMessage, Parameters: map[string]any{"id": 1}})
	}),
	"AsynchronousMessageBuilder.ExpectsToReceive":       nothing("the message's name"),
	"AsynchronousMessageBuilderWithContents.AsType":     nothing("what the consumer's test gets"),
	"AsynchronousMessageBuilderWithContents.ConsumedBy": nothing(isStep),
	"AsynchronousMessageBuilderWithConsumer.Verify":     nothing(isStep),
	"AsynchronousPact.AddAsynchronousMessage":           nothing(isStep),
	"AsynchronousPact.AddMessage":                       nothing(isStep),
	"AsynchronousPact.Verify":                           nothing(isStep),
	"NewAsynchronousPact":                               nothing(isStep),
	"NewMessagePact":                                    nothing(isStep),
	"Config":                                            nothing(isConfig),
	"AsynchronousConsumer":                              nothing(isType),
	"Body":                                              nothing(isType),
	"MessageContents":                                   nothing(isType),
	"Metadata":                                          nothing(isType),
	"TestingT":                                          nothing(isType),
}

var messagesV4 = map[string]promise{
	"UnconfiguredAsynchronousMessageBuilder.WithJSONContent": messagePromise(inV4(func(b *v4.UnconfiguredAsynchronousMessageBuilder) *v4.AsynchronousMessageWithContents {
		return b.WithJSONContent(contents)
	}), rightContents, wrongContents),
	"UnconfiguredAsynchronousMessageBuilder.WithContent": messagePromise(inV4(func(b *v4.UnconfiguredAsynchronousMessageBuilder) *v4.AsynchronousMessageWithContents {
		return b.WithContent("text/plain", []byte("hi"))
	}), rightText, wrongText),
	"UnconfiguredAsynchronousMessageBuilder.WithMetadata": messagePromise(inV4(func(b *v4.UnconfiguredAsynchronousMessageBuilder) *v4.AsynchronousMessageWithContents {
		return b.WithMetadata(topics).WithJSONContent(1)
	}), rightTopics, wrongTopics),
	"SynchronousMessageWithResponseBuilder.WithJSONContent": messagePromise(answered(func(b *v4.SynchronousMessageWithResponseBuilder) { b.WithJSONContent(contents) }), rightContents, wrongContents),
	"SynchronousMessageWithResponseBuilder.WithContent":     messagePromise(answered(func(b *v4.SynchronousMessageWithResponseBuilder) { b.WithContent("text/plain", []byte("hi")) }), rightText, wrongText),
	"SynchronousMessageWithResponseBuilder.WithMetadata":    messagePromise(answered(func(b *v4.SynchronousMessageWithResponseBuilder) { b.WithMetadata(topics).WithJSONContent(1) }), rightTopics, wrongTopics),
	"SynchronousMessageWithRequestBuilder.WithJSONContent":  requested(func(b *v4.SynchronousMessageWithRequestBuilder) { b.WithJSONContent(contents) }, `{"v":1,"w":"x"}`, nil),
	"SynchronousMessageWithRequestBuilder.WithContent":      requested(func(b *v4.SynchronousMessageWithRequestBuilder) { b.WithContent("text/plain", []byte("hi")) }, "hi", nil),
	"SynchronousMessageWithRequestBuilder.WithMetadata":     requested(func(b *v4.SynchronousMessageWithRequestBuilder) { b.WithMetadata(topics).WithJSONContent(1) }, "1", message.Metadata{"topic": "x"}),
	"AsynchronousMessageBuilder.Given":                      statedV4(func(b *v4.AsynchronousMessageBuilder) *v4.AsynchronousMessageBuilder { return b.Given(stateOfMessage) }),
	"AsynchronousMessageBuilder.GivenWithParameter": statedV4(func(b *v4.AsynchronousMessageBuilder) *v4.AsynchronousMessageBuilder {
		return b.GivenWithParameter(models.ProviderState{Name: stateOfMessage, Parameters: map[string]any{"id": 1}})
	}),
	"UnconfiguredSynchronousMessageBuilder.Given":                nothing("made as that of asynchronous messages"),
	"UnconfiguredSynchronousMessageBuilder.GivenWithParameter":   nothing("made as that of asynchronous messages"),
	"AsynchronousMessageBuilder.ExpectsToReceive":                nothing("the message's name"),
	"AsynchronousMessageBuilder.WithKey":                         nothing("the message's name"),
	"AsynchronousMessageBuilder.Comment":                         nothing(isAside),
	"AsynchronousMessageBuilder.Pending":                         nothing("a provider may break it without failing"),
	"AsynchronousMessageBuilder.AddExternalReference":            nothing(isAside),
	"AsynchronousMessageBuilder.Reference":                       nothing(isAside),
	"AsynchronousMessageBuilder.TestName":                        nothing(isAside),
	"UnconfiguredSynchronousMessageBuilder.WithKey":              nothing("the message's name"),
	"UnconfiguredSynchronousMessageBuilder.Comment":              nothing(isAside),
	"UnconfiguredSynchronousMessageBuilder.Pending":              nothing("a provider may break it without failing"),
	"UnconfiguredSynchronousMessageBuilder.AddExternalReference": nothing(isAside),
	"UnconfiguredSynchronousMessageBuilder.Reference":            nothing(isAside),
	"UnconfiguredSynchronousMessageBuilder.TestName":             nothing(isAside),
	"UnconfiguredSynchronousMessageBuilder.WithRequest":          nothing(isStep),
	"SynchronousMessageWithRequest.WithResponse":                 nothing(isStep),
	"SynchronousMessageWithResponse.ExecuteTest":                 nothing(isStep),
	"AsynchronousMessageWithContents.AsType":                     nothing("what the consumer's test gets"),
	"AsynchronousMessageWithContents.ConsumedBy":                 nothing(isStep),
	"AsynchronousMessageWithConsumer.Verify":                     nothing(isStep),
	"AsynchronousPact.AddAsynchronousMessage":                    nothing(isStep),
	"AsynchronousPact.AddMessage":                                nothing(isStep),
	"AsynchronousPact.Verify":                                    nothing(isStep),
	"SynchronousPact.AddSynchronousMessage":                      nothing(isStep),
	"NewAsynchronousPact":                                        nothing(isStep),
	"NewSynchronousPact":                                         nothing(isStep),
	"Config":                                                     nothing(isConfig),
	"AsynchronousConsumer":                                       nothing(isType),
	"AsynchronousMessage":                                        nothing(isType),
	"MessageContents":                                            nothing(isType),
	"Metadata":                                                   nothing(isType),
	"RequestBuilderFunc":                                         nothing(isType),
	"ResponseBuilderFunc":                                        nothing(isType),
	"SynchronousMessage":                                         nothing(isType),
	"SynchronousMessageBuilder":                                  nothing(isType),
	"TestingT":                                                   nothing(isType),
	plugins: {test: func(t *testing.T) {
		c := config(t)
		pact, err := v4.NewAsynchronousPact(v4.Config{Consumer: c.Consumer, Provider: c.Provider, PactDir: c.PactDir})
		require.NoError(t, err)
		err = pact.AddAsynchronousMessage().ExpectsToReceive("a message").UsingPlugin(v4.PluginConfig{Plugin: "avro"}).
			WithContents("{}", "avro/binary").ExecuteTest(nil, func(v4.AsynchronousMessage) error { return nil })
		require.ErrorContains(t, err, "avro")
		notWritten(t, c)
	}},
}
