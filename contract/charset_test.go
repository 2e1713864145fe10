package contract_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

func kind(t *testing.T, contentType string) contract.ContentType {
	t.Helper()
	k, err := contract.ParseContentType(contentType)
	require.NoError(t, err)
	return k
}

func TestReceivedTextIsReadInItsCharset(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, contentType, content, want string }{
		{"no charset", "text/plain", "é", "é"},
		{"UTF-8", "text/plain; charset=UTF-8", "é", "é"},
		{"Latin 1", "text/plain; charset=ISO-8859-1", "\xe9", "é"},
		{"quoted, in another case", `text/plain; Charset="iso-8859-1"`, "\xe9", "é"},
		{"another name of it", "text/plain; charset=latin1", "\xe9", "é"},
		{"bytes of UTF-8 are other letters", "text/plain; charset=ISO-8859-1", "é", "Ã©"},
		{"Windows", "text/plain; charset=windows-1252", "\x80", "€"},
		{"Shift JIS", "text/plain; charset=Shift_JIS", "\x82\xa0", "あ"},
		{"ISO-2022-JP", "text/plain; charset=iso-2022-jp", "\x1b$B$\"\x1b(B", "あ"},
		{"UTF-16 with a byte order mark", "text/plain; charset=UTF-16", "\xff\xfe\xe9\x00", "é"},
		{"UTF-16 without", "text/plain; charset=utf-16", "\x00\xe9", "é"},
		{"UTF-16LE", "text/plain; charset=utf-16le", "\xe9\x00", "é"},
		{"the declaration of XML", "application/xml", "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>", "<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>"},
		{"the header is above it", "application/xml; charset=utf-8", "<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>", "<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>"},
		{"XML with a byte order mark", "text/xml", "\xfe\xff\x00<\x00a\x00/\x00>", "<a/>"},
	} {
		got, err := contract.Text([]byte(tt.content), kind(t, tt.contentType))
		require.NoError(t, err, tt.name)
		require.Equal(t, tt.want, got, tt.name)
	}
	var unknown *contract.UnknownCharsetError
	_, err := contract.Text([]byte("a"), kind(t, "text/plain; charset=klingon"))
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, "klingon", unknown.Charset)
	for contentType, content := range map[string]string{"text/plain": "\xe9", "text/plain; charset=utf-8": "\xe9", "text/plain; charset=Shift_JIS": "\x82"} {
		_, err := contract.Text([]byte(content), kind(t, contentType))
		require.Error(t, err, contentType)
		require.NotErrorAs(t, err, &unknown)
	}
}

func TestATextIsSentInItsCharset(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, contentType, content, wire string }{
		{"UTF-8", "text/plain; charset=utf-8", "é", "é"},
		{"Latin 1", "text/plain; charset=ISO-8859-1", "é", "\xe9"},
		{"bytes of a test stay", "text/plain; charset=ISO-8859-1", "\xe9", "\xe9"},
		{"UTF-16", "text/plain; charset=utf-16", "é", "\xfe\xff\x00\xe9"},
		{"bytes in UTF-16 stay", "text/plain; charset=utf-16le", "a\x00", "a\x00"},
		{"XML by its declaration", "text/xml", `<?xml version="1.0" encoding="latin1"?><a>é</a>`, "<?xml version=\"1.0\" encoding=\"latin1\"?><a>\xe9</a>"},
		{"JSON is UTF-8", "application/json; charset=ISO-8859-1", `"é"`, `"é"`},
		{"bytes", "image/png; charset=ISO-8859-1", "é", "é"},
		{"an unknown charset", "text/plain; charset=klingon", "é", "é"},
		{"letters that the charset has not", "text/plain; charset=ISO-8859-1", "→", "→"},
		{"letters that the charset has only alike", "text/plain; charset=Shift_JIS", "¥", "¥"},
	} {
		body := contract.NewBody([]byte(tt.content), tt.contentType)
		require.Equal(t, tt.wire, string(body.Wire()), tt.name)
		read, err := contract.Written(body.Content, kind(t, tt.contentType))
		if body.CheckCharset() == nil && kind(t, tt.contentType).IsText() && !kind(t, tt.contentType).IsJSON() {
			require.NoError(t, err, tt.name)
			back, err := contract.Text(body.Wire(), kind(t, tt.contentType))
			require.NoError(t, err, tt.name)
			require.Equal(t, read, back, "%s: what is sent is read as it was written", tt.name)
		}
	}
	require.ErrorContains(t, contract.NewBody([]byte("→"), "text/plain; charset=ISO-8859-1").CheckCharset(), "ISO-8859-1 cannot express")
	require.ErrorContains(t, contract.NewBody([]byte("→"), "text/plain; charset=klingon").CheckCharset(), `"klingon" is not known`)
	require.NoError(t, contract.Body{ContentType: "text/plain; charset=klingon"}.CheckCharset())
}

// TestBytesOfATestAreLettersInAFile: V1 to V3 have no other way to hold them.
func TestBytesOfATestAreLettersInAFile(t *testing.T) {
	t.Parallel()
	i := &contract.HTTP{Common: contract.Common{Description: "d"}, Request: contract.Request{Method: "GET", Path: "/"}}
	i.Response = contract.Response{Status: 200, Headers: contract.Values{"Content-Type": {"text/plain; charset=ISO-8859-1"}},
		Body: contract.NewBody([]byte("caf\xe9"), "text/plain; charset=ISO-8859-1")}
	for _, v := range []contract.SpecVersion{contract.V2, contract.V3, contract.V4} {
		data, err := contract.Encode(&contract.Pact{Interactions: []contract.Interaction{i}}, v)
		require.NoError(t, err)
		p, err := contract.Decode(data)
		require.NoError(t, err)
		require.Equal(t, "caf\xe9", string(p.Interactions[0].(*contract.HTTP).Response.Body.Wire()), v)
	}
	i.Response.Headers["Content-Type"] = []string{"text/plain"}
	_, err := contract.Encode(&contract.Pact{Interactions: []contract.Interaction{i}}, contract.V3)
	require.ErrorAs(t, err, new(*contract.UnsupportedError))
}
