package kit

import "strings"

// Version is a version number: a commit is cut short, and the whole number is in
// its title and what is copied.
type Version struct {
	Number string
	// URL leads to the page of the version; "" if it has none.
	URL string
}

// Part implements [Part].
func (Version) Part() string { return "version" }

// Plain implements [Part].
func (v Version) Plain() string { return v.Number }

func (v Version) key() string {
	if v.Number == "" {
		return last
	}
	return strings.ToLower(v.Number)
}

// Short is the number as it is shown.
func (v Version) Short() string { return Short(v.Number) }

// Copy is the number where a button that copies it saves something.
func (v Version) Copy() string {
	if len(v.Number) < 7 {
		return ""
	}
	return v.Number
}

// Title is the whole number, where not all of it is shown.
func (v Version) Title() string {
	if v.Short() == v.Number {
		return ""
	}
	return v.Number
}

// Short cuts what looks like a commit to its first ten characters.
func Short(number string) string {
	if len(number) < 32 || strings.Trim(number, "0123456789abcdef") != "" {
		return number
	}
	return number[:10]
}
