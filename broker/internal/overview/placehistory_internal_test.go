package overview

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Deployments at one moment follow each other by their records.
func TestWhatIsReplacedIsToldWithWhatReplacedIt(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	change := func(event kernel.PlaceEvent, version int64, instance string) kernel.PlaceChange {
		v := kernel.Version{ID: version, Number: fmt.Sprint(version)}
		return kernel.PlaceChange{PlaceMoment: kernel.PlaceMoment{At: at, Event: event, Record: version}, Version: v, Instance: instance}
	}
	changes := []kernel.PlaceChange{
		change(kernel.EventDeployed, 9, "blue"), change(kernel.EventDeployed, 3, ""), change(kernel.EventDeployed, 2, ""), change(kernel.EventReleased, 7, ""),
		change(kernel.EventUndeployed, 8, "green"), change(kernel.EventUndeployed, 2, ""), change(kernel.EventUndeployed, 1, ""), change(kernel.EventSupportEnded, 6, ""),
	}
	tell := func(h PlaceHistory) (out []string) {
		for _, s := range h.Steps {
			out = append(out, fmt.Sprintf("%d: %s for %s", s.Event, s.Version.Number, s.Replaced.Number))
		}
		return out
	}
	all := steps(changes, 10)
	require.Equal(t, []string{"0: 9 for ", "0: 3 for 2", "0: 2 for 1", "1: 7 for ", "2: 8 for ", "3: 6 for "}, tell(all))
	require.True(t, all.Next.IsZero())
	few := steps(changes, 5)
	require.Len(t, few.Steps, 5)
	require.Equal(t, changes[6].PlaceMoment, few.Next, "what was replaced is not told again")
	require.Equal(t, []string{"3: 6 for "}, tell(steps(changes[7:], 5)))
}
