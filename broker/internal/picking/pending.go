package picking

import (
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// pendingStatus reports whether a failure would break the provider's build yet.
type pendingStatus struct {
	pending bool
	// tags are the provider's tags for which it is pending or, if it is not,
	// those for which it is proven.
	tags []string
}

// findScopes finds the provider's branch or, without one, its tags: what
// pending and work in progress are about.
func (p *picking) findScopes() error {
	kind, names := kernel.ScopeTag, p.query.ProviderTags
	if p.query.ProviderBranch != "" {
		kind, names = kernel.ScopeBranch, []string{p.query.ProviderBranch}
	}
	for _, name := range names {
		scope, err := p.tx.FindScope(p.provider.ID, kind, name)
		if err != nil {
			return err
		}
		scope.Kind, scope.Name = kind, name
		p.scopes = append(p.scopes, scope)
	}
	return nil
}

// pendingStatus says for each content whether it is pending: whether nobody in
// the scope of the provider has verified it with success.
//
// With a branch or tag, a success on another one counts too if it was there
// before this one was: what was true when the branch began is taken over. A
// branch that does not exist yet takes over everything. Results obtained as
// work in progress count.
func (p *picking) pendingStatus(pacts []merged) (map[int64]pendingStatus, error) {
	out := map[int64]pendingStatus{}
	if !p.query.IncludePending || len(pacts) == 0 {
		return out, nil
	}
	contents := contentsOfMerged(pacts)
	if len(p.scopes) == 0 {
		proof, err := p.tx.ProofOf(contents, kernel.ProofQuery{})
		for _, id := range contents {
			out[id] = pendingStatus{pending: !proof[id].Anywhere}
		}
		return out, err
	}
	pendingFor, provenFor := map[int64][]string{}, map[int64][]string{}
	for _, scope := range p.scopes {
		proof, err := p.tx.ProofOf(contents, kernel.ProofQuery{Scope: scope, Before: scope.CreatedAt})
		if err != nil {
			return nil, err
		}
		for _, id := range contents {
			if proof[id].Here || proof[id].ElsewhereBefore {
				provenFor[id] = append(provenFor[id], scope.Name)
			} else {
				pendingFor[id] = append(pendingFor[id], scope.Name)
			}
		}
	}
	for _, id := range contents {
		if len(pendingFor[id]) > 0 {
			out[id] = pendingStatus{pending: true, tags: pendingFor[id]}
		} else {
			out[id] = pendingStatus{tags: provenFor[id]}
		}
	}
	return out, nil
}

func contentsOfMerged(pacts []merged) []int64 {
	ids := make([]int64, len(pacts))
	for i, m := range pacts {
		ids[i] = m.pact.ContentID
	}
	return ids
}
