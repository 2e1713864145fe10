package matrix

import "time"

// Pacticipant is an application as the matrix knows it.
type Pacticipant struct {
	// ID is the storage's identity; 0 means that no such pacticipant exists.
	ID   int64
	Name string
	// MainBranch is empty if none is set.
	MainBranch string
}

// Version is one version of a pacticipant.
type Version struct {
	// ID is the storage's identity.
	ID int64
	// Order decides which of two versions of a pacticipant is newer.
	Order         int64
	PacticipantID int64
	Number        string
	// CreatedAt is when the broker first saw the version.
	CreatedAt time.Time
	// Candidate says, of a version that an environment selects, that it is there as the
	// candidate of a rollout only: if that is aborted, it is there no more.
	Candidate bool
}

// Publication is a pact as one consumer version published it.
type Publication struct {
	ID              int64
	Consumer        Pacticipant
	ConsumerVersion Version
	Provider        Pacticipant
	// ContentID identifies the distinct content; results belong to it.
	ContentID int64
	// SHA is the digest that names the content in URLs.
	SHA       string
	Revision  int
	CreatedAt time.Time
}

// Result is a verification result.
type Result struct {
	ID              int64
	ContentID       int64
	ProviderVersion Version
	// Number names the result in URLs.
	Number     int64
	Success    bool
	Telling    Telling
	ExecutedAt time.Time
	CreatedAt  time.Time
}

// Telling is what the tests of a result say of a success. The gate goes by what was
// recorded, as the Pact Broker's does: a telling changes no verdict, and people are not
// shown a plain success where there is one.
type Telling int

// The tellings, as they are stored.
const (
	// NothingAgainst means that the tests bear the result out, that none were sent, or
	// that nobody has looked at them yet.
	NothingAgainst Telling = iota
	// TestFailed means that a test failed that counts.
	TestFailed
	// NothingTried means that by the tests no interaction of the contract was tried.
	NothingTried
	// TriedInPart means that the tests leave out some of them.
	TriedInPart
)

// doubtful reports whether the result is a success that its tests do not bear out.
func (r Result) doubtful() bool { return r.Success && r.Telling != NothingAgainst }

// Row is one line of the matrix.
type Row struct {
	Publication Publication
	// ProviderVersion is nil in a row that stands for no provider version, or
	// for all in Unproven.
	ProviderVersion *Version
	// Result is nil if the pair is unverified.
	Result *Result
	// Unproven are the selected provider versions that an unverified row stands
	// for. It is empty if no version of the provider is selected at all.
	Unproven []Version
	// Ignored marks a row that does not decide.
	Ignored bool
}

// Outcome is what the row says about its pair.
func (r Row) Outcome() Outcome {
	switch {
	case r.Result == nil:
		return Unverified
	case r.Result.Success:
		return Passed
	default:
		return Failed
	}
}

// LastAction is when the row last changed: the later of the creation of the
// consumer version and of the result.
func (r Row) LastAction() time.Time {
	at := r.Publication.ConsumerVersion.CreatedAt
	if r.Result != nil && r.Result.CreatedAt.After(at) {
		return r.Result.CreatedAt
	}
	return at
}

// Integration is a consumer with its provider.
type Integration struct {
	Consumer Pacticipant
	Provider Pacticipant
	// Required means that the consumer was asked for: it needs the provider. A
	// provider does not need its consumers.
	Required bool
}
