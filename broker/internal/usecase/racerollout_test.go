package usecase_test

import (
	"errors"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/rollout"
)

// shopAndStock is an environment in which version 1 of both is. Version 2 of each is proven
// with what is there, and not with version 2 of the other.
func shopAndStock(w *world) {
	w.environment()
	w.do(w.pact("Shop", "1", "Stock", "a"))
	w.do(w.pact("Shop", "2", "Stock", "b"))
	a, b := w.shaOf("1"), w.shaOf("2")
	w.do(w.resultFor(a, "1", true))
	w.do(w.resultFor(b, "1", true))
	w.do(w.resultFor(a, "2", true))
	w.do(w.start("Stock", "1"))
	w.do(w.end("Stock", kernel.RolloutPromoted))
	w.do(w.start("Shop", "1"))
	w.do(w.end("Shop", kernel.RolloutPromoted))
}

func (w *world) shaOf(number string) string {
	found, err := w.Publish.FindPact(w.Context(), kernel.PactQuery{Consumer: "Shop", Provider: "Stock", Version: number})
	require.NoError(w, err)
	return found.SHA
}

func (w *world) start(name, number string) error {
	_, _, err := w.Rollout.Start(w.Context(), rollout.Start{Place: w.spot(name, number)})
	return err
}

func (w *world) spot(name, number string) rollout.Place {
	return rollout.Place{Pacticipant: name, Version: number, Environment: w.place}
}

// end ends the rollout of an application that was begun last.
func (w *world) end(name string, state kernel.RolloutState) error {
	uuid := w.text(`SELECT r.uuid FROM rollout r JOIN pacticipant p ON p.id = r.pacticipant_id WHERE p.name = '` + name + `' ORDER BY r.id DESC LIMIT 1`)
	_, err := w.Rollout.Change(w.Context(), rollout.Change{UUID: uuid, State: &state})
	return err
}

func (w *world) isLive() string {
	return w.text(`SELECT string_agg(t.live, ' ') FROM (SELECT p.name || ' ' || v.number || CASE WHEN d.rollout = '' THEN '' ELSE '*' END AS live FROM deployed_current d
		JOIN version v ON v.id = d.version_id JOIN pacticipant p ON p.id = v.pacticipant_id ORDER BY p.name, v.id) t`)
}

// refusedOne wants that of two requests one was refused by the gate, or by what the other
// has begun.
func refusedOne(w *world, first, second error) {
	w.Helper()
	require.NotEqual(w, first == nil, second == nil, "one of both: %v, %v", first, second)
	refusal := errors.Join(first, second)
	require.Equal(w, kernel.CodeConflict, kernel.CodeOf(refusal), "%v", refusal)
}

func racesOfRollouts() []race {
	begun := func(w *world) { shopAndStock(w); w.do(w.start("Shop", "2")) }
	return []race{{
		name: "two that are not proven together start at once", hold: environmentLock, given: shopAndStock,
		first: func(w *world) error { return w.start("Shop", "2") }, second: func(w *world) error { return w.start("Stock", "2") },
		then: refusedOne,
		inOrder: func(w *world, _, second error) {
			require.ErrorAs(w, second, new(*rollout.Refused))
			require.Equal(w, "Shop 1 Shop 2* Stock 1", w.isLive())
		},
	}, {
		name: "a rollout starts beside a deployment that asks", hold: environmentLock, given: shopAndStock,
		first: func(w *world) error { return w.start("Shop", "2") },
		second: func(w *world) error {
			_, err := w.Rollout.Deploy(w.Context(), rollout.Deploy{Place: w.spot("Stock", "2")})
			return err
		},
		then: refusedOne,
	}, {
		name: "two rollouts start in one place", hold: appLock,
		given: func(w *world) { shopAndStock(w); w.do(w.pact("Shop", "3", "Stock", "a")) },
		first: func(w *world) error { return w.start("Shop", "2") }, second: func(w *world) error { return w.start("Shop", "3") },
		then:    refusedOne,
		inOrder: func(w *world, _, second error) { require.ErrorAs(w, second, new(*rollout.Taken)) },
	}, {
		name: "a rollout is promoted while it is aborted", hold: appLock, given: begun,
		first: func(w *world) error { return w.end("Shop", kernel.RolloutAborted) }, second: func(w *world) error { return w.end("Shop", kernel.RolloutPromoted) },
		then:    refusedOne,
		inOrder: func(w *world, _, _ error) { require.Equal(w, "Shop 1 Stock 1", w.isLive()) },
	}, {
		name: "a rollout is promoted while another version is recorded", hold: appLock, given: begun,
		first: func(w *world) error { w.do(w.version("3")); return w.deploy("3") }, second: func(w *world) error { return w.end("Shop", kernel.RolloutPromoted) },
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			doneOr(w, second, kernel.CodeConflict)
			require.Equal(w, "Shop 3 Stock 1", w.isLive())
		},
	}, {
		name: "a rollout starts while its version is deleted", hold: versionLock("2"), given: shopAndStock,
		first:  func(w *world) error { return w.Registry.DeleteVersion(w.Context(), "Shop", "2") },
		second: func(w *world) error { return w.start("Shop", "2") },
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			doneOr(w, second, kernel.CodeNotFound, kernel.CodeConflict)
			require.NotContains(w, w.isLive(), "Shop 2")
		},
		inOrder: func(w *world, _, second error) { require.Equal(w, kernel.CodeNotFound, kernel.CodeOf(second)) },
	}, {
		name: "a rollout starts while its environment is deleted", hold: environmentLock, given: shopAndStock,
		first:  func(w *world) error { return w.Registry.DeleteEnvironment(w.Context(), w.place) },
		second: func(w *world) error { return w.start("Shop", "2") },
		then: func(w *world, first, second error) {
			require.NoError(w, first)
			doneOr(w, second, kernel.CodeNotFound)
			require.Equal(w, 0, w.count(`rollout`))
		},
	}}
}
