package usecasetest

import (
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// failingTx is a transaction of a Failing store. It names every method, so that
// a new one cannot be forgotten.
type failingTx struct {
	tx    kernel.Tx
	store *Failing
}

// calling, finding and listing make a call of the port, or fail in its place.
func calling(f *failingTx, call func() error) error {
	if err := f.store.fails(); err != nil {
		return err
	}
	return call()
}

func finding[T any](f *failingTx, call func() (T, error)) (found T, err error) {
	if err := f.store.fails(); err != nil {
		return found, err
	}
	return call()
}

func listing[T, U any](f *failingTx, call func() (T, U, error)) (found T, more U, err error) {
	if err := f.store.fails(); err != nil {
		return found, more, err
	}
	return call()
}

// Known implements kernel.Tx: a use case that has to ask can fail.
func (f *failingTx) Known(any) (any, bool) { return nil, false }

// Keep implements kernel.Tx.
func (f *failingTx) Keep(any, any, int) {}

func (f *failingTx) RecentPublications(a int) ([]kernel.PactPublication, error) {
	return finding(f, func() ([]kernel.PactPublication, error) { return f.tx.RecentPublications(a) })
}
func (f *failingTx) RecentVerifications(a int) ([]kernel.Verification, error) {
	return finding(f, func() ([]kernel.Verification, error) { return f.tx.RecentVerifications(a) })
}
func (f *failingTx) RecentDeployments(a int) ([]kernel.DeployedVersion, error) {
	return finding(f, func() ([]kernel.DeployedVersion, error) { return f.tx.RecentDeployments(a) })
}
func (f *failingTx) RecentReleases(a int) ([]kernel.ReleasedVersion, error) {
	return finding(f, func() ([]kernel.ReleasedVersion, error) { return f.tx.RecentReleases(a) })
}
func (f *failingTx) ResultsBefore(a, b int64, c int) ([]matrix.Result, error) {
	return finding(f, func() ([]matrix.Result, error) { return f.tx.ResultsBefore(a, b, c) })
}
func (f *failingTx) ContentStates(a []int64) (map[int64]kernel.ContentState, error) {
	return finding(f, func() (map[int64]kernel.ContentState, error) { return f.tx.ContentStates(a) })
}
func (f *failingTx) AddPublication(a kernel.NewPublication) (kernel.PactPublication, error) {
	return finding(f, func() (kernel.PactPublication, error) { return f.tx.AddPublication(a) })
}
func (f *failingTx) AddTag(a kernel.Version, b string, c time.Time) (kernel.Tag, bool, error) {
	return listing(f, func() (kernel.Tag, bool, error) { return f.tx.AddTag(a, b, c) })
}
func (f *failingTx) AddTags(a kernel.Version, b []string, c time.Time) error {
	return calling(f, func() error { return f.tx.AddTags(a, b, c) })
}
func (f *failingTx) AddToBranch(a kernel.Branch, b kernel.Version, c bool, d time.Time) (bool, error) {
	return finding(f, func() (bool, error) { return f.tx.AddToBranch(a, b, c, d) })
}
func (f *failingTx) AddVerification(a kernel.NewVerification) (kernel.Verification, error) {
	return finding(f, func() (kernel.Verification, error) { return f.tx.AddVerification(a) })
}
func (f *failingTx) Body(a int64) ([]uint8, error) {
	return finding(f, func() ([]uint8, error) { return f.tx.Body(a) })
}
func (f *failingTx) BranchesOf(a []int64) (map[int64][]kernel.BranchVersion, error) {
	return finding(f, func() (map[int64][]kernel.BranchVersion, error) { return f.tx.BranchesOf(a) })
}
func (f *failingTx) CleanMark(a kernel.RowKind) (int64, error) {
	return finding(f, func() (int64, error) { return f.tx.CleanMark(a) })
}
func (f *failingTx) CountAll() (kernel.Metrics, error) {
	return finding(f, func() (kernel.Metrics, error) { return f.tx.CountAll() })
}
func (f *failingTx) HistoryLength() (int64, error) {
	return finding(f, func() (int64, error) { return f.tx.HistoryLength() })
}
func (f *failingTx) KeptMetrics() (kernel.Metrics, error) {
	return finding(f, func() (kernel.Metrics, error) { return f.tx.KeptMetrics() })
}
func (f *failingTx) ClaimCount(a, b time.Time) (bool, error) {
	return finding(f, func() (bool, error) { return f.tx.ClaimCount(a, b) })
}
func (f *failingTx) KeepMetrics(a kernel.Metrics) error {
	return calling(f, func() error { return f.tx.KeepMetrics(a) })
}
func (f *failingTx) CountBranches(a int64) (int, error) {
	return finding(f, func() (int, error) { return f.tx.CountBranches(a) })
}
func (f *failingTx) CountTags(a int64) (int, error) {
	return finding(f, func() (int, error) { return f.tx.CountTags(a) })
}
func (f *failingTx) CreateEnvironment(a kernel.Environment) (kernel.Environment, error) {
	return finding(f, func() (kernel.Environment, error) { return f.tx.CreateEnvironment(a) })
}
func (f *failingTx) CreateWebhook(a kernel.Webhook) (kernel.Webhook, error) {
	return finding(f, func() (kernel.Webhook, error) { return f.tx.CreateWebhook(a) })
}
func (f *failingTx) DeleteAllIntegrations() error {
	return calling(f, func() error { return f.tx.DeleteAllIntegrations() })
}
func (f *failingTx) DeleteBranch(a int64) error {
	return calling(f, func() error { return f.tx.DeleteBranch(a) })
}
func (f *failingTx) DeleteContents(a []int64) (int, error) {
	return finding(f, func() (int, error) { return f.tx.DeleteContents(a) })
}
func (f *failingTx) DeleteEnvironment(a int64) error {
	return calling(f, func() error { return f.tx.DeleteEnvironment(a) })
}
func (f *failingTx) DeleteFirings(a int64, b int64, c int) (int, error) {
	return finding(f, func() (int, error) { return f.tx.DeleteFirings(a, b, c) })
}
func (f *failingTx) DeleteGateAnswers(a time.Time, b int) (int, error) {
	return finding(f, func() (int, error) { return f.tx.DeleteGateAnswers(a, b) })
}
func (f *failingTx) DeleteIntegration(a int64, b int64) error {
	return calling(f, func() error { return f.tx.DeleteIntegration(a, b) })
}
func (f *failingTx) DeleteLabel(a int64, b string) error {
	return calling(f, func() error { return f.tx.DeleteLabel(a, b) })
}
func (f *failingTx) DeleteNewestVersions(a int64, b int) (int, error) {
	return finding(f, func() (int, error) { return f.tx.DeleteNewestVersions(a, b) })
}
func (f *failingTx) DeleteOrphanVersions(a int64, b int) (int, error) {
	return finding(f, func() (int, error) { return f.tx.DeleteOrphanVersions(a, b) })
}
func (f *failingTx) DeletePacticipant(a int64) error {
	return calling(f, func() error { return f.tx.DeletePacticipant(a) })
}
func (f *failingTx) DeletePublications(a []kernel.PactPublication) error {
	return calling(f, func() error { return f.tx.DeletePublications(a) })
}
func (f *failingTx) DeleteReplaced(a kernel.RowKind, b []int64) (int, error) {
	return finding(f, func() (int, error) { return f.tx.DeleteReplaced(a, b) })
}
func (f *failingTx) DeleteUnpublished(a int64, b int64, c int) (int, error) {
	return finding(f, func() (int, error) { return f.tx.DeleteUnpublished(a, b, c) })
}
func (f *failingTx) DeleteVerification(a int64) error {
	return calling(f, func() error { return f.tx.DeleteVerification(a) })
}
func (f *failingTx) DeleteVersions(a []int64) error {
	return calling(f, func() error { return f.tx.DeleteVersions(a) })
}

func (f *failingTx) WeighVersions(a []int64) (map[int64]int, error) {
	return finding(f, func() (map[int64]int, error) { return f.tx.WeighVersions(a) })
}

func (f *failingTx) DeleteVersion(a int64) error {
	return calling(f, func() error { return f.tx.DeleteVersion(a) })
}
func (f *failingTx) DeleteWebhook(a int64) error {
	return calling(f, func() error { return f.tx.DeleteWebhook(a) })
}
func (f *failingTx) DeployedOf(a []int64) (map[int64][]kernel.DeployedVersion, error) {
	return finding(f, func() (map[int64][]kernel.DeployedVersion, error) { return f.tx.DeployedOf(a) })
}
func (f *failingTx) EarlierUntagged(a kernel.Version, b int64) (string, error) {
	return finding(f, func() (string, error) { return f.tx.EarlierUntagged(a, b) })
}

func (f *failingTx) EarlierContents(a kernel.Version, b int64, c []string) (map[string]string, error) {
	return finding(f, func() (map[string]string, error) { return f.tx.EarlierContents(a, b, c) })
}
func (f *failingTx) EndDeployment(a kernel.DeployedVersion, b time.Time, c string) error {
	return calling(f, func() error { return f.tx.EndDeployment(a, b, c) })
}
func (f *failingTx) EndRelease(a kernel.ReleasedVersion, b time.Time) error {
	return calling(f, func() error { return f.tx.EndRelease(a, b) })
}
func (f *failingTx) EnqueueWebhooks(a ...kernel.TriggeredWebhook) ([]kernel.TriggeredWebhook, error) {
	return finding(f, func() ([]kernel.TriggeredWebhook, error) { return f.tx.EnqueueWebhooks(a...) })
}
func (f *failingTx) EnsureBranch(a int64, b string, c time.Time) (kernel.Branch, bool, error) {
	return listing(f, func() (kernel.Branch, bool, error) { return f.tx.EnsureBranch(a, b, c) })
}
func (f *failingTx) EnsureContent(a kernel.Content) (int64, bool, error) {
	return listing(f, func() (int64, bool, error) { return f.tx.EnsureContent(a) })
}
func (f *failingTx) EnsureLabel(a int64, b string, c time.Time) (kernel.Label, bool, error) {
	return listing(f, func() (kernel.Label, bool, error) { return f.tx.EnsureLabel(a, b, c) })
}
func (f *failingTx) EnsurePacticipant(a kernel.Pacticipant) (kernel.Pacticipant, bool, error) {
	return listing(f, func() (kernel.Pacticipant, bool, error) { return f.tx.EnsurePacticipant(a) })
}
func (f *failingTx) EnsureVersion(a kernel.Version) (kernel.Version, bool, error) {
	return listing(f, func() (kernel.Version, bool, error) { return f.tx.EnsureVersion(a) })
}
func (f *failingTx) Foresee(a func(kernel.Tx)) error {
	return calling(f, func() error { return f.tx.Foresee(a) })
}
func (f *failingTx) FindBranch(a int64, b string) (kernel.Branch, error) {
	return finding(f, func() (kernel.Branch, error) { return f.tx.FindBranch(a, b) })
}
func (f *failingTx) FindBranchVersion(a int64, b int64) (kernel.BranchVersion, error) {
	return finding(f, func() (kernel.BranchVersion, error) { return f.tx.FindBranchVersion(a, b) })
}
func (f *failingTx) FindContent(a int64, b int64, c string) (kernel.Content, error) {
	return finding(f, func() (kernel.Content, error) { return f.tx.FindContent(a, b, c) })
}
func (f *failingTx) FindEnvironment(a string) (kernel.Environment, error) {
	return finding(f, func() (kernel.Environment, error) { return f.tx.FindEnvironment(a) })
}
func (f *failingTx) FindEnvironmentByName(a string) (kernel.Environment, error) {
	return finding(f, func() (kernel.Environment, error) { return f.tx.FindEnvironmentByName(a) })
}
func (f *failingTx) FindGateAnswer(a int64) (kernel.GateAnswer, error) {
	return finding(f, func() (kernel.GateAnswer, error) { return f.tx.FindGateAnswer(a) })
}
func (f *failingTx) FindIntegration(a int64, b int64) (kernel.Integration, error) {
	return finding(f, func() (kernel.Integration, error) { return f.tx.FindIntegration(a, b) })
}
func (f *failingTx) FindLabel(a int64, b string) (kernel.Label, error) {
	return finding(f, func() (kernel.Label, error) { return f.tx.FindLabel(a, b) })
}
func (f *failingTx) FindLatestVersion(a int64) (kernel.Version, error) {
	return finding(f, func() (kernel.Version, error) { return f.tx.FindLatestVersion(a) })
}
func (f *failingTx) FindPacticipant(a string) (kernel.Pacticipant, error) {
	return finding(f, func() (kernel.Pacticipant, error) { return f.tx.FindPacticipant(a) })
}
func (f *failingTx) FindPacticipantByID(a int64) (kernel.Pacticipant, error) {
	return finding(f, func() (kernel.Pacticipant, error) { return f.tx.FindPacticipantByID(a) })
}
func (f *failingTx) FindPacticipants(a ...string) (map[string]kernel.Pacticipant, error) {
	return finding(f, func() (map[string]kernel.Pacticipant, error) { return f.tx.FindPacticipants(a...) })
}
func (f *failingTx) FindPublication(a int64, b int64) (kernel.PactPublication, error) {
	return finding(f, func() (kernel.PactPublication, error) { return f.tx.FindPublication(a, b) })
}
func (f *failingTx) FindPublicationByID(a int64) (kernel.PactPublication, error) {
	return finding(f, func() (kernel.PactPublication, error) { return f.tx.FindPublicationByID(a) })
}
func (f *failingTx) FindScope(a int64, b kernel.ScopeKind, c string) (kernel.Scope, error) {
	return finding(f, func() (kernel.Scope, error) { return f.tx.FindScope(a, b, c) })
}
func (f *failingTx) FindTag(a int64, b string) (kernel.Tag, error) {
	return finding(f, func() (kernel.Tag, error) { return f.tx.FindTag(a, b) })
}
func (f *failingTx) FindTagHead(a int64, b string) (kernel.Version, error) {
	return finding(f, func() (kernel.Version, error) { return f.tx.FindTagHead(a, b) })
}
func (f *failingTx) FindVerification(a int64, b int64) (kernel.Verification, error) {
	return finding(f, func() (kernel.Verification, error) { return f.tx.FindVerification(a, b) })
}
func (f *failingTx) FindVerificationByID(a int64) (kernel.Verification, error) {
	return finding(f, func() (kernel.Verification, error) { return f.tx.FindVerificationByID(a) })
}
func (f *failingTx) FindVerificationsByID(a []int64) (map[int64]kernel.Verification, error) {
	return finding(f, func() (map[int64]kernel.Verification, error) { return f.tx.FindVerificationsByID(a) })
}
func (f *failingTx) FindVersion(a int64, b string) (kernel.Version, error) {
	return finding(f, func() (kernel.Version, error) { return f.tx.FindVersion(a, b) })
}
func (f *failingTx) FindVersionByID(a int64) (kernel.Version, error) {
	return finding(f, func() (kernel.Version, error) { return f.tx.FindVersionByID(a) })
}

func (f *failingTx) FindVersionsNumbered(a string, b int) ([]kernel.Version, error) {
	return finding(f, func() ([]kernel.Version, error) { return f.tx.FindVersionsNumbered(a, b) })
}

func (f *failingTx) FindPacticipantsByID(a []int64) (map[int64]kernel.Pacticipant, error) {
	return finding(f, func() (map[int64]kernel.Pacticipant, error) { return f.tx.FindPacticipantsByID(a) })
}

func (f *failingTx) FindVersionsByID(a []int64) (map[int64]kernel.Version, error) {
	return finding(f, func() (map[int64]kernel.Version, error) { return f.tx.FindVersionsByID(a) })
}
func (f *failingTx) FindWebhook(a string) (kernel.Webhook, error) {
	return finding(f, func() (kernel.Webhook, error) { return f.tx.FindWebhook(a) })
}
func (f *failingTx) HasVerification(a int64, b int64) (bool, error) {
	return finding(f, func() (bool, error) { return f.tx.HasVerification(a, b) })
}
func (f *failingTx) HasWebhooks() (bool, error) {
	return finding(f, func() (bool, error) { return f.tx.HasWebhooks() })
}
func (f *failingTx) LabelsOf(a []int64) (map[int64][]kernel.Label, error) {
	return finding(f, func() (map[int64][]kernel.Label, error) { return f.tx.LabelsOf(a) })
}
func (f *failingTx) LatestMainVerification(a int64) (kernel.Verification, error) {
	return finding(f, func() (kernel.Verification, error) { return f.tx.LatestMainVerification(a) })
}
func (f *failingTx) LatestRevision(a int64) (kernel.PactPublication, error) {
	return finding(f, func() (kernel.PactPublication, error) { return f.tx.LatestRevision(a) })
}
func (f *failingTx) NotableRevisions(a []int64) (map[int64]kernel.PactPublication, error) {
	return finding(f, func() (map[int64]kernel.PactPublication, error) { return f.tx.NotableRevisions(a) })
}
func (f *failingTx) LatestTags(a []kernel.PactPublication) (map[int64][]string, error) {
	return finding(f, func() (map[int64][]string, error) { return f.tx.LatestTags(a) })
}
func (f *failingTx) LatestVerification(a int64) (kernel.Verification, error) {
	return finding(f, func() (kernel.Verification, error) { return f.tx.LatestVerification(a) })
}
func (f *failingTx) LatestVerifications(a []int64) (map[int64]kernel.Verification, error) {
	return finding(f, func() (map[int64]kernel.Verification, error) { return f.tx.LatestVerifications(a) })
}
func (f *failingTx) LatestVersions(a []int64) (map[int64]kernel.Version, error) {
	return finding(f, func() (map[int64]kernel.Version, error) { return f.tx.LatestVersions(a) })
}
func (f *failingTx) ListBranchPacts(a kernel.SelectedPactQuery) ([]kernel.SelectedPact, error) {
	return finding(f, func() ([]kernel.SelectedPact, error) { return f.tx.ListBranchPacts(a) })
}
func (f *failingTx) ListBranches(a int64, b string, c kernel.Page) ([]kernel.Branch, int, error) {
	return listing(f, func() ([]kernel.Branch, int, error) { return f.tx.ListBranches(a, b, c) })
}
func (f *failingTx) ListConsumersOf(a int64) ([]kernel.Consumer, error) {
	return finding(f, func() ([]kernel.Consumer, error) { return f.tx.ListConsumersOf(a) })
}
func (f *failingTx) ListDeployedPacts(a kernel.SelectedPactQuery) ([]kernel.SelectedPact, error) {
	return finding(f, func() ([]kernel.SelectedPact, error) { return f.tx.ListDeployedPacts(a) })
}
func (f *failingTx) ListDeployedVersions(a kernel.RecordFilter) ([]kernel.DeployedVersion, error) {
	return finding(f, func() ([]kernel.DeployedVersion, error) { return f.tx.ListDeployedVersions(a) })
}
func (f *failingTx) ListEnvironments() ([]kernel.Environment, error) {
	return finding(f, func() ([]kernel.Environment, error) { return f.tx.ListEnvironments() })
}
func (f *failingTx) ListGateAnswers(a kernel.GateHistoryQuery) ([]kernel.GateAnswer, error) {
	return finding(f, func() ([]kernel.GateAnswer, error) { return f.tx.ListGateAnswers(a) })
}
func (f *failingTx) ListHeadPacts(a int64, b time.Time) ([]kernel.SelectedPact, error) {
	return finding(f, func() ([]kernel.SelectedPact, error) { return f.tx.ListHeadPacts(a, b) })
}
func (f *failingTx) ListIntegrations(a kernel.IntegrationQuery) ([]kernel.Integration, int, error) {
	return listing(f, func() ([]kernel.Integration, int, error) { return f.tx.ListIntegrations(a) })
}
func (f *failingTx) ListLabelNames(a kernel.Page) ([]string, int, error) {
	return listing(f, func() ([]string, int, error) { return f.tx.ListLabelNames(a) })
}
func (f *failingTx) ListLatestFirings(a int64, b int64) ([]kernel.TriggeredWebhook, error) {
	return finding(f, func() ([]kernel.TriggeredWebhook, error) { return f.tx.ListLatestFirings(a, b) })
}
func (f *failingTx) ListLatestPacts(a kernel.SelectedPactQuery) ([]kernel.SelectedPact, error) {
	return finding(f, func() ([]kernel.SelectedPact, error) { return f.tx.ListLatestPacts(a) })
}
func (f *failingTx) ListPacticipantNames() ([]string, error) {
	return finding(f, func() ([]string, error) { return f.tx.ListPacticipantNames() })
}
func (f *failingTx) ListPacticipants(a kernel.PacticipantQuery) ([]kernel.Pacticipant, int, error) {
	return listing(f, func() ([]kernel.Pacticipant, int, error) { return f.tx.ListPacticipants(a) })
}
func (f *failingTx) ListPublications(a kernel.PublicationFilter) ([]kernel.PactPublication, error) {
	return finding(f, func() ([]kernel.PactPublication, error) { return f.tx.ListPublications(a) })
}
func (f *failingTx) ListReleasedPacts(a kernel.SelectedPactQuery) ([]kernel.SelectedPact, error) {
	return finding(f, func() ([]kernel.SelectedPact, error) { return f.tx.ListReleasedPacts(a) })
}
func (f *failingTx) ListPlaceChanges(a kernel.PlaceHistoryQuery) ([]kernel.PlaceChange, error) {
	return finding(f, func() ([]kernel.PlaceChange, error) { return f.tx.ListPlaceChanges(a) })
}
func (f *failingTx) ListReleasedVersions(a kernel.RecordFilter) ([]kernel.ReleasedVersion, error) {
	return finding(f, func() ([]kernel.ReleasedVersion, error) { return f.tx.ListReleasedVersions(a) })
}
func (f *failingTx) ListTagPacts(a kernel.SelectedPactQuery) ([]kernel.SelectedPact, error) {
	return finding(f, func() ([]kernel.SelectedPact, error) { return f.tx.ListTagPacts(a) })
}
func (f *failingTx) ListTriggeredWebhooks(a kernel.TriggeredWebhookFilter) ([]kernel.TriggeredWebhook, error) {
	return finding(f, func() ([]kernel.TriggeredWebhook, error) { return f.tx.ListTriggeredWebhooks(a) })
}
func (f *failingTx) ListUnprovenTimes(a int64, b time.Time) ([]time.Time, error) {
	return finding(f, func() ([]time.Time, error) { return f.tx.ListUnprovenTimes(a, b) })
}
func (f *failingTx) ListVersions(a kernel.VersionFilter) ([]kernel.Version, int, error) {
	return listing(f, func() ([]kernel.Version, int, error) { return f.tx.ListVersions(a) })
}
func (f *failingTx) ListWebhookAttempts(a int64) ([]kernel.WebhookAttempt, error) {
	return finding(f, func() ([]kernel.WebhookAttempt, error) { return f.tx.ListWebhookAttempts(a) })
}
func (f *failingTx) ListWebhooks(a kernel.WebhookQuery) ([]kernel.Webhook, error) {
	return finding(f, func() ([]kernel.Webhook, error) { return f.tx.ListWebhooks(a) })
}
func (f *failingTx) LiveEnvironmentsOf(a []int64) (map[int64][]kernel.Environment, error) {
	return finding(f, func() (map[int64][]kernel.Environment, error) { return f.tx.LiveEnvironmentsOf(a) })
}
func (f *failingTx) Lock(a kernel.Hold, b ...kernel.Row) error {
	return calling(f, func() error { return f.tx.Lock(a, b...) })
}
func (f *failingTx) LockLeft(a kernel.Hold, b ...kernel.Row) error {
	return calling(f, func() error { return f.tx.LockLeft(a, b...) })
}
func (f *failingTx) LoosenVersion(a kernel.Version, b int) (bool, error) {
	return finding(f, func() (bool, error) { return f.tx.LoosenVersion(a, b) })
}
func (f *failingTx) ListFirings(a kernel.WebhookFiringFilter) ([]kernel.TriggeredWebhook, error) {
	return finding(f, func() ([]kernel.TriggeredWebhook, error) { return f.tx.ListFirings(a) })
}
func (f *failingTx) ListFiringsOfPair(a, b, c int64, d kernel.EventName, e int) ([]kernel.TriggeredWebhook, error) {
	return finding(f, func() ([]kernel.TriggeredWebhook, error) { return f.tx.ListFiringsOfPair(a, b, c, d, e) })
}
func (f *failingTx) MatchWebhook(a int64, b kernel.Party, c kernel.Party) (kernel.WebhookMatch, error) {
	return finding(f, func() (kernel.WebhookMatch, error) { return f.tx.MatchWebhook(a, b, c) })
}
func (f *failingTx) WebhookStates(a ...int64) (map[int64]kernel.WebhookState, error) {
	return finding(f, func() (map[int64]kernel.WebhookState, error) { return f.tx.WebhookStates(a...) })
}
func (f *failingTx) MatchingWebhooks(a kernel.Party, b kernel.Party) ([]kernel.Webhook, error) {
	return finding(f, func() ([]kernel.Webhook, error) { return f.tx.MatchingWebhooks(a, b) })
}
func (f *failingTx) MatrixFacts(a time.Time) matrix.Reader { return f.tx.MatrixFacts(a) }
func (f *failingTx) NotablePublications(a int64, b int64) ([]kernel.PactPublication, error) {
	return finding(f, func() ([]kernel.PactPublication, error) { return f.tx.NotablePublications(a, b) })
}
func (f *failingTx) OldestVersions(a int64, b int) ([]kernel.Version, error) {
	return finding(f, func() ([]kernel.Version, error) { return f.tx.OldestVersions(a, b) })
}
func (f *failingTx) OrphanContents(a int64, b int) ([]int64, int64, error) {
	return listing(f, func() ([]int64, int64, error) { return f.tx.OrphanContents(a, b) })
}
func (f *failingTx) PairsOf(a int64) ([][2]int64, error) {
	return finding(f, func() ([][2]int64, error) { return f.tx.PairsOf(a) })
}
func (f *failingTx) Ping() error { return calling(f, func() error { return f.tx.Ping() }) }
func (f *failingTx) ProofOf(a []int64, b kernel.ProofQuery) (map[int64]kernel.Proof, error) {
	return finding(f, func() (map[int64]kernel.Proof, error) { return f.tx.ProofOf(a, b) })
}
func (f *failingTx) ProviderHasVerified(a int64, b int64) (bool, error) {
	return finding(f, func() (bool, error) { return f.tx.ProviderHasVerified(a, b) })
}
func (f *failingTx) RecordDeployment(a kernel.DeployedVersion) (kernel.DeployedVersion, error) {
	return finding(f, func() (kernel.DeployedVersion, error) { return f.tx.RecordDeployment(a) })
}
func (f *failingTx) ListRollouts(a kernel.RolloutFilter) ([]kernel.Rollout, error) {
	return finding(f, func() ([]kernel.Rollout, error) { return f.tx.ListRollouts(a) })
}
func (f *failingTx) SaveRollout(a kernel.Rollout) error {
	return calling(f, func() error { return f.tx.SaveRollout(a) })
}
func (f *failingTx) StartRollout(a kernel.Rollout) (kernel.Rollout, error) {
	return finding(f, func() (kernel.Rollout, error) { return f.tx.StartRollout(a) })
}
func (f *failingTx) RecordRelease(a kernel.ReleasedVersion) (kernel.ReleasedVersion, bool, error) {
	return listing(f, func() (kernel.ReleasedVersion, bool, error) { return f.tx.RecordRelease(a) })
}
func (f *failingTx) ReleasedOf(a []int64) (map[int64][]kernel.ReleasedVersion, error) {
	return finding(f, func() (map[int64][]kernel.ReleasedVersion, error) { return f.tx.ReleasedOf(a) })
}
func (f *failingTx) RemoveFromBranch(a int64, b int64) error {
	return calling(f, func() error { return f.tx.RemoveFromBranch(a, b) })
}
func (f *failingTx) RemoveTag(a kernel.Version, b string) error {
	return calling(f, func() error { return f.tx.RemoveTag(a, b) })
}
func (f *failingTx) RemoveTags(a kernel.Version, b []string) (int, error) {
	return finding(f, func() (int, error) { return f.tx.RemoveTags(a, b) })
}
func (f *failingTx) Replacements(a kernel.RowKind, b int64, c time.Time, d int) ([]kernel.Replacement, error) {
	return finding(f, func() ([]kernel.Replacement, error) { return f.tx.Replacements(a, b, c, d) })
}
func (f *failingTx) SaveCleanMark(a kernel.RowKind, b int64) error {
	return calling(f, func() error { return f.tx.SaveCleanMark(a, b) })
}
func (f *failingTx) SaveEnvironment(a kernel.Environment) error {
	return calling(f, func() error { return f.tx.SaveEnvironment(a) })
}
func (f *failingTx) SaveGateAnswer(a kernel.GateAnswer) (int64, error) {
	return finding(f, func() (int64, error) { return f.tx.SaveGateAnswer(a) })
}
func (f *failingTx) SavePacticipant(a kernel.Pacticipant) error {
	return calling(f, func() error { return f.tx.SavePacticipant(a) })
}
func (f *failingTx) RecordWebhookAttempt(a kernel.WebhookAttempt, b kernel.TriggerStatus) error {
	return calling(f, func() error { return f.tx.RecordWebhookAttempt(a, b) })
}
func (f *failingTx) SaveVersion(a kernel.Version) error {
	return calling(f, func() error { return f.tx.SaveVersion(a) })
}
func (f *failingTx) SaveWebhook(a kernel.Webhook) error {
	return calling(f, func() error { return f.tx.SaveWebhook(a) })
}
func (f *failingTx) StaleBranches(a time.Time, b int) ([]kernel.Branch, error) {
	return finding(f, func() ([]kernel.Branch, error) { return f.tx.StaleBranches(a, b) })
}
func (f *failingTx) TagsOf(a []int64) (map[int64][]kernel.Tag, error) {
	return finding(f, func() (map[int64][]kernel.Tag, error) { return f.tx.TagsOf(a) })
}
func (f *failingTx) ThinBranch(a int64, b int) (int, error) {
	return finding(f, func() (int, error) { return f.tx.ThinBranch(a, b) })
}
func (f *failingTx) ThinEnvironment(a int64, b int) (int, error) {
	return finding(f, func() (int, error) { return f.tx.ThinEnvironment(a, b) })
}
func (f *failingTx) ThinWebhook(a int64, b int) (int, error) {
	return finding(f, func() (int, error) { return f.tx.ThinWebhook(a, b) })
}
func (f *failingTx) TouchIntegration(a int64, b int64, c time.Time) error {
	return calling(f, func() error { return f.tx.TouchIntegration(a, b, c) })
}
func (f *failingTx) TestsAfter(a int64, b time.Time, c int) ([]kernel.SentTests, int64, error) {
	return listing(f, func() ([]kernel.SentTests, int64, error) { return f.tx.TestsAfter(a, b, c) })
}

func (f *failingTx) NoteTelling(a int64, b matrix.Telling) error {
	return calling(f, func() error { return f.tx.NoteTelling(a, b) })
}

func (f *failingTx) VerificationDetail(a int64) ([]uint8, []uint8, error) {
	return listing(f, func() ([]uint8, []uint8, error) { return f.tx.VerificationDetail(a) })
}
func (f *failingTx) Together(a ...func() error) error {
	return f.tx.Together(a...)
}
func (f *failingTx) FindNamedPublication(a kernel.PactQuery) (kernel.PactPublication, error) {
	return finding(f, func() (kernel.PactPublication, error) { return f.tx.FindNamedPublication(a) })
}
func (f *failingTx) ForeseePact(a kernel.PactQuery) error {
	return calling(f, func() error { return f.tx.ForeseePact(a) })
}
func (f *failingTx) FindNamedContent(a, b, c string) (kernel.Content, error) {
	return finding(f, func() (kernel.Content, error) { return f.tx.FindNamedContent(a, b, c) })
}
func (f *failingTx) ForeseeQuestion(a matrix.Query) error {
	return calling(f, func() error { return f.tx.ForeseeQuestion(a) })
}
func (f *failingTx) LatestPublications(a [][2]int64) ([]kernel.PactPublication, error) {
	return finding(f, func() ([]kernel.PactPublication, error) { return f.tx.LatestPublications(a) })
}
func (f *failingTx) DatabaseSize() (int64, int64, error) {
	return listing(f, func() (int64, int64, error) { return f.tx.DatabaseSize() })
}
func (f *failingTx) FindWorkOutcome(a string) (kernel.WorkOutcome, error) {
	return finding(f, func() (kernel.WorkOutcome, error) { return f.tx.FindWorkOutcome(a) })
}
func (f *failingTx) ListPeriodic() ([]kernel.PeriodicWork, error) {
	return finding(f, func() ([]kernel.PeriodicWork, error) { return f.tx.ListPeriodic() })
}
func (f *failingTx) ListReplicas() ([]kernel.Replica, error) {
	return finding(f, func() ([]kernel.Replica, error) { return f.tx.ListReplicas() })
}
func (f *failingTx) OpenDeliveries(a int) (int, time.Time, error) {
	return listing(f, func() (int, time.Time, error) { return f.tx.OpenDeliveries(a) })
}
func (f *failingTx) SaveWorkOutcome(a kernel.WorkOutcome) error {
	return calling(f, func() error { return f.tx.SaveWorkOutcome(a) })
}
func (f *failingTx) WeighBranch(a int64, b int) (kernel.Weight, error) {
	return finding(f, func() (kernel.Weight, error) { return f.tx.WeighBranch(a, b) })
}
func (f *failingTx) WeighIntegration(a, b int64, c int) (kernel.Weight, error) {
	return finding(f, func() (kernel.Weight, error) { return f.tx.WeighIntegration(a, b, c) })
}
func (f *failingTx) WeighPacticipant(a int64, b int) (kernel.Weight, error) {
	return finding(f, func() (kernel.Weight, error) { return f.tx.WeighPacticipant(a, b) })
}
