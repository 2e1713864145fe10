package pattern

import (
	"fmt"
	"strings"
	"unicode"
)

// property finds the characters of \p{name}. negated is true for Ruby's
// \p{^name}.
func (r *reader) property(name string) (s set, negated bool, err error) {
	given := name
	if rest, ok := strings.CutPrefix(name, "^"); ok {
		if r.dialect == java {
			return nil, false, &unknownHere{`\p{^…} is Ruby's`}
		}
		name, negated = rest, true
	}
	if s = r.known[name]; s == nil {
		s = r.lookUp(name)
		r.known[name] = s
	}
	if s == nil {
		return nil, false, fmt.Errorf(`\p{%s} is a property that is not known here; write the characters as a class such as [a-z]`, given)
	}
	return s, negated, nil
}

func (r *reader) lookUp(name string) set {
	if kind, value, ok := strings.Cut(name, "="); ok {
		return kindOf(plainName(kind), plainName(value))
	}
	return r.named(plainName(name))
}

// plainName drops what property names are compared without.
func plainName(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
}

// kindOf is \p{kind=value}.
func kindOf(kind, value string) set {
	switch kind {
	case "sc", "script", "scx", "scriptextensions":
		return script(value)
	case "gc", "generalcategory":
		return category(value)
	}
	return nil
}

func script(name string) set {
	for full, table := range unicode.Scripts {
		if plainName(full) == name {
			return of(table)
		}
	}
	return nil
}

func category(name string) set {
	if name == "l&" {
		name = "lc"
	}
	for alias, short := range unicode.CategoryAliases {
		if plainName(alias) == name {
			name = plainName(short)
		}
	}
	for short, table := range unicode.Categories {
		if plainName(short) == name {
			return of(table)
		}
	}
	return nil
}

// named is \p{name}: first what looks like a POSIX class, which is ASCII in
// Java and Unicode in Ruby, then categories, binary properties, scripts and
// the methods of java.lang.Character.
func (r *reader) named(name string) set {
	if s := r.posix(name); s != nil {
		return s
	}
	switch name {
	case "any":
		return set(nil).negate()
	case "ascii":
		return set{0, 0x7F}
	}
	if method, ok := strings.CutPrefix(name, "java"); ok && r.dialect != ecma {
		return javaMethod(method)
	}
	bare := strings.TrimPrefix(name, "is")
	for _, find := range []func(string) set{category, binary, script} {
		for _, n := range []string{name, bare} {
			if s := find(n); s != nil {
				return s
			}
		}
	}
	return nil
}

// binary is a property that a character has or has not.
func binary(name string) set {
	switch name {
	case "alphabetic":
		return of(unicode.L, unicode.Nl, unicode.Other_Alphabetic)
	case "lowercase":
		return of(unicode.Ll, unicode.Other_Lowercase)
	case "uppercase":
		return of(unicode.Lu, unicode.Other_Uppercase)
	case "titlecase":
		return of(unicode.Lt)
	case "control":
		return of(unicode.Cc)
	}
	for full, table := range unicode.Properties {
		if plainName(full) == name && !strings.HasPrefix(full, "Other_") {
			return of(table)
		}
	}
	return nil
}

// javaMethod is \p{javaMethod}: the characters of which Character.isMethod
// is true.
func javaMethod(name string) set {
	switch name {
	case "lowercase", "uppercase", "alphabetic", "ideographic":
		return binary(name)
	case "titlecase":
		return of(unicode.Lt)
	case "letter":
		return of(unicode.L)
	case "digit":
		return of(unicode.Nd)
	case "letterordigit":
		return of(unicode.L, unicode.Nd)
	case "spacechar":
		return of(unicode.Z)
	case "whitespace":
		noBreak := set{0xA0, 0xA0, 0x2007, 0x2007, 0x202F, 0x202F}
		return of(unicode.Z).intersect(noBreak.negate()).union(set{'\t', '\r', 0x1C, 0x1F})
	case "isocontrol":
		return set{0, 0x1F, 0x7F, 0x9F}
	}
	return nil
}

// posix is [:name:], and the \p{Name} that is named after it: ASCII for Java,
// Rust and Go, all of Unicode for Ruby. It is nil for other names.
func (r *reader) posix(name string) set {
	ascii := asciiClass(name)
	if ascii == nil || r.dialect == java {
		return ascii
	}
	return unicodeClass(name)
}

func asciiClass(name string) set {
	switch name {
	case "alnum":
		return set{'0', '9', 'A', 'Z', 'a', 'z'}
	case "alpha":
		return set{'A', 'Z', 'a', 'z'}
	case "blank":
		return blanks
	case "cntrl":
		return set{0, 0x1F, 0x7F, 0x7F}
	case "digit":
		return digits
	case "graph":
		return set{'!', '~'}
	case "lower":
		return set{'a', 'z'}
	case "print":
		return set{' ', '~'}
	case "punct":
		return set{'!', '/', ':', '@', '[', '`', '{', '~'}
	case "space":
		return spaces
	case "upper":
		return set{'A', 'Z'}
	case "xdigit":
		return hexes
	case "word":
		return words
	}
	return nil
}

func unicodeClass(name string) set {
	switch name {
	case "alnum":
		return binary("alphabetic").union(of(unicode.Nd))
	case "alpha":
		return binary("alphabetic")
	case "blank":
		return of(unicode.Zs).union(blanks)
	case "cntrl":
		return of(unicode.Cc)
	case "digit":
		return of(unicode.Nd)
	case "graph":
		return of(unicode.White_Space, unicode.Cc, unicode.Cs, unicode.Categories["Cn"]).negate()
	case "lower":
		return binary("lowercase")
	case "print":
		return unicodeClass("graph").union(of(unicode.Zs))
	case "punct":
		return of(unicode.P).union(asciiClass("punct"))
	case "space":
		return of(unicode.White_Space)
	case "upper":
		return binary("uppercase")
	case "word":
		return of(unicode.L, unicode.M, unicode.Nd, unicode.Pc)
	}
	return asciiClass(name)
}
