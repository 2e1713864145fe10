package issuer

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/errlog"
)

const (
	// freshFor is after how long keys are asked for again, so that one that an issuer
	// took back counts no longer.
	freshFor = 10 * time.Minute
	// goodFor is how long keys count whose issuer does not answer.
	goodFor = 24 * time.Hour
	// askEvery bounds how often an issuer is asked, whatever keys are named in tokens.
	askEvery = time.Minute
	// tryEvery is the same for one that did not answer.
	tryEvery = 5 * time.Second
	// fetchTime bounds how long keys are waited for.
	fetchTime = 5 * time.Second
	// shortestRSA is the least number of bits of a key (RFC 7518, section 3.3).
	shortestRSA = 2048
	// mostIssuers bounds how many are known. There are as many as somebody trusts.
	mostIssuers = 1000
)

// Issuers knows the keys of issuers. Make one with [New]. It is safe for concurrent use.
type Issuers struct {
	client *http.Client
	now    func() time.Time
	log    *slog.Logger

	mu  sync.Mutex
	all map[string]*keys
}

// keys are those of an issuer.
type keys struct {
	mu sync.Mutex
	// known were given at gotten; the issuer was asked at asked the last time.
	known         []jose.JSONWebKey
	gotten, asked time.Time
	failed        bool
	// answered is closed when the issuer has answered; nil while it is not asked.
	answered chan struct{}
}

// New returns issuers that are asked by a client.
func New(client *http.Client, now func() time.Time, log *slog.Logger) *Issuers {
	return &Issuers{client: client, now: now, log: log, all: map[string]*keys{}}
}

func (s *Issuers) of(issuer string) *keys {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.all[issuer]
	if found == nil {
		if len(s.all) >= mostIssuers {
			clear(s.all)
		}
		found = &keys{}
		s.all[issuer] = found
	}
	return found
}

// Knows reports whether the keys of an issuer are known, so that nobody has to be asked.
func (s *Issuers) Knows(issuer string) bool {
	s.mu.Lock()
	k := s.all[issuer]
	s.mu.Unlock()
	if k == nil {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.known != nil
}

// verify returns the payload of a token if a key of the issuer has signed it.
func (s *Issuers) verify(ctx context.Context, issuer string, token *jose.JSONWebSignature) ([]byte, error) {
	header := token.Signatures[0].Protected
	key, err := s.key(ctx, issuer, header.KeyID, jose.SignatureAlgorithm(header.Algorithm))
	if err != nil {
		return nil, err
	}
	payload, err := token.Verify(key)
	if err != nil {
		return nil, unauthorized("The signature of the token is not that of the key %s of %s.", shown(header.KeyID), issuer)
	}
	return payload, nil
}

// key returns the key of an issuer with an id. A token without one may be of the only key
// that there is. Whose key is known does not wait for the issuer.
func (s *Issuers) key(ctx context.Context, issuer, id string, algorithm jose.SignatureAlgorithm) (any, error) {
	k := s.of(issuer)
	found, waitFor := s.look(ctx, issuer, k, id, algorithm)
	if found == nil && waitFor != nil {
		select {
		case <-waitFor:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		k.mu.Lock()
		found = k.find(s.now(), id, algorithm)
		k.mu.Unlock()
	}
	if found != nil {
		return found.Key, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known == nil || s.now().Sub(k.gotten) > goodFor {
		return nil, kernel.Errorf(kernel.CodeUnavailable, "The keys of %s, by which its tokens are verified, cannot be had now. The log of the broker says why; try again in some seconds.", issuer)
	}
	return nil, unauthorized("The issuer %s has no key %s for %s. A key that is new is known within a minute.", issuer, shown(id), algorithm)
}

// look returns a key if it is known, has the issuer asked if that is due, and returns
// what is closed when it has answered.
func (s *Issuers) look(ctx context.Context, issuer string, k *keys, id string, algorithm jose.SignatureAlgorithm) (*jose.JSONWebKey, <-chan struct{}) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := s.now()
	found := k.find(now, id, algorithm)
	if k.answered == nil && k.isDue(now, found == nil) {
		k.asked, k.answered = now, make(chan struct{})
		go s.ask(context.WithoutCancel(ctx), issuer, k)
	}
	return found, k.answered
}

// isDue reports whether the issuer is to be asked for its keys.
func (k *keys) isDue(now time.Time, missing bool) bool {
	switch since := now.Sub(k.asked); {
	case k.failed:
		return since >= tryEvery
	case k.known == nil, now.Sub(k.gotten) >= freshFor:
		return true
	default:
		return missing && since >= askEvery
	}
}

// find returns the key with an id that can have signed by an algorithm, if it counts
// still.
func (k *keys) find(now time.Time, id string, algorithm jose.SignatureAlgorithm) *jose.JSONWebKey {
	if now.Sub(k.gotten) > goodFor {
		return nil
	}
	var fitting []*jose.JSONWebKey
	for i := range k.known {
		if one := &k.known[i]; (id == "" || one.KeyID == id) && signs(one, algorithm) {
			fitting = append(fitting, one)
		}
	}
	if len(fitting) != 1 {
		return nil
	}
	return fitting[0]
}

// signs reports whether a key is one to verify signatures of an algorithm by.
func signs(key *jose.JSONWebKey, algorithm jose.SignatureAlgorithm) bool {
	if key.Use != "" && key.Use != "sig" || key.Algorithm != "" && key.Algorithm != string(algorithm) {
		return false
	}
	switch public := key.Key.(type) {
	case *rsa.PublicKey:
		return algorithm == jose.RS256 && public.N.BitLen() >= shortestRSA
	case *ecdsa.PublicKey:
		return algorithm == jose.ES256 && public.Curve == elliptic.P256()
	}
	return false
}

// ask asks an issuer for its keys. While it does not answer, those that are known count
// on.
func (s *Issuers) ask(ctx context.Context, issuer string, k *keys) {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	found, err := s.Keys(ctx, issuer)
	if err != nil {
		s.log.WarnContext(ctx, "the keys of an issuer of tokens cannot be had", slog.String("issuer", issuer), errlog.Attr(err))
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failed = err != nil; !k.failed {
		k.known, k.gotten = found, k.asked
	}
	close(k.answered)
	k.answered = nil
}

// Keys asks an issuer for the keys that it signs by.
func (s *Issuers) Keys(ctx context.Context, issuer string) ([]jose.JSONWebKey, error) {
	about, err := s.Discover(ctx, issuer)
	if err != nil {
		return nil, err
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := s.get(ctx, about.Keys, &set); err != nil {
		return nil, err
	}
	var out []jose.JSONWebKey
	for _, text := range set.Keys {
		var key jose.JSONWebKey
		// A key that cannot be read is one of a kind that nothing is signed by here.
		if err := json.Unmarshal(text, &key); err == nil && slices.ContainsFunc(algorithms, func(a jose.SignatureAlgorithm) bool { return signs(&key, a) }) {
			out = append(out, key)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("the issuer " + issuer + " has no key for RS256 (of 2048 bits or more) or ES256")
	}
	return out, nil
}
