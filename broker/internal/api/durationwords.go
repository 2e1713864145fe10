package api

import (
	"time"

	"github.com/treatyhq/treaty/internal/wording"
)

// inWords tells a duration the way people do.
func inWords(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return wording.Count(int(d.Minutes()), "minute")
	case d < 24*time.Hour:
		return "about " + wording.Count(int(d.Hours()), "hour")
	case d < 60*24*time.Hour:
		return wording.Count(int(d.Hours()/24), "day")
	case d < 2*365*24*time.Hour:
		return "about " + wording.Count(int(d.Hours()/24/30), "month")
	}
	return "about " + wording.Count(int(d.Hours()/24/365), "year")
}
