package broker

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/login"
)

// Login says by which OpenID Connect provider people log in; nobody does for one without
// Issuer. It needs [Options].Identity, Dashboard, and BaseURLs, since the provider sends
// browsers back to /login/callback below one of them.
type Login struct {
	// Issuer is the address of the provider, as it calls itself.
	Issuer string
	// ClientID and ClientSecret are what it knows the broker by; the secret may be empty
	// for a public client.
	ClientID     string
	ClientSecret Secret
	// Scopes are what the broker asks for; none asks for openid, and of email, profile and
	// groups for those that the provider says it knows.
	Scopes []string
	// GroupsClaim is the claim of the ID token with a person's groups; dots lead into
	// others, as in realm_access.roles.
	GroupsClaim string
	// AllowedDomains are those that verified e-mail addresses have to be of; none lets in
	// all whom the provider lets in.
	AllowedDomains []string
	// AdminGroups are groups whose members administer the broker.
	AdminGroups []string
	// TeamGroups are teams by group, by their names. Teams are not made by it.
	TeamGroups map[string][]string
	// DefaultRole is the name or UUID of the role that new people get; empty for none.
	DefaultRole string
	// SessionLength is how long somebody stays logged in.
	SessionLength time.Duration
}

// defaultLogin is what holds once an issuer is named.
func defaultLogin() Login {
	return Login{GroupsClaim: "groups", DefaultRole: "Team member", SessionLength: 12 * time.Hour}
}

// on reports whether people log in.
func (l Login) on() bool { return l.Issuer != "" }

// longestSession bounds how long who has found a cookie can use it.
const longestSession = 30 * 24 * time.Hour

// wrong names what is missing, or cannot be right.
func (l Login) wrong(o Options) []error {
	var found []error
	wrong := func(format string, args ...any) { found = append(found, fmt.Errorf("Login "+format, args...)) }
	if !l.on() {
		if l.ClientID != "" || l.ClientSecret != "" || len(l.AllowedDomains)+len(l.AdminGroups)+len(l.TeamGroups) > 0 {
			wrong("needs the address of the login service: Issuer (--oidc-issuer)")
		}
		return found
	}
	if !isSafeURL(l.Issuer) {
		wrong("needs an Issuer (--oidc-issuer) that starts with https:// and names a host, or with http:// at a loopback address, unlike %q", l.Issuer)
	}
	if l.ClientID == "" {
		wrong("needs what the login service knows the broker by: ClientID (--oidc-client-id)")
	}
	if !o.Identity {
		wrong("is for brokers that ask who somebody is: set Identity (--identity) too")
	}
	if !o.Dashboard {
		wrong("is by pages: it cannot be without Dashboard (--dashboard)")
	}
	if len(o.BaseURLs) == 0 {
		wrong("needs the address to which the login service sends browsers back: BaseURLs (--base-url)")
	}
	for _, base := range o.BaseURLs {
		if isWebURL(base) && !isSafeURL(base) {
			wrong("needs base URLs with https://, or http:// at a loopback address, unlike %q: browsers send the cookie of a session over HTTPS alone", base)
		}
	}
	for _, domain := range l.AllowedDomains {
		if strings.ContainsAny(domain, "@ */") || domain == "" {
			wrong("can have AllowedDomains (--oidc-allowed-domains) such as example.org, not %q", domain)
		}
	}
	if strings.EqualFold(l.DefaultRole, "Administrator") || l.DefaultRole == access.AdministratorUUID {
		wrong("would make everybody an administrator: give DefaultRole (--oidc-default-role) another role, and name the group of administrators in AdminGroups (--oidc-admin-groups)")
	}
	if l.SessionLength < time.Minute || l.SessionLength > longestSession {
		wrong("needs a SessionLength (--oidc-session-length) of one minute to 30 days")
	}
	return found
}

// isSafeURL reports whether nobody reads on the way to an address: it is HTTPS, or leads
// to this machine.
func isSafeURL(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	loopback := u.Hostname() == "localhost" || strings.HasSuffix(u.Hostname(), ".localhost") || err == nil && ip.IsLoopback()
	return u.Scheme == "https" || u.Scheme == "http" && loopback
}

// loginService has people log in; nil where nobody does.
func (b *Broker) loginService() *login.Service {
	l := b.options.Login
	if !l.on() {
		return nil
	}
	var domains []string
	for _, domain := range l.AllowedDomains {
		domains = append(domains, strings.ToLower(domain))
	}
	return login.New(login.Config{
		Issuer: l.Issuer, ClientID: l.ClientID, ClientSecret: l.ClientSecret.Reveal(), Scopes: slices.Clone(l.Scopes), GroupsClaim: l.GroupsClaim,
		Rules: identity.LoginRules{
			Domains: domains, AdminGroups: l.AdminGroups, TeamGroups: l.TeamGroups, DefaultRole: l.DefaultRole, Session: l.SessionLength,
		},
		Client: b.options.Issuers.ofOperator(), Now: b.clock(), Log: b.log,
	})
}
