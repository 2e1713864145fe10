package matching_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/golden"
	"github.com/treatyhq/treaty/matching"
)

// differences is a result with every kind of mismatch that a request has.
func differences() (matching.Result, contract.Request, contract.Request) {
	expected := contract.Request{
		Method: "POST", Path: "/orders",
		Query:   contract.Values{"page": {"1"}},
		Headers: contract.Values{"X-Client": {"shop"}, "Content-Type": {"application/json"}},
		Body:    contract.NewBody([]byte(`{"id":1,"lines":[{"sku":"A","price":19.99}],"note":"x"}`), "application/json"),
		Rules:   bodyRules("$.lines", contract.TypeRule{Min: number(1)}, "$.lines[*].price", contract.DecimalRule{}),
	}
	actual := contract.Request{
		Method: "PUT", Path: "/order",
		Query:   contract.Values{"page": {"2"}, "size": {"5"}},
		Headers: contract.Values{"Content-Type": {"application/json; charset=utf-8"}},
		Body:    contract.NewBody([]byte(`{"id":2,"lines":[{"price":"19.99","sku":"B"},{"price":5.5,"sku":"C"}],"note":"x"}`), "application/json"),
	}
	return matching.Request(expected, actual), expected, actual
}

func TestReport(t *testing.T) {
	t.Parallel()
	r, expected, actual := differences()
	for name, o := range map[string]matching.ReportOptions{
		"report.txt":       {ExpectedBody: expected.Body.Content, ActualBody: actual.Body.Content},
		"report-color.txt": {Color: true, Indent: "  ", Limit: 2, ExpectedBody: expected.Body.Content, ActualBody: actual.Body.Content},
	} {
		var b strings.Builder
		require.NoError(t, matching.Report(&b, r, o))
		golden.Equal(t, name, b.String())
	}
	var b strings.Builder
	require.NoError(t, matching.Report(&b, matching.Result{}, matching.ReportOptions{}))
	require.Equal(t, "everything matches\n", b.String())
}

func TestReportLeavesOutWhatIsTooLongToDiff(t *testing.T) {
	t.Parallel()
	big := bigBody(1000)
	r := matchResponse(`[]`, string(big), nil)
	var b strings.Builder
	require.NoError(t, matching.Report(&b, r, matching.ReportOptions{ExpectedBody: []byte("[]"), ActualBody: big}))
	require.NotContains(t, b.String(), "- expected")
	require.Less(t, b.Len(), 10_000)
}

func TestMismatchesAsJSON(t *testing.T) {
	t.Parallel()
	r, _, _ := differences()
	out, err := json.MarshalIndent(r.Mismatches, "", "  ")
	require.NoError(t, err)
	golden.Equal(t, "mismatches.json", string(out)+"\n")
}

func TestDistancePutsTheRouteFirst(t *testing.T) {
	t.Parallel()
	request := func(method, path, body string) contract.Request {
		return contract.Request{Method: method, Path: path, Body: contract.NewBody([]byte(body), "application/json")}
	}
	received := request("POST", "/a", `{"x":1,"y":2,"z":3}`)
	wrongBody := matching.Request(request("POST", "/a", `{"x":2,"y":3,"z":4}`), received).Distance()
	wrongPath := matching.Request(request("POST", "/b", `{"x":1,"y":2,"z":3}`), received).Distance()
	require.Less(t, wrongBody, wrongPath)
	require.Zero(t, matching.Request(received, received).Distance())
}
