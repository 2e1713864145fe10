package api_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
)

// TestNumbersThatNoFloatHoldsAreNumbers sends numbers that are JSON and that
// float64 cannot hold, or holds together with another.
func TestNumbersThatNoFloatHoldsAreNumbers(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	for _, number := range []string{"1e400", "-1e400", "1E-4000", "123456789012345678901234567890", "9007199254740993"} {
		answer := s.do(call{method: "PUT", path: "/pacts/provider/Bar/consumer/Foo/version/1", body: fmt.Sprintf(`{"consumer":%s,"provider":{"name":"Bar"}}`, number)})
		require.Less(t, answer.status, 500, "%s: %s", number, answer.text)
		s.must("PUT", "/pacts/provider/Bar/consumer/Foo/version/"+number, fmt.Sprintf(
			`{"consumer":{"name":"Foo","size":%[1]s},"provider":{"name":"Bar","size":%[1]s},"interactions":[{"description":"a","providerStates":[{"name":"one","params":{"id":%[1]s}}]}]}`, number))
		require.Contains(t, s.get("/pacts/provider/Bar/consumer/Foo/version/"+number).text, `"id":`+number)
	}
	answer := s.do(call{method: "POST", path: "/contracts/publish", body: `{"pacticipantName":"Foo","pacticipantVersionNumber":"7","contracts":[` +
		`{"consumerName":"Foo","providerName":"Bar","specification":"pact","contentType":"application/json","content":"MWU0MDA="}]}`})
	require.Equal(t, 400, answer.status)
	require.Contains(t, answer.text, "expected to be an object but was", "the text is JSON, and not an object")
}

// TestStatesOfNumbersThatDifferInTheLastDigitAreTwo looks at parameters that one
// float64 stands for.
func TestStatesOfNumbersThatDifferInTheLastDigitAreTwo(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	s.must("PUT", "/pacticipants/Foo/branches/main/versions/1", `{}`)
	s.must("PUT", "/pacts/provider/Bar/consumer/Foo/version/1", `{"consumer":{"name":"Foo"},"provider":{"name":"Bar"},"interactions":[`+
		`{"description":"a","providerStates":[{"name":"one","params":{"id":9007199254740993}}]},`+
		`{"description":"b","providerStates":[{"name":"one","params":{"id":9007199254740992}}]},`+
		`{"description":"c","providerStates":[{"name":"one","params":{"id":9007199254740992}}]}]}`)
	text := s.get("/pacts/provider/Bar/provider-states/branch/main").text
	require.Contains(t, text, "9007199254740993")
	require.Contains(t, text, "9007199254740992")
}
