package shelf

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"io"
	"strconv"

	"github.com/treatyhq/treaty/contract"
)

// bodyKey is equal for bodies that are the same JSON. It is not known for what
// is not JSON in UTF-8, and for GraphQL, where requests that differ may mean
// the same.
func bodyKey(b contract.Body) (key string, known bool) {
	if b.State != contract.BodyPresent || !json.Valid(b.Content) {
		return "", false
	}
	decoder := json.NewDecoder(bytes.NewReader(b.Content))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return "", false
	}
	if _, err := decoder.Token(); err != io.EOF { //nolint:errorlint // as documented
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
