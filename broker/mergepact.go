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
// that one; what is there may change meanwhile, then it is done again within.
type merging struct {
	content   []byte
	replacing contract.Replacing
	ahead     map[string]document // by the digest of what was there
}

// mergeAhead reads what the version has now and merges with that.
func (s *Service) mergeAhead(ctx context.Context, consumer, number, provider string, m *merging) error {
	var present PactPublication
	var body []byte
	err := s.Store.View(ctx, func(tx Tx) (err error) {
		if present, _, err = findPublication(tx, PactQuery{Consumer: consumer, Provider: provider, Version: number}); err == nil {
			body, err = tx.Body(present.ContentID)
		}
		return err
	})
	if IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	doc, err := s.mergeInto(body, m)
	if err == nil {
		m.ahead = map[string]document{present.SHA: doc}
	}
	return err
}

func (s *Service) mergeInto(body []byte, m *merging) (document, error) {
	text, err := mergeDocuments(body, m.content, m.replacing)
	if err != nil {
		return document{}, err
	}
	return s.prepare(text)
}

// merged is the stored pact with what the document adds to it.
func (s *Service) merged(tx Tx, present PactPublication, m *merging) (document, error) {
	if doc, done := m.ahead[present.SHA]; done {
		return doc, nil
	}
	body, err := tx.Body(present.ContentID)
	if err != nil {
		return document{}, err
	}
	return s.mergeInto(body, m)
}
