package login

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// lasts is how long somebody may take to log in at the service.
const lasts = 10 * time.Minute

// Attempt is a login that somebody has begun, as their browser keeps it.
type Attempt struct {
	// State comes back with the answer, Nonce in the token; Verifier shows the service
	// that who has the answer has begun the login (RFC 7636).
	State, Nonce, Verifier string
	// To is where they go afterwards, as [LocalPath] returned it.
	To      string
	BeganAt time.Time
}

func begin(to string, now time.Time) Attempt {
	return Attempt{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), To: LocalPath(to), BeganAt: now.UTC().Truncate(time.Second)}
}

// Until is when the attempt counts no more.
func (a Attempt) Until() time.Time { return a.BeganAt.Add(lasts) }

// Cookie is an attempt as the value of a cookie. It is neither signed nor hidden: it says
// what its own browser has begun, and whoever changes theirs ends no other's login.
func (a Attempt) Cookie() string {
	text, _ := json.Marshal(a) // texts and a time can always be written
	return base64.RawURLEncoding.EncodeToString(text)
}

// ParseCookie reads what [Attempt.Cookie] wrote. ok is false for anything else, and the
// attempt is none then.
func ParseCookie(value string) (a Attempt, ok bool) {
	text, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || json.Unmarshal(text, &a) != nil {
		return Attempt{}, false
	}
	if a.State == "" || a.Nonce == "" || a.Verifier == "" || a.To != LocalPath(a.To) {
		return Attempt{}, false
	}
	return a, true
}

// longestPath bounds where somebody goes after a login: the address is kept in a cookie.
const longestPath = 2000

// LocalPath is a path of this broker, with its query, that somebody may be sent to after
// a login; "/" for whatever could lead elsewhere, or to the login again.
func LocalPath(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil, len(text) > longestPath, u.IsAbs(), u.Host != "", u.User != nil, u.Opaque != "",
		!strings.HasPrefix(text, "/"), strings.HasPrefix(text, "//"), strings.ContainsAny(text, "\\\r\n\t"),
		u.Path == "/login", strings.HasPrefix(u.Path, "/login/"), u.Path == "/logout":
		return "/"
	}
	return text
}

// refused is an answer that lets nobody in, for whoever tried to.
func refused(format string, args ...any) error {
	return kernel.Errorf(kernel.CodeForbidden, format, args...)
}
