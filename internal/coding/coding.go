// Package coding undoes the Content-Encoding of a body, within a limit.
package coding

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// ErrTooLarge says that a body decodes to more than the limit.
var ErrTooLarge = errors.New("the body is larger than allowed when it is decoded")

// UnknownError says that a body is encoded in a way that is not known here.
type UnknownError struct{ Name string }

// Error names the coding and those that are known.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("the body is encoded as %q, and only gzip and deflate can be decoded", e.Name)
}

// most is how many codings one body may have: each multiplies the work.
const most = 4

// Decode undoes the codings that the values of a Content-Encoding header name,
// the last one first. The body is returned as it is where none is named or
// where it is empty. limit bounds the bytes of each step.
func Decode(header []string, body []byte, limit int64) ([]byte, error) {
	var names []string
	for name := range strings.SplitSeq(strings.Join(header, ","), ",") {
		if name = strings.ToLower(strings.TrimSpace(name)); name != "" && name != "identity" {
			names = append(names, name)
		}
	}
	if len(body) == 0 || len(names) == 0 {
		return body, nil
	}
	if len(names) > most {
		return nil, &UnknownError{Name: strings.Join(names[:most], ", ") + ", ..."}
	}
	slices.Reverse(names)
	for _, name := range names {
		var err error
		if body, err = decode(name, body, limit); err != nil {
			return nil, err
		}
	}
	return body, nil
}

func decode(name string, body []byte, limit int64) ([]byte, error) {
	var reader io.Reader
	var err error
	raw := bytes.NewReader(nil) // what a raw deflate stream leaves
	switch name {
	case "gzip", "x-gzip":
		reader, err = gzip.NewReader(bytes.NewReader(body))
	case "deflate":
		reader, err = zlib.NewReader(bytes.NewReader(body))
		if errors.Is(err, zlib.ErrHeader) { // some leave out the frame that RFC 9110 asks for
			raw = bytes.NewReader(body)
			reader, err = flate.NewReader(raw), nil
		}
	default:
		return nil, &UnknownError{Name: name}
	}
	if err != nil {
		return nil, malformed(name, err)
	}
	plain, err := io.ReadAll(io.LimitReader(reader, limit+1))
	if int64(len(plain)) > limit {
		return nil, ErrTooLarge
	}
	if err != nil {
		return nil, malformed(name, err)
	}
	if raw.Len() > 0 { // without a frame, the beginning of many a text is a stream
		return nil, malformed(name, errors.New("the stream ends before the body does"))
	}
	return plain, nil
}

func malformed(name string, err error) error {
	return fmt.Errorf("the body is said to be encoded as %q and is not: %w", name, err)
}

// Encode encodes a plain body as the values of a Content-Encoding header say.
// A body that is so already, or whose coding is not known here, stays as it is.
func Encode(header []string, body []byte) []byte {
	if _, err := Decode(header, body, int64(len(body))+1<<20); err == nil || errors.Is(err, ErrTooLarge) {
		return body
	}
	encoded := body
	for name := range strings.SplitSeq(strings.Join(header, ","), ",") {
		var b bytes.Buffer
		var w io.WriteCloser
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "", "identity":
			continue
		case "gzip", "x-gzip":
			w = gzip.NewWriter(&b)
		case "deflate":
			w = zlib.NewWriter(&b)
		default:
			return body
		}
		_, _ = w.Write(encoded) // to memory
		_ = w.Close()
		encoded = b.Bytes()
	}
	return encoded
}
