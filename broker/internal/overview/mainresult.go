package overview

import (
	"maps"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// preferMain gives each pact that has a result the one that counts: the newest of the
// main branch of its provider or, where no version of that has a result, the newest of
// all. A result of another branch says nothing of what is on its way to users. The
// branches of the provider version are filled in.
func preferMain(tx kernel.Tx, pacts []kernel.Pact) error {
	var contents []int64
	for _, p := range pacts {
		if p.LatestVerification != nil {
			contents = append(contents, p.ContentID)
		}
	}
	if len(contents) == 0 {
		return nil
	}
	slices.Sort(contents)
	states, err := tx.ContentStates(slices.Compact(contents))
	if err != nil {
		return err
	}
	preferred := map[int64]int64{} // results by content, where another is the newest
	for _, p := range pacts {
		if of := states[p.ContentID].MainResult; p.LatestVerification != nil && of != 0 && of != p.LatestVerification.ID {
			preferred[p.ContentID] = of
		}
	}
	if len(preferred) > 0 {
		results, err := tx.FindVerificationsByID(slices.Sorted(maps.Values(preferred)))
		if err != nil {
			return err
		}
		for i, p := range pacts {
			if of, has := preferred[p.ContentID]; has && p.LatestVerification != nil {
				v := results[of]
				pacts[i].LatestVerification = &v
			}
		}
	}
	return nameBranches(tx, pacts)
}

// nameBranches fills in the branches of the provider versions of results.
func nameBranches(tx kernel.Tx, pacts []kernel.Pact) error {
	var versions []int64
	for _, p := range pacts {
		if p.LatestVerification != nil {
			versions = append(versions, p.LatestVerification.ProviderVersion.ID)
		}
	}
	slices.Sort(versions)
	branches, err := tx.BranchesOf(slices.Compact(versions))
	for i, p := range pacts {
		if p.LatestVerification != nil {
			v := *p.LatestVerification
			v.ProviderBranches = branches[v.ProviderVersion.ID]
			pacts[i].LatestVerification = &v
		}
	}
	return err
}
