package web

import (
	"fmt"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/wording"
)

// The gate goes by what was recorded of a result, as the Pact Broker's does. A page says
// where the tests of a success do not bear it out, and is not green there: the page of
// the result and of the contract with how many they are, all others by what was found
// out when the result was recorded.

// telling is what the tests of a result say of it.
type telling struct{ result.Told }

// tellingOf compares a result with its tests and the interactions of its contract.
func tellingOf(r *newestResult, all []judged) telling {
	if r == nil {
		return telling{}
	}
	interactions := make([]contract.Interaction, len(all))
	for i, j := range all {
		interactions[i] = j.Interaction
	}
	return telling{result.Compare(r.success, r.tests, interactions)}
}

// borneOut reports whether the tests say what the result says, or nothing.
func (t telling) borneOut() bool { return t.Telling() == matrix.NothingAgainst }

// verdict is how the result is shown.
func (t telling) verdict(v kernel.Verification) kit.Verdict {
	v.Telling = t.Telling()
	return verificationStatus(v)
}

// sentence says what the tests say, "" if they bear the result out.
func (t telling) sentence() string {
	switch t.Telling() {
	case matrix.TestFailed:
		return fmt.Sprintf("It was recorded as a success, and %s.", wording.CountOf(t.Failed, "of its tests failed", "of its tests failed"))
	case matrix.NothingTried:
		return "It was recorded as a success, and by its tests nothing of the contract was tried."
	case matrix.TriedInPart:
		return fmt.Sprintf("It was recorded as a success, and by its tests %d of %s were not tried.", t.Untried, wording.Count(t.All, "interaction"))
	case matrix.NothingAgainst:
	}
	return ""
}

// gateGoesBy says beside a result that is not borne out what the gate makes of it.
const gateGoesBy = "The gate goes by what was recorded, a success. Verify it again, with a verifier that sends all its tests."

// resultStatus is how a result is shown: one that its tests do not bear out is neither
// green nor a word that somebody takes for a success.
func resultStatus(success bool, telling matrix.Telling) kit.Verdict {
	switch {
	case !success:
		return pactStatus(overview.StatusFailed)
	case telling == matrix.TestFailed:
		return kit.No("contradictory")
	case telling == matrix.NothingTried:
		return kit.Unknown("nothing tried")
	case telling == matrix.TriedInPart:
		return kit.Unknown("tried in part")
	}
	return pactStatus(overview.StatusSuccess)
}

// doubtfulSuccesses tells of an answer which successes that it rests on are to doubt.
func doubtfulSuccesses(d matrix.Decision) string {
	return "It rests on " + wording.CountOf(d.Doubtful, "result that was recorded as a success and that its own tests do not bear out.",
		"results that were recorded as successes and that their own tests do not bear out.")
}

// onlyByTests reports whether an answer is to be doubted for nothing but the tests of
// results.
func onlyByTests(d matrix.Decision) bool { return d.PageHeadline() != d.Headline() }
