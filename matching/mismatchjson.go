package matching

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Data is a mismatch in the JSON form that Pact's tools exchange, for example
// in the test results of a verification and in the answers of a mock server
// (reference implementation, "mismatches"). Which of Path, Key and Parameter is
// set depends on Type.
type Data struct {
	// Type is MethodMismatch, PathMismatch, StatusMismatch, QueryMismatch,
	// HeaderMismatch, BodyTypeMismatch, BodyMismatch or MetadataMismatch.
	Type string `json:"type"`
	// Path is a path expression within a body, Key the name of a header or of
	// metadata, Parameter that of a query parameter.
	Path      string `json:"path,omitempty"`
	Key       string `json:"key,omitempty"`
	Parameter string `json:"parameter,omitempty"`
	// Expected and Actual are the two values as text, as in [Mismatch].
	Expected string `json:"expected"`
	Actual   string `json:"actual"`
	// Absent is true when nothing was found, which an empty Actual leaves open.
	Absent bool `json:"absent,omitempty"`
	// Mismatch is the reason as a sentence.
	Mismatch string `json:"mismatch"`
	// Rule is the name of the matching rule that rejected the value.
	Rule string `json:"rule,omitempty"`
}

var dataTypes = map[Kind]string{
	KindMethod: "MethodMismatch", KindPath: "PathMismatch", KindStatus: "StatusMismatch",
	KindQuery: "QueryMismatch", KindHeader: "HeaderMismatch", KindMetadata: "MetadataMismatch",
	KindBodyType: "BodyTypeMismatch", KindBody: "BodyMismatch",
}

// Data returns m in the JSON form of Pact's tools.
func (m Mismatch) Data() Data {
	d := Data{Type: dataTypes[m.Kind], Expected: m.Expected, Actual: m.Actual, Absent: m.Absent, Mismatch: m.Why}
	switch m.Kind {
	case KindQuery:
		d.Parameter = m.Path
	case KindHeader, KindMetadata:
		d.Key = m.Path
	default:
		d.Path = m.Path
	}
	if m.Rule != nil {
		d.Rule = m.Rule.Name()
	}
	if d.Mismatch == "" {
		d.Mismatch = strings.TrimSpace(fmt.Sprintf("expected %s but was %s", m.Expected, m.Actual))
	}
	return d
}

// DataOf returns mismatches for machines, in their order; it is never nil, so
// that none is written as an empty list.
func DataOf(mismatches []Mismatch) []Data {
	out := make([]Data, 0, len(mismatches))
	for _, m := range mismatches {
		out = append(out, m.Data())
	}
	return out
}

// MarshalJSON writes m as [Data].
func (m Mismatch) MarshalJSON() ([]byte, error) { return json.Marshal(m.Data()) }
