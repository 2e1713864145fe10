// Package redact takes secrets out of what is printed, logged, stored or shown:
// out of URLs, headers, bodies and texts that hold URLs. It is the only place
// that knows which names stand for secrets and how a hidden value looks.
//
//	names.go  which names of headers, query parameters and members are secrets'
//	url.go    URLs, also those that cannot be parsed, and texts that hold some
//	path.go   addresses of services whose path is the key
//	body.go   JSON and forms
//	token.go  what is a secret by its own form, wherever it stands
//	error.go  errors of net/http and net/url
package redact

// Stars stand for a secret, whatever its length.
const Stars = "**********"
