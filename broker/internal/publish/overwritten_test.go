package publish_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// TestContentThatWasReplacedStaysReadableByItsDigest looks at a content between
// its replacement and its clean-up.
func TestContentThatWasReplacedStaysReadableByItsDigest(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := kernel.DefaultSettings()
			settings.AllowContractModification = true
			s := usecase.New(open(t, store.Options{}), settings)
			publish := func(word string) string {
				out, err := s.Publish.PublishPact(t.Context(), publish.PactDocument{
					Consumer: "Foo", Provider: "Bar", ConsumerVersion: "1", Content: usecasetest.PactText("Foo", "Bar", word)})
				require.NoError(t, err)
				return out.Pact.SHA
			}
			old, now := publish("old"), publish("new")
			q := kernel.PactQuery{Consumer: "Foo", Provider: "Bar", SHA: old}
			p, err := s.Publish.FindPact(t.Context(), q)
			require.NoError(t, err)
			require.Contains(t, string(p.Body), `"old"`)
			require.Equal(t, "1", p.ConsumerVersion.Number)
			require.Equal(t, 1, p.Revision)
			diff, err := s.Publish.DiffPacts(t.Context(), kernel.PactQuery{Consumer: "Foo", Provider: "Bar", SHA: now}, q)
			require.NoError(t, err)
			require.Contains(t, diff.Text, "old")

			result, err := s.Result.RecordVerification(t.Context(), result.VerificationInput{
				Consumer: "Foo", Provider: "Bar", SHA: old, ProviderVersion: "7", Success: true})
			require.NoError(t, err)
			require.Equal(t, "1", result.ConsumerVersion.Number, "it says for which version it is")
			found, err := s.Result.FindVerification(t.Context(), kernel.VerificationQuery{Pact: q})
			require.NoError(t, err)
			require.Equal(t, result.Number, found.Number)
			require.Equal(t, "1", found.ConsumerVersion.Number)
			p, err = s.Publish.FindPact(t.Context(), kernel.PactQuery{Consumer: "Foo", Provider: "Bar", Version: "1"})
			require.NoError(t, err)
			require.Equal(t, now, p.SHA)
			require.Nil(t, p.LatestVerification, "the content that is there now has no result")

			_, err = s.Publish.DeletePact(t.Context(), "Foo", "Bar", "1")
			require.NoError(t, err)
			_, err = s.Publish.FindPact(t.Context(), q)
			require.True(t, kernel.IsNotFound(err), "what nobody has published is gone")
		})
	}
}
