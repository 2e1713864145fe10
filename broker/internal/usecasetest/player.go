package usecasetest

import (
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
)

// players counts players: databases may be shared with other tests and runs.
var players atomic.Int64

// Player plays stories on a store, each with its own names, so that they share
// a database without meeting.
type Player struct {
	T      *testing.T
	Store  kernel.Store
	Prefix string
	Now    time.Time
	// per transaction
	Tx kernel.Tx
}

// NewPlayer returns a player whose names nobody else has.
func NewPlayer(t *testing.T, s kernel.Store) *Player {
	t.Helper()
	prefix := fmt.Sprintf("p%d-%d-", os.Getpid(), players.Add(1))
	return &Player{T: t, Store: s, Prefix: prefix, Now: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}
}

// Name returns the name by which the store knows word.
func (p *Player) Name(word string) string { return p.Prefix + word }

// Play does the steps, a minute apart, in one transaction.
func (p *Player) Play(steps []story.Step) {
	p.T.Helper()
	require.NoError(p.T, p.Store.Update(p.T.Context(), func(tx kernel.Tx) error {
		p.Tx = tx
		for _, s := range steps {
			p.Now = p.Now.Add(time.Minute)
			if err := p.step(s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	}))
}

func (p *Player) step(s story.Step) error {
	switch s.Verb {
	case story.AddEnvironment:
		_, err := p.environment(s.Environment)
		return err
	case story.SetMainBranch:
		app, err := p.App(s.App)
		if err != nil {
			return err
		}
		app.MainBranch = s.Branch
		return p.Tx.SavePacticipant(app)
	default: // a version acts, below
	}
	v, err := p.version(s.App, s.Number, s.Branch, s.Tags)
	if err != nil {
		return err
	}
	switch s.Verb {
	case story.Publish:
		return p.publish(v, s.Partner, s.Content)
	case story.Verify:
		return p.verify(v, s.Partner, s.PartnerNumber, s.Success)
	case story.Deploy, story.Undeploy:
		return p.deploy(v, s)
	case story.StartRollout, story.Promote, story.Abort:
		return p.rollout(v, s)
	case story.Release, story.Unrelease:
		return p.release(v, s)
	default: // the version is there now, which is all
		return nil
	}
}

// App returns the application, created if there is none. It needs p.Tx.
func (p *Player) App(name string) (kernel.Pacticipant, error) {
	app, _, err := p.Tx.EnsurePacticipant(kernel.Pacticipant{Name: p.Name(name), DisplayName: name, CreatedAt: p.Now, UpdatedAt: p.Now})
	return app, err
}

func (p *Player) version(name, number, branch string, tags []string) (kernel.Version, error) {
	app, err := p.App(name)
	if err != nil {
		return kernel.Version{}, err
	}
	v, _, err := p.Tx.EnsureVersion(kernel.Version{Pacticipant: app.Party(), Number: number, CreatedAt: p.Now, UpdatedAt: p.Now})
	if err != nil {
		return v, err
	}
	if branch != "" {
		b, _, err := p.Tx.EnsureBranch(app.ID, branch, p.Now)
		if err != nil {
			return v, err
		}
		if _, err := p.Tx.AddToBranch(b, v, false, p.Now); err != nil {
			return v, err
		}
	}
	for _, tag := range tags {
		if _, _, err := p.Tx.AddTag(v, tag, p.Now); err != nil {
			return v, err
		}
	}
	return v, nil
}

func (p *Player) publish(v kernel.Version, partner, word string) error {
	provider, err := p.App(partner)
	if err != nil {
		return err
	}
	packed, err := kernel.PackBody([]byte(`{}`))
	if err != nil {
		return err
	}
	content, _, err := p.Tx.EnsureContent(kernel.Content{
		ConsumerID: v.Pacticipant.ID, ProviderID: provider.ID, SHA: "sha-" + word, Packed: packed, CreatedAt: p.Now,
	})
	if err != nil {
		return err
	}
	old, err := p.Tx.FindPublication(v.ID, provider.ID)
	if err == nil && old.ContentID == content || err != nil && !kernel.IsNotFound(err) {
		return err
	}
	_, err = p.Tx.AddPublication(kernel.NewPublication{Version: v, Provider: provider.Party(), ContentID: content, At: p.Now})
	return err
}

// verify does nothing if the consumer version has no pact, as in memory.
func (p *Player) verify(v kernel.Version, partner, number string, success bool) error {
	consumer, err := p.App(partner)
	if err != nil {
		return err
	}
	cv, err := p.Tx.FindVersion(consumer.ID, number)
	if kernel.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	pact, err := p.Tx.FindPublication(cv.ID, v.Pacticipant.ID)
	if kernel.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = p.Tx.AddVerification(kernel.NewVerification{
		ContentID: pact.ContentID, ProviderVersion: v, Success: success, ExecutedAt: p.Now, At: p.Now,
	})
	return err
}

func (p *Player) environment(name string) (kernel.Environment, error) {
	name = p.Name(name)
	e, err := p.Tx.FindEnvironmentByName(name)
	if !kernel.IsNotFound(err) {
		return e, err
	}
	return p.Tx.CreateEnvironment(kernel.Environment{UUID: "env-" + name, Name: name, DisplayName: name, CreatedAt: p.Now, UpdatedAt: p.Now})
}

func (p *Player) deploy(v kernel.Version, s story.Step) error {
	e, err := p.environment(s.Environment)
	if err != nil {
		return err
	}
	if s.Verb == story.Deploy {
		_, err = p.Tx.RecordDeployment(kernel.DeployedVersion{
			UUID: fmt.Sprintf("%s%d", p.Prefix, p.Now.Unix()), Version: v, Environment: e, Instance: s.Instance, CreatedAt: p.Now,
		})
		return err
	}
	records, err := p.Tx.ListDeployedVersions(kernel.RecordFilter{VersionID: v.ID, EnvironmentID: e.ID, Instance: &s.Instance, Current: true})
	for _, r := range records {
		if err := p.Tx.EndDeployment(r, p.Now, ""); err != nil {
			return err
		}
	}
	return err
}

// rollout does nothing where the state of the place does not allow it, as in memory.
func (p *Player) rollout(v kernel.Version, s story.Step) error {
	e, err := p.environment(s.Environment)
	if err != nil {
		return err
	}
	running, err := p.Tx.ListRollouts(kernel.RolloutFilter{PacticipantID: v.Pacticipant.ID, EnvironmentID: e.ID, Instance: &s.Instance, State: kernel.RolloutRunning})
	if err != nil {
		return err
	}
	if s.Verb != story.StartRollout {
		if len(running) == 0 || running[0].Version.ID != v.ID {
			return nil
		}
		r := running[0]
		r.EndedAt, r.State = p.Now, kernel.RolloutAborted
		if s.Verb == story.Promote {
			r.State = kernel.RolloutPromoted
		}
		return p.Tx.SaveRollout(r)
	}
	current, err := p.Tx.ListDeployedVersions(kernel.RecordFilter{PacticipantID: v.Pacticipant.ID, VersionID: v.ID, EnvironmentID: e.ID, Instance: &s.Instance, Current: true})
	if err != nil || len(running)+len(current) > 0 {
		return err
	}
	uuid := fmt.Sprintf("%s%d", p.Prefix, p.Now.Unix())
	_, err = p.Tx.StartRollout(kernel.Rollout{
		UUID: "r" + uuid, Record: uuid, Version: v, Environment: e, Instance: s.Instance, State: kernel.RolloutRunning, StartedAt: p.Now, UpdatedAt: p.Now,
	})
	return err
}

func (p *Player) release(v kernel.Version, s story.Step) error {
	e, err := p.environment(s.Environment)
	if err != nil {
		return err
	}
	if s.Verb == story.Release {
		_, _, err = p.Tx.RecordRelease(kernel.ReleasedVersion{
			UUID: fmt.Sprintf("%s%d", p.Prefix, p.Now.Unix()), Version: v, Environment: e, CreatedAt: p.Now, UpdatedAt: p.Now,
		})
		return err
	}
	records, err := p.Tx.ListReleasedVersions(kernel.RecordFilter{VersionID: v.ID, EnvironmentID: e.ID, Current: true})
	for _, r := range records {
		if err := p.Tx.EndRelease(r, p.Now); err != nil {
			return err
		}
	}
	return err
}

// Unnamed takes the prefix of the player's names out of a text.
func (p *Player) Unnamed(text string) string { return strings.ReplaceAll(text, p.Prefix, "") }
