package picking

import (
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

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
