package redact

import (
	"regexp"
	"strings"
)

// tokens are what is a secret by its own form, wherever it stands: what follows the
// name of a scheme of HTTP authentication, signed tokens, and those that services
// give a beginning of their own for just this purpose.
var tokens = regexp.MustCompile(`\b(?i:bearer|basic) +([A-Za-z0-9._~+/-]{8,}=*|\*{10})` +
	`|\b(eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*)` +
	`|\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{15,}|xox[abeprs]-[A-Za-z0-9-]{10,}|(?:AKIA|ASIA)[0-9A-Z]{16}\b)`)

// maskTokens masks the tokens in a text.
func maskTokens(text string, mask func(string) string) string {
	var b strings.Builder
	from := 0
	for _, at := range tokens.FindAllStringSubmatchIndex(text, -1) {
		start, end := at[2], at[3]
		for group := 4; start < 0; group += 2 {
			start, end = at[group], at[group+1]
		}
		if at[2] >= 0 && !strings.ContainsAny(text[start:end], "0123456789._=*") { // "Basic knowledge"
			continue
		}
		b.WriteString(text[from:start] + mask(text[start:end]))
		from = end
	}
	return b.String() + text[from:]
}
