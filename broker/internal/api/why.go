package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/picking"
	"github.com/treatyhq/treaty/internal/hal"
)

// getWhy answers which pacts a version would be asked to verify, and why.
func (a *API) getWhy(c echo.Context) error {
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	ask := picking.WhyQuery{Pacticipant: c.Param("pacticipant"), Version: c.Param("version")}
	if text := q.filled("includeWipPactsSince"); text != "" {
		since, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return kernel.Fields{"includeWipPactsSince": {"must be a date, such as 2024-01-31"}}.Err()
		}
		ask.WIPSince = &since
	}
	answer, err := a.service.Picking.Why(c.Request().Context(), ask)
	if err != nil {
		return err
	}
	l := a.links(c)
	docs := make([]*hal.Resource, 0, len(answer.Pacts))
	for _, p := range answer.Pacts {
		docs = append(docs, whyDoc(l, p))
	}
	return writeHAL(c, http.StatusOK, hal.New().
		Set("pacticipant", answer.Pacticipant).Set("version", answer.Version).Set("branch", textOrNull(answer.Branch)).
		Embed("pacts", docs).
		Link("self", hal.Link{Href: a.requestURL(c), Title: "Why these pacts are to be verified"}))
}

func whyDoc(l links.Links, p picking.WhyPact) *hal.Resource {
	pair := l.Pair(p.Pact.Provider.Name, p.Pact.Consumer.Name)
	r := hal.New().
		Set("consumer", p.Pact.Consumer.Name).Set("consumerVersion", p.Pact.ConsumerVersion.Number).
		Set("why", p.Sentence).Set("pending", p.Pending).Set("wip", p.WIP).Set("outcome", outcomeWord(p.Outcome)).
		Link("pb:pact-version", hal.Link{Href: pair.Content(p.Pact.SHA)})
	if p.ResultNumber != 0 {
		r.Link("pb:verification-result", hal.Link{Href: pair.Result(p.Pact.SHA, p.ResultNumber)})
	}
	return r
}
