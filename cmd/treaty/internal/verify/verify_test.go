package verify_test

import (
	"encoding/pem"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

// catalogAt is a catalog that gives this price; it returns its port.
func catalogAt(t *testing.T, price string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/products/10" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"price":%s,"seen":%q}`, price, r.Header.Get("X-Token"))
	}))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	require.NoError(t, err)
	return u.Port()
}

func TestVerifyExitsZeroWhenThePactIsKept(t *testing.T) {
	t.Parallel()
	got := commandtest.RunIn(t, commandtest.PactFolder(t), "verify", "-f", "p.json", "-h", "127.0.0.1", "-p", catalogAt(t, "12.5"))
	require.Equal(t, 0, got.Status, got.Stderr)
	require.Contains(t, got.Stdout, "OK  catalog against 1 pact: 2 interactions, 2 passed")
	require.Contains(t, got.Stdout, "storefront → catalog  (p.json)")
	require.Empty(t, got.Stderr)
}

func TestVerifyExitsOneAndNamesPathExpectedAndActual(t *testing.T) {
	t.Parallel()
	got := commandtest.RunIn(t, commandtest.PactFolder(t), "verify", "--dir", ".", "--provider-name", "catalog", "--port", catalogAt(t, `"12.50"`))
	require.Equal(t, 1, got.Status)
	for _, part := range []string{"storefront → catalog: a product", "body $.price", "expected  12.5", `actual    "12.50"`, "try it: curl -i http://localhost"} {
		require.Contains(t, got.Stdout, part)
	}
	require.Less(t, strings.Index(got.Stdout, "body $.price"), strings.Index(got.Stdout, "✓ an absent one"), "failures come first")
	require.Empty(t, got.Stderr)
}

func TestVerifyTakesItsOptionsFromVariablesToo(t *testing.T) {
	t.Parallel()
	e := commandtest.PactFolder(t)
	e.Environ = []string{
		"PACT_PROVIDER_PORT=" + catalogAt(t, "12.5"), "PACT_PROVIDER_HOSTNAME=127.0.0.1", "PACT_PROVIDER_NAME=catalog",
		"PACT_DESCRIPTION=^a ", "PACT_PROVIDER_NO_STATE=true", "PACT_VERIFIER_JSON_REPORT=r.json",
	}
	got := commandtest.RunIn(t, e, "verify", "-d", ".")
	require.Equal(t, 0, got.Status, got.Stderr)
	require.Contains(t, got.Stdout, "1 interaction, 1 passed")
	report, err := os.ReadFile(filepath.Join(e.Dir, "r.json"))
	require.NoError(t, err)
	require.Equal(t, true, commandtest.Decode(t, string(report))["result"])
}

func TestVerifyWritesEveryReport(t *testing.T) {
	t.Parallel()
	e := commandtest.PactFolder(t)
	port := catalogAt(t, "1")
	got := commandtest.RunIn(t, e, "verify", "-f", "p.json", "-p", port, "--json", "r.json", "--junit", "r.xml", "--html", "r.html", "-o", "github")
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stdout, "::error title=storefront")
	data, err := os.ReadFile(filepath.Join(e.Dir, "r.xml"))
	require.NoError(t, err)
	require.NoError(t, xml.Unmarshal(data, new(struct{})))
	html, err := os.ReadFile(filepath.Join(e.Dir, "r.html"))
	require.NoError(t, err)
	require.Contains(t, string(html), "$.price")
	require.Equal(t, false, commandtest.Decode(t, commandtest.RunIn(t, e, "verify", "-f", "p.json", "-p", port, "-o", "json").Stdout)["result"])

	got = commandtest.RunIn(t, e, "verify", "-f", "p.json", "-p", port, "--json", "no/such/folder/r.json")
	require.Equal(t, 2, got.Status)
	require.Contains(t, got.Stderr, "--json")
	require.Contains(t, got.Stdout, "$.price", "what was found is told all the same")
}

func TestVerifyRunsWhatFailedLast(t *testing.T) {
	t.Parallel()
	e := commandtest.PactFolder(t)
	commandtest.RunIn(t, e, "verify", "-f", "p.json", "-p", catalogAt(t, "1"), "-j", "r.json")
	got := commandtest.RunIn(t, e, "verify", "-f", "p.json", "-p", catalogAt(t, "12.5"), "-j", "r.json", "--last-failed")
	require.Equal(t, 0, got.Status)
	require.Contains(t, got.Stdout, "1 interaction, 1 passed")
	require.NotContains(t, got.Stdout, "an absent one")
}

// A run that could not load its pacts has no failures, and has passed nothing.
func TestAfterARunWithoutPactsEverythingIsTried(t *testing.T) {
	t.Parallel()
	e := commandtest.PactFolder(t)
	require.Equal(t, 1, commandtest.RunIn(t, e, "verify", "-f", "gone.json", "-p", "1", "-j", "r.json").Status)
	got := commandtest.RunIn(t, e, "verify", "-f", "p.json", "-p", catalogAt(t, "1"), "-j", "r.json", "--last-failed")
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stdout, "2 interactions, 1 passed, 1 failed")
	require.NoError(t, os.WriteFile(filepath.Join(e.Dir, "list.json"), []byte("[]"), 0o600))
	got = commandtest.RunIn(t, e, "verify", "-f", "p.json", "-p", "1", "-j", "list.json", "--last-failed")
	require.Equal(t, 2, got.Status)
	require.Contains(t, got.Stderr, "list.json is not the report of a run: it has not the form of one")
}

func TestVerifySendsCustomHeadersAndHidesTheirValues(t *testing.T) {
	t.Parallel()
	got := commandtest.RunIn(t, commandtest.PactFolder(t), "verify", "-f", "p.json", "-p", catalogAt(t, "1"), "-H", "X-Token=s3cret", "-o", "json")
	require.Equal(t, 1, got.Status)
	require.NotContains(t, got.Stdout, "s3cret")
	require.Contains(t, got.Stdout, "X-Token: ...")
}

func TestVerifyRefusesWrongCalls(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		args   []string
		status int
		says   string
	}{
		{"no source", []string{"-p", "1"}, 2, "no pacts to verify"},
		{"unknown flag", []string{"--frob"}, 2, "--frob"},
		{"stray word", []string{"p.json"}, 2, `"p.json" is not understood`},
		{"port 0", []string{"-f", "p.json", "-p", "0"}, 2, "not a port number"},
		{"port", []string{"-f", "p.json", "-p", "http"}, 2, "not a port number"},
		{"timeout", []string{"-f", "p.json", "--request-timeout", "5s"}, 2, "milliseconds"},
		{"header", []string{"-f", "p.json", "-H", "Authorization: Bearer s3cret"}, 3, "NAME=VALUE"},
		{"header not ASCII", []string{"-f", "p.json", "-H", "A=ü"}, 3, "printable ASCII"},
		{"pattern", []string{"-f", "p.json", "--filter-description", "("}, 2, "regular expression"},
		{"publish without broker", []string{"-f", "p.json", "--publish", "--provider-version", "1"}, 2, "--broker-url"},
		{"publish without version", []string{"-b", "http://x", "-n", "catalog", "--publish"}, 2, "--provider-version"},
		{"publish a part", []string{"-b", "http://x", "-n", "c", "--publish", "--provider-version", "1", "--exit-on-first-error"}, 2, "--exit-on-first-error"},
		{"broker without name", []string{"-b", "http://x"}, 2, "provider's name"},
		{"two ways in", []string{"-b", "http://x", "-n", "c", "--user", "a", "--token", "b"}, 2, "--token"},
		{"selector", []string{"-b", "http://x", "-n", "c", "--consumer-version-selectors", "main"}, 2, `{"mainBranch": true}`},
		{"a selector with a member twice", []string{"-b", "http://x", "-n", "c", "--consumer-version-selectors", `{"branch":"a","branch":"b"}`}, 2, `"branch" twice`},
		{"selectors and tags", []string{"-b", "http://x", "-n", "c", "--consumer-version-selectors", "{}", "--consumer-version-tags", "a"}, 2, "together"},
		{"date", []string{"-b", "http://x", "-n", "c", "--include-wip-pacts-since", "yesterday"}, 2, "2026-01-31"},
		{"transports", []string{"-f", "p.json", "--transports", "message"}, 2, "message:8081"},
		{"nothing found", []string{"-d", ".", "-n", "warehouse", "-p", "1"}, 2, "--ignore-no-pacts-error"},
		{"soft without publishing", []string{"-f", "p.json", "--soft"}, 2, "--publish"},
		{"last failed without report", []string{"-f", "p.json", "--last-failed"}, 2, "--json"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := commandtest.RunIn(t, commandtest.PactFolder(t), append([]string{"verify"}, tt.args...)...)
			require.Equal(t, tt.status, got.Status, got.Stderr)
			require.Contains(t, got.Stderr, tt.says)
			require.NotContains(t, got.Stderr, "s3cret")
		})
	}
}

func TestVerifyTakesSeveralTransportsAfterOneFlag(t *testing.T) {
	t.Parallel()
	got := commandtest.RunIn(t, commandtest.PactFolder(t), "verify", "-f", "p.json", "-p", "1", "--transports", "message:9/x", "http:"+catalogAt(t, "12.5"))
	require.Equal(t, 0, got.Status, got.Stdout+got.Stderr)
}

func TestVerifyOfAFileDoesNotNeedTheBrokerOfTheEnvironment(t *testing.T) {
	t.Parallel()
	e := commandtest.PactFolder(t)
	e.Environ = []string{"PACT_BROKER_BASE_URL=http://127.0.0.1:1", "PACT_BROKER_HTTP_RETRIES=1"}
	port := catalogAt(t, "12.5")
	got := commandtest.RunIn(t, e, "verify", "-f", "p.json", "-p", port)
	require.Equal(t, 0, got.Status, got.Stdout+got.Stderr)
	for _, line := range [][]string{
		{"-f", "p.json", "-n", "catalog"}, // both are sources, as for the Pact verifier
		{"-n", "catalog"},
		{"-f", "p.json", "-b", "http://127.0.0.1:1", "-n", "catalog"},
	} {
		got = commandtest.RunIn(t, e, append([]string{"verify", "-p", port}, line...)...)
		require.Equal(t, 1, got.Status, line)
		require.Contains(t, got.Stdout, "connection refused", line)
	}
	require.Equal(t, 2, commandtest.RunIn(t, e, "verify", "-p", port, "-f", "p.json", "--publish", "--provider-version", "1").Status)
}

func TestVerifyExitsTwoWhenThereIsNoProvider(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	u, err := url.Parse(server.URL)
	require.NoError(t, err)
	got := commandtest.RunIn(t, commandtest.PactFolder(t), "verify", "-f", "p.json", "-h", "127.0.0.1", "-p", u.Port(), "--json", "r.json")
	require.Equal(t, 2, got.Status)
	require.Contains(t, got.Stdout, "NOT VERIFIED  catalog against 1 pact: 2 interactions, 0 passed, 2 could not be tried")
	require.Contains(t, got.Stdout, "is it running?")
}

func TestVerifyHelpKeepsTheLetterForTheHost(t *testing.T) {
	t.Parallel()
	got := commandtest.Run(t, "verify", "--help")
	require.Equal(t, 0, got.Status)
	require.Contains(t, got.Stdout, "-h, --hostname")
}

func TestVerifyTrustsACertificateFile(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	e := commandtest.PactFolder(t)
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	require.NoError(t, os.WriteFile(filepath.Join(e.Dir, "ca.pem"), certificate, 0o600))
	line := []string{"verify", "-f", "p.json", "--provider-base-url", server.URL, "--filter-description", "absent"}
	require.Equal(t, 2, commandtest.RunIn(t, e, line...).Status, "without trust nothing is asked")
	require.Equal(t, 0, commandtest.RunIn(t, e, append(line, "--ssl-certificate", "ca.pem")...).Status)
	require.Equal(t, 0, commandtest.RunIn(t, e, append(line, "--disable-ssl-verification")...).Status)
	got := commandtest.RunIn(t, e, append(line, "--ssl-certificate", "none.pem")...)
	require.Equal(t, 2, got.Status)
	require.Contains(t, got.Stderr, "certificates")
}

func TestVerifyWithABrokerThatIsDownExitsOneAndReports(t *testing.T) {
	t.Parallel()
	e := commandtest.PactFolder(t)
	got := commandtest.RunIn(t, e, "verify", "-b", "http://127.0.0.1:1", "-n", "catalog", "-p", "1", "--retries", "1", "--json", "r.json")
	require.Equal(t, 1, got.Status, got.Stderr)
	require.Contains(t, got.Stdout, "connection refused")
	report, err := os.ReadFile(filepath.Join(e.Dir, "r.json"))
	require.NoError(t, err)
	require.Contains(t, string(report), "connection refused")
}

func TestVerifyRefusesAWrongNumberOfTries(t *testing.T) {
	t.Parallel()
	e := command.Env{Dir: t.TempDir(), Environ: []string{"PACT_BROKER_HTTP_RETRIES=-1"}}
	got := commandtest.RunIn(t, e, "verify", "-b", "http://127.0.0.1:1", "-n", "catalog")
	require.Equal(t, 2, got.Status)
	require.Contains(t, got.Stderr, `PACT_BROKER_HTTP_RETRIES is "-1"`)
}
