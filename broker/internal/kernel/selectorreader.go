package kernel

import (
	"time"
)

// SelectorReader reads what pacts for verification are chosen from: the pacts
// of heads and of live versions, and which of them are proven for whom. Every
// method is a batch of look-ups.
type SelectorReader interface {
	// ListBranchPacts returns the pacts that the heads of consumer branches have
	// with the provider.
	ListBranchPacts(q SelectedPactQuery) ([]SelectedPact, error)
	// ListTagPacts returns for each consumer the pact that the newest version with
	// the tag has with the provider or, if All, those of every version with it.
	ListTagPacts(q SelectedPactQuery) ([]SelectedPact, error)
	// ListLatestPacts returns for each consumer the pact of the newest version
	// that has one.
	ListLatestPacts(q SelectedPactQuery) ([]SelectedPact, error)
	// ListDeployedPacts returns the pacts of deployed versions, one for each
	// environment, application instance and version.
	ListDeployedPacts(q SelectedPactQuery) ([]SelectedPact, error)
	// ListReleasedPacts is ListDeployedPacts for released versions that are
	// supported.
	ListReleasedPacts(q SelectedPactQuery) ([]SelectedPact, error)
	// ListConsumersOf returns the consumers that integrate with the provider.
	ListConsumersOf(providerID int64) ([]Consumer, error)
	// ListHeadPacts returns the pacts of all consumer branch heads and of the
	// newest versions with each tag that were published after a time.
	ListHeadPacts(providerID int64, since time.Time) ([]SelectedPact, error)
	// ListUnprovenTimes returns when the current pacts of the provider without
	// any success were published, those after a time, newest first.
	ListUnprovenTimes(providerID int64, since time.Time) ([]time.Time, error)
	// ProofOf says for each content what successes there are for a scope of the
	// provider.
	ProofOf(contentIDs []int64, q ProofQuery) (map[int64]Proof, error)
	// FindScope returns a branch or tag; its ID is 0 if there is none.
	FindScope(pacticipantID int64, kind ScopeKind, name string) (Scope, error)
}

// Consumer is an application with what there is by the name of its main branch.
type Consumer struct {
	Pacticipant
	// HasMainVersion says that a version is on the main branch, HasMainTag that one
	// has a tag of that name.
	HasMainVersion, HasMainTag bool
}

// SelectedPactQuery selects pacts of a provider. Zero fields do not restrict.
type SelectedPactQuery struct {
	ProviderID int64
	// Consumers restricts to these.
	Consumers []int64
	// Name is a branch or a tag; MainBranch means each consumer's main branch, or
	// the tag of that name.
	Name       string
	MainBranch bool
	// All asks for every version with the tag.
	All bool
	// Environment is the name of an environment.
	Environment string
}

// SelectedPact is a pact with what it was found by.
type SelectedPact struct {
	PactPublication
	// Kind and Name tell the branch or tag.
	Kind ScopeKind
	Name string
	// Place is the environment of a live version.
	Place *Environment
}

// ScopeKind tells branches from tags.
type ScopeKind int

// The kinds of scope, as stored.
const (
	ScopeNone   ScopeKind = 0
	ScopeBranch ScopeKind = 1
	ScopeTag    ScopeKind = 2
)

// Scope is a branch or tag of a pacticipant.
type Scope struct {
	Kind ScopeKind
	Name string
	// ID is 0 if the pacticipant has no such branch or tag.
	ID int64
	// HeadVersionID is the head of the branch, or the newest version with the
	// tag; 0 if there is none.
	HeadVersionID int64
	// CreatedAt is when the broker first saw it.
	CreatedAt time.Time
	// FirstVersionAt is when the first version on the branch was created, or
	// when the tag was first used; zero if never.
	FirstVersionAt time.Time
}

// ProofQuery asks for successes.
type ProofQuery struct {
	Scope Scope
	// Before bounds successes of other scopes in Proof.ElsewhereBefore: by their
	// creation, or by their execution with Explicit. Zero means no bound.
	Before time.Time
	// Explicit leaves out results obtained as work in progress.
	Explicit bool
	// After leaves out, with Explicit, what was last executed before it.
	After time.Time
}

// Proof says what successes a content has.
type Proof struct {
	// Here is true for a success within the scope.
	Here bool
	// ElsewhereBefore is true for one within another scope of the same kind.
	ElsewhereBefore bool
	// Anywhere is true for any success. It is known for ScopeNone only.
	Anywhere bool
}
