package matching

import (
	"bytes"
	"encoding/hex"
	"fmt"

	"github.com/treatyhq/treaty/contract"
)

// compareBinary compares bytes: by the rules at "$", else all of them.
func compareBinary(b bodies, out *collector) {
	m := Mismatch{Kind: KindBody, Path: "$", Expected: shownBytes(b.expected, b.expectedType), Actual: shownBytes(b.actual, b.actualType)}
	if c := b.rules.root.checks; c != nil {
		for _, r := range c.apply(func(k *check) string { return k.bytes(b.expected, b.actual) }) {
			m.Rule, m.Why = r.rule, r.why
			out.add(m)
		}
		return
	}
	if !bytes.Equal(b.expected, b.actual) {
		m.Why = fmt.Sprintf("Actual body [%s] is not equal to the expected body [%s]", m.Actual, m.Expected)
		out.add(m)
	}
}

// bytes asks the rule for contents as a whole.
func (c *check) bytes(expected, actual []byte) string {
	switch r := c.rule.(type) {
	case contract.NotEmptyRule:
		if len(actual) == 0 {
			return "Expected [] (0 bytes) to not be empty"
		}
		return ""
	case contract.ContentTypeRule:
		return checkContentType(r, actual)
	}
	return c.text(string(expected), string(actual))
}

// shownBytes describes contents by type, length and first bytes.
func shownBytes(data []byte, t contract.ContentType) string {
	const leading = 32
	name := t.Essence()
	if name == "" {
		name = "application/octet-stream"
	}
	text := fmt.Sprintf("%s, %d bytes", name, len(data))
	if len(data) > 0 {
		text += ", starting with " + hex.EncodeToString(data[:min(len(data), leading)])
	}
	return text
}
