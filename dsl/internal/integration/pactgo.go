package integration

import (
	"fmt"
	"strings"
	"sync"

	"github.com/pact-foundation/pact-go/v2/matchers"

	"github.com/treatyhq/treaty/dsl/internal/gojson"
)

// mistaken is what matchers.IPv6Address of pact-go gives: its pattern is the
// one for IPv4, which its own example does not fit, and neither does any
// address that it is asked for.
var mistaken = sync.OnceValue(func() map[string]any {
	decoded, _ := gojson.Decode(matchers.IPv6Address())
	object, _ := decoded.(map[string]any)
	return object
})

// ipv6 is the text form of RFC 4291, 2.2, in a spelling that the engines of Go,
// Java and Ruby read.
var ipv6 = func() string {
	const g, byte = `[0-9A-Fa-f]{1,4}`, `(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`
	forms := []string{`(` + g + `:){7}` + g, `(` + g + `:){1,7}:`, `:(:` + g + `){1,7}`, `::`}
	for n := 1; n <= 6; n++ {
		forms = append(forms, fmt.Sprintf(`(%s:){1,%d}(:%s){1,%d}`, g, n, g, 7-n))
	}
	heads := []string{`(` + g + `:){6}`, `::(` + g + `:){0,5}`}
	for n := 1; n <= 5; n++ {
		heads = append(heads, fmt.Sprintf(`(%s:){%d}(:%s){0,%d}:`, g, n, g, 5-n))
	}
	return strings.Join(forms, "|") + `|(` + strings.Join(heads, "|") + `)(` + byte + `\.){3}` + byte
}()

// corrected returns the pattern that a matcher means.
func corrected(v map[string]any, pattern string) string {
	known := mistaken()
	if pattern == known["regex"] && v[valueKey] == known[valueKey] {
		return ipv6
	}
	return pattern
}
