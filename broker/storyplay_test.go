package broker_test

import (
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/matrix/story"
	"github.com/treatyhq/treaty/broker/store"
	"github.com/treatyhq/treaty/broker/store/storetest"
)

// databases are the stores that gate tests run on: SQLite always, PostgreSQL
// when a URL is given.
func databases(t *testing.T) map[string]func(*testing.T) broker.Store {
	t.Helper()
	out := map[string]func(*testing.T) broker.Store{}
	for name, open := range storetest.Databases() {
		out[name] = func(t *testing.T) broker.Store { return open(t, store.Options{Synchronous: "NORMAL"}) }
	}
	return out
}

func openSQLite(t *testing.T) broker.Store {
	t.Helper()
	return storetest.SQLite(t, store.Options{})
}

// players counts players: databases may be shared with other tests and runs.
var players atomic.Int64

// player plays stories on a store, each with its own names, so that they share
// a database without meeting.
type player struct {
	t      *testing.T
	store  broker.Store
	prefix string
	now    time.Time
	// per transaction
	tx broker.Tx
}

func newPlayer(t *testing.T, s broker.Store) *player {
	t.Helper()
	prefix := fmt.Sprintf("p%d-%d-", os.Getpid(), players.Add(1))
	return &player{t: t, store: s, prefix: prefix, now: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}
}

func (p *player) name(word string) string { return p.prefix + word }

func (p *player) play(steps []story.Step) {
	p.t.Helper()
	require.NoError(p.t, p.store.Update(p.t.Context(), func(tx broker.Tx) error {
		p.tx = tx
		for _, s := range steps {
			p.now = p.now.Add(time.Minute)
			if err := p.step(s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	}))
}

func (p *player) step(s story.Step) error {
	switch s.Verb {
	case story.AddEnvironment:
		_, err := p.environment(s.Environment)
		return err
	case story.SetMainBranch:
		app, err := p.app(s.App)
		if err != nil {
			return err
		}
		app.MainBranch = s.Branch
		return p.tx.SavePacticipant(app)
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
	case story.Release, story.Unrelease:
		return p.release(v, s)
	default: // the version is there now, which is all
		return nil
	}
}

func (p *player) app(name string) (broker.Pacticipant, error) {
	app, _, err := p.tx.EnsurePacticipant(broker.Pacticipant{Name: p.name(name), DisplayName: name, CreatedAt: p.now, UpdatedAt: p.now})
	return app, err
}

func (p *player) version(name, number, branch string, tags []string) (broker.Version, error) {
	app, err := p.app(name)
	if err != nil {
		return broker.Version{}, err
	}
	v, _, err := p.tx.EnsureVersion(broker.Version{Pacticipant: app.Party(), Number: number, CreatedAt: p.now, UpdatedAt: p.now})
	if err != nil {
		return v, err
	}
	if branch != "" {
		b, _, err := p.tx.EnsureBranch(app.ID, branch, p.now)
		if err != nil {
			return v, err
		}
		if _, err := p.tx.AddToBranch(b, v, false, p.now); err != nil {
			return v, err
		}
	}
	for _, tag := range tags {
		if _, _, err := p.tx.AddTag(v, tag, p.now); err != nil {
			return v, err
		}
	}
	return v, nil
}

func (p *player) publish(v broker.Version, partner, word string) error {
	provider, err := p.app(partner)
	if err != nil {
		return err
	}
	packed, err := broker.PackBody([]byte(`{}`))
	if err != nil {
		return err
	}
	content, _, err := p.tx.EnsureContent(broker.Content{
		ConsumerID: v.Pacticipant.ID, ProviderID: provider.ID, SHA: "sha-" + word, Packed: packed, CreatedAt: p.now,
	})
	if err != nil {
		return err
	}
	old, err := p.tx.FindPublication(v.ID, provider.ID)
	if err == nil && old.ContentID == content || err != nil && !broker.IsNotFound(err) {
		return err
	}
	_, err = p.tx.AddPublication(broker.NewPublication{Version: v, Provider: provider.Party(), ContentID: content, At: p.now})
	return err
}

// verify does nothing if the consumer version has no pact, as in memory.
func (p *player) verify(v broker.Version, partner, number string, success bool) error {
	consumer, err := p.app(partner)
	if err != nil {
		return err
	}
	cv, err := p.tx.FindVersion(consumer.ID, number)
	if broker.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	pact, err := p.tx.FindPublication(cv.ID, v.Pacticipant.ID)
	if broker.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = p.tx.AddVerification(broker.NewVerification{
		ContentID: pact.ContentID, ProviderVersion: v, Success: success, ExecutedAt: p.now, At: p.now,
	})
	return err
}

func (p *player) environment(name string) (broker.Environment, error) {
	name = p.name(name)
	e, err := p.tx.FindEnvironmentByName(name)
	if !broker.IsNotFound(err) {
		return e, err
	}
	return p.tx.CreateEnvironment(broker.Environment{UUID: "env-" + name, Name: name, DisplayName: name, CreatedAt: p.now, UpdatedAt: p.now})
}

func (p *player) deploy(v broker.Version, s story.Step) error {
	e, err := p.environment(s.Environment)
	if err != nil {
		return err
	}
	if s.Verb == story.Deploy {
		_, err = p.tx.RecordDeployment(broker.DeployedVersion{
			UUID: fmt.Sprintf("%s%d", p.prefix, p.now.Unix()), Version: v, Environment: e, Instance: s.Instance, CreatedAt: p.now,
		})
		return err
	}
	records, err := p.tx.ListDeployedVersions(broker.RecordFilter{VersionID: v.ID, EnvironmentID: e.ID, Instance: &s.Instance, Current: true})
	for _, r := range records {
		if err := p.tx.EndDeployment(r, p.now); err != nil {
			return err
		}
	}
	return err
}

func (p *player) release(v broker.Version, s story.Step) error {
	e, err := p.environment(s.Environment)
	if err != nil {
		return err
	}
	if s.Verb == story.Release {
		_, _, err = p.tx.RecordRelease(broker.ReleasedVersion{
			UUID: fmt.Sprintf("%s%d", p.prefix, p.now.Unix()), Version: v, Environment: e, CreatedAt: p.now, UpdatedAt: p.now,
		})
		return err
	}
	records, err := p.tx.ListReleasedVersions(broker.RecordFilter{VersionID: v.ID, EnvironmentID: e.ID, Current: true})
	for _, r := range records {
		if err := p.tx.EndRelease(r, p.now); err != nil {
			return err
		}
	}
	return err
}

// unnamed takes the prefix of the player's names out of a text.
func (p *player) unnamed(text string) string { return strings.ReplaceAll(text, p.prefix, "") }
