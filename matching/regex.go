package matching

import (
	"errors"

	"github.com/treatyhq/treaty/internal/pattern"
)

// regex is the expression of a regex rule, which must match a text whole, as
// the specification's reference implementation asks (rule 23 in doc.go). It
// belongs to one comparison.
type regex struct {
	source  string
	pattern *pattern.Pattern
	// err says that the expression cannot be read, or that it has run away:
	// it is not asked for the thousand other values of a list then.
	err error
}

func newRegex(source string) *regex {
	r := &regex{source: source}
	r.pattern, r.err = pattern.Compile(source)
	return r
}

// match reports whether text as a whole matches; the error says that the
// expression cannot be read, took too long, or has no one meaning.
func (r *regex) match(text string) (bool, error) {
	if r.err != nil {
		return false, r.err
	}
	ok, err := r.pattern.Match(text)
	var refused *pattern.Error
	if errors.As(err, &refused) && refused.RanAway {
		r.err = err
	}
	return ok, err
}
