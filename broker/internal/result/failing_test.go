package result_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

func TestNoFailureOfTheDatabaseIsTakenForAnAnswer(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(ctx context.Context, s *result.Service, sha string) error{
		"record": func(ctx context.Context, s *result.Service, sha string) error {
			_, err := s.RecordVerification(ctx, result.VerificationInput{Consumer: "Foo", Provider: "Bar", SHA: sha, ProviderVersion: "1"})
			return err
		},
		"record for a new version": func(ctx context.Context, s *result.Service, sha string) error {
			meta := kernel.PactMetadata{ConsumerVersionNumber: "1", ConsumerVersionTags: []string{"dev"}}
			_, err := s.RecordVerification(ctx, result.VerificationInput{Consumer: "Foo", Provider: "Bar", SHA: sha, ProviderVersion: "2", Metadata: meta})
			return err
		},
		"find": func(ctx context.Context, s *result.Service, sha string) error {
			_, err := s.FindVerification(ctx, kernel.VerificationQuery{Pact: kernel.PactQuery{Consumer: "Foo", Provider: "Bar", SHA: sha}})
			return err
		},
		"sum up": func(ctx context.Context, s *result.Service, _ string) error {
			_, err := s.SummariseVerifications(ctx, "Foo", "2")
			return err
		},
		"record with tests": func(ctx context.Context, s *result.Service, sha string) error {
			_, err := s.RecordVerification(ctx, result.VerificationInput{Consumer: "Foo", Provider: "Bar", SHA: sha, ProviderVersion: "1", Success: true, TestResults: []byte(`[]`)})
			return err
		},
		"read tests": func(ctx context.Context, s *result.Service, _ string) error {
			return s.ReadAllTests(ctx)
		},
		"delete": func(ctx context.Context, s *result.Service, sha string) error {
			return s.DeleteVerification(ctx, kernel.VerificationQuery{Pact: kernel.PactQuery{Consumer: "Foo", Provider: "Bar", SHA: sha}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, failing := usecasetest.NewFailing(t)
			_, sha, _ := usecasetest.Landscape(t, s)
			failing.EachCall(t, func() error { return do(t.Context(), s.Result, sha) })
		})
	}
}

// A webhook that could not be kept for later would never be sent, so the result
// is refused as well.
func TestAResultAndItsWebhooksAreStoredTogether(t *testing.T) {
	t.Parallel()
	s, failing := usecasetest.NewFailing(t)
	_, sha, _ := usecasetest.Landscape(t, s)
	var stored kernel.Verification
	failing.EachCall(t, func() (err error) {
		stored, err = s.Result.RecordVerification(t.Context(), result.VerificationInput{Consumer: "Foo", Provider: "Bar", SHA: sha, ProviderVersion: "2"})
		return err
	})
	fired, err := s.Webhook.ListWebhooksOfVerification(t.Context(), kernel.VerificationQuery{
		Pact: kernel.PactQuery{Consumer: "Foo", Provider: "Bar", SHA: sha}, Number: stored.Number,
	})
	require.NoError(t, err)
	var events []kernel.EventName
	for _, f := range fired {
		events = append(events, f.Event)
	}
	require.ElementsMatch(t, []kernel.EventName{kernel.EventVerificationPublished, kernel.EventVerificationFailed}, events, "once each, in spite of all the failures")
}
