package matrix

// Reader fetches facts. Every method is a batch of look-ups by index, never a
// scan of the history; an empty batch answers nothing.
type Reader interface {
	// Together runs look-ups of which none needs what another finds: where each way
	// to the storage costs, they share it.
	Together(looks ...func() error) error
	// FindPacticipants returns the pacticipants of these names, keyed by the
	// name as asked for. Unknown names are absent.
	FindPacticipants(names []string) (map[string]Pacticipant, error)
	// ListSelectedVersions returns the versions of the pacticipants that one
	// criterion selects, each version once.
	ListSelectedVersions(pacticipants []int64, by Criterion) ([]Version, error)
	// ListProvidersOf returns the distinct integrations in which one of the
	// consumer versions, or any version of one of the consumers, has a current
	// publication.
	ListProvidersOf(consumerVersions, consumers []int64) ([]Integration, error)
	// ListConsumersOf returns all integrations of these providers.
	ListConsumersOf(providers []int64) ([]Integration, error)
	// ListDropped returns of the consumer versions the providers that an earlier
	// version of the same pacticipant has a current publication for, and they
	// have not.
	ListDropped(consumerVersions []int64) ([]Dropped, error)
	// ListPublications returns publications with consumer, version and provider.
	ListPublications(q PublicationQuery) ([]Publication, error)
	// ListResults returns results with their provider version.
	ListResults(q ResultQuery) ([]Result, error)
}

// Criterion is one attribute of a selector, as the storage looks it up.
type Criterion struct {
	Kind CriterionKind
	// Name is the version number, tag, branch or environment; empty for the
	// kinds that need none.
	Name string
}

// CriterionKind says by what versions are looked up.
type CriterionKind int

// The kinds of criteria.
const (
	// ByNumber is the version of that exact number.
	ByNumber CriterionKind = iota
	// ByTag is every version with the tag.
	ByTag
	// ByTagHead is the newest version with the tag, by order.
	ByTagHead
	// ByBranch is every version on the branch.
	ByBranch
	// ByBranchHead is the version last added to the branch.
	ByBranchHead
	// ByMainBranch is every version on the pacticipant's main branch.
	ByMainBranch
	// ByMainBranchHead is the version last added to the main branch.
	ByMainBranchHead
	// ByEnvironment is every version deployed or released there now.
	ByEnvironment
	// ByLatest is the newest version by order.
	ByLatest
)

// VersionPair is a consumer version with a provider that it may have a pact
// with.
type VersionPair struct {
	ConsumerVersion int64
	Provider        int64
}

// PublicationQuery selects the union of what Pairs, ConsumerVersions, Consumers
// and Contents name. Providers restricts all but Pairs; Providers alone selects
// theirs.
type PublicationQuery struct {
	// Pairs asks for exactly these.
	Pairs []VersionPair
	// ConsumerVersions are version identities.
	ConsumerVersions []int64
	// Consumers are pacticipants of which any version counts.
	Consumers []int64
	// Providers restricts to these; nil means any.
	Providers []int64
	// Contents are contents of which any publication counts.
	Contents []int64
	// EveryRevision includes overwritten revisions.
	EveryRevision bool
	// Max caps the answer, newest consumer version first; 0 means no cap.
	Max int
}

// Pair is a content with a provider version that may have a result for it.
type Pair struct {
	Content         int64
	ProviderVersion int64
}

// ResultQuery selects the union of what its members name.
type ResultQuery struct {
	// Pairs asks for exactly these results.
	Pairs []Pair
	// Contents asks for the results of any provider version for these contents.
	Contents []int64
	// ProviderVersions asks for all results of these versions.
	ProviderVersions []int64
	// EveryResult includes results that a later one of the same provider version
	// for the same content replaced.
	EveryResult bool
	// Max caps the answer to Contents and ProviderVersions, newest first; 0
	// means no cap.
	Max int
}

// InOrder runs look-ups one after the other, for a Reader that has no way to go.
func InOrder(looks ...func() error) error {
	for _, look := range looks {
		if err := look(); err != nil {
			return err
		}
	}
	return nil
}
