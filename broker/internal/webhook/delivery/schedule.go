package delivery

import "time"

// DefaultSchedule is Pact Broker's: seven attempts within 38 minutes.
func DefaultSchedule() []time.Duration {
	return []time.Duration{
		10 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 20 * time.Minute,
	}
}

// nextDelay returns how long to wait after the failed attempt of that number,
// from 1, and whether there is another attempt at all.
func nextDelay(schedule []time.Duration, attempt int) (time.Duration, bool) {
	if attempt < 1 || attempt > len(schedule) {
		return 0, false
	}
	return schedule[attempt-1], true
}
