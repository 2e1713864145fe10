package registry_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// TestNamesFromBeforeTheirRuleStayOfUse: an application whose name ends with a
// blank goes on as it did, while no other such comes in.
func TestNamesFromBeforeTheirRuleStayOfUse(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := usecase.New(open(t, store.Options{}), kernel.DefaultSettings())
			const old, number, provider = "till ", "1 ", " scales"
			require.NoError(t, s.Store.Update(t.Context(), func(tx kernel.Tx) error {
				p, _, err := tx.EnsurePacticipant(kernel.Pacticipant{Name: old, CreatedAt: time.Now()})
				require.NoError(t, err)
				_, _, err = tx.EnsurePacticipant(kernel.Pacticipant{Name: provider, CreatedAt: time.Now()})
				require.NoError(t, err)
				_, _, err = tx.EnsureVersion(kernel.Version{Pacticipant: p.Party(), Number: number, CreatedAt: time.Now()})
				return err
			}))
			_, _, err := s.Registry.PutTag(t.Context(), old, number, "prod")
			require.NoError(t, err)
			_, _, err = s.Registry.PutBranchVersion(t.Context(), old, "main", number)
			require.NoError(t, err)
			_, _, err = s.Registry.UpdateVersion(t.Context(), registry.VersionChange{Pacticipant: old, Number: number})
			require.NoError(t, err)
			_, _, err = s.Registry.UpdatePacticipant(t.Context(), registry.PacticipantChange{Name: old})
			require.NoError(t, err)
			_, err = s.Publish.PublishContracts(t.Context(), usecasetest.Contracts(old, "2", "main", provider))
			require.NoError(t, err)
			pact := publish.PactDocument{Consumer: old, Provider: provider, ConsumerVersion: number, Content: usecasetest.PactText(old, provider, "a")}
			_, err = s.Publish.PublishPact(t.Context(), pact)
			require.NoError(t, err)

			for _, err := range []error{
				func() error { _, _, err := s.Registry.PutTag(t.Context(), old, "3 ", "prod"); return err }(),
				func() error { _, _, err := s.Registry.PutTag(t.Context(), old, number, "prod "); return err }(),
				func() error { _, _, err := s.Registry.PutTag(t.Context(), "another ", number, "prod"); return err }(),
				func() error {
					_, err := s.Publish.PublishContracts(t.Context(), usecasetest.Contracts(old, "4", "main", "unknown "))
					return err
				}(),
			} {
				require.Equal(t, kernel.CodeInvalid, kernel.CodeOf(err))
			}
			require.NoError(t, s.Registry.DeletePacticipant(t.Context(), old))
		})
	}
}
