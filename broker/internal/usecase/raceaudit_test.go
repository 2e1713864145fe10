package usecase_test

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/audit"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// withEvents are three that are sealed, and three that are not.
func withEvents(w *world) {
	around := audit.Around(w.Store, func() time.Time { return w.now }, kernel.NewID)
	happen := func() {
		for range 3 {
			w.do(around.Update(kernel.WithAct(w.Context(), &kernel.Act{Action: "x"}), func(kernel.Tx) error { return nil }))
		}
	}
	happen()
	w.do(w.seal())
	w.now = w.now.Add(time.Hour)
	happen()
}

func (w *world) seal() error {
	_, err := w.Audit.Seal(w.Context())
	return err
}

// whole fails unless so many events hang together up to the sixth.
func (w *world) whole(events int64) {
	found, err := w.Audit.Verify(w.Context(), 0, "")
	w.do(err)
	require.Empty(w, found.Break)
	require.Equal(w, []any{events, int64(6), 0}, []any{found.Events, found.Seq, found.Unsealed})
}

const chainLock = `SELECT 1 FROM audit_chain FOR UPDATE`

func racesOfAudit() []race {
	return []race{{
		name: "events are sealed twice at once", hold: chainLock, given: withEvents,
		first: func(w *world) error { return w.seal() }, second: func(w *world) error { return w.seal() },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			w.whole(6)
		},
	}, {
		name: "events are sealed while old ones are deleted", hold: chainLock, given: withEvents,
		first: func(w *world) error { return w.seal() },
		second: func(w *world) error {
			_, err := w.Audit.Cut(w.Context(), w.now.Add(-time.Minute))
			return err
		},
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			w.whole(3)
		},
	}}
}
