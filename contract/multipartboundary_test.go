package contract_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

// TestAMultipartBodyThatIsReadHasABoundary: it can be sent and compared.
func TestAMultipartBodyThatIsReadHasABoundary(t *testing.T) {
	t.Parallel()
	const content = "--AA\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n1\r\n--AA--\r\n"
	for _, tt := range []struct{ name, contentType, header, want string }{
		{"in the type", "multipart/form-data; boundary=AA", "multipart/form-data; boundary=BB", "multipart/form-data; boundary=AA"},
		{"in the header", "multipart/form-data", "multipart/form-data; boundary=\"AA\"", "multipart/form-data;boundary=AA"},
		{"in the header of another type", "multipart/form-data", "multipart/mixed; boundary=BB", "multipart/form-data;boundary=AA"},
		{"in the first line", "multipart/form-data", "", "multipart/form-data;boundary=AA"},
		{"in the first line, with a parameter", "multipart/form-data; charset=utf-8", "", "multipart/form-data;boundary=AA;charset=utf-8"},
		{"no multipart", "text/plain", "", "text/plain"},
	} {
		part := map[string]any{"body": map[string]any{"content": content, "contentType": tt.contentType}}
		if tt.header != "" {
			part["headers"] = map[string]any{"Content-Type": []string{tt.header}}
		}
		data, err := json.Marshal(part)
		require.NoError(t, err)
		r, err := contract.DecodeRequest(data, contract.V4)
		require.NoError(t, err)
		require.Equal(t, tt.want, r.Body.ContentType, tt.name)
	}
	for name, content := range map[string]string{"no first line": "", "no boundary": "a\r\n--AA", "only dashes": "--\r\n"} {
		data, err := json.Marshal(map[string]any{"body": map[string]any{"content": content, "contentType": "multipart/mixed"}})
		require.NoError(t, err)
		r, err := contract.DecodeResponse(data, contract.V4)
		require.NoError(t, err)
		require.Equal(t, "multipart/mixed", r.Body.ContentType, name)
	}
}

func TestParametersOfAHeaderAreSplit(t *testing.T) {
	t.Parallel()
	value, params := contract.SplitParameters(` text/html ; Charset="a;\"b" ; q=0.5;; flag `)
	require.Equal(t, "text/html", value)
	require.Equal(t, map[string]string{"charset": `a;"b`, "q": "0.5", "flag": ""}, params)
}
