package contract_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

// fileOf makes a pact file of lists and other members, given as JSON text.
func fileOf(version, lists string) string {
	return `{"consumer":{"name":"web"},"provider":{"name":"api"},` + lists + `,"metadata":{"pactSpecification":{"version":"` + version + `"}}}`
}

func httpText(description, path, more string) string {
	return fmt.Sprintf(`{"description":%q%s,"request":{"method":"GET","path":%q},"response":{"status":200}}`, description, more, path)
}

func TestMergingFilesLosesNothing(t *testing.T) {
	t.Parallel()
	a, b := httpText("a", "/a", ""), httpText("b", "/b", `,"providerState":"s"`)
	for _, tt := range []struct {
		name, base, added, want string
		replacing               contract.Replacing
	}{
		{
			name: "what is new is appended", base: fileOf("2.0.0", `"interactions":[`+a+`]`), added: fileOf("2.0.0", `"interactions":[`+b+`]`),
			want: fileOf("2.0.0", `"interactions":[`+a+`,`+b+`]`),
		},
		{
			name: "what is equal is kept once, whatever the order of keys and the id",
			base: fileOf("2.0.0", `"interactions":[`+a+`]`),
			added: fileOf("2.0.0", `"interactions":[{"response":{"status":200},"_id":"77","request":{"path":"/a","method":"GET"},"description":"a"},`+
				b+`]`),
			want: fileOf("2.0.0", `"interactions":[{"response":{"status":200},"request":{"path":"/a","method":"GET"},"description":"a"},`+b+`]`),
		},
		{
			name: "one state in its three spellings", base: fileOf("2.0.0", `"interactions":[`+httpText("b", "/b", `,"provider_state":"s"`)+`]`),
			added: fileOf("2.0.0", `"interactions":[`+httpText("b", "/b", `,"providerStates":[{"name":"s","params":{}}]`)+`]`),
			want:  fileOf("2.0.0", `"interactions":[`+httpText("b", "/b", `,"providerStates":[{"name":"s","params":{}}]`)+`]`), replacing: contract.ReplaceSameRequest,
		},
		{
			name: "two of one name in one file both stay", base: fileOf("2.0.0", `"interactions":[]`),
			added: fileOf("2.0.0", `"interactions":[`+httpText("a", "/1", "")+`,`+httpText("a", "/2", "")+`]`),
			want:  fileOf("2.0.0", `"interactions":[`+httpText("a", "/1", "")+`,`+httpText("a", "/2", "")+`]`),
		},
		{
			name:  "messages join messages",
			base:  fileOf("3.0.0", `"messages":[{"description":"m","contents":1}]`),
			added: fileOf("3.0.0", `"messages":[{"description":"n","contents":2}]`),
			want:  fileOf("3.0.0", `"messages":[{"description":"m","contents":1},{"description":"n","contents":2}]`),
		},
		{
			name:  "an empty list is not a second kind",
			base:  fileOf("3.0.0", `"interactions":[],"messages":[{"description":"m","contents":1}]`),
			added: fileOf("3.0.0", `"messages":[{"description":"n","contents":2}]`),
			want:  fileOf("3.0.0", `"interactions":[],"messages":[{"description":"m","contents":1},{"description":"n","contents":2}]`),
		},
		{
			name: "keys of V4 tell apart", base: fileOf("4.0", `"interactions":[{"type":"Synchronous/HTTP","key":"1","description":"a"}]`),
			added: fileOf("4.0", `"interactions":[{"type":"Synchronous/HTTP","key":"2","description":"a"},{"type":"Asynchronous/Messages","description":"a"}]`),
			want: fileOf("4.0", `"interactions":[{"type":"Synchronous/HTTP","key":"1","description":"a"},{"type":"Synchronous/HTTP","key":"2","description":"a"},`+
				`{"type":"Asynchronous/Messages","description":"a"}]`),
		},
		{
			name: "members that only one has", base: `{"consumer":{"name":"web"},"interactions":[` + a + `],"x":1}`,
			added: `{"provider":{"name":"api"},"interactions":[],"x":2,"y":3,"metadata":{"tool":"t"}}`,
			want:  `{"consumer":{"name":"web"},"interactions":[` + a + `],"x":1,"provider":{"name":"api"},"y":3,"metadata":{"tool":"t"}}`,
		},
		{
			name:  "plugins of both",
			base:  `{"interactions":[],"metadata":{"plugins":[{"name":"a","version":"1"}],"pactSpecification":{"version":"4.0"}}}`,
			added: `{"interactions":[],"metadata":{"plugins":[{"name":"b","version":"1"}],"pactSpecification":{"version":"4.0"}}}`,
			want:  `{"interactions":[],"metadata":{"plugins":[{"name":"b","version":"1"},{"name":"a","version":"1"}],"pactSpecification":{"version":"4.0"}}}`,
		},
		{
			name: "another response to the same request, where that may be",
			base: fileOf("2.0.0", `"interactions":[`+a+`,`+b+`]`), replacing: contract.ReplaceSameRequest,
			added: fileOf("2.0.0", `"interactions":[`+strings.Replace(a, "200", "404", 1)+`]`),
			want:  fileOf("2.0.0", `"interactions":[`+strings.Replace(a, "200", "404", 1)+`,`+b+`]`),
		},
		{
			name: "another request, where everything may be replaced",
			base: fileOf("2.0.0", `"interactions":[`+a+`]`), replacing: contract.ReplaceAll,
			added: fileOf("2.0.0", `"interactions":[`+httpText("a", "/other", "")+`]`),
			want:  fileOf("2.0.0", `"interactions":[`+httpText("a", "/other", "")+`]`),
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := contract.MergeFiles([]byte(tt.base), []byte(tt.added), tt.replacing)
			require.NoError(t, err)
			require.JSONEq(t, tt.want, string(got))
		})
	}
}

func TestMergingFilesRefusesWhatWouldBeLost(t *testing.T) {
	t.Parallel()
	one := fileOf("3.0.0", `"interactions":[`+httpText("same", "/one", `,"providerState":"s"`)+`]`)
	for _, tt := range []struct {
		name, base, added string
		replacing         contract.Replacing
		says              []string
	}{
		{
			name: "another request", base: one, added: strings.Replace(one, "/one", "/two", 1), replacing: contract.ReplaceSameRequest,
			says: []string{`interaction "same" given`, `request.path`, "/one", "/two"},
		},
		{
			name: "another response", base: one, added: strings.Replace(one, "200", "404", 1),
			says: []string{`"same"`, `response.status`, "200", "404"},
		},
		{
			name: "rules that only one has", base: one, added: strings.Replace(one, `"status":200`, `"status":200,"matchingRules":{}`, 1),
			says: []string{`response.matchingRules`, "nothing", "{}"},
		},
		{
			name: "another message", base: fileOf("3.0.0", `"messages":[{"description":"m","contents":1}]`),
			added: fileOf("3.0.0", `"messages":[{"description":"m","contents":2}]`), says: []string{`message "m"`, "contents"},
		},
		{name: "another provider", base: one, added: strings.Replace(one, `"api"`, `"Api"`, 1), says: []string{"provider", "api", "Api"}},
		{name: "nothing to merge", base: one, added: `{"consumer":{"name":"web"}}`, says: []string{"neither interactions nor messages"}},
		{name: "no list", base: one, added: `{"interactions":{"a":1}}`, says: []string{"an object in the place of a list"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := contract.MergeFiles([]byte(tt.base), []byte(tt.added), tt.replacing)
			var conflict *contract.ConflictError
			require.ErrorAs(t, err, &conflict)
			for _, says := range tt.says {
				require.Contains(t, fmt.Sprintf("%+v", conflict.Conflicts), says)
			}
		})
	}
	_, err := contract.MergeFiles([]byte(one), []byte(`[]`), contract.ReplaceAll)
	require.ErrorContains(t, err, "expected an object")
}

// A file below V4 with HTTP and messages is checked by half, so that merging
// makes V4 of it, which says the same.
func TestMergingBothKindsMakesV4(t *testing.T) {
	t.Parallel()
	base := fileOf("3.0.0", `"interactions":[{"description":"h","providerState":"s","request":{"method":"GET","path":"/","query":{"q":["1"]},
		"matchingRules":{"query":{"q":{"matchers":[{"match":"regex","regex":"\\d"}]}}}},"response":{"status":200,"body":{"n":1.10}}}]`)
	added := fileOf("3.0.0", `"messages":[{"description":"m","contents":{"a":1},"metaData":{"contentType":"application/json"},
		"matchingRules":{"body":{"$.a":{"matchers":[{"match":"integer"}]}}}}]`)
	for _, pair := range [][2]string{{base, added}, {added, base}} {
		text, err := contract.MergeFiles([]byte(pair[0]), []byte(pair[1]), contract.ReplaceNothing)
		require.NoError(t, err)
		got, err := contract.Decode(text)
		require.NoError(t, err)
		require.Equal(t, contract.V4, got.Version)
		require.NotContains(t, string(text), `"messages"`)
		require.Contains(t, string(text), "1.10", "numbers keep their text")
		require.Len(t, got.Interactions, 2)
		for _, side := range pair {
			p, err := contract.Decode([]byte(side))
			require.NoError(t, err)
			kept := got.Interactions[0]
			if kept.Kind() != p.Interactions[0].Kind() {
				kept = got.Interactions[1]
			}
			before, err := contract.Encode(&contract.Pact{Version: contract.V4, Interactions: p.Interactions}, contract.V4)
			require.NoError(t, err)
			after, err := contract.Encode(&contract.Pact{Version: contract.V4, Interactions: []contract.Interaction{kept}}, contract.V4)
			require.NoError(t, err)
			require.Equal(t, string(before), string(after))
		}
	}
	p, err := contract.Decode([]byte(base))
	require.NoError(t, err)
	q, err := contract.Decode([]byte(added))
	require.NoError(t, err)
	merged, err := contract.Merge(p, q)
	require.NoError(t, err)
	require.Equal(t, contract.V4, merged.Version, "the same for pacts as values")
}

// Rules of an older version stand in another place, where a reader of the newer
// one would not look.
func TestMergingFilesOfTwoVersionsMakesTheNewer(t *testing.T) {
	t.Parallel()
	old := fileOf("2.0.0", `"interactions":[{"description":"old","request":{"method":"GET","path":"/","query":"q=1"},
		"response":{"status":200,"body":{"n":1},"matchingRules":{"$.body.n":{"match":"type"}}}}]`)
	for _, version := range []string{"3.0.0", "4.0"} {
		newer := fileOf(version, `"interactions":[{"type":"Synchronous/HTTP","description":"new","request":{"method":"GET","path":"/new"},"response":{"status":200}}]`)
		for _, pair := range [][2]string{{old, newer}, {newer, old}} {
			text, err := contract.MergeFiles([]byte(pair[0]), []byte(pair[1]), contract.ReplaceNothing)
			require.NoError(t, err)
			require.NotContains(t, string(text), "$.body.n")
			got, err := contract.Decode(text)
			require.NoError(t, err)
			require.Equal(t, contract.ParseSpecVersion(version), got.Version)
			require.Len(t, got.Interactions, 2)
		}
	}
	undeclared := `{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[` + httpText("u", "/u", "") + `]}`
	text, err := contract.MergeFiles([]byte(undeclared), []byte(old), contract.ReplaceNothing)
	require.NoError(t, err)
	require.Contains(t, string(text), "3.0.0", "who adds rules says how they are to be read")
}

func TestMergingLargeFilesIsLinear(t *testing.T) {
	t.Parallel()
	list := func(n int, path string) []byte {
		items := make([]string, n)
		for i := range items {
			items[i] = httpText("same", fmt.Sprintf("/%s/%d", path, i), "")
		}
		return []byte(fileOf("2.0.0", `"interactions":[`+strings.Join(items, ",")+`]`))
	}
	started := time.Now()
	text, err := contract.MergeFiles(list(30_000, "a"), list(30_000, "b"), contract.ReplaceAll)
	require.NoError(t, err)
	require.True(t, json.Valid(text))
	require.Less(t, time.Since(started), 20*time.Second, "some tenths of a second on any machine")
}
