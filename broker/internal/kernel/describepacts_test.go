package kernel_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func TestAPactIsDescribedByWhatItsVersionIsCalled(t *testing.T) {
	t.Parallel()
	db := history(t, someHistory)
	pacts, err := view(t, db, func(tx kernel.Tx) ([]kernel.Pact, error) {
		c, p, err := kernel.FindPair(tx, "Foo", "Bar")
		require.NoError(t, err)
		found, err := tx.ListPublications(kernel.PublicationFilter{ConsumerID: c.ID, ProviderID: p.ID})
		require.NoError(t, err)
		return kernel.DescribePacts(tx, found)
	})
	require.NoError(t, err)
	require.Len(t, pacts, 3)
	newest, oldest := pacts[0], pacts[2]
	require.Equal(t, "3", newest.ConsumerVersion.Number)
	require.Equal(t, "main", newest.Branches[0].Branch, "a pact has the branches of its version")
	require.Equal(t, []string{"dev"}, kernel.TagNames(newest.Tags), "a pact has the tags of its version")
	require.True(t, newest.Tags[0].Latest, "the newest pact with a tag is told")
	require.Nil(t, newest.LatestVerification, "a content that nobody verified has no result")
	require.Equal(t, []string{"dev", "test"}, kernel.TagNames(oldest.Tags), "tags are in the order of adding")
	require.False(t, oldest.Tags[0].Latest, "a newer pact has the tag")
	require.True(t, oldest.Tags[1].Latest, "no newer pact has the tag")
	require.Equal(t, []string{"prod"}, kernel.NamesOf(oldest.Environments), "a pact is where its version is live")
	require.Equal(t, "8", oldest.LatestVerification.ProviderVersion.Number, "the newest result of the content is told")
	require.Equal(t, "8", pacts[1].LatestVerification.ProviderVersion.Number, "a result is for each version with the content")
}

func TestAResultIsDescribedByWhatItsProviderIsCalled(t *testing.T) {
	t.Parallel()
	db := history(t, someHistory)
	v, err := view(t, db, func(tx kernel.Tx) (kernel.Verification, error) {
		v, err := kernel.FindVerification(tx, kernel.VerificationQuery{Pact: kernel.PactQuery{Consumer: "Foo", Provider: "Bar", Version: "1"}})
		require.NoError(t, err)
		err = kernel.DescribeProvider(tx, &v)
		return v, err
	})
	require.NoError(t, err)
	require.Equal(t, []string{"prod", "eu"}, kernel.TagNames(v.ProviderTags), "a result has the tags of the provider version")
	require.Len(t, v.ProviderBranches, 1)
	require.Equal(t, "main", v.ProviderBranches[0].Branch, "a result has the branches of the provider version")
}

func TestTheBranchOfAVersionIsTheOneItCameToLast(t *testing.T) {
	t.Parallel()
	db := history(t, "version Foo 1 branch feat tags b\nversion Foo 1 tags a\nversion Foo 1 branch main\nversion Foo 2")
	words := func(number string) (tags []string, branch string) {
		require.NoError(t, db.View(t.Context(), func(tx kernel.Tx) error {
			v, err := kernel.FindVersion(tx, "Foo", number)
			require.NoError(t, err)
			tags, branch, err = kernel.WordsOf(tx, v.ID)
			return err
		}))
		return tags, branch
	}
	tags, branch := words("1")
	require.Equal(t, []string{"b", "a"}, tags, "tags are in the order of adding")
	require.Equal(t, "main", branch, "the branch that the version was added to last")
	tags, branch = words("2")
	require.Empty(t, tags, "a version without tags")
	require.Empty(t, branch, "a version without a branch")
	require.Equal(t, "main", kernel.VersionDetails{Branches: []kernel.BranchVersion{{Branch: "feat"}, {Branch: "main"}}}.Branch(),
		"the branch that the version was added to last")
	require.Empty(t, kernel.VersionDetails{}.Branch(), "a version without a branch")
}

func TestThePactsOfVersionsAreSortedByProvider(t *testing.T) {
	t.Parallel()
	db := history(t, someHistory)
	var three, lonely kernel.Version
	pacts, err := view(t, db, func(tx kernel.Tx) (map[int64][]kernel.PactPublication, error) {
		var err error
		three, err = kernel.FindVersion(tx, "Foo", "3")
		require.NoError(t, err)
		lonely, err = kernel.FindVersion(tx, "Lonely", "1")
		require.NoError(t, err)
		return kernel.PactsOf(tx, []int64{three.ID, lonely.ID})
	})
	require.NoError(t, err)
	require.Len(t, pacts[three.ID], 2, "a version has all its pacts")
	require.Equal(t, []string{"Alpha", "Bar"}, []string{pacts[three.ID][0].Provider.Name, pacts[three.ID][1].Provider.Name}, "by the name of the provider")
	require.Empty(t, pacts[lonely.ID], "a version without pacts")
	none, err := view(t, db, func(tx kernel.Tx) (map[int64][]kernel.PactPublication, error) { return kernel.PactsOf(tx, nil) })
	require.NoError(t, err)
	require.Empty(t, none, "no versions have no pacts, and not those of all")
}

func TestAVersionThatCameOnTheWayIsUpdatedJustAfterItsCreation(t *testing.T) {
	t.Parallel()
	created := time.Unix(100, 0)
	require.Equal(t, time.Microsecond, kernel.Touched(created).Sub(created))
}
