package pattern

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// group reads a group whose "(" has been read.
func (r *reader) group() (string, error) {
	open, err := r.opening()
	if err != nil {
		return "", err
	}
	if open == comment {
		if _, ok := r.until(')'); !ok {
			return "", errors.New("a comment (?#…) does not end")
		}
		return "(?:)", nil
	}
	if name, ok := strings.CutPrefix(open, refers); ok {
		return r.reference(name)
	}
	inner, err := r.alternatives()
	if err != nil {
		return "", err
	}
	if !r.skip(")") {
		return "", errors.New("a ( stands without its )")
	}
	return open + inner + ")", nil
}

const (
	comment = "#"
	refers  = "="
)

// opening reads what stands between a "(" and the contents of the group, and
// returns how the group is written anew. Named groups become numbered ones:
// the engines count those by other rules.
func (r *reader) opening() (string, error) {
	switch {
	case r.next("*"):
		return "", errors.New("(* repeats nothing (or is a verb of another engine)")
	case !r.skip("?"):
		r.groups++
		return "(", nil
	case r.skip("#"):
		return comment, nil
	}
	for _, same := range []string{":", "=", "!", ">", "<=", "<!"} {
		if r.skip(same) {
			return "(?" + same, nil
		}
	}
	switch {
	case r.skip("P<"), r.skip("<"):
		return r.name('>')
	case r.skip("'"):
		return r.name('\'')
	case r.skip("P="):
		name, ok := r.until(')')
		if !ok {
			return "", errors.New("(?P=…) does not end")
		}
		return refers + name, nil
	}
	return "", fmt.Errorf("(?%s is a construct that is not known here", string(r.rest[:min(len(r.rest), 1)]))
}

// name reads the name of a group.
func (r *reader) name(end rune) (string, error) {
	name, ok := r.until(end)
	if !ok || !isName(name) {
		return "", errors.New("a group (?<name>…) has no readable name")
	}
	if _, twice := r.names[name]; twice {
		return "", fmt.Errorf("two groups have the name %q", name)
	}
	r.groups++
	r.names[name] = r.groups
	return "(", nil
}

// isName accepts letters, digits and "_": .NET takes "a-b" for a group that
// balances another.
func isName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// reference writes a reference to what a named group has matched.
func (r *reader) reference(name string) (string, error) {
	number, ok := r.names[name]
	if !ok {
		return "", fmt.Errorf("it refers to the group %q, which does not stand before", name)
	}
	return backReference(number), nil
}

// backReference stands in a group of its own, so that a digit behind it does
// not become part of it.
func backReference(number int) string { return fmt.Sprintf(`(?:\%d)`, number) }

// isFlags reports whether "(?" begins flags such as (?i) or (?i-s:.
func (r *reader) isFlags() bool {
	rest := string(r.rest[2:min(len(r.rest), 12)])
	end := strings.IndexAny(rest, ":)")
	return end > 0 && strings.Trim(rest[:end], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-^") == ""
}

// flagGroup reads (?i) or (?i:…).
func (r *reader) flagGroup() (s string, opens bool, err error) {
	r.rest = r.rest[2:]
	outer := r.flags
	for on := true; !r.next(":") && !r.next(")"); {
		if err := r.flag(r.take(), &on); err != nil {
			return "", false, err
		}
	}
	open := "(?-i:"
	if r.flags.fold {
		open = "(?i:"
	}
	if r.skip(")") {
		if r.dialect == ruby {
			// (?i) goes up to the end of the group there, across "|".
			return open, true, nil
		}
		return strings.Replace(open, ":", ")", 1), false, nil
	}
	r.rest = r.rest[1:]
	inner, err := r.alternatives()
	r.flags = outer
	if err != nil {
		return "", false, err
	}
	if !r.skip(")") {
		return "", false, errors.New("a ( stands without its )")
	}
	s, err = r.quantified(open + inner + ")")
	return s, false, err
}

func (r *reader) flag(c rune, on *bool) error {
	switch c {
	case '-':
		*on = false
	case 'i':
		r.flags.fold = *on
	case 'm':
		r.flags.lines = *on
	case 's':
		if r.dialect == ruby {
			return &unknownHere{"(?s) is not Ruby's"}
		}
		r.flags.dotAll = *on
	case 'x':
		r.flags.spaced = *on
	case 'u': // case and characters by Unicode, as everywhere here
	default:
		return fmt.Errorf("the flag (?%c) is not known here", c)
	}
	return nil
}
