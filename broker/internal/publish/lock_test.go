package publish_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

func TestAVersionIsLockedBeforeItsPactIsLookedUp(t *testing.T) {
	t.Parallel()
	noting := &usecasetest.Noting{Store: usecasetest.OpenSQLite(t)}
	s := usecase.New(noting, kernel.DefaultSettings())
	publishAll := func(number string, providers ...string) {
		noting.Forget()
		// The branch is not a candidate for the main branch, which would lock too.
		_, err := s.Publish.PublishContracts(t.Context(), usecasetest.Contracts("Storefront", number, "feature", providers...))
		require.NoError(t, err)
	}
	for range 2 { // without a branch, whose count would lock it too
		noting.Forget()
		_, err := s.Publish.PublishPact(t.Context(), publish.PactDocument{Consumer: "Storefront", Provider: "Catalog", ConsumerVersion: "1", Content: usecasetest.PactText("Storefront", "Catalog", "the same")})
		require.NoError(t, err)
	}
	noting.Before(t, "Lock version", "FindPublication", "two pipelines may publish one version at once")
	publishAll("2", "Catalog", "Billing")
	noting.Before(t, "Lock pacticipant", "EnsureVersion", "two publications of several contracts may not wait for each other in a circle")
}
