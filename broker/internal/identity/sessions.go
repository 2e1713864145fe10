package identity

import (
	"context"
	"crypto/subtle"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// A session is what a browser shows, in a cookie, who its person is by: a random value
// whose SHA-256 is stored, as a token's. It is looked up and known as a token is, in the
// same keyring, so that it costs a request no way to the database and ends, on every
// replica, within two seconds of its logout or its person's deactivation.

// sessionKey sets sessions apart from tokens among what is known: the value of one must
// not count as the other.
const sessionKey = "session "

// IsSessionValue reports whether a text is written as what a browser has of a session.
// Whether there is such a session, it does not say.
func IsSessionValue(text string) bool {
	return len(text) == secretLength && strings.Trim(text, digits) == ""
}

// The errors of sessions say what became of them; both ask to log in again.
var (
	errNoSession      = kernel.Errorf(kernel.CodeUnauthorized, "The broker does not know your session: it has ended, or was never one. Log in again.")
	errExpiredSession = kernel.Errorf(kernel.CodeUnauthorized, "Your session has ended, as each does after a while. Log in again.")
)

// Session returns whose session a browser has, by the value in its cookie. One that
// counts no more is an error with [kernel.CodeUnauthorized].
func (k *Keyring) Session(ctx context.Context, value string) (access.Who, error) {
	if !IsSessionValue(value) {
		return access.Who{}, errNoSession
	}
	hash := hashOf(value)
	found, ok := k.recall(sessionKey + hash)
	if !ok {
		find := func(tx kernel.Tx) (kernel.Credential, error) { return tx.FindSession(hash) }
		var err error
		if found, err = k.look(ctx, find, sessionKey+hash, keyOfSession); err != nil {
			return access.Who{}, err
		}
	}
	now := k.now()
	if !now.Before(found.expires) {
		return access.Who{}, errExpiredSession
	}
	k.mu.Lock()
	k.present[found.id] = now
	k.mu.Unlock()
	return found.who, nil
}

// keyOfSession is what is known of a session. One that is not there has no hash.
func keyOfSession(found kernel.Credential, hash string) (key, error) {
	if subtle.ConstantTimeCompare([]byte(sessionKey+found.Session.Hash), []byte(hash)) != 1 || !found.Principal.Active {
		return key{}, errNoSession
	}
	return key{id: found.Session.ID, expires: found.Session.ExpiresAt, who: holderOf(found, kernel.Token{Writes: true})}, nil
}

const (
	// sweepEvery is how often a broker deletes sessions that have expired.
	sweepEvery = 10 * time.Minute
	// sweepAtOnce bounds one transaction of that.
	sweepAtOnce = 1000
)

// sweep deletes sessions that have expired, and answers of logins that would count no
// more, if it is time for that. Each replica does so while it is used; two that do it at
// once delete nothing twice.
func (k *Keyring) sweep(ctx context.Context) error {
	if time.Since(k.swept) < sweepEvery {
		return nil
	}
	k.swept = time.Now()
	return k.service.DeleteExpired(ctx)
}

// DeleteExpired deletes sessions that have expired, and answers of logins that would
// count no more, in steps. Nothing depends on it: neither counts any more.
func (s *Service) DeleteExpired(ctx context.Context) error {
	now := s.Moment()
	left, err := view(ctx, s, func(tx kernel.Tx) (bool, error) { return tx.AnyExpired(now) })
	for left && err == nil {
		err = s.Store.Update(ctx, func(tx kernel.Tx) error {
			n, err := tx.DeleteExpired(now, sweepAtOnce)
			left = n >= sweepAtOnce
			return err
		})
	}
	return err
}

// LogOut ends the session with a value; it is refused from then on, on every replica
// within two seconds. One that there is not is no error.
func (s *Service) LogOut(ctx context.Context, value string) error {
	return s.Store.Update(ctx, func(tx kernel.Tx) error {
		_, err := tx.EndSession(hashOf(value))
		return err
	})
}
