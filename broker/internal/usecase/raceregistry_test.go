package usecase_test

import (
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/registry"
)

func oneVersion(w *world) { w.do(w.version("1")) }

func racesOfRegistry() []race {
	return []race{{
		name: "two fields of one application", hold: appLock, given: oneVersion,
		first: func(w *world) error {
			return w.patch(registry.PacticipantChange{Name: "Shop", RepositoryURL: registry.Set("https://example.org/shop")})
		},
		second: func(w *world) error { return w.mainBranch("Shop", "trunk") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, "https://example.org/shop trunk", w.text(`SELECT repository_url || ' ' || main_branch FROM pacticipant`))
		},
	}, {
		name: "an application is changed while it is deleted", hold: appLock, given: oneVersion,
		first:  func(w *world) error { return w.Registry.DeletePacticipant(w.Context(), "Shop") },
		second: func(w *world) error { return w.mainBranch("Shop", "trunk") },
		then:   bothDone,
		inOrder: func(w *world, _, _ error) {
			require.Equal(w, "trunk", w.text(`SELECT main_branch FROM pacticipant`), "the second makes it anew")
		},
	}, {
		name: "an application is changed by two who saw the same", hold: appLock, given: oneVersion,
		first: func(w *world) error { return w.edit("first") }, second: func(w *world) error { return w.edit("second") },
		then: func(w *world, first, second error) {
			require.NotEqual(w, first == nil, second == nil, "one is refused: %v, %v", first, second)
			doneOr(w, first, kernel.CodeConflict)
			doneOr(w, second, kernel.CodeConflict)
			require.Equal(w, 1, w.count(`label`), "nobody overwrites what they have not seen")
		},
	}, {
		name: "a label is put on while it is taken off", hold: `SELECT 1 FROM label, pacticipant FOR UPDATE`,
		given:  func(w *world) { _, _, err := w.Registry.PutLabel(w.Context(), "Shop", "web"); w.do(err) },
		first:  func(w *world) error { return w.Registry.DeleteLabel(w.Context(), "Shop", "web") },
		second: func(w *world) error { _, _, err := w.Registry.PutLabel(w.Context(), "Shop", "web"); return err },
		then:   bothDone,
		inOrder: func(w *world, _, _ error) {
			require.Equal(w, 1, w.count(`label`))
		},
	}, {
		name: "only the first tag becomes a branch", hold: versionLock("1"), given: oneVersion,
		first: func(w *world) error { return w.tag("1", "dev") }, second: func(w *world) error { return w.tag("1", "prod") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 2, w.count(`tag`))
			require.Equal(w, 1, w.count(`branch`))
		},
	}, {
		name: "the tags of a version are replaced twice", hold: versionLock("1"), given: oneVersion,
		first: func(w *world) error { return w.replaceTags("1", "a") }, second: func(w *world) error { return w.replaceTags("1", "b") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 1, w.count(`tag`), "the tags of one of them")
		},
	}, {
		name: "tags up to the limit", hold: versionLock("1"), settings: func(s *kernel.Settings) { s.Limits.Tags = 1 }, given: oneVersion,
		first: func(w *world) error { return w.tag("1", "a") }, second: func(w *world) error { return w.tag("1", "b") },
		then: func(w *world, first, second error) {
			require.NotEqual(w, first == nil, second == nil, "one is refused: %v, %v", first, second)
			require.Equal(w, 1, w.count(`tag`))
		},
	}, {
		name: "branches up to the limit", hold: versionLock("1"), settings: func(s *kernel.Settings) { s.Limits.Branches = 1 }, given: oneVersion,
		first: func(w *world) error { return w.branch("Shop", "a", "1") }, second: func(w *world) error { return w.branch("Shop", "b", "1") },
		then: func(w *world, first, second error) {
			require.NotEqual(w, first == nil, second == nil, "one is refused: %v, %v", first, second)
			require.Equal(w, 1, w.count(`branch_version`))
		},
	}, {
		name: "of two usual branches the first is the main branch", hold: appLock, given: oneVersion,
		first: func(w *world) error { return w.branch("Shop", "main", "2") }, second: func(w *world) error { return w.branch("Shop", "master", "3") },
		then:    bothDone,
		inOrder: func(w *world, _, _ error) { require.Equal(w, "main", w.text(`SELECT main_branch FROM pacticipant`)) },
	}, {
		name: "a version is tagged while it is deleted", hold: versionLock("1"), given: func(w *world) { w.do(w.tag("1", "dev")) },
		first:  func(w *world) error { return w.Registry.DeleteVersion(w.Context(), "Shop", "1") },
		second: func(w *world) error { return w.tag("1", "prod") },
		then:   bothDone,
		inOrder: func(w *world, _, _ error) {
			require.Equal(w, "prod", w.text(`SELECT name FROM tag`), "of a version that is made anew")
		},
	}, {
		name: "a tag moves while it is taken off", hold: `SELECT 1 FROM tag_head FOR UPDATE`, given: func(w *world) { w.do(w.publish("Shop", "1", "", "Stock", "a", "prod")) },
		first:  func(w *world) error { return w.Registry.DeleteTag(w.Context(), "Shop", "1", "prod") },
		second: func(w *world) error { return w.publish("Shop", "2", "", "Stock", "b", "prod") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, "2", w.text(`SELECT v.number FROM tag_head h JOIN version v ON v.id = h.version_id`))
		},
	}, {
		name: "two new versions get one tag", hold: `SELECT 1 FROM tag_head FOR UPDATE`, given: func(w *world) { w.do(w.tag("1", "dev")) },
		first: func(w *world) error { return w.tag("2", "dev") }, second: func(w *world) error { return w.tag("3", "dev") },
		then:    bothDone,
		inOrder: func(w *world, _, _ error) { require.Equal(w, "3", w.text(latestTagged)) },
	}, {
		name: "two versions in semantic order get one tag", hold: `SELECT 1 FROM tag_head FOR UPDATE`,
		settings: func(s *kernel.Settings) { s.OrderVersionsByDate, s.UseFirstTagAsBranch = false, false }, options: bySemver,
		given: func(w *world) { w.do(w.tag("1.0.0", "dev")); w.do(w.version("3.0.0")) },
		first: func(w *world) error { return w.tag("2.0.0", "dev") }, second: func(w *world) error { return w.tag("3.0.0", "dev") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, "3.0.0", w.text(latestTagged))
		},
	}, {
		name: "a version is put on a branch that is deleted", hold: branchLock, given: func(w *world) { w.do(w.branch("Shop", "feat", "1")) },
		first:  func(w *world) error { return w.Registry.DeleteBranch(w.Context(), "Shop", "feat") },
		second: func(w *world) error { return w.branch("Shop", "feat", "2") },
		then:   bothDone,
		inOrder: func(w *world, _, _ error) {
			require.Equal(w, []string{"2"}, w.onBranch("Shop", "feat"))
		},
	}, {
		name: "a branch becomes the main branch while others are deleted", hold: appLock, given: func(w *world) { w.do(w.branch("Shop", "feat", "1")) },
		first:  func(w *world) error { return w.mainBranch("Shop", "feat") },
		second: func(w *world) error { _, err := w.Registry.DeleteBranches(w.Context(), "Shop", nil); return err },
		then:   bothDone,
		inOrder: func(w *world, _, _ error) {
			require.Equal(w, []string{"1"}, w.onBranch("Shop", "feat"), "the main branch stays")
		},
	}, {
		name: "two versions are taken off a branch", hold: branchLock,
		given: func(w *world) {
			w.do(w.branch("Shop", "feat", "1"))
			w.do(w.branch("Shop", "feat", "2"))
			w.do(w.branch("Shop", "feat", "3"))
		},
		first:  func(w *world) error { return w.Registry.DeleteBranchVersion(w.Context(), "Shop", "feat", "3") },
		second: func(w *world) error { return w.Registry.DeleteBranchVersion(w.Context(), "Shop", "feat", "2") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, []string{"1"}, w.onBranch("Shop", "feat"))
		},
	}}
}

const latestTagged = `SELECT v.number FROM tag_head h JOIN version v ON v.id = h.version_id WHERE h.name = 'dev'`
