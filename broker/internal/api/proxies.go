package api

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// What a proxy says of a request stands in headers that any client can send too.
// They count only where the connection comes from a proxy that the operator trusts.

// forwardOnlyTrusted takes the headers of proxies off a request that none of the
// trusted has sent, so that nothing behind it can believe them.
func (a *API) forwardOnlyTrusted(r *http.Request) {
	if a.trusts(peerOf(r)) {
		return
	}
	for name := range r.Header {
		if name == "Forwarded" || name == "X-Real-Ip" || strings.HasPrefix(name, "X-Forwarded-") {
			delete(r.Header, name)
			a.sayUntrusted(r)
		}
	}
}

// sayUntrusted tells the operator once that a proxy may have been forgotten. Where the
// base URL is configured, nothing hangs on it.
func (a *API) sayUntrusted(r *http.Request) {
	if len(a.config.BaseURLs) > 0 {
		return
	}
	a.untrusted.Do(func() {
		a.log.Warn("forwarded headers do not count, as they come from no trusted proxy: links begin with the address that the request was sent to",
			"from", peerOf(r).String(), "advice", "if it is a proxy of yours, set --base-url, or name it in --trusted-proxies")
	})
}

func (a *API) trusts(ip netip.Addr) bool {
	return slices.ContainsFunc(a.config.TrustedProxies, func(network netip.Prefix) bool { return network.Contains(ip) })
}

// peerOf is the other end of the connection; not valid if it is none of IP.
func peerOf(r *http.Request) netip.Addr {
	at, _ := netip.ParseAddrPort(r.RemoteAddr)
	return at.Addr().Unmap().WithZone("")
}

// clientOf is who sent a request as far as that can be told: behind trusted proxies
// the last address in X-Forwarded-For that is not one of them. What stands further
// left, the client may have written itself.
func (a *API) clientOf(r *http.Request) netip.Addr {
	client := peerOf(r)
	said := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(said) - 1; i >= 0 && a.trusts(client); i-- {
		ip, err := netip.ParseAddr(strings.TrimSpace(said[i]))
		if err != nil {
			break
		}
		client = ip.Unmap().WithZone("")
	}
	return client
}
