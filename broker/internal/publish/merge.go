package publish

import (
	"context"
	"errors"
	"fmt"

	"github.com/treatyhq/treaty/broker/internal/kernel"
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

// merging is a document on its way into the pact that its version has already.
// What it makes is worked out before the transaction, because others wait for
// that one, from what was there then.
type merging struct {
	content   []byte
	replacing contract.Replacing
	// met is the pact that it met and that it had not been merged with, and body
	// its text.
	met  string
	body []byte
	// ahead is what it makes of the pacts that it met, by their digests.
	ahead map[string]document
	// within says that it is merged in the transaction, at last.
	within bool
}

// errStale says that the pact of the version has changed since it was merged
// with.
var errStale = errors.New("the pact has changed since")

// mergeTries limits how often a document is merged again because others were
// faster. Then it is merged while they wait.
const mergeTries = 10

// merging runs publish, and again with what it met there as long as others
// change what it merges with.
func (s *Service) merging(all []*merging, publish func() error) error {
	for try := 1; ; try++ {
		for _, m := range all {
			if err := s.mergeAhead(m); err != nil {
				return err
			}
			if m != nil {
				m.within = try >= mergeTries
			}
		}
		if err := publish(); !errors.Is(err, errStale) {
			return err
		}
	}
}

// lookAhead finds what the version has now.
func (s *Service) lookAhead(ctx context.Context, consumer, number, provider string, m *merging) error {
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		present, _, err := kernel.FindPublication(tx, kernel.PactQuery{Consumer: consumer, Provider: provider, Version: number})
		if err != nil {
			return err
		}
		m.met = present.SHA
		m.body, err = tx.Body(present.ContentID)
		return err
	})
	return kernel.IgnoreNotFound(err)
}

// mergeAhead merges with what was met.
func (s *Service) mergeAhead(m *merging) error {
	if m == nil || m.body == nil {
		return nil
	}
	doc, err := s.mergeInto(m.body, m)
	if err == nil {
		m.ahead, m.body = map[string]document{m.met: doc}, nil
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
func (s *Service) merged(tx kernel.Tx, present kernel.PactPublication, m *merging) (document, error) {
	if doc, done := m.ahead[present.SHA]; done {
		return doc, nil
	}
	body, err := tx.Body(present.ContentID)
	if err != nil {
		return document{}, err
	}
	if m.within {
		return s.mergeInto(body, m)
	}
	// What is read here may not be committed yet, so that nobody else could read it.
	m.met, m.body = present.SHA, body
	return document{}, errStale
}
