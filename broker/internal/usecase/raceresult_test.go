package usecase_test

import (
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// verified is a pact with a result of version p1 of its provider, which is on
// branch b1, the main branch. Version p2 is on b2.
func verified(w *world) {
	w.do(w.pact("Shop", "1", "Stock", "x"))
	w.do(w.branch("Stock", "b1", "p1"))
	w.do(w.branch("Stock", "b2", "p2"))
	w.do(w.mainBranch("Stock", "b1"))
	w.do(w.result("p1", true))
}

func deleteNewest(w *world) error {
	return w.Result.DeleteVerification(w.Context(), kernel.VerificationQuery{Pact: kernel.PactQuery{Consumer: "Shop", Provider: "Stock", SHA: w.sha()}})
}

func racesOfResults() []race {
	return []race{{
		name: "the main branch changes beside a result", hold: stateLock, given: verified,
		first: func(w *world) error { return w.result("p2", false) }, second: func(w *world) error { return w.mainBranch("Stock", "b2") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, "p2", w.latestMain())
		},
	}, {
		name: "a result comes beside a change of the main branch", hold: stateLock, given: verified,
		first: func(w *world) error { return w.mainBranch("Stock", "b2") }, second: func(w *world) error { return w.result("p2", false) },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, "p2", w.latestMain())
		},
	}, {
		name: "a main branch is found beside a result", hold: stateLock,
		given: func(w *world) {
			w.do(w.pact("Shop", "1", "Stock", "x"))
			w.do(w.branch("Stock", "main", "p1"))
			w.do(w.mainBranch("Stock", ""))
			w.do(w.result("p3", false))
		},
		first: func(w *world) error { return w.result("p1", true) }, second: func(w *world) error { return w.branch("Stock", "main", "p2") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, "p1", w.latestMain())
		},
	}, {
		name: "the main branch is deleted beside a result", hold: stateLock,
		given: func(w *world) {
			w.do(w.pact("Shop", "1", "Stock", "x"))
			w.do(w.branch("Stock", "b1", "p1"))
			w.do(w.mainBranch("Stock", "b1"))
			w.do(w.result("p1", false))
		},
		first: func(w *world) error { return w.result("p1", true) }, second: func(w *world) error { return w.Registry.DeleteBranch(w.Context(), "Stock", "b1") },
		then: bothDone,
	}, {
		name: "a version leaves the main branch beside a result of another", hold: stateLock,
		given:  func(w *world) { verified(w); w.do(w.branch("Stock", "b1", "p3")); w.do(w.result("p3", true)) },
		first:  func(w *world) error { return w.result("p1", false) },
		second: func(w *world) error { return w.Registry.DeleteBranchVersion(w.Context(), "Stock", "b1", "p3") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, "p1", w.latestMain())
		},
	}, {
		name: "a version comes to the main branch while a later result is deleted", hold: stateLock,
		given: func(w *world) {
			verified(w)
			w.do(w.result("p2", true))
			w.do(w.branch("Stock", "b1", "p3"))
			w.do(w.result("p3", true))
		},
		first: deleteNewest, second: func(w *world) error { return w.branch("Stock", "b1", "p2") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, "p2", w.latestMain())
		},
	}, {
		name: "a result comes while another is deleted", hold: stateLock, given: verified,
		first: func(w *world) error { return w.result("p2", false) }, second: deleteNewest,
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 1, w.count(`verification_current`))
		},
	}, {
		name: "the newest result is deleted twice", hold: versionLock("p1"), given: func(w *world) { verified(w); w.do(w.result("p1", false)) },
		first: deleteNewest, second: deleteNewest,
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 0, w.count(`verification`), "each deletes the one that is then the newest")
		},
	}, {
		name: "a version is verified by while it is deleted", hold: versionLock("p2"), given: verified,
		first:   func(w *world) error { return w.Registry.DeleteVersion(w.Context(), "Stock", "p2") },
		second:  func(w *world) error { return w.result("p2", true) },
		then:    bothDone,
		inOrder: func(w *world, _, _ error) { require.Equal(w, 2, w.count(`verification`)) },
	}}
}
