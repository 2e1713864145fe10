package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// One process may hold several stores, as tests of users do. The texts that are
// kept for one are not those of another that orders or names otherwise.
func TestStoresOfOneProcessKeepTheirOwnTexts(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, tt := range []struct {
				bySemver, foldCase bool
				named, latest      string
			}{
				{false, false, "Foo", "1.9.0"}, {true, false, "Foo", "1.10.0"}, {false, true, "FOO", "1.9.0"}, {true, true, "foo", "1.10.0"}, {false, false, "Foo", "1.9.0"},
			} {
				db := open(t, store.Options{OrderBySemver: tt.bySemver, IgnoreNameCase: tt.foldCase})
				settings := kernel.DefaultSettings()
				settings.OrderVersionsByDate, settings.IgnoreNameCase = !tt.bySemver, tt.foldCase
				service := usecase.New(db, settings)
				for _, number := range []string{"1.10.0", "1.9.0"} {
					_, err := service.Publish.PublishContracts(t.Context(), usecasetest.Contracts("Foo", number, "main", "Bar"))
					require.NoError(t, err)
				}
				require.NoError(t, db.View(t.Context(), func(tx kernel.Tx) error {
					found, err := tx.FindNamedPublication(kernel.PactQuery{Consumer: tt.named, Provider: "Bar"})
					require.NoError(t, err)
					require.Equal(t, tt.latest, found.ConsumerVersion.Number, "%+v", tt)
					return nil
				}))
			}
		})
	}
}
