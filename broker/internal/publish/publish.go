package publish

import (
	"context"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/webhook"
	"github.com/treatyhq/treaty/contract"
)

// PublishPact stores the pact of one consumer version. It returns CodeConflict
// with ReasonContentChanged or ReasonSimilarName.
func (s *Service) PublishPact(ctx context.Context, in PactDocument) (PublishedPact, error) {
	if err := s.checkDocument(ctx, in); err != nil {
		return PublishedPact{}, err
	}
	doc, err := s.prepare(in.Content)
	if err != nil {
		return PublishedPact{}, err
	}
	return s.publishOne(ctx, in, doc, func(kernel.Tx, *kernel.PactPublication) (document, error) { return doc, nil }, !s.Settings.AllowContractModification)
}

// MergePact adds the interactions of the document to the pact of the version.
// It returns CodeConflict with ReasonMergeConflict or ReasonSimilarName.
func (s *Service) MergePact(ctx context.Context, in PactDocument) (PublishedPact, error) {
	if err := s.checkDocument(ctx, in); err != nil {
		return PublishedPact{}, err
	}
	doc, err := s.prepare(in.Content)
	if err != nil {
		return PublishedPact{}, err
	}
	var out PublishedPact
	m := &merging{content: in.Content, replacing: contract.ReplaceSameRequest}
	if err := s.lookAhead(ctx, in.Consumer, in.ConsumerVersion, in.Provider, m); err != nil {
		return out, err
	}
	err = s.merging([]*merging{m}, func() (err error) {
		out, err = s.publishOne(ctx, in, doc, func(tx kernel.Tx, present *kernel.PactPublication) (document, error) {
			if present == nil {
				return doc, nil
			}
			return s.merged(tx, *present, m)
		}, false)
		return err
	})
	return out, err
}

// publishOne stores what choose returns for the present pact of the version,
// nil if there is none. With guarded, other content than the present one is a
// conflict.
func (s *Service) publishOne(ctx context.Context, in PactDocument, doc document, choose func(kernel.Tx, *kernel.PactPublication) (document, error), guarded bool) (PublishedPact, error) {
	var out PublishedPact
	at := s.Moment()
	whole := ContractsPublication{Pacticipant: in.Consumer, VersionNumber: in.ConsumerVersion, Contracts: []ContractDocument{{Consumer: in.Consumer, Provider: in.Provider}}}
	err := s.Store.Update(ctx, func(tx kernel.Tx) error {
		if err := s.foresee(tx, whole, []gathered{{provider: in.Provider, doc: doc}}, at); err != nil {
			return err
		}
		parties, err := s.ensureParties(ctx, tx, in.Consumer, []string{in.Consumer, in.Provider}, at)
		if err != nil {
			return err
		}
		consumer, provider := parties[in.Consumer], parties[in.Provider]
		version, isNew, err := tx.EnsureVersion(kernel.Version{Pacticipant: consumer.Party(), Number: in.ConsumerVersion, CreatedAt: at, UpdatedAt: kernel.Touched(at)})
		if err != nil {
			return err
		}
		p := publishing{tx: tx, at: at, version: version, versionIsNew: isNew, guarded: guarded}
		p.providedBy(provider)
		if err := s.publish(&p, choose); err != nil {
			return err
		}
		if err := s.webhook.FirePublication(tx, p.cause()); err != nil {
			return err
		}
		out = PublishedPact{Pact: kernel.Pact{PactPublication: p.result, Body: p.body}, Created: p.former == nil}
		return s.describeVersion(tx, &out.Pact, isNew)
	})
	return out, err
}

// describeVersion adds the branches and tags of a version that is not new.
func (s *Service) describeVersion(tx kernel.Tx, p *kernel.Pact, isNew bool) error {
	if isNew {
		return nil
	}
	described, err := kernel.DescribePacts(tx, []kernel.PactPublication{p.PactPublication})
	if err != nil {
		return err
	}
	described[0].Body = p.Body
	*p = described[0]
	return nil
}

// publishing is one pact on its way into the store.
type publishing struct {
	tx           kernel.Tx
	at           time.Time
	version      kernel.Version
	versionIsNew bool
	provider     kernel.Party
	// providerMain is the main branch of the provider, empty if it has none.
	providerMain string
	// tags are those of the version if it is new.
	tags    []string
	guarded bool

	former *kernel.PactPublication // nil if the version had no pact
	result kernel.PactPublication
	body   []byte
	merged bool
}

// cause is what the events need to know of the publication. What it was
// published with, and who listens, is up to the caller.
func (p *publishing) cause() webhook.Cause {
	return webhook.Cause{
		At: p.at, Version: p.version, Provider: p.provider, ProviderMain: p.providerMain, Tags: p.tags, TagsKnown: p.versionIsNew,
		Former: p.former, Publication: p.result,
	}
}

func (p *publishing) providedBy(provider kernel.Pacticipant) {
	p.provider, p.providerMain = provider.Party(), provider.MainBranch
}

// publish adds a revision, unless the content is what is there already.
func (s *Service) publish(p *publishing, choose func(kernel.Tx, *kernel.PactPublication) (document, error)) error {
	if !p.versionIsNew {
		// Another publication of the version may be on its way.
		if err := p.tx.Lock(kernel.ToChange, p.version.Row()); err != nil {
			return err
		}
		former, err := p.tx.FindPublication(p.version.ID, p.provider.ID)
		if err == nil {
			p.former = &former
		} else if !kernel.IsNotFound(err) {
			return err
		}
	}
	doc, err := choose(p.tx, p.former)
	if err != nil {
		return err
	}
	if p.former != nil {
		if p.former.SHA == doc.sha {
			p.result = *p.former
			p.body, err = p.tx.Body(p.former.ContentID)
			return err
		}
		if p.guarded {
			return contentChanged(*p.former)
		}
	}
	id, isNew, err := p.tx.EnsureContent(kernel.Content{
		ConsumerID: p.version.Pacticipant.ID, ProviderID: p.provider.ID, SHA: doc.sha,
		Interactions: doc.interactions, Messages: doc.messages, CreatedAt: p.at, Packed: doc.packed,
	})
	if err != nil {
		return err
	}
	p.body = doc.body
	if !isNew { // the first text stored for a content stays
		if p.body, err = p.tx.Body(id); err != nil {
			return err
		}
	}
	p.result, err = p.tx.AddPublication(kernel.NewPublication{Version: p.version, Provider: p.provider, ContentID: id, SHA: doc.sha, At: p.at})
	return err
}

func contentChanged(p kernel.PactPublication) *kernel.Error {
	return kernel.Errorf(kernel.CodeConflict, "The pact of %s %s with %s is published already, with other content. Results that were recorded for it would stand for something else, so it is not replaced: give this build a version number of its own.",
		p.Consumer.Name, p.ConsumerVersion.Number, p.Provider.Name).WithReason(kernel.ReasonContentChanged)
}
