package admin_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

// TestTheFirstAdministratorComesFromTheDatabase goes the way of whoever sets up a broker
// that people log in to.
func TestTheFirstAdministratorComesFromTheDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := commandtest.Open(t, brokertest.Database("sqlite:"+filepath.Join(dir, "treaty.db")), func(o *broker.Options) { o.Identity = true })
	s.Dir = dir
	require.Contains(t, s.Must("admin list"), "treaty admin grant EMAIL")
	require.Contains(t, s.Must("admin grant Ada@Example.org"), "is an administrator")
	s.Must("admin grant ada@example.org")
	require.Regexp(t, `ada +\| ada@example.org \| by hand +\| yes +\| never`, s.Must("admin list"))
	require.Contains(t, s.Must("admin list -o json"), `"email": "ada@example.org"`)

	last := s.Run("admin revoke ada@example.org")
	require.Equal(t, 1, last.Status)
	require.Contains(t, last.Stderr, "last active administrator")
	s.Must("admin grant bob@example.org")
	require.Contains(t, s.Must("admin revoke ADA@example.org"), "no administrator any more")
	require.NotContains(t, s.Must("admin list"), "ada@example.org")

	for line, says := range map[string]string{
		"admin grant nobody": "ada@example.org", "admin revoke eve@example.org": "nobody with the address", "admin grant": "give their e-mail address", "admin grant a@b.c d@e.f": "give their e-mail address",
		"admin grant a@b.c --database sqlite:none.db": "--database",
	} {
		got := s.Run(line)
		require.NotEqual(t, 0, got.Status, line)
		require.Contains(t, got.Stderr, says, line)
	}
}
