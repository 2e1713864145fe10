package usecase_test

import (
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// twoPairs are a pair that is to be deleted, and another provider.
func twoPairs(w *world) {
	w.do(w.publish("Shop", "1", "main", "Stock", "x"))
	w.do(w.pact("Till", "1", "Bank", "x"))
	w.do(w.version("2"))
}

func deletePair(w *world) error { return w.Registry.DeleteIntegration(w.Context(), "Shop", "Stock") }

func racesOfDeletions() []race {
	return []race{{
		name: "a version without data gets a pact while its pair is deleted", hold: versionLock("2"), given: twoPairs,
		first: func(w *world) error { return w.pact("Shop", "2", "Bank", "a") }, second: deletePair,
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.True(w, w.hasPact("Shop", "Bank", "2"))
		},
	}, {
		name: "an application gets a version while its last pair is deleted", hold: branchLock,
		given: func(w *world) { // the branch is empty, so that no version that goes has to do with it
			w.do(w.pact("Shop", "1", "Stock", "x"))
			w.do(w.pact("Till", "1", "Bank", "x"))
			w.do(w.branch("Shop", "main", "2"))
			w.do(w.Registry.DeleteVersion(w.Context(), "Shop", "2"))
		},
		first: func(w *world) error { return w.publish("Shop", "3", "main", "Bank", "a") }, second: deletePair,
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.True(w, w.hasPact("Shop", "Bank", "3"))
		},
	}, {
		name: "a pair is published while it is deleted", hold: integrationLock, given: twoPairs,
		first: deletePair, second: func(w *world) error { return w.publish("Shop", "3", "main", "Stock", "x") },
		then:    bothDone,
		inOrder: func(w *world, _, _ error) { require.True(w, w.hasPact("Shop", "Stock", "3")) },
	}, {
		name: "a pact is verified while its pair is deleted", hold: integrationLock,
		given: func(w *world) { twoPairs(w); w.content = w.sha() },
		first: deletePair, second: func(w *world) error { return w.resultFor(w.content, "p1", true) },
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			doneOr(w, second, kernel.CodeNotFound)
			require.Equal(w, 0, w.count(`verification`))
		},
	}, {
		name: "an application is deleted while it publishes", hold: appLock, given: twoPairs,
		first:   func(w *world) error { return w.Registry.DeletePacticipant(w.Context(), "Shop") },
		second:  func(w *world) error { return w.several("3", "Stock", "Bank") },
		then:    bothDone,
		inOrder: func(w *world, _, _ error) { require.True(w, w.hasPact("Shop", "Bank", "3")) },
	}, {
		name: "all is deleted while a pact is published", hold: `SELECT 1 FROM pacticipant FOR UPDATE`, given: twoPairs,
		first:  func(w *world) error { return w.Registry.DeleteIntegrations(w.Context()) },
		second: func(w *world) error { return w.publish("Shop", "3", "main", "Stock", "x") },
		then:   bothDone, // the deletion is many transactions
	}}
}
