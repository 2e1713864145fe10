package broker

import (
	"context"
	"strings"
	"time"

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
	return s.publishOne(ctx, in, func(Tx, *PactPublication) (document, error) { return doc, nil }, !s.Settings.AllowContractModification)
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
		out, err = s.publishOne(ctx, in, func(tx Tx, present *PactPublication) (document, error) {
			if present == nil {
				return doc, nil
			}
			return s.merged(tx, *present, m)
		}, false)
		return err
	})
	return out, err
}

func (s *Service) checkDocument(ctx context.Context, in PactDocument) error {
	fields := Fields{}
	s.checkName(fields, "consumer.name", in.Consumer)
	s.checkName(fields, "provider.name", in.Provider)
	s.checkNumber(fields, "consumer_version_number", in.ConsumerVersion)
	if err := s.allowKnown(ctx, fields, "consumer.name", in.Consumer, "consumer_version_number", in.ConsumerVersion); err != nil {
		return err
	}
	if err := s.allowKnown(ctx, fields, "provider.name", in.Provider, "", ""); err != nil {
		return err
	}
	return fields.Err()
}

// publishOne stores what choose returns for the present pact of the version,
// nil if there is none. With guarded, other content than the present one is a
// conflict.
func (s *Service) publishOne(ctx context.Context, in PactDocument, choose func(Tx, *PactPublication) (document, error), guarded bool) (PublishedPact, error) {
	var out PublishedPact
	at := s.now()
	err := s.Store.Update(ctx, func(tx Tx) error {
		parties, err := s.ensureParties(tx, []string{in.Consumer, in.Provider}, at)
		if err != nil {
			return err
		}
		consumer, provider := parties[in.Consumer], parties[in.Provider]
		version, isNew, err := tx.EnsureVersion(Version{Pacticipant: consumer.Party(), Number: in.ConsumerVersion, CreatedAt: at, UpdatedAt: touched(at)})
		if err != nil {
			return err
		}
		p := publishing{tx: tx, at: at, version: version, versionIsNew: isNew, untagged: isNew, guarded: guarded}
		p.providedBy(provider)
		if err := s.publish(&p, choose); err != nil {
			return err
		}
		if err := s.firePublication(tx, p.cause()); err != nil {
			return err
		}
		out = PublishedPact{Pact: Pact{PactPublication: p.result, Body: p.body}, Created: p.former == nil}
		return s.describeVersion(tx, &out.Pact, isNew)
	})
	return out, err
}

// describeVersion adds the branches and tags of a version that is not new.
func (s *Service) describeVersion(tx Tx, p *Pact, isNew bool) error {
	if isNew {
		return nil
	}
	described, err := describePacts(tx, []PactPublication{p.PactPublication})
	if err != nil {
		return err
	}
	described[0].Body = p.Body
	*p = described[0]
	return nil
}

// publishing is one pact on its way into the store.
type publishing struct {
	tx           Tx
	at           time.Time
	version      Version
	versionIsNew bool
	provider     Party
	// providerMain is the main branch of the provider, empty if it has none.
	providerMain string
	// untagged says that the version certainly has no tags.
	untagged bool
	guarded  bool

	former *PactPublication // nil if the version had no pact
	result PactPublication
	body   []byte
	merged bool
}

// cause is what the events need to know of the publication. What it was
// published with, and who listens, is up to the caller.
func (p *publishing) cause() cause {
	return cause{
		at: p.at, version: p.version, provider: p.provider, providerMain: p.providerMain, untagged: p.untagged,
		former: p.former, publication: p.result,
	}
}

func (p *publishing) providedBy(provider Pacticipant) {
	p.provider, p.providerMain = provider.Party(), provider.MainBranch
}

// publish adds a revision, unless the content is what is there already.
func (s *Service) publish(p *publishing, choose func(Tx, *PactPublication) (document, error)) error {
	if !p.versionIsNew {
		// Another publication of the version may be on its way.
		if err := p.tx.LockVersion(p.version.ID); err != nil {
			return err
		}
		former, err := p.tx.FindPublication(p.version.ID, p.provider.ID)
		if err == nil {
			p.former = &former
		} else if !IsNotFound(err) {
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
	id, isNew, err := p.tx.EnsureContent(Content{
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
	p.result, err = p.tx.AddPublication(NewPublication{Version: p.version, Provider: p.provider, ContentID: id, SHA: doc.sha, At: p.at})
	return err
}

func contentChanged(p PactPublication) *Error {
	return Errorf(CodeConflict, "The pact of %s %s with %s is published already, with other content. Results that were recorded for it would stand for something else, so it is not replaced: give this build a version number of its own.",
		p.Consumer.Name, p.ConsumerVersion.Number, p.Provider.Name).WithReason(ReasonContentChanged)
}

// ensureParties returns the pacticipants by name and creates what is missing,
// in a fixed order so that requests do not wait for one another in a circle.
func (s *Service) ensureParties(tx Tx, names []string, at time.Time) (map[string]Pacticipant, error) {
	names = sortedUnique(names)
	out, err := tx.FindPacticipants(names...)
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, name := range names {
		if _, found := out[name]; !found {
			missing = append(missing, name)
		}
	}
	if err := s.checkSimilar(tx, missing); err != nil {
		return nil, err
	}
	for _, name := range missing {
		p, _, err := ensurePacticipant(tx, name, at)
		if err != nil {
			return nil, err
		}
		out[name] = p
	}
	return out, nil
}

// checkSimilar refuses new names that look like existing ones.
func (s *Service) checkSimilar(tx Tx, names []string) error {
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
			return Errorf(CodeConflict, "%q looks like a misspelling of an application that is there already:\n\n* %s\n\n"+
				"If it is the same, correct the name in the pact. If it is another one, create it first:\n\n    pact broker create-or-update-pacticipant --name %q\n",
				name, strings.Join(similar, "\n* "), name).WithReason(ReasonSimilarName)
		}
	}
	return nil
}
