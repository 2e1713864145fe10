package pattern

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

var (
	errClassEnd = errors.New("a class [ stands without its ]")
	errOneSide  = errors.New("an intersection && in a class has only one side")
	// .NET subtracts, Ruby and Java unite.
	errSubtraction = errors.New("a - stands before a [ in a class, which is a subtraction in some dialects; write the characters themselves, or &&[^…]")
)

// class computes the characters of a class whose "[" has been read: in Ruby
// and Java classes may stand inside of each other (union) and be joined by &&
// (intersection).
func (r *reader) class() (set, error) {
	if r.depth++; r.depth > maxNesting {
		return nil, fmt.Errorf("it nests deeper than %d levels", maxNesting)
	}
	defer func() { r.depth-- }()
	negated := r.skip("^")
	var parts []set // between &&
	s, first := set(nil), true
	for {
		switch {
		case len(r.rest) == 0:
			return nil, errClassEnd
		case r.next("]") && (!first || r.dialect == ecma):
			r.rest = r.rest[1:]
			for _, p := range parts {
				s = s.intersect(p)
			}
			if negated {
				s = s.negate()
			}
			return s, nil
		case r.dialect != ecma && r.skip("&&"):
			if first || r.next("&") || r.next("]") {
				return nil, errOneSide
			}
			parts = append(parts, s)
			s = nil
			continue
		}
		more, err := r.classItem()
		if err != nil {
			return nil, err
		}
		s = s.union(more)
		first = false
	}
}

// classItem reads a character, a range, an escape or a class inside of one.
func (r *reader) classItem() (set, error) {
	switch {
	case r.dialect != ecma && r.next("[:"):
		if s, ok, err := r.posixClass(); ok || err != nil {
			return s, err
		}
	case r.dialect != ecma && r.skip("["):
		return r.class()
	case r.dialect == java && r.flags.spaced && r.skipSpace():
		r.differ("white space in a class under (?x)")
		return nil, nil
	}
	if r.flags.spaced && len(r.rest) > 0 && (r.rest[0] == ' ' || r.rest[0] == '#') {
		r.differ("white space in a class under (?x)")
	}
	if len(r.rest) == 0 {
		return nil, errClassEnd
	}
	if r.next("-[") && r.dialect != ecma {
		return nil, errSubtraction
	}
	s, single, err := r.classCharacter()
	if err != nil || !single {
		if err == nil && r.next("-") && len(r.rest) > 1 && r.rest[1] != ']' && r.rest[1] != '[' && r.rest[1] != '&' {
			r.rest = r.rest[1:] // a "-" behind a set is a character
			s = s.union(set{'-', '-'})
		}
		return s, err
	}
	return r.classRange(s)
}

// classRange reads the end of a range that may begin with a character.
func (r *reader) classRange(from set) (set, error) {
	if r.next("-[") && r.dialect != ecma {
		return nil, errSubtraction
	}
	if !r.next("-") || len(r.rest) < 2 || r.rest[1] == ']' {
		return r.cased(from), nil
	}
	r.rest = r.rest[1:]
	to, single, err := r.classCharacter()
	switch {
	case err != nil:
		return nil, err
	case !single:
		return nil, errors.New("a range in a class ends with an escape for several characters")
	case to[0] < from[0]:
		return nil, errors.New("the bounds of a range in a class are in the wrong order")
	}
	return r.cased(set{from[0], to[0]}), nil
}

func (r *reader) cased(s set) set {
	if r.flags.fold {
		return s.folded()
	}
	return s
}

// classCharacter reads one character or escape inside of a class.
func (r *reader) classCharacter() (s set, single bool, err error) {
	c := r.take()
	if c != '\\' {
		return set{c, c}, true, nil
	}
	if r.next("b") && r.dialect != java {
		r.rest = r.rest[1:]
		return set{'\b', '\b'}, true, nil
	}
	return r.characters()
}

// posixClass reads [:name:]; ok is false if it is none.
func (r *reader) posixClass() (s set, ok bool, err error) {
	end := slices.Index(r.rest, ']')
	if end < 3 || r.rest[end-1] != ':' {
		return nil, false, nil
	}
	name, negated := strings.CutPrefix(string(r.rest[2:end-1]), "^")
	if s = r.posix(strings.ToLower(name)); s == nil {
		return nil, false, fmt.Errorf("[:%s:] is a class that is not known here", name)
	}
	r.rest = r.rest[end+1:]
	r.differ(fmt.Sprintf("[:%s:], which is Unicode in Ruby and ASCII in Rust and Go", name))
	if s = r.cased(s); negated {
		s = s.negate()
	}
	return s, true, nil
}
