package kernel

import (
	"encoding/json"
	"time"

	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// Verification is a result: a provider version against a content.
type Verification struct {
	ID     int64
	Number int64 // unique in the whole broker
	// ContentID and SHA name the content, Consumer and Provider its pair.
	ContentID       int64
	SHA             string
	Consumer        Party
	Provider        Party
	ProviderVersion Version
	// ConsumerVersion is the newest version with the content; its zero value
	// says that no publication of the content is left.
	ConsumerVersion Version
	Success         bool
	Telling         matrix.Telling
	WIP             bool
	Pending         *bool // nil if not known
	BuildURL        string
	ExecutedAt      time.Time
	CreatedAt       time.Time

	// TestResults and VerifiedBy are JSON as received, nil if absent. Only
	// FindVerification, ListLatestVerifications and RecordVerification fill them.
	TestResults json.RawMessage
	VerifiedBy  json.RawMessage
	// ProviderTags and ProviderBranches are those of the provider version now.
	// Filled where TestResults is.
	ProviderTags     []Tag
	ProviderBranches []BranchVersion
}

// VerificationQuery names one result. Either Pact and Number, or Pact alone for
// the newest result of that pact's content.
type VerificationQuery struct {
	Pact   PactQuery
	Number int64 // 0 means the newest
}

// NewVerification is a result to add.
type NewVerification struct {
	ContentID int64
	// SHA and Consumer are those of the content; they are looked up if SHA is
	// empty.
	SHA             string
	Consumer        Party
	ProviderVersion Version
	Success         bool
	Telling         matrix.Telling
	WIP             bool
	Pending         *bool
	BuildURL        string
	ExecutedAt      time.Time
	At              time.Time
	TestResults     []byte // as PackBody made it, or nil
	VerifiedBy      []byte // as PackBody made it, or nil
	Selectors       []MetadataSelector
}

// SentTests are the tests of a result, as they were sent.
type SentTests struct {
	ID, ContentID int64
	Success       bool
	// Results is JSON, nil for a failure, which needs no proof.
	Results json.RawMessage
}
