package webhook_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/webhook"
)

func TestScheduleEnds(t *testing.T) {
	t.Parallel()
	schedule := []time.Duration{time.Second, time.Minute}

	first, again := webhook.NextDelay(schedule, 1)
	require.True(t, again)
	require.Equal(t, time.Second, first)
	second, again := webhook.NextDelay(schedule, 2)
	require.True(t, again)
	require.Equal(t, time.Minute, second)
	_, again = webhook.NextDelay(schedule, 3)
	require.False(t, again)
}
