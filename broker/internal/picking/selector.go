package picking

import (
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// ConsumerVersionSelector names pacts to verify by the consumer versions that
// published them. The zero value of a member means that it was not given.
type ConsumerVersionSelector struct {
	// MainBranch selects the head of each consumer's main branch.
	MainBranch bool
	// Branch selects the head of the branch of that name, FallbackBranch that of
	// another one for consumers that have no such branch.
	Branch         string
	FallbackBranch string
	// EveryBranch selects the heads of all branches ("branch": true).
	EveryBranch bool
	// MatchingBranch selects the head of the branch that is called like the
	// provider's.
	MatchingBranch bool
	// Tag selects all versions with the tag or, with Latest, the latest one,
	// FallbackTag the latest with another tag for consumers without Tag.
	Tag         string
	FallbackTag string
	// Latest alone selects the latest pact of each consumer. NotLatest says that
	// latest was given as false.
	Latest    bool
	NotLatest bool
	// Deployed and Released select what is live, in Environment or anywhere;
	// DeployedOrReleased stands for both.
	Deployed           bool
	Released           bool
	DeployedOrReleased bool
	// Environment alone selects what is deployed or released there.
	Environment string
	// Consumer restricts any selector to one consumer.
	Consumer string
}

// PactsForVerificationQuery asks which pacts a provider should verify.
type PactsForVerificationQuery struct {
	Provider string
	// ProviderBranch and ProviderTags are those of the provider version that is
	// about to verify. They decide what is pending and what is work in progress.
	ProviderBranch string
	ProviderTags   []string
	// Selectors may be empty: main branches (or the latest), deployed and
	// released versions.
	Selectors []ConsumerVersionSelector
	// IncludePending asks for the pending status of each pact.
	IncludePending bool
	// WIPSince adds work in progress published after that time; nil adds none.
	WIPSince *time.Time
	// Beta marks the older GET form, of which every pact tells that it is out of
	// date.
	Beta bool
}

// PactForVerification is one pact to verify.
type PactForVerification struct {
	Pact kernel.PactPublication
	// ShortDescription names the selectors in a few words; test frameworks use
	// it in names.
	ShortDescription string
	// Pending is nil if IncludePending was false.
	Pending *bool
	WIP     bool
	Notices []VerificationNotice
	// Metadata goes into the pact's URL.
	Metadata kernel.PactMetadata
	// Selected are the resolved selectors, in the order of Metadata.
	Selected []ResolvedConsumerSelector

	// scope are the provider's tags that the pending status is about.
	scope []string
}

// VerificationNotice is a line that a verifier prints at a certain moment.
type VerificationNotice struct {
	// When is before_verification or
	// after_verification:success_{true|false}_published_{true|false}.
	When string
	Text string
	// LinkPact says that Text holds the placeholder PactURLPlaceholder for the
	// URL of the pact's content.
	LinkPact bool
}

// PactURLPlaceholder stands in the text of a notice for the URL of the pact:
// links are built by the API alone.
const PactURLPlaceholder = "{pact-url}"

// ResolvedConsumerSelector is a selector with the consumer version it found.
type ResolvedConsumerSelector struct {
	ConsumerVersionSelector
	Consumer kernel.Party
	Version  kernel.Version
	// Place is the environment in which a deployed or released version was
	// found; nil for the other kinds.
	Place *kernel.Environment
	// FallbackUsed says that the fallback branch or tag was taken.
	FallbackUsed bool
	// MainBranchName is the name of the main branch that was meant.
	MainBranchName string

	// byDefault says that nobody asked for the selector.
	byDefault bool
}
