package web

import (
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// How the answers of the domain are shown.

// decisionVerdict is how a decision is shown. A yes that rests on no result is
// neutral: nothing was proven.
func decisionVerdict(h matrix.Headline, counts matrix.Counts) kit.Verdict {
	switch h {
	case matrix.HeadlineYes:
		if counts.Success == 0 {
			return kit.None("yes, nothing proven")
		}
		return kit.Yes("yes")
	case matrix.HeadlineDoubt:
		return kit.Doubt("yes, but")
	case matrix.HeadlineNo:
		return kit.No("no")
	default:
		return kit.Unknown(notProven)
	}
}

// notProven is the one word for what the gate does not know: on lists, on cards and on
// the answer itself.
const notProven = "not proven"

// inDoubt is the one word for a yes that rests on results which their own tests do not
// bear out.
const inDoubt = "results in doubt"

// stops reports whether a decision is no yes.
func stops(d matrix.Decision) bool { return d.Verdict != matrix.Deployable }

func outcomeStatus(o matrix.Outcome) kit.Verdict {
	switch o {
	case matrix.Passed:
		return kit.Yes("verified")
	case matrix.Failed:
		return kit.No("failed")
	default:
		return kit.Unknown("not verified")
	}
}

func pactStatus(s overview.VerificationStatus) kit.Verdict {
	switch s {
	case overview.StatusSuccess:
		return kit.Yes("verified")
	case overview.StatusStale:
		return kit.Unknown("changed since")
	case overview.StatusFailed:
		return kit.No("failed")
	case overview.StatusFailedPending:
		return kit.No("failed, pending")
	default:
		return kit.Unknown("not verified")
	}
}

// verificationStatus also tells a failure that did not count.
func verificationStatus(v kernel.Verification) kit.Verdict {
	if !v.Success && v.Pending != nil && *v.Pending {
		return pactStatus(overview.StatusFailedPending)
	}
	return resultStatus(v.Success, v.Telling)
}

// droppedStatus marks a verified contract that the newest version of its
// consumer does not have.
func droppedStatus(s overview.ContractState) kit.Verdict {
	return kit.Doubt("verified, but not in " + kit.Short(s.Version))
}
