package lint

import (
	"fmt"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/internal/walk"
	"github.com/treatyhq/treaty/matching"
)

// duplicates finds interactions that cannot be told apart.
func (l *linter) duplicates(list []contract.Interaction) {
	names, requests, keys := map[string]int{}, map[string]int{}, map[string]int{}
	for n, i := range list {
		l.where = fmt.Sprintf("interactions[%d] %q", n, i.Base().Description)
		if first, ok := seen(names, contract.Identity(i), n); ok {
			l.add(Risky, "same-name", "", "", fmt.Sprintf("has the same description and provider states as interactions[%d]", first),
				"give each its own description: merging and publishing take them for one")
		} else if h, isHTTP := i.(*contract.HTTP); isHTTP {
			if first, ok := seen(requests, requestText(h), n); ok {
				l.add(Risky, "same-request", "request", "",
					fmt.Sprintf("is the same as that of interactions[%d] in the same provider states, so a mock server can answer with one of them only", first),
					"make the requests or the provider states differ, unless each interaction is tested by itself")
			}
		}
		if key := i.Base().Key; key != "" {
			if first, ok := seen(keys, key, n); ok {
				l.add(Wrong, "same-key", "key", key, fmt.Sprintf("is also the key of interactions[%d]", first), "give each its own key")
			}
		}
	}
	l.where = ""
}

// seen returns the first number that was noted for a text.
func seen(noted map[string]int, text string, n int) (first int, found bool) {
	if first, found = noted[text]; !found {
		noted[text] = n
	}
	return first, found
}

// requestText holds all by which a mock server tells requests apart.
func requestText(h *contract.HTTP) string {
	r := h.Request
	return fmt.Sprintf("%s %s ? %s %s %q %s %v", r.Method, matching.NormalPath(r.Path), walk.Text(r.Query), walk.Text(r.Headers),
		r.Body.Content, walk.Text(h.States), walk.Text(contract.RulesTree(r.Rules)))
}
