package api

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/hal"
)

// pairList is a list of the pacts of one pair, as GET renders and DELETE
// deletes it.
type pairList struct {
	query kernel.PactListQuery
	title string
	// newestFirst turns the order of the service around.
	newestFirst bool
	// prefixed gives the relations their pb: prefix.
	prefixed bool
}

// pairVersions are all pacts of the pair.
func pairVersions(echo.Context) pairList { return pairList{newestFirst: true} }

// pairTag are those whose consumer version has a tag.
func pairTag(c echo.Context) pairList {
	tag := c.Param("tag")
	return pairList{query: kernel.PactListQuery{Tag: tag}, title: " with tag " + tag, newestFirst: true, prefixed: true}
}

// pairBranch are those of a branch, or of the main branch if none is named.
func pairBranch(c echo.Context) pairList {
	return pairList{query: branchQuery(c, false), title: branchTitle(c)}
}

// pairBranchLatest is that of the head of a branch, or of the main branch.
func pairBranchLatest(c echo.Context) pairList {
	return pairList{query: branchQuery(c, true), title: branchTitle(c)}
}

func branchQuery(c echo.Context, heads bool) kernel.PactListQuery {
	branch := c.Param("branch")
	return kernel.PactListQuery{Branch: branch, MainBranch: branch == "", Heads: heads}
}

func branchTitle(c echo.Context) string {
	if branch := c.Param("branch"); branch != "" {
		return " with consumer version branch " + branch
	}
	return " from the main branch of the consumer"
}

// listPairPacts answers GET for one kind of list.
func (a *API) listPairPacts(kind func(echo.Context) pairList) echo.HandlerFunc {
	return func(c echo.Context) error {
		list := kind(c)
		list.query.Consumer, list.query.Provider = c.Param("consumer"), c.Param("provider")
		pacts, err := a.service.Publish.ListPacts(c.Request().Context(), list.query)
		if err != nil {
			return err
		}
		if err := orShorter(c, len(pacts)); err != nil {
			return err
		}
		if list.newestFirst {
			slices.Reverse(pacts)
		}
		return writeHAL(c, http.StatusOK, a.pairListDoc(c, list, pacts))
	}
}

// deletePairPacts answers DELETE for one kind of list.
func (a *API) deletePairPacts(kind func(echo.Context) pairList) echo.HandlerFunc {
	return func(c echo.Context) error {
		q := kind(c).query
		q.Consumer, q.Provider = c.Param("consumer"), c.Param("provider")
		left, err := a.service.Publish.DeletePacts(c.Request().Context(), q)
		return a.writeDeletion(c, left, err)
	}
}

// deleteAllPairPacts deletes every pact of a pair; Pact Broker answers this
// one deletion without a body.
func (a *API) deleteAllPairPacts(c echo.Context) error {
	_, err := a.service.Publish.DeletePacts(c.Request().Context(),
		kernel.PactListQuery{Consumer: c.Param("consumer"), Provider: c.Param("provider")})
	return deleted(c, err)
}

func (a *API) pairListDoc(c echo.Context, list pairList, pacts []kernel.Pact) *hal.Resource {
	l := a.links(c)
	consumer, provider := c.Param("consumer"), c.Param("provider")
	docs := make([]*hal.Resource, 0, len(pacts))
	entries := make([]hal.Link, 0, len(pacts))
	for _, p := range pacts {
		number := p.ConsumerVersion.Number
		href := l.Pair(provider, consumer).Pact(number)
		docs = append(docs, hal.New().Set("createdAt", hal.Time(p.CreatedAt)).
			Embed("consumerVersion", versionStub(l, consumer, number)).
			Link("self", hal.Link{Href: href, Title: pactName(p.PactPublication)}))
		entries = append(entries, titled("Pact",
			"Version "+number+" - "+p.CreatedAt.UTC().Format("02/01/2006"), href))
	}
	prefix := ""
	if list.prefixed {
		prefix = "pb:"
	}
	title := "The pacts between " + consumer + " and " + provider + list.title
	return hal.New().Embed("pacts", docs).
		Link("self", hal.Link{Href: a.requestURL(c), Title: title}).
		Link(prefix+"consumer", titled("Consumer", consumer, l.Pacticipant(consumer))).
		Link(prefix+"provider", titled("Provider", provider, l.Pacticipant(provider))).
		Links(prefix+"pact-versions", entries)
}

// providerList is a list of the pacts of one provider.
type providerList struct {
	query kernel.PactListQuery
	title string
}

func providerAll(echo.Context) providerList {
	return providerList{title: "The pacts of provider "}
}

func providerTag(c echo.Context) providerList {
	return providerList{query: kernel.PactListQuery{Tag: c.Param("tag")}, title: "The pacts of provider "}
}

func providerLatest(c echo.Context) providerList {
	return providerList{query: kernel.PactListQuery{Tag: c.Param("tag"), Heads: true},
		title: "Latest pact versions for the provider "}
}

func providerBranch(c echo.Context) providerList {
	return providerList{query: branchQuery(c, false), title: "The pacts of provider "}
}

func providerBranchLatest(c echo.Context) providerList {
	return providerList{query: branchQuery(c, true), title: "Latest pact versions for the provider "}
}

// listProviderPacts answers one kind of list of a provider's pacts.
func (a *API) listProviderPacts(kind func(echo.Context) providerList) echo.HandlerFunc {
	return func(c echo.Context) error {
		list := kind(c)
		list.query.Provider = c.Param("provider")
		pacts, err := a.service.Publish.ListPacts(c.Request().Context(), list.query)
		if err != nil {
			return err
		}
		if err := orShorter(c, len(pacts)); err != nil {
			return err
		}
		return writeHAL(c, http.StatusOK, a.providerListDoc(c, list, pacts))
	}
}

func (a *API) providerListDoc(c echo.Context, list providerList, pacts []kernel.Pact) *hal.Resource {
	l := a.links(c)
	provider := c.Param("provider")
	current := make([]hal.Link, 0, len(pacts))
	older := make([]hal.Link, 0, len(pacts))
	for _, p := range pacts {
		href := l.Pair(p.Provider.Name, p.Consumer.Name).Pact(p.ConsumerVersion.Number)
		name := pactName(p.PactPublication)
		current = append(current, hal.Link{Href: href, Title: name, Name: p.Consumer.Name})
		older = append(older, hal.Link{Href: href, Name: p.Consumer.Name,
			Title: "Out of date: take pb:pacts. " + name})
	}
	title := list.title + provider
	switch {
	case list.query.Tag != "":
		title += " with consumer version tag '" + list.query.Tag + "'"
	case list.query.Branch != "":
		title += " with consumer version branch '" + list.query.Branch + "'"
	case list.query.MainBranch:
		title += " from the main branch of each consumer"
	}
	return hal.New().Link("self", hal.Link{Href: a.requestURL(c), Title: title}).
		Link("pb:provider", hal.Link{Href: l.Pacticipant(provider), Name: provider}).
		Links("pb:pacts", current).
		Link("provider", hal.Link{Href: l.Pacticipant(provider), Title: provider,
			Name: "Out of date: take pb:provider"}).
		Links("pacts", older)
}

// listLatestPacts lists the newest pact of every pair.
func (a *API) listLatestPacts(c echo.Context) error {
	pacts, err := a.service.Publish.ListPacts(c.Request().Context(), kernel.PactListQuery{Heads: true})
	if err != nil {
		return err
	}
	l := a.links(c)
	docs := make([]*hal.Resource, 0, len(pacts))
	current := make([]hal.Link, 0, len(pacts))
	older := make([]hal.Link, 0, len(pacts))
	for _, p := range pacts {
		pair := l.Pair(p.Provider.Name, p.Consumer.Name)
		consumer := pacticipantStub(l, p.Consumer.Name).
			Embed("version", versionStub(l, p.Consumer.Name, p.ConsumerVersion.Number))
		docs = append(docs, hal.New().Set("createdAt", hal.Time(p.CreatedAt)).
			Embed("consumer", consumer).
			Embed("provider", pacticipantStub(l, p.Provider.Name)).
			Links("self", []hal.Link{{Href: pair.Latest()}, {Href: pair.Pact(p.ConsumerVersion.Number)}}))
		title := "Latest pact between " + p.Consumer.Name + " and " + p.Provider.Name
		current = append(current, hal.Link{Href: pair.Latest(), Title: title})
		older = append(older, hal.Link{Href: pair.Latest(), Title: title,
			Name: "Out of date: take pb:pacts"})
	}
	r := hal.New().Set("pacts", docs).
		Link("self", hal.Link{Href: l.LatestPacts()}).
		Links("pb:pacts", current).
		Links("pacts", older).
		Curies("pb", l.Doc("pacts"))
	return writeHAL(c, http.StatusOK, r)
}
