package broker_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
)

// TestReplicasMayStartAtOnce starts brokers at one moment on a database without a
// table, as an orchestrator does: one makes the tables, of the job queue too, and
// the others wait for it.
func TestReplicasMayStartAtOnce(t *testing.T) {
	t.Parallel()
	onShared(t, startAtOnce)
}

func startAtOnce(t *testing.T, database string) {
	t.Helper()
	var all sync.WaitGroup
	failures := make([]error, 4)
	for i := range failures {
		all.Go(func() {
			options := broker.DefaultOptions()
			options.Host, options.Port, options.Database = "127.0.0.1", 0, database
			b, err := broker.New(t.Context(), options)
			if err == nil {
				b.Start()
				err = b.Stop()
			}
			failures[i] = err
		})
	}
	all.Wait()
	for _, err := range failures {
		require.NoError(t, err)
	}
}
