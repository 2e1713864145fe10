package storetest

import (
	"net/url"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/store"
)

// PgBouncerVariable names the variable that holds the URL of a PostgreSQL database
// through PgBouncer in transaction mode, in which the tests may create databases.
const PgBouncerVariable = "TREATY_TEST_PGBOUNCER_URL"

// OnShared runs a test on a store of each kind that several brokers may share:
// PostgreSQL, and the same behind PgBouncer.
func OnShared(t *testing.T, options store.Options, test func(*testing.T, *store.Store)) {
	t.Helper()
	for name, open := range map[string]Opener{"postgres": Postgres, "pgbouncer": PgBouncer} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t, options))
		})
	}
}

// PgBouncer is an Opener behind PgBouncer: each store has a database of its own,
// since nothing would keep the name of a schema.
func PgBouncer(t testing.TB, options store.Options) *store.Store {
	t.Helper()
	if options.MaxConnections == 0 {
		options.MaxConnections = 8
	}
	return open(t, PgBouncerDatabase(t), options)
}

// PgBouncerDatabase makes an empty database and returns its URL through PgBouncer.
func PgBouncerDatabase(t testing.TB) string {
	t.Helper()
	base := os.Getenv(PgBouncerVariable)
	if base == "" {
		t.Skipf("%s is not set: it names a PostgreSQL database through PgBouncer for tests", PgBouncerVariable)
	}
	u, err := url.Parse(base)
	require.NoError(t, err)
	name := ownName()
	prepare(t, Unprepared(*u), "CREATE DATABASE "+name, "DROP DATABASE "+name+" WITH (FORCE)") // PgBouncer keeps its connections
	u.Path = "/" + name
	return u.String()
}

// Unprepared is a URL for the driver by which no statement is prepared, as behind
// a pooler.
func Unprepared(u url.URL) string {
	query := u.Query()
	query.Set("default_query_exec_mode", "exec")
	u.RawQuery = query.Encode()
	return u.String()
}
