package matching_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/chance"
)

// TestTheBestExpressionApplies compares the walk's choice with the plain
// definition in package contract on random expressions.
func TestTheBestExpressionApplies(t *testing.T) {
	t.Parallel()
	random := chance.New(t, 1)
	steps := []contract.Token{
		{Kind: contract.TokenField, Name: "a"}, {Kind: contract.TokenField, Name: "b"},
		{Kind: contract.TokenField, Name: "7"}, {Kind: contract.TokenIndex, Index: 0},
	}
	wild := []contract.Token{{Kind: contract.TokenStar}, {Kind: contract.TokenStarIndex}, {Kind: contract.TokenIndex, Index: 7}}
	path := func(length int, tokens []contract.Token) contract.Path {
		p := contract.Path{{Kind: contract.TokenRoot}}
		for range length {
			p = append(p, tokens[random.IntN(len(tokens))])
		}
		return p
	}
	for range 3000 {
		at := path(1+random.IntN(4), steps)
		set := contract.RuleSet{}
		var best contract.Path
		for i := range 1 + random.IntN(6) {
			expr := path(random.IntN(5), append(wild, steps...))
			if _, ok := set[contract.CategoryBody][expr.String()]; ok {
				continue
			}
			set.Add(contract.CategoryBody, expr.String(), contract.RuleList{Rules: []contract.Rule{contract.RegexRule{Pattern: fmt.Sprintf("never %d", i)}}})
			if w := expr.Weight(at); w.Applies() {
				if order := w.Compare(best.Weight(at)); order > 0 || order == 0 && expr.Compare(best) < 0 {
					best = expr
				}
			}
		}
		body := `"leaf"`
		for i := len(at) - 1; i > 0; i-- {
			if at[i].Kind == contract.TokenIndex {
				body = "[" + body + "]"
			} else {
				body = fmt.Sprintf("{%q:%s}", at[i].Name, body)
			}
		}
		r := matchResponse(body, body, set)
		if best == nil {
			require.Empty(t, r.Mismatches, "%s under %v", at, set)
			continue
		}
		want := set[contract.CategoryBody][best.String()].Rules[0]
		require.Len(t, r.Mismatches, 1, "%s under %v", at, set)
		require.Equal(t, want, r.Mismatches[0].Rule, "%s under %v wants %s", at, set, best)
	}
}
