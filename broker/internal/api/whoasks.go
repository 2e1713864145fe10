package api

import (
	"context"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/redact"
)

// headerBuildURL is the header by which a client says which build asks the gate.
const headerBuildURL = "Treaty-Build-Url"

// longestBuildURL bounds what is kept of it.
const longestBuildURL = 2000

// putTo puts a question of the gate to ask, which keeps the answer, or to look: a
// HEAD request gets no verdict that anybody could decide by.
func putTo[Q any](c echo.Context, q Q, ask, look func(context.Context, Q) (gate.MatrixAnswer, error)) (gate.MatrixAnswer, error) {
	if c.Request().Method == http.MethodHead {
		return look(c.Request().Context(), q)
	}
	return ask(c.Request().Context(), q)
}

// askerOf is who asks: the user whose credentials came with the request, and the
// build that the client names. What is not an address of the web is not kept.
func (a *API) askerOf(c echo.Context) kernel.Asker {
	out := kernel.Asker{Principal: a.whoOf(c).Title()}
	text := c.Request().Header.Get(headerBuildURL)
	if u, err := url.Parse(text); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && len(text) <= longestBuildURL {
		out.BuildURL = redact.Bare(text) // no credentials in what everybody may read
	}
	return out
}
