package api_test

import (
	"context"
	"database/sql"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of ownSchema
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// TestNoRequestMakesTheBrokerFailOnPostgres is the same with the database that
// is stricter about text and numbers.
func TestNoRequestMakesTheBrokerFailOnPostgres(t *testing.T) {
	t.Parallel()
	address := os.Getenv("TREATY_TEST_POSTGRES_URL")
	if address == "" {
		t.Skip("TREATY_TEST_POSTGRES_URL names no server")
	}
	db, err := store.Open(context.Background(), ownSchema(t, address, "treaty_api_random"), store.Options{Log: quiet()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	service := usecase.New(db, kernel.DefaultSettings())
	service.Log = quiet()
	listening := httptest.NewServer(api.New(service, api.Config{Log: quiet(), MaxBodyBytes: 4096}))
	t.Cleanup(listening.Close)
	sendRandomRequests(t, &server{t: t, url: listening.URL}, randomRequests/4)
}

// ownSchema is the address of an empty schema on the server: this test deletes
// what it finds.
func ownSchema(t *testing.T, address, name string) string {
	t.Helper()
	admin, err := sql.Open("pgx", address)
	require.NoError(t, err)
	defer admin.Close()
	_, err = admin.ExecContext(t.Context(), "DROP SCHEMA IF EXISTS "+name+" CASCADE; CREATE SCHEMA "+name)
	require.NoError(t, err)
	own, err := url.Parse(address)
	require.NoError(t, err)
	query := own.Query()
	query.Set("search_path", name)
	own.RawQuery = query.Encode()
	return own.String()
}
