package people

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
)

// NewExchange makes the command token exchange.
func NewExchange(e command.Env) *cobra.Command {
	return command.New(e, "exchange", "Give the token of a build server for one of the broker that counts for an hour; prints the value alone",
		"export PACT_BROKER_TOKEN=$(treaty token exchange)", &exchangeOptions{})
}

type exchangeOptions struct {
	connection     connection.Flags
	file, audience string
}

func (o *exchangeOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.StringVar(&o.file, "token-file", "", "file with the token of the build server, such as that of a Kubernetes service account. On GitHub Actions it is requested if left out; elsewhere it comes from standard input")
	f.StringVar(&o.audience, "audience", "", "whom a token is requested for on GitHub Actions; the address of the broker if left out")
}

// The variables by which GitHub Actions tells where tokens are requested, in jobs with
// the permission id-token: write.
const (
	requestURL   = "ACTIONS_ID_TOKEN_REQUEST_URL"
	requestToken = "ACTIONS_ID_TOKEN_REQUEST_TOKEN" //nolint:gosec // the name of a variable
)

func (o *exchangeOptions) Run(ctx context.Context, e command.Env) error {
	broker, err := o.connection.Client(e)
	if err != nil {
		return err
	}
	var subject string
	switch address := e.Getenv(requestURL); {
	case o.file == "" && address != "":
		audience := o.audience
		if audience == "" {
			audience = broker.BaseURL()
		}
		if subject, err = requestSubject(ctx, address, e.Getenv(requestToken), audience); err != nil {
			return fmt.Errorf("request a token from GitHub Actions: %w", err)
		}
	case o.file == "" && e.Getenv("GITHUB_ACTIONS") == "true":
		return command.Next(errors.New("this job may not request tokens"), "add to the job: permissions: {id-token: write, contents: read}")
	default:
		if subject, err = readToken(e, o.file); err != nil {
			return err
		}
	}
	value, _, err := broker.ExchangeToken(ctx, subject)
	if err != nil {
		return fmt.Errorf("exchange the token: %w", err)
	}
	if e.Getenv("GITHUB_ACTIONS") == "true" {
		fmt.Fprintf(e.Stderr, "::add-mask::%s\n", value) // so that logs have stars in its place
	}
	_, err = fmt.Fprintln(e.Stdout, value)
	return err
}

// requestTime bounds how long a token is waited for.
const requestTime = 10 * time.Second

// requestSubject asks GitHub Actions for the token of the job.
func requestSubject(ctx context.Context, address, secret, audience string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", errors.New(requestURL + " is no address")
	}
	q := u.Query()
	q.Set("audience", audience)
	u.RawQuery = q.Encode()
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	asked, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return "", errors.New(requestURL + " is no address")
	}
	asked.Header.Set("Authorization", "Bearer "+secret)
	got, err := http.DefaultClient.Do(asked)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			err = failed.Err // without the address
		}
		return "", err
	}
	defer got.Body.Close()
	var answer struct {
		Value string `json:"value"`
	}
	if got.StatusCode != http.StatusOK {
		return "", fmt.Errorf("it answers %s", got.Status)
	}
	if err := json.NewDecoder(io.LimitReader(got.Body, longestTokenFile)).Decode(&answer); err != nil || answer.Value == "" {
		return "", errors.New("it answers no token")
	}
	return answer.Value, nil
}
