// Package delivery takes versions to environments: by rollouts, whose start asks the
// gate, and by a command that deploys between their start and their end.
package delivery

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/ci"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/connection"
	"github.com/treatyhq/treaty/cmd/treaty/internal/gate"
	"github.com/treatyhq/treaty/internal/shell"
)

// place is an application in an environment, and who asks.
type place struct {
	connection                         connection.Flags
	application, environment, instance string
	by                                 string
}

func (p *place) Bind(f *pflag.FlagSet) {
	p.connection.Bind(f)
	f.StringVarP(&p.application, "pacticipant", "a", "", "name of the application")
	f.StringVar(&p.environment, "environment", "", "name of the environment")
	f.StringVar(&p.instance, "application-instance", "", "which of several instances in the environment, if there are several")
	f.StringVar(&p.by, "by", "", "who does it, where the broker asks nobody who they are; the build server's user or git's, unless given")
}

func (p *place) check() error {
	return command.Insist(command.Needed{"pacticipant", p.application}, command.Needed{"environment", p.environment})
}

// actor is who does it.
func (p *place) actor(ctx context.Context, e command.Env) string {
	if p.by != "" {
		return p.by
	}
	return ci.Actor(ctx, e)
}

// running returns the rollout that runs in the place.
func (p *place) running(ctx context.Context, broker *client.Client) (client.Rollout, error) {
	list, err := broker.ListRollouts(ctx, p.environment, p.application, client.RolloutRunning)
	if err != nil {
		return client.Rollout{}, err
	}
	var elsewhere []string
	for _, r := range list.Entries {
		if r.Instance == p.instance {
			return r, nil
		}
		elsewhere = append(elsewhere, orNone(r.Instance))
	}
	err = errNoRollout(fmt.Sprintf("no rollout of %s is running in %s%s", p.application, p.environment, inInstance(p.instance)))
	if len(elsewhere) > 0 {
		return client.Rollout{}, command.Next(err, "one is running in: %s; name it with --application-instance", strings.Join(elsewhere, ", "))
	}
	return client.Rollout{}, err
}

// errNoRollout says that nothing is running.
type errNoRollout string

func (e errNoRollout) Error() string { return string(e) }

func orNone(instance string) string {
	if instance == "" {
		return "no instance"
	}
	return instance
}

func inInstance(instance string) string {
	if instance == "" {
		return ""
	}
	return ", instance " + instance
}

// words are a command about the place, as it can be pasted.
func (p *place) words(e command.Env, words ...string) string {
	line := append([]string{"treaty"}, words...)
	line = append(line, "--pacticipant="+p.application, "--environment="+p.environment)
	if p.instance != "" {
		line = append(line, "--application-instance="+p.instance)
	}
	return shell.Join(append(line, "--broker-base-url", p.connection.Address(e)))
}

// refusal prints the answer of the gate, if err is that of a request that it refused.
func (p *place) refusal(e command.Env, err error) (client.Decision, bool) {
	var answer *client.Error
	if !errors.As(err, &answer) || answer.Decision == nil {
		return client.Decision{}, false
	}
	return *answer.Decision, true
}

func (p *place) show(e command.Env, d client.Decision) error {
	return gate.WriteDecision(e.Stdout, e.Color, d, p.connection.Address(e))
}

// isKind reports whether an error of the broker is of a kind.
func isKind(err error, kind string) bool {
	var answer *client.Error
	return errors.As(err, &answer) && answer.Kind == kind
}
