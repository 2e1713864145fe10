package javadate

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Write writes an instant in the format, in English and with its own zone.
func (f *Format) Write(at time.Time) string {
	var b strings.Builder
	for _, item := range f.items {
		if item.letter == 0 {
			b.WriteString(item.literal)
		} else {
			b.WriteString(dateField(at, item.letter, item.count))
		}
	}
	return b.String()
}

// dateField is one switch over the letters that [Parse] takes; width is how often
// the letter stands.
func dateField(at time.Time, letter byte, width int) string {
	switch letter {
	case 'y', 'u', 'Y':
		return yearField(at, letter, width)
	case 'M', 'L':
		return monthField(at, width)
	case 'd':
		return padded(at.Day(), width)
	case 'D':
		return padded(at.YearDay(), width)
	case 'H':
		return padded(at.Hour(), width)
	case 'k':
		return padded((at.Hour()+23)%24+1, width)
	case 'h':
		return padded((at.Hour()+11)%12+1, width)
	case 'K':
		return padded(at.Hour()%12, width)
	case 'm':
		return padded(at.Minute(), width)
	case 's':
		return padded(at.Second(), width)
	case 'S':
		return fraction(at, width)
	case 'A':
		return padded(int(sinceMidnight(at).Milliseconds()), width)
	case 'n':
		return padded(at.Nanosecond(), width)
	case 'N':
		return padded(int(sinceMidnight(at)), width)
	default:
		return calendarField(at, letter, width)
	}
}

// calendarField continues [dateField] with names, weeks and zones.
func calendarField(at time.Time, letter byte, width int) string {
	switch letter {
	case 'G':
		return era(at, width)
	case 'Q', 'q':
		return quarterField(at, width)
	case 'w':
		_, week := at.ISOWeek()
		return padded(week, width)
	case 'W':
		return padded((at.Day()-1)/7+1, width)
	case 'F':
		return padded((at.Day()-1)%7+1, width)
	case 'E':
		return named(at.Weekday().String(), width)
	case 'e', 'c':
		if width > 2 {
			return named(at.Weekday().String(), width)
		}
		return padded((int(at.Weekday())+6)%7+1, width)
	case 'a':
		return at.Format("PM")
	default:
		return zoneField(at, letter, width)
	}
}

func padded(n, width int) string { return fmt.Sprintf("%0*d", width, n) }

func yearField(at time.Time, letter byte, width int) string {
	year := at.Year()
	if letter == 'Y' {
		year, _ = at.ISOWeek()
	}
	if width == 2 {
		return fmt.Sprintf("%02d", (year%100+100)%100)
	}
	return padded(year, width)
}

func monthField(at time.Time, width int) string {
	if width < 3 {
		return padded(int(at.Month()), width)
	}
	return named(at.Month().String(), width)
}

func quarterField(at time.Time, width int) string {
	quarter := (int(at.Month())-1)/3 + 1
	switch width {
	case 3:
		return "Q" + strconv.Itoa(quarter)
	case 4:
		return quarterNames[quarter-1]
	case 5:
		width = 1
	}
	return padded(quarter, width)
}

// named is a name in the width that the count of letters asks for: up to 3
// short, 4 full, 5 the first letter.
func named(name string, width int) string {
	switch width {
	case 4:
		return name
	case 5:
		return name[:1]
	}
	return name[:3]
}

func era(at time.Time, width int) string {
	names := []string{"BC", "Before Christ", "B"}
	if at.Year() > 0 {
		names = []string{"AD", "Anno Domini", "A"}
	}
	return names[max(width, 3)-3]
}

func fraction(at time.Time, width int) string {
	return fmt.Sprintf("%09d", at.Nanosecond())[:width]
}

func sinceMidnight(at time.Time) time.Duration {
	return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute +
		time.Duration(at.Second())*time.Second + time.Duration(at.Nanosecond())
}

// zoneField writes the offset from UTC or the name of the zone.
func zoneField(at time.Time, letter byte, width int) string {
	name, seconds := at.Zone()
	switch letter {
	case 'X':
		if seconds == 0 {
			return "Z"
		}
		return offset(seconds, width)
	case 'x':
		return offset(seconds, width)
	case 'Z':
		return offsetZ(seconds, width)
	case 'O':
		return gmt(seconds, 3)
	case 'V':
		return zoneID(at, seconds)
	default: // z
		return zoneName(name, seconds)
	}
}

func offsetZ(seconds, width int) string {
	switch {
	case width <= 3:
		return offset(seconds, 2)
	case width == 4:
		return gmt(seconds, 3)
	case seconds == 0:
		return "Z"
	}
	return offset(seconds, 3)
}

// offset writes "+hh[mm]" (1), "+hhmm" (2), "+hh:mm" (3), "+hhmm[ss]" (4) or
// "+hh:mm[:ss]" (5).
func offset(seconds, form int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	hours, minutes, rest := seconds/3600, seconds/60%60, seconds%60
	colon := ""
	if form == 3 || form == 5 {
		colon = ":"
	}
	text := fmt.Sprintf("%c%02d", sign, hours)
	if form != 1 || minutes != 0 {
		text += fmt.Sprintf("%s%02d", colon, minutes)
	}
	if form >= 4 && rest != 0 {
		text += fmt.Sprintf("%s%02d", colon, rest)
	}
	return text
}

func gmt(seconds, form int) string {
	if seconds == 0 {
		return "GMT"
	}
	return "GMT" + offset(seconds, form)
}

// zoneID is the name of a zone, or its offset where it has none.
func zoneID(at time.Time, seconds int) string {
	name := at.Location().String()
	switch {
	case strings.Contains(name, "/") || name == "UTC":
		return name
	case seconds == 0:
		return "Z"
	}
	return offset(seconds, 3)
}

// zoneName is the abbreviation, or the offset where the zone has none.
func zoneName(name string, seconds int) string {
	if name == "" || name[0] == '+' || name[0] == '-' {
		return gmt(seconds, 3)
	}
	return name
}
