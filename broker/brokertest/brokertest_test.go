package brokertest_test

import (
	"bytes"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
)

// ask sends a request as a user, or as nobody, and returns the status.
func ask(t *testing.T, method, address, user, password string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(`{"name":"Foo"}`))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	if user != "" {
		request.SetBasicAuth(user, password)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode
}

func TestAUserWhoMayOnlyReadCannotWrite(t *testing.T) {
	t.Parallel()
	b := brokertest.Start(t, brokertest.Password("me", "a password"), brokertest.ReadOnlyPassword("you", "another"))
	address := b.URL() + "/pacticipants"
	require.Equal(t, http.StatusUnauthorized, ask(t, http.MethodGet, address, "", ""), "nobody reads without a password")
	require.Equal(t, http.StatusOK, ask(t, http.MethodGet, address, "you", "another"), "a user who may only read reads")
	require.NotEqual(t, http.StatusCreated, ask(t, http.MethodPost, address, "you", "another"), "a user who may only read does not write")
	require.Equal(t, http.StatusCreated, ask(t, http.MethodPost, address, "me", "a password"), "a user with the password writes")
}

// What a broker knew is there for the next one on the same database.
func TestABrokerRunsOnTheDatabaseThatIsNamed(t *testing.T) {
	t.Parallel()
	database := brokertest.Database("sqlite:" + filepath.Join(t.TempDir(), "kept.db"))
	t.Run("the first", func(t *testing.T) {
		b := brokertest.Start(t, database)
		require.Equal(t, http.StatusCreated, ask(t, http.MethodPost, b.URL()+"/pacticipants", "", ""))
	})
	b := brokertest.Start(t, database)
	require.Equal(t, http.StatusOK, ask(t, http.MethodGet, b.URL()+"/pacticipants/Foo", "", ""), "what was stored is there")
	other := brokertest.Start(t)
	require.Equal(t, http.StatusNotFound, ask(t, http.MethodGet, other.URL()+"/pacticipants/Foo", "", ""), "each broker has a database of its own otherwise")
}

// listening is a test whose lines are kept.
type listening struct {
	testing.TB
	lines bytes.Buffer
}

func (l *listening) Log(args ...any) { fmt.Fprintln(&l.lines, args...) }

func TestWarningsOfTheBrokerStandAmongTheLinesOfTheTest(t *testing.T) {
	t.Parallel()
	l := &listening{TB: t}
	b := brokertest.Start(l, func(o *broker.Options) { o.Host = "" })
	require.NoError(t, b.Stop())
	require.Contains(t, l.lines.String(), "no password is set", "a warning is seen by who runs the test")
	require.NotContains(t, l.lines.String(), "broker started", "what is not a warning is not noise")
}
