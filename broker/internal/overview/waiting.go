package overview

import (
	"cmp"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// Waiting is a contract that waits for a verification: of the newest version of its
// consumer's main branch.
type Waiting struct {
	Consumer, ConsumerVersion, Provider string
	// SHA names the content.
	SHA string
	// ByMain says that no version of the provider's main branch has verified it or,
	// where the provider has no main branch, no version at all.
	ByMain     bool
	MainBranch string
	// Live are versions in environments that have not, in the order of the
	// environments.
	Live []matrix.LiveVersion
	// Since is when it began to wait: when it was published first or, if only versions
	// in environments are missing, when the first of them was there.
	Since time.Time
}

// waiting are the contracts that wait, the one that waits longest first.
func (o Overview) waiting(untold []matrix.Untold, states map[int64]kernel.ContentState) []Waiting {
	var out []Waiting
	for _, u := range untold {
		p, state := u.Publication, states[u.Publication.ContentID]
		w := Waiting{
			Consumer: p.Consumer.Name, ConsumerVersion: p.ConsumerVersion.Number, Provider: p.Provider.Name, SHA: p.SHA, MainBranch: p.Provider.MainBranch, Live: u.Live,
			ByMain: !u.HasHead || u.Head != nil && !state.VerifiedByMain && (p.Provider.MainBranch != "" || !state.Verified),
		}
		switch {
		case w.ByMain:
			w.Since = state.CreatedAt
		case len(w.Live) == 0:
			continue // an earlier version of the main branch has verified it
		default:
			first := w.Live[0].Version.CreatedAt
			for _, l := range w.Live[1:] {
				if l.Version.CreatedAt.Before(first) {
					first = l.Version.CreatedAt
				}
			}
			w.Since = later(first, state.CreatedAt)
		}
		out = append(out, w)
	}
	slices.SortStableFunc(out, func(a, b Waiting) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Consumer, b.Consumer))
	})
	return out
}

// Concerns reports whether one of the applications waits or is waited for.
func (w Waiting) Concerns(names map[string]bool) bool { return names[w.Consumer] || names[w.Provider] }

func contentsOf(untold []matrix.Untold) []int64 {
	out := make([]int64, len(untold))
	for i, u := range untold {
		out[i] = u.Publication.ContentID
	}
	return out
}
