package web

import (
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
)

// status is an answer as people see it: an icon, a word and a colour class.
type status struct{ Class, Icon, Word string }

func headlineStatus(h matrix.Headline) status {
	switch h {
	case matrix.HeadlineYes:
		return statusYes
	case matrix.HeadlineDoubt:
		return statusDoubt
	case matrix.HeadlineNo:
		return statusNo
	default:
		return statusUnknown
	}
}

func outcomeStatus(o matrix.Outcome) status {
	switch o {
	case matrix.Passed:
		return status{"yes", "✓", "verified"}
	case matrix.Failed:
		return status{"no", "✗", "failed"}
	default:
		return status{"unknown", "?", "not verified"}
	}
}

func pactStatus(s overview.VerificationStatus) status {
	switch s {
	case overview.StatusSuccess:
		return status{"yes", "✓", "verified"}
	case overview.StatusStale:
		return status{"unknown", "?", "changed since"}
	case overview.StatusFailed:
		return status{"no", "✗", "failed"}
	case overview.StatusFailedPending:
		return status{"no", "✗", "failed, pending"}
	default:
		return status{"unknown", "?", "not verified"}
	}
}

var (
	statusYes     = status{"yes", "✓", "yes"}
	statusNo      = status{"no", "✗", "no"}
	statusUnknown = status{"unknown", "?", "unknown"}
	statusDoubt   = status{"unknown", "!", "yes, but"}
	statusNone    = status{"none", "–", "empty"}
)
