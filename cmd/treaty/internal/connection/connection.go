// Package connection is how a command reaches its broker, and what it says where
// it cannot.
package connection

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/credentials"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

// Flags is how a command reaches its broker: the same flags and
// variables for all of them, those of the Pact clients.
type Flags struct {
	baseURL     string
	username    string
	password    string
	token       string
	headers     []string
	certificate string
	skipTLS     bool
	retries     int
	verbose     bool
}

// Bind adds the flags.
func (o *Flags) Bind(f *pflag.FlagSet) {
	f.StringVarP(&o.baseURL, "broker-base-url", "b", "", "address of the broker (PACT_BROKER_BASE_URL)")
	f.StringVarP(&o.username, "broker-username", "u", "", "user for basic authentication (PACT_BROKER_USERNAME)")
	f.StringVarP(&o.password, "broker-password", "p", "", "password for basic authentication (PACT_BROKER_PASSWORD)")
	f.StringVarP(&o.token, "broker-token", "k", "", "bearer token (PACT_BROKER_TOKEN)")
	f.StringArrayVar(&o.headers, "custom-header", nil, "further header of every request, as 'Name: value'; repeatable")
	f.StringVarP(&o.certificate, "ssl-certificate", "c", "", "file with the certificates to trust (SSL_CERT_FILE)")
	f.BoolVar(&o.skipTLS, "skip-ssl-verification", false, "accept any certificate (PACT_BROKER_DISABLE_SSL_VERIFICATION, SSL_SKIP_VERIFICATION)")
	f.IntVar(&o.retries, "retries", 0, "how often a request is tried in all when the broker is down or overloaded (PACT_BROKER_HTTP_RETRIES; 5)")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "say on standard error what is going on (VERBOSE)")
}

// Client returns a client of the broker that flags and variables name, with the
// credentials that they give, or else with the token that treaty login got from it.
func (o *Flags) Client(e command.Env) (*client.Client, error) {
	config, err := o.config(e)
	if err != nil {
		return nil, err
	}
	if config.Username == "" && config.Password == "" && config.Token == "" && config.Header.Get("Authorization") == "" {
		if config.Token, err = LoginToken(e, config.BaseURL); err != nil {
			return nil, err
		}
	}
	c, err := client.New(config)
	return c, command.Next(err, "give the broker's address as in --broker-base-url http://127.0.0.1:9292")
}

// Stranger is Client without any credentials.
func (o *Flags) Stranger(e command.Env) (*client.Client, error) {
	config, err := o.config(e)
	if err != nil {
		return nil, err
	}
	c, err := client.New(config)
	if err == nil {
		config.BaseURL, config.Username, config.Password, config.Token = c.BaseURL(), "", "", "" // nor those in the address
		c, err = client.New(config)
	}
	return c, command.Next(err, "give the broker's address as in --broker-base-url http://127.0.0.1:9292")
}

// LoginToken is the token that treaty login got from the broker at exactly this address;
// empty if there is none, or if the address has a user of its own.
func LoginToken(e command.Env, address string) (string, error) {
	if u, err := url.Parse(strings.TrimSpace(address)); err == nil && u.User == nil {
		found, _, err := credentials.Find(e, address)
		return found.Token, err
	}
	return "", nil // what is no address is told by who asks there
}

func (o *Flags) config(e command.Env) (client.Config, error) {
	if o.username != "" && o.token != "" {
		return client.Config{}, command.Next(errors.New("both --broker-username and --broker-token are given"), "leave one of them out")
	}
	config := client.Config{
		BaseURL:   e.Or(o.baseURL, "PACT_BROKER_BASE_URL"),
		Username:  e.Or(o.username, "PACT_BROKER_USERNAME"),
		Password:  e.Or(o.password, "PACT_BROKER_PASSWORD"),
		UserAgent: "treaty/" + e.Build().Version,
		OnRetry:   SayRetry(e),
	}
	if o.username == "" {
		config.Token = e.Or(o.token, "PACT_BROKER_TOKEN")
	}
	if config.BaseURL == "" {
		return client.Config{}, command.Next(errors.New("no broker is named"),
			"add --broker-base-url http://127.0.0.1:9292 or set PACT_BROKER_BASE_URL; start one with: treaty serve")
	}
	var err error
	if config.Header, err = ReadHeaders(o.headers); err != nil {
		return client.Config{}, err
	}
	if config.Attempts, err = Attempts(e, o.retries); err != nil {
		return client.Config{}, err
	}
	if config.HTTP, err = o.transport(e); err != nil {
		return client.Config{}, err
	}
	return config, nil
}

// Address is the address of the broker as it was given, without secrets: in what
// is printed to be run again.
func (o *Flags) Address(e command.Env) string {
	c, err := client.New(client.Config{BaseURL: e.Or(o.baseURL, "PACT_BROKER_BASE_URL")})
	if err != nil {
		return ""
	}
	return c.BaseURL()
}

// Attempts is how often a request is tried in all: as the option says, or else the
// variable, in which 0 means once; 0 if neither says it.
func Attempts(e command.Env, given int) (int, error) {
	if given > 0 {
		return given, nil
	}
	text := strings.TrimSpace(e.Getenv("PACT_BROKER_HTTP_RETRIES"))
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, command.Next(fmt.Errorf("the variable PACT_BROKER_HTTP_RETRIES is %q, which is not a number", output.Shorten(text)), "correct it or unset it")
	}
	return max(1, n), nil
}

// transport returns the HTTP client with the certificates to trust and to show.
func (o *Flags) transport(e command.Env) (*http.Client, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	config.InsecureSkipVerify = o.skipTLS || e.IsTrue("PACT_BROKER_DISABLE_SSL_VERIFICATION") ||
		e.IsTrue("PACT_DISABLE_SSL_VERIFICATION") || e.IsTrue("SSL_SKIP_VERIFICATION")
	if file := e.Or(o.certificate, "SSL_CERT_FILE"); file != "" {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		pem, err := os.ReadFile(e.Path(file))
		if err != nil {
			return nil, command.Next(fmt.Errorf("read the certificates to trust: %w", err), "check --ssl-certificate or SSL_CERT_FILE")
		}
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("there is no certificate in %s", file)
		}
		config.RootCAs = pool
	}
	if certificate, key := e.Getenv("X509_CLIENT_CERT_FILE"), e.Getenv("X509_CLIENT_KEY_FILE"); certificate != "" && key != "" {
		own, err := tls.LoadX509KeyPair(e.Path(certificate), e.Path(key))
		if err != nil {
			return nil, command.Next(fmt.Errorf("read the client certificate: %w", err), "check X509_CLIENT_CERT_FILE and X509_CLIENT_KEY_FILE")
		}
		config.Certificates = []tls.Certificate{own}
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = config
	caller := &http.Client{Transport: transport, Timeout: time.Minute}
	if o.verbose || e.IsTrue("VERBOSE") {
		caller.Transport = loudTransport{w: e.Stderr, inner: transport}
	}
	return caller, nil
}

// Trusting returns an HTTP client that trusts the certificates in a file as
// well as those that the variables name.
func Trusting(e command.Env, certificate string) (*http.Client, error) {
	return (&Flags{certificate: certificate}).transport(e)
}

// ReadHeaders reads lines of the form "Name: value".
func ReadHeaders(lines []string) (http.Header, error) {
	headers := http.Header{}
	for _, line := range lines {
		name, value, found := strings.Cut(line, ":")
		if !found || strings.TrimSpace(name) == "" {
			return nil, command.Next(errors.New("a --custom-header has no name"), "write it as --custom-header 'Name: value'")
		}
		headers.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	return headers, nil
}

// SayRetry tells a waiting person why nothing happens.
func SayRetry(e command.Env) func(error, time.Duration) {
	return func(cause error, pause time.Duration) {
		fmt.Fprintf(e.Stderr, "%v; trying again in %s\n", cause, pause)
	}
}

// Explain attaches the next step to errors that any question to a broker can
// end in.
func Explain(err error) error {
	switch {
	case errors.Is(err, client.ErrUnreachable):
		return command.Next(err, "check that the broker is running (treaty serve) and that --broker-base-url or PACT_BROKER_BASE_URL names it")
	case errors.Is(err, client.ErrUnauthorized):
		var answered *client.Error
		if errors.As(err, &answered) && answered.Message != "" {
			return command.Next(fmt.Errorf("the broker refuses: %w", err), "log in with treaty login, or give the --broker-username and --broker-password, "+
				"or the --broker-token, of somebody who may do this; PACT_BROKER_USERNAME, _PASSWORD and _TOKEN count too")
		}
		return command.Next(fmt.Errorf("the broker does not accept the credentials: %w", err),
			"give --broker-username and --broker-password, or --broker-token, or PACT_BROKER_USERNAME, _PASSWORD, _TOKEN")
	case errors.Is(err, client.ErrForbidden):
		return command.Next(err, "ask who runs the broker for the right to do this")
	case errors.Is(err, client.ErrTooLarge):
		return command.Next(err, "make the pact smaller, or raise the broker's limit: treaty serve --max-body-size")
	}
	var answered *client.Error
	if errors.As(err, &answered) && answered.Reference != "" {
		return command.Next(err, "look for %s in the broker's log", answered.Reference)
	}
	return err
}
