package pattern

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// quantified reads the quantifiers behind an item and writes it with them.
func (r *reader) quantified(item string) (string, error) {
	for n := 0; ; n++ {
		if r.flags.spaced && !r.quoted {
			r.skipSpace()
		}
		q, isInterval, err := r.quantifier()
		if err != nil || q == "" {
			return item, err
		}
		if n > 0 {
			if r.dialect != ruby {
				return "", &unknownHere{fmt.Sprintf("the quantifier %s stands behind another one; put what it repeats into a group", q)}
			}
			item = "(?:" + item + ")"
		}
		if isAssertion(item) {
			item = "(?:" + item + ")"
		}
		item = r.repeated(item, q, isInterval)
	}
}

// isAssertion reports whether an item is one that engines do not repeat unless
// it stands in a group.
func isAssertion(item string) bool {
	return slices.Contains([]string{lineStart, lineEnd, textStart, textEnd, wordBoundary, notBoundary}, item) ||
		strings.HasPrefix(item, "(?=") || strings.HasPrefix(item, "(?!") || strings.HasPrefix(item, "(?<")
}

// repeated writes an item with one quantifier and reads its suffix: "?" asks
// for the fewest repetitions, "+" never gives one back.
func (r *reader) repeated(item, q string, isInterval bool) string {
	exact := isInterval && !strings.Contains(q, ",")
	switch {
	case r.skip("?"):
		if exact {
			r.differ("{n}?, which Ruby reads as an optional {n}")
			if r.dialect == ruby {
				return "(?:" + item + q + ")?"
			}
		}
		return item + q + "?"
	case r.skip("+"):
		if isInterval {
			r.differ("{n,m}+, which Ruby reads as a repetition of {n,m}")
			if r.dialect == ruby {
				return "(?:" + item + q + ")+"
			}
		}
		return "(?>" + item + q + ")"
	}
	return item + q
}

// quantifier reads "*", "+", "?" or an interval; "" if none comes.
func (r *reader) quantifier() (q string, isInterval bool, err error) {
	if len(r.rest) == 0 {
		return "", false, nil
	}
	switch c := r.rest[0]; c {
	case '*', '+', '?':
		r.rest = r.rest[1:]
		return string(c), false, nil
	case '{':
		i, ok := r.interval()
		if !ok {
			return "", false, nil // a character
		}
		r.rest = r.rest[i.length:]
		if i.low > maxCount || i.high > maxCount {
			return "", false, fmt.Errorf("a quantifier counts further than %d", maxCount)
		}
		if i.high >= 0 && i.low > i.high {
			return "", false, errors.New("the bounds of a quantifier {n,m} are in the wrong order")
		}
		return i.String(), true, nil
	}
	return "", false, nil
}

// interval is {n}, {n,}, {n,m} or, in Ruby, {,m}.
type interval struct {
	low, high int // high is -1 for none
	exact     bool
	length    int
}

func (i interval) String() string {
	switch {
	case i.exact:
		return fmt.Sprintf("{%d}", i.low)
	case i.high < 0:
		return fmt.Sprintf("{%d,}", i.low)
	}
	return fmt.Sprintf("{%d,%d}", i.low, i.high)
}

// interval looks at what comes next without reading it.
func (r *reader) interval() (interval, bool) {
	end := slices.Index(r.rest[:min(len(r.rest), 24)], '}')
	if end < 0 {
		return interval{}, false
	}
	low, high, several := strings.Cut(string(r.rest[1:end]), ",")
	i := interval{high: -1, exact: !several, length: end + 1}
	var err error
	switch {
	case low == "" && several && high != "" && r.dialect == ruby:
	case !isDigits(low):
		return i, false
	default:
		if i.low, err = strconv.Atoi(low); err != nil {
			i.low = maxCount + 1
		}
	}
	if high != "" {
		if !isDigits(high) {
			return i, false
		}
		if i.high, err = strconv.Atoi(high); err != nil {
			i.high = maxCount + 1
		}
	}
	return i, true
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
