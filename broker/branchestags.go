package broker

// branchesAndTagsOf returns by version the branches it is on, in the order it
// was added to them, and its tags, in the order they were added.
func branchesAndTagsOf(tx Tx, versionIDs []int64) (map[int64][]BranchVersion, map[int64][]Tag, error) {
	branches, err := tx.BranchesOf(versionIDs)
	if err != nil {
		return nil, nil, err
	}
	tags, err := tx.TagsOf(versionIDs)
	return branches, tags, err
}
