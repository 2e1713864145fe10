package shelf

import (
	"crypto/sha256"
	"encoding/json"
	"strconv"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/exact"
)

// bodyKey is equal for bodies that are the same JSON. It is not known for what
// is not JSON in UTF-8, and for GraphQL, where requests that differ may mean
// the same.
func bodyKey(b contract.Body) (key string, known bool) {
	if b.State != contract.BodyPresent || !json.Valid(b.Content) {
		return "", false
	}
	value, err := exact.Value(b.Content)
	if err != nil {
		return "", false
	}
	if members, ok := value.(map[string]any); ok {
		if _, graphQL := members["query"]; graphQL {
			return "", false
		}
	}
	text, err := json.Marshal(oneSpelling(value)) // with sorted names
	if err != nil {
		return "", false
	}
	sum := sha256.Sum256(text)
	return string(sum[:]), true
}

// oneSpelling writes numbers of one value in one way; that others may fall
// together does no harm.
func oneSpelling(value any) any {
	switch v := value.(type) {
	case json.Number:
		f, _ := strconv.ParseFloat(string(v), 64) // the largest where it is too large
		return strconv.FormatFloat(f, 'g', -1, 64)
	case []any:
		for i := range v {
			v[i] = oneSpelling(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = oneSpelling(v[name])
		}
	}
	return value
}
