package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

func testHappenings(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		v1, v2 := w.version(tx, "Foo", "1"), w.version(tx, "Foo", "2")
		first, second := w.pact(tx, v1, "Bar", "a"), w.pact(tx, v2, "Bar", "b")
		published, err := tx.RecentPublications(1)
		require.NoError(t, err)
		require.Equal(t, []kernel.PactPublication{second}, published)
		published, err = tx.RecentPublications(10)
		require.NoError(t, err)
		require.Equal(t, []int64{second.ID, first.ID}, []int64{published[0].ID, published[1].ID})

		one, two, three := w.result(tx, first, "10", false), w.result(tx, first, "11", true), w.result(tx, first, "10", false)
		other := w.result(tx, second, "10", true)
		told, err := tx.RecentVerifications(2)
		require.NoError(t, err)
		require.Equal(t, []int64{other.Number, three.Number}, []int64{told[0].Number, told[1].Number})
		require.Equal(t, "Foo", told[0].Consumer.Name)
		require.Equal(t, "Bar", told[0].ProviderVersion.Pacticipant.Name)
		numbers := func(found []matrix.Result) (out []int64) {
			for _, r := range found {
				out = append(out, r.Number)
			}
			return out
		}
		before, err := tx.ResultsBefore(first.ContentID, two.Number, 10)
		require.NoError(t, err)
		require.Equal(t, []int64{two.Number, one.Number}, numbers(before), "not what came later, and not of another content")
		require.Equal(t, one.ProviderVersion.ID, before[1].ProviderVersion.ID)
		require.Equal(t, one.ExecutedAt, before[1].ExecutedAt)
		before, err = tx.ResultsBefore(first.ContentID, three.Number, 2)
		require.NoError(t, err)
		require.Equal(t, []int64{three.Number, two.Number}, numbers(before))

		bar := w.party(tx, "Bar")
		bar.MainBranch = "main"
		require.NoError(t, tx.SavePacticipant(bar))
		main := w.version(tx, "Bar", "20")
		w.branch(tx, main, "main")
		third := w.pact(tx, v2, "Baz", "c")
		w.result(tx, second, "20", true)
		states, err := tx.ContentStates([]int64{first.ContentID, second.ContentID, third.ContentID, 1 << 40})
		require.NoError(t, err)
		require.Len(t, states, 3)
		require.Equal(t, []bool{true, true, false}, []bool{states[first.ContentID].Verified, states[second.ContentID].Verified, states[third.ContentID].Verified})
		require.Equal(t, []bool{false, true, false}, []bool{states[first.ContentID].VerifiedByMain, states[second.ContentID].VerifiedByMain, states[third.ContentID].VerifiedByMain})
		require.True(t, states[first.ContentID].CreatedAt.Before(states[second.ContentID].CreatedAt))
		states, err = tx.ContentStates(nil)
		require.NoError(t, err)
		require.Empty(t, states)

		e := w.environment(tx, "test")
		for _, v := range []kernel.Version{v1, v2} {
			_, err := tx.RecordDeployment(kernel.DeployedVersion{UUID: w.id(), Version: v, Environment: e, CreatedAt: w.tick()})
			require.NoError(t, err)
		}
		_, _, err = tx.RecordRelease(kernel.ReleasedVersion{UUID: w.id(), Version: v1, Environment: e, CreatedAt: w.tick(), UpdatedAt: w.now})
		require.NoError(t, err)
		deployed, err := tx.RecentDeployments(5)
		require.NoError(t, err)
		require.Equal(t, []string{"2", "1"}, []string{deployed[0].Version.Number, deployed[1].Version.Number})
		require.Equal(t, []bool{true, false}, []bool{deployed[0].CurrentlyDeployed, deployed[1].CurrentlyDeployed})
		deployed, err = tx.RecentDeployments(1)
		require.NoError(t, err)
		require.Len(t, deployed, 1)
		released, err := tx.RecentReleases(5)
		require.NoError(t, err)
		require.Equal(t, "1", released[0].Version.Number)
		require.Equal(t, "test", released[0].Environment.Name)
	})
}
