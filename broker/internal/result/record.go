package result

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/webhook"
)

// VerificationInput is a result to record.
type VerificationInput struct {
	Consumer string
	Provider string
	SHA      string
	Metadata kernel.PactMetadata

	Success         bool
	ProviderVersion string
	BuildURL        string
	ExecutedAt      time.Time // zero means now
	TestResults     json.RawMessage
	VerifiedBy      json.RawMessage
}

// RecordVerification stores a result. The provider version is created if need be.
func (s *Service) RecordVerification(ctx context.Context, in VerificationInput) (kernel.Verification, error) {
	add, err := s.prepareVerification(ctx, in)
	if err != nil {
		return kernel.Verification{}, err
	}
	var out kernel.Verification
	add.At = s.Moment()
	if add.ExecutedAt = in.ExecutedAt; add.ExecutedAt.IsZero() {
		add.ExecutedAt = add.At
	}
	err = s.Store.Update(ctx, func(tx kernel.Tx) error {
		if err := tx.Foresee(func(ahead kernel.Tx) { foresee(ahead, in, add) }); err != nil {
			return err
		}
		consumer, provider, content, err := kernel.FindContent(tx, in.Consumer, in.Provider, in.SHA)
		if err != nil {
			return err
		}
		if err := kernel.ClaimFor(ctx, tx, &provider); err != nil {
			return err
		}
		add := add
		var isNew bool
		add.ContentID, add.SHA, add.Consumer = content.ID, content.SHA, consumer.Party()
		if add.ProviderVersion, isNew, err = tx.EnsureVersion(in.version(provider, add.At)); err != nil {
			return err
		}
		v, err := tx.AddVerification(add)
		if err != nil {
			return err
		}
		v.TestResults, v.VerifiedBy = in.TestResults, in.VerifiedBy
		if !isNew {
			if err := kernel.DescribeProvider(tx, &v); err != nil {
				return err
			}
		}
		out = v
		return s.fireVerification(tx, consumer.Party(), v, in.Metadata, add.At)
	})
	return out, err
}

func (in VerificationInput) version(of kernel.Pacticipant, at time.Time) kernel.Version {
	return kernel.Version{Pacticipant: of.Party(), Number: in.ProviderVersion, CreatedAt: at, UpdatedAt: kernel.Touched(at)}
}

// foresee says what recording a result is going to ask.
func foresee(ahead kernel.Tx, in VerificationInput, add kernel.NewVerification) {
	consumer, provider, content, missing := kernel.FindContent(ahead, in.Consumer, in.Provider, in.SHA)
	if provider.ID == 0 {
		return
	}
	v, isNew, err := ahead.EnsureVersion(in.version(provider, add.At))
	if err != nil || missing != nil {
		return
	}
	add.ContentID, add.SHA, add.ProviderVersion = content.ID, content.SHA, v
	_, _ = ahead.AddVerification(add) // what they say comes later
	if listening, _ := ahead.HasWebhooks(); listening {
		_, _ = ahead.MatchingWebhooks(consumer.Party(), provider.Party())
		of := kernel.Verification{ContentID: content.ID, Provider: provider.Party()}
		_, _ = verifiedPublications(ahead, consumer.Party(), of, in.Metadata)
	}
	if !isNew {
		_ = kernel.DescribeProvider(ahead, &kernel.Verification{ProviderVersion: v})
		_, _ = ahead.TagsOf([]int64{v.ID})
	}
}

func (s *Service) prepareVerification(ctx context.Context, in VerificationInput) (kernel.NewVerification, error) {
	fields := kernel.Fields{}
	s.CheckNumber(fields, "providerApplicationVersion", in.ProviderVersion)
	if err := s.AllowKnown(ctx, fields, "", in.Provider, "providerApplicationVersion", in.ProviderVersion); err != nil {
		return kernel.NewVerification{}, err
	}
	kernel.CheckBuildURL(fields, "buildUrl", in.BuildURL)
	if err := fields.Err(); err != nil {
		return kernel.NewVerification{}, err
	}
	results, err := kernel.PackBody(in.TestResults)
	if err != nil {
		return kernel.NewVerification{}, err
	}
	by, err := kernel.PackBody(in.VerifiedBy)
	if err != nil {
		return kernel.NewVerification{}, err
	}
	telling, err := s.tellingOf(ctx, in)
	return kernel.NewVerification{
		Success: in.Success, Telling: telling, WIP: in.Metadata.WIP, Pending: in.Metadata.Pending, BuildURL: kernel.WithoutUser(in.BuildURL),
		TestResults: results, VerifiedBy: by, Selectors: in.Metadata.Selectors,
	}, err
}

// fireVerification triggers the webhooks of a result, once per consumer version
// that the provider was asked to verify.
func (s *Service) fireVerification(tx kernel.Tx, consumer kernel.Party, v kernel.Verification, meta kernel.PactMetadata, at time.Time) error {
	listening, err := tx.HasWebhooks()
	if err != nil || !listening {
		return err
	}
	outcome := webhook.OutcomeEvent(v)
	targets, err := verifiedPublications(tx, consumer, v, meta)
	if err != nil {
		return err
	}
	matching, err := tx.MatchingWebhooks(consumer, v.Provider)
	if err != nil {
		return err
	}
	var firings []kernel.TriggeredWebhook
	for _, event := range []kernel.EventName{kernel.EventVerificationPublished, outcome} {
		for _, w := range webhook.Waiting(matching, event) {
			for _, target := range targets {
				firings = append(firings, kernel.TriggeredWebhook{
					UUID: s.NewID(), WebhookID: w.ID, WebhookUUID: w.UUID, Event: event, Consumer: consumer, Provider: v.Provider,
					PublicationID: target.publication.ID, VerificationID: v.ID, Status: kernel.TriggerNotRun, CreatedAt: at,
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
	publication kernel.PactPublication
	tags        []string
}

func resultContext(target verified, v kernel.Verification) kernel.EventContext {
	c := kernel.EventContext{
		ConsumerVersionNumber: target.publication.ConsumerVersion.Number, ConsumerVersionTags: target.tags,
		ProviderVersionNumber: v.ProviderVersion.Number, ProviderVersionTags: kernel.TagNames(v.ProviderTags), BuildURL: v.BuildURL,
	}
	c.ProviderVersionBranch = kernel.VersionDetails{Branches: v.ProviderBranches}.Branch()
	return c
}

// verifiedPublications returns the publications that the metadata names, or
// else that of the newest version with the content.
func verifiedPublications(tx kernel.Tx, consumer kernel.Party, v kernel.Verification, meta kernel.PactMetadata) ([]verified, error) {
	filter := kernel.PublicationFilter{ConsumerID: consumer.ID, ProviderID: v.Provider.ID, ContentID: v.ContentID}
	named, err := kernel.NamedPublications(tx, filter, meta)
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
		target.tags = kernel.Unique(target.tags)
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

// FindVerification returns a result.
func (s *Service) FindVerification(ctx context.Context, q kernel.VerificationQuery) (kernel.Verification, error) {
	var out kernel.Verification
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		v, err := kernel.FindVerification(tx, q)
		if err != nil {
			return err
		}
		out = v
		return kernel.AddDetail(tx, &out)
	})
	return out, err
}

// DeleteVerification deletes a result.
func (s *Service) DeleteVerification(ctx context.Context, q kernel.VerificationQuery) error {
	return s.Store.Update(ctx, func(tx kernel.Tx) error {
		v, err := kernel.FindVerification(tx, q)
		if err != nil {
			return err
		}
		return tx.DeleteVerification(v.ID)
	})
}
