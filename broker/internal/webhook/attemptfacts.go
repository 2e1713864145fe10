package webhook

import (
	"context"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/secret"
)

// Run is what one request of a webhook needs to know: the webhook, and
// the facts that its template parameters stand for. URLs are built by who sends.
type Run struct {
	// Triggered is the firing; its zero value says that the run is a test.
	Triggered kernel.TriggeredWebhook
	Webhook   kernel.Webhook
	// Publication is the pact that the run is about. In a test without any pact
	// it is an invented one with ContentID 0.
	Publication kernel.PactPublication
	// Verification is the result that the run is about, nil if there is none.
	Verification *kernel.Verification

	ConsumerTags   []string
	ConsumerBranch string
	ConsumerLabels []string
	ProviderLabels []string
	// Provider facts come from the event or from Verification.
	ProviderVersionNumber       string
	ProviderVersionTags         []string
	ProviderVersionBranch       string
	ProviderVersionDescriptions []string
	BuildURL                    string
	// Secrets are those that the webhook names, opened for this request.
	Secrets secret.Opened
}

// EventTest is the event name that a test execution shows.
const EventTest kernel.EventName = "test"

// exampleVersion stands for a consumer version where there is no pact yet. It
// looks like a commit and cannot be one.
const exampleVersion = "gggghhhhjjjjkkkkllll66667777888899990000"

// PrepareWebhook gathers what the next attempt of a firing needs. It returns
// CodeNotFound if the firing, its webhook or its pact was deleted.
func (s *Service) PrepareWebhook(ctx context.Context, triggeredUUID string) (Run, error) {
	var run Run
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		found, err := findFiring(tx, triggeredUUID)
		if err != nil {
			return err
		}
		run = Run{Triggered: found}
		if run.Webhook, err = tx.FindWebhook(run.Triggered.WebhookUUID); err != nil {
			return err
		}
		if run.Secrets, err = s.secrets.Open(tx, run.Webhook.Team, run.Webhook.Request); err != nil {
			return err
		}
		if run.Publication, err = tx.FindPublicationByID(run.Triggered.PublicationID); err != nil {
			return err
		}
		if run.Verification, err = verificationOfRun(tx, run.Triggered); err != nil {
			return err
		}
		return fillRun(tx, &run, run.Triggered.Context)
	})
	return run, err
}

func findFiring(tx kernel.Tx, uuid string) (none kernel.TriggeredWebhook, err error) {
	found, err := tx.ListTriggeredWebhooks(kernel.TriggeredWebhookFilter{UUID: uuid})
	if err == nil && len(found) == 0 {
		err = kernel.Errorf(kernel.CodeNotFound, "no triggered webhook %s", uuid)
	}
	if err != nil {
		return none, err
	}
	return found[0], nil
}

// PrepareWebhookTest gathers what a test execution of w needs: the newest pact
// that matches and, for results, its newest one, or invented facts.
func (s *Service) PrepareWebhookTest(ctx context.Context, w kernel.Webhook) (Run, error) {
	run := Run{Webhook: w}
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		var err error
		if run.Secrets, err = s.secrets.Open(tx, w.Team, w.Request); err != nil {
			return err
		}
		found, err := newestMatchingPublication(tx, w)
		if err != nil {
			return err
		}
		if found == nil {
			run.Publication = kernel.PactPublication{
				Consumer: kernel.Party{Name: orExample(w.Consumer.Name, "Foo")}, Provider: kernel.Party{Name: orExample(w.Provider.Name, "Bar")},
				ConsumerVersion: kernel.Version{Number: exampleVersion},
			}
			return nil
		}
		run.Publication = *found
		newest, err := tx.LatestVerification(found.ContentID)
		switch {
		case err == nil && waitsForResults(w):
			run.Verification = &newest
		case err != nil && kernel.CodeOf(err) != kernel.CodeNotFound:
			return err
		}
		return fillRun(tx, &run, kernel.EventContext{})
	})
	return run, err
}

// verificationOfRun is the result that a firing is about: its own, or for a
// published pact the newest from the provider's main branch, or the newest.
func verificationOfRun(tx kernel.Tx, t kernel.TriggeredWebhook) (*kernel.Verification, error) {
	publication, err := tx.FindPublicationByID(t.PublicationID)
	if err != nil {
		return nil, err
	}
	var finders []func() (kernel.Verification, error)
	switch {
	case t.VerificationID != 0:
		finders = append(finders, func() (kernel.Verification, error) { return tx.FindVerificationByID(t.VerificationID) })
	case t.Event != kernel.EventContractRequiresVerification:
		finders = append(finders, func() (kernel.Verification, error) { return tx.LatestMainVerification(publication.ContentID) })
	}
	if t.VerificationID == 0 {
		finders = append(finders, func() (kernel.Verification, error) { return tx.LatestVerification(publication.ContentID) })
	}
	for _, find := range finders {
		v, err := find()
		if err == nil {
			return &v, nil
		}
		if kernel.CodeOf(err) != kernel.CodeNotFound {
			return nil, err
		}
	}
	return nil, nil
}

// fillRun adds what the event did not keep.
func fillRun(tx kernel.Tx, run *Run, event kernel.EventContext) error {
	version := run.Publication.ConsumerVersion
	if event.ConsumerVersionNumber != "" && event.ConsumerVersionNumber != version.Number {
		named, err := tx.FindVersion(run.Publication.Consumer.ID, event.ConsumerVersionNumber)
		if err == nil {
			version = named
			run.Publication.ConsumerVersion = named
		} else if kernel.CodeOf(err) != kernel.CodeNotFound {
			return err
		}
	}
	var err error
	if run.ConsumerTags, run.ConsumerBranch, err = kernel.WordsOf(tx, version.ID); err != nil {
		return err
	}
	if event.ConsumerVersionTags != nil {
		run.ConsumerTags = event.ConsumerVersionTags
	}
	if event.ConsumerVersionBranch != nil {
		run.ConsumerBranch = *event.ConsumerVersionBranch
	}
	run.BuildURL = event.BuildURL
	run.ProviderVersionDescriptions = event.ProviderVersionDescriptions
	if err := fillProvider(tx, run, event); err != nil {
		return err
	}
	labels, err := tx.LabelsOf([]int64{run.Publication.Consumer.ID, run.Publication.Provider.ID})
	if err != nil {
		return err
	}
	run.ConsumerLabels = labelNames(labels[run.Publication.Consumer.ID])
	run.ProviderLabels = labelNames(labels[run.Publication.Provider.ID])
	return nil
}

func fillProvider(tx kernel.Tx, run *Run, event kernel.EventContext) error {
	run.ProviderVersionNumber, run.ProviderVersionBranch, run.ProviderVersionTags =
		event.ProviderVersionNumber, event.ProviderVersionBranch, event.ProviderVersionTags
	if run.Verification == nil || run.ProviderVersionNumber != "" {
		return nil
	}
	run.ProviderVersionNumber = run.Verification.ProviderVersion.Number
	var err error
	run.ProviderVersionTags, run.ProviderVersionBranch, err = kernel.WordsOf(tx, run.Verification.ProviderVersion.ID)
	return err
}

func labelNames(labels []kernel.Label) []string {
	names := make([]string, len(labels))
	for i, l := range labels {
		names[i] = l.Name
	}
	return names
}

// newestMatchingPublication finds the newest pact on which w would fire, nil if
// there is none. Sides that name a label match any pacticipant with it.
func newestMatchingPublication(tx kernel.Tx, w kernel.Webhook) (*kernel.PactPublication, error) {
	filter := kernel.PublicationFilter{Limit: 1}
	for _, side := range []struct {
		name string
		id   *int64
	}{{w.Consumer.Name, &filter.ConsumerID}, {w.Provider.Name, &filter.ProviderID}} {
		if side.name == "" {
			continue
		}
		p, err := tx.FindPacticipant(side.name)
		switch {
		case err == nil:
			*side.id = p.ID
		case kernel.CodeOf(err) == kernel.CodeNotFound:
			return nil, nil //nolint:nilerr // no such application, so no pact of it
		default:
			return nil, err
		}
	}
	labelled := w.Consumer.Label != "" || w.Provider.Label != ""
	if labelled {
		filter.Limit, filter.LatestPerPair = 0, true
	}
	found, err := tx.ListPublications(filter)
	if err != nil {
		return nil, err
	}
	for _, p := range found {
		if labelled {
			ok, err := carries(tx, p, w)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
		}
		return &p, nil
	}
	return nil, nil
}

func carries(tx kernel.Tx, p kernel.PactPublication, w kernel.Webhook) (bool, error) {
	labels, err := tx.LabelsOf([]int64{p.Consumer.ID, p.Provider.ID})
	if err != nil {
		return false, err
	}
	has := func(id int64, label string) bool {
		for _, l := range labels[id] {
			if l.Name == label {
				return true
			}
		}
		return label == ""
	}
	return has(p.Consumer.ID, w.Consumer.Label) && has(p.Provider.ID, w.Provider.Label), nil
}

func waitsForResults(w kernel.Webhook) bool {
	for _, e := range w.Events {
		if strings.HasPrefix(string(e), "provider_verification_") {
			return true
		}
	}
	return false
}

func orExample(name, example string) string {
	if name == "" {
		return example
	}
	return name
}

// Attempt is what came of one attempt of a firing.
type Attempt struct {
	// UUID tells attempts apart: who is not sure that one was recorded records it
	// again.
	UUID    string
	Success bool
	Logs    string
	// Status is what the attempt leaves the firing in.
	Status kernel.TriggerStatus
}

// RecordWebhookAttempt stores what came of an attempt, once however often it is
// told.
func (s *Service) RecordWebhookAttempt(ctx context.Context, triggeredUUID string, a Attempt) error {
	return s.Store.Update(ctx, func(tx kernel.Tx) error {
		t, err := kernel.Locked(tx, kernel.ToChange, func() (kernel.TriggeredWebhook, error) { return findFiring(tx, triggeredUUID) })
		if err != nil {
			return kernel.IgnoreNotFound(err) // deleted meanwhile: there is nothing to keep the outcome with
		}
		return tx.RecordWebhookAttempt(kernel.WebhookAttempt{
			UUID: a.UUID, TriggeredID: t.ID, Success: a.Success, Logs: a.Logs, CreatedAt: s.Moment(),
		}, a.Status)
	})
}

// Execution is the outcome of one request of a webhook, with secrets
// starred. Header names are lower case.
type Execution struct {
	RequestHeaders map[string]string
	RequestBody    []byte // as sent; nil if none
	// RequestURL is path and query.
	RequestURL string
	// Response is nil if none came or if it is hidden.
	Response *Response
	// Error says why no response came, empty if one did.
	Error string
	// Hidden says that the response may not be shown: without a list of allowed
	// hosts it could carry the answers of internal servers to anybody.
	Hidden  bool
	Success bool
	Logs    string
}

// Response is what the receiver answered.
type Response struct {
	Status  int
	Headers map[string]string
	Body    []byte // cut at the limit
}

// Executor sends the request of a prepared run once and waits for the
// outcome. broker/internal/webhook/delivery has the one that is used.
type Executor interface {
	// ExecuteWebhook returns what happened. A request that fails is an Execution
	// too.
	ExecuteWebhook(ctx context.Context, run Run) Execution
}

// TestWebhook sends the request of w now, with the facts of PrepareWebhookTest,
// and stores nothing. It returns CodeUnavailable if the service has no executor,
// and CodeInvalid for a webhook that is not stored and has stars for secrets.
func (s *Service) TestWebhook(ctx context.Context, w kernel.Webhook) (Execution, error) {
	if err := kernel.JudgeWebhook(ctx, w.Team); err != nil {
		return Execution{}, err
	}
	if s.Executor == nil {
		return Execution{}, kernel.Errorf(kernel.CodeUnavailable, "this broker does not send webhooks")
	}
	if w.UUID == "" {
		if err := checkSecretsGiven(w.Request); err != nil {
			return Execution{}, err
		}
	}
	run, err := s.PrepareWebhookTest(ctx, w)
	if err != nil {
		return Execution{}, err
	}
	if err := s.Note(ctx); err != nil {
		return Execution{}, err
	}
	return s.Executor.ExecuteWebhook(ctx, run), nil
}
