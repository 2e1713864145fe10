package web

import (
	"fmt"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

// telling is what the tests of a result say of a success. The gate goes by what was
// recorded, as the Pact Broker's does; a page that shows the tests beside it says where
// they do not bear it out, and is not green there.
type telling struct {
	// failed counts tests that failed although the result is a success.
	failed int
	// untried counts interactions of the contract, of all, that no test tells of although
	// tests were sent.
	untried, all int
}

// tellingOf compares a result with its tests and the interactions of its contract.
func tellingOf(r *newestResult, all []judged) telling {
	if r == nil || !r.success {
		return telling{} // a failure needs no proof
	}
	var t telling
	t.failed, _ = r.tests.Failures()
	t.all = len(all)
	for _, j := range all {
		if j.verdict.Word == notTried {
			t.untried++
		}
	}
	return t
}

// borneOut reports whether the tests say what the result says, or nothing.
func (t telling) borneOut() bool { return t.failed == 0 && t.untried == 0 }

// verdict is how the result is shown: what failed goes before what was not tried.
func (t telling) verdict(v kernel.Verification) kit.Verdict {
	switch {
	case t.failed > 0:
		return kit.No("contradictory")
	case t.untried > 0 && t.untried == t.all:
		return kit.Unknown("nothing tried")
	case t.untried > 0:
		return kit.Unknown("tried in part")
	}
	return verificationStatus(v)
}

// sentence says what the tests say, "" if they bear the result out.
func (t telling) sentence() string {
	switch {
	case t.failed > 0:
		return fmt.Sprintf("It was recorded as a success, and %s.", wording.CountOf(t.failed, "of its tests failed", "of its tests failed"))
	case t.untried > 0 && t.untried == t.all:
		return "It was recorded as a success, and by its tests nothing of the contract was tried."
	case t.untried > 0:
		return fmt.Sprintf("It was recorded as a success, and by its tests %d of %s were not tried.", t.untried, wording.Count(t.all, "interaction"))
	}
	return ""
}

// gateGoesBy says beside a result that is not borne out what the gate makes of it.
const gateGoesBy = "The gate goes by what was recorded, a success. Verify it again, with a verifier that sends all its tests."
