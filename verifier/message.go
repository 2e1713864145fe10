package verifier

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/pact-foundation/pact-go/v2/message"
	"github.com/pact-foundation/pact-go/v2/models"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/coding"
)

// SyncHandler answers the request of a synchronous message with the provider's own
// code. A body of bytes is sent as it is, anything else as JSON, but for a string
// whose metadata names a content type that is not JSON. Several expected responses
// are answered by a [SyncReplies] as the body. An error, or a panic, is an error of
// the interaction.
type SyncHandler func(request message.Body, metadata message.Metadata, states []models.ProviderState) (message.Body, message.Metadata, error)

// SyncHandlers are handlers by the description of the interaction.
type SyncHandlers map[string]SyncHandler

// SyncReplies are the answers to one request message, in order.
type SyncReplies []SyncReply

// SyncReply is one answer to a request message.
type SyncReply struct {
	// Body and Metadata are as in [SyncHandler]; Metadata may be nil.
	Body     message.Body
	Metadata message.Metadata
}

// handledMessage asks the test's handler for the message described.
func (s *session) handledMessage(ctx context.Context, h message.Handler, states []contract.ProviderState) (contract.Message, error) {
	m, err := bounded(ctx, func() (contract.Message, error) {
		body, meta, err := h(modelStates(states))
		if err != nil {
			return contract.Message{}, err
		}
		return toMessage(body, meta)
	})
	if err != nil {
		return contract.Message{}, fmt.Errorf("the message handler gave no message: %w", err)
	}
	return m, nil
}

func (s *session) handledReplies(ctx context.Context, h SyncHandler, i *contract.SyncMessage) ([]contract.Message, error) {
	messages, err := bounded(ctx, func() ([]contract.Message, error) {
		body, meta, err := h(i.Request.Contents.Content, i.Request.Metadata, modelStates(i.States))
		if err != nil {
			return nil, err
		}
		return toMessages(body, meta)
	})
	if err != nil {
		return nil, fmt.Errorf("the message handler gave no answer: %w", err)
	}
	return messages, nil
}

// toMessages reads one reply, or all of [SyncReplies].
func toMessages(body message.Body, meta message.Metadata) ([]contract.Message, error) {
	replies, ok := body.(SyncReplies)
	if !ok {
		replies = SyncReplies{{Body: body, Metadata: meta}}
	}
	var messages []contract.Message
	for _, reply := range replies {
		m, err := toMessage(reply.Body, reply.Metadata)
		if err != nil {
			return nil, err
		}
		messages = append(messages, m)
	}
	return messages, nil
}

func modelStates(states []contract.ProviderState) []models.ProviderState {
	out := make([]models.ProviderState, 0, len(states))
	for _, s := range states {
		out = append(out, models.ProviderState{Name: s.Name, Parameters: plainParams(s.Params)})
	}
	return out
}

// toMessage turns what a handler returned into a message: bytes stay bytes,
// everything else becomes JSON, as in pact-go; only a string of a type that is
// not JSON stays text. Making JSON may run code of the user's.
func toMessage(body message.Body, meta message.Metadata) (contract.Message, error) {
	data, err := json.Marshal(meta)
	if err != nil {
		return contract.Message{}, fmt.Errorf("the message's metadata is not JSON: %w", err)
	}
	m := contract.Message{Metadata: decodeObject(data)}
	kind := contentTypeOf(m.Metadata)
	content, isBytes := body.([]byte)
	text, isText := body.(string)
	switch {
	case isBytes:
	case isText && kind != "" && !isJSON(kind):
		content = []byte(text)
	case body == nil:
		m.Contents = contract.Body{State: contract.BodyNull, ContentType: kind}
		return m, nil
	default:
		if content, err = json.Marshal(body); err != nil {
			return contract.Message{}, fmt.Errorf("the message is not JSON: %w", err)
		}
		kind = nameOr(kind, "application/json")
	}
	m.Contents = contract.NewBody(content, kind)
	addContentType(&m, kind)
	return m, nil
}

// contentTypeOf reads the content type out of metadata, under any spelling.
func contentTypeOf(metadata map[string]any) string {
	for name, value := range metadata {
		if text, ok := value.(string); ok && isContentTypeKey(name) {
			return text
		}
	}
	return ""
}

func isContentTypeKey(name string) bool {
	return strings.EqualFold(name, "contentType") || strings.EqualFold(name, "content-type")
}

// addContentType makes the content type visible to metadata rules, under the
// name that Pact gives it.
func addContentType(m *contract.Message, kind string) {
	if kind == "" {
		return
	}
	if m.Metadata == nil {
		m.Metadata = map[string]any{}
	}
	if _, ok := m.Metadata["contentType"]; !ok {
		m.Metadata["contentType"] = kind
	}
}

func isJSON(contentType string) bool {
	t, err := contract.ParseContentType(contentType)
	return err == nil && t.IsJSON()
}

// fetchMessage asks the provider for a message over HTTP (Pact's message
// protocol: POST of description and states, metadata in a header).
func (s *session) fetchMessage(ctx context.Context, e endpoint, i contract.Interaction) (contract.Message, *recorder, error) {
	body, err := json.Marshal(messageRequest(i))
	if err != nil {
		return contract.Message{}, nil, fmt.Errorf("encode the request for a message: %w", err)
	}
	request := contract.Request{
		Method: http.MethodPost, Path: "/",
		Headers: contract.Values{"Content-Type": {"application/json"}},
		Body:    contract.NewBody(body, "application/json"),
	}
	rec, err := s.exchange(ctx, e, request, false)
	if err != nil {
		return contract.Message{}, rec, err
	}
	m, err := receivedMessage(rec)
	return m, rec, err
}

func messageRequest(i contract.Interaction) map[string]any {
	base := i.Base()
	request := map[string]any{"description": base.Description}
	if len(base.States) > 0 {
		var states []map[string]any
		for _, s := range base.States {
			state := map[string]any{"name": s.Name}
			if len(s.Params) > 0 {
				state["params"] = s.Params
			}
			states = append(states, state)
		}
		request["providerStates"] = states
	}
	if sync, ok := i.(*contract.SyncMessage); ok {
		request["request"] = messageContents(sync.Request)
	}
	return request
}

// messageContents is a request message in the form of a V4 file.
func messageContents(m contract.Message) map[string]any {
	out := map[string]any{}
	if len(m.Metadata) > 0 {
		out["metadata"] = m.Metadata
	}
	switch b := m.Contents; {
	case b.State == contract.BodyEmpty:
		out["contents"] = map[string]any{"content": ""}
	case b.State != contract.BodyPresent:
	case isJSON(b.ContentType) && json.Valid(b.Content):
		out["contents"] = map[string]any{"content": json.RawMessage(b.Content), "contentType": b.ContentType, "encoded": false}
	case isText(b):
		out["contents"] = map[string]any{"content": string(b.Content), "contentType": b.ContentType, "encoded": false}
	default:
		out["contents"] = map[string]any{
			"content":     base64.StdEncoding.EncodeToString(b.Content),
			"contentType": b.ContentType, "encoded": "base64",
		}
	}
	return out
}

func isText(b contract.Body) bool {
	return b.Hint != "BINARY" && bytes.Equal(bytes.ToValidUTF8(b.Content, nil), b.Content)
}

// metadataHeaders carry the metadata of a message as base64 of a JSON object.
var metadataHeaders = []string{"Pact-Message-Metadata", "Pact_message_metadata", "PACT_MESSAGE_METADATA"}

func receivedMessage(rec *recorder) (contract.Message, error) {
	kind := rec.header.Get("Content-Type")
	content, err := coding.Decode(rec.header["Content-Encoding"], rec.body.Bytes(), rec.expect.limit)
	if err != nil {
		return contract.Message{}, fmt.Errorf("the message cannot be read: %w", err)
	}
	m := contract.Message{Contents: contract.NewBody(content, kind)}
	for _, name := range metadataHeaders {
		values := rec.header[name]
		if len(values) == 0 {
			continue
		}
		data, err := base64.StdEncoding.DecodeString(values[0])
		if err != nil {
			return m, fmt.Errorf("the header %s is not base64", name)
		}
		if m.Metadata = decodeObject(data); m.Metadata == nil {
			return m, fmt.Errorf("the header %s holds no JSON object", name)
		}
		break
	}
	addContentType(&m, kind)
	return m, nil
}

// noHandler says that nobody can produce the message.
func noHandler(description string) error {
	return fmt.Errorf("there is no handler for the message %q; add this one:\n\n%s", description,
		fmt.Sprintf("%q: func(states []models.ProviderState) (message.Body, message.Metadata, error) {\n"+
			"\treturn theMessage, message.Metadata{\"contentType\": \"application/json\"}, nil\n},", description))
}

func checkStatus(rec *recorder) error {
	if rec.status >= 200 && rec.status < 300 {
		return nil
	}
	text := quoteBody(rec.body.Bytes())
	if kind, _, err := mime.ParseMediaType(rec.header.Get("Content-Type")); err == nil && kind == "text/html" {
		text = ""
	}
	return errors.New("the provider was asked for the message and answered status " + fmt.Sprint(rec.status) + text)
}
