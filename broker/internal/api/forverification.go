package api

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/picking"
	"github.com/treatyhq/treaty/internal/hal"
)

// postPactsForVerification answers which pacts a provider should verify. An
// empty body means all defaults.
func (a *API) postPactsForVerification(c echo.Context) error {
	document := c.Get(keyJSON)
	if _, isList := document.([]any); isList {
		return kernel.Errorf(kernel.CodeInvalid, "Expected a JSON object in the request body but found an array")
	}
	q, err := picking.DecodePactsForVerification(c.Param("provider"), document)
	if err != nil {
		return err
	}
	pacts, err := a.service.Picking.PactsForVerification(c.Request().Context(), q)
	if err != nil {
		return err
	}
	if err := checkHeaders(c); err != nil {
		return err
	}
	return a.writePactsForVerification(c, pacts)
}

// getPactsForVerification is the older form of the same question.
func (a *API) getPactsForVerification(c echo.Context) error {
	values, err := readQuery(c)
	if err != nil {
		return err
	}
	q, err := picking.DecodePactsForVerificationQuery(c.Param("provider"), values.values)
	if err != nil {
		return err
	}
	pacts, err := a.service.Picking.PactsForVerification(c.Request().Context(), q)
	if err != nil {
		return err
	}
	if err := negotiate(c); err != nil {
		return err
	}
	return a.writePactsForVerification(c, pacts)
}

func (a *API) writePactsForVerification(c echo.Context, pacts []picking.PactForVerification) error {
	l := a.links(c)
	docs := make([]*hal.Resource, 0, len(pacts))
	for _, p := range pacts {
		docs = append(docs, forVerificationDoc(l, p))
	}
	r := hal.New().Embed("pacts", docs).
		Link("self", hal.Link{Href: a.requestURL(c), Title: "Pacts to be verified"})
	return writeHAL(c, http.StatusOK, r)
}

func forVerificationDoc(l links.Links, p picking.PactForVerification) *hal.Resource {
	pair := l.Pair(p.Pact.Provider.Name, p.Pact.Consumer.Name)
	properties := new(hal.Object)
	if p.Pending != nil {
		properties.Set("pending", *p.Pending)
	}
	if p.WIP {
		properties.Set("wip", true)
	}
	content := pair.Content(p.Pact.SHA)
	notices := make([]*hal.Object, 0, len(p.Notices))
	for _, n := range p.Notices {
		text := n.Text
		if n.LinkPact {
			text = strings.ReplaceAll(text, picking.PactURLPlaceholder, noticeURL(content, pair, p))
		}
		notices = append(notices, new(hal.Object).Set("when", n.When).Set("text", text))
	}
	properties.Set("notices", notices)
	href := content
	if segment := encodeMetadata(p.Metadata); segment != "" {
		href = pair.ContentWithMetadata(p.Pact.SHA, segment)
	}
	return hal.New().Set("shortDescription", p.ShortDescription).
		Set("verificationProperties", properties).
		Link("self", hal.Link{Href: href, Name: pactName(p.Pact)})
}

// noticeURL is the address of a pact for people; of what a verifier needs it
// keeps only that the pact is work in progress.
func noticeURL(content string, pair links.Pair, p picking.PactForVerification) string {
	if !p.WIP {
		return content
	}
	return pair.ContentWithMetadata(p.Pact.SHA, encodeMetadata(kernel.PactMetadata{WIP: true}))
}
