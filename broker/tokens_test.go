package broker_test

import (
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
)

// TestTokensAreMadeBesideABroker holds what an operator does in the database while the
// broker runs on it.
func TestTokensAreMadeBesideABroker(t *testing.T) {
	t.Parallel()
	database := "sqlite:" + filepath.Join(t.TempDir(), "treaty.db")
	_, err := broker.CreateToken(t.Context(), database, broker.NewToken{Role: "Viewer", Name: "x"})
	require.ErrorIs(t, err, broker.ErrNoDatabase, "a database is not made by the way")
	running := brokertest.Start(t, brokertest.Database(database), func(o *broker.Options) { o.Identity = true })
	status := func(value string) int {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, running.URL()+"/pacticipants", http.NoBody)
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+value)
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response.StatusCode
	}
	value, err := broker.CreateToken(t.Context(), database, broker.NewToken{Role: "viewer", Name: "Ada", ReadOnly: true, Lives: time.Hour})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status(value))

	find := func(name string) broker.TokenInfo {
		all, err := broker.ListTokens(t.Context(), database)
		require.NoError(t, err)
		for _, token := range all {
			if token.Name == name {
				return token
			}
		}
		return broker.TokenInfo{}
	}
	ada := find("Ada")
	require.True(t, ada.Active && ada.ReadOnly && ada.HasValue)
	require.Equal(t, []string{"Viewer"}, ada.Roles)
	require.WithinDuration(t, time.Now().Add(time.Hour), ada.ExpiresAt, time.Minute)
	second, err := broker.CreateToken(t.Context(), database, broker.NewToken{Account: ada.AccountUUID, Name: "second"})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status(second))
	require.Equal(t, ada.AccountUUID, find("second").AccountUUID)

	require.NoError(t, broker.DeleteToken(t.Context(), database, ada.UUID))
	require.Eventually(t, func() bool { return status(value) == http.StatusUnauthorized }, 6*time.Second, 50*time.Millisecond)
	require.Error(t, broker.DeleteToken(t.Context(), database, ada.UUID))
	_, err = broker.CreateToken(t.Context(), database, broker.NewToken{Role: "Boss", Name: "x"})
	require.ErrorContains(t, err, "Administrator, CI/CD, Team CI/CD, Team member, Viewer")
	_, err = broker.ListTokens(t.Context(), "mysql://nobody")
	require.Error(t, err)
}

// TestWhatIsPublicIsSoBesideTokens holds that the switches of what everybody may do are
// those of a broker with passwords.
func TestWhatIsPublicIsSoBesideTokens(t *testing.T) {
	t.Parallel()
	const badge = "/pacts/provider/Bar/consumer/Foo/latest/badge"
	paths := []string{"/pacticipants", "/diagnostic/status/heartbeat", badge, "/admin/users"}
	for name, tt := range map[string]struct {
		auth broker.Auth
		open []string
	}{
		"nothing":       {broker.Auth{}, nil},
		"reading":       {broker.Auth{PublicRead: true}, paths[:3]},
		"the heartbeat": {broker.Auth{PublicHeartbeat: true}, paths[1:2]},
		"badges":        {broker.Auth{PublicBadges: true}, paths[2:3]},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			running := brokertest.Start(t, func(o *broker.Options) { o.Identity, o.Auth, o.Badges.Draw = true, tt.auth, true })
			for _, path := range paths {
				response, err := http.Get(running.URL() + path)
				require.NoError(t, err)
				require.NoError(t, response.Body.Close())
				require.Equal(t, !slices.Contains(tt.open, path), response.StatusCode == http.StatusUnauthorized, path)
			}
		})
	}
}
