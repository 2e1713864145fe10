package matching

import (
	"bytes"
	"fmt"
)

// compareText compares plain text as a whole: by the rules at "$", else byte
// by byte.
func compareText(b bodies, out *collector) {
	m := Mismatch{Kind: KindBody, Path: "$", Expected: cut(string(b.expected)), Actual: cut(string(b.actual))}
	if c := b.rules.root.checks; c != nil {
		for _, r := range c.apply(func(k *check) string { return k.bytes(b.expected, b.actual) }) {
			m.Rule, m.Why = r.rule, r.why
			out.add(m)
		}
		return
	}
	if !bytes.Equal(b.expected, b.actual) {
		m.Why = fmt.Sprintf("Expected body '%s' to match '%s' using equality but did not match", m.Expected, m.Actual)
		out.add(m)
	}
}
