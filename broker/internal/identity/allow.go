package identity

import (
	"context"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Doing is what somebody wants to do.
type Doing struct {
	Need access.Right
	// Deletes says that something goes: what is nobody's yet is not theirs to delete.
	Deletes bool
}

// Allow returns the context in which use cases work for whoever does something to some
// things. An error with [kernel.CodeForbidden] says what they lack. With no things, it is
// about everything of its sort.
func (s *Service) Allow(ctx context.Context, who access.Who, does Doing, things ...access.Thing) (context.Context, error) {
	if who.May(does.Need, things...) {
		if does.Need.Reads() { // who reads leaves nothing behind that would be theirs
			return ctx, nil
		}
		return Acting(ctx, who, false), nil
	}
	if len(things) == 1 && things[0].Kind == access.KindApplication && who.MayOwn(does.Need) {
		made, free, err := s.Made(ctx, who.UUID, things[0].ID)
		if err != nil {
			return ctx, err
		}
		if made || free && !does.Deletes {
			return Acting(ctx, who, true), nil
		}
	}
	return ctx, kernel.Errorf(kernel.CodeForbidden, "%s", who.Refusal(does.Need, things...))
}

// Acting tells the use cases whom they work for. With ownOnly they judge again, when they
// hold the application: somebody may publish it first.
func Acting(ctx context.Context, who access.Who, ownOnly bool) context.Context {
	if who.UUID == "" {
		return ctx
	}
	actor := kernel.Actor{Principal: who.UUID, OwnOnly: ownOnly}
	if !who.May(access.ManageWebhooks) {
		actor.MayWebhook = func(team string) error { return refuseUnless(who, access.ManageWebhooks, access.Webhook(team)) }
	}
	if !who.May(access.ManageSecrets) {
		actor.MaySecret = func(team string) error { return refuseUnless(who, access.ManageSecrets, access.Secret(team)) }
	}
	if !who.May(access.ManageEnvironments) {
		actor.MayEnvironment = func(name string, teams []string) error { return mayEnvironment(who, name, teams) }
	}
	if !who.May(access.Record) {
		actor.MayRecord = func(application string, environment kernel.Environment) error {
			if things := Recorded(application, environment); !who.May(access.Record, things...) {
				return kernel.Errorf(kernel.CodeForbidden, "A tag that is called like an environment records that the version runs there. %s", who.Refusal(access.Record, things...))
			}
			return nil
		}
	}
	return kernel.ActingFor(ctx, actor)
}

// mayEnvironment refuses an environment that belongs to none of one's teams.
func mayEnvironment(who access.Who, name string, teams []string) error {
	var err error
	for _, team := range append(slices.Clone(teams), "") {
		if err = refuseUnless(who, access.ManageEnvironments, access.EnvironmentOf(name, team)); err == nil {
			return nil
		}
	}
	return err
}

func refuseUnless(who access.Who, need access.Right, thing access.Thing) error {
	if who.May(need, thing) {
		return nil
	}
	return kernel.Errorf(kernel.CodeForbidden, "%s", who.Refusal(need, thing))
}

// Recorded is what a record of where an application runs is about.
func Recorded(application string, environment kernel.Environment) []access.Thing {
	place := access.Environment(environment.UUID)
	place.Name = environment.Name
	return []access.Thing{access.Application(application), place}
}
