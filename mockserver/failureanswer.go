package mockserver

import (
	"encoding/json"
	"fmt"

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
	Description    string          `json:"description"`
	ProviderStates []string        `json:"providerStates,omitempty"`
	Method         string          `json:"method"`
	Path           string          `json:"path"`
	Mismatches     []matching.Data `json:"mismatches"`
}

// failureJSON is the body of the answer to a request that nothing matched.
func failureJSON(f Failure) []byte {
	doc := failureDoc{Error: fmt.Sprintf("%s : %s", failureName(f), sentence(f))}
	if f.Nearest != nil {
		doc.Nearest = &nearestDoc{
			Description: f.Nearest.Description,
			Method:      f.Nearest.Request.Method,
			Path:        f.Nearest.Request.Path,
			Mismatches:  matching.DataOf(f.Result.Mismatches),
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
