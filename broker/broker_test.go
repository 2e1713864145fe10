package broker_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// Closing an httptest server closes the idle connections of Go's default
// transport, even one whose answer another test is just reading.
func init() {
	http.DefaultClient = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
}

func options(t *testing.T) broker.Options {
	t.Helper()
	o := broker.DefaultOptions()
	o.Host, o.Port = "127.0.0.1", 0
	o.Database = "sqlite:" + filepath.Join(t.TempDir(), "treaty.db")
	return o
}

// get asks as an API client does.
func get(t *testing.T, address string, header ...string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	request.Header.Set("Accept", "application/hal+json")
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(body)
}

func TestABrokerAnswersWithItsOwnAddress(t *testing.T) {
	t.Parallel()
	b := brokertest.Start(t)
	status, body := get(t, b.URL()+"/")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, `"href":"`+b.URL()+`/contracts/publish"`)
}

func TestPeopleGetTheDashboardAndProgramsTheAPI(t *testing.T) {
	t.Parallel()
	b := brokertest.Start(t)
	_, page := get(t, b.URL()+"/", "Accept", "text/html")
	require.Contains(t, strings.ToLower(page), "<!doctype html>")
	_, document := get(t, b.URL()+"/")
	require.Contains(t, document, "_links")
}

func TestTheDashboardNeedsThePasswordToo(t *testing.T) {
	t.Parallel()
	b := brokertest.Start(t, brokertest.Password("me", "secret"))
	for _, accept := range []string{"text/html", "application/hal+json"} {
		status, _ := get(t, b.URL()+"/", "Accept", accept)
		require.Equal(t, http.StatusUnauthorized, status, accept)
		status, _ = get(t, b.URL()+"/", "Accept", accept, "Authorization", "Basic bWU6c2VjcmV0")
		require.Equal(t, http.StatusOK, status, accept)
	}
}

func TestAPortInUseIsAnErrorThatTouchesNothing(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	o := options(t)
	o.Port = taken.Addr().(*net.TCPAddr).Port
	_, err = broker.New(t.Context(), o)
	require.ErrorIs(t, err, syscall.EADDRINUSE)
	var listen *broker.ListenError
	require.ErrorAs(t, err, &listen)
	require.NoFileExists(t, strings.TrimPrefix(o.Database, "sqlite:"), "the database is opened after the port")
}

func TestADatabaseThatCannotBeOpenedIsAnErrorThatFreesThePort(t *testing.T) {
	t.Parallel()
	blocked := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(blocked, nil, 0o600))
	for name, database := range map[string]string{
		"a folder that is a file":     "sqlite:" + filepath.Join(blocked, "treaty.db"),
		"a folder that is missing":    "sqlite:" + filepath.Join(t.TempDir(), "missing", "treaty.db"),
		"a database that is a folder": "sqlite:" + t.TempDir(),
		"an unknown database":         "oracle://somewhere",
		"no PostgreSQL there":         "postgres://me:secret@127.0.0.1:1/none?connect_timeout=2",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			o := options(t)
			o.Port = listener.Addr().(*net.TCPAddr).Port
			require.NoError(t, listener.Close())
			o.Database = database
			if strings.HasPrefix(database, "postgres") { // else it is waited for
				o.ConnectRetries = 1
			}
			_, err = broker.New(t.Context(), o)
			var failed *broker.DatabaseError
			require.ErrorAs(t, err, &failed)
			require.NotContains(t, err.Error(), "secret")
			again, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", o.Port))
			require.NoError(t, err, "the port is free again")
			require.NoError(t, again.Close())
		})
	}
}

// A broker whose PostgreSQL is away starts, says so, and answers once it is there.
func TestABrokerStartsWithoutItsPostgres(t *testing.T) {
	t.Parallel()
	proxy := storetest.NewProxy(t, storetest.PostgresSchema(t))
	proxy.Refuse(true)
	log := new(lockedBuffer)
	o := options(t)
	o.Database, o.LogTo = proxy.URL(), log
	b, err := broker.New(t.Context(), o)
	require.NoError(t, err)
	b.Start()
	t.Cleanup(func() { require.NoError(t, b.Stop()) })
	status := func(path string) int {
		answer, err := http.Get(b.URL() + path)
		require.NoError(t, err)
		defer answer.Body.Close()
		if answer.StatusCode == http.StatusServiceUnavailable && !strings.HasPrefix(path, "/diagnostic") {
			require.NotEmpty(t, answer.Header.Get("Retry-After"))
			require.Equal(t, "nothing", answer.Header.Get("X-Treaty-Stored"))
		}
		return answer.StatusCode
	}
	require.Equal(t, http.StatusOK, status("/diagnostic/status/heartbeat"), "it is alive")
	require.Equal(t, http.StatusServiceUnavailable, status("/diagnostic/status/dependencies"), "it is not ready")
	require.Equal(t, http.StatusServiceUnavailable, status("/pacticipants"))
	require.Contains(t, log.String(), "the broker starts without it")
	proxy.Refuse(false)
	require.Eventually(t, func() bool { return status("/pacticipants") == http.StatusOK }, 20*time.Second, 100*time.Millisecond)
	require.Equal(t, http.StatusOK, status("/diagnostic/status/dependencies"))
}

func TestAFileThatIsNoDatabaseIsLeftAlone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "notes.txt")
	notes := []byte(strings.Repeat("These are my notes, and no database.\n", 100))
	require.NoError(t, os.WriteFile(file, notes, 0o600))
	o := options(t)
	o.Database = "sqlite:" + file
	_, err := broker.New(t.Context(), o)
	require.Error(t, err)
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, notes, after)
}

func TestStoppingIsDoneOnceAndWaits(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	o := options(t)
	o.LogTo = &log
	b, err := broker.New(t.Context(), o)
	require.NoError(t, err)
	b.Start()
	b.Start()
	status, _ := get(t, b.URL()+"/")
	require.Equal(t, http.StatusOK, status)
	require.NoError(t, b.Stop())
	require.NoError(t, b.Stop())
	require.Equal(t, 1, strings.Count(log.String(), "broker stopped"))
	_, err = http.Get(b.URL())
	require.Error(t, err)
}

func TestABrokerThatWasNeverStartedStops(t *testing.T) {
	t.Parallel()
	b, err := broker.New(t.Context(), options(t))
	require.NoError(t, err)
	require.NoError(t, b.Stop())
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ready := make(chan string, 1)
	ended := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { ended <- broker.Run(ctx, options(t), func(b *broker.Broker) { ready <- b.URL() }) }()
	status, _ := get(t, <-ready+"/")
	require.Equal(t, http.StatusOK, status)
	cancel()
	require.NoError(t, <-ended)
}

// Secrets must not be in the log, whatever level it has.
func TestTheLogHoldsNoSecret(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json"} {
		var log lockedBuffer
		o := options(t)
		o.LogTo, o.LogLevel, o.LogFormat = &log, "debug", format
		o.Auth = broker.Auth{Username: "me", Password: "hunter2", ReadOnlyUsername: "you", ReadOnlyPassword: "hunter3"}
		b, err := broker.New(t.Context(), o)
		require.NoError(t, err)
		b.Start()
		get(t, b.URL()+"/", "Authorization", "Basic bWU6aHVudGVyMg==")
		require.NoError(t, b.Stop())
		require.Contains(t, log.String(), "broker started")
		require.NotContains(t, log.String(), "hunter")
		require.NotContains(t, fmt.Sprintf("%v %+v %#v", o, o, o.Auth), "hunter")
	}
}

func TestValidateNamesEveryWrongField(t *testing.T) {
	t.Parallel()
	o := broker.DefaultOptions()
	require.NoError(t, o.Validate())
	o.Port, o.Database, o.MaxBodySize, o.LogLevel, o.LogFormat = -1, " ", 0, "loud", "xml"
	o.BaseURLs = []string{"broker.example"}
	o.ShutdownTimeout, o.MaxConnections = 0, -1
	o.Auth.Password = "x"
	o.Auth.ReadOnlyUsername = "y"
	err := o.Validate()
	for _, field := range []string{"Port", "Database", "MaxBodySize", "LogLevel", "LogFormat", "BaseURLs", "ShutdownTimeout", "MaxConnections", "Auth"} {
		require.ErrorContains(t, err, field+" ")
	}
}

func TestARequestThatIsRunningMayFinish(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.ShutdownTimeout = 10 * time.Second
	b, err := broker.New(t.Context(), o)
	require.NoError(t, err)
	b.Start()
	// With 100-continue the client sends the body only when the broker reads it,
	// so after the first write the request is certainly running.
	body, send := io.Pipe()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.URL()+"/environments", body)
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/hal+json")
	request.Header.Set("Expect", "100-continue")
	patient := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}
	answered := make(chan int, 1)
	go func() {
		response, err := patient.Do(request)
		if err != nil {
			answered <- 0
			return
		}
		response.Body.Close()
		answered <- response.StatusCode
	}()
	_, err = send.Write([]byte(`{"name":"test",`))
	require.NoError(t, err)
	stopped := make(chan error, 1)
	go func() { stopped <- b.Stop() }()
	_, err = send.Write([]byte(`"production":false}`))
	require.NoError(t, err)
	require.NoError(t, send.Close())
	require.Equal(t, http.StatusCreated, <-answered)
	require.NoError(t, <-stopped)
}

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
