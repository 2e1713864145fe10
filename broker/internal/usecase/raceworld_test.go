package usecase_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// world is a broker with short words for what is asked of it.
type world struct {
	*testing.T
	*usecase.All
	db  *store.Store
	now time.Time
	// place is an environment, record what is there, hook a webhook, and content
	// the digest of a pact.
	place, record, hook, content string
	// accounts are in the order in which they were made, role, token and team belong to the
	// first.
	accounts          []string
	role, token, team string
	trust             *trusting
	// made are the UUIDs of what is renamed.
	made []string
	// device is a login at a terminal.
	device identity.DeviceBegun
	// secret is one that webhooks may name.
	secret string
	// seen is when the webhook was changed last, as somebody saw it.
	seen time.Time
}

// do is for what comes before a race: it has to succeed.
func (w *world) do(err error) {
	w.Helper()
	require.NoError(w, err)
}

// pact publishes the pact of a version alone.
func (w *world) pact(consumer, number, provider, word string) error {
	_, err := w.Publish.PublishPact(w.Context(), publish.PactDocument{
		Consumer: consumer, Provider: provider, ConsumerVersion: number, Content: usecasetest.PactText(consumer, provider, word)})
	return err
}

// publish publishes a version on a branch, without tags.
func (w *world) publish(consumer, number, branch, provider, word string, tags ...string) error {
	_, err := w.Publish.PublishContracts(w.Context(), publish.ContractsPublication{
		Pacticipant: consumer, VersionNumber: number, Branch: branch, Tags: tags,
		Contracts: []publish.ContractDocument{{Consumer: consumer, Provider: provider, Content: usecasetest.PactText(consumer, provider, word)}},
	})
	return err
}

func (w *world) merge(word string) error {
	_, err := w.Publish.MergePact(w.Context(), publish.PactDocument{
		Consumer: "Shop", Provider: "Stock", ConsumerVersion: "1",
		Content: []byte(`{"consumer":{"name":"Shop"},"provider":{"name":"Stock"},"interactions":[{"description":"` + word +
			`","request":{"method":"GET","path":"/` + word + `"},"response":{"status":200}}],"metadata":{"pactSpecification":{"version":"2.0.0"}}}`)})
	return err
}

// result records a result for the newest pact of Shop with Stock.
func (w *world) result(number string, success bool) error {
	return w.resultFor(w.sha(), number, success)
}

func (w *world) resultFor(sha, number string, success bool) error {
	_, err := w.Result.RecordVerification(w.Context(), result.VerificationInput{Consumer: "Shop", Provider: "Stock", SHA: sha, ProviderVersion: number, Success: success})
	return err
}

func (w *world) sha() string {
	found, err := w.Publish.FindPact(w.Context(), kernel.PactQuery{Consumer: "Shop", Provider: "Stock"})
	if err != nil {
		w.Errorf("find the pact: %v", err)
	}
	return found.SHA
}

func (w *world) hasPact(consumer, provider, number string) bool {
	_, err := w.Publish.FindPact(w.Context(), kernel.PactQuery{Consumer: consumer, Provider: provider, Version: number})
	if !kernel.IsNotFound(err) {
		require.NoError(w, err)
	}
	return err == nil
}

func (w *world) version(number string) error {
	_, _, err := w.Registry.UpdateVersion(w.Context(), registry.VersionChange{Pacticipant: "Shop", Number: number})
	return err
}

func (w *world) replaceTags(number string, tags ...string) error {
	_, _, err := w.Registry.UpdateVersion(w.Context(), registry.VersionChange{Pacticipant: "Shop", Number: number, Tags: tags, TagsGiven: true})
	return err
}

func (w *world) branch(pacticipant, branch, number string) error {
	_, _, err := w.Registry.PutBranchVersion(w.Context(), pacticipant, branch, number)
	return err
}

func (w *world) tag(number, tag string) error {
	_, _, err := w.Registry.PutTag(w.Context(), "Shop", number, tag)
	return err
}

func (w *world) patch(change registry.PacticipantChange) error {
	_, _, err := w.Registry.UpdatePacticipant(w.Context(), change)
	return err
}

func (w *world) mainBranch(pacticipant, branch string) error {
	return w.patch(registry.PacticipantChange{Name: pacticipant, MainBranch: registry.Set(branch)})
}

// edit gives Shop a label, as who saw it without one.
func (w *world) edit(label string) error {
	shop := kernel.Pacticipant{Name: "Shop", DisplayName: kernel.DisplayName("Shop"), MainBranch: w.text(`SELECT COALESCE(main_branch, '') FROM pacticipant WHERE name = 'Shop'`)}
	_, err := w.Registry.EditPacticipant(w.Context(), registry.PacticipantEdit{
		PacticipantChange: registry.PacticipantChange{Name: "Shop"}, Labels: []string{label}, Seen: registry.StateOfPacticipant(registry.PacticipantDetails{Pacticipant: shop}),
	})
	return err
}

// environment makes the environment of the test.
func (w *world) environment() {
	w.Helper()
	e, err := w.Registry.CreateEnvironment(w.Context(), registry.EnvironmentInput{Name: "production", Production: true})
	w.do(err)
	w.place = e.UUID
}

// rename calls the environment otherwise, as who saw it as environment made it.
func (w *world) rename(called string) error {
	before := kernel.Environment{Name: "production", DisplayName: kernel.DisplayName("production"), Production: true}
	_, err := w.Registry.ReplaceEnvironment(w.Context(), w.place, registry.EnvironmentInput{
		Name: before.Name, DisplayName: called, Production: true, Seen: registry.StateOfEnvironment(before),
	})
	return err
}

func (w *world) deploy(number string) error {
	d, err := w.Registry.RecordDeployment(w.Context(), registry.Deployment{Pacticipant: "Shop", Version: number, EnvironmentUUID: w.place})
	if w.record == "" {
		w.record = d.UUID
	}
	return err
}

func (w *world) undeploy() error {
	no := false
	_, err := w.Registry.UpdateDeployedVersion(w.Context(), w.record, &no)
	return err
}

func (w *world) release(number string) error {
	r, _, err := w.Registry.RecordRelease(w.Context(), registry.Deployment{Pacticipant: "Shop", Version: number, EnvironmentUUID: w.place})
	if w.record == "" {
		w.record = r.UUID
	}
	return err
}

// onBranch are the numbers of the versions on a branch, latest first.
func (w *world) onBranch(pacticipant, branch string) []string {
	w.Helper()
	found, err := w.Registry.ListVersions(w.Context(), registry.VersionQuery{Pacticipant: pacticipant, Branch: branch})
	if kernel.IsNotFound(err) {
		return nil
	}
	require.NoError(w, err)
	var out []string
	for _, v := range found.Items {
		out = append(out, v.Number)
	}
	return out
}

// latestMain is the newest result of the pact by the provider's main branch.
func (w *world) latestMain() string {
	w.Helper()
	return w.text(`SELECT (SELECT v.number FROM verification f JOIN version v ON v.id = f.provider_version_id WHERE f.id = s.latest_main_verification_id)
		FROM content_state s`)
}

// several publishes a version with a pact for each provider.
func (w *world) several(number string, providers ...string) error {
	_, err := w.Publish.PublishContracts(w.Context(), usecasetest.Contracts("Shop", number, "feat", providers...))
	return err
}
