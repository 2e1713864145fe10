package setting

import (
	"io"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/internal/golden"
)

// The page is documentation and golden file in one.
func TestConfigurationPageListsAllSettings(t *testing.T) {
	t.Parallel()
	golden.Equal(t, "../../../../../../docs/configuration.md", configurationPage())
}

func TestEverySettingHasOneFlagAndOneVariable(t *testing.T) {
	t.Parallel()
	flags, variables := map[string]bool{}, map[string]bool{}
	for _, s := range settings() {
		require.NotEmpty(t, s.flag)
		require.NotEmpty(t, s.variable, s.flag)
		require.NotEmpty(t, s.help, s.flag)
		require.False(t, flags[s.flag], "--%s is there twice", s.flag)
		require.False(t, variables[s.variable], "%s is there twice", s.variable)
		flags[s.flag], variables[s.variable] = true, true
	}
}

// Who runs a Pact Broker has these variables set already.
func TestVariablesOfThePactBrokerAreUnderstood(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		variable, value string
		want            func(*broker.Options)
	}{
		{"PORT", "9393", func(o *broker.Options) { o.Port = 9393 }},
		{"PORT", "tcp://10.0.0.7:80", func(*broker.Options) {}}, // set by Kubernetes for a service named pact-broker
		{"DATABASE_URL", "postgres://u:p@db/x", func(o *broker.Options) { o.Database = "postgres://u:p@db/x" }},
		{"BASE_URL", "https://a.example https://b.example/x", func(o *broker.Options) { o.BaseURLs = []string{"https://a.example", "https://b.example/x"} }},
		{"WEBHOOK_SCHEME_WHITELIST", "http https", func(o *broker.Options) { o.Domain.Webhooks.Schemes = []string{"http", "https"} }},
		{"WEBHOOK_HTTP_METHOD_WHITELIST", "POST GET PUT", func(o *broker.Options) { o.Domain.Webhooks.Methods = []string{"POST", "GET", "PUT"} }},
		{"WEBHOOK_HOST_WHITELIST", "127.0.0.1", func(o *broker.Options) { o.Domain.Webhooks.Hosts = []string{"127.0.0.1"} }},
		{"WEBHOOK_RETRY_SCHEDULE", "", func(o *broker.Options) { o.Delivery.RetrySchedule = nil }},
		{"ALLOW_DANGEROUS_CONTRACT_MODIFICATION", "true", func(o *broker.Options) { o.Domain.AllowContractModification = true }},
		{"CHECK_FOR_POTENTIAL_DUPLICATE_PACTICIPANT_NAMES", "false", func(o *broker.Options) { o.Domain.CheckSimilarNames = false }},
		{"ORDER_VERSIONS_BY_DATE", "false", func(o *broker.Options) { o.Domain.OrderVersionsByDate = false }},
		{"USE_FIRST_TAG_AS_BRANCH", "false", func(o *broker.Options) { o.Domain.UseFirstTagAsBranch = false }},
		{"CREATE_DEPLOYED_VERSIONS_FOR_TAGS", "false", func(o *broker.Options) { o.Domain.DeployedVersionsForTags = false }},
		{"AUTO_DETECT_MAIN_BRANCH", "false", func(o *broker.Options) { o.Domain.AutoDetectMainBranch = false }},
		{"BASE_EQUALITY_ONLY_ON_CONTENT_THAT_AFFECTS_VERIFICATION_RESULTS", "false", func(o *broker.Options) { o.Domain.EqualityOnContentOnly = false }},
		{"ALLOW_PUBLIC_READ", "TRUE", func(o *broker.Options) { o.Auth.PublicRead = true }},
		{"BASIC_AUTH_ENABLED", "false", func(o *broker.Options) { o.Auth.Disabled = true }},
		{"MAX_WIP_LOOKBACK_DAYS", "21", func(o *broker.Options) { o.Domain.WIPWindow.Looks = 21 * day }},
		{"MIN_WIP_WINDOW_DAYS", "3", func(o *broker.Options) { o.Domain.WIPWindow.Least = 3 * day }},
		{"DEFAULT_WIP_WINDOW_DAYS", "5", func(o *broker.Options) { o.Domain.WIPWindow.Default = 5 * day }},
		// More days than a duration holds are not few.
		{"DATABASE_CLEAN_STALE_BRANCH_AGE", "213504", func(o *broker.Options) { o.Clean.BranchAge = mostDays * day }},
		{"DATABASE_CLEAN_CRON_SCHEDULE", "0 1 * * *", func(o *broker.Options) { o.Clean.Schedule = "0 1 * * *" }},
		{"DATABASE_CLEAN_INTERVAL", "3600", func(o *broker.Options) { o.Clean.Every = time.Hour }},
		{"LOG_LEVEL", "", func(*broker.Options) {}},
		{"SQL_LOG_LEVEL", "DEBUG", func(o *broker.Options) { o.SQLLogLevel = "DEBUG" }},
		{"SQL_LOG_WARN_DURATION", "0.5", func(o *broker.Options) { o.SQLLogSlow = 500 * time.Millisecond }},
	} {
		t.Run(tt.variable+"="+tt.value, func(t *testing.T) {
			t.Parallel()
			want := broker.DefaultOptions()
			want.Database = "sqlite:/srv/shop/treaty.db"
			tt.want(&want)
			got, err := serveWith(t, variablePrefix+tt.variable+"="+tt.value)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

func TestTheOwnNameOfAVariableWins(t *testing.T) {
	t.Parallel()
	got, err := serveWith(t, "TREATY_PORT=9393", "PACT_BROKER_PORT=9494", "TREATY_LOG_LEVEL=debug")
	require.NoError(t, err)
	require.Equal(t, 9393, got.Port)
	require.Equal(t, "debug", got.LogLevel)
}

func TestAFlagWinsOverAVariable(t *testing.T) {
	t.Parallel()
	var o Flags
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	o.Bind(flags)
	require.NoError(t, flags.Parse([]string{
		"--port", "7000", "--basic-auth-username", "me", "--basic-auth-password", "from the flag", "--max-body-size", "50MB", "--public-heartbeat",
	}))
	got, err := o.Read(command.Env{Dir: "/srv/shop", Stderr: io.Discard, Environ: []string{
		"PACT_BROKER_PORT=8000", "PACT_BROKER_BASIC_AUTH_PASSWORD=from the variable", "PACT_BROKER_HOST=127.0.0.1",
	}})
	require.NoError(t, err)
	require.Equal(t, 7000, got.Port)
	require.Equal(t, "from the flag", got.Auth.Password.Reveal())
	require.Equal(t, int64(50<<20), got.MaxBodySize)
	require.True(t, got.Auth.PublicHeartbeat)
	require.Equal(t, "127.0.0.1", got.Host)
}

func TestASettingThatCannotBeReadIsNamed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, entry, says string }{
		{"no number", "PACT_BROKER_PORT=ninety", `PACT_BROKER_PORT cannot be used: "ninety" is not a whole number`},
		{"port too large", "PACT_BROKER_PORT=70000", "Port must be between 0 and 65535"},
		{"no boolean", "PACT_BROKER_ALLOW_PUBLIC_READ=perhaps", `"perhaps" is neither true nor false`},
		{"no duration", "PACT_BROKER_WEBHOOK_RETRY_SCHEDULE=10 soon", `"soon" is neither a number of seconds`},
		{"no size", "PACT_BROKER_MAX_BODY_SIZE=-1", "give a size such as 10MB"},
		{"no URL", "PACT_BROKER_BASE_URL=broker.example", "must start with http:// or https://"},
		{"half a password", "PACT_BROKER_BASIC_AUTH_USERNAME=me", "needs both Username and Password"},
		{"unknown log level", "PACT_BROKER_LOG_LEVEL=loud", "must be debug, info, warn or error"},
		{"unknown level of statements", "PACT_BROKER_SQL_LOG_LEVEL=loud", "must be none, debug, info, warn or error"},
		{"days of a window that contradict", "PACT_BROKER_MIN_WIP_WINDOW_DAYS=15", "cannot be longer than"},
		{"no schedule", "PACT_BROKER_DATABASE_CLEAN_CRON_SCHEDULE=nightly", "is not a schedule such as"},
		{"an interval of nothing", "PACT_BROKER_DATABASE_CLEAN_INTERVAL=0", "less than a minute"},
		{"a limit below none", "PACT_BROKER_DATABASE_CLEAN_DELETION_LIMIT=-1", "Clean.Limit cannot be negative"},
		{"no selectors", "PACT_BROKER_DATABASE_CLEAN_KEEP_VERSION_SELECTORS=latest", "must be a JSON list"},
		{"no log level of a log format", "PACT_BROKER_LOG_FORMAT=raw", `"raw" is neither text nor json`},
		{"log in a file", "PACT_BROKER_LOG_STREAM=file", "never to a file"},
		{"retries below none", "PACT_BROKER_DATABASE_CONNECT_MAX_RETRIES=-1", "ConnectRetries cannot be negative"},
		{"no badge mode", "PACT_BROKER_BADGE_PROVIDER_MODE=paint", `"paint" is neither redirect nor draw`},
		{"no URL of a badge server", "PACT_BROKER_SHIELDS_IO_BASE_URL=img.example", "Badges.ShieldsURL must start with"},
		{"no scheme", "PACT_BROKER_WEBHOOK_SCHEME_WHITELIST=https ftp", `not "ftp"`},
		{"no method", "PACT_BROKER_WEBHOOK_HTTP_METHOD_WHITELIST=POST,GOT", `not "GOT"`},
		{"no expression", "PACT_BROKER_WEBHOOK_HOST_WHITELIST=/(/", "is not a regular expression"},
		{"no network", "PACT_BROKER_WEBHOOK_HOST_WHITELIST=10.0.0.0/99", "is not a network"},
		{"no status", "PACT_BROKER_WEBHOOK_HTTP_CODE_SUCCESS=200 20", "not 20"},
		{"two lines", "PACT_BROKER_USER_AGENT=a\nb", "must be one line"},
		{"no days", "PACT_BROKER_VERIFIED_BY_OTHER_BRANCH_LOOKBACK_DAYS=-3", "is not a number of days"},
		{"passwords without password", "PACT_BROKER_BASIC_AUTH_ENABLED=true", "everybody could read and write"},
		{"a database's port", "PACT_BROKER_DATABASE_PORT=x", "which is not a port"},
		{"an SSL mode", "PACT_BROKER_DATABASE_SSLMODE=on", `PACT_BROKER_DATABASE_SSLMODE is "on"`},
		{"unknown adapter", "PACT_BROKER_DATABASE_ADAPTER=mysql2", `PACT_BROKER_DATABASE_ADAPTER is "mysql2"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := serveWith(t, tt.entry, "PACT_BROKER_DATABASE_NAME=x")
			require.ErrorContains(t, err, tt.says)
			require.NotEmpty(t, command.StepOf(err), "it says what to do next")
		})
	}
}

func TestAScheduleAndAnIntervalTogetherAreRefused(t *testing.T) {
	t.Parallel()
	_, err := serveWith(t, "PACT_BROKER_DATABASE_CLEAN_CRON_SCHEDULE=0 1 * * *", "TREATY_DATABASE_CLEAN_INTERVAL=3600")
	require.ErrorContains(t, err, "both set")
}

func TestADatabaseURLIsMadeOfItsParts(t *testing.T) {
	t.Parallel()
	got, err := serveWith(t,
		"PACT_BROKER_DATABASE_ADAPTER=postgres", "PACT_BROKER_DATABASE_NAME=broker", "PACT_BROKER_DATABASE_HOST=db",
		"PACT_BROKER_DATABASE_PORT=5433", "PACT_BROKER_DATABASE_USERNAME=pact", "PACT_BROKER_DATABASE_PASSWORD=a/b@c", "PACT_BROKER_DATABASE_SSLMODE=require")
	require.NoError(t, err)
	require.Equal(t, "postgres://pact:a%2Fb%40c@db:5433/broker?sslmode=require", got.Database)
}

// serveWith returns the options of a serve with variables, in the folder /work.
func serveWith(t *testing.T, environ ...string) (broker.Options, error) {
	t.Helper()
	config, err := (&Flags{}).Read(command.Env{Environ: environ, Dir: "/srv/shop", Stderr: io.Discard})
	return config.Options, err
}
