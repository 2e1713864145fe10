package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// A branch and a tag with so many versions that they are not followed to each, verified
// by all of them: what is left of the successes is found near either end, by work in
// progress apart, and also where results say that they were executed long ago or later
// than all others.
func TestSuccessesOfLongBranchesAreFoundAgain(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, store.Options{})
			update := func(fn func(tx kernel.Tx) error) {
				t.Helper()
				require.NoError(t, s.Update(t.Context(), fn))
			}
			const many = 130
			start := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
			versions := make([]kernel.Version, many)
			results := make([]kernel.Verification, many)
			var main, feature kernel.Branch
			update(func(tx kernel.Tx) error {
				consumer, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: "Shop", DisplayName: "Shop", CreatedAt: start})
				require.NoError(t, err)
				provider, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: "Stock", DisplayName: "Stock", CreatedAt: start})
				require.NoError(t, err)
				v, _, err := tx.EnsureVersion(kernel.Version{Pacticipant: consumer.Party(), Number: "1", CreatedAt: start})
				require.NoError(t, err)
				body, err := kernel.PackBody([]byte(`{}`))
				require.NoError(t, err)
				content, _, err := tx.EnsureContent(kernel.Content{ConsumerID: consumer.ID, ProviderID: provider.ID, SHA: "abc", CreatedAt: start, Packed: body})
				require.NoError(t, err)
				_, err = tx.AddPublication(kernel.NewPublication{Version: v, Provider: provider.Party(), ContentID: content, At: start})
				require.NoError(t, err)
				main, _, err = tx.EnsureBranch(provider.ID, "main", start)
				require.NoError(t, err)
				feature, _, err = tx.EnsureBranch(provider.ID, "feature", start)
				require.NoError(t, err)
				for i := range many {
					at := start.Add(time.Duration(i+1) * time.Minute)
					versions[i], _, err = tx.EnsureVersion(kernel.Version{Pacticipant: provider.Party(), Number: fmt.Sprint(i), CreatedAt: at})
					require.NoError(t, err)
					_, err = tx.AddToBranch(main, versions[i], false, at)
					require.NoError(t, err)
					if i%40 == 0 {
						_, err = tx.AddToBranch(feature, versions[i], false, at)
						require.NoError(t, err)
					}
					require.NoError(t, tx.AddTags(versions[i], []string{"prod"}, at))
					executed := at
					switch i {
					case 60:
						executed = start.Add(-time.Hour)
					case 70:
						executed = start.Add(-time.Minute)
					case 50:
						executed = start.Add(24 * time.Hour)
					}
					results[i], err = tx.AddVerification(kernel.NewVerification{
						ContentID: content, ProviderVersion: versions[i], Success: i%7 != 0, WIP: i%11 == 3, ExecutedAt: executed, At: at,
					})
					require.NoError(t, err)
				}
				return nil
			})
			sound := func(after string) {
				t.Helper()
				problems, err := s.Check(t.Context())
				require.NoError(t, err)
				require.Empty(t, problems, after)
			}
			sound("all are there")
			for _, step := range []struct {
				name string
				do   func(tx kernel.Tx) error
			}{
				{"the oldest versions", func(tx kernel.Tx) error { return tx.DeleteVersions(kernel.VersionIDs(versions[:5])) }},
				{"a result in the middle", func(tx kernel.Tx) error { return tx.DeleteVerification(results[30].ID) }},
				{"the one that was executed first", func(tx kernel.Tx) error { return tx.DeleteVerification(results[60].ID) }},
				{"the one that was executed last", func(tx kernel.Tx) error { return tx.DeleteVersion(versions[50].ID) }},
				{"the newest version leaves its branch", func(tx kernel.Tx) error { return tx.RemoveFromBranch(main.ID, versions[many-1].ID) }},
				{"the newest version loses its tag", func(tx kernel.Tx) error { return tx.RemoveTag(versions[many-1], "prod") }},
				{"the oldest version that is left loses its tag", func(tx kernel.Tx) error { return tx.RemoveTag(versions[5], "prod") }},
				{"the only success of a short branch", func(tx kernel.Tx) error { return tx.RemoveFromBranch(feature.ID, versions[80].ID) }},
				{"a part of the branch", func(tx kernel.Tx) error {
					_, err := tx.ThinBranch(main.ID, 10)
					return err
				}},
				{"all but a few", func(tx kernel.Tx) error { return tx.DeleteVersions(kernel.VersionIDs(versions[12:120])) }},
				{"all", func(tx kernel.Tx) error { return tx.DeleteVersions(kernel.VersionIDs(versions)) }},
			} {
				update(step.do)
				sound(step.name)
			}
		})
	}
}
