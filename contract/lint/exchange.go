package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// methods are those of RFC 9110, PATCH, QUERY and WebDAV; others are legal and
// more often a slip.
var methods = []string{
	"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY",
	"PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH", "PURGE", "LINK", "UNLINK",
}

// method checks that the method is one that HTTP can carry.
func (l *linter) method(method string) {
	switch {
	case !isToken(method):
		l.add(Wrong, "invalid-method", "request method", "", fmt.Sprintf("%q is not a method: a request cannot be sent with it", clip(method)),
			"write a method such as GET")
	case !slices.Contains(methods, method):
		l.add(Risky, "unusual-method", "request method", "", fmt.Sprintf("%q is not a method that servers know", clip(method)),
			"correct it if it is a slip")
	}
}

// isToken accepts the characters of a token (RFC 9110, 5.6.2).
func isToken(s string) bool {
	const symbols = "!#$%&'*+-.^_`|~"
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune(symbols, r))
	})
}

// path checks that a request can have the path.
func (l *linter) path(path string) {
	switch {
	case path == "":
		l.add(Risky, "invalid-path", "request path", "", "is empty, which clients send as /", `write "/"`)
	case !strings.HasPrefix(path, "/"):
		l.add(Wrong, "invalid-path", "request path", "", fmt.Sprintf("%q does not begin with /, so no request has it", clip(path)),
			"write the path from the / on, without scheme and host")
	case strings.ContainsAny(path, "?#"):
		l.add(Wrong, "invalid-path", "request path", "", fmt.Sprintf("%q has a ? or #, with which the path of a request ends", clip(path)),
			"move the parameters to query, or write %3F and %23")
	case strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r == 0x7F }):
		l.add(Risky, "invalid-path", "request path", "", fmt.Sprintf("%q has white space or control characters", clip(path)),
			"write them percent-encoded, such as %20")
	}
}

// status checks that a provider can answer with the status.
func (l *linter) status(r contract.Response) {
	if r.Status < 100 || r.Status > 599 {
		l.add(Wrong, "invalid-status", "response status", "", fmt.Sprintf("%d is not a status of HTTP", r.Status), "write a status from 100 to 599")
	}
}
