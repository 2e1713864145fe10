package publish

import (
	"crypto/sha256"
	"sync"

	meaning "github.com/treatyhq/treaty/contract/compare"
)

// keptDiffs has the comparisons that were made last, by the texts that were compared:
// what they say follows from those and from nothing else. Who looks at a change looks
// at it more than once, filters and sorts it, and sends its address to others. Its zero
// value is ready, and it is safe for concurrent use.
type keptDiffs struct {
	mu sync.Mutex
	// kept is the newest last.
	kept   []keptDiff
	weight int
}

// The bounds of what is kept, in bytes: of all, and of one.
const (
	diffsKept = 4 << 20
	diffKept  = 1 << 20
)

// bothTexts names two documents by their digests.
type bothTexts struct{ older, newer [sha256.Size]byte }

func bothTextsOf(older, newer []byte) bothTexts {
	return bothTexts{sha256.Sum256(older), sha256.Sum256(newer)}
}

type keptDiff struct {
	of bothTexts
	whatDiffers
}

// whatDiffers is what a comparison says. Nobody changes what is in it.
type whatDiffers struct {
	Read    bool
	Changes []meaning.Change
	Unread  string
	Text    string
}

// size is about how many bytes it has.
func (w whatDiffers) size() int {
	n := 200 + len(w.Unread) + len(w.Text)
	for _, c := range w.Changes {
		n += 120 + len(c.Where) + len(c.Part) + len(c.Path) + len(c.Before) + len(c.After)
	}
	return n
}

// find returns what was kept of two texts.
func (k *keptDiffs) find(of bothTexts) (whatDiffers, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, one := range k.kept {
		if one.of == of {
			k.kept = append(append(k.kept[:i], k.kept[i+1:]...), one)
			return one.whatDiffers, true
		}
	}
	return whatDiffers{}, false
}

// keep keeps what two texts differ by, unless it is large. What was not looked at for
// longest goes for it.
func (k *keptDiffs) keep(of bothTexts, found whatDiffers) {
	size := found.size()
	if size > diffKept {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, one := range k.kept {
		if one.of == of { // somebody else has made it meanwhile
			return
		}
	}
	k.kept, k.weight = append(k.kept, keptDiff{of, found}), k.weight+size
	for k.weight > diffsKept {
		k.weight -= k.kept[0].size()
		k.kept[0] = keptDiff{}
		k.kept = k.kept[1:]
	}
}
