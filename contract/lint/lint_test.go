package lint_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/lint"
)

// file wraps interactions into a V3 contract.
func file(interactions string) []byte {
	return []byte(`{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[` + interactions +
		`],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`)
}

// answer is an interaction that answers with a JSON body under rules.
func answer(body, rules string) []byte {
	return file(`{"description":"d","request":{"method":"GET","path":"/orders/5"},"response":{"status":200,
		"headers":{"Content-Type":"application/json"},"body":` + body + `,"matchingRules":{"body":{` + rules + `}}}}`)
}

// found returns the findings of one check as "level part path".
func found(findings []lint.Finding, check string) []string {
	list := []string{}
	for _, f := range findings {
		if f.Check == check {
			list = append(list, string(f.Level)+" "+f.Part+" "+f.Path)
		}
	}
	return list
}

const isType = `{"matchers":[{"match":"type"}]}`

func TestEachCheckFindsItsFault(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, check string
		file        []byte
		want        []string
	}{
		{"not a contract", "unreadable", []byte(`[`), []string{"error  "}},
		{"no interactions", "empty", file(``), []string{"warning  "}},
		{"what the reader guessed", "unclear", file(`{"request":{"path":"/"},"response":{}}`), []string{"warning  "}},
		{"blank description", "no-description", file(`{"description":" "}`), []string{"warning  "}},
		{
			"random description", "unstable-name",
			file(`{"description":"order 0b9d6c4e-7a55-4b7e-9e57-0c1f7f1b8e11","providerState":"at 2026-01-02T03:04:05.678Z"}`),
			[]string{"warning description ", "hint provider state at 2026-01-02T03:04:05.678Z"},
		},
		{"path that cannot be read", "invalid-path", answer(`{"a":1}`, `"$.a[":`+isType), []string{"error response body $.a["}},
		{
			"pattern that cannot be read", "invalid-regex",
			answer(`{"a":"x"}`, `"$.a":{"matchers":[{"match":"regex","regex":"(("}]}`), []string{"error response body $.a"},
		},
		{
			"look-ahead is a pattern", "invalid-regex",
			answer(`{"a":"x"}`, `"$.a":{"matchers":[{"match":"regex","regex":"(?=x)x"}]}`), []string{},
		},
		{"rule of a plugin", "unknown-rule", answer(`{"a":1}`, `"$.a":{"matchers":[{"match":"jwt"}]}`), []string{"warning response body $.a"}},
		{"rule of V4 in V3", "newer-rule", answer(`{"a":"1.0.0"}`, `"$.a":{"matchers":[{"match":"semver"}]}`), []string{"warning response body $.a"}},
		{"rule that selects nothing", "rule-without-example", answer(`{"a":1}`, `"$.b":`+isType), []string{"warning response body $.b"}},
		{
			"rules below an empty list", "empty-example",
			answer(`{"a":[]}`, `"$.a":`+isType+`,"$.a[*].id":`+isType), []string{"warning response body $.a"},
		},
		{"the same of a path below", "rule-without-example", answer(`{"a":[]}`, `"$.a[*].id":`+isType), []string{}},
		{
			"rule for a header that is not there", "rule-without-example",
			file(`{"description":"d","request":{"path":"/","matchingRules":{"header":{"X-A":` + isType + `},"query":{"q":` + isType + `}}}}`),
			[]string{"warning request header X-A", "warning request query parameter q"},
		},
		{
			"generator that selects nothing", "generator-without-example",
			file(`{"description":"d","response":{"body":{"a":1},"generators":{"body":{"$.b":{"type":"Uuid"}}}}}`),
			[]string{"warning response body $.b"},
		},
		{"example that breaks its rule", "example-breaks-rule", answer(`{"a":"x"}`, `"$.a":{"matchers":[{"match":"integer"}]}`), []string{"error response body $.a"}},
		{"clock in an exact value", "unstable-value", answer(`{"at":"2026-01-02T03:04:05.678Z","born":"1990-01-31"}`, ``), []string{"warning response body $.at", "warning response body $.born"}},
		{"random value", "unstable-value", answer(`{"id":"0b9d6c4e-7a55-4b7e-9e57-0c1f7f1b8e11"}`, ``), []string{"warning response body $.id"}},
		{"rule for a random value", "unstable-value", answer(`{"id":"0b9d6c4e-7a55-4b7e-9e57-0c1f7f1b8e11"}`, `"$.id":`+isType), []string{}},
		{"its example", "unstable-example", answer(`{"id":"0b9d6c4e-7a55-4b7e-9e57-0c1f7f1b8e11"}`, `"$.id":`+isType), []string{"hint response body $.id"}},
		{
			"echo of the request", "unstable-value",
			file(`{"description":"d","request":{"path":"/0b9d6c4e-7a55-4b7e-9e57-0c1f7f1b8e11"},"response":{"body":{"id":"0b9d6c4e-7a55-4b7e-9e57-0c1f7f1b8e11"}}}`),
			[]string{},
		},
		{
			"generated value", "unstable-value",
			file(`{"description":"d","response":{"body":{"id":"0b9d6c4e-7a55-4b7e-9e57-0c1f7f1b8e11"},"generators":{"body":{"$.id":{"type":"Uuid"}}}}}`),
			[]string{},
		},
		{
			"clock in a header", "unstable-header",
			file(`{"description":"d","response":{"headers":{"Date":"Sat, 01 Jan 2000 00:00:00 GMT","X-A":"1","Etag":"x"},"matchingRules":{"header":{"etag":` + isType + `}}}}`),
			[]string{"warning response header Date"},
		},
		{"body compared exactly", "exact-body", answer(`{"a":1,"b":2,"c":{"d":3,"e":4},"f":[5]}`, ``), []string{"warning response body "}},
		{"body with one rule", "exact-body", answer(`{"a":1,"b":2,"c":{"d":3,"e":4},"f":[5]}`, `"$.a":`+isType), []string{}},
		{
			"bytes compared exactly", "exact-body",
			file(`{"description":"d","response":{"headers":{"Content-Type":"image/png"},"body":"iVBORw=="}}`), []string{"warning response body "},
		},
		{
			"JSON that is none", "not-json",
			[]byte(`{"interactions":[{"type":"Synchronous/HTTP","description":"d","response":{"body":{"content":"e30=","encoded":"rot","contentType":"application/json"}}}],"metadata":{"pactSpecification":{"version":"4.0"}}}`),
			[]string{"error response body "},
		},
		{"same name", "same-name", file(`{"description":"d"},{"description":"d","request":{"path":"/b"}}`), []string{"warning  "}},
		{"same request", "same-request", file(`{"description":"a"},{"description":"b","response":{"status":404}}`), []string{"warning request "}},
		{
			"same request in another state", "same-request",
			file(`{"description":"a"},{"description":"b","providerState":"gone","response":{"status":404}}`), []string{},
		},
		{"a method in odd case", "unclear", file(`{"description":"d","request":{"method":"GEt"}}`), []string{"warning  "}},
		{"a method in lower case, as Ruby writes it", "unclear", file(`{"description":"d","request":{"method":"get"}}`), []string{}},
		{"a method with a space", "invalid-method", file(`{"description":"d","request":{"method":"GE T"}}`), []string{"error request method "}},
		{"an empty method", "invalid-method", file(`{"description":"d","request":{"method":""}}`), []string{"error request method "}},
		{"a method nobody knows", "unusual-method", file(`{"description":"d","request":{"method":"GETT"}}`), []string{"warning request method "}},
		{"a path without slash", "invalid-path", file(`{"description":"d","request":{"path":"orders"}}`), []string{"error request path "}},
		{"a whole address", "invalid-path", file(`{"description":"d","request":{"path":"http://api/orders"}}`), []string{"error request path "}},
		{"a path with parameters", "invalid-path", file(`{"description":"d","request":{"path":"/orders?id=5"}}`), []string{"error request path "}},
		{"a path with a space", "invalid-path", file(`{"description":"d","request":{"path":"/a b"}}`), []string{"warning request path "}},
		{"an empty path", "invalid-path", file(`{"description":"d","request":{"path":""}}`), []string{"warning request path "}},
		{"a good path", "invalid-path", file(`{"description":"d","request":{"path":"/a%20b/é;x=1"}}`), []string{}},
		{"a status in text", "unclear", file(`{"description":"d","response":{"status":"200"}}`), []string{"warning  "}},
		{"a status that is none", "invalid-status", file(`{"description":"d","response":{"status":20}},{"description":"e","response":{"status":600}}`), []string{"error response status ", "error response status "}},
		{"a status that cannot be read", "unreadable", file(`{"description":"d","response":{"status":"OK"}}`), []string{"error  "}},
		{
			"interactions and messages in V3", "mixed-kinds",
			[]byte(`{"interactions":[{"description":"d"}],"messages":[{"description":"m"}],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`), []string{"error  "},
		},
		{
			"messages beside an empty list", "mixed-kinds",
			[]byte(`{"interactions":[],"messages":[{"description":"m"}],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`), []string{},
		},
		{
			"both in V4", "mixed-kinds",
			[]byte(`{"interactions":[{"type":"Synchronous/HTTP","description":"d"},{"type":"Asynchronous/Messages","description":"m"}],"metadata":{"pactSpecification":{"version":"4.0"}}}`), []string{},
		},
		{
			"rule for metadata that is not there", "rule-without-example",
			[]byte(`{"messages":[{"description":"m","metaData":{"a":"b"},"matchingRules":{"metadata":{"a":` + isType + `,"$.c":` + isType + `,"$.*":` + isType + `}}}],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`),
			[]string{"warning message metadata c"},
		},
		{
			"rules for an empty body", "rule-without-example",
			file(`{"description":"d","response":{"body":"","matchingRules":{"body":{"$":` + isType + `}}}}`), []string{"warning response body "},
		},
		{
			"a charset that lacks the letter", "charset",
			file(`{"description":"d","response":{"headers":{"Content-Type":"text/plain; charset=ISO-8859-1"},"body":"→"}}`), []string{"error response body "},
		},
		{
			"a charset that has it", "charset",
			file(`{"description":"d","response":{"headers":{"Content-Type":"text/plain; charset=ISO-8859-1"},"body":"é"}}`), []string{},
		},
		{
			"the same example fits itself", "example-breaks-rule",
			file(`{"description":"d","response":{"headers":{"Content-Type":"text/plain; charset=ISO-8859-1"},"body":"é"}}`), []string{},
		},
		{
			"an unknown charset", "unknown-charset",
			file(`{"description":"d","response":{"headers":{"Content-Type":"text/plain; charset=klingon"},"body":"a"}}`), []string{"warning response body "},
		},
		{
			"same key", "same-key",
			[]byte(`{"interactions":[{"type":"Asynchronous/Messages","key":"k","description":"a"},{"type":"Asynchronous/Messages","key":"k","description":"b"}],"metadata":{"pactSpecification":{"version":"4.0"}}}`),
			[]string{"error key k"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			findings := lint.File(tt.file)
			require.Equal(t, tt.want, found(findings, tt.check), "%v", findings)
			for _, f := range findings {
				require.NotEmpty(t, f.Advice, f)
				require.NotEmpty(t, f.What, f)
			}
		})
	}
}

func TestAGoodContractHasNoFindings(t *testing.T) {
	t.Parallel()
	good := file(`{"description":"an order","providerState":"order 5 exists","request":{"method":"GET","path":"/orders/5"},
		"response":{"status":200,"headers":{"Content-Type":"application/json"},"body":{"id":5,"items":[{"sku":"a","n":1}],"open":true,"note":"x","by":"y"},
		"matchingRules":{"body":{"$.items":{"matchers":[{"match":"type","min":1}]},"$.items[*].n":{"matchers":[{"match":"integer"}]},"$.note":` + isType + `}}}}`)
	require.Empty(t, lint.File(good))
}

func TestAPanicIsAFindingAndTheOthersAreChecked(t *testing.T) {
	t.Parallel()
	p, err := contract.Decode(file(`{"description":"a"},{"description":" "}`))
	require.NoError(t, err)
	p.Interactions[0].(*contract.HTTP).Request.Rules = contract.RuleSet{contract.CategoryPath: {"": {Rules: []contract.Rule{contract.EachKeyRule{Rules: []contract.Rule{nil}}}}}}
	findings := lint.Pact(p)
	require.Equal(t, []string{"error  "}, found(findings, "internal-error"))
	require.Equal(t, []string{"warning  "}, found(findings, "no-description"))
}

func TestAFindingReadsAsOneLine(t *testing.T) {
	t.Parallel()
	f := lint.Finding{Where: `interactions[0] "a"`, Part: "response body", Path: "$.a", What: "is wrong"}
	require.Equal(t, `interactions[0] "a" response body $.a: is wrong`, f.String())
	require.Equal(t, "is wrong", lint.Finding{What: "is wrong"}.String())
}

func TestEverySuiteFileCanBeLinted(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("TREATY_CONFORMANCE_DIR")
	if dir == "" {
		t.Skip("TREATY_CONFORMANCE_DIR is not set: it names the folder of the public Pact suites")
	}
	files, err := filepath.Glob(filepath.Join(dir, "broker-clients", "*.json"))
	require.NoError(t, err)
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Empty(t, found(lint.File(data), "example-breaks-rule"), name)
	}
}

func TestHostileContractsAreLintedInTime(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"a":[`, 4_000) + strings.Repeat(`]}`, 4_000)
	require.NotNil(t, lint.File(answer(deep, `"$.b":`+isType)))
	wide := "[" + strings.Repeat(`{"id":"0b9d6c4e-7a55-4b7e-9e57-0c1f7f1b8e11"},`, 5_000) + "1]"
	require.Len(t, found(lint.File(answer(wide, ``)), "unstable-value"), 5_000)
}
