package matrix

// Cause is why a pair stands in the way, from a closed set.
type Cause string

// The causes.
const (
	// CauseNeverVerified: the provider version has no result for the pact.
	CauseNeverVerified Cause = "never-verified"
	// CauseFailed: the newest result is a failure.
	CauseFailed Cause = "failed"
	// CauseNotPublished: the version asked for has published nothing.
	CauseNotPublished Cause = "not-published"
	// CauseNoContracts: a version in the target has no pact with the version
	// asked for. It does not stand in the way; it is said because a result may
	// be expected.
	CauseNoContracts Cause = "deployed-version-without-contracts"
	// CauseNotInTarget: no version of the provider is in the target.
	CauseNotInTarget Cause = "provider-not-in-target"
	// CauseOnlyInRollout: the provider is in the target as the candidate of a rollout
	// only. Were that aborted, the version asked for would call nobody.
	CauseOnlyInRollout Cause = "provider-only-in-rollout"
	// CauseNotFound: a tag, branch or environment selects no version.
	CauseNotFound Cause = "not-found"
	// CauseDropped: the version asked for has no pact with a provider that
	// earlier versions of it had one with. It does not stand in the way.
	CauseDropped Cause = "contract-dropped"
	// CauseTooMuch: the question covers too much history.
	CauseTooMuch Cause = "question-too-wide"
)

// Explanation tells one cause with its evidence and the way out.
type Explanation struct {
	Cause Cause
	// Blocking is false for what is only worth knowing.
	Blocking bool
	// Doubt says that a yes is not to be trusted: a version has published no pact
	// at all, and earlier ones had.
	Doubt bool `json:",omitempty"`
	// Sentence says it for a person.
	Sentence string
	// Consumer and Provider are names; either may be empty.
	Consumer string
	Provider string
	// ConsumerVersion and ProviderVersions are numbers; they may be empty.
	ConsumerVersion  string
	ProviderVersions []string
	// SHA and ResultNumber are the evidence: the content and the result.
	SHA          string
	ResultNumber int64
	// Owner is the application whose team can change the answer.
	Owner string
	// NextStep says for a person what to do. Steps are what of it commands can
	// do: after them, in their order, this no longer stands in the way.
	NextStep string
	Steps    []Step `json:",omitempty"`
	// Asked says what has been asked of the owner already, newest first. The
	// decision leaves it empty: who asked is not its business.
	Asked []string
	// Row is the row that the explanation is about, nil if it is about none.
	Row *Row
}
