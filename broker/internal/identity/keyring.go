package identity

import (
	"context"
	"crypto/subtle"
	"log/slog"
	"sync"
	"time"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/issuer"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/errlog"
)

// A token is looked up once and then known, so that it costs a request no way to the
// database. What is known counts while the database has said within staleAfter that
// nobody changed who may do what: so what is taken away is refused on every replica
// within two seconds, whatever happens between broker and database.
const (
	askEvery   = time.Second
	staleAfter = 1800 * time.Millisecond
	// quietAfter is after how long without a token nobody asks any more.
	quietAfter = time.Minute
	// noteEvery is how often it is written down when tokens were used.
	noteEvery = time.Minute
	// mostKnown bounds the memory: beyond, all is forgotten, and looked up again.
	mostKnown = 10_000
)

// Keyring knows who shows which token, and whose browser which session. Make one with [Service.Keyring] and close it.
type Keyring struct {
	service *Service
	now     func() time.Time
	log     *slog.Logger
	stop    context.CancelFunc
	done    chan struct{}
	wake    chan struct{}

	mu sync.Mutex
	// known are tokens and sessions by their hash, as they were when the database had the number
	// change, which it had still at seen.
	known  map[string]key
	change int64
	seen   time.Time
	// used are tokens by id with the last time that they were used and that is not
	// written down yet.
	used map[int64]time.Time
	// followed are trust rules, and present sessions, in the same way.
	followed, present map[int64]time.Time
	last              time.Time
	swept             time.Time

	issuers *issuer.Issuers
}

// key is a token or a session, and whom it is of: a token of the broker with an id, or one
// that a trust rule takes.
type key struct {
	id, rule int64
	who      access.Who
	expires  time.Time
	// byLogin says that a login at a terminal gave it.
	byLogin bool
}

// Keyring returns a keyring that asks the database in the background, while tokens are
// used, whether anything changed. The tokens of issuers count by trust rules; nil takes
// none.
func (s *Service) Keyring(now func() time.Time, issuers *issuer.Issuers, log *slog.Logger) *Keyring {
	ctx, stop := context.WithCancel(context.Background())
	k := &Keyring{
		service: s, now: now, log: log, stop: stop, done: make(chan struct{}), wake: make(chan struct{}, 1),
		known: map[string]key{}, used: map[int64]time.Time{}, followed: map[int64]time.Time{}, present: map[int64]time.Time{}, issuers: issuers,
	}
	go k.watch(ctx)
	return k
}

// closeTime is how long it may take to write down when tokens were used.
const closeTime = time.Second

// Close ends the keyring. What it knows of the use of tokens is written down if that is
// possible.
func (k *Keyring) Close() {
	k.stop()
	<-k.done
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	if err := k.note(ctx); err != nil {
		k.log.Debug("it could not be written down when tokens were used", errlog.Attr(err))
	}
}

// errUnknownToken does not say whether there ever was such a token.
var errUnknownToken = kernel.Errorf(kernel.CodeUnauthorized, "The broker does not know this token: it was deleted, has a new value, or was never one.")

// Who returns whom a value belongs to. A value that is no token's, or that counts no
// more, is an error with [kernel.CodeUnauthorized].
func (k *Keyring) Who(ctx context.Context, value string) (access.Who, error) {
	foreign := k.issuers != nil && issuer.IsToken(value)
	if !foreign && !IsValue(value) {
		return access.Who{}, kernel.Errorf(kernel.CodeUnauthorized, "This is not written as a token is: it begins with %s and has %d characters.", valueStart, valueLength)
	}
	hash := hashOf(value)
	found, ok := k.recall(hash)
	if !ok {
		var err error
		if foreign {
			found, err = k.follow(ctx, value, hash)
		} else {
			find := func(tx kernel.Tx) (kernel.Credential, error) { return tx.FindCredential(prefixOf(value)) }
			found, err = k.look(ctx, find, hash, keyOfToken)
		}
		if err != nil {
			return access.Who{}, err
		}
	}
	now := k.now()
	if !found.expires.IsZero() && !now.Before(found.expires) {
		return access.Who{}, found.expired()
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if found.id != 0 {
		k.used[found.id] = now
	}
	if found.rule != 0 {
		k.followed[found.rule] = now
	}
	return found.who, nil
}

func (k key) expired() error {
	switch {
	case k.byLogin:
		return kernel.Errorf(kernel.CodeUnauthorized, "The login of %s at this terminal ended at %s. Log in again: treaty login.", k.who.Name, k.expires.Format(time.RFC3339))
	case k.who.Token == "":
		return kernel.Errorf(kernel.CodeUnauthorized, "The token of %s expired at %s.", k.who.Subject, k.expires.Format(time.RFC3339))
	}
	return kernel.Errorf(kernel.CodeUnauthorized, "The token %q of %s expired at %s.", k.who.Token, k.who.Name, k.expires.Format(time.RFC3339))
}

// recall returns what is known of a token, if that counts.
func (k *Keyring) recall(hash string) (key, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.last = time.Now()
	select {
	case k.wake <- struct{}{}:
	default: // it is awake
	}
	if time.Since(k.seen) > staleAfter {
		return key{}, false
	}
	found, ok := k.known[hash]
	return found, ok
}

// look asks the database, in one snapshot, for what somebody shows who they are by, and
// for the number of the change that it was read at. What fits is kept under its hash.
func (k *Keyring) look(ctx context.Context, find func(kernel.Tx) (kernel.Credential, error), hash string, keyOf func(kernel.Credential, string) (key, error)) (key, error) {
	var (
		found  kernel.Credential
		change int64
	)
	asked := time.Now()
	err := k.service.Store.View(ctx, func(tx kernel.Tx) (err error) {
		if change, err = tx.IdentityChange(); err != nil {
			return err
		}
		found, err = find(tx)
		if kernel.IsNotFound(err) {
			found = kernel.Credential{}
			return nil
		}
		return err
	})
	if err != nil {
		return key{}, err
	}
	out, err := keyOf(found, hash)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.saw(change, asked)
	if err != nil {
		return key{}, err
	}
	k.keep(hash, out, change)
	return out, nil
}

// keyOfToken is what is known of a token. One that is not there has no hash.
func keyOfToken(found kernel.Credential, hash string) (key, error) {
	fits := subtle.ConstantTimeCompare([]byte(found.Token.Hash), []byte(hash)) == 1
	if !fits || !found.Principal.Active || found.Token.RuleID != 0 && !found.Rule.Active {
		return key{}, errUnknownToken
	}
	out := key{id: found.Token.ID, expires: found.Token.ExpiresAt, byLogin: found.Token.ByLogin, who: holderOf(found, found.Token)}
	if found.Token.RuleID != 0 {
		out.who = workloadOf(found, found.Token.Name)
	}
	out.who.Token, out.who.TokenPrefix, out.who.Until = found.Token.Name, found.Token.Prefix, out.expires
	return out, nil
}

// holderOf is who shows what a credential was found by, and what that leaves of what they
// may do.
func holderOf(c kernel.Credential, shown kernel.Token) access.Who {
	all := access.Predefined()
	for _, r := range c.Roles {
		all = append(all, roleOf(r))
	}
	owner := Account{Principal: c.Principal, Roles: ofUUIDs(all, c.Principal.Roles)}
	return access.Who{
		UUID: owner.UUID, Name: owner.Name, Email: owner.Email, Kind: string(owner.Kind), Permissions: grants(owner.Permissions(), shown), Teams: teamsOf(c, shown), Guarded: c.Guarded,
	}
}

// keep remembers whose a token is, as it was when the database had a number. k.mu is held.
func (k *Keyring) keep(hash string, found key, change int64) {
	if k.change != change {
		return
	}
	if len(k.known) >= mostKnown {
		clear(k.known)
	}
	k.known[hash] = found
}

// saw notes the number that the database had when it was asked at a moment, and forgets
// what it had with another. An answer to who asked earlier says nothing new. k.mu is held.
func (k *Keyring) saw(change int64, at time.Time) {
	if !at.After(k.seen) {
		return
	}
	if change != k.change {
		clear(k.known)
	}
	k.change, k.seen = change, at
}

// watch asks whether anything changed, as long as tokens are used.
func (k *Keyring) watch(ctx context.Context) {
	defer close(k.done)
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	noted := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if k.isQuiet() {
			select {
			case <-ctx.Done():
				return
			case <-k.wake:
			}
		}
		k.ask(ctx)
		if time.Since(noted) >= noteEvery {
			noted = time.Now()
			if err := k.note(ctx); err != nil && ctx.Err() == nil {
				k.log.Warn("it could not be written down when tokens were used", errlog.Attr(err))
			}
			if err := k.sweep(ctx); err != nil && ctx.Err() == nil {
				k.log.Warn("sessions that have expired could not be deleted", errlog.Attr(err))
			}
		}
	}
}

func (k *Keyring) isQuiet() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return time.Since(k.last) > quietAfter && len(k.used)+len(k.followed)+len(k.present) == 0
}

// ask asks the database for the number of the last change. While it does not answer,
// what is known grows stale, and requests ask themselves.
func (k *Keyring) ask(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, staleAfter)
	defer cancel()
	asked := time.Now()
	change, err := view(ctx, k.service, kernel.Tx.IdentityChange)
	if err != nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.saw(change, asked)
}

// note writes down when tokens and sessions were used.
func (k *Keyring) note(ctx context.Context) error {
	k.mu.Lock()
	used, followed, present := k.used, k.followed, k.present
	k.used, k.followed, k.present = map[int64]time.Time{}, map[int64]time.Time{}, map[int64]time.Time{}
	k.mu.Unlock()
	if len(used)+len(followed)+len(present) == 0 {
		return nil
	}
	return k.service.Store.Update(ctx, func(tx kernel.Tx) error {
		if err := tx.NoteUse(used); err != nil {
			return err
		}
		if err := tx.NoteTrust(followed); err != nil {
			return err
		}
		return tx.NoteSeen(present)
	})
}
