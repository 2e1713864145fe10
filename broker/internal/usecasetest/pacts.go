package usecasetest

import (
	"fmt"

	"github.com/treatyhq/treaty/broker/internal/publish"
)

// PactText returns a pact with one interaction, described by word.
func PactText(consumer, provider, word string) []byte {
	return fmt.Appendf(nil, `{"consumer":{"name":%q},"provider":{"name":%q},"interactions":[{"description":%q,"request":{"method":"GET","path":"/"},"response":{"status":200}}],"metadata":{"pactSpecification":{"version":"2.0.0"}}}`,
		consumer, provider, word)
}

// Contracts returns what publishes a version with the same pact for each
// provider, tagged dev and as its branch.
func Contracts(consumer, number, branch string, providers ...string) publish.ContractsPublication {
	in := publish.ContractsPublication{Pacticipant: consumer, VersionNumber: number, Branch: branch, Tags: []string{"dev", branch}}
	for _, provider := range providers {
		in.Contracts = append(in.Contracts, publish.ContractDocument{Consumer: consumer, Provider: provider, Content: PactText(consumer, provider, "the same")})
	}
	return in
}

// MessageText is a V3 file with one message.
func MessageText(consumer, provider, description string) []byte {
	return fmt.Appendf(nil, `{"consumer":{"name":%q},"provider":{"name":%q},"messages":[{"description":%q,"contents":{"a":1}}],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`,
		consumer, provider, description)
}
