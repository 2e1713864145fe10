package matching_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

// hostile is bodies of about half a megabyte each that are made to cost much.
func hostile() map[string][2]string {
	const size = 1 << 19
	fill := func(open, item, close string) string { return open + strings.Repeat(item, size/len(item)) + close }
	var names, params, parted strings.Builder
	for i := 0; names.Len() < size; i++ {
		fmt.Fprintf(&names, `"%d":0,`, i)
		fmt.Fprintf(&params, "%d&", i)
	}
	for i := 0; parted.Len() < size; i++ {
		fmt.Fprintf(&parted, "--XX\r\nContent-Disposition: form-data; name=%d\r\n\r\n\r\n", i)
	}
	return map[string][2]string{
		"JSON of short values":     {"application/json", fill("[", "0,", "0]")},
		"JSON of empty objects":    {"application/json", fill("[", "{},", "0]")},
		"JSON of many names":       {"application/json", "{" + names.String() + `"x":0}`},
		"JSON of one name":         {"application/json", fill("{", `"":0,`, `"":0}`)},
		"JSON nested deeply":       {"application/json", fill("", "[", "]")},
		"JSON of escapes":          {"application/json", fill(`"`, `\u0041`, `"`)},
		"JSON number":              {"application/json", fill("", "9", "")},
		"XML of empty elements":    {"application/xml", fill("<a>", "<b/>", "</a>")},
		"XML nested deeply":        {"application/xml", fill("", "<a>", "")},
		"XML of declarations":      {"application/xml", fill("<a>", `<b xmlns:x="y"/>`, "</a>")},
		"XML of references":        {"application/xml", fill("<a>", "&#65;", "</a>")},
		"form of many parameters":  {"application/x-www-form-urlencoded", params.String()},
		"form of separators":       {"application/x-www-form-urlencoded", fill("", "&", "")},
		"multipart of empty parts": {"multipart/form-data; boundary=XX", parted.String() + "--XX--"},
		"text":                     {"text/plain", fill("", "x", "")},
	}
}

// TestMemoryIsBoundedByTheSizeOfTheBodies measures what rule 25 states, by
// everything that is ever allocated, garbage included.
func TestMemoryIsBoundedByTheSizeOfTheBodies(t *testing.T) { // not parallel: it reads the process's memory
	const multiple = 100
	for name, b := range hostile() {
		for _, rules := range []contract.RuleSet{nil, bodyRules("$", contract.TypeRule{}), everyRule()} {
			expected := bodyOf(b[0], b[1], rules)
			other := bodyOf(b[0], strings.Replace(b[1], "0", "1", 1), nil)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			matching.Response(expected, other)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			used := float64(after.TotalAlloc-before.TotalAlloc) / float64(len(b[1])*2)
			t.Logf("%-26s %6.1f times %8s", name, used, took.Round(time.Millisecond))
			require.Less(t, used, float64(multiple), name)
			require.Less(t, took, 20*time.Second, name)
		}
	}
}
