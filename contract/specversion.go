package contract

// SpecVersion is a version of the Pact Specification. Newer ones are greater, so
// that versions compare with < and max.
type SpecVersion int

// The versions of the Pact Specification.
const (
	// VersionUnknown is what ParseSpecVersion returns for anything else. A file
	// without a version that is known is read as V4 if its first interaction
	// has a type of V4, else as V3.
	VersionUnknown SpecVersion = iota
	V1                         // one request with its response, and no rules
	V1_1                       // V1 with the version in the file
	V2                         // matching rules in one flat map
	V3                         // messages, several provider states, generators
	V4                         // all kinds of interaction in one file
)

// String returns the version as it is written to a pact file's metadata:
// "1.0.0", "1.1.0", "2.0.0", "3.0.0", "4.0"; "unknown" for the zero value.
func (v SpecVersion) String() string {
	switch v {
	case V1:
		return "1.0.0"
	case V1_1:
		return "1.1.0"
	case V2:
		return "2.0.0"
	case V3:
		return "3.0.0"
	case V4:
		return "4.0"
	default:
		return "unknown"
	}
}
