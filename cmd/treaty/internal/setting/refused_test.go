package setting

import (
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
)

// refusal is the error of a serve with variables, and what to do about it.
func refusal(t *testing.T, environ ...string) (said, step string) {
	t.Helper()
	_, err := serveWith(t, environ...)
	require.Error(t, err)
	require.NotEmpty(t, command.StepOf(err))
	return err.Error(), command.StepOf(err)
}

func TestAllVariablesWithoutMeaningAreNamedAtOnce(t *testing.T) {
	t.Parallel()
	said, step := refusal(t,
		"PACT_BROKER_SEED_EXAMPLE_DATA=yes", "PACT_BROKER_PROT=9393", "PACT_BROKER_PUMA_THREADS=16",
		"PACT_BROKER_LOG_APPENDERS__0__URL=https://user:secret@loki", "PACT_BROKER_FLUX=1", "PACT_BROKER_LOG_LEVEL=INFO")
	require.Contains(t, said, "5 variables have no meaning")
	require.Contains(t, said, "PACT_BROKER_SEED_EXAMPLE_DATA: A new broker is empty")
	require.Contains(t, said, "Unset it or set it to false.")
	require.Contains(t, said, "PACT_BROKER_PROT is not a setting of the Pact Broker or of Treaty; did you mean PACT_BROKER_PORT? Unset it.")
	require.Contains(t, said, "PACT_BROKER_PUMA_THREADS: There is no Puma")
	require.Contains(t, said, "PACT_BROKER_FLUX is not a setting of the Pact Broker or of Treaty. Unset it.")
	require.NotContains(t, said, "secret")
	require.Contains(t, step, "--ignore-settings PACT_BROKER_FLUX,PACT_BROKER_LOG_APPENDERS__0__URL,PACT_BROKER_PROT,PACT_BROKER_PUMA_THREADS,PACT_BROKER_SEED_EXAMPLE_DATA")
	require.Contains(t, step, "TREATY_IGNORE_SETTINGS")
}

func TestEveryRefusedSettingHasAReasonAndIsNoSetting(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range refusedSettings() {
		require.False(t, seen[r.variable], "%s is there twice", r.variable)
		seen[r.variable] = true
		require.True(t, strings.HasSuffix(r.why, "."), r.variable)
		name := strings.ReplaceAll(r.variable, "*", "THREADS")
		require.False(t, isKnown(name), r.variable)
		said, _ := refusal(t, variablePrefix+name+"=else")
		require.Contains(t, said, r.why)
		for _, value := range append([]string{"", "  "}, r.accepts...) {
			_, err := serveWith(t, variablePrefix+name+"="+value)
			require.NoError(t, err, "%s=%s is what happens anyway", name, value)
		}
	}
}

func TestVariablesOfOthersAreLeftAlone(t *testing.T) {
	t.Parallel()
	for _, entry := range []string{
		"PACT_BROKER_SERVICE_HOST=10.0.0.1", "PACT_BROKER_SERVICE_PORT=80", "PACT_BROKER_SERVICE_PORT_HTTP=80",
		"PACT_BROKER_PORT=tcp://10.0.0.1:80", "PACT_BROKER_PORT_9292_TCP=tcp://10.0.0.1:9292",
		"PACT_BROKER_PORT_9292_TCP_ADDR=10.0.0.1", "PACT_BROKER_PORT_9292_TCP_PORT=9292", "PACT_BROKER_PORT_9292_TCP_PROTO=tcp",
		"PACT_BROKER_POSTGRES_SERVICE_HOST=10.0.0.2", "PACT_BROKER_POSTGRES_PORT=tcp://10.0.0.2:5432",
		"PACT_BROKER_DATABASE_PORT=tcp://10.0.0.3:5432",
		"PACT_BROKER_USERNAME=me", "PACT_BROKER_PASSWORD=secret", "PACT_BROKER_TOKEN=secret", "PACT_BROKER_URL=https://x",
		"PACT_BROKER_CAN_I_DEPLOY_IGNORE=x", "PACT_BROKER_HTTP_RETRIES=3",
		"TREATY_TEST_POSTGRES_URL=x", "TREATY_GOLDEN_DIR=x", "TREATY_BIN=x", "PATH=/bin",
	} {
		_, err := serveWith(t, entry)
		require.NoError(t, err, entry)
	}
}

func TestASlipInAnOwnNameIsRefused(t *testing.T) {
	t.Parallel()
	said, _ := refusal(t, "TREATY_LOG_LEVL=debug")
	require.Contains(t, said, "did you mean TREATY_LOG_LEVEL?")
	said, _ = refusal(t, "TREATY_LOG_DIR=/var/log")
	require.Contains(t, said, "TREATY_LOG_DIR: The log goes to a stream")
}

func TestIgnoredSettingsCountAsNotSet(t *testing.T) {
	t.Parallel()
	got, err := serveWith(t, "TREATY_IGNORE_SETTINGS=PACT_BROKER_LOG_DIR, FEATURES PACT_BROKER_PORT",
		"PACT_BROKER_LOG_DIR=/var/log", "PACT_BROKER_FEATURES=x", "PACT_BROKER_PORT=ninety")
	require.NoError(t, err)
	require.Equal(t, 9292, got.Port)

	var o Flags
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	o.Bind(flags)
	require.NoError(t, flags.Parse([]string{"--ignore-settings", "PACT_BROKER_PROT"}))
	_, err = o.Read(command.Env{Dir: "/srv/shop", Environ: []string{"PACT_BROKER_PROT=1"}})
	require.NoError(t, err)
}

func TestOtherNamesOfASettingAreRead(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		environ []string
		want    func(*broker.Options)
	}{
		{"the port's variable is named by another", []string{"PACT_BROKER_PORT_ENVIRONMENT_VARIABLE_NAME=PORT", "PORT=9393"},
			func(o *broker.Options) { o.Port = 9393 }},
		{"it wins over the usual one", []string{"PACT_BROKER_PORT_ENVIRONMENT_VARIABLE_NAME=PORT", "PORT=9393", "PACT_BROKER_PORT=1"},
			func(o *broker.Options) { o.Port = 9393 }},
		{"it is not set", []string{"PACT_BROKER_PORT_ENVIRONMENT_VARIABLE_NAME=PORT", "PACT_BROKER_PORT=9494"},
			func(o *broker.Options) { o.Port = 9494 }},
		{"so does the database's", []string{"PACT_BROKER_DATABASE_URL_ENVIRONMENT_VARIABLE_NAME=DATABASE_URL", "DATABASE_URL=postgres://db/x", "PACT_BROKER_DATABASE_URL=postgres://other/x"},
			func(o *broker.Options) { o.Database = "postgres://db/x" }},
		{"a blank name of ours leaves the other", []string{"TREATY_PORT=", "PACT_BROKER_PORT=9494"},
			func(o *broker.Options) { o.Port = 9494 }},
		{"base URLs in two variables", []string{"PACT_BROKER_BASE_URL=https://a.example", "PACT_BROKER_BASE_URLS=https://b.example https://a.example"},
			func(o *broker.Options) { o.BaseURLs = []string{"https://a.example", "https://b.example"} }},
		{"the older name of public badges", []string{"PACT_BROKER_ENABLE_BADGE_RESOURCES=false"},
			func(o *broker.Options) { o.Auth.PublicBadges = false }},
		{"the older name of the clean-up", []string{"PACT_BROKER_DATABASE_BETA_CLEAN_ENABLED=true"},
			func(o *broker.Options) { o.Clean.Enabled = true }},
		{"Puma's time-out of connections", []string{"PACT_BROKER_PUMA_PERSISTENT_TIMEOUT=65"},
			func(o *broker.Options) { o.KeepAlive = 65_000_000_000 }},
		{"a format of text", []string{"PACT_BROKER_LOG_FORMAT=logfmt"}, func(*broker.Options) {}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want := broker.DefaultOptions()
			want.Database = "sqlite:/srv/shop/treaty.db"
			tt.want(&want)
			got, err := serveWith(t, tt.environ...)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

// certificate is of an authority that nobody has.
const certificate = `-----BEGIN CERTIFICATE-----
MIIBejCCASGgAwIBAgIUQ2y4H6Nq0o0h0rZsB5yC3bJ0c2QwCgYIKoZIzj0EAwIw
-----END CERTIFICATE-----
`

func TestCertificatesOfWebhooksAreReadAtTheStart(t *testing.T) {
	t.Parallel()
	good := string(testCertificate(t))
	folder := t.TempDir()
	path := filepath.Join(folder, "ca.pem")
	require.NoError(t, os.WriteFile(path, []byte(good), 0o600))
	got, err := serveWith(t, "PACT_BROKER_WEBHOOK_CERTIFICATES="+path,
		"PACT_BROKER_WEBHOOK_CERTIFICATES__0__DESCRIPTION=ours", "PACT_BROKER_WEBHOOK_CERTIFICATES__0__CONTENT="+good,
		"PACT_BROKER_WEBHOOK_CERTIFICATES__1__PATH="+path)
	require.NoError(t, err)
	require.Len(t, got.Delivery.Certificates, 3)
	for _, bad := range []string{
		"PACT_BROKER_WEBHOOK_CERTIFICATES=" + filepath.Join(folder, "missing.pem"),
		"PACT_BROKER_WEBHOOK_CERTIFICATES__0__PATH=" + filepath.Join(folder, "missing.pem"),
		"PACT_BROKER_WEBHOOK_CERTIFICATES__0__CONTENT=" + certificate,
		"PACT_BROKER_WEBHOOK_CERTIFICATES__0__CONTNT=" + good,
	} {
		_, err := serveWith(t, bad)
		require.NotEmpty(t, command.StepOf(err), bad)
	}
}

// testCertificate makes a certificate of an authority.
func testCertificate(t *testing.T) []byte {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	t.Cleanup(server.Close)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}
