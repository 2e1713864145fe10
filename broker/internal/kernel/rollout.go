package kernel

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Rollout brings a version to a place beside the one that is current there. Both are
// live from its start to its end, whatever its share is.
type Rollout struct {
	ID          int64
	UUID        string
	Version     Version
	Environment Environment
	// Instance names the application instance; empty means none.
	Instance string
	// Strategy is a word for people: the gate treats all alike.
	Strategy string
	Share    Share
	State    RolloutState
	// Previous is the number of the version that was current at the start; empty for
	// none.
	Previous string
	// Record is the uuid of the candidate's deployed version.
	Record               string
	StartedAt, UpdatedAt time.Time
	// EndedAt is zero while it runs.
	EndedAt            time.Time
	StartedBy, EndedBy string
	// Outcome is why one was aborted, and empty for others.
	Outcome RolloutOutcome
	Reason  string
	Gate    AskedGate
	Rollback
}

// Row returns the row of a fact.
func (r Rollout) Row() Row { return Row{RowRollout, r.ID} }

// IsRunning reports whether it has not ended.
func (r Rollout) IsRunning() bool { return r.State == RolloutRunning }

// RolloutState is where a rollout is.
type RolloutState string

// The states. The last two are final.
const (
	RolloutRunning RolloutState = "running"
	// RolloutPromoted means that the previous version no longer answers, and nothing of
	// it is on its way.
	RolloutPromoted RolloutState = "promoted"
	// RolloutAborted means that the candidate no longer runs.
	RolloutAborted RolloutState = "aborted"
)

// RolloutOutcome says of what kind an abort was.
type RolloutOutcome string

// The outcomes. One that was cancelled says nothing against the version.
const (
	OutcomeFailed    RolloutOutcome = "failed"
	OutcomeCancelled RolloutOutcome = "cancelled"
)

// The usual strategies. Others are words of whoever rolls out.
const (
	StrategyRolling   = "rolling"
	StrategyBlueGreen = "blue-green"
	StrategyCanary    = "canary"
)

// Share is a part of servers or of traffic, in hundredths of a per cent.
type Share int

// WholeShare is all of it.
const WholeShare Share = 100_00

// String returns the share in per cent, without the sign.
func (s Share) String() string {
	text := strconv.FormatFloat(float64(s)/100, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// Number returns the share in per cent.
func (s Share) Number() float64 { return float64(s) / 100 }

// AskedGate is what the gate said to whoever was about to deploy.
type AskedGate struct {
	// Answer is the number of the kept answer; 0 if the gate was not asked.
	Answer int64
	// Against says that it was recorded although the gate did not say yes.
	Against bool
}

// Rollback says whether a deployment brings back what was there before.
type Rollback int

// The kinds.
const (
	// MaybeRollback asks the storage to find out.
	MaybeRollback Rollback = iota - 1
	NoRollback
	// SaidRollback is one of whoever deployed.
	SaidRollback
	// InferredRollback is one by its versions: an older one came back.
	InferredRollback
)

// RollbackOf is what somebody said of a deployment; nil lets the storage find out.
func RollbackOf(said *bool) Rollback {
	switch {
	case said == nil:
		return MaybeRollback
	case *said:
		return SaidRollback
	default:
		return NoRollback
	}
}

// longestReason is in characters.
const longestReason = 500

// CheckReason adds a message unless a text can be a reason that somebody gave.
func CheckReason(fields Fields, field, text string) {
	CheckText(fields, field, text)
	if utf8.RuneCountInString(text) > longestReason {
		fields.Add(field, "is longer than %d characters", longestReason)
	}
}

// RolloutFilter selects rollouts. Zero fields do not restrict.
type RolloutFilter struct {
	UUID          string
	PacticipantID int64
	VersionID     int64
	EnvironmentID int64
	Instance      *string // "" means without instance
	State         RolloutState
	// Before leaves out the one with the identity and newer ones.
	Before int64
	Limit  int // 0 means all
}

// Rollouts is the storage of rollouts.
type Rollouts interface {
	// StartRollout stores one that runs, with the record of its candidate. It returns
	// CodeConflict if another one runs in the place.
	StartRollout(r Rollout) (Rollout, error)
	// ListRollouts returns some, the newest first.
	ListRollouts(f RolloutFilter) ([]Rollout, error)
	// SaveRollout writes the share, the state and the end of one that runs. Where it is
	// promoted its candidate becomes what is current, where it is aborted that ends.
	SaveRollout(r Rollout) error
}
