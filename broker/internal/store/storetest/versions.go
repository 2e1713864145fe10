package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func testPacticipants(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		foo, created, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: "Foo", DisplayName: "The Foo", MainBranch: "main", CreatedAt: w.now})
		require.NoError(t, err)
		require.True(t, created)
		again, created, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: "Foo", DisplayName: "other", CreatedAt: w.tick()})
		require.NoError(t, err)
		require.False(t, created)
		require.Equal(t, foo, again)
		require.Equal(t, w.now.Add(-1e9), foo.CreatedAt)

		_, err = tx.FindPacticipant("foo")
		w.notFound(err)
		bar := w.party(tx, "Bar")
		found, err := tx.FindPacticipants("Foo", "Nobody", "Bar")
		require.NoError(t, err)
		require.Equal(t, map[string]kernel.Pacticipant{"Foo": foo, "Bar": bar}, found)
		require.NoError(t, tx.Lock(kernel.ToChange, foo.Row()))
		foo.DisplayName, foo.RepositoryURL, foo.UpdatedAt = "Foo!", "https://example.org", w.tick()
		require.NoError(t, tx.SavePacticipant(foo))
		saved, err := tx.FindPacticipantByID(foo.ID)
		require.NoError(t, err)
		require.Equal(t, foo, saved)

		label, created, err := tx.EnsureLabel(foo.ID, "web", w.now)
		require.NoError(t, err)
		require.True(t, created)
		require.Equal(t, kernel.Label{Name: "web", Pacticipant: "Foo", CreatedAt: w.now}, label)
		_, created, err = tx.EnsureLabel(foo.ID, "web", w.tick())
		require.NoError(t, err)
		require.False(t, created)
		require.NoError(t, tx.DeleteLabel(foo.ID, "web"))
		w.notFound(tx.DeleteLabel(foo.ID, "web"))
	})
}

// testNewVersions gives versions all they can have in the transaction that makes
// them. What is derived is compared with history at the end of each test.
func testNewVersions(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		foo := w.version(tx, "Foo", "1")
		w.branch(tx, foo, "main")
		w.pact(tx, foo, "Bar", "a")
		w.tag(tx, foo, "prod")
		p := w.pact(tx, foo, "Cat", "b")
		require.Equal(t, 1, p.Revision)
		w.branch(tx, foo, "feat")
		require.Equal(t, 2, w.pact(tx, foo, "Bar", "c").Revision)
		next := w.version(tx, "Foo", "2")
		w.branch(tx, next, "main")
		w.pact(tx, next, "Bar", "c")
		w.pact(tx, foo, "Cat", "d")
	})
	w.update(func(tx kernel.Tx) {
		p, err := tx.FindPublication(w.version(tx, "Foo", "2").ID, w.party(tx, "Bar").ID)
		require.NoError(t, err)
		bar := w.version(tx, "Bar", "1")
		branch, _, err := tx.EnsureBranch(bar.Pacticipant.ID, "main", w.tick())
		require.NoError(t, err)
		added, err := tx.AddToBranch(branch, bar, false, w.tick())
		require.NoError(t, err)
		require.True(t, added)
		f := w.result(tx, p, "1", true)
		require.Equal(t, "Foo", f.Consumer.Name)
		again, err := tx.AddVerification(kernel.NewVerification{
			ContentID: p.ContentID, SHA: p.SHA, Consumer: p.Consumer, ProviderVersion: w.version(tx, "Bar", "2"), ExecutedAt: w.now, At: w.tick(),
		})
		require.NoError(t, err)
		stored, err := tx.FindVerificationByID(again.ID)
		require.NoError(t, err)
		first, err := tx.FindVerificationByID(f.ID)
		require.NoError(t, err)
		both, err := tx.FindVerificationsByID([]int64{f.ID, again.ID, again.ID + 1000})
		require.NoError(t, err)
		require.Equal(t, map[int64]kernel.Verification{f.ID: first, again.ID: stored}, both)
		require.Equal(t, stored, again)
		latest, err := tx.LatestVerification(p.ContentID)
		require.NoError(t, err)
		require.Equal(t, again, latest)
		w.tag(tx, bar, "prod")
		there, err := tx.AddToBranch(branch, bar, false, w.tick())
		require.NoError(t, err)
		require.False(t, there)
	})
}

func testVersionOrder(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		second := w.version(tx, "Foo", "2")
		first := w.version(tx, "Foo", "1")
		other := w.version(tx, "Bar", "9")
		require.Less(t, second.Order, first.Order)
		again, created, err := tx.EnsureVersion(kernel.Version{Pacticipant: second.Pacticipant, Number: "2", BuildURL: "x", CreatedAt: w.tick()})
		require.NoError(t, err)
		require.False(t, created)
		require.Equal(t, second, again, "a version keeps its order and its fields")

		latest, err := tx.FindLatestVersion(first.Pacticipant.ID)
		require.NoError(t, err)
		require.Equal(t, "1", latest.Number)
		all, err := tx.LatestVersions([]int64{first.Pacticipant.ID, other.Pacticipant.ID, 99999})
		require.NoError(t, err)
		require.Equal(t, map[int64]kernel.Version{first.Pacticipant.ID: first, other.Pacticipant.ID: other}, all)
		listed, total, err := tx.ListVersions(kernel.VersionFilter{PacticipantID: first.Pacticipant.ID})
		require.NoError(t, err)
		require.Equal(t, 2, total)
		require.Equal(t, []kernel.Version{first, second}, listed)
	})
}

func testBranchHeads(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		v1, v2 := w.version(tx, "Foo", "1"), w.version(tx, "Foo", "2")
		w.pact(tx, v1, "Bar", "a")
		w.branch(tx, v2, "main")
		head := w.branch(tx, v1, "main")
		require.Equal(t, v1.ID, head.HeadVersionID, "an older version added later is the head")
		require.Equal(t, v2.CreatedAt, head.FirstVersionAt)
		w.pact(tx, v2, "Bar", "b")

		added, err := tx.AddToBranch(head, v2, false, w.tick())
		require.NoError(t, err)
		require.False(t, added, "adding again moves nothing")
		w.branch(tx, v1, "feat")
		branches, err := tx.BranchesOf([]int64{v1.ID, v2.ID})
		require.NoError(t, err)
		require.Equal(t, "feat", branches[v1.ID][1].Branch, "in the order of adding")
		require.True(t, branches[v1.ID][0].Latest)
		require.False(t, branches[v2.ID][0].Latest)

		require.NoError(t, tx.RemoveFromBranch(head.ID, v1.ID))
		w.notFound(tx.RemoveFromBranch(head.ID, v1.ID))
		head, err = tx.FindBranch(v1.Pacticipant.ID, "main")
		require.NoError(t, err)
		require.Equal(t, v2.ID, head.HeadVersionID, "the latest of those left")
		require.NoError(t, tx.RemoveFromBranch(head.ID, v2.ID))
		head, err = tx.FindBranch(v1.Pacticipant.ID, "main")
		require.NoError(t, err)
		require.Zero(t, head.HeadVersionID, "an empty branch stays")
	})
}

func testTagHeads(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		v1, v2 := w.version(tx, "Foo", "1"), w.version(tx, "Foo", "2")
		w.pact(tx, v1, "Bar", "a")
		w.tag(tx, v2, "prod")
		w.tag(tx, v1, "prod")
		w.pact(tx, v2, "Bar", "b")
		head, err := tx.FindTagHead(v1.Pacticipant.ID, "prod")
		require.NoError(t, err)
		require.Equal(t, v2.ID, head.ID, "version order counts, not the time of tagging")
		_, created, err := tx.AddTag(v2, "prod", w.tick())
		require.NoError(t, err)
		require.False(t, created)
		w.tag(tx, v1, "aaa")
		tags, err := tx.TagsOf([]int64{v1.ID, v2.ID})
		require.NoError(t, err)
		require.Equal(t, []string{"prod", "aaa"}, []string{tags[v1.ID][0].Name, tags[v1.ID][1].Name}, "in the order of adding")
		require.False(t, tags[v1.ID][0].Latest)
		require.True(t, tags[v2.ID][0].Latest)

		require.NoError(t, tx.RemoveTag(v2, "prod"))
		w.notFound(tx.RemoveTag(v2, "prod"))
		head, err = tx.FindTagHead(v1.Pacticipant.ID, "prod")
		require.NoError(t, err)
		require.Equal(t, v1.ID, head.ID)
		require.NoError(t, tx.RemoveTag(v1, "prod"))
		_, err = tx.FindTagHead(v1.Pacticipant.ID, "prod")
		w.notFound(err)
	})
}

func testDeployments(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		v1, v2 := w.version(tx, "Foo", "1"), w.version(tx, "Foo", "2")
		e := w.environment(tx, "test")
		deploy := func(v kernel.Version, instance string) kernel.DeployedVersion {
			d, err := tx.RecordDeployment(kernel.DeployedVersion{UUID: w.id(), Version: v, Environment: e, Instance: instance, CreatedAt: w.tick()})
			require.NoError(t, err)
			return d
		}
		first := deploy(v1, "")
		require.True(t, first.CurrentlyDeployed)
		require.Equal(t, first.UUID, deploy(v1, "").UUID, "the same version again changes nothing")
		blue := deploy(v1, "blue")
		second := deploy(v2, "")
		back := deploy(v1, "")
		require.NotEqual(t, first.UUID, back.UUID, "going back makes a new record")

		current, err := tx.ListDeployedVersions(kernel.RecordFilter{EnvironmentID: e.ID, Current: true})
		require.NoError(t, err)
		require.Equal(t, []string{back.UUID, blue.UUID}, []string{current[0].UUID, current[1].UUID})
		none := ""
		current, err = tx.ListDeployedVersions(kernel.RecordFilter{EnvironmentID: e.ID, Current: true, Instance: &none})
		require.NoError(t, err)
		require.Len(t, current, 1)
		ended, err := tx.ListDeployedVersions(kernel.RecordFilter{UUID: second.UUID})
		require.NoError(t, err)
		require.False(t, ended[0].CurrentlyDeployed)
		require.Equal(t, back.CreatedAt, ended[0].UndeployedAt)

		require.NoError(t, tx.EndDeployment(blue, w.tick(), ""))
		of, err := tx.DeployedOf([]int64{v1.ID})
		require.NoError(t, err)
		require.Len(t, of[v1.ID], 3)
		require.NoError(t, tx.DeleteEnvironment(e.ID))
		current, err = tx.ListDeployedVersions(kernel.RecordFilter{})
		require.NoError(t, err)
		require.Empty(t, current)
	})
}

func testReleases(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		v1, v2 := w.version(tx, "Foo", "1"), w.version(tx, "Foo", "2")
		e := w.environment(tx, "store")
		release := func(v kernel.Version) (kernel.ReleasedVersion, bool) {
			r, created, err := tx.RecordRelease(kernel.ReleasedVersion{UUID: w.id(), Version: v, Environment: e, CreatedAt: w.tick()})
			require.NoError(t, err)
			return r, created
		}
		first, created := release(v1)
		require.True(t, created)
		release(v2)
		current, err := tx.ListReleasedVersions(kernel.RecordFilter{EnvironmentID: e.ID, Current: true})
		require.NoError(t, err)
		require.Len(t, current, 2)
		require.NoError(t, tx.EndRelease(first, w.tick()))
		ended, err := tx.ListReleasedVersions(kernel.RecordFilter{UUID: first.UUID})
		require.NoError(t, err)
		require.False(t, ended[0].CurrentlySupported)
		require.Equal(t, w.now, ended[0].SupportEndedAt)
		again, created := release(v1)
		require.False(t, created)
		require.Equal(t, first.UUID, again.UUID)
		require.True(t, again.CurrentlySupported, "releasing again opens the record")
		require.Zero(t, again.SupportEndedAt)
	})
}
