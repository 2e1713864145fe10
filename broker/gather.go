package broker

import (
	"fmt"
	"slices"
	"strings"

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
func (s *Service) gather(in ContractsPublication, docs []document) ([]gathered, error) {
	var out []gathered
	places := map[string]int{}
	for i, c := range in.Contracts {
		name := c.Provider
		if s.Settings.IgnoreNameCase {
			name = strings.ToLower(name)
		}
		at, known := places[name]
		if !known {
			places[name] = len(out)
			out = append(out, gathered{provider: c.Provider, content: c.Content, doc: docs[i], merge: c.OnConflict == Merge, at: []int{i}, shas: []string{docs[i].sha}})
			continue
		}
		if err := s.join(&out[at], i, c, docs[i]); err != nil {
			return nil, publicationConflict(err)
		}
	}
	return out, nil
}

// join adds document i of the request to g.
func (s *Service) join(g *gathered, i int, c ContractDocument, doc document) error {
	same := slices.Contains(g.shas, doc.sha)
	if !same && c.OnConflict != Merge {
		return Errorf(CodeConflict, "contracts %d and %d are two different documents of %s and %s, but a version has one pact with each provider: "+
			"the second would replace the first. Merge them into one file, or send the second with onConflict \"merge\". Nothing is published.",
			g.at[0], i, c.Consumer, c.Provider).WithReason(ReasonMergeConflict)
	}
	if !same {
		text, err := mergeDocuments(g.content, c.Content, contract.ReplaceNothing)
		if err != nil {
			return mergeConflict(fmt.Sprintf("contracts %d and %d: %v", g.at[0], i, err))
		}
		if g.doc, err = s.prepare(text); err != nil {
			return err
		}
		g.content = text
	}
	g.merge = g.merge || c.OnConflict == Merge
	g.at, g.shas = append(g.at, i), append(g.shas, doc.sha)
	return nil
}

// notices tells what became of several documents, and of one that many a
// verifier would check by half.
func (g gathered) notices() []Notice {
	var out []Notice
	if len(g.at) > 1 {
		out = append(out, Notice{Level: LevelInfo, Text: fmt.Sprintf("  The request has %d documents of this pair, which are one pact now", len(g.at))})
	}
	if g.doc.interactions > 0 && g.doc.messages > 0 {
		out = append(out, Notice{Level: LevelWarning, Text: "  This pact has interactions and messages in one file of a version before 4: Treaty verifies both, " +
			"other verifiers check the messages and pass over the interactions. Write it as version 4, or publish the messages under a provider name of their own."})
	}
	return out
}
