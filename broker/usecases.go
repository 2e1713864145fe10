package broker

import (
	"context"
	"errors"
)

var errUnfinished = errors.New("not available yet")

// ListPacticipants returns the pacticipants, sorted by name without regard to case.
func (s *Service) ListPacticipants(ctx context.Context, q PacticipantQuery) (Paged[PacticipantDetails], error) {
	return Paged[PacticipantDetails]{}, errUnfinished
}

// FindPacticipant returns the pacticipant with the name.
func (s *Service) FindPacticipant(ctx context.Context, name string) (PacticipantDetails, error) {
	return PacticipantDetails{}, errUnfinished
}

// CreatePacticipant creates a pacticipant. If the name is taken, it returns the
// existing one unchanged, and false.
func (s *Service) CreatePacticipant(ctx context.Context, in PacticipantChange) (PacticipantDetails, bool, error) {
	return PacticipantDetails{}, false, errUnfinished
}

// ReplacePacticipant sets all fields: those not given become empty, the display
// name the generated one.
func (s *Service) ReplacePacticipant(ctx context.Context, in PacticipantChange) (PacticipantDetails, error) {
	return PacticipantDetails{}, errUnfinished
}

// UpdatePacticipant sets the fields that are given. It creates the pacticipant
// if there is none, and then returns true.
func (s *Service) UpdatePacticipant(ctx context.Context, in PacticipantChange) (PacticipantDetails, bool, error) {
	return PacticipantDetails{}, false, errUnfinished
}

// DeletePacticipant deletes the pacticipant with everything that depends on it.
func (s *Service) DeletePacticipant(ctx context.Context, name string) error { return errUnfinished }

// ListLabels returns the distinct labels, sorted.
func (s *Service) ListLabels(ctx context.Context, page Page) (Paged[string], error) {
	return Paged[string]{}, errUnfinished
}

// PutLabel puts a label on a pacticipant, creating it if need be, and tells
// whether the label is new.
func (s *Service) PutLabel(ctx context.Context, pacticipant, label string) (Label, bool, error) {
	return Label{}, false, errUnfinished
}

// FindLabel returns a label of a pacticipant.
func (s *Service) FindLabel(ctx context.Context, pacticipant, label string) (Label, error) {
	return Label{}, errUnfinished
}

// DeleteLabel takes a label off a pacticipant.
func (s *Service) DeleteLabel(ctx context.Context, pacticipant, label string) error {
	return errUnfinished
}

// ListVersions returns versions, latest first.
func (s *Service) ListVersions(ctx context.Context, q VersionQuery) (Paged[VersionDetails], error) {
	return Paged[VersionDetails]{}, errUnfinished
}

// FindVersion returns a version.
func (s *Service) FindVersion(ctx context.Context, pacticipant, number string) (VersionDetails, error) {
	return VersionDetails{}, errUnfinished
}

// FindLatestVersion returns the latest version, with a tag or on a branch if asked.
func (s *Service) FindLatestVersion(ctx context.Context, q LatestVersionQuery) (VersionDetails, error) {
	return VersionDetails{}, errUnfinished
}

// ReplaceVersion creates or replaces a version, and tells whether it is new.
// Tags are replaced only if given; a build URL not given becomes empty.
func (s *Service) ReplaceVersion(ctx context.Context, in VersionChange) (VersionDetails, bool, error) {
	return VersionDetails{}, false, errUnfinished
}

// UpdateVersion creates a version or sets the fields that are given, and tells
// whether it is new.
func (s *Service) UpdateVersion(ctx context.Context, in VersionChange) (VersionDetails, bool, error) {
	return VersionDetails{}, false, errUnfinished
}

// DeleteVersion deletes a version with its tags, memberships, pacts, results as
// a provider, deployments and releases.
func (s *Service) DeleteVersion(ctx context.Context, pacticipant, number string) error {
	return errUnfinished
}

// PutTag tags a version, creating pacticipant and version if need be, and tells
// whether the tag is new.
func (s *Service) PutTag(ctx context.Context, pacticipant, number, tag string) (Tag, bool, error) {
	return Tag{}, false, errUnfinished
}

// FindTag returns a tag of a version.
func (s *Service) FindTag(ctx context.Context, pacticipant, number, tag string) (Tag, error) {
	return Tag{}, errUnfinished
}

// DeleteTag takes a tag off a version.
func (s *Service) DeleteTag(ctx context.Context, pacticipant, number, tag string) error {
	return errUnfinished
}

// ListBranches returns the branches of a pacticipant, last updated first.
func (s *Service) ListBranches(ctx context.Context, q BranchQuery) (Paged[Branch], error) {
	return Paged[Branch]{}, errUnfinished
}

// FindBranch returns a branch.
func (s *Service) FindBranch(ctx context.Context, pacticipant, branch string) (Branch, error) {
	return Branch{}, errUnfinished
}

// DeleteBranch deletes a branch; its versions stay.
func (s *Service) DeleteBranch(ctx context.Context, pacticipant, branch string) error {
	return errUnfinished
}

// DeleteBranches deletes all branches but the main branch and those named.
func (s *Service) DeleteBranches(ctx context.Context, pacticipant string, exclude []string) (BranchDeletion, error) {
	return BranchDeletion{}, errUnfinished
}

// PutBranchVersion adds a version to a branch, creating what is missing, and
// tells whether it was not there before.
func (s *Service) PutBranchVersion(ctx context.Context, pacticipant, branch, number string) (BranchVersion, bool, error) {
	return BranchVersion{}, false, errUnfinished
}

// FindBranchVersion returns the membership of a version in a branch.
func (s *Service) FindBranchVersion(ctx context.Context, pacticipant, branch, number string) (BranchVersion, error) {
	return BranchVersion{}, errUnfinished
}

// DeleteBranchVersion takes a version off a branch.
func (s *Service) DeleteBranchVersion(ctx context.Context, pacticipant, branch, number string) error {
	return errUnfinished
}

// ListEnvironments returns the environments by display name; with a name only
// the one that has it.
func (s *Service) ListEnvironments(ctx context.Context, name string) ([]Environment, error) {
	return nil, errUnfinished
}

// FindEnvironment returns the environment with the uuid.
func (s *Service) FindEnvironment(ctx context.Context, uuid string) (Environment, error) {
	return Environment{}, errUnfinished
}

// CreateEnvironment creates an environment.
func (s *Service) CreateEnvironment(ctx context.Context, in EnvironmentInput) (Environment, error) {
	return Environment{}, errUnfinished
}

// ReplaceEnvironment replaces all fields of an environment.
func (s *Service) ReplaceEnvironment(ctx context.Context, uuid string, in EnvironmentInput) (Environment, error) {
	return Environment{}, errUnfinished
}

// DeleteEnvironment deletes an environment with its deployments and releases.
func (s *Service) DeleteEnvironment(ctx context.Context, uuid string) error { return errUnfinished }

// RecordDeployment marks a version as deployed and ends the deployment it
// replaces. If it is deployed there already, it returns the existing record.
func (s *Service) RecordDeployment(ctx context.Context, in Deployment) (DeployedVersion, error) {
	return DeployedVersion{}, errUnfinished
}

// ListDeployedVersions returns the deployments of a version to an environment,
// newest first, with the environment. Instance is ignored.
func (s *Service) ListDeployedVersions(ctx context.Context, in Deployment) ([]DeployedVersion, Environment, error) {
	return nil, Environment{}, errUnfinished
}

// FindDeployedVersion returns the deployment with the uuid.
func (s *Service) FindDeployedVersion(ctx context.Context, uuid string) (DeployedVersion, error) {
	return DeployedVersion{}, errUnfinished
}

// UpdateDeployedVersion ends a deployment if currently is given and false. It
// returns CodeUnprocessable if currently is true and the deployment has ended.
func (s *Service) UpdateDeployedVersion(ctx context.Context, uuid string, currently *bool) (DeployedVersion, error) {
	return DeployedVersion{}, errUnfinished
}

// ListCurrentlyDeployed returns what is deployed in an environment, newest
// first, with the environment.
func (s *Service) ListCurrentlyDeployed(ctx context.Context, q CurrentQuery) ([]DeployedVersion, Environment, error) {
	return nil, Environment{}, errUnfinished
}

// RecordRelease marks a version as released and supported, and tells whether
// the record is new.
func (s *Service) RecordRelease(ctx context.Context, in Deployment) (ReleasedVersion, bool, error) {
	return ReleasedVersion{}, false, errUnfinished
}

// ListReleasedVersions returns the releases (at most one) of a version to an
// environment, with the environment.
func (s *Service) ListReleasedVersions(ctx context.Context, in Deployment) ([]ReleasedVersion, Environment, error) {
	return nil, Environment{}, errUnfinished
}

// FindReleasedVersion returns the release with the uuid.
func (s *Service) FindReleasedVersion(ctx context.Context, uuid string) (ReleasedVersion, error) {
	return ReleasedVersion{}, errUnfinished
}

// UpdateReleasedVersion ends support if currently is given and false. It
// returns CodeUnprocessable if currently is true and support has ended.
func (s *Service) UpdateReleasedVersion(ctx context.Context, uuid string, currently *bool) (ReleasedVersion, error) {
	return ReleasedVersion{}, errUnfinished
}

// ListCurrentlySupported returns what is supported in an environment, newest
// first, with the environment.
func (s *Service) ListCurrentlySupported(ctx context.Context, q CurrentQuery) ([]ReleasedVersion, Environment, error) {
	return nil, Environment{}, errUnfinished
}

// PublishPact stores the pact of one consumer version. It returns CodeConflict
// with ReasonContentChanged or ReasonSimilarName.
func (s *Service) PublishPact(ctx context.Context, in PactDocument) (PublishedPact, error) {
	return PublishedPact{}, errUnfinished
}

// MergePact adds the interactions of the document to the pact of the version.
// It returns CodeConflict with ReasonMergeConflict or ReasonSimilarName.
func (s *Service) MergePact(ctx context.Context, in PactDocument) (PublishedPact, error) {
	return PublishedPact{}, errUnfinished
}

// PublishContracts stores a consumer version with all its pacts or, on any
// conflict, nothing. Its CodeConflict errors carry notices and fields.
func (s *Service) PublishContracts(ctx context.Context, in ContractsPublication) (ContractsPublished, error) {
	return ContractsPublished{}, errUnfinished
}

// FindPact returns one pact with its body.
func (s *Service) FindPact(ctx context.Context, q PactQuery) (Pact, error) {
	return Pact{}, errUnfinished
}

// FindPreviousDistinctPact returns the pact of the nearest earlier consumer
// version with other content.
func (s *Service) FindPreviousDistinctPact(ctx context.Context, q PactQuery) (Pact, error) {
	return Pact{}, errUnfinished
}

// DiffPacts compares two pacts of a pair. With the zero value for other it
// compares with the previous distinct one; PactDiff.Old is nil if there is none.
func (s *Service) DiffPacts(ctx context.Context, q, other PactQuery) (PactDiff, error) {
	return PactDiff{}, errUnfinished
}

// ListPacts returns current publications without bodies, sorted by consumer,
// provider and ascending order.
func (s *Service) ListPacts(ctx context.Context, q PactListQuery) ([]Pact, error) {
	return nil, errUnfinished
}

// DeletePact deletes all revisions of the pact of a version.
func (s *Service) DeletePact(ctx context.Context, consumer, provider, version string) (PactDeletion, error) {
	return PactDeletion{}, errUnfinished
}

// DeletePacts deletes the pacts that the query selects; it must name a pair.
func (s *Service) DeletePacts(ctx context.Context, q PactListQuery) (PactDeletion, error) {
	return PactDeletion{}, errUnfinished
}

// RecordVerification stores a result. The provider version is created if need be.
func (s *Service) RecordVerification(ctx context.Context, in VerificationInput) (Verification, error) {
	return Verification{}, errUnfinished
}

// FindVerification returns a result.
func (s *Service) FindVerification(ctx context.Context, q VerificationQuery) (Verification, error) {
	return Verification{}, errUnfinished
}

// DeleteVerification deletes a result.
func (s *Service) DeleteVerification(ctx context.Context, q VerificationQuery) error {
	return errUnfinished
}

// SummariseVerifications returns the newest result per provider of a consumer version.
func (s *Service) SummariseVerifications(ctx context.Context, consumer, version string) (VerificationSummary, error) {
	return VerificationSummary{}, errUnfinished
}

// ListProviderStates returns the states that consumers rely on: in the pacts of
// main-branch heads, of heads of branch, or of what is live in an environment
// (name or uuid). At most one of branch and environment is set.
func (s *Service) ListProviderStates(ctx context.Context, provider, branch, environment string) ([]ProviderStateUse, error) {
	return nil, errUnfinished
}

// ListIntegrations returns the integrations, last changed first.
func (s *Service) ListIntegrations(ctx context.Context, q IntegrationQuery) (Paged[Integration], error) {
	return Paged[Integration]{}, errUnfinished
}

// DeleteIntegration deletes a pair with all its data.
func (s *Service) DeleteIntegration(ctx context.Context, consumer, provider string) error {
	return errUnfinished
}

// DeleteIntegrations deletes everything but environments.
func (s *Service) DeleteIntegrations(ctx context.Context) error { return errUnfinished }

// FindGroup returns the pacticipants connected to the one named, itself
// included, by name. With max > 0 it goes no further from the hop on which max
// was reached.
func (s *Service) FindGroup(ctx context.Context, pacticipant string, max int) ([]GroupMember, error) {
	return nil, errUnfinished
}

// ListRelationships returns all pacticipants with their providers, by name.
func (s *Service) ListRelationships(ctx context.Context) ([]GroupMember, error) {
	return nil, errUnfinished
}

// Dashboard returns the pacts worth a look, last active first.
func (s *Service) Dashboard(ctx context.Context, q DashboardQuery) ([]DashboardItem, error) {
	return nil, errUnfinished
}

// FindPactStatus tells the state of a pact in one word. A pact that does not
// exist is no error.
func (s *Service) FindPactStatus(ctx context.Context, q PactQuery) (PactStatus, error) {
	return PactStatus{}, errUnfinished
}

// CountAll returns the metrics.
func (s *Service) CountAll(ctx context.Context) (Metrics, error) { return Metrics{}, errUnfinished }

// ListWebhooks returns webhooks, oldest first. The sides of q name pacticipants
// that must exist.
func (s *Service) ListWebhooks(ctx context.Context, q WebhookQuery) ([]Webhook, error) {
	return nil, errUnfinished
}

// FindWebhook returns the webhook with the uuid, secrets included.
func (s *Service) FindWebhook(ctx context.Context, uuid string) (Webhook, error) {
	return Webhook{}, errUnfinished
}

// ValidateWebhook checks w as CreateWebhook does, and stores nothing.
func (s *Service) ValidateWebhook(ctx context.Context, w Webhook) error { return errUnfinished }

// CreateWebhook stores a webhook under a new uuid.
func (s *Service) CreateWebhook(ctx context.Context, w Webhook) (Webhook, error) {
	return Webhook{}, errUnfinished
}

// ReplaceWebhook creates or replaces the webhook with w.UUID, and tells whether
// it is new. A password that is absent or starred and starred header values
// keep what is stored.
func (s *Service) ReplaceWebhook(ctx context.Context, w Webhook) (Webhook, bool, error) {
	return Webhook{}, false, errUnfinished
}

// DeleteWebhook deletes a webhook; its firings stay.
func (s *Service) DeleteWebhook(ctx context.Context, uuid string) error { return errUnfinished }

// ListWebhooksOfPact returns the firings by the pact of a consumer version,
// newest first.
func (s *Service) ListWebhooksOfPact(ctx context.Context, consumer, provider, version string) ([]TriggeredWebhook, error) {
	return nil, errUnfinished
}

// ListWebhooksOfVerification returns the firings by a result, newest first.
func (s *Service) ListWebhooksOfVerification(ctx context.Context, q VerificationQuery) ([]TriggeredWebhook, error) {
	return nil, errUnfinished
}

// FindWebhookStatus returns the latest firings of a pair.
func (s *Service) FindWebhookStatus(ctx context.Context, consumer, provider string) (WebhookStatus, error) {
	return WebhookStatus{}, errUnfinished
}

// FindTriggeredWebhook returns a firing with its attempts.
func (s *Service) FindTriggeredWebhook(ctx context.Context, uuid string) (TriggeredWebhookLogs, error) {
	return TriggeredWebhookLogs{}, errUnfinished
}
