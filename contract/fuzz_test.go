package contract_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

// FuzzDecode reads anything, and checks that what was read is written and
// read again without change.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		file("1.0.0", `{"provider_state":"s","request":{"query":"a=%zz&b"},"response":{"body":""}}`),
		file("2.0.0", `{"providerState":"s","request":{"query":"a=1","headers":{"Accept":"a, b"},"body":{"a":[1]},
			"matchingRules":{"$.body.a":{"match":"type","min":1},"$.headers.Accept":{"match":"regex","regex":"x"}}}}`),
		file("3.0.0", `{"providerStates":[{"name":"a","params":{"x":1}}],"request":{"query":{"a":["1",null]},"body":"aGk=",
			"headers":{"Content-Type":"image/png"},"generators":{"body":{"$.a":{"type":"RandomInt"}}}},
			"response":{"matchingRules":{"status":{"matchers":[{"match":"statusCode","status":[1]}]}}}}`),
		file("4.0", `{"type":"Synchronous/HTTP","request":{"body":{"content":"\"\"","encoded":"JSON","contentType":"application/json"}}},
			{"type":"Synchronous/Messages","request":{"contents":{"content":null}},"response":[{"contents":{"content":"aGk=","encoded":"base64"}}]},
			{"type":"Asynchronous/Messages","key":"k","pending":true,"contents":{"a":1},"metadata":{"contentType":"text/csv"}}`),
		`{"messages":[{"contents":"\"x\"","metaData":{"Content-Type":"application/json"}}]}`,
		`{"metadata":{"pactSpecificationVersion":1},"interactions":null}`,
		file("4.0", `{"type":"Synchronous/HTTP","request":{"headers":{"Content-Type":["multipart/mixed; boundary=b"]},"body":{"content":"--a\r\n\r\nx\r\n--a--","contentType":"multipart/mixed"}},
			"response":{"headers":{"Content-Type":["text/plain; charset=latin1"]},"body":{"content":"\u00e9"},"status":"200"}}`),
		file("3.0.0", `{"request":{"method":"Get","headers":{"Content-Type":"multipart/mixed"},"body":"LS1hDQoNCngNCi0tYS0t"},"response":{"headers":{"Content-Type":"text/xml; charset=utf-16"},"body":"<a/>"}}`),
		// What earlier runs found.
		file("4.0", `{"type":"Synchronous/HTTP","request":{"body":{"content":"","contentType":"a/b"}},"response":{"body":{"content":null,"contentType":"a/b","contentTypeHint":"TEXT"}}}`),
		file("1.0.0", `{"request":{"query":"%x%80"}}`),
		file("2.0.0", `{"request":{"query":{"":[]},"headers":{"a":["x","y"],"Accept":["a,b"],"b":[],"Set-Cookie":["a=1","b=2"]}}}`),
		`{"metadata":{"pactSpecification":1}}`,
		`{"messages":[{"contents":"\"A\""},{"contents":"\"\""},{"contents":"\u0000"}]}`,
		file("3.0.0", `{"request":{"query":"a=%ff"},"response":{"body":"\u0000"}}`),
		file("4.0", `{"type":"Synchronous/HTTP","response":{"body":{"contentType":"text/plain"}}}`),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := contract.Decode(data)
		if err != nil {
			var bad *contract.FormatError
			require.ErrorAs(t, err, &bad)
			return
		}
		var unsupported *contract.UnsupportedError
		if _, err := contract.Encode(p, p.Version); errors.As(err, &unsupported) {
			return
		}
		requireRoundTrip(t, p)
	})
}

// FuzzDigest reads anything without panicking.
func FuzzDigest(f *testing.F) {
	f.Add([]byte(`{"interactions":[{"b":1.5e3,"a":"\u0001"}],"metadata":{"pactSpecification":{"version":"2"}}}`))
	f.Add([]byte(`{"messages":[1,[],{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		first, err := contract.Digest(data)
		if err != nil {
			return
		}
		second, err := contract.Digest(data)
		require.NoError(t, err)
		require.Equal(t, first, second)
		_, err = contract.WithInteractionIDs(data)
		require.NoError(t, err)
	})
}

// FuzzQuery reads any text as a query, and checks that what is written of it
// is read again without change.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"a=1&b=%zz&a", "?x=+&&=", "%3Fa=b%26c", "é=ü", "a=%ff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q := contract.ParseQuery(s)
		require.Equal(t, q, contract.ParseQuery(contract.FormatQuery(q)))
	})
}
