package delivery

import "time"

// nextDelay returns how long to wait after the failed attempt of that number,
// from 1, and whether there is another attempt at all.
func nextDelay(schedule []time.Duration, attempt int) (time.Duration, bool) {
	if attempt < 1 || attempt > len(schedule) {
		return 0, false
	}
	return schedule[attempt-1], true
}
