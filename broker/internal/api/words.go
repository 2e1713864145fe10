package api

import (
	"fmt"
	"time"
)

// inWords tells a duration the way people do.
func inWords(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return counted(int(d.Minutes()), "minute")
	case d < 24*time.Hour:
		return "about " + counted(int(d.Hours()), "hour")
	case d < 60*24*time.Hour:
		return counted(int(d.Hours()/24), "day")
	case d < 2*365*24*time.Hour:
		return "about " + counted(int(d.Hours()/24/30), "month")
	}
	return "about " + counted(int(d.Hours()/24/365), "year")
}

func counted(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
