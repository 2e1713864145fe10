package kit

import (
	"time"

	"github.com/treatyhq/treaty/internal/wording"
)

// Time is a moment for people and for machines.
type Time struct {
	Known                       bool
	Relative, Absolute, Machine string
	// Whole shows the absolute time too, where there is room.
	Whole bool
}

// At is a moment as seen at another. The zero time is not known.
func At(now, t time.Time) Time {
	if t.IsZero() {
		return Time{}
	}
	return Time{
		Known:    true,
		Relative: ago(now.Sub(t)),
		Absolute: t.UTC().Format("2 January 2006, 15:04:05 UTC"),
		Machine:  t.UTC().Format(time.RFC3339),
	}
}

// InFull shows the absolute time beside the relative one.
func (t Time) InFull() Time {
	t.Whole = true
	return t
}

// Part implements [Part].
func (Time) Part() string { return "time" }

// Plain is the absolute time.
func (t Time) Plain() string {
	if !t.Known {
		return "never"
	}
	return t.Absolute
}

func (t Time) key() string {
	if !t.Known {
		return last
	}
	return t.Machine
}

// ago says how long ago something was, in the largest whole unit. The script
// says it again in the same words as time goes by.
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
