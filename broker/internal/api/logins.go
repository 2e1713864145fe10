package api

import (
	"container/list"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Wrong passwords are logged and slowed: each address has some tries, and so has each
// user whoever tries, and both get new ones slowly. Who has none left is told to wait,
// and whether the password is right changes nothing: it would be one more try.
//
// Pipelines share addresses and users, and one of them with an old password must not
// keep out the others. So a password that was right from an address stays right from
// there. A guess is none that was right before.

const (
	// addressBurst is how many wrong passwords an address may give at once, and
	// addressEvery how long it takes to have one more. The same holds, apart from that,
	// for answers of the login service that it is asked about.
	addressBurst = 20
	addressEvery = 3 * time.Second
	// tokenBurst and tokenEvery are the same for tokens and sessions. Nobody guesses one,
	// and many come from one address: those of a company, or of a proxy that nobody named
	// as trusted, where each build brings a token that was never seen. So whoever sends
	// wrong ones, or wrong passwords, keeps out no others, unless they do little else.
	tokenBurst = 400
	tokenEvery = 50 * time.Millisecond
	// userBurst and userEvery are the same for a user, from all addresses.
	userBurst = 200
	userEvery = time.Second
	// mostRemembered bounds how many addresses, and how many passwords that were
	// right, are remembered. What was not seen for the longest time goes first.
	mostRemembered = 10_000
)

// knows reports whether there is a user of this name.
func (auth Auth) knows(user string) bool {
	return same(user, auth.User) || auth.ReadOnlyUser != "" && same(user, auth.ReadOnlyUser)
}

// logins judges passwords. It is safe for concurrent use.
type logins struct {
	auth Auth
	now  func() time.Time
	log  *slog.Logger

	mu        sync.Mutex
	addresses recent[string, *rate.Limiter]
	users     recent[string, *rate.Limiter]
	// tokens and answers are for addresses too.
	tokens, answers recent[string, *rate.Limiter]
	right           recent[[sha256.Size]byte, struct{}]
	// told is when it was last said that an address has to wait.
	told recent[string, time.Time]
}

func newLogins(auth Auth, now func() time.Time, log *slog.Logger) *logins {
	return &logins{auth: auth, now: now, log: log}
}

// judge says who gives a user and a password from an address: nobody if they are
// wrong. The error asks to wait.
func (l *logins) judge(from netip.Addr, user, password string) (who access.Who, known bool, err error) {
	who, known = l.auth.who(user, password)
	place := placeOf(from)
	digest := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d\x00%s\x00%s", place, len(user), user, password))
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, before := l.right.get(digest); before && known {
		return who, true, nil
	}
	now := l.now()
	wait := l.wait(now, place, user)
	switch {
	case wait > 0:
		l.tell(now, place, user)
		return access.Who{}, false, tooManyTries(wait)
	case known:
		l.right.put(digest, struct{}{})
		return who, true, nil
	}
	l.count(now, place, user)
	return access.Who{}, false, nil
}

// judgeToken says whose a token is that comes from an address, as look finds out. Nobody
// guesses one; that tries are counted keeps those who try from the database.
func (l *logins) judgeToken(from netip.Addr, value string, look func() (access.Who, error)) (access.Who, error) {
	place := placeOf(from)
	digest := digestOfToken(place, value)
	if err := l.mayLook(place, digest); err != nil {
		return access.Who{}, err
	}
	who, err := look()
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err == nil:
		l.right.put(digest, struct{}{})
	case kernel.CodeOf(err) == kernel.CodeUnauthorized:
		take(&l.tokens, place, l.now(), tokenEvery, tokenBurst)
		l.sayFailed(place, "")
	}
	return who, err
}

func digestOfToken(place, value string) [sha256.Size]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%s\x00token\x00%s", place, value))
}

// mayLook asks whoever has no try left to wait, unless the token was right before.
func (l *logins) mayLook(place string, digest [sha256.Size]byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, before := l.right.get(digest); before {
		return nil
	}
	now := l.now()
	wait := waitOf(&l.tokens, place, now)
	if wait == 0 {
		return nil
	}
	l.tell(now, place, "")
	return tooManyTries(wait)
}

// wait is how long an address or a user has to wait for a try.
func (l *logins) wait(now time.Time, place, user string) time.Duration {
	return max(waitOf(&l.addresses, place, now), waitOf(&l.users, user, now))
}

// waitOf is how long one of those that tries are counted of has to wait for another.
func waitOf(of *recent[string, *rate.Limiter], who string, now time.Time) time.Duration {
	limiter, has := of.get(who)
	if !has {
		return 0
	}
	return untilNext(limiter, now)
}

// take takes a try from one of them.
func take(of *recent[string, *rate.Limiter], who string, now time.Time, every time.Duration, burst int) {
	of.orPut(who, func() *rate.Limiter { return rate.NewLimiter(rate.Every(every), burst) }).AllowN(now, 1)
}

func untilNext(limiter *rate.Limiter, now time.Time) time.Duration {
	missing := 1 - limiter.TokensAt(now)
	if missing <= 0 {
		return 0
	}
	return time.Duration(math.Ceil(missing / float64(limiter.Limit()) * float64(time.Second)))
}

// count takes a try from an address, and from the user if there is one: nobody can
// guess the password of another.
func (l *logins) count(now time.Time, place, user string) {
	take(&l.addresses, place, now, addressEvery, addressBurst)
	if l.auth.knows(user) {
		take(&l.users, user, now, userEvery, userBurst)
	}
	l.sayFailed(place, user)
}

func (l *logins) sayFailed(place, user string) {
	l.log.Warn("a login failed", "address", place, "user", shownUser(user, l.auth.knows(user)))
}

// tell logs that somebody has to wait, once a minute for each address.
func (l *logins) tell(now time.Time, place, user string) {
	if last, has := l.told.get(place); has && now.Sub(last) < time.Minute {
		return
	}
	l.told.put(place, now)
	l.log.Warn("too many logins failed: more are refused for a while", "address", place, "user", shownUser(user, l.auth.knows(user)))
}

// shownUser is a user as the log may have it. What is no user's name is often a
// password in the wrong field.
func shownUser(user string, known bool) string {
	if known {
		return user
	}
	return "unknown"
}

// placeOf is what counts as one address: of IPv6, a whole network is given to one
// customer.
func placeOf(ip netip.Addr) string {
	if ip.Is6() {
		network, _ := ip.Prefix(64) // it has as many bits
		return network.String()
	}
	return ip.String()
}

func tooManyTries(wait time.Duration) error {
	return &requestError{status: http.StatusTooManyRequests, kind: "too-many-attempts", title: "Too many attempts", plain: true, told: true, retryAfter: wait,
		text: fmt.Sprintf("Too many wrong passwords or tokens came from this address or for this user. Wait %d seconds, and then give the right one.", seconds(wait))}
}

// seconds are whole ones, upwards.
func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// recent is a map that forgets what was not used for the longest time when it is full.
// Its zero value is empty.
type recent[K comparable, V any] struct {
	at    map[K]*list.Element
	order list.List // of entry, the latest first
}

type entry[K comparable, V any] struct {
	key   K
	value V
}

func (r *recent[K, V]) get(key K) (value V, has bool) {
	element, has := r.at[key]
	if !has {
		return value, false
	}
	r.order.MoveToFront(element)
	return element.Value.(entry[K, V]).value, true
}

func (r *recent[K, V]) put(key K, value V) {
	if r.at == nil {
		r.at = map[K]*list.Element{}
	}
	if element, has := r.at[key]; has {
		element.Value = entry[K, V]{key, value}
		r.order.MoveToFront(element)
		return
	}
	r.at[key] = r.order.PushFront(entry[K, V]{key, value})
	if len(r.at) > mostRemembered {
		last := r.order.Back()
		delete(r.at, last.Value.(entry[K, V]).key)
		r.order.Remove(last)
	}
}

func (r *recent[K, V]) orPut(key K, fresh func() V) V {
	if value, has := r.get(key); has {
		return value
	}
	value := fresh()
	r.put(key, value)
	return value
}
