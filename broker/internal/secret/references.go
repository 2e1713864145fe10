package secret

import (
	"cmp"
	"regexp"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Reference finds ${user.NAME}, which stands for a secret in a webhook.
var Reference = regexp.MustCompile(`\$\{user\.([^}]*)\}`)

// nameForm is what a secret may be called.
var nameForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// longestName bounds the names of secrets, in bytes.
const longestName = 100

// Names are those that stand in a request, each once, sorted. What stands between the
// braces may be no name at all.
func Names(r kernel.WebhookRequest) []string {
	var out []string
	for _, text := range r.Texts() {
		for _, found := range Reference.FindAllStringSubmatch(text, -1) {
			out = append(out, found[1])
		}
	}
	slices.SortFunc(out, cmp.Compare[string])
	return slices.Compact(out)
}
