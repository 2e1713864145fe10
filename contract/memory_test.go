package contract_test

import (
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

// allocated returns the bytes that f allocates in all. It must not run beside
// other tests, so its callers are not parallel.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// The multiples are the ones that the documentation of Decode states.
func TestMemoryStaysWithinAStatedMultipleOfTheInput(t *testing.T) { //nolint:paralleltest // measures all allocations
	repeat := func(item string) string { return strings.TrimSuffix(strings.Repeat(item+",", 20_000), ",") }
	number := 0
	names := regexp.MustCompile("#")
	apart := func(item string) string { // each with a name of its own
		return names.ReplaceAllStringFunc(repeat(item), func(string) string { number++; return strconv.Itoa(number) })
	}
	for _, tt := range []struct {
		name, text string
		most       uint64
	}{
		{"one large body", string(largePact()), 10},
		{"nothing but empty interactions", file("3.0.0", repeat(`{}`)), 500},
		{"empty interactions of V4", file("4.0", repeat(`{"type":"Synchronous/HTTP"}`)), 500},
		{"many members", file("3.0.0", `{"response":{`+apart(`"#":1`)+`}}`), 100},
		{"many headers", file("3.0.0", `{"response":{"headers":{`+apart(`"a#":"a,b,c"`)+`}}}`), 100},
		{"many rules", file("3.0.0", `{"response":{"matchingRules":{"body":{`+apart(`"$.a#":{"matchers":[{"match":"type"}]}`)+`}}}}`), 100},
		{"many parameters", file("2.0.0", `{"request":{"query":"`+strings.Repeat("&a", 20_000)+`"}}`), 100},
		{"lists in the metadata", `{"metadata":{"a":[` + repeat(`{}`) + `]}}`, 100},
		{"nested lists", `{"interactions":[],"x":` + strings.Repeat("[", 9_990) + strings.Repeat("]", 9_990) + `}`, 100},
		{"nested rules", file("4.0", `{"type":"Synchronous/HTTP","response":{"matchingRules":{"body":{"$":{"matchers":[`+
			strings.Repeat(`{"match":"eachKey","rules":[`, 45)+strings.Repeat(`]}`, 45)+`]}}}}}`), 100},
	} {
		t.Run(tt.name, func(t *testing.T) { //nolint:paralleltest // see above
			used := allocated(func() {
				_, err := contract.Decode([]byte(tt.text))
				require.NoError(t, err)
			})
			t.Logf("%.1f times the input", float64(used)/float64(len(tt.text)))
			require.Less(t, used, tt.most*uint64(len(tt.text)))
		})
	}
}
