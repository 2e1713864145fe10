package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func testPublications(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		v := w.version(tx, "Foo", "1")
		w.branch(tx, v, "main")
		w.tag(tx, v, "prod")
		first := w.pact(tx, v, "Bar", "a")
		require.Equal(t, 1, first.Revision)
		second := w.pact(tx, v, "Bar", "b")
		require.Equal(t, 2, second.Revision)
		found, err := tx.FindPublication(v.ID, second.Provider.ID)
		require.NoError(t, err)
		require.Equal(t, second, found)
		old, err := tx.FindPublicationByID(first.ID)
		require.NoError(t, err)
		require.Equal(t, first, old)
		body, err := tx.Body(second.ContentID)
		require.NoError(t, err)
		require.JSONEq(t, `{"content":"b"}`, string(body))
		content, err := tx.FindContent(v.Pacticipant.ID, second.Provider.ID, "a")
		require.NoError(t, err)
		require.Equal(t, first.ContentID, content.ID)

		packed, err := kernel.PackBody([]byte(`{"other":"text"}`))
		require.NoError(t, err)
		again, created, err := tx.EnsureContent(kernel.Content{ConsumerID: v.Pacticipant.ID, ProviderID: second.Provider.ID, SHA: "b", CreatedAt: w.now, Packed: packed})
		require.NoError(t, err)
		require.False(t, created)
		require.Equal(t, second.ContentID, again)
		body, err = tx.Body(again)
		require.NoError(t, err)
		require.JSONEq(t, `{"content":"b"}`, string(body), "the first text stays")

		require.NoError(t, tx.DeletePublications([]kernel.PactPublication{second}))
		_, err = tx.FindPublication(v.ID, second.Provider.ID)
		w.notFound(err)
		_, err = tx.FindPublicationByID(first.ID)
		w.notFound(err)
	})
}

func testPublicationFilters(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		v1, v2, v3 := w.version(tx, "Foo", "1"), w.version(tx, "Foo", "2"), w.version(tx, "Foo", "3")
		cat := w.version(tx, "Cat", "7")
		w.tag(tx, v1, "prod")
		w.tag(tx, v2, "prod")
		w.branch(tx, v1, "main")
		w.branch(tx, v3, "main")
		for _, p := range []struct {
			v        kernel.Version
			provider string
			content  string
		}{{v1, "Bar", "a"}, {v2, "Bar", "a"}, {v1, "Baz", "z"}, {cat, "Bar", "c"}, {v3, "Baz", "y"}} {
			w.pact(tx, p.v, p.provider, p.content)
		}
		all, err := tx.ListPublications(kernel.PublicationFilter{})
		require.NoError(t, err)
		contents := []int64{-1}
		for _, p := range all {
			contents = append(contents, p.ContentID)
		}
		latest, err := tx.NotableRevisions(contents)
		require.NoError(t, err)
		require.Len(t, latest, 4, "Bar's content of two versions is one")
		for id, found := range latest {
			alone, err := tx.LatestRevision(id)
			require.NoError(t, err)
			require.Equal(t, alone, found)
		}
		foo, bar := v1.Pacticipant, w.party(tx, "Bar")
		p, err := tx.FindPacticipant("Foo")
		require.NoError(t, err)
		p.MainBranch = "main"
		require.NoError(t, tx.SavePacticipant(p))
		shared, err := tx.FindPublication(v2.ID, bar.ID)
		require.NoError(t, err)
		known := func() string {
			found, err := tx.NotableRevisions([]int64{shared.ContentID})
			require.NoError(t, err)
			return strings.Join(names([]kernel.PactPublication{found[shared.ContentID]}), "")
		}
		require.Equal(t, "Foo 1 Bar", known(), "a version of the main branch, though there is a later one")
		deployed, err := tx.RecordDeployment(kernel.DeployedVersion{UUID: w.id(), Version: v2, Environment: w.environment(tx, "live"), CreatedAt: w.now})
		require.NoError(t, err)
		require.Equal(t, "Foo 2 Bar", known(), "what is live")
		require.NoError(t, tx.EndDeployment(deployed, w.now, ""))
		require.Equal(t, "Foo 1 Bar", known(), "what was live is not")
		for name, tt := range map[string]struct {
			filter kernel.PublicationFilter
			want   []string
		}{
			"all, latest version first": {kernel.PublicationFilter{}, []string{"Cat 7 Bar", "Foo 3 Baz", "Foo 2 Bar", "Foo 1 Baz", "Foo 1 Bar"}},
			"pair":                      {kernel.PublicationFilter{ConsumerID: foo.ID, ProviderID: bar.ID}, []string{"Foo 2 Bar", "Foo 1 Bar"}},
			"limit":                     {kernel.PublicationFilter{ConsumerID: foo.ID, ProviderID: bar.ID, Limit: 1}, []string{"Foo 2 Bar"}},
			"version":                   {kernel.PublicationFilter{VersionID: v1.ID}, []string{"Foo 1 Baz", "Foo 1 Bar"}},
			"versions":                  {kernel.PublicationFilter{VersionIDs: []int64{v2.ID, v3.ID}}, []string{"Foo 3 Baz", "Foo 2 Bar"}},
			"content":                   {kernel.PublicationFilter{ContentID: shared.ContentID}, []string{"Foo 2 Bar", "Foo 1 Bar"}},
			"tag":                       {kernel.PublicationFilter{Tag: "prod"}, []string{"Foo 2 Bar", "Foo 1 Baz", "Foo 1 Bar"}},
			"untagged":                  {kernel.PublicationFilter{Untagged: true}, []string{"Cat 7 Bar", "Foo 3 Baz"}},
			"branch":                    {kernel.PublicationFilter{Branch: "main"}, []string{"Foo 3 Baz", "Foo 1 Baz", "Foo 1 Bar"}},
			"head of branch":            {kernel.PublicationFilter{Branch: "main", HeadOnly: true}, []string{"Foo 3 Baz"}},
			"main branch":               {kernel.PublicationFilter{MainBranch: true, HeadOnly: true}, []string{"Foo 3 Baz"}},
			"before":                    {kernel.PublicationFilter{ConsumerID: foo.ID, Before: &v3}, []string{"Foo 2 Bar", "Foo 1 Baz", "Foo 1 Bar"}},
			"latest per pair":           {kernel.PublicationFilter{LatestPerPair: true}, []string{"Cat 7 Bar", "Foo 3 Baz", "Foo 2 Bar"}},
			"latest of a provider":      {kernel.PublicationFilter{ProviderID: bar.ID, LatestPerPair: true}, []string{"Cat 7 Bar", "Foo 2 Bar"}},
			"latest with a tag":         {kernel.PublicationFilter{Tag: "prod", LatestPerPair: true}, []string{"Foo 2 Bar", "Foo 1 Baz"}},
			"nothing":                   {kernel.PublicationFilter{Tag: "none"}, nil},
		} {
			found, err := tx.ListPublications(tt.filter)
			require.NoError(t, err, name)
			require.ElementsMatch(t, tt.want, names(found), name)
			for i := 1; i < len(found); i++ {
				require.GreaterOrEqual(t, found[i-1].ConsumerVersion.Order, found[i].ConsumerVersion.Order, name)
			}
		}
		all, err = tx.ListPublications(kernel.PublicationFilter{})
		require.NoError(t, err)
		newest, err := tx.LatestTags(all)
		require.NoError(t, err)
		var tagged []string
		for _, p := range all {
			if len(newest[p.ID]) > 0 {
				tagged = append(tagged, names([]kernel.PactPublication{p})...)
			}
		}
		require.ElementsMatch(t, []string{"Foo 2 Bar", "Foo 1 Baz"}, tagged, "newest pact with the tag")

		notable, err := tx.NotablePublications(foo.ID, w.party(tx, "Baz").ID)
		require.NoError(t, err)
		require.Equal(t, []string{"Foo 3 Baz", "Foo 1 Baz"}, names(notable), "the latest, and the latest with a tag")
		notable, err = tx.NotablePublications(foo.ID, bar.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"Foo 2 Bar"}, names(notable))
		_, err = tx.RecordDeployment(kernel.DeployedVersion{UUID: w.id(), Version: v1, Environment: w.environment(tx, "test"), CreatedAt: w.tick()})
		require.NoError(t, err)
		notable, err = tx.NotablePublications(foo.ID, bar.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"Foo 2 Bar", "Foo 1 Bar"}, names(notable), "and what is live")
	})
}

func names(ps []kernel.PactPublication) []string {
	var out []string
	for _, p := range ps {
		out = append(out, p.Consumer.Name+" "+p.ConsumerVersion.Number+" "+p.Provider.Name)
	}
	return out
}

func testVerifications(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		v1 := w.version(tx, "Foo", "1")
		p := w.pact(tx, v1, "Bar", "a")
		pv := w.version(tx, "Bar", "10")
		w.branch(tx, pv, "main")
		bar := w.party(tx, "Bar")
		bar.MainBranch = "main"
		require.NoError(t, tx.SavePacticipant(bar))
		good := w.result(tx, p, "10", true)
		bad := w.result(tx, p, "11", false)
		require.Greater(t, bad.Number, good.Number)
		require.Equal(t, "1", bad.ConsumerVersion.Number)
		latest, err := tx.LatestVerification(p.ContentID)
		require.NoError(t, err)
		require.Equal(t, bad, latest)
		main, err := tx.LatestMainVerification(p.ContentID)
		require.NoError(t, err)
		require.Equal(t, good.ID, main.ID)
		found, err := tx.FindVerification(p.ContentID, good.Number)
		require.NoError(t, err)
		require.Equal(t, good, found)
		_, err = tx.FindVerification(p.ContentID+1, good.Number)
		w.notFound(err)
		of, err := tx.LatestVerifications([]int64{p.ContentID, 99999})
		require.NoError(t, err)
		require.Equal(t, map[int64]kernel.Verification{p.ContentID: bad}, of)

		v2 := w.version(tx, "Foo", "2")
		w.pact(tx, v2, "Bar", "a")
		found, err = tx.FindVerification(p.ContentID, good.Number)
		require.NoError(t, err)
		require.Equal(t, "2", found.ConsumerVersion.Number, "the newest version with the content")

		known, err := tx.HasVerification(p.ContentID, pv.ID)
		require.NoError(t, err)
		require.True(t, known)
		require.NoError(t, tx.DeleteVerification(bad.ID))
		latest, err = tx.LatestVerification(p.ContentID)
		require.NoError(t, err)
		require.Equal(t, good.ID, latest.ID)
		verified, err := tx.ProviderHasVerified(v1.Pacticipant.ID, bar.ID)
		require.NoError(t, err)
		require.True(t, verified)
		require.NoError(t, tx.DeleteVerification(good.ID))
		_, err = tx.LatestVerification(p.ContentID)
		w.notFound(err)
		w.notFound(tx.DeleteVerification(good.ID))
	})
	w.update(func(tx kernel.Tx) {
		v := w.version(tx, "Foo", "1")
		p := w.pact(tx, v, "Bar", "a")
		results, err := kernel.PackBody([]byte(`{"tests":[1,2,3]}`))
		require.NoError(t, err)
		pending := true
		f, err := tx.AddVerification(kernel.NewVerification{
			ContentID: p.ContentID, ProviderVersion: w.version(tx, "Bar", "12"), WIP: true, Pending: &pending, BuildURL: "http://ci",
			ExecutedAt: w.now, At: w.now, TestResults: results, Selectors: []kernel.MetadataSelector{{Branch: "main", ConsumerVersionID: v.ID}},
		})
		require.NoError(t, err)
		stored, by, err := tx.VerificationDetail(f.ID)
		require.NoError(t, err)
		require.JSONEq(t, `{"tests":[1,2,3]}`, string(stored))
		require.Nil(t, by)
		require.True(t, f.WIP)
		require.True(t, *f.Pending)
	})
}

func testLateScopes(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		p := w.pact(tx, w.version(tx, "Foo", "1"), "Bar", "a")
		bar := w.party(tx, "Bar")
		bar.MainBranch = "main"
		require.NoError(t, tx.SavePacticipant(bar))
		w.result(tx, p, "10", true)
		w.result(tx, p, "10", true)
		pv := w.version(tx, "Bar", "10")
		branch := w.branch(tx, pv, "main")
		w.tag(tx, pv, "prod")
		main, err := tx.LatestMainVerification(p.ContentID)
		require.NoError(t, err)
		require.Equal(t, pv.ID, main.ProviderVersion.ID)
		require.NoError(t, tx.RemoveFromBranch(branch.ID, pv.ID))
		_, err = tx.LatestMainVerification(p.ContentID)
		w.notFound(err)
		w.branch(tx, pv, "other")
		bar.MainBranch = "other"
		require.NoError(t, tx.SavePacticipant(bar))
		_, err = tx.LatestMainVerification(p.ContentID)
		require.NoError(t, err, "the main branch may be named later")
		other, err := tx.FindBranch(bar.ID, "other")
		require.NoError(t, err)
		require.NoError(t, tx.DeleteBranch(other.ID))
		_, err = tx.LatestMainVerification(p.ContentID)
		w.notFound(err)
	})
}

func testDeletions(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		v1, v2 := w.version(tx, "Foo", "1"), w.version(tx, "Foo", "2")
		e := w.environment(tx, "test")
		for _, v := range []kernel.Version{v1, v2} {
			w.branch(tx, v, "main")
			w.tag(tx, v, "prod")
			w.pact(tx, v, "Bar", "a"+v.Number)
			w.pact(tx, v, "Baz", "z")
			_, err := tx.RecordDeployment(kernel.DeployedVersion{UUID: w.id(), Version: v, Environment: e, Instance: v.Number, CreatedAt: w.tick()})
			require.NoError(t, err)
		}
		p, err := tx.FindPublication(v2.ID, w.party(tx, "Bar").ID)
		require.NoError(t, err)
		w.result(tx, p, "10", true)
		w.result(tx, p, "11", true)
		for _, number := range []string{"10", "11"} {
			w.branch(tx, w.version(tx, "Bar", number), "main")
			w.tag(tx, w.version(tx, "Bar", number), "prod")
		}
		require.NoError(t, tx.DeleteVersion(v2.ID))
		_, err = tx.FindVersionByID(v2.ID)
		w.notFound(err)
		head, err := tx.FindTagHead(v1.Pacticipant.ID, "prod")
		require.NoError(t, err)
		require.Equal(t, v1.ID, head.ID)
		latest, err := tx.LatestVerification(p.ContentID)
		require.NoError(t, err, "the content and its results stay")
		require.Zero(t, latest.ConsumerVersion)
	})
	Sound(t, w.store)
	w.update(func(tx kernel.Tx) {
		require.NoError(t, tx.DeleteVersion(w.version(tx, "Bar", "11").ID))
	})
	Sound(t, w.store)
	w.update(func(tx kernel.Tx) {
		require.NoError(t, tx.DeletePacticipant(w.party(tx, "Bar").ID))
		_, err := tx.FindPacticipant("Foo")
		require.NoError(t, err)
		left, err := tx.ListPublications(kernel.PublicationFilter{})
		require.NoError(t, err)
		require.Equal(t, []string{"Foo 1 Baz"}, names(left))
	})
}

func testIntegrations(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		v1, v2 := w.version(tx, "Foo", "1"), w.version(tx, "Foo", "2")
		later := w.pact(tx, v2, "Bar", "b")
		w.pact(tx, v1, "Bar", "a")
		w.pact(tx, w.version(tx, "Cat", "1"), "Bar", "c")
		found, total, err := tx.ListIntegrations(kernel.IntegrationQuery{})
		require.NoError(t, err)
		require.Equal(t, 2, total)
		require.Equal(t, "Cat", found[0].Consumer.Name, "last changed first")
		latest, err := tx.ListPublications(kernel.PublicationFilter{ProviderID: later.Provider.ID, LatestPerPair: true})
		require.NoError(t, err)
		require.Equal(t, []string{"Cat 1 Bar", "Foo 2 Bar"}, names(latest))
		w.result(tx, later, "10", true)
		found, _, err = tx.ListIntegrations(kernel.IntegrationQuery{Search: "fO"})
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, w.now, found[0].ChangedAt)

		require.NoError(t, tx.DeleteIntegration(v1.Pacticipant.ID, later.Provider.ID))
		_, err = tx.FindPacticipant("Foo")
		w.notFound(err)
		_, err = tx.FindPacticipant("Bar")
		require.NoError(t, err, "Cat still has a pact with it")
		w.environment(tx, "test")
		require.NoError(t, tx.DeleteAllIntegrations())
		names, err := tx.ListPacticipantNames()
		require.NoError(t, err)
		require.Empty(t, names)
		environments, err := tx.ListEnvironments()
		require.NoError(t, err)
		require.Len(t, environments, 1)
	})
}

func testRetention(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		v := w.version(tx, "Foo", "1")
		w.branch(tx, v, "old")
		w.pact(tx, v, "Bar", "a")
		p := w.pact(tx, v, "Bar", "b")
		w.result(tx, p, "10", false)
		w.result(tx, p, "10", true)
		versions, err := tx.OldestVersions(0, 1)
		require.NoError(t, err)
		require.Equal(t, v.ID, versions[0].ID)
		stale, err := tx.StaleBranches(w.tick(), 10)
		require.NoError(t, err)
		require.Len(t, stale, 1)
		for _, kind := range []kernel.RowKind{kernel.RowPublication, kernel.RowVerification} {
			rows, err := tx.Replacements(kind, 0, w.now.Add(-time.Hour), 10)
			require.NoError(t, err)
			require.Empty(t, rows, "too young")
			rows, err = tx.Replacements(kind, 0, w.tick(), 10)
			require.NoError(t, err)
			require.Len(t, rows, 2, "a revision and a result")
			require.Zero(t, rows[0].Replaced)
			require.Equal(t, rows[0].ID, rows[1].Replaced)
			later, err := tx.Replacements(kind, rows[0].ID, w.tick(), 10)
			require.NoError(t, err)
			require.Equal(t, rows[1:], later)
			n, err := tx.DeleteReplaced(kind, []int64{rows[0].ID, rows[1].ID})
			require.NoError(t, err)
			require.Equal(t, 1, n, "what is current stays")
		}
		orphans, last, err := tx.OrphanContents(0, 10)
		require.NoError(t, err)
		require.Zero(t, last, "that is all")
		require.Len(t, orphans, 1)
		all, last, err := tx.OrphanContents(0, 1)
		require.NoError(t, err)
		require.Equal(t, orphans, all)
		require.Equal(t, orphans[0], last, "there may be more")
		n, err := tx.DeleteContents([]int64{orphans[0], p.ContentID})
		require.NoError(t, err)
		require.Equal(t, 1, n, "what is in use stays")
		mark, err := tx.CleanMark(kernel.RowContent)
		require.NoError(t, err)
		require.Zero(t, mark)
		for _, id := range []int64{7, 9} {
			require.NoError(t, tx.SaveCleanMark(kernel.RowContent, id))
			mark, err = tx.CleanMark(kernel.RowContent)
			require.NoError(t, err)
			require.Equal(t, id, mark)
		}
	})
}

// testFiringsReplaced holds what a clean-up may delete of the runs of webhooks.
func testFiringsReplaced(t *testing.T, w *world) {
	w.update(func(tx kernel.Tx) {
		v := w.version(tx, "Foo", "1")
		p := w.pact(tx, v, "Bar", "a")
		h := w.webhook(tx, kernel.WebhookSide{}, kernel.WebhookSide{}, kernel.EventContractPublished)
		fire := func() kernel.TriggeredWebhook {
			x, err := tx.EnqueueWebhooks(kernel.TriggeredWebhook{
				UUID: w.id(), WebhookID: h.ID, WebhookUUID: h.UUID, Event: kernel.EventContractPublished,
				Consumer: p.Consumer, Provider: p.Provider, PublicationID: p.ID, Status: kernel.TriggerNotRun, CreatedAt: w.tick(),
			})
			require.NoError(t, err)
			return x[0]
		}
		first, second := fire(), fire()
		rows, err := tx.Replacements(kernel.RowFiring, 0, w.tick(), 10)
		require.NoError(t, err)
		require.Equal(t, []kernel.Replacement{{ID: first.ID}, {ID: second.ID, Replaced: first.ID}}, rows)
		n, err := tx.DeleteReplaced(kernel.RowFiring, []int64{first.ID})
		require.NoError(t, err)
		require.Zero(t, n, "it is still under way")
		require.NoError(t, tx.RecordWebhookAttempt(kernel.WebhookAttempt{TriggeredID: first.ID, Success: true, CreatedAt: w.now}, kernel.TriggerSuccess))
		n, err = tx.DeleteReplaced(kernel.RowFiring, []int64{first.ID})
		require.NoError(t, err)
		require.Equal(t, 1, n)
	})
}
