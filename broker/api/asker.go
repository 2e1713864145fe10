package api

import (
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker"
)

// headerBuildURL is the header by which a client says which build asks the gate.
const headerBuildURL = "Treaty-Build-Url"

// longestBuildURL bounds what is kept of it.
const longestBuildURL = 2000

// askerOf is who asks: the user whose credentials let the request pass, and the
// build that the client names. What is no address of the web is not kept.
func askerOf(c echo.Context) broker.Asker {
	out := broker.Asker{Principal: principal(c)}
	text := c.Request().Header.Get(headerBuildURL)
	if u, err := url.Parse(text); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && len(text) <= longestBuildURL {
		u.User = nil // no credentials in what everybody may read
		out.BuildURL = u.String()
	}
	return out
}

// principalKey is where authenticate leaves the name of the user.
const principalKey = "treaty.principal"

func principal(c echo.Context) string {
	name, _ := c.Get(principalKey).(string)
	return name
}
