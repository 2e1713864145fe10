package kernel

import (
	"context"
	"time"
)

// Actor is whom a use case works for, as far as it matters to what it stores.
type Actor struct {
	// Principal is the UUID; empty where nobody is known.
	Principal string
	// OwnOnly says that they may write an application only if they have made it, or
	// nobody has yet.
	OwnOnly bool
	// MayWebhook returns an error if they may not write the webhooks of a team, or with
	// an empty UUID those of none; nil means that they may write all.
	MayWebhook func(team string) error
	// MaySecret is MayWebhook for secrets.
	MaySecret func(team string) error
	// MayEnvironment returns an error if they may not write an environment with a name
	// that belongs to some teams; nil means that they may write all.
	MayEnvironment func(name string, teams []string) error
	// MayRecord returns an error if they may not record where an application runs; nil
	// means that they may for all.
	MayRecord func(application string, environment Environment) error
}

// JudgeRecord returns an error if whom ctx works for may not record that an application
// runs in an environment.
func JudgeRecord(ctx context.Context, application string, environment Environment) error {
	if may := ActorOf(ctx).MayRecord; may != nil {
		return may(application, environment)
	}
	return nil
}

// JudgeWebhook returns an error if whom ctx works for may not write the webhooks of a
// team. It is asked when the webhook is held.
func JudgeWebhook(ctx context.Context, team string) error {
	if may := ActorOf(ctx).MayWebhook; may != nil {
		return may(team)
	}
	return nil
}

// JudgeSecret returns an error if whom ctx works for may not write the secrets of a team.
// It is asked when the secret is held.
func JudgeSecret(ctx context.Context, team string) error {
	if may := ActorOf(ctx).MaySecret; may != nil {
		return may(team)
	}
	return nil
}

// JudgeEnvironment returns an error if whom ctx works for may not write an environment
// that belongs to some teams. It is asked when the environment is held.
func JudgeEnvironment(ctx context.Context, name string, teams ...string) error {
	if may := ActorOf(ctx).MayEnvironment; may != nil {
		return may(name, teams)
	}
	return nil
}

type actorKey struct{}

// ActingFor says whom the use cases called with ctx work for.
func ActingFor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorOf is whom a use case works for.
func ActorOf(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}

// EnsureOwn is [EnsurePacticipant] for an application that the actor of ctx writes, and
// does not only name: it is theirs if it is new, or if it is there by name alone.
func EnsureOwn(ctx context.Context, tx Tx, name string, at time.Time) (Pacticipant, bool, error) {
	actor := ActorOf(ctx)
	p, created, err := tx.EnsurePacticipant(Pacticipant{Name: name, DisplayName: DisplayName(name), CreatedAt: at, CreatedBy: actor.Principal})
	if err == nil && !created {
		err = ClaimFor(ctx, tx, &p)
	}
	return p, created, err
}

// ClaimFor lets the actor of ctx have an application that is there by name alone, and
// refuses one that is somebody else's to whoever may write their own alone.
func ClaimFor(ctx context.Context, tx Tx, p *Pacticipant) error {
	actor := ActorOf(ctx)
	if !actor.OwnOnly || p.CreatedBy == actor.Principal {
		return nil
	}
	if err := tx.Lock(ToChange, p.Row()); err != nil {
		return err
	}
	free, err := tx.IsUnclaimed(p.ID)
	if err != nil {
		return err
	}
	if !free {
		return Errorf(CodeForbidden, "The application %s was published by somebody else first: to write it, be in a team that it belongs to.", p.Name)
	}
	p.CreatedBy = actor.Principal
	return tx.Claim(p.ID, actor.Principal)
}

// By is who did something, as it is shown to people.
type By struct {
	Name string
	// Claimed says that nobody checked it: the broker asks nobody who they are.
	Claimed bool
}

type byKey struct{}

// SignedBy returns a context in which what is recorded says who did it.
func SignedBy(ctx context.Context, by By) context.Context { return context.WithValue(ctx, byKey{}, by) }

// ByOf is who does what a context is for; its zero value where nobody said.
func ByOf(ctx context.Context) By {
	by, _ := ctx.Value(byKey{}).(By)
	return by
}
