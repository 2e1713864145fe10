package api

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/internal/hal"
)

// pairOf begins a query with the pair that the address names.
func pairOf(c echo.Context) kernel.PactQuery {
	return kernel.PactQuery{Consumer: c.Param("consumer"), Provider: c.Param("provider")}
}

func (a *API) getPact(c echo.Context) error {
	q := pairOf(c)
	q.Version = c.Param("version")
	return a.writePact(c, q)
}

func (a *API) getPreviousDistinctPact(c echo.Context) error {
	q := pairOf(c)
	q.Version = c.Param("version")
	p, err := a.service.Publish.FindPreviousDistinctPact(c.Request().Context(), q)
	if err != nil {
		return err
	}
	return a.renderPact(c, http.StatusOK, p, "", false)
}

func (a *API) getPactByContent(c echo.Context) error {
	q := pairOf(c)
	q.SHA = c.Param("sha")
	segment := rawParameter(c, "metadata")
	if strings.Contains(segment, ".") {
		// Metadata has no dots, so the ending is none of it.
		if err := orShorter(c, 0); err != nil {
			return err
		}
	}
	q.Metadata = decodeMetadata(c.Param("metadata"))
	p, err := a.service.Publish.FindPact(c.Request().Context(), q)
	if err != nil {
		return err
	}
	return a.renderPact(c, http.StatusOK, p, segment, namesVersions(q.Metadata))
}

// namesVersions reports whether metadata names consumer versions, even if they
// are gone.
func namesVersions(m kernel.PactMetadata) bool {
	return m.ConsumerVersionNumber != "" || len(m.Selectors) > 0
}

func (a *API) getLatestPact(c echo.Context) error {
	q := pairOf(c)
	q.Latest = true
	return a.writeLatestPact(c, q, nil)
}

func (a *API) getLatestTaggedPact(c echo.Context) error {
	q := pairOf(c)
	q.Tag = c.Param("tag")
	return a.writeLatestPact(c, q, []string{q.Tag})
}

func (a *API) getLatestUntaggedPact(c echo.Context) error {
	q := pairOf(c)
	q.Untagged = true
	return a.writeLatestPact(c, q, nil)
}

func (a *API) getLatestBranchPact(c echo.Context) error {
	q := pairOf(c)
	q.Branch = c.Param("branch")
	return a.writeLatestPact(c, q, nil)
}

// writeLatestPact answers with the pact that is the latest at this moment. Its
// version goes into a header, and into the address for results.
func (a *API) writeLatestPact(c echo.Context, q kernel.PactQuery, tags []string) error {
	p, err := a.service.Publish.FindPact(c.Request().Context(), q)
	if err != nil {
		return err
	}
	if chosen(c) != typeExtended {
		c.Response().Header().Set("X-Pact-Consumer-Version", p.ConsumerVersion.Number)
	}
	meta := kernel.PactMetadata{ConsumerVersionID: p.ConsumerVersion.ID, ConsumerVersionTags: tags}
	return a.renderPact(c, http.StatusOK, p, encodeMetadata(meta), false)
}

func (a *API) writePact(c echo.Context, q kernel.PactQuery) error {
	p, err := a.service.Publish.FindPact(c.Request().Context(), q)
	if err != nil {
		return err
	}
	return a.renderPact(c, http.StatusOK, p, "", false)
}

func (a *API) putPact(c echo.Context) error {
	in, err := a.bindPact(c)
	if err != nil {
		return err
	}
	if err := a.mustBeNew(c); err != nil {
		return err
	}
	p, err := a.service.Publish.PublishPact(c.Request().Context(), in)
	return a.writePublished(c, p, err)
}

func (a *API) mergePact(c echo.Context) error {
	in, err := a.bindPact(c)
	if err != nil {
		return err
	}
	p, err := a.service.Publish.MergePact(c.Request().Context(), in)
	return a.writePublished(c, p, err)
}

func (a *API) writePublished(c echo.Context, p publish.PublishedPact, err error) error {
	if err != nil {
		return err
	}
	status := http.StatusOK
	if p.Created {
		status = http.StatusCreated
	}
	return a.renderPact(c, status, p.Pact, "", false)
}

// mustBeNew honours If-None-Match: * on publishing.
func (a *API) mustBeNew(c echo.Context) error {
	if strings.TrimSpace(c.Request().Header.Get("If-None-Match")) != "*" {
		return nil
	}
	q := pairOf(c)
	q.Version = c.Param("version")
	if _, err := a.service.Publish.FindPact(c.Request().Context(), q); err == nil {
		return errPrecondition
	}
	return nil
}

// bindPact reads a pact to publish. The names in the document may be missing,
// but they may not contradict the address.
func (a *API) bindPact(c echo.Context) (publish.PactDocument, error) {
	in := publish.PactDocument{Consumer: c.Param("consumer"), Provider: c.Param("provider"),
		ConsumerVersion: c.Param("version"), Content: bodyText(c)}
	err := examine(c, func(f *form) {
		checkParty(f, "consumer", in.Consumer)
		checkParty(f, "provider", in.Provider)
		if strings.TrimSpace(in.ConsumerVersion) == "" {
			f.fail("consumer_version_number", "cannot be blank")
		}
	})
	if err != nil {
		return in, err
	}
	if err := a.service.Publish.CheckPact(c.Request().Context(), in); err != nil {
		return in, err
	}
	return in, checkHeaders(c)
}

func checkParty(f *form, role, name string) {
	if strings.TrimSpace(name) == "" {
		f.fail(role+".name", "cannot be blank")
		return
	}
	party, _ := f.values[role].(map[string]any)
	inBody, given := party["name"].(string)
	if given && inBody != name {
		f.fail(role+".name", "is '"+inBody+"' in the pact but '"+name+"' in the address")
	}
}

func (a *API) deletePact(c echo.Context) error {
	left, err := a.service.Publish.DeletePact(c.Request().Context(),
		c.Param("consumer"), c.Param("provider"), c.Param("version"))
	return a.writeDeletion(c, left, err)
}

// writeDeletion answers a deletion of pacts with where to go from here.
func (a *API) writeDeletion(c echo.Context, left publish.PactDeletion, err error) error {
	if err != nil {
		return err
	}
	l := a.links(c)
	r := hal.New().Link("index", hal.Link{Href: l.Base()})
	if left.PactsRemain {
		r.Link("pb:latest-pact-version", hal.Link{Title: "Latest pact",
			Href: l.Pair(c.Param("provider"), c.Param("consumer")).Latest()})
	}
	return writeHAL(c, http.StatusOK, r)
}

// renderPact writes a pact in the negotiated form. segment is the metadata for
// the address of results; withVersions says that it named consumer versions.
func (a *API) renderPact(c echo.Context, status int, p kernel.Pact, segment string, withVersions bool) error {
	if notModified(c) {
		return errNotModified
	}
	if err := a.admit(c, len(p.Body)); err != nil {
		return err
	}
	l := a.links(c)
	linked := pactLinks(l, p, segment, withVersions)
	if chosen(c) == typeExtended {
		return writeHAL(c, status, extendedPact(p, linked))
	}
	document, err := hal.ParseObject(p.Body)
	if err != nil {
		return err
	}
	out := linked.Around(document).Set("createdAt", hal.Time(p.CreatedAt))
	if chosen(c) == typeHTML {
		text, err := hal.Marshal(out)
		if err != nil {
			return err
		}
		return writeJSONPage(c, status, pactName(p.PactPublication), text)
	}
	media := typeHAL
	if chosen(c) == typeJSON {
		media = typeJSON
	}
	return writeJSON(c, status, media, out)
}

// extendedPact keeps the document apart from what the broker knows about it.
// Its tags are always empty: so are those of Pact Broker, and the version
// resource tells them.
func extendedPact(p kernel.Pact, linked *hal.Resource) *hal.Resource {
	return linked.Set("createdAt", hal.Time(p.CreatedAt)).
		Set("contract", rawJSON(p.Body)).
		Embed("tags", []string{})
}

func pactLinks(l links.Links, p kernel.Pact, segment string, withVersions bool) *hal.Resource {
	consumer, provider, number := p.Consumer.Name, p.Provider.Name, p.ConsumerVersion.Number
	pair := l.Pair(provider, consumer)
	r := hal.New().Link("self", titled("Pact", pactName(p.PactPublication), pair.Pact(number))).
		Link("pb:consumer", titled("Consumer", consumer, l.Pacticipant(consumer))).
		Link("pb:consumer-version", titled("Consumer version", number, l.Version(consumer, number)))
	if withVersions {
		r.Links("pb:consumer-versions", consumerVersionLinks(l, p))
	}
	r.Link("pb:provider", titled("Provider", provider, l.Pacticipant(provider))).
		Link("pb:pact-version", titled("Pact content version permalink", p.SHA, pair.Content(p.SHA))).
		Link("pb:latest-pact-version", hal.Link{Title: "The newest pact of the pair", Href: pair.Latest()}).
		Link("pb:all-pact-versions", hal.Link{Title: "All pacts of the pair", Href: pair.Versions()}).
		Link("pb:latest-untagged-pact-version", hal.Link{
			Title: "The newest pact of the pair without a tag", Href: pair.LatestUntagged()}).
		Link("pb:latest-tagged-pact-version", template("Latest tagged version of this pact", pair.LatestTaggedTemplate())).
		Link("pb:previous-distinct", hal.Link{
			Title: "The pact before, with other content", Href: pair.PreviousDistinct(number)}).
		Link("pb:diff-previous-distinct", hal.Link{
			Title: "What differs from the pact before", Href: pair.DiffPreviousDistinct(number)}).
		Link("pb:diff", template("What differs from another pact of the pair", pair.DiffContent(p.SHA)))
	return linkPactActions(r, l, p, segment)
}

func linkPactActions(r *hal.Resource, l links.Links, p kernel.Pact, segment string) *hal.Resource {
	consumer, provider, number := p.Consumer.Name, p.Provider.Name, p.ConsumerVersion.Number
	pair := l.Pair(provider, consumer)
	return r.Link("pb:pact-webhooks", hal.Link{
		Title: "Webhooks for the pact between " + consumer + " and " + provider, Href: pair.Webhooks()}).
		// Pact Broker puts the provider's name into this address, and every
		// recorded pact has it so. The right address stands beside it.
		Link("pb:consumer-webhooks", hal.Link{
			Title: "Webhooks for all pacts with " + provider + " as consumer", Href: l.ConsumerWebhooks(provider)}).
		Link("pb:webhooks-for-consumer", hal.Link{
			Title: "Webhooks for all pacts with consumer " + consumer, Href: l.ConsumerWebhooks(consumer)}).
		Link("pb:tag-prod-version", hal.Link{
			Title: "PUT here tags the consumer version with prod",
			Href:  l.Tag(consumer, number, "prod")}).
		Link("pb:tag-version", hal.Link{
			Title: "PUT here tags the consumer version", Href: l.Version(consumer, number) + "/tags/{tag}"}).
		Link("pb:publish-verification-results", hal.Link{
			Title: "Publish verification results", Href: pair.Results(p.SHA, segment)}).
		Link("pb:latest-verification-results", hal.Link{Href: pair.LatestResult(p.SHA)}).
		Link("pb:triggered-webhooks", hal.Link{
			Title: "What the publication of this pact set off", Href: pair.TriggeredWebhooks(number)}).
		Link("pb:matrix-for-consumer-version", hal.Link{
			Title: "The matrix of the consumer version",
			Href:  l.MatrixForVersion(consumer, number)}).
		Curies("pb", l.Doc("pact"))
}

func consumerVersionLinks(l links.Links, p kernel.Pact) []hal.Link {
	out := make([]hal.Link, 0, len(p.NamedVersions))
	for _, v := range p.NamedVersions {
		out = append(out, titled("Consumer version", v.Number, l.Version(p.Consumer.Name, v.Number)))
	}
	return out
}
