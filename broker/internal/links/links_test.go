package links_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/links"
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
		{name: "what the client used of several", headers: map[string]string{"X-Forwarded-Host": "a.example:81, b.example",
			"X-Forwarded-Proto": "https, http"}, want: "https://a.example:81"},
		{name: "a list of the outer TLS", headers: map[string]string{"X-Forwarded-Ssl": "on, off"}, want: "https://broker:9292"},
		{name: "plain outside, TLS within", headers: map[string]string{"X-Forwarded-Proto": "http,https"}, want: "http://broker:9292"},
		{name: "in capitals", headers: map[string]string{"X-Forwarded-Proto": "HTTPS"}, want: "https://broker:9292"},
		{name: "an address in brackets", headers: map[string]string{"X-Forwarded-Host": "[2001:db8::1]:8080"}, want: "http://[2001:db8::1]:8080"},
		{name: "the standard header", headers: map[string]string{"Forwarded": `for=192.0.2.1;proto=https;host="a.example:8443", host=b.example`,
			"X-Forwarded-Host": "c.example"}, want: "https://a.example:8443"},
		{name: "the standard header in part", headers: map[string]string{"Forwarded": "for=192.0.2.1", "X-Forwarded-Host": "c.example"},
			want: "http://c.example"},
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

func TestWhatIsSentToOthersFollowsNoForwardedHeader(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodPost, "http://broker:9292/x", nil)
	for name, value := range map[string]string{"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example"} {
		r.Header.Set(name, value)
	}
	require.Equal(t, "http://broker:9292", links.Outward(r, nil).Base())
	require.Equal(t, "https://a.example", links.Outward(r, []string{"https://a.example"}).Base())
	require.Equal(t, "https://a.example", links.Outward(r, []string{"https://a.example", "http://b.example"}).Base(), "one of those, whatever a header says")
	r.Host = "b.example"
	require.Equal(t, "http://b.example", links.Outward(r, []string{"https://a.example", "http://b.example"}).Base())
}

func TestWhatCanBeNoHostIsNotBelieved(t *testing.T) {
	t.Parallel()
	for _, host := range []string{
		"", " ", "a b", `a"onload="x`, "a'b", "a.example/path", "a.example?x", "a.example#x", "user@a.example", "a.example:port",
		"a.example:123456", "javascript:alert(1)", "[::1", "<a>", "a\r\nb", "a\tb", "\u202ea.example", ".", "-a",
		strings.Repeat("a", 300), "a.example, ", "${host}", "`id`", "$(id)", ";reboot",
	} {
		for _, header := range []string{"X-Forwarded-Host", "Forwarded"} {
			r := httptest.NewRequest(http.MethodGet, "http://broker:9292/", nil)
			r.Header.Set(header, host)
			if header == "Forwarded" {
				r.Header.Set(header, "host=\""+host+"\"")
			}
			want := "http://broker:9292"
			if host == "a.example, " {
				want = "http://a.example"
			}
			require.Equal(t, want, links.ForRequest(r, nil).Base(), "%s: %q", header, host)
		}
		r := httptest.NewRequest(http.MethodGet, "http://broker:9292/", nil)
		r.Host = host
		if host != "a.example, " {
			require.Equal(t, "/pacticipants/Foo", links.ForRequest(r, nil).Pacticipant("Foo"), "links are relative where the host is none: %q", host)
		}
	}
	for _, scheme := range []string{"javascript", "data", "https:", "http s", "ftp", strings.Repeat("http", 1000)} {
		r := httptest.NewRequest(http.MethodGet, "http://broker:9292/", nil)
		r.Header.Set("X-Forwarded-Proto", scheme)
		require.Equal(t, "http://broker:9292", links.ForRequest(r, nil).Base(), scheme)
	}
}

// TestLinksOfPagesNameNoHost forges what a request may say of itself.
func TestLinksOfPagesNameNoHost(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, host string
		configured []string
		page, base string
	}{
		{name: "nothing configured", host: "pact.example.com", page: "/ui/gate", base: ""},
		{name: "on the machine itself", host: "localhost:9292", page: "/ui/gate", base: "http://localhost:9292"},
		{name: "by its number", host: "[::1]:9292", page: "/ui/gate", base: "http://[::1]:9292"},
		{name: "like the machine itself", host: "localhost.evil.example", page: "/ui/gate", base: ""},
		{name: "a host", host: "x", configured: []string{"https://pact.example.com"}, page: "/ui/gate", base: "https://pact.example.com"},
		{name: "a host with a path", host: "x", configured: []string{"https://example.com/pact%20s/"}, page: "/pact%20s/ui/gate",
			base: "https://example.com/pact%20s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "http://broker:9292/", nil)
			r.Host = tt.host
			for _, header := range []string{"X-Forwarded-Host", "X-Forwarded-Server", "X-Original-Host"} {
				r.Header.Set(header, "evil.example")
			}
			r.Header.Set("Forwarded", "host=evil.example")
			r.Header.Set("X-Forwarded-Prefix", "//evil.example")
			l := links.ForPages(r, tt.configured)
			require.Equal(t, tt.page, l.GatePage("", "", ""))
			require.Equal(t, tt.base, l.Base())
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
