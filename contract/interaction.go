package contract

import "encoding/json"

// Kind names the three kinds of interaction by their V4 "type" member.
type Kind string

// The kinds of interaction.
const (
	// KindHTTP is that of an [*HTTP]: a request and its response.
	KindHTTP Kind = "Synchronous/HTTP"
	// KindAsyncMessage is that of an [*AsyncMessage].
	KindAsyncMessage Kind = "Asynchronous/Messages"
	// KindSyncMessage is that of a [*SyncMessage].
	KindSyncMessage Kind = "Synchronous/Messages"
)

// Interaction is one described exchange: an [*HTTP], [*AsyncMessage] or
// [*SyncMessage].
type Interaction interface {
	// Base returns the members that all kinds share. It is never nil and may
	// be changed through.
	Base() *Common
	// Kind is the interaction's "type" in a file of version 4.
	Kind() Kind
	sealed()
}

// Common holds what every interaction has, whatever its kind.
type Common struct {
	// ID is the "_id" that a broker adds; empty in files.
	ID string
	// Key identifies a V4 interaction within its pact; may be empty.
	Key string
	// Description says in words what is exchanged. With the provider states it
	// names the interaction in its pact where there is no key.
	Description string
	// States are the provider states that must hold before, in the order in
	// which they are set up; nil when there are none.
	States []ProviderState

	// The following exist in V4 only.

	// Pending marks an expectation that may fail without failing a build.
	Pending bool
	// Comments as decoded JSON: "testname", "text" and "references" have a
	// meaning, others are kept.
	Comments map[string]any
	// PluginConfiguration by plugin name, as decoded JSON.
	PluginConfiguration map[string]any
	// Markup shows the interaction to people; nil when the file has none.
	Markup *Markup
	// Transport such as "http", "https", "grpc", "message"; empty means the kind's own.
	Transport string

	// Extra holds members the specification does not know, as read.
	Extra map[string]json.RawMessage
}

// Base returns c itself, so that every kind of interaction that embeds it has
// the method of [Interaction].
func (c *Common) Base() *Common { return c }

// Markup is the V4 "interactionMarkup": a rendering of the interaction by a plugin.
type Markup struct {
	// Text in the language that Type names.
	Text string
	// Type is "COMMON_MARK" or "HTML".
	Type string
}

// ProviderState is a precondition of the provider, by name and parameters
// (specification V3, "provider states"; before it there is one without parameters).
type ProviderState struct {
	// Name is the text by which the provider's handler is found.
	Name string
	// Params as decoded JSON, numbers as json.Number; nil when there are none.
	Params map[string]any
}

// HTTP is one request and the response expected to it.
type HTTP struct {
	Common
	// Request is what the consumer sends, Response what it needs in answer.
	Request  Request
	Response Response
}

// Kind returns [KindHTTP], by which V4 files tell it from messages.
func (*HTTP) Kind() Kind { return KindHTTP }
func (*HTTP) sealed()    {}

// AsyncMessage is a message that the provider sends and the consumer only
// receives (specification V3, "messages").
type AsyncMessage struct {
	Common
	Message
}

// Kind returns [KindAsyncMessage], by which V4 files tell it from others.
func (*AsyncMessage) Kind() Kind { return KindAsyncMessage }
func (*AsyncMessage) sealed()    {}

// SyncMessage is a request message and the messages expected in answer
// (specification V4, "synchronous messages").
type SyncMessage struct {
	Common
	// Request is what the consumer sends, Responses what it needs in answer, in
	// that order.
	Request   Message
	Responses []Message
}

// Kind returns [KindSyncMessage], by which V4 files tell it from others.
func (*SyncMessage) Kind() Kind { return KindSyncMessage }
func (*SyncMessage) sealed()    {}
