package contract

// SpecVersion is a version of the Pact Specification.
type SpecVersion int

// The versions of the Pact Specification. The zero value means the version is
// not known; such files are read as V3.
const (
	VersionUnknown SpecVersion = iota
	V1
	V1_1
	V2
	V3
	V4
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
