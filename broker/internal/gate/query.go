package gate

import (
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// MatrixQuery is a question to the matrix as a client put it, not validated.
type MatrixQuery struct {
	// Selectors, Ignore and Target as in matrix.Query.
	Selectors []matrix.Selector
	Ignore    []matrix.Selector
	Target    matrix.Target
	LatestBy  matrix.LatestBy
	// Between and Promoting as in matrix.Query.
	Between   bool
	Promoting bool
	// Show restricts the returned rows, never the decision.
	Show []matrix.Outcome
	// Limit caps the returned rows, never the decision; nil returns all rows. A
	// limit below 1 is an error.
	Limit *int
	// At answers as of a moment in the past; zero means now.
	At time.Time
	// Asker is kept with the answer.
	Asker kernel.Asker
}

// CanIDeployQuery asks whether one version may go to a target. Exactly one of
// Environment and To is set.
type CanIDeployQuery struct {
	Pacticipant string
	Version     string
	// Environment is the name of an environment.
	Environment string
	// To is a tag: the latest version with it of each partner.
	To     string
	Ignore []matrix.Selector
	// At answers as of a moment in the past; zero means now.
	At time.Time
	// Promoting says that the version is there as a candidate, and is to become current.
	Promoting bool
	// Asker is kept with the answer.
	Asker kernel.Asker
}

// BranchCanIDeployQuery asks for the head of a branch and an environment.
type BranchCanIDeployQuery struct {
	Pacticipant string
	Branch      string
	Environment string // by name
	Asker       kernel.Asker
}

// TagCanIDeployQuery asks for the latest version with a tag and the latest
// versions of its partners with another.
type TagCanIDeployQuery struct {
	Pacticipant string
	Tag         string
	To          string
	Asker       kernel.Asker
}

// MatrixAnswer is a decision with everything that is shown of it.
type MatrixAnswer struct {
	// Decision holds verdict, counts, notices and explanations. Its rows are
	// all rows, without details.
	Decision matrix.Decision
	// Rows are those to show, considered before ignored, in output order, after
	// filter and limit.
	Rows []MatrixRow
	// IgnoreAsked is true if the question had ignore selectors: only then does
	// the summary show the count of ignored rows.
	IgnoreAsked bool
}

// MatrixRow is a row with what its resource shows.
type MatrixRow struct {
	Consumer        kernel.Party
	ConsumerVersion MatrixVersion
	Provider        kernel.Party
	// ProviderVersion is nil if the row stands for no single version.
	ProviderVersion *MatrixVersion
	// Unproven are the selected provider versions without a result that a row
	// without ProviderVersion stands for, oldest first; it may be empty.
	Unproven []string

	// PactCreatedAt, Revision and SHA describe the publication.
	PactCreatedAt time.Time
	Revision      int
	SHA           string
	ContentID     int64

	// Verification is nil if there is no result. Its metadata in URLs is
	// PactMetadata{ConsumerVersionNumber: ConsumerVersion.Number}.
	Verification *MatrixVerification
	Ignored      bool
}

// Outcome is what the row says about its pair.
func (r MatrixRow) Outcome() matrix.Outcome {
	switch {
	case r.Verification == nil:
		return matrix.Unverified
	case r.Verification.Success:
		return matrix.Passed
	default:
		return matrix.Failed
	}
}

// MatrixVerification is the result of a row.
type MatrixVerification struct {
	Number     int64
	Success    bool
	Telling    matrix.Telling
	VerifiedAt time.Time
}

// MatrixVersion is a version with what a row shows of it.
type MatrixVersion struct {
	ID     int64
	Number string
	// Branches are in the order of adding, Tags by name.
	Branches []kernel.BranchVersion
	Tags     []kernel.Tag
	// Environments are those in which the version is live, by name.
	Environments []kernel.Environment
}

// Branch returns the name of the branch the version was added to last, or "".
func (v MatrixVersion) Branch() string {
	if len(v.Branches) == 0 {
		return ""
	}
	return v.Branches[len(v.Branches)-1].Branch
}
