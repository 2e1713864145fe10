//go:build pages

package pages_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver of the database that replicas share
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
)

// run is a broker on a database that may have others, on a port of its own if that
// is 0.
func run(t testing.TB, database string, port int) *broker.Broker {
	t.Helper()
	return brokertest.Start(t, brokertest.Database(database), func(o *broker.Options) { o.Port = port })
}

// follows reports that the page has its line to the broker.
const follows = `document.querySelector("[data-follows]").textContent === "Follows changes"`

// shows waits until the page shows a text, without having been loaded again.
func (p *tab) shows(text string) {
	p.Helper()
	p.wait(fmt.Sprintf("document.querySelector('main').textContent.includes(%q)", text))
	require.True(p, ask[bool](p, "window.same"), "the page was loaded again")
}

// watch opens a page and waits until it is told of changes.
func (p *tab) watch(path string) {
	p.Helper()
	p.visitWithScript(path)
	p.wait(follows)
	ask[bool](p, "window.same = true")
}

// Two people look at the same broker: both see what a pipeline does.
func TestOpenPagesFollowWhatHappens(t *testing.T) {
	t.Parallel()
	h := &history{t, run(t, "sqlite::memory:", 0).URL()}
	h.pact("storefront", "1", "main", "catalog", 3)
	home, contract := open(t, h.base, screen{width: 1280}), open(t, h.base, screen{width: 320})
	home.watch("/")
	contract.watch("/ui/contracts/storefront/catalog")
	h.pact("checkout", "1", "main", "payments", 1)
	home.shows("checkout → payments")
	h.verify("storefront", "catalog", "p1", 2)
	contract.shows("2 failed, 1 verified")
	home.wait(`document.querySelector("main .status.no")`)
	home.quiet()
	contract.quiet()
}

// Two people look at two replicas: each sees what the other's was told.
func TestOpenPagesFollowEveryReplica(t *testing.T) {
	t.Parallel()
	database := shared(t)
	here, there := run(t, database, 0), run(t, database, 0)
	pages := []*tab{open(t, here.URL(), screen{width: 1280}), open(t, there.URL(), screen{width: 1280})}
	for _, p := range pages {
		p.watch("/")
	}
	for i, base := range []string{here.URL(), there.URL()} {
		h := &history{t, base}
		h.pact(fmt.Sprintf("shop-%d", i), "1", "main", "catalog", 1)
		for _, p := range pages {
			p.shows(fmt.Sprintf("shop-%d → catalog", i))
		}
	}
	for _, p := range pages {
		p.quiet()
	}
}

// shared is a database for several brokers.
func shared(t testing.TB) string {
	t.Helper()
	server := os.Getenv("TREATY_TEST_POSTGRES_URL")
	if server == "" {
		t.Skip("TREATY_TEST_POSTGRES_URL is not set: it names a PostgreSQL database for tests")
	}
	db, err := sql.Open("pgx", server)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	schema := "pages_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	_, err = db.ExecContext(t.Context(), "CREATE SCHEMA "+schema)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := db.Exec("DROP SCHEMA " + schema + " CASCADE") // the test's context has ended
		require.NoError(t, err)
	})
	u, err := url.Parse(server)
	require.NoError(t, err)
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return u.String()
}

// A broker that is started again finds its pages again, and a page says when it is
// alone.
func TestAnOpenPageSurvivesItsBroker(t *testing.T) {
	t.Parallel()
	database := "sqlite:" + t.TempDir() + "/treaty.db"
	first := run(t, database, 0)
	h := &history{t, first.URL()}
	h.pact("storefront", "1", "main", "catalog", 1)
	p := open(t, h.base, screen{width: 1280})
	p.watch("/")
	require.NoError(t, first.Stop())
	p.wait("!(" + follows + ")")
	require.Equal(t, "Not connected: reload to see what is new", ask[string](p, `document.querySelector("[data-follows]").textContent`))
	port, err := portOf(h.base)
	require.NoError(t, err)
	run(t, database, port)
	h.pact("checkout", "1", "main", "payments", 1)
	p.shows("checkout → payments")
	p.wait(follows)
	p.quietBut("net::ERR") // while nobody was there
}

func portOf(base string) (port int, err error) {
	_, err = fmt.Sscanf(base, "http://127.0.0.1:%d", &port)
	return port, err
}

// A page in a hidden tab has no line: browsers allow six to one broker.
func TestAPageThatNobodySeesAsksNothing(t *testing.T) {
	t.Parallel()
	h := &history{t, run(t, "sqlite::memory:", 0).URL()}
	h.pact("storefront", "1", "main", "catalog", 1)
	p := open(t, h.base, screen{width: 1280})
	p.watch("/")
	hide := func(hidden bool) {
		ask[bool](p, fmt.Sprintf(`Object.defineProperty(document, "hidden", {configurable: true, value: %t}) && document.dispatchEvent(new Event("visibilitychange"))`, hidden))
	}
	hide(true)
	h.pact("checkout", "1", "main", "payments", 1)
	time.Sleep(4 * time.Second)
	require.False(t, ask[bool](p, `document.querySelector("main").textContent.includes("checkout")`))
	hide(false)
	p.shows("checkout → payments")
	p.quiet()
}
