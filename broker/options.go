package broker

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/secret"
	"github.com/treatyhq/treaty/broker/internal/web"
	"github.com/treatyhq/treaty/internal/redact"
)

// CollectAt is how much a broker's heap should grow before garbage is
// collected, in percent, as GOGC has it: whoever runs a broker sets it. The heap
// is small, so that Go's own 100 would collect many times a second under load;
// this saves a sixth of the work for some 15 MB.
const CollectAt = 300

// Settings are the switches of the broker's behaviour, with the names and
// meanings of the Pact Broker's (https://docs.pact.io/pact_broker/configuration/settings):
// AllowContractModification, OrderVersionsByDate, Webhooks, Limits and so on.
// [DefaultOptions] has their defaults, from which to change one.
type Settings = kernel.Settings

// Badges say who draws badges: the broker itself with Draw, else the server at
// ShieldsURL (https://img.shields.io when empty), to which requests are redirected.
// MergeCache is the Cache-Control header of the can-i-merge badge (max-age=30 when
// empty). Who may see badges is in [Auth].
type Badges = api.Badges

// Options say how a broker runs. Begin with [DefaultOptions].
type Options struct {
	// Host is the address to listen on; empty means every one.
	Host string
	// Port to listen on; 0 lets the system choose.
	Port int
	// TLS says with which certificate to answer HTTPS; HTTP for the zero value.
	TLS TLS
	// Database is sqlite:PATH, a plain path, sqlite::memory: or postgres://….
	Database string
	// MaxConnections limits connections to PostgreSQL, and readers of SQLite; 0
	// leaves it to the broker.
	MaxConnections int
	// StatementTimeout limits each statement on PostgreSQL and each update on
	// SQLite; 0 leaves it to the broker.
	StatementTimeout time.Duration
	// ConnectionWait is how long a request waits for a connection to PostgreSQL
	// where all are in use; 0 lets the store choose.
	ConnectionWait time.Duration
	// PoolMode says how a pooler such as PgBouncer before PostgreSQL gives out its
	// connections: for a "transaction" or a "session"; "auto" or empty finds out.
	PoolMode string
	// SQLLogLevel is the level at which statements are logged, without their
	// values; "none" or empty logs none.
	SQLLogLevel string
	// SQLLogSlow is how long a statement takes to be logged as a warning; 0 logs
	// none.
	SQLLogSlow time.Duration
	// ConnectRetries is how often to try the database again, 3 s apart, when
	// it does not answer at the start. With 0, a broker on PostgreSQL starts
	// without it, answers 503, and tries until it is there.
	ConnectRetries int

	// BaseURLs are the external base URLs; links begin with the fitting one.
	// None means that links follow the request.
	BaseURLs []string
	// AllowedHosts are names by which the broker may be asked besides those of
	// BaseURLs, once there are any; "*" stands for all. Addresses, localhost and names
	// of one word always may.
	AllowedHosts []string
	// TrustedProxies are addresses and networks of proxies whose forwarded headers
	// count (Forwarded, X-Forwarded-*); those of others are as if they were not there.
	TrustedProxies []string
	// RequestTimeout is how long a request may take; 0 means no limit. Where one
	// statement may take longer than the default, StatementTimeout holds.
	RequestTimeout time.Duration
	// MaxBodySize limits a request body, in bytes; 1 at least. A larger one is
	// answered with 413.
	MaxBodySize int64
	// Diagnostics adds the addresses below /diagnostic: heartbeat, dependencies,
	// metrics for Prometheus.
	Diagnostics bool
	// Dashboard adds the pages for people.
	Dashboard bool

	// Auth says who may read and write; everybody for the zero value.
	Auth Auth
	// Issuers are those whose tokens count by trust rules, with Identity.
	Issuers Issuers
	// Identity has the broker ask everybody who they are, and know accounts by their
	// tokens; see [CreateToken] for the first. What Auth allows stays allowed.
	Identity bool
	// Login says by which service people log in; nobody does for the zero value.
	Login Login
	// Audit keeps a record of who did what also without Identity, with which it is kept
	// always. AuditAge is how long events are kept; 0 keeps all.
	Audit    bool
	AuditAge time.Duration
	// SecretsKey has the keys that secrets of webhooks are encrypted with, each 32
	// bytes in base64, separated by spaces, commas or lines. The first encrypts, and
	// those after it are for what was encrypted before; see [RotateSecrets]. Without
	// any, the broker keeps no secrets.
	SecretsKey Secret
	// Badges say who draws badges.
	Badges Badges

	// Domain holds the switches of the broker's behaviour.
	Domain Settings
	// Delivery says how webhooks are sent.
	Delivery Delivery
	// Clean says when, and what, the broker cleans up.
	Clean Clean

	// Kit serves the page at /ui/kit, which shows every part that pages are built from, for
	// those who work on them.
	Kit bool
	// Shown are the settings that the page about the broker shows, which whoever may
	// read may see; none shows none. Nothing follows from them.
	Shown []ShownSetting

	// Version is told in the X-Pact-Broker-Version header and on pages; may be
	// empty.
	Version string
	// KeepAlive is how long an idle connection is kept open; longer than 0.
	KeepAlive time.Duration
	// ShutdownTimeout bounds how long Stop takes: three quarters of it for
	// running requests, the rest for closing. Longer than 0.
	ShutdownTimeout time.Duration

	// LogLevel is debug, info, warn or error; LogFormat text or json. They
	// are for the Log that New makes if there is none.
	LogLevel  string
	LogFormat string
	// LogTo is where that log goes; nowhere when nil.
	LogTo io.Writer
	// Log is used instead of the four before; nil makes one of them.
	Log *slog.Logger

	// Now and NewID replace clock and random ids, for tests; nil keeps those.
	// They are called by several goroutines.
	Now   func() time.Time
	NewID func() string
}

// ShownSetting is a setting as people are shown it.
type ShownSetting struct {
	// Section is what it is about, and Name what it is set by.
	Section, Name string
	// Value is what is in effect, in words; stars stand for a secret.
	Value string
	// From is what set it, such as "default" or the name of a variable.
	From string
}

// audits reports whether a record is kept of who did what.
func (o Options) audits() bool { return o.Audit || o.Identity }

func (o Options) settings() []web.Setting {
	out := make([]web.Setting, len(o.Shown))
	for i, s := range o.Shown {
		out[i] = web.Setting(s)
	}
	return out
}

// Auth protects the broker by HTTP basic authentication if Username and
// Password are set and Disabled is not.
type Auth struct {
	// Disabled switches the passwords off although they are set.
	Disabled bool
	// Username and Password may read and write; both are empty or neither is.
	Username string
	Password Secret
	// ReadOnlyUsername and ReadOnlyPassword may read, and ask for pacts for
	// verification; both are empty or neither is. They need Username.
	ReadOnlyUsername string
	ReadOnlyPassword Secret
	// PublicRead lets everybody read, without a password.
	PublicRead bool
	// PublicHeartbeat lets everybody ask whether the broker is alive
	// (/diagnostic/status/heartbeat).
	PublicHeartbeat bool
	// PublicBadges lets everybody see badges, on by default.
	PublicBadges bool
}

// Delivery says how webhooks are sent.
type Delivery struct {
	// RetrySchedule holds the pauses between attempts; none means one attempt.
	RetrySchedule []time.Duration
	// SuccessCodes are the HTTP statuses, from 100 to 599, that count as
	// delivered.
	SuccessCodes []int
	// Redact puts stars for sensitive data in the stored logs.
	Redact bool
	// Certificates are texts in PEM format, each with one or more certificates
	// that are trusted besides the system's.
	Certificates []string
	// SkipTLSVerification accepts any certificate, also one of an attacker.
	SkipTLSVerification bool
	// AllowLoopback lets webhooks reach this machine, by loopback or by any address
	// of its own. Naming such an address, or localhost, among the hosts that webhooks
	// may reach lets them reach it there.
	AllowLoopback bool
	// AllowPrivate lets webhooks reach private networks. Naming a host among those
	// that webhooks may reach lets them reach it there, unless by an /expression/.
	AllowPrivate bool
	// Proxy is the URL of a proxy that makes the connections of webhooks, http:// or
	// https:// or socks5://; none when empty, whatever the environment says.
	Proxy string
	// UserAgent of the requests; "Treaty" with the version when empty.
	UserAgent string
}

// DefaultOptions returns the options of a broker that nobody configured: port
// 9292, the file treaty.db in the working folder, the behaviour of the Pact
// Broker.
func DefaultOptions() Options {
	return Options{
		Port:           9292,
		Database:       "sqlite:treaty.db",
		TrustedProxies: []string{"127.0.0.0/8", "::1"},
		RequestTimeout: defaultRequestTimeout,
		MaxBodySize:    api.DefaultMaxBodyBytes,
		Diagnostics:    true,
		Dashboard:      true,
		Auth:           Auth{PublicBadges: true},
		Login:          defaultLogin(),
		Domain:         kernel.DefaultSettings(),
		Delivery: Delivery{
			RetrySchedule: []time.Duration{
				10 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 20 * time.Minute,
			},
			SuccessCodes: []int{200, 201, 202, 203, 204, 205, 206},
			Redact:       true,
		},
		Clean:           defaultClean(),
		KeepAlive:       2 * time.Minute,
		ShutdownTimeout: 10 * time.Second,
		PoolMode:        "auto",
		SQLLogLevel:     "none",
		SQLLogSlow:      5 * time.Second,
		LogLevel:        "info",
		LogFormat:       "text",
	}
}

// defaultRequestTimeout is what clients and proxies wait, as a rule, less a bit.
const defaultRequestTimeout = 25 * time.Second

// requestTimeout is how long a request may take: who gives one statement more time
// than requests have by default means that it may be used.
func (o Options) requestTimeout() time.Duration {
	if o.RequestTimeout == defaultRequestTimeout {
		return max(o.RequestTimeout, o.StatementTimeout)
	}
	return o.RequestTimeout
}

// Validate returns one error with a line for each field that cannot be right, nil
// if there is none. [New] calls it.
func (o Options) Validate() error {
	var found []error
	wrong := func(field, format string, args ...any) {
		found = append(found, fmt.Errorf("%s %s", field, fmt.Sprintf(format, args...)))
	}
	if o.Port < 0 || o.Port > 65535 {
		wrong("Port", "must be between 0 and 65535, not %d", o.Port)
	}
	if strings.TrimSpace(o.Database) == "" {
		wrong("Database", "must be sqlite:PATH or postgres://…, not empty")
	}
	if o.MaxConnections < 0 {
		wrong("MaxConnections", "cannot be negative")
	}
	if o.ConnectionWait < 0 {
		wrong("ConnectionWait", "cannot be negative")
	}
	if o.RequestTimeout < 0 {
		wrong("RequestTimeout", "cannot be negative")
	}
	if !slices.Contains([]string{"", "auto", "session", "transaction"}, o.PoolMode) {
		wrong("PoolMode", "must be auto, session or transaction, not %q", o.PoolMode)
	}
	if o.MaxBodySize < 1 {
		wrong("MaxBodySize", "must be 1 byte at least")
	}
	for _, base := range o.BaseURLs {
		if !isWebURL(base) {
			wrong("BaseURLs", "must start with http:// or https:// and name a host, unlike %q", base)
		}
	}
	if err := o.TLS.wrong(); err != nil {
		found = append(found, err)
	}
	for _, proxy := range o.TrustedProxies {
		if _, err := networkOf(proxy); err != nil {
			wrong("TrustedProxies", "can hold addresses and networks, such as 10.0.0.5 or 10.0.0.0/8, not %q", proxy)
		}
	}
	if (o.Auth.Username == "") != (o.Auth.Password == "") {
		wrong("Auth", "needs both Username and Password, or neither")
	}
	if (o.Auth.ReadOnlyUsername == "") != (o.Auth.ReadOnlyPassword == "") {
		wrong("Auth", "needs both ReadOnlyUsername and ReadOnlyPassword, or neither")
	}
	if o.Auth.ReadOnlyUsername != "" && o.Auth.Username == "" {
		wrong("Auth", "has a user who may only read, but none who may write: set Username and Password too")
	}
	found = append(found, o.Login.wrong(o)...)
	if o.AuditAge < 0 {
		wrong("AuditAge", "cannot be negative")
	}
	if _, err := secret.ParseKeys(o.SecretsKey.Reveal()); err != nil {
		wrong("SecretsKey", "cannot be used: %v", err)
	}
	if _, err := logLevel(o.LogLevel); err != nil {
		wrong("LogLevel", "%v", err)
	}
	if _, _, err := sqlLogLevel(o.SQLLogLevel); err != nil {
		wrong("SQLLogLevel", "%v", err)
	}
	if o.LogFormat != "text" && o.LogFormat != "json" {
		wrong("LogFormat", "must be text or json, not %q", o.LogFormat)
	}
	if w := o.Domain.WIPWindow; w.Least > w.Looks {
		wrong("Domain.WIPWindow", "Least cannot be longer than Looks")
	}
	found = append(found, o.Clean.wrong()...)
	if o.ConnectRetries < 0 {
		wrong("ConnectRetries", "cannot be negative")
	}
	if o.Badges.ShieldsURL != "" && !isWebURL(o.Badges.ShieldsURL) {
		wrong("Badges.ShieldsURL", "must start with http:// or https:// and name a host, unlike %q", o.Badges.ShieldsURL)
	}
	if o.KeepAlive <= 0 {
		wrong("KeepAlive", "must be longer than nothing")
	}
	found = append(found, o.webhookErrors()...)
	if o.ShutdownTimeout <= 0 {
		wrong("ShutdownTimeout", "must be longer than nothing")
	}
	return errors.Join(found...)
}

func isWebURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// webhookErrors names what no webhook could be sent with, or what would let
// none pass although somebody meant it to.
func (o Options) webhookErrors() []error {
	var found []error
	for _, scheme := range o.Domain.Webhooks.Schemes {
		if scheme != "http" && scheme != "https" {
			found = append(found, fmt.Errorf("Domain.Webhooks.Schemes can hold http and https, not %q", scheme))
		}
	}
	for _, method := range o.Domain.Webhooks.Methods {
		if !slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, method) {
			found = append(found, fmt.Errorf("Domain.Webhooks.Methods can hold methods of HTTP such as POST, not %q", method))
		}
	}
	for _, host := range o.Domain.Webhooks.Hosts {
		if err := kernel.CheckHostPattern(host); err != nil {
			found = append(found, fmt.Errorf("Domain.Webhooks.Hosts: %w", err))
		}
	}
	for _, code := range o.Delivery.SuccessCodes {
		if code < 100 || code > 599 {
			found = append(found, fmt.Errorf("Delivery.SuccessCodes can hold statuses from 100 to 599, not %d", code))
		}
	}
	if err := checkProxy("Issuers", o.Issuers.Proxy); err != nil {
		found = append(found, err)
	}
	if err := checkProxy("Delivery", o.Delivery.Proxy); err != nil {
		found = append(found, err)
	}
	if strings.ContainsFunc(o.Delivery.UserAgent, unicode.IsControl) {
		found = append(found, errors.New("Delivery.UserAgent must be one line of text"))
	}
	return found
}

// checkProxy says what a proxy looks like; its text may hold a password.
func checkProxy(of, text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "socks5"}, u.Scheme) {
		return fmt.Errorf("%s.Proxy must look like http://proxy.example.org:3128, with http, https or socks5, unlike %q", of, redact.URL(text))
	}
	return nil
}

// protected reports whether reading or writing needs a password.
func (a Auth) protected() bool { return !a.Disabled && a.Username != "" }

func (a Auth) api() api.Auth {
	// What is public is so for a broker that asks for tokens alone, too.
	out := api.Auth{PublicRead: a.PublicRead, PublicHeartbeat: a.PublicHeartbeat, PublicBadges: a.PublicBadges}
	if a.protected() {
		out.User, out.Password = a.Username, a.Password.Reveal()
		out.ReadOnlyUser, out.ReadOnlyPassword = a.ReadOnlyUsername, a.ReadOnlyPassword.Reveal()
	}
	return out
}
