package publish

import (
	"context"
	"errors"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/contract"
	meaning "github.com/treatyhq/treaty/contract/compare"
)

// otherPacts is how many other pacts of a pair are offered for a comparison.
const otherPacts = 30

// Comparison is the difference between two pacts by what they mean to the
// provider, and by their text.
type Comparison struct {
	PactDiff
	// NoOther says that Old is missing because nothing is at the version that was
	// asked for, and not because there is no other content.
	NoOther bool
	// Read says that both were compared by meaning, and Changes what changed.
	// Unread says why one could not be read as a pact.
	Read    bool
	Changes []meaning.Change
	Unread  string
	// TooLarge says why there is no text; "" where there is.
	TooLarge string
	// Others are the newest pacts of the pair, without body.
	Others []kernel.PactPublication
}

// LookAtDiff compares a pact with another one of its pair or, with the zero value
// for other, with the previous distinct one. It returns CodeNotFound if the first
// is not there.
func (s *Service) LookAtDiff(ctx context.Context, q, other kernel.PactQuery) (Comparison, error) {
	var out Comparison
	err := s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		out = Comparison{}
		out, err = lookAtBoth(tx, q, other)
		return err
	})
	if err != nil || out.Old == nil {
		return out, err
	}
	both := bothTextsOf(out.Old.Body, out.New.Body)
	if found, has := s.kept.find(both); has {
		out.Read, out.Changes, out.Unread, out.Text = found.Read, found.Changes, found.Unread, found.Text
		return out, nil
	}
	if err := s.comparing(ctx, &out.PactDiff, out.compare); err != nil {
		return out, err
	}
	if out.TooLarge == "" { // with more time there may be more to tell
		s.kept.keep(both, whatDiffers{out.Read, out.Changes, out.Unread, out.Text})
	}
	return out, nil
}

func lookAtBoth(tx kernel.Tx, q, other kernel.PactQuery) (Comparison, error) {
	consumer, provider, err := kernel.FindPair(tx, q.Consumer, q.Provider)
	if err != nil {
		return Comparison{}, err
	}
	var out Comparison
	var p kernel.PactPublication
	if err := tx.Together(func() (err error) {
		out.Others, err = tx.ListPublications(kernel.PublicationFilter{ConsumerID: consumer.ID, ProviderID: provider.ID, Limit: otherPacts})
		return err
	}, func() (err error) {
		p, _, err = kernel.FindPublication(tx, q)
		return err
	}); err != nil {
		if kernel.IsNotFound(err) && q.Version != "" {
			err = kernel.Errorf(kernel.CodeNotFound, "%s %s has no contract with %s.", consumer.Name, q.Version, provider.Name)
		}
		return out, err
	}
	out.PactDiff, err = readBoth(tx, p, other)
	if kernel.IsNotFound(err) { // the other one: this one is there
		var one kernel.Pact
		one, err = onePact(tx, p)
		out.PactDiff, out.NoOther = PactDiff{New: &one}, true
	}
	return out, err
}

// compare fills in what is different: by meaning, then by text. What is too large
// or no pact is told; neither is an error.
func (c *Comparison) compare(ctx context.Context) error {
	older, newer := c.Old.Body, c.New.Body
	if valuesIn(older) <= diffLines && valuesIn(newer) <= diffLines {
		c.compareMeaning()
	}
	text, err := diffBodies(ctx, older, newer)
	var told *kernel.Error
	if errors.As(err, &told) && told.Code == kernel.CodeTimeout {
		c.TooLarge = told.Message
		return nil
	}
	c.Text = text
	return err
}

func (c *Comparison) compareMeaning() {
	before, err := contract.Decode(c.Old.Body)
	if err != nil {
		c.Unread = err.Error()
		return
	}
	after, err := contract.Decode(c.New.Body)
	if err != nil {
		c.Unread = err.Error()
		return
	}
	c.Read, c.Changes = true, meaning.Pacts(before, after)
}
