package usecase_test

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/cleanup"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

const age = 200 * 24 * time.Hour

// clean keeps the latest version only, and what is live.
func clean(w *world) error {
	_, err := w.Cleanup.Clean(w.Context(), cleanup.Options{Keep: []cleanup.KeepSelector{{Latest: true}}, BranchAge: age / 2, OverwrittenAge: age / 2})
	return err
}

// old lets some be done long ago.
func old(given func(w *world)) func(w *world) {
	return func(w *world) {
		given(w)
		w.now = w.now.Add(age)
	}
}

func racesOfCleanUp() []race {
	anew := func(s *kernel.Settings) { s.AllowContractModification = true }
	return []race{{
		name: "a version is deployed while it is cleaned up", hold: versionLock("1"),
		given: old(func(w *world) { w.environment(); w.do(w.publish("Shop", "1", "", "Stock", "x")); w.do(w.version("2")) }),
		first: clean, second: func(w *world) error { return w.deploy("1") },
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			doneOr(w, second, kernel.CodeNotFound)
			require.Equal(w, second == nil, w.count(`deployed_current`) == 1, "what is acknowledged is there")
		},
	}, {
		name: "a version is released while it is cleaned up", hold: versionLock("1"),
		given: old(func(w *world) { w.environment(); w.do(w.version("1")); w.do(w.version("2")) }),
		first: clean, second: func(w *world) error { return w.release("1") },
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			doneOr(w, second, kernel.CodeNotFound)
			require.Equal(w, second == nil, w.count(`released_version`) == 1, "what is acknowledged is there")
		},
	}, {
		name: "a version gets a pact while it is cleaned up", hold: versionLock("1"),
		given: old(func(w *world) { w.do(w.version("1")); w.do(w.version("2")) }),
		first: clean, second: func(w *world) error { return w.pact("Shop", "1", "Stock", "x") },
		then: bothDone,
		inOrder: func(w *world, _, _ error) {
			require.True(w, w.hasPact("Shop", "Stock", "1"), "of a version that is made anew")
		},
	}, {
		name: "a stale branch gets a version while it is cleaned up", hold: branchLock, given: old(onFeat),
		first: func(w *world) error { return w.publish("Shop", "2", "feat", "Stock", "y") }, second: clean,
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Contains(w, w.onBranch("Shop", "feat"), "2")
		},
	}, {
		name: "a stale branch is used again while it is cleaned up", hold: branchLock, given: old(onFeat),
		first: clean, second: func(w *world) error { return w.branch("Shop", "feat", "1") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, []string{"1"}, w.onBranch("Shop", "feat"))
		},
	}, {
		name: "a document is published again while it is cleaned up", hold: integrationLock,
		given: old(func(w *world) {
			w.do(w.pact("Shop", "1", "Stock", "x"))
			_, err := w.Publish.DeletePact(w.Context(), "Shop", "Stock", "1")
			w.do(err)
		}),
		first: func(w *world) error { return w.pact("Shop", "2", "Stock", "x") }, second: clean,
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.True(w, w.hasPact("Shop", "Stock", "2"))
		},
	}, {
		name: "a result counts again while it is cleaned up", hold: versionLock("p1"), settings: anew,
		given: old(func(w *world) { verified(w); w.do(w.result("p1", false)) }),
		first: deleteNewest, second: func(w *world) error {
			_, err := w.Cleanup.Clean(w.Context(), cleanup.Options{OverwrittenAge: age / 2})
			return err
		},
		then:    bothDone,
		inOrder: func(w *world, _, _ error) { require.Equal(w, 1, w.count(`verification`), "the one that counts") },
	}}
}
