package links_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/links"
)

func TestNamesAreEncodedExceptForPlainCharacters(t *testing.T) {
	t.Parallel()
	l := links.Below("http://b/")
	require.Equal(t, "http://b/pacticipants/a%2Fb%20c%2B%3A%C3%A9-_.~/branches/feat%2Fx",
		l.Branch("a/b c+:é-_.~", "feat/x"))
	require.Equal(t, "http://b/pacts/provider/P%20x/consumer/C/pact-version/abc/metadata/bWQ/verification-results",
		l.Pair("P x", "C").Results("abc", "bWQ"))
	require.Equal(t, "http://b/pacts/provider/P/consumer/C/pact-version/abc/verification-results",
		l.Pair("P", "C").Results("abc", ""))
}

func TestTheBaseFollowsTheRequestUnlessConfigured(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name       string
		headers    map[string]string
		tls        bool
		configured []string
		want       string
	}{
		{name: "the request itself", want: "http://broker:9292"},
		{name: "over TLS", tls: true, want: "https://broker:9292"},
		{name: "forwarded host", headers: map[string]string{"X-Forwarded-Host": "a.example"}, want: "http://a.example"},
		{name: "the proxy nearest to us", headers: map[string]string{"X-Forwarded-Host": "a.example, b.example:81"},
			want: "http://b.example:81"},
		{name: "forwarded scheme", headers: map[string]string{"X-Forwarded-Proto": "https"}, want: "https://broker:9292"},
		{name: "default port is left out", headers: map[string]string{"X-Forwarded-Host": "a.example:443", "X-Forwarded-Ssl": "on"},
			want: "https://a.example"},
		{name: "forwarded port alone counts for nothing", headers: map[string]string{
			"X-Forwarded-Host": "a.example", "X-Forwarded-Port": "8443"}, want: "http://a.example"},
		{name: "an odd scheme is not believed", headers: map[string]string{"X-Forwarded-Proto": "javascript"},
			want: "http://broker:9292"},
		{name: "one configured", configured: []string{"https://x.example/path/"},
			headers: map[string]string{"X-Forwarded-Host": "a.example"}, want: "https://x.example/path"},
		{name: "the fitting one of several", configured: []string{"https://x.example", "http://broker:9292"},
			want: "http://broker:9292"},
		{name: "else the first of several", configured: []string{"https://x.example", "https://y.example"},
			want: "https://x.example"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "http://broker:9292/", nil)
			if tt.tls {
				r.TLS = &tls.ConnectionState{}
			}
			for name, value := range tt.headers {
				r.Header.Set(name, value)
			}
			require.Equal(t, tt.want, links.ForRequest(r, tt.configured).Base())
		})
	}
}

func TestMetadataReadsBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	yes := true
	for _, meta := range []links.Metadata{
		{},
		{WIP: true, ConsumerVersionNumber: "1 & 2", ConsumerVersionTags: []string{"a=b", "dev"}},
		{Pending: &yes, Selectors: []links.MetadataSelector{
			{ConsumerVersionID: 1},
			{Tag: "dev", Latest: true, ConsumerVersionID: 2},
			{Branch: "feat/x", NotLatest: true, ConsumerVersionID: 3},
			{Environment: "production", ConsumerVersionID: 4},
		}},
		{ConsumerVersionID: 7},
	} {
		require.Equal(t, meta, links.ParseMetadata(meta.Encode()))
	}
}

func TestMetadataOfOldLinksIsUnderstood(t *testing.T) {
	t.Parallel()
	require.Equal(t, "1", links.ParseMetadata("Y3ZuPTE").ConsumerVersionNumber)
	require.Equal(t, "1", links.ParseMetadata("Y3ZuPTE=").ConsumerVersionNumber)
	require.Equal(t, links.Metadata{ConsumerVersionTags: []string{"dev"}, ConsumerVersionNumber: "1"},
		links.ParseMetadata("Y3Z0W109ZGV2JmN2bj0x"))
	require.True(t, links.ParseMetadata("!!!").IsZero())
	require.True(t, links.ParseMetadata("d3JvbmchIQ").IsZero())
}

func FuzzMetadata(f *testing.F) {
	for _, seed := range []string{"", "Y3ZuPTE", "c1tdW2JdPXgmc1tdW2JdPXk", "!!!", "cw"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, segment string) {
		meta := links.ParseMetadata(segment)
		require.Equal(t, meta.IsZero(), meta.Encode() == "")
		links.ParseMetadata(meta.Encode())
	})
}
