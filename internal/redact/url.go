package redact

import (
	"net/url"
	"regexp"
	"strings"
)

// URL returns a URL as it may be shown: without its user and password, and with
// stars for the values of query parameters, and of such in the fragment, that
// Name knows, for a long "code", and for the part of a path that is the key of a
// service. A text that is not a URL is treated as far as it looks like one,
// so that an error may quote what cannot be read. Everything else stays as it
// was written.
func URL(text string) string {
	return URLBy(text, func(string) string { return Stars })
}

// URLBy returns a URL as URL does, with what mask returns for each secret, which it
// is given as it is written.
func URLBy(text string, mask func(secret string) string) string { return maskURL(text, mask) }

// Bare returns a URL as URL does but without a mark for its user and password, for
// where it is an address again: they belong to whoever uses it then.
func Bare(text string) string {
	if u, err := url.Parse(text); err == nil && u.User != nil {
		u.User = nil
		text = u.String()
	}
	return URL(text)
}

// URLSecrets lists what URL hides in a text, as written there and as its
// receiver reads it. A password is also listed without its user.
func URLSecrets(text string) []string {
	var found []string
	maskURL(text, func(secret string) string {
		found = append(found, written(secret)...)
		if _, password, both := strings.Cut(secret, ":"); both {
			found = append(found, written(password)...)
		}
		return Stars
	})
	return found
}

// written lists a secret as it stands in a URL and without escapes.
func written(secret string) []string {
	plain, err := url.QueryUnescape(secret)
	if err != nil || plain == secret {
		return []string{secret}
	}
	return []string{secret, plain}
}

// maskURL replaces each secret of a URL by what mask returns for it.
func maskURL(text string, mask func(string) string) string {
	head, rest := "", text
	if scheme, after, found := strings.Cut(text, "://"); found && !strings.ContainsAny(scheme, "/?#") {
		head, rest = scheme+"://", after
	} else if after, found := strings.CutPrefix(text, "//"); found {
		head, rest = "//", after
	}
	user, host := cutUser(text, rest, head != "")
	if user != "" {
		head += mask(user) + "@"
	}
	place, parameters := host, ""
	if at := strings.IndexAny(host, "?#"); at >= 0 {
		place, parameters = host[:at], host[at:]
	}
	if head == "" && parameters == "" && strings.Contains(place, "=") { // host=db password=x, as PostgreSQL takes it
		return maskPairs(place, " \t\n", isSecretParameter, mask)
	}
	if head != "" {
		place = maskPath(place, mask)
	}
	return head + place + maskPairs(parameters, "?#&;", isSecretParameter, mask)
}

// cutUser cuts user and password from what follows the scheme. In a URL that
// does not parse, an unescaped character of the password may look like the end
// of the host, so there the last @ counts.
func cutUser(text, rest string, isURL bool) (user, after string) {
	authority := rest
	if end := strings.IndexAny(rest, `/?#\`); end >= 0 {
		authority = rest[:end]
	}
	at := strings.LastIndex(authority, "@")
	if !isURL && !strings.Contains(authority[:max(at, 0)], ":") {
		return "", rest // a path, or an address of mail
	}
	if _, err := url.Parse(text); err != nil && isURL {
		at = strings.LastIndex(rest, "@")
		if at < 0 {
			return cutBadPort(authority, rest)
		}
	}
	if at < 0 {
		return "", rest
	}
	return rest[:at], rest[at+1:]
}

// cutBadPort takes what stands where a port should for the end of a password
// whose host was forgotten.
func cutBadPort(authority, rest string) (user, after string) {
	name, port, found := strings.Cut(authority, ":")
	if !found || strings.HasPrefix(authority, "[") || strings.Trim(port, "0123456789") == "" {
		return "", rest
	}
	return name + ":" + port, rest[len(authority):]
}

// maskPairs masks the values of name=value pairs that are secret, at any of the
// separators. A value in single quotes may hold separators.
func maskPairs(text, separators string, secret func(name, value string) bool, mask func(string) string) string {
	var b strings.Builder
	for text != "" {
		end := strings.IndexAny(text, separators)
		if quote := strings.Index(text, "='"); quote >= 0 && (end < 0 || quote < end) {
			end = afterQuote(text, quote+2)
		}
		pair, separator := text, ""
		if end >= 0 {
			pair, separator, text = text[:end], text[end:min(end+1, len(text))], text[min(end+1, len(text)):]
		} else {
			text = ""
		}
		name, value, found := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name, pair = plain, name+"="
		} else {
			pair = name + "="
		}
		switch {
		case !found:
			b.WriteString(strings.TrimSuffix(pair, "="))
		case value != "" && secret(name, value):
			b.WriteString(pair + mask(value))
		default:
			b.WriteString(pair + value)
		}
		b.WriteString(separator)
	}
	return b.String()
}

// afterQuote returns where the quoted value ends that begins at from.
func afterQuote(text string, from int) int {
	for i := from; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '\'':
			return i + 1
		}
	}
	return len(text)
}

// addresses finds what looks like a URL in a text, up to a space, or to a quote
// that stands around it.
var addresses = regexp.MustCompile(`[a-zA-Z][a-zA-Z0-9+.-]*://[^\s"'<>` + "`" + `]+`)

// Text returns a text, such as that of an error, with URL applied to each URL in
// it.
func Text(text string) string {
	return addresses.ReplaceAllStringFunc(text, func(found string) string {
		address := strings.TrimRight(found, ".,:;!)]}")
		return URL(address) + found[len(address):]
	})
}
