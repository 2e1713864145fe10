package coding_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/coding"
)

func packed(t *testing.T, name, text string) string {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch name {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zlib":
		w = zlib.NewWriter(&b)
	case "flate":
		var err error
		w, err = flate.NewWriter(&b, flate.BestSpeed)
		require.NoError(t, err)
	}
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func TestCodingsAreUndone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		header []string
		body   string
		want   string
	}{
		{"none", nil, "tea", "tea"},
		{"identity", []string{"identity"}, "tea", "tea"},
		{"gzip", []string{"gzip"}, packed(t, "gzip", "tea"), "tea"},
		{"an older name, in capitals", []string{" X-GZIP "}, packed(t, "gzip", "tea"), "tea"},
		{"two parts one after the other", []string{"gzip"}, packed(t, "gzip", "te") + packed(t, "gzip", "a"), "tea"},
		{"deflate", []string{"deflate"}, packed(t, "zlib", "tea"), "tea"},
		{"deflate without its frame", []string{"deflate"}, packed(t, "flate", "tea"), "tea"},
		{"several in one line", []string{"deflate, gzip"}, packed(t, "gzip", packed(t, "zlib", "tea")), "tea"},
		{"several in lines", []string{"deflate", "gzip"}, packed(t, "gzip", packed(t, "zlib", "tea")), "tea"},
		{"nothing", []string{"gzip"}, "", ""},
	} {
		got, err := coding.Decode(tt.header, []byte(tt.body), 1000)
		require.NoError(t, err, tt.name)
		require.Equal(t, tt.want, string(got), tt.name)
	}
}

func TestWhatCannotBeUndoneIsRefused(t *testing.T) {
	t.Parallel()
	_, err := coding.Decode([]string{"br"}, []byte("tea"), 1000)
	var unknown *coding.UnknownError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, "br", unknown.Name)
	require.ErrorContains(t, err, "gzip and deflate")

	_, err = coding.Decode([]string{strings.Repeat("gzip,", 50)}, []byte("tea"), 1000)
	require.ErrorAs(t, err, &unknown)

	for _, body := range []string{"tea", packed(t, "gzip", "a long text")[:12]} {
		_, err = coding.Decode([]string{"gzip"}, []byte(body), 1000)
		require.ErrorContains(t, err, `encoded as "gzip" and is not`)
	}
}

func TestABodyThatGrowsBeyondTheLimitIsNotHeld(t *testing.T) {
	t.Parallel()
	bomb := packed(t, "gzip", strings.Repeat("\x00", 10<<20))
	_, err := coding.Decode([]string{"gzip"}, []byte(bomb), 1<<20)
	require.ErrorIs(t, err, coding.ErrTooLarge)
	_, err = coding.Decode([]string{"gzip, gzip"}, []byte(packed(t, "gzip", bomb)), 1<<20)
	require.ErrorIs(t, err, coding.ErrTooLarge)
	got, err := coding.Decode([]string{"gzip"}, []byte(packed(t, "gzip", "tea")), 3)
	require.NoError(t, err, "the limit itself is allowed")
	require.Len(t, got, 3)
}

func TestAPlainBodyIsEncodedAsItsHeaderSays(t *testing.T) {
	t.Parallel()
	for _, header := range [][]string{{"gzip"}, {"x-gzip"}, {"deflate"}, {"deflate, gzip"}, {"identity", "gzip"}} {
		encoded := coding.Encode(header, []byte("tea"))
		require.NotEqual(t, "tea", string(encoded), header)
		plain, err := coding.Decode(header, encoded, 1000)
		require.NoError(t, err, header)
		require.Equal(t, "tea", string(plain), header)
		require.Equal(t, encoded, coding.Encode(header, encoded), "it is not encoded twice")
	}
	for _, header := range [][]string{nil, {"identity"}, {"br"}, {"gzip, br"}} {
		require.Equal(t, "tea", string(coding.Encode(header, []byte("tea"))), header)
	}
	require.Empty(t, coding.Encode([]string{"gzip"}, nil))
}

// Without the frame around it, deflate has no mark: in these texts a stream
// begins, and ends in the middle of the address.
func TestATextIsNotTakenForDeflate(t *testing.T) {
	t.Parallel()
	text := []byte(`{"email":"i@wxnsohtv.com"}`)
	_, err := coding.Decode([]string{"deflate"}, text, 1<<20)
	require.ErrorContains(t, err, "ends before the body does")
	encoded := coding.Encode([]string{"deflate"}, text)
	require.NotEqual(t, text, encoded)
	plain, err := coding.Decode([]string{"deflate"}, encoded, 1<<20)
	require.NoError(t, err)
	require.Equal(t, text, plain)
}
