package result

import (
	"slices"
	"strings"
	"sync"

	"github.com/treatyhq/treaty/contract"
)

// Results come again and again for the same contract, which never changes: what of it
// tests are compared with is read once and then known.

// interaction is what a test is known to be of.
type interaction struct {
	id, description string
	states          []string
}

// interactionsIn are those of interactions of a contract, in the same order.
func interactionsIn(all []contract.Interaction) []interaction {
	out := make([]interaction, len(all))
	for i, one := range all {
		common := one.Base()
		// The document, of which these are parts, is not kept for them.
		out[i] = interaction{id: strings.Clone(common.ID), description: strings.Clone(common.Description)}
		for _, s := range common.States {
			out[i].states = append(out[i].states, strings.Clone(s.Name))
		}
	}
	return out
}

// mostKnown bounds how many interactions are known, of all contracts together: some
// 10 MB. Beyond, all are forgotten.
const mostKnown = 50_000

// contracts are interactions by the contract that they are of. Its zero value knows none.
type contracts struct {
	mu    sync.Mutex
	known map[contractKey][]interaction
	size  int
}

type contractKey struct{ consumer, provider, sha string }

func (c *contracts) get(of contractKey) ([]interaction, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	all, known := c.known[of]
	return all, known
}

func (c *contracts) put(of contractKey, all []interaction) {
	c.mu.Lock()
	defer c.mu.Unlock()
	size := len(all) + 1
	if c.size+size > mostKnown || c.known == nil {
		c.known, c.size = map[contractKey][]interaction{}, 0
	}
	if _, known := c.known[of]; !known && size <= mostKnown {
		c.known[of] = slices.Clip(all)
		c.size += size
	}
}
