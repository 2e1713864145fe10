package broker

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// mergeDocuments adds what added expects to base. What does not go together is
// a CodeConflict with ReasonMergeConflict that tells both sides.
func mergeDocuments(base, added []byte, replacing contract.Replacing) ([]byte, error) {
	text, err := contract.MergeFiles(base, added, replacing)
	var conflict *contract.ConflictError
	switch {
	case err == nil:
		return text, nil
	case errors.As(err, &conflict):
		return nil, mergeConflict(conflictText(conflict.Conflicts))
	}
	return nil, mergeConflict(fmt.Sprintf("these documents cannot become one pact: %v. Write both in one version of the specification", err))
}

func mergeConflict(text string) error {
	return Errorf(CodeConflict, "%s", text).WithReason(ReasonMergeConflict)
}

// conflictsTold bounds a message: who has made one mistake often made it
// everywhere.
const conflictsTold = 5

func conflictText(conflicts []contract.Conflict) string {
	lines := make([]string, 0, conflictsTold)
	for i, c := range conflicts {
		if i == conflictsTold {
			lines = append(lines, fmt.Sprintf("and %d more", len(conflicts)-i))
			break
		}
		what := c.What
		if c.Part != "" {
			what += ", " + c.Part
		}
		lines = append(lines, fmt.Sprintf("%s: %s in one, %s in the other", what, c.Existing, c.Added))
	}
	return "These documents cannot become one pact, because they contradict each other. " + strings.Join(lines, "; ") +
		". Give interactions that differ descriptions or provider states of their own."
}

// merging is a document on its way into the pact that its version has already.
// What it makes is worked out before the transaction, because others wait for
// that one, from what was there then.
type merging struct {
	content   []byte
	replacing contract.Replacing
	ahead     map[string]document // by the digest of what was there
}

// errStale says that the pact of the version has changed since it was merged
// with.
var errStale = Errorf(CodeUnavailable, "others publish for this version all the time, try again")

// mergeTries limits how often a document is merged again because others were
// faster.
const mergeTries = 20

// merge runs publish, and again as long as others change what it merges with.
func (s *Service) merge(ahead func() error, publish func() error) error {
	for try := 1; ; try++ {
		if err := ahead(); err != nil {
			return err
		}
		if err := publish(); !errors.Is(err, errStale) || try == mergeTries {
			return err
		}
	}
}

// mergeAhead reads what the version has now and merges with that.
func (s *Service) mergeAhead(ctx context.Context, consumer, number, provider string, m *merging) error {
	var present PactPublication
	var body []byte
	err := s.Store.View(ctx, func(tx Tx) (err error) {
		if present, _, err = findPublication(tx, PactQuery{Consumer: consumer, Provider: provider, Version: number}); err == nil {
			if _, done := m.ahead[present.SHA]; !done {
				body, err = tx.Body(present.ContentID)
			}
		}
		return err
	})
	if IsNotFound(err) {
		return nil
	}
	if err != nil || body == nil {
		return err
	}
	text, err := mergeDocuments(body, m.content, m.replacing)
	if err != nil {
		return err
	}
	doc, err := s.prepare(text)
	m.ahead = map[string]document{present.SHA: doc}
	return err
}

// merged is the stored pact with what the document adds to it.
func (m *merging) merged(present PactPublication) (document, error) {
	doc, done := m.ahead[present.SHA]
	if !done {
		return doc, errStale
	}
	return doc, nil
}
