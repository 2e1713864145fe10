package setting

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
)

// readLogin reads settings from an environment and flags.
func readLogin(t *testing.T, dir string, environ []string, args ...string) (Config, error) {
	t.Helper()
	var flags Flags
	f := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	f.SetOutput(io.Discard)
	flags.Bind(f)
	if err := f.Parse(args); err != nil {
		return Config{}, err
	}
	return flags.Read(command.Env{Environ: environ, Dir: dir})
}

func TestALoginIsReadFromItsSettings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "secret"), []byte("s3cret\n"), 0o600))
	whole := []string{
		"TREATY_IDENTITY=true", "PACT_BROKER_BASE_URL=https://broker.example.org", "PACT_BROKER_OIDC_ISSUER=https://login.example.org", "PACT_BROKER_OIDC_CLIENT_ID=treaty", "TREATY_OIDC_CLIENT_SECRET_FILE=secret",
		"PACT_BROKER_OIDC_ADMIN_GROUPS=All admins; cn=a,ou=b", "PACT_BROKER_OIDC_TEAM_GROUPS=shop=Check out\ncn=a,ou=b=till; shop = till", "PACT_BROKER_OIDC_DEFAULT_ROLE=none", "PACT_BROKER_OIDC_SESSION_LENGTH=1h",
	}
	got, err := readLogin(t, dir, whole, "--oidc-allowed-domains", "example.org,example.com")
	require.NoError(t, err)
	l := got.Login
	require.Equal(t, "s3cret", l.ClientSecret.Reveal())
	require.Equal(t, []string{"All admins", "cn=a,ou=b"}, l.AdminGroups)
	require.Equal(t, map[string][]string{"shop": {"Check out", "till"}, "cn=a,ou=b": {"till"}}, l.TeamGroups)
	require.Equal(t, []string{"example.org", "example.com"}, l.AllowedDomains)
	require.Equal(t, []any{"", time.Hour, "groups"}, []any{l.DefaultRole, l.SessionLength, l.GroupsClaim})
	require.Equal(t, "cn=a,ou=b=till; shop=Check out; shop=till", teamGroupsValue{&l.TeamGroups}.String())

	for says, args := range map[string][]string{
		"given twice":            {"--oidc-client-secret", "other"},
		"group=team":             {"--oidc-team-groups", "shop"},
		"lacks the group":        {"--oidc-team-groups", "=till"},
		"read the secret":        {"--oidc-client-secret-file", "nowhere"},
		"would make everybody":   {"--oidc-default-role", "Administrator"},
		"needs what the login":   {"--oidc-client-id", ""},
		"--oidc-session-length)": {"--oidc-session-length", "0"},
	} {
		_, err := readLogin(t, dir, whole, args...)
		require.ErrorContains(t, err, says, args)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "secret"), []byte(" \n"), 0o600))
	_, err = readLogin(t, dir, whole)
	require.ErrorContains(t, err, "is empty")
	_, err = readLogin(t, dir, nil, "--oidc-client-id", "treaty")
	require.ErrorContains(t, err, "--oidc-issuer", "half of it")
}
