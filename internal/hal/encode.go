package hal

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/treatyhq/treaty/internal/members"
)

// appender is a value that writes itself. Documents nest deeply; a value that
// went through the JSON encoder at each level would be checked and copied as
// often.
type appender interface {
	appendTo(out []byte) ([]byte, error)
}

// Marshal writes value as compact JSON without escaping characters that only
// matter inside HTML: hrefs are read by people too.
func Marshal(value any) ([]byte, error) { return appendValue(nil, value) }

// Append writes value as Marshal does, after what out holds.
func Append(out []byte, value any) ([]byte, error) { return appendValue(out, value) }

// Encoded is a value that was written before, by Encode. It is put into
// documents as it is, as often as needed.
type Encoded []byte

// Encode writes value once for several documents.
func Encode(value any) (Encoded, error) { return appendValue(nil, value) }

func (e Encoded) appendTo(out []byte) ([]byte, error) { return append(out, e...), nil }

func appendValue(out []byte, value any) ([]byte, error) {
	switch value := value.(type) {
	case nil:
		return append(out, "null"...), nil
	case string:
		return appendText(out, value)
	case bool:
		return strconv.AppendBool(out, value), nil
	case int:
		return strconv.AppendInt(out, int64(value), 10), nil
	case int64:
		return strconv.AppendInt(out, value, 10), nil
	case json.RawMessage:
		return appendRaw(out, value)
	case appender:
		return value.appendTo(out)
	case []*Object:
		return appendList(out, value)
	case []*Resource:
		return appendList(out, value)
	case []Encoded:
		return appendList(out, value)
	case []Link:
		return appendList(out, value)
	case []string:
		return appendList(out, value)
	}
	return appendOther(out, value)
}

func appendList[T any](out []byte, list []T) ([]byte, error) {
	out = append(out, '[')
	for i, item := range list {
		if i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = appendValue(out, item); err != nil {
			return out, err
		}
	}
	return append(out, ']'), nil
}

// appendText writes plain text as it is, and leaves everything that needs
// escaping to the encoder of the standard library.
func appendText(out []byte, text string) ([]byte, error) {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return appendOther(out, text)
		}
	}
	out = append(out, '"')
	out = append(out, text...)
	return append(out, '"'), nil
}

// appendRaw writes JSON text that was checked before, without white space.
func appendRaw(out []byte, text json.RawMessage) ([]byte, error) {
	if len(text) == 0 {
		return append(out, "null"...), nil
	}
	from := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			i = members.EndOfText(text, i)
		case c <= ' ':
			out = append(out, text[from:i]...)
			from = i + 1
		}
	}
	return append(out, text[from:]...), nil
}

func appendOther(out []byte, value any) ([]byte, error) {
	buffer := bytes.NewBuffer(out)
	encoder := json.NewEncoder(buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return out, err
	}
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n")), nil
}
