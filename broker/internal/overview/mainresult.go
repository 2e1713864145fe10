package overview

import (
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
	var looks []func() error
	for i := range pacts {
		newest := pacts[i].LatestVerification
		if newest == nil {
			continue
		}
		if of := states[pacts[i].ContentID].MainResult; of != 0 && of != newest.ID {
			looks = append(looks, func() error {
				v, err := tx.FindVerificationByID(of)
				pacts[i].LatestVerification = &v
				return err
			})
		}
	}
	if len(looks) > 0 {
		if err := tx.Together(looks...); err != nil {
			return err
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
