package links

import (
	"net"
	"net/http"
	"strings"
)

// ForRequest returns the links for one request. Without configured base URLs
// they lead back to where the request came in, as told by the X-Forwarded
// headers of a proxy. With one configured URL it is always that one; with
// several, the one the request came in by, else the first.
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

func directBase(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + withoutDefaultPort(scheme, r.Host)
}

// forwardedBase reads the headers as Rack does: the scheme from -Ssl, -Scheme
// or -Proto, host and port from the last entry of -Host. X-Forwarded-Port on
// its own changes nothing, as in Pact Broker.
func forwardedBase(r *http.Request) string {
	scheme := forwardedScheme(r)
	host := r.Host
	if forwarded := lastOf(r.Header.Get("X-Forwarded-Host")); forwarded != "" {
		host = forwarded
	}
	return scheme + "://" + withoutDefaultPort(scheme, host)
}

func forwardedScheme(r *http.Request) string {
	if r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Ssl"), "on") {
		return "https"
	}
	for _, header := range []string{"X-Forwarded-Scheme", "X-Forwarded-Proto"} {
		scheme := strings.ToLower(lastOf(r.Header.Get(header)))
		if scheme == "http" || scheme == "https" {
			return scheme
		}
	}
	return "http"
}

// lastOf returns the last item of a comma list: the proxy nearest to us wrote
// it.
func lastOf(list string) string {
	items := strings.Split(list, ",")
	return strings.TrimSpace(items[len(items)-1])
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
