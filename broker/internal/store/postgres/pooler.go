package postgres

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Pooler says whether a pooler such as PgBouncer, which gives out a connection to
// the server for one transaction at a time, is between this and the server. Then
// nothing of a session stays: no prepared statement, no setting, no lock.
type Pooler string

// The poolers.
const (
	// PoolerAuto means that it is found out.
	PoolerAuto Pooler = ""
	// PoolerSaid means that there is one, because somebody said so.
	PoolerSaid Pooler = "transaction"
	// PoolerNone means that there is none, or one that gives out connections for
	// as long as the client stays.
	PoolerNone Pooler = "session"

	poolerFound Pooler = "found"
)

func (p Pooler) between() bool { return p == PoolerSaid || p == poolerFound }

// configure reads a URL. pgbouncer=true in it, as other programs have it, says that
// there is one.
func configure(address string, options Options) (*pgx.ConnConfig, Pooler, error) {
	address, said := cutPooler(address)
	config, err := pgx.ParseConfig(address)
	if err != nil {
		// The parser's error may repeat the password.
		return nil, "", errors.New("the PostgreSQL URL cannot be read: its form is postgres://user:password@host:5432/name?sslmode=require")
	}
	timeout := options.StatementTimeout
	if timeout <= 0 {
		timeout = defaultStatementTimeout
	}
	if _, given := config.RuntimeParams["statement_timeout"]; !given {
		config.RuntimeParams["statement_timeout"] = fmt.Sprint(timeout.Milliseconds())
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "treaty"
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectLimit
	}
	config.DialFunc = dial
	pooler := options.Pooler
	if pooler == PoolerAuto && said {
		pooler = PoolerSaid
	}
	return config, pooler, nil
}

func cutPooler(address string) (rest string, said bool) {
	u, err := url.Parse(address)
	if err != nil {
		return address, false
	}
	query := u.Query()
	if !query.Has("pgbouncer") {
		return address, false
	}
	said = query.Get("pgbouncer") == "true"
	query.Del("pgbouncer")
	u.RawQuery = query.Encode()
	return u.String(), said
}

// findPooler finds out what stands before the server, if nobody has said: PgBouncer
// refuses settings of a session, and whoever shares out connections has another
// number for this one than the server.
func findPooler(ctx context.Context, config *pgx.ConnConfig, said Pooler) (Pooler, error) {
	if said != PoolerAuto {
		return said, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 3*connectLimit)
	defer cancel()
	made, err := connector{hosts: splitHosts(config), ping: true}.Connect(ctx)
	var refused *pgconn.PgError
	switch {
	case errors.As(err, &refused) && strings.Contains(refused.Message, "unsupported startup parameter"):
		return poolerFound, nil
	case err != nil:
		return PoolerAuto, err
	}
	c := made.(*connection)
	defer func() { _ = c.Close() }()
	var number uint32
	rows := c.Conn().PgConn().Exec(ctx, "select pg_backend_pid()")
	answers, err := rows.ReadAll()
	if err != nil {
		return PoolerAuto, err
	}
	if _, err := fmt.Sscan(string(answers[0].Rows[0][0]), &number); err != nil {
		return PoolerAuto, err
	}
	if number != c.Conn().PgConn().PID() {
		return poolerFound, nil
	}
	return PoolerNone, nil
}

// unkept are settings that have to be there before a statement is read, and for what
// runs outside of a transaction too: the broker's tables would be made in one place
// and looked for in another.
var unkept = []string{"options", "role", "search_path", "session_authorization"}

// adapt has connections keep nothing, and returns the settings that go with each
// transaction instead.
func adapt(config *pgx.ConnConfig) ([]string, error) {
	for _, name := range unkept {
		if config.RuntimeParams[name] != "" {
			return nil, fmt.Errorf("a connection pooler stands before PostgreSQL and would not keep %s, which the URL sets: "+
				"take it out of the URL and set it for the user in the database (ALTER ROLE … SET …), or connect without the pooler or in its session mode", name)
		}
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	config.StatementCacheCapacity = 0
	var settings []string
	for _, name := range slices.Sorted(maps.Keys(config.RuntimeParams)) {
		if name == "application_name" || strings.HasPrefix(name, "client_") { // PgBouncer keeps track of these
			continue
		}
		settings = append(settings, fmt.Sprintf("select set_config(%s, %s, true)", quoted(name), quoted(config.RuntimeParams[name])))
		delete(config.RuntimeParams, name)
	}
	return settings, nil
}

func quoted(value string) string { return "'" + strings.ReplaceAll(value, "'", "''") + "'" }
