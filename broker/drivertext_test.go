package broker_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
)

// breakage is something that happens to the database of a broker that runs.
type breakage struct {
	name string
	do   func(t *testing.T, b *broker.Broker, admin *sql.DB)
}

// refusing is what triggers say, as a driver's text that nobody may see.
const refusing = "leaked-by-a-trigger"

var sqliteBreakages = []breakage{
	{"the store is closed", closeStore},
	{"the tables are gone", func(t *testing.T, _ *broker.Broker, admin *sql.DB) {
		for _, table := range column(t, admin, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'river%'`) {
			run(t, admin, `PRAGMA foreign_keys = off; DROP TABLE "`+table+`"`)
		}
	}},
	{"every change is refused", func(t *testing.T, _ *broker.Broker, admin *sql.DB) {
		for _, table := range column(t, admin, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'river%'`) {
			for _, change := range []string{"INSERT", "UPDATE", "DELETE"} {
				run(t, admin, fmt.Sprintf(`CREATE TRIGGER "%s_%s" BEFORE %s ON "%s" BEGIN SELECT RAISE(ABORT, '%s'); END`, table, change, change, table, refusing))
			}
		}
	}},
}

var postgresBreakages = []breakage{
	{"the store is closed", closeStore},
	{"the tables are gone", func(t *testing.T, _ *broker.Broker, admin *sql.DB) { run(t, admin, `DROP SCHEMA public CASCADE`) }},
	{"it may only be read", func(t *testing.T, _ *broker.Broker, admin *sql.DB) {
		run(t, admin, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$`)
		hangUp(t, admin)
	}},
	{"the user may not log in", func(t *testing.T, _ *broker.Broker, admin *sql.DB) {
		run(t, admin, `DO $$ BEGIN EXECUTE format('ALTER ROLE %I NOLOGIN', current_database()); END $$`)
		hangUp(t, admin)
	}},
	{"the user may not read", func(t *testing.T, _ *broker.Broker, admin *sql.DB) {
		run(t, admin, `DO $$ BEGIN EXECUTE format('ALTER SCHEMA public OWNER TO CURRENT_USER; REVOKE ALL ON SCHEMA public FROM PUBLIC, %I', current_database()); END $$`)
	}},
	{"every change is refused", func(t *testing.T, _ *broker.Broker, admin *sql.DB) {
		run(t, admin, `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '`+refusing+`'; END $$`)
		for _, table := range column(t, admin, `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'river%'`) {
			run(t, admin, `CREATE TRIGGER refused BEFORE INSERT OR UPDATE OR DELETE ON "`+table+`" FOR EACH STATEMENT EXECUTE FUNCTION refuse()`)
		}
	}},
}

func closeStore(t *testing.T, b *broker.Broker, _ *sql.DB) { require.NoError(t, broker.CloseStore(b)) }

// hangUp ends the connections of the broker.
func hangUp(t *testing.T, admin *sql.DB) {
	run(t, admin, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
}

func run(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	_, err := db.ExecContext(t.Context(), statement)
	require.NoError(t, err)
}

func column(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer rows.Close()
	var out []string
	for rows.Next() {
		var text string
		require.NoError(t, rows.Scan(&text))
		out = append(out, text)
	}
	require.NoError(t, rows.Err())
	return out
}

// TestNoWordOfADriverLeavesTheBroker breaks the database under a broker that
// runs and asks every address of it in each form. No answer may hold a statement,
// a name of the database or a driver's text, and the log tells of each failure
// once.
func TestNoWordOfADriverLeavesTheBroker(t *testing.T) {
	t.Parallel()
	for _, broken := range sqliteBreakages {
		t.Run("SQLite/"+broken.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "hidden-name.db")
			b, log := startLogged(t, "sqlite:"+file)
			admin, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(10000)") // the broker has work of its own
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, admin.Close()) })
			admin.SetMaxOpenConns(1)
			askBroken(t, b, log, everyForm, broken, admin, "hidden-name")
		})
	}
	for _, broken := range postgresBreakages {
		t.Run("PostgreSQL/"+broken.name, func(t *testing.T) {
			t.Parallel()
			address, admin, name := ownPostgres(t)
			b, log := startLogged(t, address)
			askBroken(t, b, log, everyForm[:2], broken, admin, name, "hidden-word", ":5434")
		})
	}
}

// ownPostgres makes a database with an owner of the same name.
func ownPostgres(t *testing.T) (address string, admin *sql.DB, name string) {
	t.Helper()
	base := os.Getenv("TREATY_TEST_POSTGRES_URL")
	if base == "" {
		t.Skip("TREATY_TEST_POSTGRES_URL is not set: it names a PostgreSQL database for tests")
	}
	name = "hidden_" + strings.ToLower(rand.Text()[:12])
	root, err := sql.Open("pgx", base)
	require.NoError(t, err)
	for _, statement := range []string{"CREATE ROLE %[1]s LOGIN PASSWORD 'hidden-word'", "CREATE DATABASE %[1]s OWNER %[1]s"} {
		run(t, root, fmt.Sprintf(statement, name))
	}
	u, err := url.Parse(base)
	require.NoError(t, err)
	u.Path = "/" + name
	admin, err = sql.Open("pgx", u.String())
	require.NoError(t, err)
	run(t, admin, "ALTER SCHEMA public OWNER TO "+name)
	t.Cleanup(func() {
		require.NoError(t, admin.Close())
		for _, statement := range []string{"DROP DATABASE %s WITH (FORCE)", "DROP ROLE %s"} {
			_, err := root.ExecContext(context.Background(), fmt.Sprintf(statement, name))
			require.NoError(t, err)
		}
		require.NoError(t, root.Close())
	})
	u.User = url.UserPassword(name, "hidden-word")
	return u.String(), admin, name
}

func startLogged(t *testing.T, database string) (*broker.Broker, *lockedBuffer) {
	t.Helper()
	log := new(lockedBuffer)
	o := options(t)
	o.Database, o.LogTo, o.LogFormat, o.LogLevel = database, log, "json", "error"
	b, err := broker.New(t.Context(), o)
	require.NoError(t, err)
	b.Start()
	t.Cleanup(func() { _ = b.Stop() }) // the database is broken
	return b, log
}

// driverWords are in texts of drivers, of their statements and of the libraries
// between.
var driverWords = regexp.MustCompile(refusing + `|SELECT |INSERT |UPDATE |DELETE FROM|no such (table|column)|sqlite|SQLITE|SQLSTATE|pgx|pgconn|sql:|goose|gorm|relation "|permission denied|constraint|dial tcp|FATAL|database is closed|store is closed`)

// everyForm are the types that answers and errors come in.
var everyForm = []string{"application/hal+json", "text/html", "application/problem+json", "*/*"}

func askBroken(t *testing.T, b *broker.Broker, log *lockedBuffer, forms []string, broken breakage, admin *sql.DB, names ...string) {
	t.Helper()
	known := fillHistory(t, b.URL())
	broken.do(t, b, admin)
	failed := 0
	for _, ask := range everyAddress(t, known) {
		for _, accept := range forms {
			status, text := askAs(t, ask.method, b.URL()+ask.path, ask.body, accept)
			if status >= http.StatusInternalServerError {
				failed++
			}
			found := driverWords.FindString(text)
			require.Empty(t, found, "%s %s as %s: %d %s", ask.method, ask.path, accept, status, text)
			for _, name := range names {
				require.NotContains(t, text, name, "%s %s as %s: %d", ask.method, ask.path, accept, status)
			}
		}
	}
	require.Positive(t, failed, "nothing was broken")
	require.Equal(t, failed, loggedFailures(t, log), "the log tells of each failure once")
}

// loggedFailures counts the lines about requests, each of which holds an error.
func loggedFailures(t *testing.T, log *lockedBuffer) int {
	t.Helper()
	count := 0
	for line := range strings.Lines(log.String()) {
		var entry map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &entry))
		require.NotContains(t, entry, "err", line)
		require.NotContains(t, entry, "cause", line)
		require.NotContains(t, line, "hidden-word")
		if entry["route"] != nil || entry["path"] != nil || entry["msg"] == "the database is not ready for writing" {
			require.NotEmpty(t, entry["error"], line)
			count++
		}
	}
	return count
}

func fillHistory(t *testing.T, base string) map[string]string {
	t.Helper()
	must := func(method, path, body string) string {
		status, text := askAs(t, method, base+path, body, "application/hal+json")
		require.Less(t, status, 300, "%s %s: %s", method, path, text)
		return text
	}
	must("PUT", "/pacts/provider/Bar/consumer/Foo/version/1", `{"consumer":{"name":"Foo"},"provider":{"name":"Bar"},"interactions":[{"description":"a","request":{"method":"GET","path":"/"},"response":{"status":200}}]}`)
	must("PUT", "/pacticipants/Foo/branches/main/versions/1", `{}`)
	must("PUT", "/pacticipants/Foo/versions/1/tags/t", `{}`)
	sha := regexp.MustCompile(`pact-version/([0-9a-f]{40})`).FindStringSubmatch(must("GET", "/pacts/provider/Bar/consumer/Foo/latest", ""))[1]
	must("POST", "/pacts/provider/Bar/consumer/Foo/pact-version/"+sha+"/verification-results", `{"success":true,"providerApplicationVersion":"1"}`)
	environment := field(t, must("POST", "/environments", `{"name":"test","production":false}`), "uuid")
	deployed := field(t, must("POST", "/pacticipants/Foo/versions/1/deployed-versions/environment/"+environment, `{}`), "uuid")
	webhook := field(t, must("POST", "/webhooks", `{"events":[{"name":"contract_published"}],"request":{"method":"POST","url":"https://127.0.0.1:1/"}}`), "uuid")
	return map[string]string{
		"provider": "Bar", "consumer": "Foo", "pacticipant": "Foo", "version": "1", "other": "1", "tag": "t", "providertag": "t", "to": "t", "branch": "main",
		"environment": environment, "sha": sha, "number": "1", "metadata": "Y3ZuPTE", "label": "l", "uuid": deployed, "role": deployed, "token": deployed, "user": deployed, "webhook": webhook, "rel": "webhooks", "file": "browser.html",
	}
}

func field(t *testing.T, text, name string) string {
	t.Helper()
	_, body, found := strings.Cut(text, "\r\n{")
	require.True(t, found, text)
	var document map[string]any
	require.NoError(t, json.Unmarshal([]byte("{"+body), &document))
	value, ok := document[name].(string)
	require.True(t, ok, text)
	return value
}

type question struct{ method, path, body string }

// bodies are what addresses take, by the end of the address.
var bodies = []struct{ end, body string }{
	{"/contracts/publish", `{"pacticipantName":"Foo","pacticipantVersionNumber":"2","branch":"b","contracts":[{"consumerName":"Foo","providerName":"Bar","specification":"pact","contentType":"application/json","content":"eyJpbnRlcmFjdGlvbnMiOltdfQ=="}]}`},
	{"/verification-results", `{"success":false,"providerApplicationVersion":"2"}`},
	{"/version/{version}", `{"consumer":{"name":"Foo"},"provider":{"name":"Bar"},"interactions":[]}`},
	{"/versions/{version}", `{"consumer":{"name":"Foo"},"provider":{"name":"Bar"},"interactions":[]}`},
	{"/pacticipants", `{"name":"New"}`},
	{"/environments", `{"name":"new","production":false}`},
	{"/for-verification", `{"consumerVersionSelectors":[{"mainBranch":true},{"deployed":true}],"providerVersionBranch":"main","includePendingStatus":true,"includeWipPactsSince":"2020-01-01"}`},
	{"/webhooks", `{"events":[{"name":"contract_published"}],"request":{"method":"POST","url":"https://127.0.0.1:1/"}}`},
	{"/webhooks/execute", `{"events":[{"name":"contract_published"}],"request":{"method":"POST","url":"https://127.0.0.1:1/"}}`},
	{"", `{}`},
}

// everyAddress reads the list of all routes, and adds those of pages and some
// questions. Deleting comes last.
func everyAddress(t *testing.T, known map[string]string) []question {
	t.Helper()
	text, err := os.ReadFile("../docs/routes.md")
	require.NoError(t, err)
	var asked, deletes []question
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([A-Z, ]+) \\|").FindAllStringSubmatch(string(text), -1) {
		if strings.HasPrefix(row[1], "/doc/") || row[1] == "/diagnostic/metrics" {
			continue // the same whatever the database says; it may speak of databases
		}
		path := regexp.MustCompile(`\{(\w+)\}`).ReplaceAllStringFunc(row[1], func(name string) string {
			if name == "{uuid}" && strings.HasPrefix(row[1], "/webhooks/") {
				return known["webhook"]
			}
			value, ok := known[strings.Trim(name, "{}")]
			require.True(t, ok, name)
			return value
		})
		for _, method := range strings.Split(row[2], ", ") {
			switch method {
			case "DELETE":
				deletes = append(deletes, question{method, path, ""})
			case "OPTIONS": // is answered without the database
			case "GET":
				asked = append(asked, question{method, path, ""})
			default:
				for _, b := range bodies {
					if strings.HasSuffix(row[1], b.end) {
						asked = append(asked, question{method, path, b.body})
						break
					}
				}
			}
		}
	}
	require.Greater(t, len(asked), 100, "the list of routes was read")
	for _, path := range []string{
		"/ui/applications", "/ui/applications/Foo", "/ui/environments", "/ui/environments/test", "/ui/gate?pacticipant=Foo&version=1&environment=test",
		"/ui/contracts/Foo/Bar", "/ui/contracts/Foo/Bar/1", "/ui/results/Foo/Bar/" + known["sha"] + "/1", "/ui/nothing",
		"/can-i-deploy?pacticipant=Foo&version=1&environment=test", "/matrix?q[][pacticipant]=Foo&q[][version]=1&latestby=cvpv", "/nothing",
		"/diagnostic/metrics",
	} {
		asked = append(asked, question{"GET", path, ""})
	}
	return append(asked, deletes...)
}

func askAs(t *testing.T, method, address, body, accept string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Accept", accept)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	var headers bytes.Buffer
	require.NoError(t, response.Header.Write(&headers))
	return response.StatusCode, headers.String() + string(text)
}

// TestAStartThatFailsOnTheDatabaseTellsNoWordOfADriver has a server of
// PostgreSQL refuse in several ways.
func TestAStartThatFailsOnTheDatabaseTellsNoWordOfADriver(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ code, says string }{
		{"28P01", "the database refuses the user or the password of the broker"},
		{"28000", "the database refuses the user or the password of the broker"},
		{"3D000", "the server has no database of this name"},
		{"42501", "the broker's user may not do this in the database"},
		{"42601", "PostgreSQL refuses with its error 42601"},
	} {
		t.Run(tt.code, func(t *testing.T) {
			t.Parallel()
			log := new(lockedBuffer)
			o := options(t)
			o.LogTo = log
			o.Database = "postgres://hidden-user:hidden-word@" + refusingPostgres(t, tt.code) + "/treaty?sslmode=disable"
			_, err := broker.New(t.Context(), o)

			var failed *broker.DatabaseError
			require.ErrorAs(t, err, &failed)
			require.ErrorContains(t, err, tt.says)
			for _, hidden := range []string{"hidden", "driver's words", "FATAL", "SQLSTATE"} {
				require.NotContains(t, err.Error(), hidden)
			}
			require.Equal(t, 1, strings.Count(log.String(), "driver's words"), "the log has it, once: %s", log)
			require.NotContains(t, log.String(), "hidden-word")
		})
	}
}

// refusingPostgres answers every start of a connection with an error.
func refusingPostgres(t *testing.T, code string) (address string) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			var length uint32
			in := bufio.NewReader(connection)
			if binary.Read(in, binary.BigEndian, &length) == nil {
				_, _ = io.CopyN(io.Discard, in, int64(length)-4)
				fields := "SFATAL\x00C" + code + "\x00Mdriver's words about hidden-user\x00\x00"
				message := binary.BigEndian.AppendUint32([]byte{'E'}, uint32(len(fields)+4))
				_, _ = connection.Write(append(message, fields...))
			}
			_ = connection.Close()
		}
	}()
	return listener.Addr().String()
}
