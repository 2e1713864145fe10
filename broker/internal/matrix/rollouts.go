package matrix

import (
	"cmp"
	"fmt"
	"slices"
)

// passing is a provider that a consumer needs, and that is in the target as the candidate
// of a rollout only.
type passing struct {
	consumer Pacticipant
	provider Resolved
}

// passingProviders is rule G2: a provider that is required must be firm in the
// environment. Its rows are judged as others are, and one unknown is added.
func (d *decider) passingProviders() []passing {
	if d.Query.Target.Environment == "" || d.Query.Promoting {
		return nil
	}
	var out []passing
	for _, in := range d.Integrations {
		if !in.Required || slices.ContainsFunc(d.Specified, func(s Resolved) bool { return s.PacticipantID == in.Provider.ID }) {
			continue // it comes along, as what provides for itself does
		}
		var there []Version
		var candidate Resolved
		for r := range d.selection.inferred.of(in.Provider.ID) {
			if r.Finding == OneVersion && !r.Ignored {
				there, candidate = append(there, r.Found), *r
			}
		}
		if len(there) > 0 && !anyFirm(there) {
			out = append(out, passing{consumer: in.Consumer, provider: candidate})
		}
	}
	slices.SortStableFunc(out, func(a, b passing) int {
		return cmp.Or(cmp.Compare(a.provider.Name, b.provider.Name), cmp.Compare(a.consumer.Name, b.consumer.Name))
	})
	return out
}

// anyFirm reports whether one of the versions in an environment stays there however
// rollouts end.
func anyFirm(there []Version) bool {
	return slices.ContainsFunc(there, func(v Version) bool { return !v.Candidate })
}

func (d *decider) explainOnlyInRollout(r Reason) Explanation {
	place := d.Query.Target.Environment
	return Explanation{
		Cause: CauseOnlyInRollout, Blocking: true, Sentence: r.String() + ".",
		Consumer: r.Consumer.Name, ConsumerVersion: r.Consumer.Found.Number,
		Provider: r.Provider.Name, ProviderVersions: []string{r.Provider.Found.Number}, Owner: r.Provider.Name,
		NextStep: fmt.Sprintf("Promote the rollout of version %s of %s in %s first: were it aborted, %s would call nobody.",
			r.Provider.Found.Number, r.Provider.Name, place, r.Consumer.Name),
		Steps: []Step{{Do: PromoteRollout, Application: r.Provider.Name, Version: r.Provider.Found.Number, Environment: place}},
	}
}
