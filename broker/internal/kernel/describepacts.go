package kernel

import (
	"slices"
)

// BranchesAndTagsOf returns by version the branches it is on, in the order it
// was added to them, and its tags, in the order they were added.
func BranchesAndTagsOf(tx Tx, versionIDs []int64) (map[int64][]BranchVersion, map[int64][]Tag, error) {
	var branches map[int64][]BranchVersion
	var tags map[int64][]Tag
	err := tx.Together(func() (err error) {
		branches, err = tx.BranchesOf(versionIDs)
		return err
	}, func() (err error) {
		tags, err = tx.TagsOf(versionIDs)
		return err
	})
	return branches, tags, err
}

// DescribePacts adds branches, tags, environments and newest results.
func DescribePacts(tx Tx, found []PactPublication) ([]Pact, error) {
	versions, contents := make([]int64, len(found)), make([]int64, len(found))
	for i, p := range found {
		versions[i], contents[i] = p.ConsumerVersion.ID, p.ContentID
	}
	var branches map[int64][]BranchVersion
	var tags map[int64][]Tag
	var newestWith map[int64][]string
	untagged := false // as far as it is known
	var environments map[int64][]Environment
	var results map[int64]Verification
	err := tx.Together(func() (err error) {
		branches, err = tx.BranchesOf(versions)
		return err
	}, func() (err error) {
		tags, err = tx.TagsOf(versions)
		untagged = err == nil && len(tags) == 0
		return err
	}, func() (err error) {
		if !untagged {
			newestWith, err = tx.LatestTags(found)
		}
		return err
	}, func() (err error) {
		environments, err = tx.LiveEnvironmentsOf(versions)
		return err
	}, func() (err error) {
		results, err = tx.LatestVerifications(contents)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]Pact, len(found))
	for i, p := range found {
		v := p.ConsumerVersion.ID
		out[i] = Pact{PactPublication: p, Branches: branches[v], Environments: environments[v]}
		for _, tag := range tags[v] {
			tag.Latest = slices.Contains(newestWith[p.ID], tag.Name)
			out[i].Tags = append(out[i].Tags, tag)
		}
		if result, ok := results[p.ContentID]; ok {
			out[i].LatestVerification = &result
		}
	}
	return out, nil
}

// DescribeProvider adds what is known of the provider version.
func DescribeProvider(tx Tx, v *Verification) error {
	branches, tags, err := BranchesAndTagsOf(tx, []int64{v.ProviderVersion.ID})
	v.ProviderTags, v.ProviderBranches = tags[v.ProviderVersion.ID], branches[v.ProviderVersion.ID]
	return err
}

// AddDetail adds to a result what the verifier sent, and what is known of the
// provider version.
func AddDetail(tx Tx, v *Verification) error {
	results, by, err := tx.VerificationDetail(v.ID)
	if err != nil {
		return err
	}
	v.TestResults, v.VerifiedBy = results, by
	return DescribeProvider(tx, v)
}

// WordsOf returns the tags of a version in the order of adding, and the branch
// it was added to last.
func WordsOf(tx Tx, versionID int64) (tags []string, branch string, err error) {
	branches, added, err := BranchesAndTagsOf(tx, []int64{versionID})
	if err != nil {
		return nil, "", err
	}
	for _, t := range added[versionID] {
		tags = append(tags, t.Name)
	}
	if on := branches[versionID]; len(on) > 0 {
		branch = on[len(on)-1].Branch
	}
	return tags, branch, nil
}
