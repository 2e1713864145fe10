package contract

import "encoding/json"

// Pact is the contract between one consumer and one provider, for all versions of
// the Pact Specification.
type Pact struct {
	// Consumer and Provider are the names of the two applications; "" where the
	// file has none.
	Consumer string
	Provider string

	// Interactions in file order, none of them nil.
	Interactions []Interaction

	// Version is the specification version the pact was read from, or is to
	// be written as. Decode never leaves it VersionUnknown.
	Version SpecVersion

	// Metadata holds the members of "metadata" as decoded JSON, numbers as
	// json.Number. The specification version is not repeated here.
	Metadata map[string]any

	// Extra holds top-level members the specification does not know, as read.
	Extra map[string]json.RawMessage
}
