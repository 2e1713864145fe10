package web

import (
	"time"

	"github.com/treatyhq/treaty/internal/wording"
)

// moment is a time for people and for machines.
type moment struct {
	Known                       bool
	Relative, Absolute, Machine string
}

func (w *web) moment(t time.Time) moment {
	if t.IsZero() {
		return moment{}
	}
	return moment{
		Known:    true,
		Relative: ago(w.config.Now().Sub(t)),
		Absolute: t.UTC().Format("2 January 2006, 15:04:05 UTC"),
		Machine:  t.UTC().Format(time.RFC3339),
	}
}

// ago says how long ago something was, in the largest whole unit.
func ago(d time.Duration) string {
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{
		{365 * 24 * time.Hour, "year"},
		{30 * 24 * time.Hour, "month"},
		{24 * time.Hour, "day"},
		{time.Hour, "hour"},
		{time.Minute, "minute"},
	} {
		if n := int(d / unit.length); n >= 1 {
			return wording.Count(n, unit.name) + " ago"
		}
	}
	return "just now"
}
