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
	p.scopes = make([]kernel.Scope, len(names))
	return eachTogether(p.tx, names, func(i int, name string) error {
		scope, err := p.tx.FindScope(p.provider.ID, kind, name)
		scope.Kind, scope.Name = kind, name
		p.scopes[i] = scope
		return err
	})
}

// hasScopes tells whether the query names a branch or tags of the provider.
func (p *picking) hasScopes() bool {
	return p.query.ProviderBranch != "" || len(p.query.ProviderTags) > 0
}

// eachTogether looks something up for each of a list, none of which needs what
// another finds.
func eachTogether[T any](tx kernel.Tx, list []T, look func(int, T) error) error {
	looks := make([]func() error, len(list))
	for i, one := range list {
		looks[i] = func() error { return look(i, one) }
	}
	return tx.Together(looks...)
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
	proofs := make([]map[int64]kernel.Proof, len(p.scopes))
	if err := eachTogether(p.tx, p.scopes, func(i int, scope kernel.Scope) (err error) {
		proofs[i], err = p.tx.ProofOf(contents, kernel.ProofQuery{Scope: scope, Before: scope.CreatedAt})
		return err
	}); err != nil {
		return nil, err
	}
	for i, scope := range p.scopes {
		proof := proofs[i]
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
