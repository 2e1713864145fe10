package pattern

import (
	"errors"
	"strings"
)

// dialect is whose expression a text is taken for.
type dialect int

const (
	ruby dialect = iota // and Oniguruma, the reference implementation's engine
	java
	// ecma is asked only where a "[" or "&&" in a class is unreadable for both
	// others, because it is a character there: all that pact-js writes is judged
	// by the reference implementation.
	ecma
)

// text is an expression written anew.
type text struct {
	source string
	// differs names the constructs that dialects read differently.
	differs string
	// inLines is true when they matter only for texts with a line feed.
	inLines bool
}

// readings returns the different readings of an expression, or why it has none.
func readings(source string) ([]text, error) {
	var list []text
	var refused error
	for _, d := range []dialect{java, ruby} {
		t, err := rewrite(source, d)
		switch {
		case err == nil:
			list = append(list, t)
		case refused == nil || moreUseful(err, refused):
			refused = err
		}
	}
	switch {
	case len(list) == 0 && !errors.Is(refused, errClassEnd) && !errors.Is(refused, errOneSide):
		return nil, refused
	case len(list) == 0:
		t, err := rewrite(source, ecma)
		if err != nil {
			return nil, refused
		}
		return []text{t}, nil
	case len(list) == 2 && list[0].source == list[1].source:
		return list[:1], nil
	case len(list) == 2:
		// Ruby's "^" and "$" are the ends of lines; that alone costs nothing
		// where there is one line.
		lines := strings.NewReplacer(lineStart, textStart, lineEnd, textEnd)
		list[1].inLines = lines.Replace(list[1].source) == list[0].source
	}
	return list, nil
}

// moreUseful prefers an error that names a construct over one that only says
// that this dialect does not have it.
func moreUseful(err, than error) bool {
	var unknown, other *unknownHere
	return errors.As(than, &other) && !errors.As(err, &unknown)
}

// unknownHere says that a dialect has no such construct, though another may.
type unknownHere struct{ what string }

func (e *unknownHere) Error() string { return e.what }
