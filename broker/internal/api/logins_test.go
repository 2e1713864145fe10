package api

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// watch is a clock that a test turns.
type watch struct{ at time.Time }

func (w *watch) now() time.Time { return w.at }

func judging(auth Auth) (*logins, *watch, *bytes.Buffer) {
	w := &watch{time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	var log bytes.Buffer
	return newLogins(auth, w.now, slog.New(slog.NewTextHandler(&log, nil))), w, &log
}

var (
	here  = netip.MustParseAddr("192.0.2.1")
	there = netip.MustParseAddr("192.0.2.2")
)

func TestAnAddressRunsOutOfTriesAndGetsNewOnesSlowly(t *testing.T) {
	t.Parallel()
	l, clock, log := judging(Auth{User: "w", Password: "right"})
	for range addressBurst {
		who, _, err := l.judge(here, "w", "wrong")
		require.NoError(t, err)
		require.Empty(t, who.Name)
	}
	for _, password := range []string{"wrong", "right"} {
		who, _, err := l.judge(here, "w", password)
		var refused *requestError
		require.ErrorAs(t, err, &refused, "a right guess is refused like a wrong one")
		require.Equal(t, http.StatusTooManyRequests, refused.status)
		require.Equal(t, addressEvery, refused.retryAfter)
		require.Empty(t, who.Name)
	}
	who, _, err := l.judge(there, "w", "right")
	require.NoError(t, err, "another address has tries of its own")
	require.Equal(t, access.Writer("w"), who)

	clock.at = clock.at.Add(addressEvery)
	_, _, err = l.judge(here, "w", "wrong")
	require.NoError(t, err, "after a while there is one more")
	_, _, err = l.judge(here, "w", "right")
	require.Error(t, err, "and no more than one")
	clock.at = clock.at.Add(addressEvery)
	who, _, err = l.judge(here, "w", "right")
	require.NoError(t, err)
	require.Equal(t, "w", who.Name)

	require.Contains(t, log.String(), `msg="a login failed" address=192.0.2.1 user=w`)
	require.Contains(t, log.String(), "too many logins failed")
	require.NotContains(t, log.String(), "wrong")
	require.NotContains(t, log.String(), "right")
}

// Pipelines share an address: one with an old password keeps no other out.
func TestAPasswordThatWasRightStaysRightFromItsAddress(t *testing.T) {
	t.Parallel()
	l, _, _ := judging(Auth{User: "w", Password: "right", ReadOnlyUser: "r", ReadOnlyPassword: "reads"})
	for _, good := range [][2]string{{"w", "right"}, {"r", "reads"}} {
		_, _, err := l.judge(here, good[0], good[1])
		require.NoError(t, err)
	}
	for range 2 * addressBurst {
		_, _, _ = l.judge(here, "w", "old")
	}
	for _, good := range [][2]string{{"w", "right"}, {"r", "reads"}} {
		who, _, err := l.judge(here, good[0], good[1])
		require.NoError(t, err, good[0])
		require.Equal(t, good[0], who.Name)
	}
	_, _, err := l.judge(here, "w", "old")
	require.Error(t, err)
}

func TestAUserIsGuessedSlowlyFromManyAddresses(t *testing.T) {
	t.Parallel()
	l, _, _ := judging(Auth{User: "w", Password: "right", ReadOnlyUser: "r", ReadOnlyPassword: "reads"})
	_, _, err := l.judge(there, "w", "right")
	require.NoError(t, err)
	refused := 0
	for i := range 2 * userBurst {
		if _, _, err := l.judge(netip.AddrFrom4([4]byte{10, 1, byte(i / 250), byte(i % 250)}), "w", "wrong"); err != nil {
			refused++
		}
	}
	require.Equal(t, userBurst, refused)
	_, _, err = l.judge(there, "w", "right")
	require.NoError(t, err, "who was right before stays in")
	who, _, err := l.judge(here, "r", "reads")
	require.NoError(t, err, "the other user has tries of its own")
	require.Equal(t, access.Reader("r"), who)
}

func TestWhatIsRememberedOfLoginsIsBounded(t *testing.T) {
	t.Parallel()
	l, _, log := judging(Auth{User: "w", Password: "right"})
	for i := range 2 * mostRemembered {
		from := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		_, _, _ = l.judge(from, fmt.Sprint("nobody", i), "hunter2")
		_, _, _ = l.judge(from, "w", "right")
	}
	require.Len(t, l.addresses.at, mostRemembered)
	require.Len(t, l.right.at, mostRemembered)
	require.Equal(t, mostRemembered, l.right.order.Len())
	require.LessOrEqual(t, len(l.users.at), 2)
	require.NotContains(t, log.String(), "nobody1", "what is no user's name may be a password")
	require.NotContains(t, log.String(), "hunter2")
}

func TestANetworkOfIPv6IsOneAddress(t *testing.T) {
	t.Parallel()
	require.Equal(t, placeOf(netip.MustParseAddr("2001:db8:1:2::1")), placeOf(netip.MustParseAddr("2001:db8:1:2:ffff::9")))
	require.NotEqual(t, placeOf(netip.MustParseAddr("2001:db8:1:2::1")), placeOf(netip.MustParseAddr("2001:db8:1:3::1")))
	require.NotEqual(t, placeOf(here), placeOf(there))
}

// Where everybody may read, a password that is given says who reads. Guesses are
// counted there as well, or the gate's answers would tell which one was right.
func TestGuessesCountWhereNoPasswordIsNeeded(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	a := New(nil, Config{Auth: Auth{User: "w", Password: "right", PublicRead: true, PublicHeartbeat: true}, Log: slog.New(slog.NewTextHandler(&log, nil))})
	status := func(method, password string) int {
		r := httptest.NewRequest(method, "/diagnostic/status/heartbeat", nil)
		r.SetBasicAuth("w", password)
		recorder := httptest.NewRecorder()
		a.ServeHTTP(recorder, r)
		if recorder.Code == http.StatusTooManyRequests {
			require.NotEmpty(t, recorder.Header().Get("Retry-After"))
		}
		return recorder.Code
	}
	for range addressBurst {
		require.Equal(t, http.StatusOK, status(http.MethodGet, "wrong"))
	}
	require.Equal(t, http.StatusOK, status(http.MethodGet, "wrong"), "whoever may read without a password still may")
	require.Equal(t, http.StatusTooManyRequests, status(http.MethodPost, "right"), "and has no more tries")
}

// TestWrongPasswordsAndTokensKeepNobodyOutWhoHasAToken: many share an address, and each
// build brings a token that was never seen. So a stranger who sends one wrong thing after
// the other from there keeps none of them out.
func TestWrongPasswordsAndTokensKeepNobodyOutWhoHasAToken(t *testing.T) {
	t.Parallel()
	now := time.Date(2027, 1, 31, 12, 0, 0, 0, time.UTC)
	l := newLogins(Auth{User: "w", Password: "right"}, func() time.Time { return now }, slog.New(slog.DiscardHandler))
	look := func(err error) func() (access.Who, error) {
		return func() (access.Who, error) { return access.Who{Name: "CI"}, err }
	}
	wrong := kernel.Errorf(kernel.CodeUnauthorized, "wrong")
	for i := range 600 { // a wrong password and a wrong token each second, for ten minutes
		now = now.Add(time.Second)
		_, _, _ = l.judge(here, "w", "wrong")
		_, err := l.judgeToken(here, fmt.Sprint("bad", i), look(wrong))
		require.Equal(t, kernel.CodeUnauthorized, kernel.CodeOf(err))
		_, err = l.judgeToken(here, fmt.Sprint("of build ", i), look(nil))
		require.NoError(t, err)
	}
	_, _, err := l.judge(here, "w", "right")
	require.Error(t, err, "a password can be guessed, and has to wait")
	for i := range tokenBurst + 1 {
		_, err = l.judgeToken(here, fmt.Sprint("flood", i), look(wrong))
	}
	require.ErrorContains(t, err, "Wait 1 seconds", "who does nothing else is kept from the database")
	_, err = l.judgeToken(here, "of build 599", look(nil))
	require.NoError(t, err)
}
