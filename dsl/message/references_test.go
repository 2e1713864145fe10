package message_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl"
	v4 "github.com/treatyhq/treaty/dsl/message/v4"
)

// refers is a builder that takes references.
type refers[B any] interface {
	AddExternalReference(group, name, value string) B
	Reference(group, name, value string) B
}

func refer[B refers[B]](b B) B {
	b = b.AddExternalReference("Jira", "SHOP-7", "https://jira.example.com/browse/SHOP-7")
	b = b.AddExternalReference("AsyncAPI", "operationId", "old")
	b = b.AddExternalReference("AsyncAPI", "operationId", "onOrder")
	b = b.AddExternalReference("AsyncAPI", "version", "3.10")
	b = b.AddExternalReference("AsyncAPI", "draft", ` {"since": true} `)
	b = b.AddExternalReference("AsyncAPI", "two", "1 2")
	b = b.AddExternalReference("AsyncAPI", "brace", "{")
	b = b.AddExternalReference("AsyncAPI", "nothing", "")
	return b.Reference("openapi", "operationId", "7")
}

// A text that is JSON is taken as what it stands for, which is what the native
// library of pact-go does; the make target differential compares them.
const referred = `{"references":{
	"Jira":{"SHOP-7":"https://jira.example.com/browse/SHOP-7"},
	"AsyncAPI":{"operationId":"onOrder","version":3.10,"draft":{"since":true},"two":"1 2","brace":"{","nothing":""},
	"openapi":{"operationId":"7"}}}`

func TestReferencesOfEveryKindOfInteraction(t *testing.T) {
	t.Parallel()
	for kind, write := range map[contract.Kind]func(dir string) error{
		contract.KindHTTP: func(dir string) error {
			pact, err := dsl.NewV4Pact(dsl.MockHTTPProviderConfig{Consumer: "mailer", Provider: "catalog", PactDir: dir})
			require.NoError(t, err)
			return refer(pact.AddInteraction().UponReceiving("a request")).WithRequest("GET", "/").WillRespondWith(200).
				ExecuteTest(t, func(server dsl.MockServerConfig) error {
					response, err := http.Get(fmt.Sprintf("http://%s:%d/", server.Host, server.Port))
					if err != nil {
						return err
					}
					return response.Body.Close()
				})
		},
		contract.KindAsyncMessage: func(dir string) error {
			pact, err := v4.NewAsynchronousPact(v4.Config{Consumer: "mailer", Provider: "catalog", PactDir: dir})
			require.NoError(t, err)
			return refer(pact.AddAsynchronousMessage()).ExpectsToReceive("an order").WithContent("text/plain", []byte("x")).
				ConsumedBy(func(v4.AsynchronousMessage) error { return nil }).Verify(t)
		},
		contract.KindSyncMessage: func(dir string) error {
			pact, err := v4.NewSynchronousPact(v4.Config{Consumer: "mailer", Provider: "catalog", PactDir: dir})
			require.NoError(t, err)
			return refer(pact.AddSynchronousMessage("a question")).
				WithRequest(func(b *v4.SynchronousMessageWithRequestBuilder) { b.WithContent("text/plain", []byte("x")) }).
				WithResponse(func(b *v4.SynchronousMessageWithResponseBuilder) { b.WithContent("text/plain", []byte("y")) }).
				ExecuteTest(t, func(v4.SynchronousMessage) error { return nil })
		},
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			require.NoError(t, write(dir))
			require.FileExists(t, filepath.Join(dir, "mailer-catalog.json"))
			written := read(t, dir)
			require.Contains(t, written, "3.10", "a number keeps its spelling")
			p, err := contract.Decode([]byte(written))
			require.NoError(t, err)
			require.Equal(t, kind, p.Interactions[0].Kind())
			require.JSONEq(t, referred, commentsOf(t, p.Interactions[0]))
		})
	}
}

func commentsOf(t *testing.T, i contract.Interaction) string {
	t.Helper()
	text, err := json.Marshal(i.Base().Comments)
	require.NoError(t, err)
	return string(text)
}
