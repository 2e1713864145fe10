package broker_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/store"
	"github.com/treatyhq/treaty/broker/store/storetest"
)

// TestARefusalComparesNoLargePacts: what it would show is much smaller than what
// it takes to find out.
func TestARefusalComparesNoLargePacts(t *testing.T) {
	t.Parallel()
	s := broker.New(storetest.Databases()["sqlite"](t, store.Options{}), broker.DefaultSettings())
	publish := func(provider, thing string, size int) error {
		_, err := s.PublishContracts(t.Context(), broker.ContractsPublication{Pacticipant: "Foo", VersionNumber: "1", Contracts: []broker.ContractDocument{{
			Consumer: "Foo", Provider: provider,
			Content: fmt.Appendf(nil, `{"interactions":[{"description":%q,"x":%q}]}`, thing, strings.Repeat("x", size)),
		}}})
		return err
	}
	for provider, want := range map[string]string{"Small": "new", "Large": "too large to be shown"} {
		size := map[string]int{"Small": 10, "Large": 3 << 20}[provider]
		require.NoError(t, publish(provider, "old", size))
		err := publish(provider, "new", size)
		require.Equal(t, broker.CodeConflict, broker.CodeOf(err))
		var conflict *broker.Error
		require.ErrorAs(t, err, &conflict)
		require.Contains(t, conflict.Notices[len(conflict.Notices)-1].Text, want)
	}
}
