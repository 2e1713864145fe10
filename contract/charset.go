package contract

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// UnknownCharsetError tells that a content type names a charset that is not
// known, so that nobody can tell which letters its bytes are. Charset is the name
// as it was written.
type UnknownCharsetError struct{ Charset string }

// Error says which charset is not known.
func (e *UnknownCharsetError) Error() string {
	return fmt.Sprintf("the charset %q is not known", e.Charset)
}

// Text returns the letters of content that was received with a content type:
// in the charset that the type names, for XML the one that its declaration
// names, else UTF-8. ISO-8859-1 is read as windows-1252, which has letters
// where the former has none (WHATWG Encoding). The error is an
// [*UnknownCharsetError], or says that content is not written in the charset.
func Text(content []byte, t ContentType) (string, error) {
	e, label, err := charsetOf(content, t)
	switch {
	case err != nil:
		return "", err
	case e == nil && !utf8.Valid(content):
		return "", errors.New("the text is not UTF-8")
	case e == nil:
		return string(content), nil
	}
	text, err := e.NewDecoder().Bytes(content)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return "", fmt.Errorf("the text is not %s", label)
	}
	return string(text), nil
}

// Written returns the letters of content that stands in a contract. A pact
// file holds text as letters, whatever charset the body is sent in, so content
// that is UTF-8 is that text; other bytes, which a test may give, are in the
// charset that the type names.
func Written(content []byte, t ContentType) (string, error) {
	// UTF-16 and ISO-2022-JP look like UTF-8 but for zero bytes and escapes.
	if utf8.Valid(content) && !bytes.ContainsAny(content, "\x00\x1b") {
		return string(content), nil
	}
	return Text(content, t)
}

// Wire returns the bytes of a body of a contract as they are sent: text in the
// charset that its type names. Content that is not text, or that the charset
// cannot express, stays as it is ([Body.CheckCharset] tells).
func (b Body) Wire() []byte {
	if wire, err := b.encoded(); err == nil {
		return wire
	}
	return b.Content
}

// CheckCharset tells why the charset that the body's type names cannot express
// its text; nil if it can.
func (b Body) CheckCharset() error {
	_, err := b.encoded()
	return err
}

func (b Body) encoded() ([]byte, error) {
	t, err := ParseContentType(b.ContentType)
	if err != nil || b.State != BodyPresent || !t.IsText() || t.IsJSON() {
		return b.Content, nil //nolint:nilerr // what is not text has no charset
	}
	e, label, err := charsetOf(b.Content, t)
	if err != nil || e == nil {
		return b.Content, err
	}
	text, err := Written(b.Content, t)
	if err != nil {
		return nil, err
	}
	wire, err := e.NewEncoder().Bytes([]byte(text))
	if err == nil {
		// Some letters are written as others that look alike ("¥" in Shift JIS).
		var back string
		if back, err = Text(wire, t); err == nil && back == text {
			return wire, nil
		}
	}
	return nil, fmt.Errorf("the text has letters that %s cannot express", label)
}

// xmlEncoding finds the encoding that an XML declaration names.
var xmlEncoding = regexp.MustCompile(`^(?:\xEF\xBB\xBF)?\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']`)

// charsetOf returns the encoding of content; nil for UTF-8.
func charsetOf(content []byte, t ContentType) (encoding.Encoding, string, error) {
	label := strings.TrimSpace(t.Params["charset"])
	if label == "" && t.IsXML() {
		if bytes.HasPrefix(content, []byte("\xFE\xFF")) || bytes.HasPrefix(content, []byte("\xFF\xFE")) {
			label = "utf-16"
		} else if m := xmlEncoding.FindSubmatch(content); m != nil {
			label = string(m[1])
		}
	}
	switch strings.ToLower(label) {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return nil, label, nil
	case "utf-16":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), label, nil // RFC 2781, 4.3
	}
	e, err := htmlindex.Get(label)
	if err != nil {
		return nil, label, &UnknownCharsetError{label}
	}
	switch name, _ := htmlindex.Name(e); name {
	case "replacement": // an encoding that nobody should read any more
		return nil, label, &UnknownCharsetError{label}
	case "utf-8":
		return nil, label, nil
	}
	return e, label, nil
}
