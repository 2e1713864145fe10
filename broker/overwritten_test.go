package broker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/store"
	"github.com/treatyhq/treaty/broker/store/storetest"
)

// TestContentThatWasReplacedStaysReadableByItsDigest looks at a content between
// its replacement and its clean-up.
func TestContentThatWasReplacedStaysReadableByItsDigest(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := broker.DefaultSettings()
			settings.AllowContractModification = true
			s := broker.New(open(t, store.Options{}), settings)
			publish := func(word string) string {
				out, err := s.PublishPact(t.Context(), broker.PactDocument{
					Consumer: "Foo", Provider: "Bar", ConsumerVersion: "1", Content: pactText("Foo", "Bar", word)})
				require.NoError(t, err)
				return out.Pact.SHA
			}
			old, now := publish("old"), publish("new")
			q := broker.PactQuery{Consumer: "Foo", Provider: "Bar", SHA: old}
			p, err := s.FindPact(t.Context(), q)
			require.NoError(t, err)
			require.Contains(t, string(p.Body), `"old"`)
			require.Equal(t, "1", p.ConsumerVersion.Number)
			require.Equal(t, 1, p.Revision)
			diff, err := s.DiffPacts(t.Context(), broker.PactQuery{Consumer: "Foo", Provider: "Bar", SHA: now}, q)
			require.NoError(t, err)
			require.Contains(t, diff.Text, "old")

			result, err := s.RecordVerification(t.Context(), broker.VerificationInput{
				Consumer: "Foo", Provider: "Bar", SHA: old, ProviderVersion: "7", Success: true})
			require.NoError(t, err)
			require.Equal(t, "1", result.ConsumerVersion.Number, "it says for which version it is")
			found, err := s.FindVerification(t.Context(), broker.VerificationQuery{Pact: q})
			require.NoError(t, err)
			require.Equal(t, result.Number, found.Number)
			require.Equal(t, "1", found.ConsumerVersion.Number)
			p, err = s.FindPact(t.Context(), broker.PactQuery{Consumer: "Foo", Provider: "Bar", Version: "1"})
			require.NoError(t, err)
			require.Equal(t, now, p.SHA)
			require.Nil(t, p.LatestVerification, "the content that is there now has no result")

			_, err = s.DeletePact(t.Context(), "Foo", "Bar", "1")
			require.NoError(t, err)
			_, err = s.FindPact(t.Context(), q)
			require.True(t, broker.IsNotFound(err), "what nobody has published is gone")
		})
	}
}
