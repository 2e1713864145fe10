package api

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/internal/browsers"
)

var (
	errOtherSite = &requestError{status: http.StatusForbidden, kind: "other-site", title: "Sent from another site", told: true,
		text: "A page of another site sent this, or the broker could not tell that it was one of its own. Nothing was done. " +
			"Open the page here and send it again. If it was one of this broker's, a proxy before it changes its address: start the broker with --base-url and the address that browsers show."}
	errUnknownHost = &requestError{status: http.StatusMisdirectedRequest, kind: "unknown-host", title: "Unknown host", told: true,
		text: "The broker does not know itself by the name in the Host header, by which a page of another site may call it. " +
			"Use the address that --base-url names, or have the operator add the name to --allowed-hosts."}
)

// anyHost in a list of hosts stands for all.
const anyHost = "*"

// guardFromSites refuses what pages of other sites have a browser send: with the
// passwords that it remembers, and into the network that it is in. Programs send
// neither Origin nor Sec-Fetch-Site, and notice nothing.
func (a *API) guardFromSites(next echo.HandlerFunc) echo.HandlerFunc {
	hosts := a.config.Hosts
	anyone := len(hosts) == 0 || slices.Contains(hosts, anyHost)
	guard := browsers.NewGuard(a.config.BaseURLs)
	return func(c echo.Context) error {
		r := c.Request()
		switch {
		case !anyone && !browsers.KnownHost(r.Host, hosts):
			return errUnknownHost
		case guard.Check(r) != nil:
			return errOtherSite
		}
		return next(c)
	}
}
