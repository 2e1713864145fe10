package interop_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// subcommand is one call of `pact broker`. Words in <angle brackets> are
// replaced by what an earlier call captured.
type subcommand struct {
	name string
	args []string
	code int
	want string // must stand in the output
	// capture keeps the first match of the pattern's group in the output.
	capture string
	as      string
}

// TestEverySubcommandOfTheOfficialBrokerClient plays each sub-command of `pact
// broker`, its yes and its no, against one broker. The installers of other
// brokers (ruby, docker) are left out.
func TestEverySubcommandOfTheOfficialBrokerClient(t *testing.T) {
	pact := pactBinary(t)
	url := startBroker(t, treatyBinary(t), "PACT_BROKER_WEBHOOK_SCHEME_WHITELIST=http https", "PACT_BROKER_WEBHOOK_HOST_WHITELIST=127.0.0.1")
	file, err := filepath.Abs("testdata/shop-stock.json")
	require.NoError(t, err)
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	t.Cleanup(hook.Close)
	words := map[string]string{"file": file, "hook": hook.URL + "/builds", "folder": t.TempDir()}

	const uuid = `"uuid"\s*:\s*"([^"]+)"`
	for _, c := range []subcommand{
		{name: "publish", args: []string{"publish", "<file>", "-a", "1", "--branch", "main", "--tag", "dev"}, want: "Shop"},
		{name: "publish a feature branch", args: []string{"publish", "<file>", "-a", "2", "--branch", "feat/x"}, want: "Shop"},
		{name: "publish nothing", args: []string{"publish", "no-such-folder", "-a", "1"}, code: 1},
		{name: "list-latest-pact-versions", args: []string{"list-latest-pact-versions"}, want: "Stock"},
		{name: "get-pacts", args: []string{"get-pacts", "--provider", "Stock"}, want: "Shop"},
		{name: "get-pacts of a branch", args: []string{"get-pacts", "--provider", "Stock", "--branch", "main", "--latest", "--output", "json"}, want: "Shop"},
		{name: "get-pacts to a folder", args: []string{"get-pacts", "--provider", "Stock", "--download", "--download-dir", "<folder>"}, want: "Shop"},
		{name: "get-pacts of nobody", args: []string{"get-pacts", "--provider", "Nobody"}, code: 1},

		{name: "create-environment", args: []string{"create-environment", "--name", "uat", "--display-name", "UAT", "--output", "json"}, want: "uat", capture: uuid, as: "environment"},
		{name: "create-environment twice", args: []string{"create-environment", "--name", "uat"}, code: 1},
		{name: "list-environments", args: []string{"list-environments", "--output", "json"}, want: "uat"},
		{name: "describe-environment", args: []string{"describe-environment", "--uuid", "<environment>"}, want: "uat"},
		{name: "describe-environment unknown", args: []string{"describe-environment", "--uuid", "nowhere"}, code: 1},
		{name: "update-environment", args: []string{"update-environment", "--uuid", "<environment>", "--name", "uat", "--display-name", "Acceptance", "--contact-name", "Ops"}, want: "uat"},
		{name: "update-environment unknown", args: []string{"update-environment", "--uuid", "nowhere", "--name", "x"}, code: 1},

		{name: "create-or-update-pacticipant", args: []string{"create-or-update-pacticipant", "--name", "Shop", "--main-branch", "main", "--repository-url", "http://git.example/shop"}, want: "Shop"},
		{name: "create-or-update-pacticipant new", args: []string{"create-or-update-pacticipant", "--name", "Till"}, want: "Till"},
		{name: "describe-pacticipant", args: []string{"describe-pacticipant", "--name", "Shop"}, want: "Shop"},
		{name: "describe-pacticipant unknown", args: []string{"describe-pacticipant", "--name", "Nobody"}, code: 1},
		{name: "list-pacticipants", args: []string{"list-pacticipants"}, want: "Stock"},

		{name: "create-or-update-version", args: []string{"create-or-update-version", "-a", "Stock", "-e", "10", "--branch", "main", "--tag", "dev"}, want: "10"},
		{name: "describe-version", args: []string{"describe-version", "-a", "Shop", "-e", "1"}, want: "1"},
		{name: "describe-version latest", args: []string{"describe-version", "-a", "Shop", "--latest"}, want: "2"},
		{name: "describe-version unknown", args: []string{"describe-version", "-a", "Shop", "-e", "99"}, code: 1},
		{name: "create-version-tag", args: []string{"create-version-tag", "-a", "Shop", "-e", "1", "-t", "release"}, want: "release"},
		{name: "create-version-tag for a new version", args: []string{"create-version-tag", "-a", "Shop", "-e", "3", "-t", "release", "--auto-create-version"}, want: "release"},
		{name: "delete-version-tag", args: []string{"delete-version-tag", "-a", "Shop", "-e", "1", "-t", "release"}},
		{name: "delete-branch", args: []string{"delete-branch", "-a", "Shop", "--branch", "feat/x"}},
		{name: "delete-branch unknown", args: []string{"delete-branch", "-a", "Shop", "--branch", "feat/x", "--error-when-not-found", "true"}, code: 1},

		{name: "record-deployment", args: []string{"record-deployment", "-a", "Stock", "-e", "10", "--environment", "uat"}},
		{name: "record-deployment to an instance", args: []string{"record-deployment", "-a", "Stock", "-e", "10", "--environment", "uat", "--application-instance", "blue"}},
		{name: "record-deployment unknown", args: []string{"record-deployment", "-a", "Stock", "-e", "99", "--environment", "uat"}, code: 1},
		{name: "record-undeployment", args: []string{"record-undeployment", "-a", "Stock", "--environment", "uat", "--application-instance", "blue"}},
		{name: "record-undeployment twice", args: []string{"record-undeployment", "-a", "Stock", "--environment", "uat", "--application-instance", "blue"}, code: 1},
		{name: "record-release", args: []string{"record-release", "-a", "Shop", "-e", "1", "--environment", "uat"}},
		{name: "record-release unknown", args: []string{"record-release", "-a", "Shop", "-e", "99", "--environment", "uat"}, code: 1},
		{name: "describe-version released", args: []string{"describe-version", "-a", "Shop", "--environment", "uat", "--released"}, want: "1"},
		{name: "record-support-ended", args: []string{"record-support-ended", "-a", "Shop", "-e", "1", "--environment", "uat"}},
		{name: "record-support-ended twice", args: []string{"record-support-ended", "-a", "Shop", "-e", "1", "--environment", "uat"}, code: 1},

		{name: "can-i-deploy unknown", args: []string{"can-i-deploy", "-a", "Shop", "-e", "1", "--to-environment", "uat"}, code: 1},
		{name: "can-i-deploy alone", args: []string{"can-i-deploy", "-a", "Stock", "-e", "10", "--to-environment", "uat"}},
		{name: "can-i-deploy dry run", args: []string{"can-i-deploy", "-a", "Shop", "-e", "1", "--to-environment", "uat", "--dry-run"}},
		{name: "can-i-merge unknown", args: []string{"can-i-merge", "-a", "Shop", "-e", "1"}, code: 1},
		{name: "provider-states", args: []string{"provider-states", "list", "-r", "Stock"}, want: "item 7 is in stock"},

		{name: "create-webhook", args: []string{"create-webhook", "<hook>", "-X", "POST", "-d", `{"a":"${pactbroker.consumerName}"}`, "--contract-content-changed", "--description", "builds"}},
		{name: "create-webhook to a forbidden host", args: []string{"create-webhook", "http://elsewhere.example/x", "-X", "POST", "--contract-content-changed"}, code: 1},
		{name: "create-or-update-webhook", args: []string{"create-or-update-webhook", "<hook>", "--uuid", "3e9c1a52-7bb0-4b3b-9c3e-1d2f3a4b5c6d", "-X", "POST", "-d", "x", "--contract-published"}},
		{name: "test-webhook", args: []string{"test-webhook", "--uuid", "3e9c1a52-7bb0-4b3b-9c3e-1d2f3a4b5c6d"}},
		{name: "test-webhook unknown", args: []string{"test-webhook", "--uuid", "00000000-0000-4000-8000-000000000000"}, code: 1},
		{name: "delete-webhook", args: []string{"delete-webhook", "--uuid", "3e9c1a52-7bb0-4b3b-9c3e-1d2f3a4b5c6d"}},
		{name: "delete-webhook unknown", args: []string{"delete-webhook", "--uuid", "3e9c1a52-7bb0-4b3b-9c3e-1d2f3a4b5c6d"}, want: "not found"},
		{name: "generate-uuid", args: []string{"generate-uuid"}, want: "-"},
		{name: "delete-environment", args: []string{"delete-environment", "--uuid", "<environment>"}},
		{name: "delete-environment twice", args: []string{"delete-environment", "--uuid", "<environment>"}, code: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := []string{"broker"}
			for _, a := range c.args {
				args = append(args, replaceWords(a, words))
			}
			if c.args[0] != "generate-uuid" {
				args = append(args, "-b", url)
			}
			out := run(t, t.TempDir(), pact, args...)
			require.Equal(t, c.code, out.code, "pact %s\n%s", strings.Join(args, " "), out.text)
			require.Contains(t, out.text, c.want)
			if c.capture != "" {
				found := regexp.MustCompile(c.capture).FindStringSubmatch(out.text)
				require.NotNil(t, found, "%s", out.text)
				words[c.as] = found[1]
			}
		})
	}
}

func replaceWords(text string, words map[string]string) string {
	for name, value := range words {
		text = strings.ReplaceAll(text, "<"+name+">", value)
	}
	return text
}
