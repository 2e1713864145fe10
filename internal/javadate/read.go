package javadate

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// reader reads a text field by field.
type reader struct {
	text  string
	pos   int
	fixed bool // digits follow the field, so it has exactly its count of them

	year, month, day, weekday, dayOfYear int // -1 while unknown
}

// letters is every letter that has a meaning (java.time.format.DateTimeFormatter),
// with how it is read: with the tolerance of the reference implementation, where
// numbers may have fewer digits than letters.
var letters map[byte]letter

func init() { // a literal would be an initialisation cycle through item
	year := letter{19, true, readYear}
	month := letter{5, true, readMonth}
	quarter := letter{5, true, readQuarter}
	weekday := letter{5, true, readWeekdayNumber}
	letters = map[byte]letter{
		'G': {5, false, readEra},
		'u': year, 'y': year, 'Y': year,
		'M': month, 'L': month,
		'd': {2, true, readDay},
		'D': {3, true, readDayOfYear},
		'Q': quarter, 'q': quarter,
		'w': number(2, 1, 56),
		'W': number(1, 1, 5),
		'F': number(1, 1, 7),
		'E': {5, false, readWeekdayName},
		'e': weekday, 'c': weekday,
		'a': {1, false, func(r *reader, _ int) bool { return r.word("AM", "PM") >= 0 }},
		'h': number(2, 1, 12),
		'K': number(2, 0, 11),
		'k': number(2, 1, 24),
		'H': number(2, 0, 23),
		'm': number(2, 0, 59),
		's': number(2, 0, 60),
		'S': {9, true, func(r *reader, n int) bool { return r.digits(n) != "" }},
		'A': number(19, 0, 24*60*60*1000-1),
		'n': number(19, 0, 1e9-1),
		'N': number(19, 0, 24*60*60*1e9-1),
		'V': {2, false, readZoneID},
		'z': {4, false, readZoneName},
		'O': {4, false, readLocalizedOffset},
		'X': {5, false, func(r *reader, n int) bool { return r.zulu() || r.offset(n) }},
		'x': {5, false, func(r *reader, n int) bool { return r.offset(n) }},
		'Z': {5, false, readOffsetZ},
	}
}

// number is a field of 1 to count digits within bounds; a letter that stands
// once takes as many digits as the largest value has.
func number(maxCount, low, high int) letter {
	return letter{maxCount, true, func(r *reader, count int) bool {
		v, ok := r.number(count, high)
		return ok && v >= low && v <= high
	}}
}

// Match reports whether text as a whole is written in the format and is a date
// that exists; if not, the reason.
func (f *Format) Match(text string) (reason string, ok bool) {
	r := reader{text: text, day: -1, month: -1, year: -1, weekday: -1, dayOfYear: -1}
	for i, item := range f.items {
		if item.letter == 0 {
			if !strings.HasPrefix(r.text[r.pos:], item.literal) {
				return fmt.Sprintf("expected '%s' at position %d", item.literal, r.pos+1), false
			}
			r.pos += len(item.literal)
			continue
		}
		r.fixed = i+1 < len(f.items) && f.items[i+1].startsWithDigits()
		if !letters[item.letter].read(&r, item.count) {
			return fmt.Sprintf("no value for '%s' at position %d",
				strings.Repeat(string(item.letter), item.count), r.pos+1), false
		}
	}
	if r.pos < len(text) {
		return fmt.Sprintf("text remains after position %d", r.pos), false
	}
	return r.exists()
}

// digits takes up to n digits, exactly n if the field is fixed.
func (r *reader) digits(n int) string {
	end := r.pos
	for end < len(r.text) && end < r.pos+n && isDigit(r.text[end]) {
		end++
	}
	if r.fixed && end-r.pos < n {
		return ""
	}
	s := r.text[r.pos:end]
	r.pos = end
	return s
}

func (r *reader) number(count, high int) (int, bool) {
	if !r.fixed {
		count = max(count, len(strconv.Itoa(high)))
	}
	at := r.pos
	v, err := strconv.Atoi(r.digits(count))
	if err != nil {
		r.pos = at
	}
	return v, err == nil
}

// word takes the longest of words that the text continues with, in any case,
// and returns its index, or -1.
func (r *reader) word(words ...string) int {
	found, length := -1, 0
	rest := r.text[r.pos:]
	for i, w := range words {
		if len(w) > length && len(rest) >= len(w) && strings.EqualFold(rest[:len(w)], w) {
			found, length = i, len(w)
		}
	}
	r.pos += length
	return found
}

func readEra(r *reader, count int) bool {
	switch count {
	case 4:
		return r.word("Anno Domini", "Before Christ") >= 0
	case 5:
		return r.word("A", "B") >= 0
	}
	return r.word("AD", "BC") >= 0
}

func readYear(r *reader, count int) bool {
	if count != 2 && r.pos < len(r.text) && (r.text[r.pos] == '+' || r.text[r.pos] == '-') {
		r.pos++
	}
	switch {
	case count == 2:
		s := r.digits(2)
		if len(s) != 2 {
			return false
		}
		r.year, _ = strconv.Atoi(s)
		r.year += 2000
		return true
	case (count == 1 || count == 3) && !r.fixed: // a year of today has more digits
		count = 9
	}
	v, err := strconv.Atoi(r.digits(count))
	r.year = v
	return err == nil
}

var (
	monthNames   = names(12, func(i int) string { return time.Month(i + 1).String() })
	quarterNames = []string{"1st quarter", "2nd quarter", "3rd quarter", "4th quarter"}
	weekdayNames = names(7, func(i int) string { return time.Weekday((i + 1) % 7).String() }) // Monday first
)

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func names(n int, name func(int) string) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = name(i)
	}
	return list
}

func short(names []string, n int) []string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = name[:n]
	}
	return list
}

// named takes a name in the width that the letter count asks for: 3 short,
// 4 full, 5 the first letter.
func (r *reader) named(count int, names []string) int {
	switch count {
	case 4:
		return r.word(names...)
	case 5:
		return r.word(short(names, 1)...)
	}
	return r.word(short(names, 3)...)
}

func readMonth(r *reader, count int) bool {
	if count < 3 {
		v, ok := r.number(count, 12)
		r.month = v
		return ok && v >= 1 && v <= 12
	}
	i := r.named(count, monthNames)
	if count != 5 { // one letter does not name a month
		r.month = i + 1
	}
	return i >= 0
}

func readDay(r *reader, count int) bool {
	v, ok := r.number(count, 31)
	r.day = v
	return ok && v >= 1 && v <= 31
}

func readDayOfYear(r *reader, count int) bool {
	v, ok := r.number(count, 366)
	r.dayOfYear = v
	return ok && v >= 1 && v <= 366
}

func readQuarter(r *reader, count int) bool {
	switch count {
	case 3:
		return r.word("Q1", "Q2", "Q3", "Q4") >= 0
	case 4:
		return r.word(quarterNames...) >= 0
	case 5:
		count = 1
	}
	v, ok := r.number(count, 4)
	return ok && v >= 1 && v <= 4
}

func readWeekdayName(r *reader, count int) bool {
	i := r.named(count, weekdayNames)
	if count != 5 {
		r.weekday = (i + 1) % 7
	}
	return i >= 0
}

func readWeekdayNumber(r *reader, count int) bool {
	if count >= 3 {
		return readWeekdayName(r, count)
	}
	v, ok := r.number(count, 7)
	return ok && v >= 1 && v <= 7
}

func (r *reader) zulu() bool {
	if r.pos < len(r.text) && r.text[r.pos] == 'Z' {
		r.pos++
		return true
	}
	return false
}

// offset takes a zone offset in the form of n letters X or x:
// 1 ±hh[mm], 2 ±hhmm, 3 ±hh:mm, 4 ±hhmm[ss], 5 ±hh:mm[:ss].
func (r *reader) offset(n int) bool {
	if !r.sign() || !r.pair(18) {
		return false
	}
	colon := ""
	if n == 3 || n == 5 {
		colon = ":"
	}
	if !r.optionalPair(colon) {
		return n == 1
	}
	if n >= 4 {
		r.optionalPair(colon)
	}
	return true
}

func (r *reader) sign() bool {
	if r.pos < len(r.text) && (r.text[r.pos] == '+' || r.text[r.pos] == '-') {
		r.pos++
		return true
	}
	return false
}

// pair takes exactly two digits of at most high.
func (r *reader) pair(high int) bool {
	if r.pos+2 > len(r.text) || !isDigit(r.text[r.pos]) || !isDigit(r.text[r.pos+1]) {
		return false
	}
	v, _ := strconv.Atoi(r.text[r.pos : r.pos+2])
	if v > high {
		return false
	}
	r.pos += 2
	return true
}

// optionalPair takes separator and two digits below 60, or nothing.
func (r *reader) optionalPair(separator string) bool {
	at := r.pos
	if !strings.HasPrefix(r.text[r.pos:], separator) {
		return false
	}
	r.pos += len(separator)
	if !r.pair(59) {
		r.pos = at
		return false
	}
	return true
}

func readOffsetZ(r *reader, count int) bool {
	switch count {
	case 4:
		return readLocalizedOffset(r, 4)
	case 5:
		return r.zulu() || r.offset(5)
	}
	return r.offset(2)
}

// readLocalizedOffset takes GMT, GMT±h or GMT±h:mm.
func readLocalizedOffset(r *reader, _ int) bool {
	if r.word("GMT") < 0 {
		return false
	}
	if !r.sign() {
		return true
	}
	if !r.pair(18) {
		if r.pos >= len(r.text) || !isDigit(r.text[r.pos]) {
			return false
		}
		r.pos++
	}
	r.optionalPair(":")
	return true
}

// zonesKnown reports whether this machine has a time zone database; without
// one any name of the right form is accepted.
var zonesKnown = sync.OnceValue(func() bool {
	_, err := time.LoadLocation("Europe/London")
	return err == nil
})

func readZoneID(r *reader, _ int) bool {
	if r.zulu() || r.offset(3) {
		return true
	}
	end := r.pos
	for end < len(r.text) && (isLetter(r.text[end]) || isDigit(r.text[end]) || strings.IndexByte("/_+-", r.text[end]) >= 0) {
		end++
	}
	name := r.text[r.pos:end]
	if name == "" || !isLetter(name[0]) || len(name) > 64 {
		return false
	}
	if _, err := time.LoadLocation(name); err != nil && zonesKnown() {
		return false
	}
	r.pos = end
	return true
}

// readZoneName takes an abbreviation such as CET, or with four letters a name
// such as Central European Time. A zone that has no name goes by its offset.
func readZoneName(r *reader, count int) bool {
	if rest := r.text[r.pos:]; strings.HasPrefix(rest, "GMT+") || strings.HasPrefix(rest, "GMT-") {
		return readLocalizedOffset(r, 4)
	}
	end := r.pos
	for end < len(r.text) && (isLetter(r.text[end]) || count == 4 && r.text[end] == ' ') {
		end++
	}
	length := end - r.pos
	ok := length >= 3 && (count == 4 || length <= 5)
	r.pos = end
	return ok
}

// exists checks that the day is in the month; a date without a year is in a
// year of 365 days, as in the reference implementation.
func (r *reader) exists() (string, bool) {
	if r.dayOfYear > 365 && r.year >= 0 && time.Date(r.year, time.December, 31, 0, 0, 0, 0, time.UTC).YearDay() < r.dayOfYear {
		return "that year has 365 days", false
	}
	if r.day < 0 || r.month < 1 {
		return "", true
	}
	year := r.year
	if year < 0 {
		year = 2001
	}
	if last := time.Date(year, time.Month(r.month)+1, 0, 0, 0, 0, 0, time.UTC).Day(); r.day > last {
		return "the " + monthNames[r.month-1] + " of that year has " + strconv.Itoa(last) + " days", false
	}
	if r.weekday >= 0 && r.year >= 0 {
		got := time.Date(year, time.Month(r.month), r.day, 0, 0, 0, 0, time.UTC).Weekday()
		if int(got) != r.weekday {
			return "that day is a " + got.String(), false
		}
	}
	return "", true
}
