package people_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

// open starts a broker with accounts and returns commands with the token of an
// administrator.
func open(t *testing.T) *commandtest.Shop {
	t.Helper()
	dir := t.TempDir()
	s := commandtest.Open(t, brokertest.Database("sqlite:"+filepath.Join(dir, "treaty.db")), func(o *broker.Options) { o.Identity = true })
	s.Dir = dir
	admin := strings.TrimSpace(s.Must("token create --role Administrator --name admin"))
	s.Environ = append(s.Environ, "PACT_BROKER_TOKEN="+admin)
	return s
}

// TestATeamByTheCommandLine goes the way of whoever gives a team its own: an account, a
// team, a token, and what it may and may not do then.
func TestATeamByTheCommandLine(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Must("create-environment --name production --production")
	for _, name := range []string{"Cart", "Shop", "Other"} {
		s.Must("create-or-update-pacticipant --name " + name)
	}
	account := strings.TrimSpace(s.Must("account create --name checkout-ci --role 3e6a9d41-58b7-4f02-9c3d-d17e0f84b6a2 -o id"))
	require.Len(t, account, 36)
	require.Contains(t, s.Must("team create --name checkout --application Cart --application Shop --environment production --account checkout-ci --administrator checkout-ci"), "Made the team checkout (")
	shown := s.Must("team show --name checkout")
	require.Regexp(t, `Applications:?\s+Cart, Shop`, shown)
	require.Regexp(t, `Administrators:?\s+checkout-ci`, shown)
	require.Regexp(t, `Team CI/CD[ |]+checkout`, s.Must("account list"))
	var listed []map[string]any
	require.NoError(t, json.Unmarshal([]byte(s.Must("team list -o json")), &listed))
	require.Len(t, listed, 1)

	value := strings.TrimSpace(s.Must("token create --account " + account + " --name pipeline"))
	s.Pact("Cart", "Bar", "x")
	s.Pact("Other", "Bar", "x")
	admin := s.Environ
	s.Environ = append(append([]string{}, admin...), "PACT_BROKER_TOKEN="+value)
	s.Must("publish Cart-Bar.json -a 1 --branch main")
	s.Must("record-deployment --pacticipant Cart --version 1 --environment production")
	refused := s.Run("publish Other-Bar.json -a 1 --branch main")
	require.Equal(t, 1, refused.Status)
	require.Contains(t, refused.Stderr, `This needs contract_data:manage for the application Other; the token "pipeline" of checkout-ci has`)
	require.Contains(t, refused.Stderr, "is in checkout")
	s.Environ = admin

	require.Regexp(t, `checkout-ci[ |]+contract_data:manage:team in checkout`, s.Must("who-can --right contract_data:manage --application Cart"))
	require.NotContains(t, s.Must("who-can --right contract_data:manage --application Other"), "checkout-ci")
	require.Contains(t, s.Must("who-can --right deployment_and_release:record --application Cart --environment production -o json"), `"because": "deployment_and_release:record:team in checkout"`)

	s.Must("team update --name checkout --rename till --no-environments --application Cart")
	require.Regexp(t, `Environments:?\s+-`, s.Must("team show --name till"))
	require.NotContains(t, s.Must("team show --name till"), "Shop")
	require.Equal(t, "checkout-ci is no longer in the team till.\n", s.Must("team leave --name till --account checkout-ci"))
	require.Equal(t, "checkout-ci is in the team till.\n", s.Must("team join --name till --account "+account))
	s.Must("account update --name checkout-ci --inactive --rename old-ci")
	require.Regexp(t, `old-ci[ |]+off`, s.Must("account list"))
	require.Equal(t, "Deleted the team till.\n", s.Must("team delete --name till"))
	require.Equal(t, "Deleted the account old-ci.\n", s.Must("account delete --name old-ci"))
	require.Equal(t, "There are none.\n", s.Must("team list"))
}

func TestRolesByTheCommandLine(t *testing.T) {
	t.Parallel()
	s := open(t)
	require.Contains(t, s.Must("role create --name Hooks --description webhooks --permission webhook:manage:team"), "Made the role Hooks (")
	require.Regexp(t, `Hooks[ |]+webhook:manage:team`, s.Must("role list"))
	s.Must("account create --name ci --role Hooks")
	used := s.Run("role delete --name Hooks")
	require.Equal(t, 1, used.Status)
	require.Contains(t, used.Stderr, "the account ci has it")
	s.Must("account delete --name ci")
	require.Equal(t, "Deleted the role Hooks.\n", s.Must("role delete --name Hooks"))
}

func TestWhatIsWrongIsSaidWithTheNextStep(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Must("account create --name twin")
	s.Must("account create --name twin")
	s.Must("create-or-update-pacticipant --name Shop")
	for line, says := range map[string][]string{
		"team show --name nobody":                                             {`there is no team named "nobody", and no other either`},
		"team create --name x --application Nobody":                           {"Nobody", "no application"},
		"team create --name x --environment nowhere":                          {`no environment named "nowhere"`},
		"team create --name x --account nobody":                               {`no account named "nobody"`, "admin"},
		"team create --name x --administrator twin":                           {"2 accounts are named", "by its UUID"},
		"team update --name x --application Shop --no-applications":           {"the opposite of each other"},
		"account update --name admin --active --inactive":                     {"both given"},
		"account update --name admin --inactive":                              {"last active administrator"},
		"account create --name x --role Boss":                                 {`no role named "Boss"`, "Team CI/CD"},
		"role create --name x --permission everything":                        {"everything", "contract_data:read:*"},
		"who-can --right everything":                                          {"everything", "contract_data:read"},
		"who-can":                                                             {"--right must be given"},
		"who-can --right contract_data:manage --application Nobody":           {"Nobody"},
		"team join --name x":                                                  {"--account must be given"},
		"role delete --name Administrator":                                    {"comes with the broker"},
		"account delete --name admin":                                         {"last active administrator"},
		"team list --broker-username a --broker-password b":                   {"does not accept the credentials", "list the teams"},
		"who-can --right deployment_and_release:record --environment nowhere": {"nowhere"},
	} {
		got := s.Run(line)
		require.Equal(t, 1, got.Status, "%s: %s", line, got.Stdout)
		for _, word := range says {
			require.Contains(t, got.Stderr, word, line)
		}
	}
	require.Equal(t, "There are none.\n", s.Must("team list"), "nothing of what failed was made")
}
