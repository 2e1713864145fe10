package usecase_test

import (
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/store"
)

var bySemver = store.Options{OrderBySemver: true}

// deployed is a version that is in an environment, and another that is not.
func deployed(w *world) {
	w.environment()
	w.do(w.version("1"))
	w.do(w.version("2"))
	w.do(w.deploy("1"))
}

func released(w *world) {
	w.environment()
	w.do(w.version("1"))
	w.do(w.release("1"))
}

func racesOfPlaces() []race {
	return []race{{
		name: "two versions are deployed to one place", hold: appLock, given: deployed,
		first: func(w *world) error { return w.deploy("2") }, second: func(w *world) error { return w.deploy("1") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 1, w.count(`deployed_current`))
			require.Equal(w, 1, w.count(`deployed_version WHERE undeployed_at IS NULL`))
		},
	}, {
		name: "a deployment ends while it is replaced", hold: appLock, given: deployed,
		first: func(w *world) error { return w.deploy("2") }, second: func(w *world) error { return w.undeploy() },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, "2", w.text(`SELECT v.number FROM deployed_current c JOIN version v ON v.id = c.version_id`))
		},
	}, {
		name: "a version is deployed while it is deleted", hold: versionLock("2"), given: deployed,
		first:  func(w *world) error { return w.Registry.DeleteVersion(w.Context(), "Shop", "2") },
		second: func(w *world) error { return w.deploy("2") },
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			doneOr(w, second, kernel.CodeNotFound)
			require.Equal(w, 0, w.count(`version WHERE number = '2'`))
		},
	}, {
		name: "support ends while the version is released again", hold: `SELECT 1 FROM released_version FOR UPDATE`, given: released,
		first: func(w *world) error {
			no := false
			_, err := w.Registry.UpdateReleasedVersion(w.Context(), w.record, &no)
			return err
		},
		second:  func(w *world) error { return w.release("1") },
		then:    bothDone,
		inOrder: func(w *world, _, _ error) { require.Equal(w, 1, w.count(`released_version WHERE ended_at IS NULL`)) },
	}, {
		name: "support ends of a version that is deleted", hold: versionLock("1"), given: released,
		first: func(w *world) error { return w.Registry.DeleteVersion(w.Context(), "Shop", "1") },
		second: func(w *world) error {
			no := false
			_, err := w.Registry.UpdateReleasedVersion(w.Context(), w.record, &no)
			return err
		},
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			doneOr(w, second, kernel.CodeNotFound)
			require.Equal(w, 0, w.count(`released_version`))
		},
	}, {
		name: "a version comes to an environment that is deleted", hold: environmentLock, given: deployed,
		first:  func(w *world) error { return w.Registry.DeleteEnvironment(w.Context(), w.place) },
		second: func(w *world) error { return w.deploy("2") },
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			doneOr(w, second, kernel.CodeNotFound)
			require.Equal(w, 0, w.count(`deployed_current`)+w.count(`deployed_version`))
		},
	}, {
		name: "an environment is changed while it is deleted", hold: environmentLock, given: deployed,
		first: func(w *world) error { return w.Registry.DeleteEnvironment(w.Context(), w.place) },
		second: func(w *world) error {
			_, err := w.Registry.ReplaceEnvironment(w.Context(), w.place, registry.EnvironmentInput{Name: "live"})
			return err
		},
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			doneOr(w, second, kernel.CodeNotFound)
			require.Equal(w, 0, w.count(`environment`), "it is not made anew")
		},
		inOrder: func(w *world, _, second error) { require.Equal(w, kernel.CodeNotFound, kernel.CodeOf(second)) },
	}, {
		name: "an environment is changed by two who saw the same", hold: environmentLock, given: deployed,
		first: func(w *world) error { return w.rename("first") }, second: func(w *world) error { return w.rename("second") },
		then: func(w *world, first, second error) {
			require.NotEqual(w, first == nil, second == nil, "one is refused: %v, %v", first, second)
			doneOr(w, first, kernel.CodeConflict)
			doneOr(w, second, kernel.CodeConflict)
			stays := "first"
			if first != nil {
				stays = "second"
			}
			require.Equal(w, stays, w.text(`SELECT display_name FROM environment`), "nobody overwrites what they have not seen")
		},
	}, {
		name: "a form of an environment is saved while it is deleted", hold: environmentLock, given: deployed,
		first:  func(w *world) error { return w.rename("first") },
		second: func(w *world) error { return w.Registry.DeleteEnvironment(w.Context(), w.place) },
		then: func(w *world, first, second error) {
			doneOr(w, first, kernel.CodeNotFound)
			require.NoError(w, second, "who deletes it is not asked what they saw")
			require.Equal(w, 0, w.count(`environment`)+w.count(`deployed_version`))
		},
	}, {
		name: "two environments get one name", hold: `LOCK TABLE environment IN SHARE MODE`,
		first: func(w *world) error {
			_, err := w.Registry.CreateEnvironment(w.Context(), registry.EnvironmentInput{Name: "live"})
			return err
		},
		second: func(w *world) error {
			_, err := w.Registry.CreateEnvironment(w.Context(), registry.EnvironmentInput{Name: "live", Production: true})
			return err
		},
		then: func(w *world, first, second error) {
			require.NotEqual(w, first == nil, second == nil, "one is refused: %v, %v", first, second)
			doneOr(w, first, kernel.CodeInvalid)
			doneOr(w, second, kernel.CodeInvalid)
		},
	}, {
		name: "two tags that are environments on two versions", hold: appLock, given: func(w *world) { deployed(w); w.do(w.version("3")) },
		first: func(w *world) error { return w.tag("2", "production") }, second: func(w *world) error { return w.tag("3", "production") },
		then: func(w *world, first, second error) {
			bothDone(w, first, second)
			require.Equal(w, 1, w.count(`deployed_current`))
			require.Equal(w, 1, w.count(`deployed_version WHERE undeployed_at IS NULL`))
		},
	}}
}
