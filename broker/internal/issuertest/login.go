package issuertest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Client is a program that people log in to by the issuer.
type Client struct{ ID, Secret, Redirect string }

// login is what a code stands for, once.
type login struct {
	challenge, nonce string
	person           map[string]any
}

// Serve lets people log in to a client.
func (i *Issuer) Serve(client Client) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.client = client
}

// LogIn says who logs in next, by claims such as sub, email and groups; nil refuses
// everybody.
func (i *Issuer) LogIn(person map[string]any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.person = person
}

// Issue says how ID tokens are made of claims; nil makes them as they should be.
func (i *Issuer) Issue(token func(claims map[string]any) string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.issue = token
}

// Know names the scopes that the issuer says it knows, and takes; nil says nothing about
// them, and takes all but groups.
func (i *Issuer) Know(scopes ...string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.scopes = scopes
}

// knows reports whether each of the scopes of a request is one that is taken.
func (i *Issuer) knows(asked []string) bool {
	return !slices.ContainsFunc(asked, func(scope string) bool {
		return i.scopes == nil && scope == "groups" || i.scopes != nil && !slices.Contains(i.scopes, scope)
	})
}

// Tell says what the issuer tells of the person who logs in where it is asked; nil takes
// the address for that away.
func (i *Issuer) Tell(more map[string]any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.more = more
}

// Forget lets the issuer take codes as often as they come, as it should not.
func (i *Issuer) Forget() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.forgetful = true
}

// tell answers what the issuer tells of a person.
func (i *Issuer) tell(w http.ResponseWriter, _ *http.Request) {
	i.mu.Lock()
	more := i.more
	i.mu.Unlock()
	i.write(w, http.StatusOK, more)
}

// authorize sends the browser back with a code, or with the refusal of a person.
func (i *Issuer) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	i.mu.Lock()
	defer i.mu.Unlock()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || q.Get("client_id") != i.client.ID || q.Get("redirect_uri") != i.client.Redirect || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" {
		http.Error(w, "not a login that was agreed on", http.StatusBadRequest)
		return
	}
	answer := url.Values{"state": {q.Get("state")}, "iss": {i.URL}}
	switch {
	case !i.knows(strings.Fields(q.Get("scope"))):
		answer.Set("error", "invalid_scope")
	case i.person == nil:
		answer.Set("error", "access_denied")
	default:
		code := rand.Text()
		i.codes[code] = login{challenge: q.Get("code_challenge"), nonce: q.Get("nonce"), person: maps.Clone(i.person)}
		answer.Set("code", code)
	}
	back.RawQuery = answer.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// exchange gives tokens for a code that was not used, to who asked for it.
func (i *Issuer) exchange(w http.ResponseWriter, r *http.Request) {
	id, secret, basic := r.BasicAuth()
	if basic { // they are encoded as in a form (RFC 6749, section 2.3.1)
		id, _ = url.QueryUnescape(id)
		secret, _ = url.QueryUnescape(secret)
	} else {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	digest := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	i.mu.Lock()
	found, known := i.codes[r.PostFormValue("code")]
	if !i.forgetful {
		delete(i.codes, r.PostFormValue("code"))
	}
	client, issue := i.client, i.issue
	i.mu.Unlock()
	switch {
	case id != client.ID || secret != client.Secret:
		i.write(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client"})
	case !known, found.challenge != base64.RawURLEncoding.EncodeToString(digest[:]), r.PostFormValue("redirect_uri") != client.Redirect:
		i.write(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
	default:
		claims := maps.Clone(found.person)
		if _, given := claims["aud"]; !given {
			claims["aud"] = client.ID
		}
		if _, given := claims["nonce"]; !given {
			claims["nonce"] = found.nonce
		}
		answer := map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 300}
		if issue == nil {
			answer["id_token"] = i.Token(time.Now(), claims)
		} else {
			answer["id_token"] = issue(i.Claims(time.Now(), claims))
		}
		i.write(w, http.StatusOK, answer)
	}
}
