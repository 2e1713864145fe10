package output

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// WriteJSON prints v as indented JSON with a line end.
func WriteJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(Exactly(w))
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

// JSONProblem says where JSON breaks.
func JSONProblem(content []byte, err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		return strings.TrimSpace(fmt.Sprintf("it has not the form of one (%s %s)", kind.Value, kind.Field))
	case !errors.As(err, &syntax):
		return err.Error()
	}
	before := content[:min(int(syntax.Offset), len(content))]
	line := bytes.Count(before, []byte("\n")) + 1
	return fmt.Sprintf("line %d: %v", line, err)
}
