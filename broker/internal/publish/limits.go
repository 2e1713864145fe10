package publish

import (
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// mostTagged is how many pacts times tags one publication may write, if neither
// is without limit: each tag is a row of each pact, and a row takes time.
const mostTagged = 30_000

// checkTagged notes what goes beyond mostTagged.
func checkTagged(l kernel.Limits, fields kernel.Fields, contracts, tags int) {
	if l.Contracts > 0 && l.Tags > 0 && contracts*tags > mostTagged {
		fields.Add("tags", "are %d for %d contracts, which is more than this broker writes at once: publish the contracts in several requests, or with fewer tags", tags, contracts)
	}
}
