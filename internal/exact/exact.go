// Package exact reads JSON that somebody else wrote. A number keeps its text:
// float64 would make two identifiers of one, and refuses 1e400, which is JSON.
package exact

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// ErrMore is the error for text behind the value.
var ErrMore = errors.New("there is text after the end of the JSON value")

// Value reads one JSON value into maps, slices, strings, booleans, nil and
// [json.Number]. The error is one of encoding/json, or [ErrMore].
func Value(text []byte) (any, error) {
	p := plain{text: text}
	if value, ok := p.whole(); ok {
		return value, nil
	}
	var value any
	return value, Decode(text, &value)
}

// Decode reads one JSON value into target as json.Unmarshal does, but for
// numbers that become a value of type any.
func Decode(text []byte, target any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(target); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return ErrMore
	}
	return nil
}
