package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/redact"
	"github.com/treatyhq/treaty/internal/visible"
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

// headerActor is the header by which a client says for whom it works, where the broker asks
// nobody who they are.
const headerActor = "Treaty-Actor"

// longestActor bounds it, in characters.
const longestActor = 100

// actorOf is who does what a request asks for, as people are shown it.
func (a *API) actorOf(c echo.Context) kernel.By {
	if who := a.whoOf(c); who.Title() != "" {
		return kernel.By{Name: who.Title()}
	}
	name := visible.Text(strings.Join(strings.Fields(c.Request().Header.Get(headerActor)), " "))
	if runes := []rune(name); len(runes) > longestActor {
		name = string(runes[:longestActor])
	}
	return kernel.By{Name: name, Claimed: name != ""}
}

// signed is the context of a request in which what is recorded says who did it.
func (a *API) signed(c echo.Context) context.Context {
	return kernel.SignedBy(c.Request().Context(), a.actorOf(c))
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
