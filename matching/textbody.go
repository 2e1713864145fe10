package matching

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/treatyhq/treaty/contract"
)

// compareText compares plain text as a whole: by the rules at "$", else letter
// by letter, whatever charset each side is written in (rule 19 in doc.go).
func compareText(b bodies, out *collector) {
	pair := textsOf(b)
	m := Mismatch{Kind: KindBody, Path: "$", Expected: cut(pair.expected), Actual: cut(pair.actual)}
	if c := b.rules.root.checks; c != nil {
		for _, r := range pair.ask(c) {
			m.Rule, m.Why = r.rule, r.why
			out.add(m)
		}
		return
	}
	if !pair.same() {
		m.Why = fmt.Sprintf("Expected body '%s' to match '%s' using equality but did not match", m.Expected, m.Actual) + pair.note()
		out.add(m)
	}
}

// texts is the two sides as letters; where a side cannot be read they are its
// bytes, and unread says why.
type texts struct {
	expected, actual string
	unread           error
}

func textsOf(b bodies) texts {
	expected, wrong := contract.Written(b.expected, b.expectedType)
	actual, err := contract.Text(b.actual, b.actualType)
	if unread := errors.Join(wrong, err); unread != nil {
		return texts{string(b.expected), string(b.actual), unread}
	}
	return texts{expected: expected, actual: actual}
}

// same compares letters, and bytes where there are no letters: the same bytes
// of the same unknown charset are the same text.
func (t texts) same() bool { return t.expected == t.actual }

// ask applies rules to the text. What is in an unknown charset has no letters
// that a rule could accept.
func (t texts) ask(c *checks) []rejection {
	var unknown *contract.UnknownCharsetError
	if errors.As(t.unread, &unknown) {
		return []rejection{{why: "Unable to read the text: " + unknown.Error()}}
	}
	return c.apply(func(k *check) string { return k.bytes([]byte(t.expected), []byte(t.actual)) })
}

// note says why bytes were compared instead of letters.
func (t texts) note() string {
	var unknown *contract.UnknownCharsetError
	if errors.As(t.unread, &unknown) {
		return " (" + unknown.Error() + ", so bytes were compared)"
	}
	return ""
}

// jsonText returns JSON as UTF-8, which it is by RFC 8259, 8.1, whatever the
// content type says. What is not UTF-8 is read in the charset of the type,
// which servers of that time and before send.
func jsonText(content []byte, t contract.ContentType) ([]byte, error) {
	if t.Params["charset"] != "" && (!utf8.Valid(content) || bytes.IndexByte(content, 0) >= 0) {
		text, err := contract.Text(content, t)
		return []byte(text), err
	}
	if bytes.HasPrefix(content, []byte("\uFEFF")) {
		return nil, errors.New("it begins with a byte order mark, which JSON must not have (RFC 8259, 8.1)")
	}
	return content, nil
}
