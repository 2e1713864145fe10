package generate

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// FormatDate writes at in a Java-style format: letters stand for fields,
// their number for the width, text in single quotes and other characters for
// themselves (java.time.format.DateTimeFormatter). An unknown letter, or one
// repeated more often than the field allows, is an error.
func FormatDate(at time.Time, format string) (string, error) {
	if len(format) > maxLength {
		return "", fmt.Errorf("the date format has %d characters; it can have %d", len(format), maxLength)
	}
	var b strings.Builder
	for i := 0; i < len(format); {
		c := format[i]
		switch {
		case c == '\'':
			text, n, err := quotedText(format[i:])
			if err != nil {
				return "", err
			}
			b.WriteString(text)
			i += n
		case isLetter(c):
			n := 1
			for i+n < len(format) && format[i+n] == c {
				n++
			}
			text, err := dateField(at, c, n)
			if err != nil {
				return "", fmt.Errorf("date format %q: %w", format, err)
			}
			b.WriteString(text)
			i += n
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String(), nil
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// quotedText reads a quoted part and returns its length; two quotes are one.
func quotedText(s string) (text string, length int, err error) {
	if strings.HasPrefix(s, "''") {
		return "'", 2, nil
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != '\'' {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		return b.String(), i + 1, nil
	}
	return "", 0, fmt.Errorf("the date format %q ends inside quotes", s)
}

// dateField is one switch over the letters; width is how often the letter stands.
func dateField(at time.Time, letter byte, width int) (string, error) {
	switch letter {
	case 'y', 'u', 'Y':
		return yearField(at, letter, width)
	case 'M', 'L':
		return namedField(int(at.Month()), at.Month().String(), width)
	case 'd':
		return padded(at.Day(), width, 2, letter)
	case 'D':
		return padded(at.YearDay(), width, 3, letter)
	case 'H':
		return padded(at.Hour(), width, 2, letter)
	case 'k':
		return padded((at.Hour()+23)%24+1, width, 2, letter)
	case 'h':
		return padded((at.Hour()+11)%12+1, width, 2, letter)
	case 'K':
		return padded(at.Hour()%12, width, 2, letter)
	case 'm':
		return padded(at.Minute(), width, 2, letter)
	case 's':
		return padded(at.Second(), width, 2, letter)
	case 'S':
		return fraction(at, width)
	case 'A':
		return padded(int(sinceMidnight(at).Milliseconds()), width, 19, letter)
	case 'n':
		return padded(at.Nanosecond(), width, 19, letter)
	case 'N':
		return padded(int(sinceMidnight(at)), width, 19, letter)
	default:
		return calendarField(at, letter, width)
	}
}

// calendarField continues [dateField] with names, weeks and zones.
func calendarField(at time.Time, letter byte, width int) (string, error) {
	switch letter {
	case 'G':
		return era(at, width)
	case 'Q', 'q':
		quarter := (int(at.Month())-1)/3 + 1
		if width == 3 {
			return "Q" + strconv.Itoa(quarter), nil
		}
		return padded(quarter, width, 2, letter)
	case 'w':
		_, week := at.ISOWeek()
		return padded(week, width, 2, letter)
	case 'W':
		return padded((at.Day()-1)/7+1, width, 1, letter)
	case 'F':
		return padded((at.Day()-1)%7+1, width, 1, letter)
	case 'E':
		return weekday(at, max(width, 3))
	case 'e', 'c':
		if width > 2 {
			return weekday(at, width)
		}
		return padded((int(at.Weekday())+6)%7+1, width, 2, letter)
	case 'a':
		if width > 1 {
			return "", tooMany(letter, width)
		}
		return at.Format("PM"), nil
	default:
		return zoneField(at, letter, width)
	}
}

func tooMany(letter byte, width int) error {
	return fmt.Errorf("%q is too many of the letter %c", strings.Repeat(string(letter), min(width, 30)), letter)
}

func padded(n, width, most int, letter byte) (string, error) {
	if width > most {
		return "", tooMany(letter, width)
	}
	return fmt.Sprintf("%0*d", width, n), nil
}

func yearField(at time.Time, letter byte, width int) (string, error) {
	year := at.Year()
	if letter == 'Y' {
		year, _ = at.ISOWeek()
	}
	if width == 2 {
		return fmt.Sprintf("%02d", (year%100+100)%100), nil
	}
	return padded(year, width, 19, letter)
}

func namedField(n int, name string, width int) (string, error) {
	switch width {
	case 1, 2:
		return fmt.Sprintf("%0*d", width, n), nil
	case 3:
		return name[:3], nil
	case 4:
		return name, nil
	case 5:
		return name[:1], nil
	default:
		return "", fmt.Errorf("a month has one to five letters, found %d", width)
	}
}

func weekday(at time.Time, width int) (string, error) {
	name := at.Weekday().String()
	switch width {
	case 3:
		return name[:3], nil
	case 4:
		return name, nil
	case 5:
		return name[:1], nil
	default:
		return "", fmt.Errorf("a weekday has one to five letters, found %d", width)
	}
}

func era(at time.Time, width int) (string, error) {
	names := []string{"BC", "Before Christ", "B"}
	if at.Year() > 0 {
		names = []string{"AD", "Anno Domini", "A"}
	}
	switch {
	case width <= 3:
		return names[0], nil
	case width == 4:
		return names[1], nil
	case width == 5:
		return names[2], nil
	default:
		return "", tooMany('G', width)
	}
}

func fraction(at time.Time, width int) (string, error) {
	if width > 9 {
		return "", tooMany('S', width)
	}
	return fmt.Sprintf("%09d", at.Nanosecond())[:width], nil
}

func sinceMidnight(at time.Time) time.Duration {
	return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute +
		time.Duration(at.Second())*time.Second + time.Duration(at.Nanosecond())
}

// zoneField writes the offset from UTC or the name of the zone.
func zoneField(at time.Time, letter byte, width int) (string, error) {
	name, seconds := at.Zone()
	switch letter {
	case 'X', 'x':
		if width > 5 {
			return "", tooMany(letter, width)
		}
		if letter == 'X' && seconds == 0 {
			return "Z", nil
		}
		return offset(seconds, width), nil
	case 'Z':
		switch {
		case width <= 3:
			return offset(seconds, 2), nil
		case width == 4:
			return gmt(seconds, 3), nil
		case width == 5 && seconds == 0:
			return "Z", nil
		case width == 5:
			return offset(seconds, 3), nil
		}
	case 'O':
		if width == 1 || width == 4 {
			return gmt(seconds, 3), nil
		}
	case 'V':
		if width == 2 {
			return zoneID(at, seconds), nil
		}
	case 'z':
		if width <= 4 {
			return zoneName(name, seconds), nil
		}
	default:
		return "", fmt.Errorf("the letter %c stands for nothing", letter)
	}
	return "", tooMany(letter, width)
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

func zoneID(at time.Time, seconds int) string {
	name := at.Location().String()
	if strings.Contains(name, "/") || name == "UTC" {
		return name
	}
	return gmt(seconds, 3)
}

// zoneName is the abbreviation, or the offset where the zone has none.
func zoneName(name string, seconds int) string {
	if name == "" || name[0] == '+' || name[0] == '-' {
		return gmt(seconds, 3)
	}
	return name
}
