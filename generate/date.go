package generate

import (
	"fmt"
	"strings"
	"time"

	"github.com/treatyhq/treaty/internal/javadate"
)

// isoDateTime applies when a generator of a date and time has no format.
const isoDateTime = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"

// dateTime makes a Date, Time or DateTime: now, shifted by the expression, in
// the format.
func (c Context) dateTime(kind string, a attrs) (any, error) {
	format, shift := javadate.ISODate, shiftDate
	switch kind {
	case "Time":
		format, shift = javadate.ISOTime, shiftTime
	case "DateTime":
		format, shift = isoDateTime, shiftDateTime
	}
	if own := a.text("format"); own != "" {
		format = own
	}
	at, err := shift(c.now(), a.text("expression"))
	if err != nil {
		return nil, err
	}
	return FormatDate(at, format)
}

// FormatDate writes at in a Java-style format: letters stand for fields,
// their number for the width, text in single quotes and other characters for
// themselves (java.time.format.DateTimeFormatter). An unknown letter, or one
// repeated more often than the field allows, is an error.
func FormatDate(at time.Time, format string) (string, error) {
	f, err := javadate.Parse(format)
	if err != nil {
		return "", fmt.Errorf("date format %q: %w", format[:min(len(format), 100)], err)
	}
	return f.Write(at), nil
}

// shiftDateTime applies "date expression @ time expression"; either may be
// left out.
func shiftDateTime(base time.Time, expression string) (time.Time, error) {
	date, clock, _ := strings.Cut(expression, "@")
	at, err := shiftDate(base, date)
	if err != nil {
		return base, err
	}
	return shiftTime(at, clock)
}

// maxShift bounds the number in "+ N days", so that dates stay readable.
const maxShift = 1_000_000

// words is a cursor over the words, numbers and signs of an expression.
type words struct {
	text  string
	items []string
}

func splitWords(expression string) *words {
	w := &words{text: expression}
	kind := func(r rune) int {
		switch {
		case r >= '0' && r <= '9':
			return 1
		case r == '+' || r == '-':
			return 2
		case r == ' ' || r == '\t' || r == '\n' || r == '\r':
			return 3
		default:
			return 4
		}
	}
	last := 3
	for _, r := range strings.ToLower(expression) {
		k := kind(r)
		switch {
		case k == 3:
		case k == last && k != 2:
			w.items[len(w.items)-1] += string(r)
		default:
			w.items = append(w.items, string(r))
		}
		last = k
	}
	return w
}

func (w *words) next() string {
	if len(w.items) == 0 {
		return ""
	}
	item := w.items[0]
	w.items = w.items[1:]
	return item
}

// take consumes the next word if it is the given one.
func (w *words) take(word string) bool {
	if len(w.items) > 0 && w.items[0] == word {
		w.items = w.items[1:]
		return true
	}
	return false
}

// takeAny consumes the next word if it is one of names.
func (w *words) takeAny(names ...string) (string, bool) {
	for _, name := range names {
		if w.take(name) {
			return name, true
		}
	}
	return "", false
}

func (w *words) fail(expected string) error {
	found := "its end"
	if len(w.items) > 0 {
		found = fmt.Sprintf("%q", w.items[0])
	}
	return fmt.Errorf("expression %q: expected %s, found %s", w.text, expected, found)
}

// number reads the number after a sign.
func (w *words) number() (int, error) {
	n := 0
	if len(w.items) == 0 || w.items[0][0] < '0' || w.items[0][0] > '9' {
		return 0, w.fail("a number")
	}
	for _, digit := range w.next() {
		n = n*10 + int(digit-'0')
		if n > maxShift {
			return 0, fmt.Errorf("expression %q: a number is above %d", w.text, maxShift)
		}
	}
	return n, nil
}

// operations applies "+ N unit", "- N unit", "next thing" and "last thing"
// until the end. add shifts by a unit in the singular; jump goes to the next
// (+1) or last (-1) thing. Both report whether they know the word.
func (w *words) operations(
	at time.Time,
	add func(at time.Time, n int, unit string) (time.Time, bool),
	jump func(at time.Time, direction int, thing string) (time.Time, bool),
) (time.Time, error) {
	for len(w.items) > 0 {
		var known bool
		switch op, _ := w.takeAny("+", "-", "next", "last"); op {
		case "":
			return at, w.fail("+, -, next or last")
		case "next", "last":
			direction := 1
			if op == "last" {
				direction = -1
			}
			if len(w.items) > 0 {
				at, known = jump(at, direction, w.items[0])
			}
		default:
			n, err := w.number()
			if err != nil {
				return at, err
			}
			if op == "-" {
				n = -n
			}
			if len(w.items) > 0 {
				at, known = add(at, n, strings.TrimSuffix(w.items[0], "s"))
			}
		}
		if !known {
			return at, w.fail("a unit of time")
		}
		w.next()
	}
	return at, nil
}

// shiftDate applies a date expression: a base (now, today, yesterday,
// tomorrow) and operations in days, weeks, months and years.
func shiftDate(base time.Time, expression string) (time.Time, error) {
	w := splitWords(expression)
	at := base
	switch day, _ := w.takeAny("now", "today", "yesterday", "tomorrow"); day {
	case "yesterday":
		at = at.AddDate(0, 0, -1)
	case "tomorrow":
		at = at.AddDate(0, 0, 1)
	}
	return w.operations(at, addDate, jumpDate)
}

func addDate(at time.Time, n int, unit string) (time.Time, bool) {
	switch unit {
	case "day":
		return at.AddDate(0, 0, n), true
	case "week":
		return at.AddDate(0, 0, 7*n), true
	case "month":
		return addMonths(at, n), true
	case "year":
		return addMonths(at, 12*n), true
	default:
		return at, false
	}
}

// addMonths keeps the day of the month, or takes the last one of a shorter month.
func addMonths(at time.Time, n int) time.Time {
	first := time.Date(at.Year(), at.Month(), 1, at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), at.Location())
	first = first.AddDate(0, n, 0)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(at.Day(), last)-1)
}

// jumpDate goes to the next or last unit, weekday or month. A weekday is
// strictly after or before the day; a month starts on its first day.
func jumpDate(at time.Time, direction int, thing string) (time.Time, bool) {
	if thing == "fortnight" {
		return at.AddDate(0, 0, 14*direction), true
	}
	if day, ok := lookUp(weekdays, thing); ok {
		n := (day - int(at.Weekday()) + 7) % 7
		if direction < 0 {
			n -= 7
		} else if n == 0 {
			n = 7
		}
		return at.AddDate(0, 0, n), true
	}
	if month, ok := lookUp(months, thing); ok {
		year := at.Year()
		month++
		if direction > 0 && int(at.Month()) >= month {
			year++
		}
		if direction < 0 && int(at.Month()) <= month {
			year--
		}
		return time.Date(year, time.Month(month), 1, at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), at.Location()), true
	}
	return addDate(at, direction, thing)
}

var (
	weekdays = [][]string{
		{"sunday", "sun"}, {"monday", "mon"}, {"tuesday", "tues", "tue"}, {"wednesday", "wed"},
		{"thursday", "thurs", "thur", "thu"}, {"friday", "fri"}, {"saturday", "sat"},
	}
	months = [][]string{
		{"january", "jan"}, {"february", "feb"}, {"march", "mar"}, {"april", "apr"}, {"may"}, {"june", "jun"},
		{"july", "jul"}, {"august", "aug"}, {"september", "sept", "sep"}, {"october", "oct"}, {"november", "nov"}, {"december", "dec"},
	}
)

// lookUp returns the position of the list that holds name.
func lookUp(lists [][]string, name string) (int, bool) {
	for i, names := range lists {
		for _, one := range names {
			if one == name {
				return i, true
			}
		}
	}
	return 0, false
}

// shiftTime applies a time expression: a base (now, midnight, noon, N
// o'clock) and operations in hours, minutes, seconds and milliseconds.
func shiftTime(base time.Time, expression string) (time.Time, error) {
	w := splitWords(expression)
	at := base
	switch start, _ := w.takeAny("now", "midnight", "noon"); start {
	case "midnight":
		at = atHour(base, 0)
	case "noon":
		at = atHour(base, 12)
	case "":
		if len(w.items) > 1 && w.items[1] == "o'clock" {
			var err error
			if at, err = w.oClock(base); err != nil {
				return base, err
			}
		}
	}
	return w.operations(at, addTime, addTime)
}

func atHour(base time.Time, hour int) time.Time {
	return time.Date(base.Year(), base.Month(), base.Day(), hour, 0, 0, 0, base.Location())
}

// oClock reads "N o'clock [am|pm]"; without am or pm it is the next such hour
// in half a day.
func (w *words) oClock(base time.Time) (time.Time, error) {
	n, err := w.number()
	if err != nil {
		return base, err
	}
	w.next()
	if n > 12 {
		return base, fmt.Errorf("expression %q: there is no %d o'clock; it can be 1 to 12", w.text, n)
	}
	half, _ := w.takeAny("am", "pm")
	if half == "" && base.Hour() < 12 {
		half = "pm"
	}
	hour := n % 12
	if half == "pm" {
		hour += 12
	}
	return atHour(base, hour), nil
}

func addTime(at time.Time, n int, unit string) (time.Time, bool) {
	units := map[string]time.Duration{
		"hour": time.Hour, "minute": time.Minute, "second": time.Second, "millisecond": time.Millisecond,
	}
	size, ok := units[unit]
	return at.Add(time.Duration(n) * size), ok
}
