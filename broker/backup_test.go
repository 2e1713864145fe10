package broker_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
)

func TestABackupHoldsWhatTheRunningBrokerKnows(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	database, copied := "sqlite:"+filepath.Join(folder, "a.db"), filepath.Join(folder, "copy.db")
	b := brokertest.Start(t, brokertest.Database(database))
	create(t, b.URL(), "Foo")
	require.NoError(t, broker.Backup(t.Context(), database, copied), "a broker may run meanwhile")
	create(t, b.URL(), "Later")

	restored := "sqlite:" + filepath.Join(folder, "b.db")
	require.NoError(t, broker.Restore(t.Context(), copied, restored))
	other := brokertest.Start(t, brokertest.Database(restored))
	status, _ := get(t, other.URL()+"/pacticipants/Foo")
	require.Equal(t, http.StatusOK, status, "a restored broker knows what was stored before the backup")
	status, _ = get(t, other.URL()+"/pacticipants/Later")
	require.Equal(t, http.StatusNotFound, status, "a backup is of its moment")
}

func TestABackupThatCannotBeSaysWhy(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	text := filepath.Join(folder, "text.db")
	require.NoError(t, os.WriteFile(text, []byte("no database"), 0o600))
	missing, free := filepath.Join(folder, "missing.db"), filepath.Join(folder, "free.db")
	for name, tt := range map[string]struct{ got, want error }{
		"a backup of PostgreSQL":      {broker.Backup(t.Context(), "postgres://me:hunter2@db/x", free), broker.ErrNotSQLite},
		"a backup of nothing":         {broker.Backup(t.Context(), "sqlite:"+missing, free), broker.ErrNoDatabase},
		"a restore of something else": {broker.Restore(t.Context(), text, "sqlite:"+free), broker.ErrNoDatabase},
		"a restore over a file":       {broker.Restore(t.Context(), text, "sqlite:"+text), broker.ErrExists},
	} {
		require.ErrorIs(t, tt.got, tt.want, name)
		require.NotContains(t, tt.got.Error(), "hunter2", "no error shows a secret")
	}
	require.NoFileExists(t, free, "what fails writes nothing")
}

// create makes an application.
func create(t *testing.T, base, name string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/pacticipants", strings.NewReader(`{"name":"`+name+`"}`))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusCreated, response.StatusCode)
}
