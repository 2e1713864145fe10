package publish

import (
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// similarKey is what two names that may mean the same application have in
// common: their words in lower case and singular, without the usual suffixes.
func similarKey(name string) string {
	words := strings.Fields(strings.ToLower(kernel.SplitWords(strings.ReplaceAll(name, "::", "/"))))
	for i, word := range words {
		words[i] = strings.TrimSuffix(word, "s")
	}
	words = slices.DeleteFunc(words, func(word string) bool {
		return word == "api" || word == "provider" || word == "service"
	})
	return strings.Join(words, " ")
}

// namesBy sorts names by a key that those which look alike have in common. A
// request may bring hundreds of names to thousands: each is taken apart once.
func namesBy(key func(string) string, names []string) map[string][]string {
	out := make(map[string][]string, len(names))
	for _, name := range names {
		k := key(name)
		out[k] = append(out[k], name)
	}
	return out
}

// othersThan returns the names but one.
func othersThan(names []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(other string) bool { return other == name })
}

// sortedUnique returns the distinct names, sorted.
func sortedUnique(names []string) []string {
	out := slices.Clone(names)
	slices.Sort(out)
	return slices.Compact(out)
}

// checkSimilar refuses new names that look like existing ones.
func (s *Service) checkSimilar(tx kernel.Tx, names []string) error {
	if !s.Settings.CheckSimilarNames || len(names) == 0 {
		return nil
	}
	existing, err := tx.ListPacticipantNames()
	if err != nil {
		return err
	}
	alike := namesBy(similarKey, existing)
	for _, name := range names {
		if similar := othersThan(alike[similarKey(name)], name); len(similar) > 0 {
			return kernel.Errorf(kernel.CodeConflict, "%q looks like a misspelling of an application that is there already:\n\n* %s\n\n"+
				"If it is the same, correct the name in the pact. If it is another one, create it first:\n\n    pact broker create-or-update-pacticipant --name %q\n",
				name, strings.Join(similar, "\n* "), name).WithReason(kernel.ReasonSimilarName)
		}
	}
	return nil
}
