package contract

// BodyState tells the four ways a body can be there or not; each matches
// differently (specification V1, "body").
type BodyState int

// The states of a body.
const (
	BodyMissing BodyState = iota // no body member: anything is accepted
	BodyNull                     // "body": null: no content is accepted, and a JSON null
	BodyEmpty                    // "body": "": no content is accepted
	BodyPresent                  // there is content, which is compared
)

// Body is the content of a request, response or message.
type Body struct {
	// State says whether there is content; the zero value is a missing body.
	State BodyState
	// Content is the decoded content: JSON text for JSON types, otherwise the
	// bytes themselves. It is nil unless State is BodyPresent.
	Content []byte
	// ContentType as declared by the header, the metadata or the V4 body
	// object, or as sniffed from the content; empty if unknown. Parameters kept.
	ContentType string
	// Hint is the V4 contentTypeHint: "", "DEFAULT", "TEXT" or "BINARY".
	Hint string
}

// NewBody returns a present body, or an empty one if content has no bytes. It
// keeps content, which must not be changed afterwards. contentType may be "", for
// unknown.
func NewBody(content []byte, contentType string) Body {
	if len(content) == 0 {
		return Body{State: BodyEmpty, ContentType: contentType}
	}
	return Body{State: BodyPresent, Content: content, ContentType: contentType}
}
