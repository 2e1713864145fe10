package main

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sent sends a request through the proxy to a server that says what it was sent.
func sent(t *testing.T, token, request string) string {
	t.Helper()
	server, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = server.Close() }()
	got := make(chan string, 1)
	go func() {
		connection, err := server.Accept()
		if err != nil {
			return
		}
		all, _ := io.ReadAll(connection)
		got <- string(all)
		_, _ = io.WriteString(connection, "the answer")
		_ = connection.Close()
	}()
	proxy, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = proxy.Close() }()
	go accept(proxy, server.Addr().String(), token)

	client, err := net.Dial("tcp", proxy.Addr().String())
	require.NoError(t, err)
	_, err = io.WriteString(client, request)
	require.NoError(t, err)
	require.NoError(t, client.(*net.TCPConn).CloseWrite())
	answer, err := io.ReadAll(client)
	require.NoError(t, err)
	require.Equal(t, "the answer", string(answer))
	return <-got
}

func TestOnlyTheTokenIsAdded(t *testing.T) {
	request := "PUT //odd%2Fpath?q[]=1;2 HTTP/1.1\r\nHost: broker.example:9\r\nX-Forwarded-Host:  proxy.example\r\nConnection: close\r\nContent-Length: 4\r\n\r\n\r\n{}"
	assert.Equal(t, strings.Replace(request, "Content-Length: 4\r\n", "Content-Length: 4\r\nAuthorization: Bearer secret\r\n", 1), sent(t, "secret", request))
}

func TestARequestWithCredentialsGoesAsItIs(t *testing.T) {
	request := "GET / HTTP/1.1\r\nHost: broker\r\naUTHORIZATION: Basic abc\r\n\r\n"
	assert.Equal(t, request, sent(t, "secret", request))
}

func TestARequestWithoutAnyHeader(t *testing.T) {
	assert.Equal(t, "GET / HTTP/1.0\r\nAuthorization: Bearer secret\r\n\r\n", sent(t, "secret", "GET / HTTP/1.0\r\n\r\n"))
}

func TestAHeadThatDoesNotEndIsNoRequest(t *testing.T) {
	_, err := readHead(bufio.NewReader(strings.NewReader("GET / HTTP/1.1\r\nHost: broker\r\n")))
	require.ErrorIs(t, err, io.EOF)
}
