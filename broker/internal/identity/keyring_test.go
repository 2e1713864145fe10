package identity_test

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// counted is a store that counts transactions, and fails them when it is told to.
type counted struct {
	kernel.Store
	asked atomic.Int64
	away  atomic.Bool
}

func (c *counted) View(ctx context.Context, fn func(kernel.Tx) error) error {
	c.asked.Add(1)
	if c.away.Load() {
		return kernel.Errorf(kernel.CodeUnavailable, "The database does not answer.")
	}
	return c.Store.View(ctx, fn)
}

// ring is a keyring on a database, with one token.
type ring struct {
	*testing.T
	*identity.Keyring
	store                 *counted
	service               *identity.Service
	account, token, value string
	now                   time.Time
}

// onEach runs a test on a keyring of each kind of database.
func onEach(t *testing.T, test func(*ring)) {
	t.Helper()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := &counted{Store: open(t, store.Options{})}
			r := &ring{T: t, store: db, service: usecase.New(db, kernel.DefaultSettings()).Identity, now: time.Now()}
			name := "CI"
			made, err := r.service.CreateAccount(t.Context(), access.Operator(), identity.AccountInput{Name: &name})
			require.NoError(t, err)
			r.account = made.UUID
			token, value, err := r.service.CreateToken(t.Context(), access.Operator(), r.account, identity.TokenInput{Name: "t", Writes: true})
			require.NoError(t, err)
			r.token, r.value = token.UUID, value
			r.Keyring = r.service.Keyring(func() time.Time { return r.now }, nil, slog.New(slog.DiscardHandler))
			t.Cleanup(r.Keyring.Close)
			test(r)
		})
	}
}

func (r *ring) knows(value string) bool {
	_, err := r.Who(r.Context(), value)
	if err != nil {
		require.Equal(r, kernel.CodeUnauthorized, kernel.CodeOf(err), err)
	}
	return err == nil
}

// TestATokenCostsNoWayToTheDatabase holds that who was looked up is known: only the
// question whether anything changed goes on, at most once a second.
func TestATokenCostsNoWayToTheDatabase(t *testing.T) {
	t.Parallel()
	onEach(t, func(r *ring) {
		require.True(r, r.knows(r.value))
		before, began := r.store.asked.Load(), time.Now()
		for range 10_000 {
			require.True(r, r.knows(r.value))
		}
		require.LessOrEqual(r, r.store.asked.Load()-before, int64(time.Since(began)/time.Second)+2)
	})
}

// TestWhatIsTakenAwayIsRefusedWithinTwoSeconds takes it away by a service of another
// replica, while requests come in.
func TestWhatIsTakenAwayIsRefusedWithinTwoSeconds(t *testing.T) {
	t.Parallel()
	off, none := false, []string{}
	for name, take := range map[string]func(*ring) error{
		"the token":   func(r *ring) error { return r.service.DeleteToken(r.Context(), operator, r.account, r.token) },
		"the account": func(r *ring) error { return r.service.DeleteAccount(r.Context(), operator, r.account) },
		"its value": func(r *ring) error {
			_, _, err := r.service.RegenerateToken(r.Context(), access.Operator(), r.account, r.token)
			return err
		},
		"switched off": func(r *ring) error {
			_, err := r.service.ChangeAccount(r.Context(), access.Operator(), r.account, identity.AccountInput{Active: &off})
			return err
		},
		"its roles": func(r *ring) error {
			_, err := r.service.ChangeAccount(r.Context(), access.Operator(), r.account, identity.AccountInput{Roles: &none})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(r *ring) {
				require.True(r, r.knows(r.value))
				require.NoError(r, take(r))
				began := time.Now()
				for {
					asked := time.Since(began)
					who, err := r.Who(r.Context(), r.value)
					if err != nil || len(who.Permissions) == 0 {
						return
					}
					require.Less(r, asked, 2*time.Second)
					time.Sleep(10 * time.Millisecond)
				}
			})
		})
	}
}

// TestWhatIsKnownGrowsStale holds that nobody is let in by what a replica knew before
// it lost its database.
func TestWhatIsKnownGrowsStale(t *testing.T) {
	t.Parallel()
	onEach(t, func(r *ring) {
		require.True(r, r.knows(r.value))
		r.store.away.Store(true)
		require.Eventually(r, func() bool {
			_, err := r.Who(r.Context(), r.value)
			return kernel.CodeOf(err) == kernel.CodeUnavailable
		}, 6*time.Second, 20*time.Millisecond)
		r.store.away.Store(false)
		require.True(r, r.knows(r.value))
	})
}

// TestAChangeIsNoticedWhateverItsNumber has the database be one that an earlier change
// is missing in, as after a failover that lost it or with a backup.
func TestAChangeIsNoticedWhateverItsNumber(t *testing.T) {
	t.Parallel()
	onEach(t, func(r *ring) {
		require.True(r, r.knows(r.value))
		db := r.store.Store.(*store.Store).DB()
		for _, statement := range []string{"DELETE FROM token", "UPDATE identity_change SET number = -9223372036854775807"} {
			_, err := db.ExecContext(r.Context(), statement)
			require.NoError(r, err)
		}
		require.Eventually(r, func() bool { return !r.knows(r.value) }, 6*time.Second, 20*time.Millisecond)
	})
}

func TestOnlyTheWholeValueCounts(t *testing.T) {
	t.Parallel()
	onEach(t, func(r *ring) {
		require.True(r, r.knows(r.value))
		before := r.store.asked.Load()
		for _, value := range []string{
			"", "trt_", r.value + " ", " " + r.value, r.value[1:], r.value[:len(r.value)-1], strings.ToUpper(r.value), strings.Repeat("x", 1000), r.value + "\x00",
			strings.Replace(r.value, "_", "-", 1), r.value[:20] + string(r.value[20]^1) + r.value[21:],
		} {
			require.False(r, r.knows(value), "%q", value)
		}
		require.LessOrEqual(r, r.store.asked.Load()-before, int64(1), "what is not written as a token is, is not looked for")
		// One that is, with the prefix of another, has its prefix looked up and is refused.
		for range 50 {
			require.False(r, r.knows(identity.NewValue()))
		}
		require.False(r, r.knows(identity.WithPrefixOf(r.value)))
	})
}

func TestATokenCountsUntilItExpires(t *testing.T) {
	t.Parallel()
	onEach(t, func(r *ring) {
		at := time.Now().Add(time.Hour)
		_, value, err := r.service.CreateToken(r.Context(), access.Operator(), r.account, identity.TokenInput{Name: "short", ExpiresAt: at})
		require.NoError(r, err)
		require.True(r, r.knows(value))
		r.now = at.Add(-time.Millisecond)
		require.True(r, r.knows(value))
		r.now = at.Add(time.Millisecond)
		_, err = r.Who(r.Context(), value)
		require.ErrorContains(r, err, `The token "short" of CI expired at `)
		require.True(r, r.knows(r.value), "the other goes on")
	})
}

func TestTheLastUseIsWrittenDown(t *testing.T) {
	t.Parallel()
	onEach(t, func(r *ring) {
		require.True(r, r.knows(r.value))
		r.Close()
		tokens, err := r.service.ListTokens(r.Context(), r.account)
		require.NoError(r, err)
		for _, token := range tokens {
			if token.UUID == r.token {
				require.WithinDuration(r, r.now, token.LastUsedAt, time.Millisecond)
			} else {
				require.Zero(r, token.LastUsedAt)
			}
		}
	})
}

// TestValuesAreUnlike holds what their form promises.
func TestValuesAreUnlike(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 2000 {
		value := identity.NewValue()
		require.Regexp(t, `^trt_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}$`, value)
		require.True(t, identity.IsValue(value))
		require.False(t, seen[value])
		seen[value] = true
		for i := range value {
			spoiled := []byte(value)
			spoiled[i] = "0x"[b2i(spoiled[i] == '0')]
			require.False(t, identity.IsValue(string(spoiled)), "%s, spoiled at %d", value, i)
			if len(seen) > 20 {
				break
			}
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
