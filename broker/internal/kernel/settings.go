package kernel

import (
	"time"
)

// Settings are the switches of the domain. Their names and meanings are those
// of the Pact Broker.
type Settings struct {
	// OrderVersionsByDate ranks versions by when the broker first saw them.
	// False ranks them by semantic version and refuses other numbers.
	OrderVersionsByDate bool
	// EqualityOnContentOnly makes two pacts equal if all that affects
	// verification is equal. False compares their whole text.
	EqualityOnContentOnly bool
	// IgnoreNameCase finds pacticipants whatever the case of their names.
	IgnoreNameCase bool
	// CheckSimilarNames refuses to create, by publishing, a pacticipant whose
	// name looks like a misspelt existing one.
	CheckSimilarNames bool
	// UseFirstTagAsBranch puts a version on a branch named like its first tag
	// if it has none and is younger than FirstTagAsBranchLimit.
	UseFirstTagAsBranch   bool
	FirstTagAsBranchLimit time.Duration
	// AutoDetectMainBranch takes the first branch or tag named like one of
	// MainBranchCandidates as main branch.
	AutoDetectMainBranch bool
	MainBranchCandidates []string
	// DeployedVersionsForTags records a deployment when a version is tagged
	// with the name of an environment.
	DeployedVersionsForTags bool
	// AllowContractModification lets a version's pact be replaced by one with
	// other content.
	AllowContractModification bool
	// DiffTimeout limits how long two pacts are compared; 0 does not.
	DiffTimeout time.Duration
	// MaxNameLength limits names, version numbers, branches and tags, in bytes.
	MaxNameLength int
	// Limits bound the work of one request.
	Limits Limits
	// Webhooks restricts what webhooks may call.
	Webhooks WebhookRules
	// OriginalDecisions restores the answers of Pact Broker where it says that a
	// version may go somewhere although a pair that would meet there is not
	// proven. The default is never to say so.
	OriginalDecisions bool
	// WIPLookBack is how long a successful result keeps a pact from being work
	// in progress for a provider branch.
	WIPLookBack time.Duration
	// DynamicWIPWindow replaces the date that a provider gives for work in
	// progress by one that follows the age of the pacts it has not proven.
	DynamicWIPWindow bool
	// WIPWindow bounds that.
	WIPWindow WIPWindow
}

// WIPWindow says how far back work in progress goes where that follows the age
// of the pacts.
type WIPWindow struct {
	// Looks is how old the pacts may be that it follows, and the longest window.
	Looks time.Duration
	// Least is the shortest window.
	Least time.Duration
	// Default is the window if there is no pact to follow.
	Default time.Duration
}

// DefaultSettings returns the defaults of the Pact Broker.
func DefaultSettings() Settings {
	return Settings{
		OrderVersionsByDate:     true,
		EqualityOnContentOnly:   true,
		CheckSimilarNames:       true,
		UseFirstTagAsBranch:     true,
		FirstTagAsBranchLimit:   10 * time.Second,
		AutoDetectMainBranch:    true,
		MainBranchCandidates:    []string{"develop", "main", "master"},
		DeployedVersionsForTags: true,
		DiffTimeout:             15 * time.Second,
		MaxNameLength:           1000,
		Limits:                  DefaultLimits(),
		WIPLookBack:             30 * 24 * time.Hour,
		WIPWindow:               WIPWindow{Looks: 14 * 24 * time.Hour, Least: 7 * 24 * time.Hour, Default: 7 * 24 * time.Hour},
		Webhooks:                WebhookRules{Methods: []string{"POST"}, Schemes: []string{"https"}},
	}
}
