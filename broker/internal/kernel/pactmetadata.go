package kernel

// PactMetadata travels in the address of a pact from the answer that handed it
// out to the result that comes back. Its form in the address belongs to
// broker/internal/links.
type PactMetadata struct {
	Selectors []MetadataSelector
	// Pending is the pending state when the pact was handed out; nil if not
	// computed.
	Pending *bool
	// WIP says that the pact was handed out as work in progress.
	WIP bool
	// ConsumerVersionID and ConsumerVersionNumber name one consumer version;
	// zero values if none.
	ConsumerVersionID     int64
	ConsumerVersionNumber string
	ConsumerVersionTags   []string
}

// MetadataSelector is a resolved selector as kept in an address.
type MetadataSelector struct {
	Branch string
	Tag    string
	Latest bool
	// NotLatest says that latest was given as false.
	NotLatest         bool
	Environment       string
	ConsumerVersionID int64
}
