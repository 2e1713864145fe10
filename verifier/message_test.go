package verifier_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"github.com/pact-foundation/pact-go/v2/message"
	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/verifier"
)

const orderPlaced = `{"type":"Asynchronous/Messages","description":"order placed","providerStates":[{"name":"order 7","params":{"n":7}}],
	"contents":{"content":{"id":7,"sku":"tea"},"contentType":"application/json","encoded":false},
	"metadata":{"topic":"orders"}}`

const quote = `{"type":"Synchronous/Messages","description":"a quote",
	"request":{"contents":{"content":{"sku":"tea"},"contentType":"application/json","encoded":false},"metadata":{"from":"shop"}},
	"response":[{"contents":{"content":{"price":12.5},"contentType":"application/json","encoded":false}}]}`

func TestMessageHandlerProducesTheMessage(t *testing.T) {
	t.Parallel()
	type order struct {
		ID  int    `json:"id"`
		SKU string `json:"sku"`
	}
	for _, tt := range []struct {
		name    string
		body    message.Body
		meta    message.Metadata
		err     error
		outcome verifier.Outcome
		says    string
	}{
		{"a value", order{7, "tea"}, message.Metadata{"topic": "orders"}, nil, verifier.Passed, ""},
		{"bytes", []byte(`{"id":7,"sku":"tea"}`), message.Metadata{"topic": "orders", "contentType": "application/json"}, nil, verifier.Passed, ""},
		{"pact-go's spelling of the content type", order{7, "tea"}, message.Metadata{"topic": "orders", "Content-Type": "application/json"}, nil, verifier.Passed, ""},
		{"wrong contents", order{8, "tea"}, message.Metadata{"topic": "orders"}, nil, verifier.Failed, "body $.id"},
		{"wrong metadata", order{7, "tea"}, message.Metadata{"topic": "other"}, nil, verifier.Failed, "metadata topic"},
		{"an error", nil, nil, errors.New("no such order"), verifier.Errored, "no such order"},
		{"not JSON", func() {}, nil, nil, verifier.Errored, "not JSON"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var states []models.ProviderState
			report := verify(t, verifier.Options{
				Pacts: []*contract.Pact{pactV4(t, orderPlaced)},
				MessageHandlers: message.Handlers{"order placed": func(s []models.ProviderState) (message.Body, message.Metadata, error) {
					states = s
					return tt.body, tt.meta, tt.err
				}},
			})
			require.Equal(t, tt.outcome, only(t, report).Outcome, text(t, report))
			require.Contains(t, text(t, report), tt.says)
			require.Equal(t, []models.ProviderState{{Name: "order 7", Parameters: map[string]any{"n": 7.0}}}, states)
		})
	}
}

func TestMissingMessageHandlerPrintsOne(t *testing.T) {
	t.Parallel()
	i := only(t, verify(t, verifier.Options{
		Pacts:           []*contract.Pact{pactV4(t, orderPlaced)},
		MessageHandlers: message.Handlers{"another": nil},
	}))
	require.Equal(t, verifier.Errored, i.Outcome)
	require.Contains(t, i.Problem, `"order placed": func(states []models.ProviderState)`)
}

// messageProvider answers message requests over HTTP and notes them.
func messageProvider(t *testing.T, asked *recording, status int, contentType, content, metadata string) string {
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.add("%s %s %s", r.Method, r.URL.Path, body(r))
		w.Header().Set("Content-Type", contentType)
		if metadata != "" {
			w.Header().Set("Pact-Message-Metadata", base64.StdEncoding.EncodeToString([]byte(metadata)))
		}
		w.WriteHeader(status)
		fmt.Fprint(w, content)
	}))
}

func TestMessageIsAskedForOverHTTP(t *testing.T) {
	t.Parallel()
	var asked recording
	report := verify(t, verifier.Options{
		BaseURL: messageProvider(t, &asked, 200, "application/json", `{"id":7,"sku":"tea"}`, `{"topic":"orders"}`),
		Pacts:   []*contract.Pact{pactV4(t, orderPlaced)},
	})
	require.True(t, report.OK(), text(t, report))
	require.Equal(t, []string{`POST / {"description":"order placed","providerStates":[{"name":"order 7","params":{"n":7}}]}`}, asked.all())
}

func TestMessageFaultsOverHTTPAreExplained(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, contentType, content, metadata string
		status                               int
		says                                 string
	}{
		{name: "status", status: 500, contentType: "text/plain", content: "no order 7", says: "status 500: no order 7"},
		{name: "metadata missing", status: 200, contentType: "application/json", content: `{"id":7,"sku":"tea"}`, says: "metadata topic"},
		{name: "metadata no object", status: 200, contentType: "application/json", content: `{}`, metadata: `[]`, says: "no JSON object"},
		{name: "content type", status: 200, contentType: "text/html", content: `<html>`, metadata: `{"topic":"orders"}`, says: "text/html"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			report := verify(t, verifier.Options{
				BaseURL: messageProvider(t, new(recording), tt.status, tt.contentType, tt.content, tt.metadata),
				Pacts:   []*contract.Pact{pactV4(t, orderPlaced)},
			})
			require.False(t, report.OK())
			require.Contains(t, text(t, report), tt.says)
		})
	}
}

func TestSyncMessageCarriesItsRequest(t *testing.T) {
	t.Parallel()
	var asked recording
	report := verify(t, verifier.Options{
		BaseURL: messageProvider(t, &asked, 200, "application/json", `{"price":12.5}`, ""),
		Pacts:   []*contract.Pact{pactV4(t, quote)},
	})
	require.True(t, report.OK(), text(t, report))
	require.Equal(t, []string{`POST / {"description":"a quote","request":{"contents":{"content":{"sku":"tea"},"contentType":"application/json","encoded":false},"metadata":{"from":"shop"}}}`}, asked.all())
}

func TestSyncMessageHandlerAnswersTheRequest(t *testing.T) {
	t.Parallel()
	report := verify(t, verifier.Options{
		Pacts: []*contract.Pact{pactV4(t, quote)},
		SyncMessageHandlers: verifier.SyncHandlers{"a quote": func(request message.Body, meta message.Metadata, _ []models.ProviderState) (message.Body, message.Metadata, error) {
			var asked struct{ SKU string }
			if err := json.Unmarshal(request.([]byte), &asked); err != nil || asked.SKU != "tea" || meta["from"] != "shop" {
				return nil, nil, errors.New("another request")
			}
			return map[string]any{"price": 12.5}, nil, nil
		}},
	})
	require.True(t, report.OK(), text(t, report))
}

func TestEveryReplyOfASyncMessageIsCompared(t *testing.T) {
	t.Parallel()
	two := `{"type":"Synchronous/Messages","description":"a quote","request":{"contents":{"content":"x","contentType":"text/plain"}},
		"response":[{"contents":{"content":{"n":1},"contentType":"application/json"}},{"contents":{"content":{"n":2},"contentType":"application/json"}}]}`
	answer := func(replies ...int) verifier.Options {
		return verifier.Options{
			Pacts: []*contract.Pact{pactV4(t, two)},
			SyncMessageHandlers: verifier.SyncHandlers{"a quote": func(message.Body, message.Metadata, []models.ProviderState) (message.Body, message.Metadata, error) {
				var out verifier.SyncReplies
				for _, n := range replies {
					out = append(out, verifier.SyncReply{Body: map[string]int{"n": n}})
				}
				return out, nil, nil
			}},
		}
	}
	require.True(t, verify(t, answer(1, 2)).OK())
	require.Contains(t, text(t, verify(t, answer(1, 3))), "response 2:")
	require.Contains(t, text(t, verify(t, answer(1))), "expected a message with 2 responses, got 1")
}

func TestTransportsAreChosenByNameThenByKind(t *testing.T) {
	t.Parallel()
	port := func(u string) uint16 {
		parsed, err := url.Parse(u)
		require.NoError(t, err)
		n, err := strconv.ParseUint(parsed.Port(), 10, 16)
		require.NoError(t, err)
		return uint16(n)
	}
	var calls recording
	at := func(name string) string {
		return serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { calls.add("%s %s", name, r.URL.Path) }))
	}
	verify(t, verifier.Options{
		BaseURL: at("base"),
		Transports: []verifier.Transport{
			{Protocol: "message", Port: port(at("messages")), Path: "m"},
			{Protocol: "admin", Port: port(at("admin"))},
		},
		Pacts: []*contract.Pact{pactV4(t, orderPlaced, quote,
			`{"type":"Synchronous/HTTP","description":"c","request":{"path":"/c"},"response":{}}`,
			`{"type":"Synchronous/HTTP","description":"d","transport":"admin","request":{"path":"/d"},"response":{}}`,
			`{"type":"Synchronous/HTTP","description":"e","transport":"http","request":{"path":"/e"},"response":{}}`,
		)},
	})
	require.Equal(t, []string{"messages /m/", "messages /m/", "base /c", "admin /d", "base /e"}, calls.all())
}

func TestUnknownTransportSaysWhatToAdd(t *testing.T) {
	t.Parallel()
	i := only(t, verify(t, verifier.Options{
		Transports: []verifier.Transport{{Protocol: "message", Port: 1}},
		Pacts:      []*contract.Pact{pactV4(t, `{"type":"Synchronous/HTTP","description":"d","transport":"grpc","request":{"path":"/d"},"response":{}}`)},
	}))
	require.Contains(t, i.Problem, "grpc:8080")
}
