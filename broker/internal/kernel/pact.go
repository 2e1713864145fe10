package kernel

import (
	"time"
)

// PactPublication says that a consumer version has a pact with a provider. It
// is what the API calls a pact. A newer Revision replaces an older one of the
// same consumer version and provider.
type PactPublication struct {
	ID              int64
	Consumer        Party
	Provider        Party
	ConsumerVersion Version
	Revision        int
	ContentID       int64
	SHA             string // identity of the content among those of the pair
	CreatedAt       time.Time
}

// Pact is a publication with what its resource shows.
type Pact struct {
	PactPublication
	// Body is the stored document with an _id in each interaction. Lists leave
	// it nil.
	Body []byte
	// Branches and Tags are those of the consumer version, Tag.Latest saying
	// whether this is the newest pact of the pair with that tag. Branches are
	// in the order of adding.
	Branches []BranchVersion
	Tags     []Tag
	// Environments are those in which the consumer version is live.
	Environments []Environment
	// LatestVerification is the newest result of the content, nil if none.
	LatestVerification *Verification
	// NamedVersions are the consumer versions with this content that
	// PactQuery.Metadata names, newest first. Only FindPact by SHA fills it.
	NamedVersions []Version
}

// PactQuery names one pact of a pair. Exactly one of Version, SHA, Latest,
// Untagged, Tag and Branch is set.
type PactQuery struct {
	Consumer string
	Provider string

	Version  string // of the consumer
	SHA      string
	Latest   bool
	Untagged bool
	Tag      string
	Branch   string

	// Metadata of the address, with SHA only. It may name the consumer
	// versions meant.
	Metadata PactMetadata
}

// IsZero reports whether q names no pact.
func (q PactQuery) IsZero() bool {
	return q.Consumer == "" && q.Provider == "" && q.Version == "" && q.SHA == "" && !q.Latest && !q.Untagged && q.Tag == "" && q.Branch == ""
}

// PactListQuery selects current publications. Consumer empty means all
// consumers, Provider empty all providers.
type PactListQuery struct {
	Consumer string
	Provider string

	Tag        string
	Branch     string
	MainBranch bool // the main branch of each consumer
	// Heads asks, with Branch or MainBranch, for the pacts of branch heads
	// only, and otherwise for the newest pact of each pair (with Tag: of those
	// with the tag).
	Heads bool
}

// NoticeLevel is the weight of a notice.
type NoticeLevel string

// The levels of a notice.
const (
	LevelDebug   NoticeLevel = "debug"
	LevelInfo    NoticeLevel = "info"
	LevelSuccess NoticeLevel = "success"
	LevelPrompt  NoticeLevel = "prompt"
	LevelWarning NoticeLevel = "warning"
	LevelError   NoticeLevel = "error"
	LevelDanger  NoticeLevel = "danger"
)

// Notice is a line for a person.
type Notice struct {
	Level NoticeLevel
	Text  string
	// Link says that the address of something belongs at the end of Text; the
	// API appends it after a space.
	Link *NoticeLink
}

// NoticeLink names what a notice points to. Exactly one member is set.
type NoticeLink struct {
	Pact      *PactPublication
	Triggered string // uuid of a triggered webhook, meaning its logs
}

// Content is a distinct pact document of a pair.
type Content struct {
	ID           int64
	ConsumerID   int64
	ProviderID   int64
	SHA          string
	Interactions int
	Messages     int
	CreatedAt    time.Time
	// Packed is the document as PackBody made it.
	Packed []byte
}

// NewPublication is a publication to add.
type NewPublication struct {
	Version   Version
	Provider  Party
	ContentID int64
	SHA       string // of the content; it is looked up if empty
	At        time.Time
}

// PublicationFilter selects current publications. Zero fields do not restrict.
type PublicationFilter struct {
	ConsumerID int64
	ProviderID int64
	VersionID  int64
	VersionIDs []int64
	ContentID  int64
	Tag        string // the consumer version has it
	Untagged   bool   // the consumer version has no tag
	Branch     string // the consumer version is on it
	MainBranch bool   // the consumer version is on its consumer's main branch
	HeadOnly   bool   // with Branch or MainBranch: the version is the head
	// Before restricts to versions ordered before this one.
	Before *Version
	// LatestPerPair keeps only the publication with the greatest order of each
	// pair.
	LatestPerPair bool
	// Limit keeps the latest ones; 0 means all.
	Limit int
}
