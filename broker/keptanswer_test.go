package broker_test

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// TestAnAnswerIsGivenWhereItCannotBeKept takes the database away in the moment in
// which an answer of the gate is written.
func TestAnAnswerIsGivenWhereItCannotBeKept(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		// meet is what the database does when the answer comes.
		meet  func(*storetest.Proxy) storetest.Fate
		tries int
		kept  bool
	}{
		"connections break, for a while": {func(*storetest.Proxy) storetest.Fate { return storetest.CutBefore }, 3, true},
		"the server freezes": {func(p *storetest.Proxy) storetest.Fate {
			p.Freeze()
			return storetest.Pass
		}, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy := storetest.NewProxy(t, storetest.PostgresSchema(t))
			o, log := options(t), new(lockedBuffer)
			o.Database, o.LogTo, o.ShutdownTimeout = proxy.URL(), log, 2*time.Second
			b, err := broker.New(t.Context(), o)
			require.NoError(t, err)
			b.Start()
			t.Cleanup(func() { _ = b.Stop() }) // it is stopped below, too
			hub(t, b.URL(), 1)
			met := make(chan struct{}, 100)
			var away atomic.Bool
			away.Store(true)
			proxy.Watch(func(m storetest.Message) storetest.Fate {
				if !away.Load() || !m.Says("gate_answer") {
					return storetest.Pass
				}
				met <- struct{}{}
				return tt.meet(proxy)
			})

			asked := time.Now()
			answer, err := http.Get(b.URL() + "/can-i-deploy?pacticipant=hub&version=1&environment=production")
			require.NoError(t, err)
			text, err := io.ReadAll(answer.Body)
			require.NoError(t, err)
			require.NoError(t, answer.Body.Close())
			require.Equal(t, http.StatusOK, answer.StatusCode, string(text))
			require.Less(t, time.Since(asked), 2*time.Second)
			require.Eventually(t, func() bool { return len(met) >= tt.tries }, 10*time.Second, time.Millisecond)
			if tt.kept {
				away.Store(false)
			}

			stopped := time.Now()
			_ = b.Stop() // it may say that the queue could not say good-bye
			require.Less(t, time.Since(stopped), 3*time.Second)
			require.Equal(t, !tt.kept, strings.Contains(log.String(), "given and not kept"), log.String())
			away.Store(false)
			proxy.Thaw()
			proxy.Watch(nil)
			after := brokertest.Start(t, brokertest.Database(proxy.URL()))
			_, kept := get(t, after.URL()+"/gate/answers?pacticipant=hub")
			require.Equal(t, tt.kept, strings.Contains(kept, `"version":"1"`), kept)
		})
	}
}
