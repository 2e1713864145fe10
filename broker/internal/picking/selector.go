package picking

import (
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
