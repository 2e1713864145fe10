package setting

import (
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
)

// shownBy reads flags and variables, and returns what is shown, by name.
func shownBy(t *testing.T, environ []string, args ...string) map[string]broker.ShownSetting {
	t.Helper()
	var o Flags
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	o.Bind(flags)
	require.NoError(t, flags.Parse(args))
	e := command.Env{Environ: environ, Dir: t.TempDir()}
	config, err := o.Read(e)
	require.NoError(t, err)
	all := o.Shown(e, config)
	out := map[string]broker.ShownSetting{}
	for _, s := range all {
		require.NotContains(t, s.Value, "hush", s.Name)
		out[s.Name] = s
	}
	require.Len(t, all, len(settings()), "all of them are told")
	return out
}

func TestSettingsInEffectTellWhereTheyComeFromAndNoSecret(t *testing.T) {
	t.Parallel()
	shown := shownBy(t, []string{
		"PACT_BROKER_BASIC_AUTH_USERNAME=me", "PACT_BROKER_BASIC_AUTH_PASSWORD=hush-1", "TREATY_LOG_LEVEL=warn", "PACT_BROKER_PORT=9393", "PACT_BROKER_BASE_URL=https://me:hush-2@pacts.example",
		"PACT_BROKER_DATABASE_URL=postgres://me:hush-3@db/x?password=hush-4",
		"PACT_BROKER_WEBHOOK_PROXY=http://me:hush-6@proxy.example:3128",
	}, "--port", "9494", "--webhook-host-whitelist", "ci.example")
	for name, want := range map[string][2]string{
		"--port":                          {"9494", "--port"},
		"--log-level":                     {"warn", "TREATY_LOG_LEVEL"},
		"--log-format":                    {"text", "default"},
		"--webhook-host-whitelist":        {"ci.example", "--webhook-host-whitelist"},
		"--basic-auth-password":           {"**********", "PACT_BROKER_BASIC_AUTH_PASSWORD"},
		"--basic-auth-read-only-password": {"", "default"},
		"--webhook-proxy":                 {"http://**********@proxy.example:3128", "PACT_BROKER_WEBHOOK_PROXY"},
		"--database":                      {"postgres://**********@db/x?password=**********", "PACT_BROKER_DATABASE_URL"},
		"--base-url":                      {"https://**********@pacts.example", "PACT_BROKER_BASE_URL"},
	} {
		require.Equal(t, want, [2]string{shown[name].Value, shown[name].From}, name)
	}
	parts := shownBy(t, []string{"PACT_BROKER_DATABASE_ADAPTER=postgres", "PACT_BROKER_DATABASE_HOST=db", "PACT_BROKER_DATABASE_NAME=x", "PACT_BROKER_DATABASE_USERNAME=me", "PACT_BROKER_DATABASE_PASSWORD=hush-5"})
	require.Contains(t, parts["--database"].From, "PACT_BROKER_DATABASE_HOST")
}
