package matrix

import (
	"fmt"
	"time"
)

// Reason is one of a closed set of grounds for a decision, with the selectors
// it is about. Its String is the sentence that every surface shows.
type Reason struct {
	Kind ReasonKind
	// Consumer and Provider are the sides of a pair, or Consumer alone is the
	// selector that the reason is about.
	Consumer Resolved
	Provider Resolved
	// Row is the row that gave the reason, nil if none did.
	Row *Row
	// Moment is when what a warning about the past speaks of happened.
	Moment time.Time
}

// ReasonKind is the kind of a reason.
type ReasonKind int

// The kinds of reasons, in the order in which they are given.
const (
	// NothingToIgnore warns that an ignore selector names nothing known.
	NothingToIgnore ReasonKind = iota
	// NoTarget warns that no target was given.
	NoTarget
	// NoVersionNumber warns that versions were asked for by tag or branch.
	NoVersionNumber
	// AsOfMoment warns that the answer is about Moment, from what is still
	// recorded.
	AsOfMoment
	// InTheFuture warns that Moment has not come yet.
	InTheFuture
	// BeforeRecord warns that the record of the consumer, an application, begins
	// at Moment only.
	BeforeRecord
	// BeforeTarget warns that the consumer's Environment was recorded at Moment
	// only.
	BeforeTarget
	// MainBranchNow warns that main branches are those of now.
	MainBranchNow
	// NoSuchVersion says that a selector of the question found no version.
	NoSuchVersion
	// OnlyInRollout says that a required provider is in the target as a candidate only.
	OnlyInRollout
	// MissingIntegration says that a required integration has no row.
	MissingIntegration
	// VerificationFailed says that the result of a pair is a failure.
	VerificationFailed
	// NeverVerified says that a pair has no result.
	NeverVerified
	// TooMuchToJudge says that the question covers more history than is read.
	TooMuchToJudge
	// AllVerified says that every pair has a successful result.
	AllVerified
	// NothingRequired says that no pair would meet.
	NothingRequired
	// OnlyIgnored says that all pairs that would meet are ignored.
	OnlyIgnored
)

// Level is the weight of the reason.
func (r Reason) Level() Level {
	switch r.Kind {
	case NothingToIgnore, NoTarget, NoVersionNumber, AsOfMoment, InTheFuture, BeforeRecord, BeforeTarget, MainBranchNow:
		return LevelWarning
	case AllVerified, NothingRequired, OnlyIgnored:
		return LevelSuccess
	default:
		return LevelError
	}
}

// String is the sentence. Warnings begin with "WARN:", which Pact's older
// client looks for.
func (r Reason) String() string {
	switch r.Kind {
	case NothingToIgnore:
		return fmt.Sprintf("WARN: nothing to ignore: %s", r.Consumer.Phrase())
	case NoTarget:
		return "WARN: no environment was named as the target, so this says little: without one, every version of the other applications counts, wherever it is. Name the environment, or the tag, you want to deploy to."
	case NoVersionNumber:
		return "WARN: the version was asked for by branch or tag and may have changed since your build began. Ask by version number instead."
	case AsOfMoment:
		return fmt.Sprintf("WARN: this is the answer as of %s, from what is recorded today. What has been deleted since then is missing from it.", r.moment())
	case InTheFuture:
		return fmt.Sprintf("WARN: %s has not come yet, so this is the answer of now.", r.moment())
	case BeforeRecord:
		return fmt.Sprintf("WARN: the record of %s begins at %s, after the moment that was asked about. If it existed before, the broker cannot know.", r.Consumer.Name, r.moment())
	case BeforeTarget:
		return fmt.Sprintf("WARN: the environment %s is known since %s, after the moment that was asked about. What was in it before is not recorded.", r.Consumer.Environment, r.moment())
	case MainBranchNow:
		return "WARN: main branches are taken as they are called today. If one had another name then, ask for that branch by its name."
	case NoSuchVersion:
		return r.Consumer.absence()
	case OnlyInRollout:
		return fmt.Sprintf("%s is in %s as the candidate of a rollout only (%s), and %s needs one that stays",
			r.Provider.Name, r.Provider.Environment, r.Provider.Found.Number, r.Consumer.Phrase())
	case MissingIntegration, NeverVerified:
		return fmt.Sprintf("No verification result is known for the pact between %s and %s", r.Consumer.Phrase(), r.Provider.Phrase())
	case VerificationFailed:
		return fmt.Sprintf("The pact between %s and %s failed verification", r.Consumer.Phrase(), r.Provider.Phrase())
	case TooMuchToJudge:
		return fmt.Sprintf("%s has more versions than one answer covers. Ask for a version number, a branch, a tag or an environment.", r.Consumer.Name)
	case AllVerified:
		return "Every required verification result is there, and all are successful"
	case OnlyIgnored:
		return "Nothing else is missing: every pact that applies to these versions is ignored"
	default:
		return "Nothing is missing: no pact applies to these versions"
	}
}

func (r Reason) moment() string { return r.Moment.UTC().Format(time.RFC3339) }
