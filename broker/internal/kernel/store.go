package kernel

import (
	"context"
	"time"

	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// Store keeps everything the broker knows. It is safe for concurrent use.
type Store interface {
	// View runs fn on one snapshot. What fn reads does not change meanwhile;
	// it must not write. As with Update, fn may run again from the start.
	View(ctx context.Context, fn func(Tx) error) error
	// Update runs fn in one transaction: if fn or the commit fails, nothing
	// happened. When Update returns nil, what fn wrote is on disk. The store
	// may run fn again from the start after a conflict with another
	// transaction, so fn only assigns to what lies outside of it.
	Update(ctx context.Context, fn func(Tx) error) error
	// Noticed returns a number that grows with each change of facts that this
	// process knows of: with one of its own before Update returns, with one of
	// another replica when that has told it, some seconds later. What another
	// program does to the database is not noticed.
	Noticed() int64
	// Close waits for running calls and releases the database.
	Close() error
}

// Tx is what a use case may do within one transaction. It is valid until the
// function it was passed to returns, and not safe for concurrent use.
//
// Methods named Find return a CodeNotFound error if there is nothing. Methods
// that write keep every derived row right: heads of branches and tags, current
// publications and results.
type Tx interface {
	Locks
	Pacticipants
	Labels
	Versions
	Branches
	Tags
	Pacts
	Verifications
	Integrations
	Environments
	Deployments
	Rollouts
	Webhooks
	TriggeredWebhooks
	Happenings
	Statistics
	Retention
	Operation
	Identities
	Teams
	TrustRules
	Secrets
	Audits
	MatrixReader
	// Foresee says what the caller is going to do, which changes no answer. Where
	// each way to the database costs, ask is called, perhaps several times, with a
	// Tx of which it uses the methods that the caller will use, with the same
	// arguments: what they have to read is read at once, and rows that are locked
	// are locked. Nothing is written. A method returns an error where its answer is
	// not there yet, and ask leaves out what depends on it.
	Foresee(ask func(ahead Tx)) error
	// Together runs look-ups of which none needs what another finds: where each
	// way to the database costs, they share it. In an update they run in order.
	Together(looks ...func() error) error
	// Known returns the answer that was kept under a key, if the database is in the
	// same state still. Keep keeps one of about so many bytes, if it can. Both are for
	// views; see [Kept].
	Known(key any) (answer any, known bool)
	Keep(key, answer any, weight int)
	// Ping reads something small.
	Ping() error
}

// Kept returns what find returns, which depends on the key and on the database alone:
// neither on the clock nor on what is asked with it. Where the database is in the
// state in which it was asked before, it may be the answer of then. So nobody changes
// it, or what it leads to. weight is about how many bytes it has.
func Kept[T any](tx Tx, key any, find func() (T, error), weight func(T) int) (T, error) {
	if known, ok := tx.Known(key); ok {
		return known.(T), nil
	}
	out, err := find()
	if err == nil {
		tx.Keep(key, out, weight(out))
	}
	return out, err
}

// Pacticipants is the storage of applications.
type Pacticipants interface {
	// FindPacticipant returns the one of that name, in any case if the store is
	// set to ignore it.
	FindPacticipant(name string) (Pacticipant, error)
	// FindPacticipants returns those that there are of the names, by name.
	FindPacticipants(names ...string) (map[string]Pacticipant, error)
	// FindPacticipantByID returns the one with the identity.
	FindPacticipantByID(id int64) (Pacticipant, error)
	// FindPacticipantsByID is FindPacticipantByID for many: those that there are, by
	// identity.
	FindPacticipantsByID(ids []int64) (map[int64]Pacticipant, error)
	// ListPacticipants returns a page, sorted by name without regard to case,
	// and the number of all.
	ListPacticipants(q PacticipantQuery) ([]Pacticipant, int, error)
	// ListPacticipantNames returns all names, sorted without regard to case.
	ListPacticipantNames() ([]string, error)
	// EnsurePacticipant creates p if its name is free and returns what is
	// stored under the name, and whether it is new.
	EnsurePacticipant(p Pacticipant) (Pacticipant, bool, error)
	// SavePacticipant writes all fields but name and creation time.
	SavePacticipant(p Pacticipant) error
	// IsUnclaimed reports whether one was made by nobody in particular and has no
	// version.
	IsUnclaimed(id int64) (bool, error)
	// HasMade reports whether a principal, by its UUID, has made one.
	HasMade(principal string) (bool, error)
	// Claim writes which principal has made one, by its UUID.
	Claim(id int64, principal string) error
	// DeletePacticipant deletes p with everything that depends on it.
	DeletePacticipant(id int64) error
}

// Labels is the storage of labels.
type Labels interface {
	// EnsureLabel returns the label and whether it is new.
	EnsureLabel(pacticipantID int64, name string, at time.Time) (Label, bool, error)
	// FindLabel returns the label of that name.
	FindLabel(pacticipantID int64, name string) (Label, error)
	// DeleteLabel deletes it, or returns CodeNotFound.
	DeleteLabel(pacticipantID int64, name string) error
	// ListLabelNames returns distinct names, sorted, and the number of all.
	ListLabelNames(page Page) ([]string, int, error)
	// LabelsOf returns the labels by pacticipant, sorted by name.
	LabelsOf(pacticipantIDs []int64) (map[int64][]Label, error)
}

// Versions is the storage of versions.
type Versions interface {
	// FindVersion returns the version with the number.
	FindVersion(pacticipantID int64, number string) (Version, error)
	// FindVersionByID returns the version with the identity.
	FindVersionByID(id int64) (Version, error)
	// FindVersionsByID is FindVersionByID for many: those that there are, by
	// identity.
	FindVersionsByID(ids []int64) (map[int64]Version, error)
	// FindLatestVersion returns the version with the greatest order.
	FindLatestVersion(pacticipantID int64) (Version, error)
	// FindVersionsNumbered returns up to limit versions with the number, of all
	// pacticipants, latest first.
	FindVersionsNumbered(number string, limit int) ([]Version, error)
	// LatestVersions is FindLatestVersion for many pacticipants.
	LatestVersions(pacticipantIDs []int64) (map[int64]Version, error)
	// ListVersions returns a page, latest first, and the number of all.
	ListVersions(f VersionFilter) ([]Version, int, error)
	// EnsureVersion creates v if its number is free and returns what is stored
	// under the number, and whether it is new. Its order is assigned here: by a
	// sequence or, if the store is set so and under a lock on the pacticipant,
	// at its place among the other semantic versions.
	EnsureVersion(v Version) (Version, bool, error)
	// SaveVersion writes the build URL and the time of the update.
	SaveVersion(v Version) error
	// DeleteVersion deletes the version with its tags, memberships, pacts,
	// results as a provider, deployments and releases.
	DeleteVersion(id int64) error
	// DeleteVersions is DeleteVersion for many, and costs less than one after the
	// other: what they share is computed again once.
	DeleteVersions(ids []int64) error
	// WeighVersions returns by version about how many rows its deletion writes.
	WeighVersions(ids []int64) (map[int64]int, error)
	// LoosenVersion takes firings of webhooks, tags and branches off a version of
	// which so much hangs that deleting it would write more than that many rows,
	// about as many as make up for so many rows. It returns false if there is no
	// need to.
	LoosenVersion(v Version, rows int) (bool, error)
}

// Branches is the storage of branches.
type Branches interface {
	// FindBranch returns the branch of that name.
	FindBranch(pacticipantID int64, name string) (Branch, error)
	// ListBranches returns a page, last updated first, and the number of all.
	ListBranches(pacticipantID int64, search string, page Page) ([]Branch, int, error)
	// EnsureBranch returns the branch and whether it is new.
	EnsureBranch(pacticipantID int64, name string, at time.Time) (Branch, bool, error)
	// AddToBranch makes v the head of b. A version that is on the branch
	// already stays where it is, and false is returned.
	AddToBranch(b Branch, v Version, auto bool, at time.Time) (bool, error)
	// FindBranchVersion returns the membership of the version.
	FindBranchVersion(branchID, versionID int64) (BranchVersion, error)
	// CountBranches returns how many branches the version is on.
	CountBranches(versionID int64) (int, error)
	// RemoveFromBranch takes the version off the branch, or returns CodeNotFound
	// if it is not on it.
	RemoveFromBranch(branchID, versionID int64) error
	// DeleteBranch deletes the branch. Its versions stay.
	DeleteBranch(id int64) error
	// ThinBranch takes versions other than its head off a branch, the oldest
	// first, limit at most. It is for a branch that is about to be deleted.
	ThinBranch(id int64, limit int) (int, error)
	// BranchesOf returns the memberships by version, in the order of adding.
	BranchesOf(versionIDs []int64) (map[int64][]BranchVersion, error)
}

// Tags is the storage of tags.
type Tags interface {
	// AddTag returns the tag and whether it is new.
	AddTag(v Version, name string, at time.Time) (Tag, bool, error)
	// AddTags adds those that the version does not have, a microsecond apart each
	// from at on. The names are distinct.
	AddTags(v Version, names []string, at time.Time) error
	// FindTag returns the tag of that name.
	FindTag(versionID int64, name string) (Tag, error)
	// CountTags returns how many tags the version has.
	CountTags(versionID int64) (int, error)
	// RemoveTag takes the tag off the version, or returns CodeNotFound if it has
	// none of that name.
	RemoveTag(v Version, name string) error
	// RemoveTags takes tags off a version that has them and tells how many it had.
	RemoveTags(v Version, names []string) (int, error)
	// FindTagHead returns the latest version with the tag.
	FindTagHead(pacticipantID int64, name string) (Version, error)
	// TagsOf returns the tags by version, in the order of adding, Latest telling
	// whether the version is the latest with the tag.
	TagsOf(versionIDs []int64) (map[int64][]Tag, error)
}

// Pacts is the storage of contents and publications.
type Pacts interface {
	// EnsureContent returns the id of the content with c's pair and SHA, and
	// whether it is new. The first body stored for a SHA stays.
	EnsureContent(c Content) (int64, bool, error)
	// FindContent returns the content of the pair with the digest.
	FindContent(consumerID, providerID int64, sha string) (Content, error)
	// Body returns the document of a content. In an update a content that is gone
	// since it was read makes the transaction run again.
	Body(contentID int64) ([]byte, error)
	// AddPublication adds a revision and makes it the current one.
	AddPublication(p NewPublication) (PactPublication, error)
	// FindNamedPublication returns the current publication that q names, not by a
	// content: by a version, or the latest that q selects.
	FindNamedPublication(q PactQuery) (PactPublication, error)
	// ForeseePact says that the pact that q names will be found and described, with
	// its body: where each way to the database costs, all of it is read on one.
	ForeseePact(q PactQuery) error
	// FindNamedContent is FindContent by the names of the pair.
	FindNamedContent(consumer, provider, sha string) (Content, error)
	// FindPublication returns the current publication of a version.
	FindPublication(versionID, providerID int64) (PactPublication, error)
	// FindPublicationByID returns the revision with the identity.
	FindPublicationByID(id int64) (PactPublication, error)
	// LatestRevision returns the publication of a content by the latest version
	// that ever had it, also where a later revision has replaced it.
	LatestRevision(contentID int64) (PactPublication, error)
	// NotableRevisions returns of each content the publication that people know it by:
	// by a version that is deployed or released, or else by one of the main branch
	// among the newest that have it, or else what LatestRevision returns. Contents
	// without publications are missing.
	NotableRevisions(contentIDs []int64) (map[int64]PactPublication, error)
	// ListPublications returns publications, those of the latest consumer
	// versions first.
	ListPublications(f PublicationFilter) ([]PactPublication, error)
	// LatestPublications returns the pacts of the latest versions that have one, of
	// pairs of a consumer and a provider.
	LatestPublications(pairs [][2]int64) ([]PactPublication, error)
	// NotablePublications returns the latest pact of a pair, the latest with
	// each tag, and those of versions that are live, latest first.
	NotablePublications(consumerID, providerID int64) ([]PactPublication, error)
	// DeletePublications deletes all revisions of each current publication
	// given.
	DeletePublications(ps []PactPublication) error
	// EarlierContents returns, by tag, the identity of the content that the nearest
	// earlier version with the tag has in a pact with the provider. A tag without
	// such a version is left out.
	EarlierContents(v Version, providerID int64, tags []string) (map[string]string, error)
	// EarlierUntagged returns the identity of the content that the nearest earlier
	// version without tags has in a pact with the provider.
	EarlierUntagged(v Version, providerID int64) (string, error)
	// LatestTags returns, by publication id, the names of the tags for which
	// it is the newest pact of its pair.
	LatestTags(ps []PactPublication) (map[int64][]string, error)
}

// Verifications is the storage of results.
type Verifications interface {
	// AddVerification stores the result under the content's next number and makes
	// it the current one of its provider version.
	AddVerification(v NewVerification) (Verification, error)
	// FindVerification returns the result with the number, of this content.
	FindVerification(contentID, number int64) (Verification, error)
	// FindVerificationByID returns the result with the identity.
	FindVerificationByID(id int64) (Verification, error)
	// FindVerificationsByID is FindVerificationByID for many: those that there are,
	// by identity.
	FindVerificationsByID(ids []int64) (map[int64]Verification, error)
	// LatestVerification returns the newest result of the content.
	LatestVerification(contentID int64) (Verification, error)
	// LatestMainVerification returns the newest result of the content by a
	// version on the provider's main branch.
	LatestMainVerification(contentID int64) (Verification, error)
	// LatestVerifications is LatestVerification for many contents.
	LatestVerifications(contentIDs []int64) (map[int64]Verification, error)
	// VerificationDetail returns the test results and verifiedBy, nil if absent.
	VerificationDetail(id int64) (testResults, verifiedBy []byte, err error)
	// TestsAfter returns the results after the one given that tests were sent for, in
	// their order, up to the first that is not older than at, and the last one that it
	// looked at, 0 if there is none. It looks at no more than limit.
	TestsAfter(id int64, at time.Time, limit int) (found []SentTests, last int64, err error)
	// NoteTelling stores what the tests of a result say of it. One that is gone is left
	// out.
	NoteTelling(id int64, telling matrix.Telling) error
	// HasVerification reports whether the provider version has any result for
	// the content.
	HasVerification(contentID, providerVersionID int64) (bool, error)
	// ProviderHasVerified reports whether the provider has any result for one of
	// the newest 20 pacts of the pair. It is bounded because each publication
	// asks.
	ProviderHasVerified(consumerID, providerID int64) (bool, error)
	// DeleteVerification deletes the result, or returns CodeNotFound.
	DeleteVerification(id int64) error
}

// Integrations is the storage of pairs.
type Integrations interface {
	// FindIntegration returns the pair.
	FindIntegration(consumerID, providerID int64) (Integration, error)
	// ListIntegrations returns a page, last changed first, and the number of all.
	ListIntegrations(q IntegrationQuery) ([]Integration, int, error)
	// TouchIntegration notes that data of the pair changed.
	TouchIntegration(consumerID, providerID int64, at time.Time) error
	// DeleteIntegration deletes the pair with its pacts, contents, results and
	// webhooks, then versions and pacticipants left without any data.
	DeleteIntegration(consumerID, providerID int64) error
	// DeleteAllIntegrations deletes everything but environments.
	DeleteAllIntegrations() error
	// PairsOf returns consumer and provider of each integration that the
	// pacticipant is part of.
	PairsOf(pacticipantID int64) ([][2]int64, error)
	// DeleteUnpublished deletes some contents of a pair that no version has, with
	// their results, and returns how many.
	DeleteUnpublished(consumerID, providerID int64, limit int) (int, error)
	// DeleteOrphanVersions deletes some versions that have neither pact nor result
	// nor a place in an environment, and returns how many.
	DeleteOrphanVersions(pacticipantID int64, limit int) (int, error)
	// DeleteNewestVersions deletes the newest versions and returns how many.
	DeleteNewestVersions(pacticipantID int64, limit int) (int, error)
}

// Environments is the storage of environments.
type Environments interface {
	// FindEnvironment returns the environment with the UUID.
	FindEnvironment(uuid string) (Environment, error)
	// FindEnvironmentByName returns the environment of that name.
	FindEnvironmentByName(name string) (Environment, error)
	// ListEnvironments sorts by display name without regard to case.
	ListEnvironments() ([]Environment, error)
	// CreateEnvironment returns CodeConflict if the name or UUID is taken.
	CreateEnvironment(e Environment) (Environment, error)
	// SaveEnvironment writes all fields but UUID and creation time. It returns
	// CodeConflict if another environment has the name.
	SaveEnvironment(e Environment) error
	// DeleteEnvironment deletes the environment with the records of what is or was
	// in it.
	DeleteEnvironment(id int64) error
	// ThinEnvironment deletes what was in an environment and is not any more, limit
	// rows at most.
	ThinEnvironment(id int64, limit int) (int, error)
}

// Deployments is the storage of deployed and released versions.
type Deployments interface {
	// RecordDeployment replaces what is deployed in the slot of d, unless it is
	// the same version: then the existing record is returned. The candidate of a rollout
	// that runs there is promoted, and for any other version the rollout is aborted.
	RecordDeployment(d DeployedVersion) (DeployedVersion, error)
	// EndDeployment marks the record as undeployed. If it is that of a candidate, its
	// rollout is aborted, by the name of somebody.
	EndDeployment(d DeployedVersion, at time.Time, by string) error
	// ListDeployedVersions returns records, newest first.
	ListDeployedVersions(f RecordFilter) ([]DeployedVersion, error)
	// RecordRelease returns the record of version and environment, open again
	// if its support had ended, and whether it is new.
	RecordRelease(r ReleasedVersion) (ReleasedVersion, bool, error)
	// EndRelease ends the support of the released version, if it has not ended.
	EndRelease(r ReleasedVersion, at time.Time) error
	// ListReleasedVersions returns records, newest first.
	ListReleasedVersions(f RecordFilter) ([]ReleasedVersion, error)
	// ListPlaceChanges returns what began and ended in an environment, newest first.
	ListPlaceChanges(q PlaceHistoryQuery) ([]PlaceChange, error)
	// DeployedOf returns records by version, oldest first.
	DeployedOf(versionIDs []int64) (map[int64][]DeployedVersion, error)
	// ReleasedOf is DeployedOf for releases.
	ReleasedOf(versionIDs []int64) (map[int64][]ReleasedVersion, error)
}

// Webhooks is the storage of webhooks.
type Webhooks interface {
	// FindWebhook returns the webhook with the UUID.
	FindWebhook(uuid string) (Webhook, error)
	// ListWebhooks returns webhooks, oldest first.
	ListWebhooks(q WebhookQuery) ([]Webhook, error)
	// CreateWebhook stores w and returns it with its identity.
	CreateWebhook(w Webhook) (Webhook, error)
	// SaveWebhook writes all fields of w but UUID and creation time.
	SaveWebhook(w Webhook) error
	// DeleteWebhook deletes the webhook. What it has fired stays, without it.
	DeleteWebhook(id int64) error
	// ThinWebhook parts firings that have ended from their webhook, as deleting it
	// does, limit at most.
	ThinWebhook(id int64, limit int) (int, error)
	// DeleteFirings deletes firings about a pair that have ended, limit at most.
	DeleteFirings(consumerID, providerID int64, limit int) (int, error)
	// MatchingWebhooks returns enabled webhooks that wait for some event of the
	// pair, oldest first.
	MatchingWebhooks(consumer, provider Party) ([]Webhook, error)
	// MatchWebhook says which of the conditions of MatchingWebhooks hold for one
	// webhook: those that all hold for a pair are the ones that it returns.
	MatchWebhook(id int64, consumer, provider Party) (WebhookMatch, error)
	// HasWebhooks reports whether there is any webhook.
	HasWebhooks() (bool, error)
	// WebhookStates returns by webhook how its deliveries go, of the ones named or
	// of all. Webhooks that never fired are left out.
	WebhookStates(ids ...int64) (map[int64]WebhookState, error)
}

// TriggeredWebhooks is the storage of firings and their attempts.
type TriggeredWebhooks interface {
	// EnqueueWebhooks stores firings and the jobs that will deliver them, in their
	// order, and returns them with their identities.
	EnqueueWebhooks(firings ...TriggeredWebhook) ([]TriggeredWebhook, error)
	// ListTriggeredWebhooks returns firings, newest first.
	ListTriggeredWebhooks(f TriggeredWebhookFilter) ([]TriggeredWebhook, error)
	// ListLatestFirings returns of each webhook and event of a pair the firing
	// that came last, oldest first, without those whose webhook is gone.
	ListLatestFirings(consumerID, providerID int64) ([]TriggeredWebhook, error)
	// ListFirings returns firings of one webhook, newest first.
	ListFirings(f WebhookFiringFilter) ([]TriggeredWebhook, error)
	// ListFiringsOfPair returns the newest firings of a webhook by an event of a
	// pair, newest first.
	ListFiringsOfPair(webhookID, consumerID, providerID int64, event EventName, limit int) ([]TriggeredWebhook, error)
	// RecordWebhookAttempt stores the outcome of one attempt, counts it, and gives
	// its firing that status unless it is delivered already. What is stored already
	// is not stored again.
	RecordWebhookAttempt(a WebhookAttempt, status TriggerStatus) error
	// ListWebhookAttempts returns attempts, oldest first.
	ListWebhookAttempts(triggeredID int64) ([]WebhookAttempt, error)
}

// Statistics counts.
type Statistics interface {
	// CountAll returns all counts at one moment. It reads the whole history.
	CountAll() (Metrics, error)
	// HistoryLength returns how many rows of history there are at most, without
	// counting them.
	HistoryLength() (int64, error)
	// KeptMetrics returns what was kept by KeepMetrics. It returns CodeNotFound if
	// nothing was.
	KeptMetrics() (Metrics, error)
	// ClaimCount notes that somebody begins to count now, and reports whether nobody
	// did so since before.
	ClaimCount(now, before time.Time) (bool, error)
	// KeepMetrics keeps what was counted at m.CountedAt in place of what is kept.
	KeepMetrics(m Metrics) error
}
