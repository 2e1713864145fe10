package audit_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

// TestWhatIsDoneIsReadAndVerified does things by a token and beside the broker, and reads
// and verifies what was recorded of them.
func TestWhatIsDoneIsReadAndVerified(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := commandtest.Open(t, brokertest.Database("sqlite:"+filepath.Join(dir, "treaty.db")), func(o *broker.Options) { o.Identity = true })
	s.Dir = dir
	s.Must("audit verify")
	token := strings.TrimSpace(s.Must("token create --role ci/cd --name pipeline"))
	s.Pact("Foo", "Bar", "x")
	s.Environ = append(s.Environ, "PACT_BROKER_TOKEN="+token)
	s.Must("publish Foo-Bar.json -a 1 --branch main")
	require.Equal(t, 1, s.Run("create-environment --name production").Status)

	var types []string
	for line := range strings.Lines(s.Must("audit export")) {
		var e struct{ Type, Outcome, UserName string }
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		types = append(types, e.Type+" "+e.Outcome+" "+e.UserName)
	}
	require.Equal(t, []string{
		"account_created allowed the operator", "token_created allowed the operator", "contract_published allowed pipeline", "environment_created denied pipeline",
	}, types)
	require.NotContains(t, s.Must("audit list --output json"), token)
	require.Contains(t, s.Must("audit list"), "denied  environment_created  pipeline  /environments")
	require.Empty(t, s.Must("audit list --since 2999-01-01T00:00:00Z"))

	require.Eventually(t, func() bool { return !strings.Contains(s.Must("audit verify"), "Not sealed") }, 5*time.Second, 50*time.Millisecond)
	var found broker.AuditVerdict
	require.NoError(t, json.Unmarshal([]byte(s.Must("audit verify --output json")), &found))
	require.Equal(t, int64(4), found.Events)
	require.Contains(t, s.Must("audit verify --expect 4:"+found.Hash), "hang together: 4")
	broken := s.Run("audit verify --expect 4:abc")
	require.Equal(t, 1, broken.Status)
	require.Contains(t, broken.Stdout, "made anew")
	for command, says := range map[string]string{
		"audit verify --expect abc": "SEQ", "audit list --since yesterday": "2027-01-31", "audit export --database sqlite:none.db": "--database", "audit verify --database sqlite:none.db": "--database",
	} {
		got := s.Run(command)
		require.NotZero(t, got.Status, command)
		if says != "SEQ" {
			require.Contains(t, got.Stderr, says, command)
		}
	}
}
