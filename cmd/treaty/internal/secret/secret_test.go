package secret_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

func key(letter string) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(letter, 32)))
}

// TestASecretGoesFromAFileToAReceiver goes the way of whoever keeps a token for a
// webhook: a key, the secret, the webhook that names it, another key, and the end.
func TestASecretGoesFromAFileToAReceiver(t *testing.T) {
	t.Parallel()
	received := make(chan string, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		received <- r.Header.Get("Authorization")
		_, _ = w.Write([]byte("you said " + r.Header.Get("Authorization")))
	}))
	t.Cleanup(receiver.Close)
	dir := t.TempDir()
	s := commandtest.Open(t, brokertest.Database("sqlite:"+filepath.Join(dir, "treaty.db")), func(o *broker.Options) {
		o.SecretsKey = broker.Secret(key("n") + "\n" + key("o"))
		o.Domain.Webhooks.Schemes, o.Domain.Webhooks.Hosts = []string{"http"}, []string{"127.0.0.1"}
	})
	s.Dir = dir
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write("old", key("o")+"\n")
	write("both", key("n")+"\n"+key("o")+"\n")
	write("value", "s3cret-value\n")

	require.Contains(t, s.Must("secret list"), "No secret yet")
	made := s.Must("secret create --name CI_TOKEN --description x --value-file value --host 127.0.0.1 --secrets-key-file old")
	require.Contains(t, made, "${user.CI_TOKEN}")
	hook := strings.TrimSpace(s.Must("create-webhook " + receiver.URL + " --header Authorization:Bearer__${user.CI_TOKEN} --contract-published --output json"))
	var webhook struct{ UUID string }
	require.NoError(t, json.Unmarshal([]byte(hook), &webhook))
	report := s.Must("test-webhook --uuid " + webhook.UUID)
	require.Equal(t, "Bearer__s3cret-value", <-received)
	require.NotContains(t, report, "s3cret-value")
	require.Contains(t, report, "you said *****")

	require.Contains(t, s.Must("secret rotate --secrets-key-file both"), "newest key: 1.")
	require.Contains(t, s.Must("secret rotate --secrets-key-file both"), "newest key: 0.")
	s.Must("test-webhook --uuid " + webhook.UUID)
	require.Equal(t, "Bearer__s3cret-value", <-received)
	further := s.Run("secret update --name CI_TOKEN --host ci.example.org --secrets-key-file both")
	require.Equal(t, 1, further.Status)
	require.Contains(t, further.Stderr, "give the value again", "a value goes no further than it was given for")
	write("value", "s3cret-value")
	s.Must("secret update --name CI_TOKEN --host ci.example.org --value-file value --secrets-key-file both")
	require.Contains(t, s.Must("test-webhook --uuid "+webhook.UUID), "the secret CI_TOKEN is not for the host 127.0.0.1")
	write("value", "other-value")
	s.Must("secret update --name CI_TOKEN --any-host --value-file value --rename NEXT --secrets-key-file both")
	require.Contains(t, s.Must("test-webhook --uuid "+webhook.UUID), "there is no secret CI_TOKEN")
	list := s.Must("secret list --output json")
	require.Contains(t, list, `"NEXT"`)
	require.NotContains(t, list, "other-value")
	require.Contains(t, s.Must("secret delete --name NEXT"), "Deleted the secret NEXT")
	require.Empty(t, received)
}

func TestWhatCannotBeASecretIsExplained(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := commandtest.Open(t, brokertest.Database("sqlite:"+filepath.Join(dir, "treaty.db")))
	s.Dir = dir
	require.NoError(t, os.WriteFile(filepath.Join(dir, "value"), []byte("v4lue"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "keys"), []byte(key("k")), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "empty"), []byte("\n"), 0o600))
	for command, says := range map[string]string{
		"secret create --name A --value-file value":                            "--secrets-key-file",
		"secret create --name A --value-file value --secrets-key-file nothing": "read the keys",
		"secret create --name A --value-file value --secrets-key-file empty":   "openssl rand",
		"secret create --name A --value-file value --secrets-key-file value":   "32 bytes in base64",
		"secret create --name A-B --value-file value --secrets-key-file keys":  "must begin with a letter",
		"secret create --value-file value --secrets-key-file keys":             "--name",
		"secret create --name A --value-file none --secrets-key-file keys":     "check --value-file",
		"secret update --name A --secrets-key-file keys":                       "treaty secret list",
		"secret update --name A --any-host --host x --secrets-key-file keys":   "the opposite",
		"secret delete --name A":                     "there is no secret A",
		"secret list --database sqlite:elsewhere.db": "--database",
		"secret create --name A --host https://x --value-file value --secrets-key-file keys": "without scheme and port",
	} {
		got := s.Run(command)
		require.NotZero(t, got.Status, command)
		require.Contains(t, got.Stderr, says, command)
		require.NotContains(t, got.Stderr, "v4lue")
		require.NotContains(t, got.Stderr, key("k"))
	}
}
