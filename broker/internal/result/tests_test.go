package result_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/result"
)

func TestTestResultsAreReadInEveryFormThatVerifiersSend(t *testing.T) {
	t.Parallel()
	failed := result.Test{Description: "a request", States: []string{"s"}, Mismatches: []result.Mismatch{{Where: "body $.a", Why: "why", Expected: "1", Actual: `{"b":2}`}}}
	one := `{"interactionDescription":"a request","success":false,"providerStates":["s"],
		"mismatches":[{"attribute":"body","identifier":"$.a","description":"why","expected":"1","actual":{"b":2}}]}`
	for _, tt := range []struct {
		name, raw string
		want      []result.Test
	}{
		{"a list", `[` + one + `,{"interactionId":"2","success":true}]`, []result.Test{failed, {ID: "2", Passed: true}}},
		{"an object with tests", `{"tests":[` + one + `],"summary":{"testCount":1}}`, []result.Test{failed}},
		{"a state with parameters", `[{"success":true,"providerStates":[{"name":"s","params":{"a":1}}]}]`, []result.Test{{States: []string{"s"}, Passed: true}}},
		{"a status and differences", `{"tests":[{"status":"failed","interactionDescription":"a","interactionProviderState":"s","differences":[{"description":"why"}],"exception":{"class":"X","message":"went wrong"}},{"status":"passed"},{"status":"pending"}]}`,
			[]result.Test{{Description: "a", States: []string{"s"}, Mismatches: []result.Mismatch{{Why: "why"}}, Errors: []string{"went wrong"}}, {Passed: true}}},
		{"errors", `[{"success":false,"pending":true,"error":"refused","exceptions":[{"message":"later"},"bare",{"kind":1}]}]`,
			[]result.Test{{Pending: true, Errors: []string{"refused", "later", "bare", `{"kind":1}`}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, result.ReadTests(json.RawMessage(tt.raw)).All)
		})
	}
	for _, raw := range []string{``, `null`, `7`, `{"summary":{}}`, `["x"]`, `[{"success":"no"}]`, `[{}]`} {
		require.Empty(t, result.ReadTests(json.RawMessage(raw)).All, raw)
	}
}

func TestValuesThatAreOnlyInTheSentenceAreFound(t *testing.T) {
	t.Parallel()
	for why, want := range map[string][2]string{
		"expected 200 but was 418":                                     {"200", "418"},
		"Expected status code 200 but was 418.":                        {"200", "418"},
		"expected GET but received POST":                               {"GET", "POST"},
		"Expected header 'X-A' to have value 'b c' but was 'd'":        {"b c", "d"},
		"expected 200 but was 418 and more":                            {"", ""},
		"Expected '39.99 EUR' (String) to be an integer, but it is no": {"", ""},
	} {
		raw, err := json.Marshal([]map[string]any{{"success": false, "mismatches": []map[string]any{{"attribute": "status", "description": why}}}})
		require.NoError(t, err)
		got := result.ReadTests(raw).All[0].Mismatches[0]
		require.Equal(t, want, [2]string{got.Expected, got.Actual}, why)
	}
	told := result.ReadTests(json.RawMessage(`[{"success":false,"mismatches":[{"description":"expected 1 but was 2","expected":"3"}]}]`)).All[0].Mismatches[0]
	require.Equal(t, result.Mismatch{Why: "expected 1 but was 2", Expected: "3"}, told, "what is told goes before what is guessed")
}

func TestAnInteractionFindsItsTest(t *testing.T) {
	t.Parallel()
	tests := result.ReadTests(json.RawMessage(`[
		{"interactionId":"1","success":true},
		{"interactionId":"2","success":true},{"interactionId":"2","success":false},{"interactionId":"2","success":true},
		{"interactionDescription":"same","providerStates":["a"],"success":true},
		{"interactionDescription":"same","providerStates":["b"],"success":false},
		{"interactionDescription":"plain","success":true},
		{"interactionId":"9","interactionDescription":"of another","success":false}]`))
	for _, tt := range []struct {
		name, id, description string
		states                []string
		found, passed         bool
	}{
		{"by its id", "1", "whatever", nil, true, true},
		{"a failure wins", "2", "", nil, true, false},
		{"by description and states", "7", "same", []string{"a"}, true, true},
		{"by description and other states", "7", "same", []string{"b"}, true, false},
		{"no such states", "7", "same", []string{"c"}, false, false},
		{"by description alone", "7", "plain", []string{"c"}, true, true},
		{"the test has another id", "7", "of another", nil, false, false},
		{"nobody tried it", "7", "else", nil, false, false},
		{"without an id", "", "of another", nil, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, found := tests.Of(tt.id, tt.description, tt.states)
			require.Equal(t, tt.found, found)
			require.Equal(t, tt.passed, got.Passed)
		})
	}
	twice := result.ReadTests(json.RawMessage(`[{"interactionId":"1","success":false,"pending":true,"error":"a"},{"interactionId":"1","success":false,"error":"b"},{"interactionId":"1","success":true}]`))
	both, _ := twice.Of("1", "", nil)
	require.Equal(t, result.Test{ID: "1", Errors: []string{"a", "b"}}, both, "all that failed is told")
	_, found := result.Tests{}.Of("1", "", nil)
	require.False(t, found)
	passed, failed := tests.Counts()
	require.Equal(t, []int{5, 3}, []int{passed, failed})
}
