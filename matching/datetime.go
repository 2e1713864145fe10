package matching

import "github.com/treatyhq/treaty/internal/javadate"

// isoDateTime is what a timestamp rule without a format asks for.
const isoDateTime = "yyyy-MM-dd'T'HH:mm:ssXXX"

// dateFormat is the format of a rule, read once. A wrong one rejects every text
// with the reason.
type dateFormat struct {
	source string
	format *javadate.Format
	err    error
}

func readDateFormat(source string) *dateFormat {
	format, err := javadate.Parse(source)
	return &dateFormat{source, format, err}
}

// match reports whether text as a whole is written in the format and is a date
// that exists; if not, the reason.
func (f *dateFormat) match(text string) (reason string, ok bool) {
	if f.err != nil {
		return f.err.Error(), false
	}
	return f.format.Match(text)
}
