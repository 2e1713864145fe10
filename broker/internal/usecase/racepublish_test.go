package usecase_test

import (
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func onePact(w *world) { w.do(w.pact("Shop", "1", "Stock", "x")) }

func onFeat(w *world) { w.do(w.publish("Shop", "1", "feat", "Stock", "x")) }

const latestOfPair = `SELECT v.number FROM integration i JOIN version v ON v.id = i.latest_version_id`

func racesOfPublications() []race {
	return []race{{
		name: "one version is published twice with other content", hold: versionLock("1"), given: func(w *world) { w.do(w.version("1")) },
		first: func(w *world) error { return w.pact("Shop", "1", "Stock", "a") }, second: func(w *world) error { return w.pact("Shop", "1", "Stock", "b") },
		then: func(w *world, first, second error) {
			require.NotEqual(w, first == nil, second == nil, "one is refused: %v, %v", first, second)
			doneOr(w, first, kernel.CodeConflict)
			doneOr(w, second, kernel.CodeConflict)
			require.Equal(w, 1, w.count(`publication`))
		},
	}, {
		name: "two merge into one pact", hold: versionLock("1"), given: func(w *world) { w.do(w.merge("x")) },
		first: func(w *world) error { return w.merge("a") }, second: func(w *world) error { return w.merge("b") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			found, err := w.Publish.FindPact(w.Context(), kernel.PactQuery{Consumer: "Shop", Provider: "Stock", Version: "1"})
			require.NoError(w, err)
			for _, word := range []string{"/x", "/a", "/b"} {
				require.Contains(w, string(found.Body), word, "%s is in %s", word, found.Body)
			}
		},
	}, {
		name: "two new versions of one pair", hold: integrationLock, given: onePact,
		first: func(w *world) error { return w.pact("Shop", "2", "Stock", "x") }, second: func(w *world) error { return w.pact("Shop", "3", "Stock", "x") },
		then:    bothDone,
		inOrder: func(w *world, _, _ error) { require.Equal(w, "3", w.text(latestOfPair)) },
	}, {
		name: "two versions of one pair in semantic order", hold: integrationLock, options: bySemver,
		settings: func(s *kernel.Settings) { s.OrderVersionsByDate = false },
		given:    func(w *world) { w.do(w.pact("Shop", "1.0.0", "Stock", "x")); w.do(w.version("3.0.0")) },
		first:    func(w *world) error { return w.pact("Shop", "2.0.0", "Stock", "x") }, second: func(w *world) error { return w.pact("Shop", "3.0.0", "Stock", "x") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, "3.0.0", w.text(latestOfPair))
		},
	}, {
		name: "a version is published on a branch that is deleted", hold: branchLock, given: onFeat,
		first:   func(w *world) error { return w.Registry.DeleteBranch(w.Context(), "Shop", "feat") },
		second:  func(w *world) error { return w.publish("Shop", "2", "feat", "Stock", "y") },
		then:    bothDone,
		inOrder: func(w *world, _, _ error) { require.Equal(w, []string{"2"}, w.onBranch("Shop", "feat")) },
	}, {
		name: "a version gets a pact while it becomes the head again",
		hold: `SELECT 1 FROM integration i JOIN pacticipant p ON p.id = i.provider_id WHERE p.name = 'Bank' FOR NO KEY UPDATE OF i`,
		given: func(w *world) {
			w.do(w.pact("Shop", "0", "Bank", "z"))
			onFeat(w)
			w.do(w.publish("Shop", "2", "feat", "Stock", "y"))
		},
		first:  func(w *world) error { return w.pact("Shop", "1", "Bank", "z") },
		second: func(w *world) error { return w.Registry.DeleteVersion(w.Context(), "Shop", "2") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 2, w.count(`head_pact`), "both pacts of the head")
		},
	}, {
		name: "the newest with a tag gets a pact while another version gets the tag", hold: `SELECT 1 FROM tag_head FOR UPDATE`,
		settings: func(s *kernel.Settings) { s.UseFirstTagAsBranch = false },
		given:    func(w *world) { w.do(w.publish("Shop", "1", "", "Stock", "x", "prod")) },
		first:    func(w *world) error { return w.pact("Shop", "1", "Bank", "z") },
		second:   func(w *world) error { return w.publish("Shop", "2", "", "Stock", "y", "prod") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 1, w.count(`head_pact WHERE kind = 2`), "the newest with the tag has one pact")
		},
	}, {
		name: "the head of a branch gets a pact while another version becomes the head", hold: branchLock, given: onFeat,
		first:  func(w *world) error { return w.pact("Shop", "1", "Bank", "z") },
		second: func(w *world) error { return w.publish("Shop", "2", "feat", "Stock", "y") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 1, w.count(`head_pact WHERE kind = 1`), "the head has one pact")
		},
	}, {
		name: "a pact is published while it is deleted", hold: versionLock("1"), given: onePact,
		first: func(w *world) error {
			_, err := w.Publish.DeletePact(w.Context(), "Shop", "Stock", "1")
			return err
		},
		second:  func(w *world) error { return w.pact("Shop", "1", "Stock", "x") },
		then:    bothDone,
		inOrder: func(w *world, _, _ error) { require.True(w, w.hasPact("Shop", "Stock", "1")) },
	}, {
		name: "a pact loses its tag while pacts with the tag are deleted", hold: versionLock("1"),
		given: func(w *world) { w.do(w.publish("Shop", "1", "", "Stock", "x", "old")) },
		first: func(w *world) error { return w.Registry.DeleteTag(w.Context(), "Shop", "1", "old") },
		second: func(w *world) error {
			_, err := w.Publish.DeletePacts(w.Context(), kernel.PactListQuery{Consumer: "Shop", Provider: "Stock", Tag: "old"})
			return err
		},
		then: func(w *world, first, second error) {
			doneOr(w, first, kernel.CodeNotFound)
			require.NoError(w, second)
		},
		inOrder: func(w *world, _, _ error) { require.True(w, w.hasPact("Shop", "Stock", "1")) },
	}, {
		name: "two publications of several pacts in another order", hold: appLock, given: onePact,
		first: func(w *world) error { return w.several("2", "Stock", "Bank") }, second: func(w *world) error { return w.several("2", "Bank", "Stock") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 2, w.count(`pact_current x JOIN version v ON v.id = x.version_id WHERE v.number = '2'`))
		},
	}}
}
