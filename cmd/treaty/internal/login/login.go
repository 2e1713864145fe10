// Package login has the commands by which a person logs in to a broker at a terminal, and
// out again.
package login

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/credentials"
)

// New makes the command login.
func New(e command.Env) *cobra.Command {
	return command.New(e, "login", "Log in to a broker as a person, with any browser; commands then ask it as you",
		"treaty login --broker-base-url https://broker.example.org", &loginOptions{})
}

// NewLogout makes the command logout.
func NewLogout(e command.Env) *cobra.Command {
	return command.New(e, "logout", "Log out of a broker: revoke the token of treaty login there, and forget it here",
		"treaty logout --broker-base-url https://broker.example.org", &logoutOptions{})
}

type loginOptions struct {
	connection connection.Flags
	machine    string
	open       bool
}

func (o *loginOptions) Bind(f *pflag.FlagSet) {
	o.connection.Bind(f)
	f.BoolVar(&o.open, "open", false, "open the address in a browser of this machine")
	f.StringVar(&o.machine, "machine", "", "what this machine is called on the page that asks you to confirm; its host name if left out")
}

// program is what asks for a login, as the broker shows it.
const program = "treaty"

func (o *loginOptions) Run(ctx context.Context, e command.Env) error {
	broker, err := o.connection.Stranger(e)
	if err != nil {
		return err
	}
	// A file that cannot be read is to be told before anybody confirms anything.
	if _, _, err := credentials.Find(e, broker.BaseURL()); err != nil {
		return err
	}
	machine := o.machine
	if machine == "" {
		machine, _ = os.Hostname() // without a name it is none
	}
	begun, err := broker.BeginLogin(ctx, program, machine)
	if errors.Is(err, client.ErrNotFound) {
		return command.Next(fmt.Errorf("nobody can log in to the broker %s: %w", broker.BaseURL(), err), "set PACT_BROKER_TOKEN to a token that somebody makes for you")
	}
	if err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	fmt.Fprintf(e.Stderr, "Open in any browser, of this machine or another:\n\n  %s\n\nand confirm the code there:\n\n  %s\n\n", begun.AddressWithCode, begun.Code)
	if o.open {
		if err := browse(ctx, begun.AddressWithCode); err != nil {
			fmt.Fprintf(e.Stderr, "No browser could be opened here (%v). Open the address yourself.\n", err)
		}
	}
	fmt.Fprintf(e.Stderr, "Waiting, for %s at most…\n", begun.Expires.Round(time.Second))
	token, lasts, err := broker.FinishLogin(ctx, begun)
	switch {
	case errors.Is(err, client.ErrLoginRefused):
		return command.Next(err, "if it was not you, somebody else has answered it: begin again with treaty login")
	case errors.Is(err, client.ErrLoginExpired):
		return command.Next(err, "begin again with treaty login")
	case err != nil:
		return fmt.Errorf("log in: %w", err)
	}
	until := time.Now().Add(lasts)
	if err := credentials.Save(e, broker.BaseURL(), credentials.Credential{Token: token, ExpiresAt: until.UTC().Truncate(time.Second)}); err != nil {
		return errors.Join(err, broker.EndLogin(ctx, token))
	}
	_, err = fmt.Fprintf(e.Stdout, "You are logged in to %s until %s.\n", broker.BaseURL(), until.Format("2006-01-02 15:04 MST"))
	return err
}

// browse opens an address in the browser of whoever works here.
func browse(ctx context.Context, address string) error {
	opener := map[string][]string{"darwin": {"open"}, "windows": {"rundll32", "url.dll,FileProtocolHandler"}}[runtime.GOOS]
	if opener == nil {
		opener = []string{"xdg-open"}
	}
	//nolint:gosec // the program is one of three, and the address is one that the broker named
	return exec.CommandContext(context.WithoutCancel(ctx), opener[0], append(opener[1:], address)...).Start()
}

type logoutOptions struct{ connection connection.Flags }

func (o *logoutOptions) Bind(f *pflag.FlagSet) { o.connection.Bind(f) }

func (o *logoutOptions) Run(ctx context.Context, e command.Env) error {
	broker, err := o.connection.Stranger(e)
	if err != nil {
		return err
	}
	found, ok, err := credentials.Find(e, broker.BaseURL())
	if err != nil {
		return err
	}
	if !ok {
		_, err := fmt.Fprintf(e.Stdout, "You are not logged in to %s.\n", broker.BaseURL())
		return err
	}
	// What the broker does not take back, it is still to be told of; nothing is forgotten
	// before, so that it can be tried again.
	if err := broker.EndLogin(ctx, found.Token); err != nil {
		return fmt.Errorf("log out: %w", err)
	}
	if err := credentials.Forget(e, broker.BaseURL(), found); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.Stdout, "You are logged out of %s.\n", broker.BaseURL())
	return err
}
