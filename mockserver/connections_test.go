package mockserver_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/mockserver"
)

// pair is the two ports of a connection.
type pair struct{ client, server int }

// waiting counts the connections that the system still keeps though both sides
// have closed them.
func waiting(t *testing.T, pairs map[pair]bool) (n int) {
	t.Helper()
	text, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		t.Skip("only Linux tells of its connections in a file")
	}
	const timeWait = "06"
	for line := range strings.Lines(string(text)) {
		var number, from, to, state string
		var ip, near, far int
		_, _ = fmt.Sscan(line, &number, &from, &to, &state)
		_, _ = fmt.Sscanf(from, "%X:%X", &ip, &near)
		_, _ = fmt.Sscanf(to, "%X:%X", &ip, &far)
		if state == timeWait && (pairs[pair{near, far}] || pairs[pair{far, near}]) {
			n++
		}
	}
	return n
}

func TestAClosedServerLeavesNoConnectionWaiting(t *testing.T) {
	for _, secure := range []bool{false, true} {
		t.Run(fmt.Sprintf("TLS %t", secure), func(t *testing.T) {
			pairs := map[pair]bool{}
			for range 50 {
				pairs[askOnce(t, secure)] = true
			}
			require.Len(t, pairs, 50)
			require.Zero(t, waiting(t, pairs))
		})
	}
}

// askOnce starts a server, asks it and closes it, as a consumer's test does.
func askOnce(t *testing.T, secure bool) pair {
	t.Helper()
	server, err := mockserver.Start([]*contract.HTTP{get("/a", 200)}, mockserver.Config{TLS: secure})
	require.NoError(t, err)
	trust, err := mockserver.ClientTLS()
	require.NoError(t, err)
	p := pair{server: server.Port()}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: trust, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		connection, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err == nil {
			p.client = connection.LocalAddr().(*net.TCPAddr).Port
		}
		return connection, err
	}}}
	defer client.CloseIdleConnections()
	response, err := client.Get(server.URL() + "/a")
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.NoError(t, server.Close())
	return p
}

// TestAnAnswerSurvivesItsServer reads what was sent only after the server is
// gone, whatever its size.
func TestAnAnswerSurvivesItsServer(t *testing.T) {
	t.Parallel()
	sizes := []int{10, 30 << 10}
	if runtime.GOOS == "linux" { // where the system takes more from a writer than a reader has room for
		sizes = append(sizes, 1<<20)
	}
	for _, size := range sizes {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			i := get("/a", 200)
			i.Response.Body = contract.NewBody([]byte(strings.Repeat("x", size)), "text/plain")
			server, err := mockserver.Start([]*contract.HTTP{i}, mockserver.Config{})
			require.NoError(t, err)
			connection, err := net.Dial("tcp", strings.TrimPrefix(server.URL(), "http://"))
			require.NoError(t, err)
			defer connection.Close()
			_, err = io.WriteString(connection, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
			require.NoError(t, err)
			for !server.Idle() {
				runtime.Gosched()
			}
			require.NoError(t, server.Close())
			response, err := http.ReadResponse(bufio.NewReader(connection), nil)
			require.NoError(t, err)
			body, err := io.ReadAll(response.Body)
			require.NoError(t, err)
			require.Len(t, body, size)
		})
	}
}

// TestALateRequestIsNotTakenForTheNextServers asks an address again whose
// server is closed, while another one plays.
func TestALateRequestIsNotTakenForTheNextServers(t *testing.T) {
	t.Parallel()
	first, err := mockserver.Start([]*contract.HTTP{get("/a", 200)}, mockserver.Config{})
	require.NoError(t, err)
	response, err := http.Get(first.URL() + "/a")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.NoError(t, first.Close())
	next, err := mockserver.Start([]*contract.HTTP{get("/a", 200)}, mockserver.Config{})
	require.NoError(t, err)
	defer next.Close()
	_, err = http.Get(first.URL() + "/a")
	require.Error(t, err)
	require.Zero(t, next.Results().Requests)
}
