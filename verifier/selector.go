package verifier

import (
	"encoding/json"
	"fmt"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/internal/exact"
	"github.com/treatyhq/treaty/internal/members"
)

// Selector names consumer versions whose pacts are to be verified: a
// [*ConsumerVersionSelector], or an [*UntypedConsumerVersionSelector] for what
// this version of Treaty does not know.
type Selector interface {
	// IsSelector marks a type as a selector. It does nothing.
	IsSelector()
}

// ConsumerVersionSelector names consumer versions (https://docs.pact.io/selectors);
// the fields are pact-go's, and FallbackBranch, which it lacks. Fields that are
// empty or false are not sent. The broker refuses what does not go together.
type ConsumerVersionSelector struct {
	// Tag is all versions with a tag or, with Latest, the newest of them;
	// FallbackTag the newest with another tag, for consumers without Tag.
	Tag         string `json:"tag,omitempty"`
	FallbackTag string `json:"fallbackTag,omitempty"`
	// Latest alone is the newest version of each consumer.
	Latest bool `json:"latest,omitempty"`
	// Consumer restricts the others to one consumer, by name.
	Consumer string `json:"consumer,omitempty"`
	// DeployedOrReleased is what is deployed, or released and supported, in
	// Environment or anywhere; Deployed and Released are one of the two.
	DeployedOrReleased bool `json:"deployedOrReleased,omitempty"`
	Deployed           bool `json:"deployed,omitempty"`
	Released           bool `json:"released,omitempty"`
	// Environment is a name; alone it is what is deployed or released there.
	Environment string `json:"environment,omitempty"`
	// MainBranch is the newest version of each consumer's main branch.
	MainBranch bool `json:"mainBranch,omitempty"`
	// MatchingBranch is the newest version of the branch that is called like
	// the provider's.
	MatchingBranch bool `json:"matchingBranch,omitempty"`
	// Branch is the newest version of a branch; FallbackBranch that of another
	// one, for consumers without Branch.
	Branch         string `json:"branch,omitempty"`
	FallbackBranch string `json:"fallbackBranch,omitempty"`
}

// IsSelector does nothing: it makes the type a [Selector].
func (c *ConsumerVersionSelector) IsSelector() {}

// UntypedConsumerVersionSelector is a selector as the broker reads it: a JSON
// object by its members. It is the way to send what a newer broker understands.
type UntypedConsumerVersionSelector map[string]any

// IsSelector does nothing: it makes the type a [Selector].
func (c *UntypedConsumerVersionSelector) IsSelector() {}

// ParseSelectors reads one selector as JSON, such as {"mainBranch": true}, or a
// list of them. The error says what cannot be read; whether the members make
// sense is for the broker to tell.
func ParseSelectors(text string) ([]Selector, error) {
	var list []UntypedConsumerVersionSelector
	if exact.Decode([]byte(text), &list) != nil {
		var one UntypedConsumerVersionSelector
		if err := exact.Decode([]byte(text), &one); err != nil {
			return nil, fmt.Errorf("%q is not a consumer version selector; one looks like {\"mainBranch\": true}", cut(text, 200))
		}
		list = append(list, one)
	}
	if err := members.Unique([]byte(text), nil); err != nil {
		return nil, fmt.Errorf("the consumer version selector %q cannot be read: %w", cut(text, 200), err)
	}
	selectors := make([]Selector, len(list))
	for n := range list {
		selectors[n] = &list[n]
	}
	return selectors, nil
}

// wireSelectors turns selectors and plain tags into what the client sends.
func wireSelectors(selectors []Selector, tags []string) ([]client.ConsumerVersionSelector, error) {
	var wire []client.ConsumerVersionSelector
	for n, s := range selectors {
		data, err := json.Marshal(s)
		if err != nil {
			return nil, &OptionError{"Broker.Selectors", fmt.Sprintf("selector %d is not JSON: %v", n+1, err)}
		}
		var members map[string]any
		if err := exact.Decode(data, &members); err != nil {
			return nil, &OptionError{"Broker.Selectors", fmt.Sprintf("selector %d is not a JSON object", n+1)}
		}
		wire = append(wire, client.ConsumerVersionSelector{Members: members})
	}
	for _, tag := range tags {
		wire = append(wire, client.ConsumerVersionSelector{Tag: tag, Latest: true})
	}
	return wire, nil
}
