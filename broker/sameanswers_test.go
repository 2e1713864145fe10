package broker_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/brokertest"
)

// TestAnswersThatManyAskForAreTheSameToAll asks for everything that is read, from
// several sides at once, while nothing changes: what one of them found out on SQLite
// is handed to the others, who must leave it as it is.
func TestAnswersThatManyAskForAreTheSameToAll(t *testing.T) {
	t.Parallel()
	b := brokertest.Start(t)
	hub(t, b.URL(), 3)
	var all []readQuestion
	for _, q := range questions() {
		if q.method == http.MethodGet {
			all = append(all, q)
			if q.accept == "" { // in other forms too
				for _, accept := range []string{"text/plain", "application/json", "text/html"} {
					q.accept = accept
					all = append(all, q)
				}
			}
		}
	}
	ask := func(q readQuestion) string {
		_, text := exchange(t, q.method, b.URL()+q.path, "", q.accept)
		return text
	}
	require.Eventually(t, func() bool { // until its webhooks have been tried, and are to be tried again much later
		return !strings.Contains(ask(readQuestion{method: http.MethodGet, path: "/can-i-deploy?pacticipant=hub&version=1&environment=production"}), "not been sent yet")
	}, 10*time.Second, 20*time.Millisecond)
	first := make([]string, len(all))
	for i, q := range all {
		first[i] = ask(q)
	}
	var wg sync.WaitGroup
	different := make(chan string, 4*len(all))
	for side := range 4 {
		wg.Go(func() {
			for i := range all {
				i = (i*7 + side*len(all)/4) % len(all)
				telling := strings.Contains(all[i].accept, "html") || all[i].path == "/metrics" // the time, and how often webhooks were tried
				if now := ask(all[i]); now != first[i] && !telling {
					at := 0
					for at < min(len(now), len(first[i])) && now[at] == first[i][at] {
						at++
					}
					different <- fmt.Sprintf("%s as %s, from %d on:\n%.200s\n%.200s", all[i].name(), all[i].accept, at, first[i][at:], now[at:])
				}
			}
		})
	}
	wg.Wait()
	close(different)
	for text := range different {
		t.Error(text)
	}
	require.Greater(t, len(all), 50)
}
