package publish

import (
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// PactDocument is a pact to be published alone.
type PactDocument struct {
	Consumer        string
	Provider        string
	ConsumerVersion string
	Content         []byte // JSON
}

// PublishedPact is the outcome of PublishPact and MergePact.
type PublishedPact struct {
	kernel.Pact
	// Created is true if the consumer version had no pact with the provider.
	Created bool
}

// OnConflict says what happens to a version that already has a pact.
type OnConflict string

// The ways to treat an existing pact.
const (
	Overwrite OnConflict = "overwrite"
	Merge     OnConflict = "merge"
)

// ContractsPublication is a consumer version with its pacts, published at
// once.
type ContractsPublication struct {
	Pacticipant   string
	VersionNumber string
	Branch        string // empty if not given
	Tags          []string
	BuildURL      string // empty if not given
	Contracts     []ContractDocument
}

// ContractDocument is one pact of a ContractsPublication.
type ContractDocument struct {
	Consumer   string
	Provider   string
	Content    []byte // JSON, decoded
	OnConflict OnConflict
}

// ContractsPublished is the outcome of PublishContracts.
type ContractsPublished struct {
	Version   kernel.Version
	Branch    string
	Tags      []string
	Contracts []kernel.PactPublication // in the order given
	Notices   []kernel.Notice
}

// namedThing is a name and what it names.
type namedThing struct{ what, name string }

// named lists every name that a publication brings, each once.
func (in ContractsPublication) named() []namedThing {
	all := []namedThing{{"application", in.Pacticipant}, {"version", in.VersionNumber}, {"branch", in.Branch}}
	for _, tag := range in.Tags {
		all = append(all, namedThing{"tag", tag})
	}
	for _, c := range in.Contracts {
		all = append(all, namedThing{"provider", c.Provider})
	}
	seen := map[namedThing]bool{}
	return slices.DeleteFunc(all, func(named namedThing) bool {
		known := seen[named]
		seen[named] = true
		return known
	})
}
