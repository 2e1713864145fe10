package publish_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// TestARefusalComparesNoLargePacts: what it would show is much smaller than what
// it takes to find out.
func TestARefusalComparesNoLargePacts(t *testing.T) {
	t.Parallel()
	s := usecase.New(storetest.Databases()["sqlite"](t, store.Options{}), kernel.DefaultSettings())
	send := func(provider, thing string, size int) error {
		_, err := s.Publish.PublishContracts(t.Context(), publish.ContractsPublication{Pacticipant: "Foo", VersionNumber: "1", Contracts: []publish.ContractDocument{{
			Consumer: "Foo", Provider: provider,
			Content: fmt.Appendf(nil, `{"interactions":[{"description":%q,"x":%q}]}`, thing, strings.Repeat("x", size)),
		}}})
		return err
	}
	for provider, want := range map[string]string{"Small": "new", "Large": "too large to be shown"} {
		size := map[string]int{"Small": 10, "Large": 3 << 20}[provider]
		require.NoError(t, send(provider, "old", size))
		err := send(provider, "new", size)
		require.Equal(t, kernel.CodeConflict, kernel.CodeOf(err))
		var conflict *kernel.Error
		require.ErrorAs(t, err, &conflict)
		require.Contains(t, conflict.Notices[len(conflict.Notices)-1].Text, want)
	}
}
