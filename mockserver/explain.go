package mockserver

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

// failureName is the value of the X-Pact header, as Pact's tools name it.
func failureName(f Failure) string {
	if f.Unexpected {
		return "Unexpected-Request"
	}
	return "Request-Mismatch"
}

type failureDoc struct {
	Error   string      `json:"error"`
	Nearest *nearestDoc `json:"nearest,omitempty"`
}

type nearestDoc struct {
	Description    string        `json:"description"`
	ProviderStates []string      `json:"providerStates,omitempty"`
	Method         string        `json:"method"`
	Path           string        `json:"path"`
	Mismatches     []MismatchDoc `json:"mismatches"`
}

// failureJSON is the body of the answer to a request that nothing matched.
func failureJSON(f Failure) []byte {
	doc := failureDoc{Error: fmt.Sprintf("%s : %s", failureName(f), sentence(f))}
	if f.Nearest != nil {
		doc.Nearest = &nearestDoc{
			Description: f.Nearest.Description,
			Method:      f.Nearest.Request.Method,
			Path:        f.Nearest.Request.Path,
			Mismatches:  MismatchDocs(f.Result),
		}
		for _, state := range f.Nearest.States {
			doc.Nearest.ProviderStates = append(doc.Nearest.ProviderStates, state.Name)
		}
	}
	out, err := json.MarshalIndent(doc, "", "  ")
	if err != nil { // strings and slices of strings always marshal
		return []byte(`{"error":"` + failureName(f) + `"}`)
	}
	return append(out, '\n')
}

func sentence(f Failure) string {
	request := requestLine(f.Request)
	switch {
	case f.Nearest == nil:
		return request + " was received, but this mock provider plays no interaction"
	case f.Unexpected:
		return fmt.Sprintf("%s was received, and no interaction expects it; the nearest is %q", request, f.Nearest.Description)
	default:
		return fmt.Sprintf("%s was received, but differs from %q", request, f.Nearest.Description)
	}
}

// requestLine is a request in a few words.
func requestLine(r contract.Request) string {
	line := r.Method + " " + r.Path
	if query := QueryString(r.Query); query != "" {
		line += "?" + query
	}
	return line
}

// MismatchDoc is a mismatch in the JSON form that Pact's tools exchange. Which
// of the names is set depends on the type.
type MismatchDoc struct {
	Type      string `json:"type"`
	Path      string `json:"path,omitempty"`
	Key       string `json:"key,omitempty"`
	Parameter string `json:"parameter,omitempty"`
	Expected  string `json:"expected"`
	Actual    string `json:"actual"`
	Mismatch  string `json:"mismatch"`
}

// MismatchDocs converts the mismatches of a result.
func MismatchDocs(result matching.Result) []MismatchDoc {
	docs := make([]MismatchDoc, 0, len(result.Mismatches))
	for _, m := range result.Mismatches {
		docs = append(docs, mismatchDoc(m))
	}
	return docs
}

func mismatchDoc(m matching.Mismatch) MismatchDoc {
	doc := MismatchDoc{Expected: m.Expected, Actual: m.Actual, Mismatch: m.Why}
	switch m.Kind {
	case matching.KindMethod:
		doc.Type = "MethodMismatch"
	case matching.KindPath:
		doc.Type = "PathMismatch"
	case matching.KindStatus:
		doc.Type = "StatusMismatch"
	case matching.KindQuery:
		doc.Type, doc.Parameter = "QueryMismatch", m.Path
	case matching.KindHeader:
		doc.Type, doc.Key = "HeaderMismatch", m.Path
	case matching.KindMetadata:
		doc.Type, doc.Key = "MetadataMismatch", m.Path
	case matching.KindBodyType:
		doc.Type = "BodyTypeMismatch"
	case matching.KindBody:
		doc.Type, doc.Path = "BodyMismatch", m.Path
	}
	if doc.Mismatch == "" {
		doc.Mismatch = strings.TrimSpace(fmt.Sprintf("expected %s but was %s", m.Expected, m.Actual))
	}
	return doc
}
