package kernel

import (
	"net/url"
	"slices"
	"strings"
)

// Addresses that clients give and that pages and other clients show as links: of a
// build, and of a repository.

// CheckBuildURL notes an address of a build that a browser would run, or open as
// something else than a page: whatever has a scheme that is not HTTP. A text without
// a scheme is none that anybody can follow, and stays.
func CheckBuildURL(fields Fields, field, text string) {
	CheckLine(fields, field, text)
	if scheme := schemeOf(text); scheme != "" && scheme != "http" && scheme != "https" {
		fields.Add(field, "must begin with http:// or https://")
	}
}

// CheckRepositoryURL notes an address of a repository that a browser would run. There
// are many schemes of repositories, and git@host:path has none.
func CheckRepositoryURL(fields Fields, field, text string) {
	CheckLine(fields, field, text)
	if slices.Contains([]string{"javascript", "data", "vbscript", "blob", "file"}, schemeOf(text)) {
		fields.Add(field, "must be the address of a repository, such as https://git.example.org/shop")
	}
}

// schemeOf is what stands before the first colon, where that is before any slash, as a
// browser reads it: in lower case, without what it leaves out.
func schemeOf(text string) string {
	before, _, found := strings.Cut(text, ":")
	if !found || strings.ContainsAny(before, "/?#") {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, strings.ToLower(before))
}

// WithoutUser is an address of HTTP without the user and the password in it, which
// belong to whoever follows it. Any other text stays as it is.
func WithoutUser(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.User == nil || (u.Scheme != "http" && u.Scheme != "https") {
		return text
	}
	u.User = nil
	return u.String()
}
