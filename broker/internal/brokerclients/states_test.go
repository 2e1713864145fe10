package brokerclients_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/pact-foundation/pact-go/v2/models"

	"github.com/treatyhq/treaty/broker/internal/api"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// What the contracts call by name.
const (
	fooVersion   = "5556b8149bf8bac76bc30f50a8a2dd4c22c85f30"
	testUUID     = "16926ef3-590f-4e3f-838e-719717aa88c9"
	placeUUID    = "cb632df3-0a0d-4227-aac3-60114dd36479"
	deployedUUID = "ff3adecf-cfc5-4653-a4e3-f1861092f8e0"
	webhookUUID  = "696c5f93-1b7f-44bc-8d03-59440fcaa9a0"

	pricing = "Pricing Service"
)

// world is the broker under test, with the words in which states are told.
// Its steps return an error as soon as one has gone wrong.
type world struct {
	broker *usecase.All
	url    string
	ctx    context.Context
	// ids are the next identifiers to give out; random ones follow.
	ids []string
	err error
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{ctx: t.Context()}
	w.broker = usecase.New(storetest.SQLite(t, store.Options{}), kernel.DefaultSettings())
	w.broker.NewID = w.nextID
	server := httptest.NewServer(api.New(w.broker, api.Config{}))
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

func (w *world) nextID() string {
	if len(w.ids) == 0 {
		return uuid.NewString()
	}
	id := w.ids[0]
	w.ids = w.ids[1:]
	return id
}

// do runs a step unless one before it went wrong.
func (w *world) do(step func(*usecase.All) error) {
	if w.err == nil {
		w.err = step(w.broker)
	}
}

// reset takes everything out of the broker.
func (w *world) reset() error {
	w.ids, w.err = nil, nil
	w.do(func(s *usecase.All) error {
		hooks, err := s.Webhook.ListWebhooks(w.ctx, kernel.WebhookQuery{})
		for _, h := range hooks {
			err = firstOf(err, s.Webhook.DeleteWebhook(w.ctx, h.UUID))
		}
		return err
	})
	w.do(func(s *usecase.All) error {
		found, err := s.Registry.ListPacticipants(w.ctx, kernel.PacticipantQuery{})
		for _, p := range found.Items {
			err = firstOf(err, s.Registry.DeletePacticipant(w.ctx, p.Name))
		}
		return err
	})
	w.do(func(s *usecase.All) error {
		places, err := s.Registry.ListEnvironments(w.ctx, "")
		for _, e := range places {
			err = firstOf(err, s.Registry.DeleteEnvironment(w.ctx, e.UUID))
		}
		return err
	})
	return w.err
}

func firstOf(errs ...error) error {
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		return errs[i]
	}
	return nil
}

func (w *world) pacticipant(name string) {
	w.do(func(s *usecase.All) error {
		_, _, err := s.Registry.CreatePacticipant(w.ctx, registry.PacticipantChange{
			Name: name, RepositoryURL: registry.Set("git@git.realestate.com.au:business-systems/pricing-service"),
		})
		return err
	})
}

func (w *world) version(name, number string, tags ...string) {
	w.do(func(s *usecase.All) error {
		_, _, err := s.Registry.ReplaceVersion(w.ctx, registry.VersionChange{Pacticipant: name, Number: number})
		for _, tag := range tags {
			_, _, failed := s.Registry.PutTag(w.ctx, name, number, tag)
			err = firstOf(err, failed)
		}
		return err
	})
}

// pact publishes a pact without interactions, which is what the contracts
// expect to get back, or with a first one of the number for the matrix.
func (w *world) pact(consumer, number, provider string, tags ...string) {
	w.publish(consumer, number, provider, `[]`, tags)
}

func (w *world) publish(consumer, number, provider, interactions string, tags []string) {
	content := fmt.Sprintf(`{"consumer":{"name":%q},"provider":{"name":%q},"interactions":%s}`, consumer, provider, interactions)
	w.do(func(s *usecase.All) error {
		_, err := s.Publish.PublishContracts(w.ctx, publish.ContractsPublication{
			Pacticipant: consumer, VersionNumber: number, Tags: tags,
			Contracts: []publish.ContractDocument{{Consumer: consumer, Provider: provider, Content: []byte(content)}},
		})
		return err
	})
}

// verified publishes a pact, if this version has none yet, and its result.
func (w *world) verified(consumer, number, provider, providerNumber string, success bool, tags ...string) {
	w.publish(consumer, number, provider, fmt.Sprintf(
		`[{"description":"what %s needs","request":{"method":"GET","path":"/"},"response":{"status":200}}]`, number), tags)
	w.do(func(s *usecase.All) error {
		pact, err := s.Publish.FindPact(w.ctx, kernel.PactQuery{Consumer: consumer, Provider: provider, Version: number})
		if err != nil {
			return err
		}
		_, err = s.Result.RecordVerification(w.ctx, result.VerificationInput{
			Consumer: consumer, Provider: provider, SHA: pact.SHA, Success: success, ProviderVersion: providerNumber,
		})
		return err
	})
}

func (w *world) tag(name, number, tag string) {
	w.do(func(s *usecase.All) error {
		_, _, err := s.Registry.PutTag(w.ctx, name, number, tag)
		return err
	})
}

func (w *world) environment(id, name string) {
	w.ids = append(w.ids, id)
	w.do(func(s *usecase.All) error {
		_, err := s.Registry.CreateEnvironment(w.ctx, registry.EnvironmentInput{
			Name: name, DisplayName: "Test", Contacts: []kernel.Contact{{
				Name: "Foo team", Details: json.RawMessage(`{"emailAddress":"foo@bar.com"}`),
			}},
		})
		return err
	})
}

func (w *world) deployed(name, number, environment, instance string) {
	w.version(name, number)
	w.ids = append(w.ids, deployedUUID)
	w.do(func(s *usecase.All) error {
		_, err := s.Registry.RecordDeployment(w.ctx, registry.Deployment{
			Pacticipant: name, Version: number, EnvironmentUUID: environment, Instance: instance,
		})
		return err
	})
}

func (w *world) webhook(id string) {
	w.do(func(s *usecase.All) error {
		_, _, err := s.Webhook.ReplaceWebhook(w.ctx, kernel.Webhook{
			UUID: id, Enabled: true, Events: []kernel.EventName{"contract_content_changed"},
			Request: kernel.WebhookRequest{Method: "POST", URL: "https://webhook"},
		})
		return err
	})
}

func (w *world) branch(name, branch string) {
	w.do(func(s *usecase.All) error {
		_, _, err := s.Registry.PutBranchVersion(w.ctx, name, branch, "1")
		return err
	})
}

// handlers makes a state handler of each row of the table.
func (w *world) handlers() models.StateHandlers {
	out := models.StateHandlers{}
	for name, tell := range states {
		out[name] = func(setup bool, _ models.ProviderState) (models.ProviderStateResponse, error) {
			if setup {
				tell(w)
			}
			return nil, w.err
		}
	}
	return out
}
