package serve_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
	"github.com/treatyhq/treaty/cmd/treaty/internal/root"
)

func TestServeRunsUntilItIsTold(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	said, say := io.Pipe()
	e := command.Env{
		Args: []string{"serve", "--host", "127.0.0.1", "--port", "0"}, Dir: t.TempDir(),
		Stdin: strings.NewReader(""), Stdout: say, Stderr: io.Discard,
	}
	status := make(chan int, 1)
	go func() { status <- root.Run(ctx, e) }()

	line, err := bufio.NewReader(said).ReadString('\n')
	require.NoError(t, err)
	go func() { _, _ = io.Copy(io.Discard, said) }()
	address := strings.TrimSpace(strings.TrimPrefix(line, "Broker and dashboard:"))
	response, err := http.Get(address)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.FileExists(t, filepath.Join(e.Dir, "treaty.db"), "the default is a file in the working folder")
	response, err = http.Get(address + "/ui/admin")
	require.NoError(t, err)
	admin, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Contains(t, string(admin), "--port", "the settings in effect are told")

	stop()
	require.Equal(t, 0, <-status)
	require.NoError(t, say.Close())
}

func TestServeExplainsWhyItCannotStart(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	port := s.URL[strings.LastIndex(s.URL, ":")+1:]
	s.File("file", "")
	for _, tt := range []struct{ name, line, says, next string }{
		{"port in use", "--host 127.0.0.1 --port " + port, "cannot listen on 127.0.0.1:" + port, "choose one with --port"},
		{"no such address", "--host 192.0.2.1 --port 0", "cannot listen on 192.0.2.1", "check --host"},
		{"missing folder", "--port 0 --database sqlite:missing/treaty.db", "cannot open the database", "choose a file in a folder that exists"},
		{"a folder that is a file", "--port 0 --database sqlite:file/treaty.db", "cannot open the database", "choose a file"},
		{"PostgreSQL that is down", "--port 0 --database-connect-max-retries 1 --database postgres://me:secret@127.0.0.1:1/x", "cannot open the database postgres://**********@127.0.0.1:1/x: the database cannot be reached", "check that PostgreSQL is running"},
		{"unknown database", "--port 0 --database oracle://x", "cannot open the database", "next: "},
		{"unknown flag", "--prot 1", "--prot", "treaty serve --help"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := commandtest.RunIn(t, command.Env{Dir: s.Dir}, strings.Fields("serve "+tt.line)...)
			require.Equal(t, 1, got.Status)
			require.Contains(t, got.Stderr, tt.says)
			require.Contains(t, got.Stderr, tt.next)
			require.NotContains(t, got.Stderr, "secret")
		})
	}
}
