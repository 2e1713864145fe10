package links

import (
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// ForRequest returns the links for one request. Without configured base URLs
// they lead back to where the request came in, as told by the headers of a
// proxy. With one configured URL it is always that one; with several, the one
// the request came in by, else the first.
func ForRequest(r *http.Request, configured []string) Links {
	switch len(configured) {
	case 0:
		return Below(forwardedBase(r))
	case 1:
		return Below(configured[0])
	}
	for _, seen := range []string{forwardedBase(r), directBase(r)} {
		for _, base := range configured {
			if strings.TrimRight(base, "/") == seen {
				return Below(base)
			}
		}
	}
	return Below(configured[0])
}

// Outward returns the links that are sent to others because of a request, such as
// those in webhooks: below the configured URL, else below the address that the
// request was sent to. A build server follows them with a password of its own, so
// what a forwarded header says is not believed, whoever has sent it.
func Outward(r *http.Request, configured []string) Links {
	if len(configured) > 0 {
		return ForRequest(r, configured) // one of those, whatever a header says
	}
	return Below(directBase(r))
}

// ForPages returns the links of a page for one request. They name no host, so
// that no header of a request and no proxy that ends TLS can lead a browser
// elsewhere; only the path of a configured base URL stands in front of them.
//
// Base, which pages show in commands, is the configured base URL. Without one
// it is "" unless the browser runs on the machine of the broker: what a header
// says must not be pasted into a shell.
func ForPages(r *http.Request, configured []string) Links {
	if len(configured) == 0 {
		if isLoopback(r.Host) {
			return Links{shown: directBase(r)}
		}
		return Links{}
	}
	base := ForRequest(r, configured).base
	out := Links{shown: base}
	if address, err := url.Parse(base); err == nil {
		out.base = strings.TrimRight(address.EscapedPath(), "/")
	}
	return out
}

// isLoopback reports whether a Host header names the machine itself.
func isLoopback(host string) bool {
	if !isHost(host) {
		return false
	}
	name, _ := splitHost(host)
	if strings.EqualFold(name, "localhost") {
		return true
	}
	ip := net.ParseIP(strings.Trim(name, "[]"))
	return ip != nil && ip.IsLoopback()
}

// directBase is where the request came in, without what proxies say. A Host
// header that can be none makes links relative.
func directBase(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return baseOf(scheme, r.Host)
}

// forwardedBase reads what proxies say: the scheme from X-Forwarded-Ssl,
// -Scheme or -Proto, host and port from -Host, and both from Forwarded (RFC
// 7239), which comes first. Every proxy on the way may append to the list in a
// header; the first entry is what the client used. What can be neither a scheme nor a
// host is not believed. X-Forwarded-Port on its own changes nothing, as in
// Pact Broker.
func forwardedBase(r *http.Request) string {
	forwarded := parseForwarded(firstOf(r.Header, "Forwarded"))
	host := r.Host
	for _, said := range []string{forwarded["host"], firstOf(r.Header, "X-Forwarded-Host")} {
		if isHost(said) {
			host = said
			break
		}
	}
	return baseOf(forwardedScheme(r, forwarded["proto"]), host)
}

func baseOf(scheme, host string) string {
	if !isHost(host) {
		return ""
	}
	return scheme + "://" + withoutDefaultPort(scheme, host)
}

func forwardedScheme(r *http.Request, forwarded string) string {
	if isScheme(forwarded) {
		return strings.ToLower(forwarded)
	}
	if r.TLS != nil || strings.EqualFold(firstOf(r.Header, "X-Forwarded-Ssl"), "on") {
		return "https"
	}
	for _, header := range []string{"X-Forwarded-Scheme", "X-Forwarded-Proto"} {
		if scheme := firstOf(r.Header, header); isScheme(scheme) {
			return strings.ToLower(scheme)
		}
	}
	return "http"
}

func isScheme(text string) bool {
	return strings.EqualFold(text, "http") || strings.EqualFold(text, "https")
}

// maxHost is the longest host name with a port.
const maxHost = 255 + len(":65535")

// hostForm is a name or an IPv4 address, or an IPv6 address in brackets, with
// a port or without.
var hostForm = regexp.MustCompile(`^(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$`)

func isHost(text string) bool { return len(text) <= maxHost && hostForm.MatchString(text) }

// firstOf returns the first item of a header that is a comma list, on however
// many lines it stands.
func firstOf(header http.Header, name string) string {
	first, _, _ := strings.Cut(strings.Join(header.Values(name), ","), ",")
	return strings.TrimSpace(first)
}

// parseForwarded reads the parameters of one element of Forwarded.
func parseForwarded(element string) map[string]string {
	if element == "" {
		return nil
	}
	out := map[string]string{}
	for _, pair := range strings.Split(element, ";") {
		name, value, _ := strings.Cut(pair, "=")
		out[strings.ToLower(strings.TrimSpace(name))] = strings.Trim(strings.TrimSpace(value), `"`)
	}
	return out
}

func splitHost(host string) (name, port string) {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		return host, ""
	}
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	return name, port
}

func withoutDefaultPort(scheme, host string) string {
	name, port := splitHost(host)
	if (scheme == "http" && port == "80") || (scheme == "https" && port == "443") {
		return name
	}
	return host
}
