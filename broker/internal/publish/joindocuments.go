package publish

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/contract"
)

// gathered is the pact with one provider in a publication: one document of the
// request, or several that are one.
type gathered struct {
	provider string
	content  []byte
	doc      document
	// merge says that the pact is added to what the version has already.
	merge bool
	// at are the places of its documents in the request; shas are what they hold.
	at   []int
	shas []string
}

// gather makes one pact of all documents with one provider, because a version
// has one: equal ones count once, others are merged where the request says so.
// Two that differ are refused, or the later would replace the earlier and
// nobody would know.
func (s *Service) gather(ctx context.Context, in ContractsPublication, docs []document) ([]gathered, error) {
	var out []gathered
	var parts [][]part // the documents of each that differ
	places := map[string]int{}
	for i, c := range in.Contracts {
		name := c.Provider
		if s.Settings.IgnoreNameCase {
			name = strings.ToLower(name)
		}
		at, known := places[name]
		if !known {
			at, places[name] = len(out), len(out)
			out, parts = append(out, gathered{provider: c.Provider, content: c.Content, doc: docs[i]}), append(parts, nil)
		}
		g := &out[at]
		if !slices.Contains(g.shas, docs[i].sha) {
			if known && c.OnConflict != Merge {
				return nil, publicationConflict(twoDocuments(g.at[0], i, c))
			}
			parts[at] = append(parts[at], part{content: c.Content, at: i})
		}
		g.merge = g.merge || c.OnConflict == Merge
		g.at, g.shas = append(g.at, i), append(g.shas, docs[i].sha)
	}
	for i := range out {
		if err := s.join(ctx, &out[i], parts[i]); err != nil {
			return nil, publicationConflict(err)
		}
	}
	return out, nil
}

func twoDocuments(first, second int, c ContractDocument) error {
	return kernel.Errorf(kernel.CodeConflict, "contracts %d and %d are two different documents of %s and %s, but a version has one pact with each provider: "+
		"the second would replace the first. Merge them into one file, or send the second with onConflict \"merge\". Nothing is published.",
		first, second, c.Consumer, c.Provider).WithReason(kernel.ReasonMergeConflict)
}

// join makes g one document of its parts.
func (s *Service) join(ctx context.Context, g *gathered, parts []part) (err error) {
	if len(parts) < 2 {
		return nil
	}
	if g.content, err = mergeParts(ctx, parts); err != nil {
		return err
	}
	g.doc, err = s.prepare(g.content)
	return err
}

// part is one document of several.
type part struct {
	content []byte
	at      int // its place in the request
}

// mergeParts merges halves: one after the other into one that grows would read
// the first of them as often as there are others.
func mergeParts(ctx context.Context, parts []part) ([]byte, error) {
	if len(parts) == 1 {
		return parts[0].content, nil
	}
	left, right := parts[:len(parts)/2], parts[len(parts)/2:]
	base, err := mergeParts(ctx, left)
	if err != nil {
		return nil, err
	}
	added, err := mergeParts(ctx, right)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	text, err := mergeDocuments(base, added, contract.ReplaceNothing)
	if err != nil {
		return nil, mergeConflict(fmt.Sprintf("contracts %s and %s: %v", placesOf(left), placesOf(right), err))
	}
	return text, nil
}

func placesOf(parts []part) string {
	first, last := parts[0].at, parts[len(parts)-1].at
	if first == last {
		return fmt.Sprint(first)
	}
	return fmt.Sprintf("%d to %d", first, last)
}

// notices tells what became of several documents, and of one that many a
// verifier would check by half.
func (g gathered) notices() []kernel.Notice {
	var out []kernel.Notice
	if len(g.at) > 1 {
		out = append(out, kernel.Notice{Level: kernel.LevelInfo, Text: fmt.Sprintf("  The request has %d documents of this pair, which are one pact now", len(g.at))})
	}
	if g.doc.interactions > 0 && g.doc.messages > 0 {
		out = append(out, kernel.Notice{Level: kernel.LevelWarning, Text: "  This pact has interactions and messages in one file of a version before 4: Treaty verifies both, " +
			"other verifiers check the messages and pass over the interactions. Write it as version 4, or publish the messages under a provider name of their own."})
	}
	return out
}
