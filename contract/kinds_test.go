package contract_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

// TestNumbersAndNullKeepTheirKind: a decimal stays one though its fraction is
// zero, and a body that is JSON null is not a body that is missing.
func TestNumbersAndNullKeepTheirKind(t *testing.T) {
	t.Parallel()
	const numbers = `{"a":5.0,"b":5,"c":1e2,"d":-0.0,"e":12345678901234567890.10}`
	for _, v := range []contract.SpecVersion{contract.V1, contract.V2, contract.V3, contract.V4} {
		t.Run(v.String(), func(t *testing.T) {
			t.Parallel()
			written := func(b contract.Body) (text string, read contract.Body) {
				i := &contract.HTTP{Common: contract.Common{Description: "d"}, Request: contract.Request{Method: "POST", Path: "/", Body: b}, Response: contract.Response{Status: 200}}
				i.Request.Headers = contract.Values{"Content-Type": {"application/json"}}
				data, err := contract.Encode(&contract.Pact{Consumer: "c", Provider: "p", Interactions: []contract.Interaction{i}}, v)
				require.NoError(t, err)
				p, err := contract.Decode(data)
				require.NoError(t, err)
				var file struct {
					Interactions []struct{ Request map[string]json.RawMessage }
				}
				require.NoError(t, json.Unmarshal(data, &file))
				return string(file.Interactions[0].Request["body"]), p.Interactions[0].(*contract.HTTP).Request.Body
			}
			_, read := written(contract.NewBody([]byte(numbers), "application/json"))
			require.Equal(t, numbers, string(read.Content))

			text, read := written(contract.NewBody([]byte("null"), "application/json"))
			require.NotEqual(t, contract.BodyMissing, read.State, text)
			if v == contract.V4 {
				require.Equal(t, "null", string(read.Content))
			} else {
				require.Equal(t, "null", text)
				require.Equal(t, contract.BodyNull, read.State)
			}
			text, read = written(contract.Body{State: contract.BodyNull, ContentType: "application/json"})
			require.Equal(t, contract.BodyNull, read.State, text)
			text, read = written(contract.Body{})
			require.Empty(t, text)
			require.Equal(t, contract.BodyMissing, read.State)
		})
	}
}

// TestNumbersOfParametersAndRulesKeepTheirKind has numbers outside of bodies.
func TestNumbersOfParametersAndRulesKeepTheirKind(t *testing.T) {
	t.Parallel()
	p, err := contract.Decode([]byte(`{"consumer":{"name":"c"},"provider":{"name":"p"},"interactions":[{"type":"Asynchronous/Messages","description":"d",
		"providerStates":[{"name":"s","params":{"n":5.0}}],"comments":{"n":6.0},"metadata":{"n":7.0},
		"contents":{"content":{"n":{"k":8.0}},"contentType":"application/json"},
		"matchingRules":{"body":{"$.n":{"matchers":[{"match":"eachKey","rules":[{"match":"type"}],"value":9.0}]}}},
		"generators":{"body":{"$.n.k":{"type":"RandomDecimal","digits":10.0}}}}],"metadata":{"pactSpecification":{"version":"4.0"},"own":{"n":11.0}}}`))
	require.NoError(t, err)
	data, err := contract.Encode(p, contract.V4)
	require.NoError(t, err)
	for n := 5; n <= 11; n++ {
		require.Contains(t, string(data), fmt.Sprintf("%d.0", n))
	}
}
