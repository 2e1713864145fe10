package broker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/store"
	"github.com/treatyhq/treaty/broker/store/storetest"
)

// TestNamesFromBeforeTheirRuleStayOfUse: an application whose name ends with a
// blank goes on as it did, while no other such comes in.
func TestNamesFromBeforeTheirRuleStayOfUse(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := broker.New(open(t, store.Options{}), broker.DefaultSettings())
			const old, number, provider = "till ", "1 ", " scales"
			require.NoError(t, s.Store.Update(t.Context(), func(tx broker.Tx) error {
				p, _, err := tx.EnsurePacticipant(broker.Pacticipant{Name: old, CreatedAt: time.Now()})
				require.NoError(t, err)
				_, _, err = tx.EnsurePacticipant(broker.Pacticipant{Name: provider, CreatedAt: time.Now()})
				require.NoError(t, err)
				_, _, err = tx.EnsureVersion(broker.Version{Pacticipant: p.Party(), Number: number, CreatedAt: time.Now()})
				return err
			}))
			_, _, err := s.PutTag(t.Context(), old, number, "prod")
			require.NoError(t, err)
			_, _, err = s.PutBranchVersion(t.Context(), old, "main", number)
			require.NoError(t, err)
			_, _, err = s.UpdateVersion(t.Context(), broker.VersionChange{Pacticipant: old, Number: number})
			require.NoError(t, err)
			_, _, err = s.UpdatePacticipant(t.Context(), broker.PacticipantChange{Name: old})
			require.NoError(t, err)
			_, err = s.PublishContracts(t.Context(), contracts(old, "2", "main", provider))
			require.NoError(t, err)
			pact := broker.PactDocument{Consumer: old, Provider: provider, ConsumerVersion: number, Content: pactText(old, provider, "a")}
			_, err = s.PublishPact(t.Context(), pact)
			require.NoError(t, err)

			for _, err := range []error{
				func() error { _, _, err := s.PutTag(t.Context(), old, "3 ", "prod"); return err }(),
				func() error { _, _, err := s.PutTag(t.Context(), old, number, "prod "); return err }(),
				func() error { _, _, err := s.PutTag(t.Context(), "another ", number, "prod"); return err }(),
				func() error {
					_, err := s.PublishContracts(t.Context(), contracts(old, "4", "main", "unknown "))
					return err
				}(),
			} {
				require.Equal(t, broker.CodeInvalid, broker.CodeOf(err))
			}
			require.NoError(t, s.DeletePacticipant(t.Context(), old))
		})
	}
}
