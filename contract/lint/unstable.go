package lint

import "regexp"

// forms are what clocks and dice write, with words for them. fresh is a
// narrower pattern for values that people do not write by hand.
var forms = []struct {
	what    string
	pattern *regexp.Regexp
	fresh   *regexp.Regexp
}{
	{
		"a UUID",
		regexp.MustCompile(`(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b`),
		regexp.MustCompile(`(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b`),
	},
	{
		"a date and time",
		regexp.MustCompile(`\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d`),
		regexp.MustCompile(`\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d*[1-9]\d*`),
	},
	{
		"a date",
		regexp.MustCompile(`\b(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\b`),
		nil,
	},
	{
		"an HTTP date",
		regexp.MustCompile(`\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\b`),
		nil,
	},
	{
		"a token",
		regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.`),
		regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.`),
	},
	{
		"a ULID",
		regexp.MustCompile(`\b01[0-9A-HJKMNP-TV-Z]{24}\b`),
		regexp.MustCompile(`\b01[0-9A-HJKMNP-TV-Z]{24}\b`),
	},
	{
		"a time in milliseconds since 1970",
		regexp.MustCompile(`\b1[5-9]\d{11}\b`),
		regexp.MustCompile(`\b1[5-9]\d{9}[1-9]\d\b`),
	},
}

// unstable says in words what in a text changes by itself; "" if nothing does.
func unstable(s string) string {
	for _, form := range forms {
		if form.pattern.MatchString(s) {
			return form.what
		}
	}
	return ""
}

// fresh reports whether a text is one that people do not write by hand.
func fresh(s string) bool {
	for _, form := range forms {
		if form.fresh != nil && form.fresh.MatchString(s) {
			return true
		}
	}
	return false
}
