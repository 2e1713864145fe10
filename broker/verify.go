package broker

import (
	"context"
	"slices"
	"time"
)

// RecordVerification stores a result. The provider version is created if need be.
func (s *Service) RecordVerification(ctx context.Context, in VerificationInput) (Verification, error) {
	add, err := s.prepareVerification(ctx, in)
	if err != nil {
		return Verification{}, err
	}
	var out Verification
	add.At = s.now()
	if add.ExecutedAt = in.ExecutedAt; add.ExecutedAt.IsZero() {
		add.ExecutedAt = add.At
	}
	err = s.Store.Update(ctx, func(tx Tx) error {
		consumer, provider, content, err := findContent(tx, in.Consumer, in.Provider, in.SHA)
		if err != nil {
			return err
		}
		add := add
		var isNew bool
		add.ContentID, add.SHA, add.Consumer = content.ID, content.SHA, consumer.Party()
		if add.ProviderVersion, isNew, err = tx.EnsureVersion(Version{Pacticipant: provider.Party(), Number: in.ProviderVersion, CreatedAt: add.At, UpdatedAt: touched(add.At)}); err != nil {
			return err
		}
		v, err := tx.AddVerification(add)
		if err != nil {
			return err
		}
		v.TestResults, v.VerifiedBy = in.TestResults, in.VerifiedBy
		if !isNew {
			if err := describeProvider(tx, &v); err != nil {
				return err
			}
		}
		out = v
		return s.fireVerification(tx, consumer.Party(), v, in.Metadata, add.At)
	})
	return out, err
}

func (s *Service) prepareVerification(ctx context.Context, in VerificationInput) (NewVerification, error) {
	fields := Fields{}
	s.checkNumber(fields, "providerApplicationVersion", in.ProviderVersion)
	if err := s.allowKnown(ctx, fields, "", in.Provider, "providerApplicationVersion", in.ProviderVersion); err != nil {
		return NewVerification{}, err
	}
	checkLine(fields, "buildUrl", in.BuildURL)
	if err := fields.Err(); err != nil {
		return NewVerification{}, err
	}
	results, err := PackBody(in.TestResults)
	if err != nil {
		return NewVerification{}, err
	}
	by, err := PackBody(in.VerifiedBy)
	return NewVerification{
		Success: in.Success, WIP: in.Metadata.WIP, Pending: in.Metadata.Pending, BuildURL: in.BuildURL,
		TestResults: results, VerifiedBy: by, Selectors: in.Metadata.Selectors,
	}, err
}

func findContent(tx Tx, consumer, provider, sha string) (c, p Pacticipant, content Content, err error) {
	if c, p, err = findBoth(tx, consumer, provider); err != nil {
		return c, p, content, err
	}
	content, err = tx.FindContent(c.ID, p.ID, sha)
	return c, p, content, err
}

// describeProvider adds what is known of the provider version.
func describeProvider(tx Tx, v *Verification) error {
	branches, tags, err := branchesAndTagsOf(tx, []int64{v.ProviderVersion.ID})
	v.ProviderTags, v.ProviderBranches = tags[v.ProviderVersion.ID], branches[v.ProviderVersion.ID]
	return err
}

// fireVerification triggers the webhooks of a result, once per consumer version
// that the provider was asked to verify.
func (s *Service) fireVerification(tx Tx, consumer Party, v Verification, meta PactMetadata, at time.Time) error {
	listening, err := tx.HasWebhooks()
	if err != nil || !listening {
		return err
	}
	outcome := EventVerificationFailed
	if v.Success {
		outcome = EventVerificationSucceeded
	}
	targets, err := verifiedPublications(tx, consumer, v, meta)
	if err != nil {
		return err
	}
	matching, err := tx.MatchingWebhooks(consumer, v.Provider)
	if err != nil {
		return err
	}
	var firings []TriggeredWebhook
	for _, event := range []EventName{EventVerificationPublished, outcome} {
		for _, w := range waiting(matching, event) {
			for _, target := range targets {
				firings = append(firings, TriggeredWebhook{
					UUID: s.NewID(), WebhookID: w.ID, WebhookUUID: w.UUID, Event: event, Consumer: consumer, Provider: v.Provider,
					PublicationID: target.publication.ID, VerificationID: v.ID, Status: TriggerNotRun, CreatedAt: at,
					Context: resultContext(target, v),
				})
			}
		}
	}
	_, err = tx.EnqueueWebhooks(firings...)
	return err
}

// verified is a publication whose verification a provider was asked for, with
// the tags by which it was selected.
type verified struct {
	publication PactPublication
	tags        []string
}

func resultContext(target verified, v Verification) EventContext {
	c := EventContext{
		ConsumerVersionNumber: target.publication.ConsumerVersion.Number, ConsumerVersionTags: target.tags,
		ProviderVersionNumber: v.ProviderVersion.Number, ProviderVersionTags: tagNames(v.ProviderTags), BuildURL: v.BuildURL,
	}
	c.ProviderVersionBranch = VersionDetails{Branches: v.ProviderBranches}.Branch()
	return c
}

// verifiedPublications returns the publications that the metadata names, or
// else that of the newest version with the content.
func verifiedPublications(tx Tx, consumer Party, v Verification, meta PactMetadata) ([]verified, error) {
	filter := PublicationFilter{ConsumerID: consumer.ID, ProviderID: v.Provider.ID, ContentID: v.ContentID}
	named, err := namedPublications(tx, filter, meta)
	if err != nil {
		return nil, err
	}
	var out []verified
	for _, p := range named {
		target := verified{publication: p, tags: slices.Clone(meta.ConsumerVersionTags)}
		for _, selector := range meta.Selectors {
			if selector.ConsumerVersionID == p.ConsumerVersion.ID && selector.Tag != "" {
				target.tags = append(target.tags, selector.Tag)
			}
		}
		target.tags = unique(target.tags)
		out = append(out, target)
	}
	if len(out) > 0 {
		return out, nil
	}
	filter.Limit = 1
	newest, err := tx.ListPublications(filter)
	for _, p := range newest {
		out = append(out, verified{publication: p})
	}
	return out, err
}

// findVerification returns what q names, without details.
func findVerification(tx Tx, q VerificationQuery) (Verification, error) {
	if q.Pact.SHA != "" {
		_, _, content, err := findContent(tx, q.Pact.Consumer, q.Pact.Provider, q.Pact.SHA)
		if err != nil {
			return Verification{}, err
		}
		if q.Number != 0 {
			return tx.FindVerification(content.ID, q.Number)
		}
		return tx.LatestVerification(content.ID)
	}
	p, _, err := findPublication(tx, q.Pact)
	if err != nil {
		return Verification{}, err
	}
	if q.Number != 0 {
		return tx.FindVerification(p.ContentID, q.Number)
	}
	return tx.LatestVerification(p.ContentID)
}

// FindVerification returns a result.
func (s *Service) FindVerification(ctx context.Context, q VerificationQuery) (Verification, error) {
	var out Verification
	err := s.Store.View(ctx, func(tx Tx) error {
		v, err := findVerification(tx, q)
		if err != nil {
			return err
		}
		out = v
		return addDetail(tx, &out)
	})
	return out, err
}

func addDetail(tx Tx, v *Verification) error {
	results, by, err := tx.VerificationDetail(v.ID)
	if err != nil {
		return err
	}
	v.TestResults, v.VerifiedBy = results, by
	return describeProvider(tx, v)
}

// DeleteVerification deletes a result.
func (s *Service) DeleteVerification(ctx context.Context, q VerificationQuery) error {
	return s.Store.Update(ctx, func(tx Tx) error {
		v, err := findVerification(tx, q)
		if err != nil {
			return err
		}
		return tx.DeleteVerification(v.ID)
	})
}

// SummariseVerifications returns the newest result per provider of a consumer version.
func (s *Service) SummariseVerifications(ctx context.Context, consumer, version string) (VerificationSummary, error) {
	var out VerificationSummary
	err := s.Store.View(ctx, func(tx Tx) error {
		v, err := findVersion(tx, consumer, version)
		if err != nil {
			return err
		}
		out = VerificationSummary{Version: v}
		return summarise(tx, &out)
	})
	return out, err
}

func summarise(tx Tx, out *VerificationSummary) error {
	pacts, err := tx.ListPublications(PublicationFilter{VersionID: out.Version.ID})
	if err != nil {
		return err
	}
	slices.SortFunc(pacts, func(a, b PactPublication) int { return compareFolded(a.Provider.Name, b.Provider.Name) })
	for _, p := range pacts {
		v, err := tx.LatestVerification(p.ContentID)
		if IsNotFound(err) {
			out.Unknown = append(out.Unknown, p.Provider.Name)
			continue
		}
		if err != nil {
			return err
		}
		if err := addDetail(tx, &v); err != nil {
			return err
		}
		out.Results = append(out.Results, v)
		if v.Success {
			out.Successful = append(out.Successful, p.Provider.Name)
		} else {
			out.Failed = append(out.Failed, p.Provider.Name)
		}
	}
	out.Success = len(out.Successful) == len(pacts)
	return nil
}
