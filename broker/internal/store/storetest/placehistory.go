package storetest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// testPlaceHistory reads the same history whole and in small pieces, also where
// much happened at one moment.
func testPlaceHistory(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		v1, v2 := w.version(tx, "Foo", "1"), w.version(tx, "Foo", "2")
		e, other := w.environment(tx, "test"), w.environment(tx, "elsewhere")
		deploy := func(v kernel.Version, to kernel.Environment, instance string) kernel.DeployedVersion {
			d, err := tx.RecordDeployment(kernel.DeployedVersion{UUID: w.id(), Version: v, Environment: to, Instance: instance, Auto: instance == "blue", CreatedAt: w.now})
			require.NoError(t, err)
			return d
		}
		w.tick()
		deploy(v1, e, "")
		deploy(v1, other, "")
		blue := deploy(v1, e, "blue") // at the same moment
		w.tick()
		deploy(v2, e, "")
		released, _, err := tx.RecordRelease(kernel.ReleasedVersion{UUID: w.id(), Version: v1, Environment: e, CreatedAt: w.tick()})
		require.NoError(t, err)
		w.tick()
		require.NoError(t, tx.EndDeployment(blue, w.now, ""))
		require.NoError(t, tx.EndRelease(released, w.now))

		list := func(before kernel.PlaceMoment, limit int) []kernel.PlaceChange {
			found, err := tx.ListPlaceChanges(kernel.PlaceHistoryQuery{EnvironmentID: e.ID, Before: before, Limit: limit})
			require.NoError(t, err)
			return found
		}
		all := list(kernel.PlaceMoment{}, 100)
		var told []string
		for _, c := range all {
			told = append(told, fmt.Sprintf("%s %d %s%v", c.Version.Number, c.Event, c.Instance, c.Auto))
		}
		require.Equal(t, []string{
			"1 2 bluetrue", "1 3 false", "1 1 false", "2 0 false", "1 2 false", "1 0 bluetrue", "1 0 false",
		}, told)
		require.Equal(t, "Foo", all[0].Version.Pacticipant.Name)
		require.Equal(t, w.now, all[0].At)
		for limit := range 4 {
			var pieces []kernel.PlaceChange
			for at := (kernel.PlaceMoment{}); ; at = pieces[len(pieces)-1].PlaceMoment {
				more := list(at, limit+1)
				pieces = append(pieces, more...)
				if len(more) == 0 {
					break
				}
			}
			require.Equal(t, all, pieces, "in pieces of %d", limit+1)
		}
	})
}
