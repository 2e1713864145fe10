package pactfile

import (
	"errors"
	"maps"
	"slices"

	"github.com/treatyhq/treaty/contract"
)

// WriteLast is [Write] without rule 4: of several descriptions of one
// interaction the last stands. It returns the repeats that it passed over.
func WriteLast(dir string, p *contract.Pact) (Written, []*RepeatError, error) {
	last := *p
	repeats := map[string]*RepeatError{}
	deduplicated := false
	for {
		written, err := Write(dir, &last)
		var repeat *RepeatError
		if !errors.As(err, &repeat) {
			return written, slices.Collect(maps.Values(repeats)), err
		}
		if _, again := repeats[repeat.id]; again { // p itself has it twice
			if deduplicated {
				return Written{}, nil, err
			}
			last.Interactions, deduplicated = lastOfEach(p.Interactions), true
		}
		repeats[repeat.id] = repeat
		if err := forget(dir, p, repeat.id); err != nil {
			return Written{}, nil, err
		}
	}
}

// forget makes as if this run had not described an interaction.
func forget(dir string, p *contract.Pact, id string) error {
	path, err := pathOf(dir, p)
	if err != nil {
		return err
	}
	f := open(path)
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.written, id)
	return nil
}

func lastOfEach(interactions []contract.Interaction) []contract.Interaction {
	seen := map[string]bool{}
	var last []contract.Interaction
	for _, i := range slices.Backward(interactions) {
		if id := contract.Identity(i); !seen[id] {
			seen[id] = true
			last = append(last, i)
		}
	}
	slices.Reverse(last)
	return last
}
