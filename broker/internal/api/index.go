package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/internal/hal"
)

// indexEntry is a relation of the index. templated is what its link says about
// itself, which for one relation is wrong and stays so.
type indexEntry struct {
	rel, address, title string
	templated           *bool
	name                string
}

func indexEntries() []indexEntry {
	yes, no := hal.True(), hal.False()
	pair := "/pacts/provider/{provider}/consumer/{consumer}"
	return []indexEntry{
		{rel: "self", address: "", title: "This broker", templated: no},
		{rel: "pb:publish-pact", address: pair + "/version/{consumerApplicationVersion}", title: "Publish one pact", templated: yes},
		{rel: "pb:publish-contracts", address: "/contracts/publish", title: "Publish all contracts of a version", templated: no},
		{rel: "pb:latest-pact-versions", address: "/pacts/latest", title: "The newest pact of every pair", templated: no},
		// A template that says it is none: Pact Broker's answer, kept.
		{rel: "pb:tagged-pact-versions", address: pair + "/tag/{tag}",
			title: "The pacts of a pair whose consumer version carries a tag", templated: no},
		{rel: "pb:branch-pact-versions", address: pair + "/branch/{branch}", title: "The pacts of a pair from a branch", templated: yes},
		{rel: "pb:latest-branch-pact-versions", address: pair + "/branch/{branch}/latest/versions",
			title: "The newest pact of a pair from a branch", templated: yes},
		{rel: "pb:main-branch-pact-versions", address: pair + "/branch/versions",
			title: "The pacts of a pair from the consumer's main branch", templated: yes},
		{rel: "pb:latest-main-branch-pact-versions", address: pair + "/branch/latest/versions",
			title: "The newest pact of a pair from the consumer's main branch", templated: yes},
		{rel: "pb:provider-pacts-with-main-branch", address: "/pacts/provider/{provider}/branch",
			title: "All pacts of a provider from main branches", templated: yes},
		{rel: "pb:provider-pacts-with-branch", address: "/pacts/provider/{provider}/branch/{branch}",
			title: "All pacts of a provider from a branch", templated: yes},
		{rel: "pb:latest-provider-pacts-with-main-branch", address: "/pacts/provider/{provider}/branch/latest",
			title: "Latest pacts of a provider from main branches", templated: yes},
		{rel: "pb:latest-provider-pacts-with-branch", address: "/pacts/provider/{provider}/branch/{branch}/latest",
			title: "Latest pacts of a provider from a branch", templated: yes},
		{rel: "pb:pacticipants", address: "/pacticipants", title: "Applications", templated: no},
		{rel: "pb:pacticipant", address: "/pacticipants/{pacticipant}", title: "One application", templated: yes},
		{rel: "pb:latest-provider-pacts", address: "/pacts/provider/{provider}/latest",
			title: "The newest pacts of a provider", templated: yes},
		{rel: "pb:latest-provider-pacts-with-tag", address: "/pacts/provider/{provider}/latest/{tag}",
			title: "The newest pacts of a provider with a tag", templated: yes},
		{rel: "pb:provider-pacts-with-tag", address: "/pacts/provider/{provider}/tag/{tag}",
			title: "The pacts of a provider whose consumer version carries a tag", templated: yes},
		{rel: "pb:provider-pacts", address: "/pacts/provider/{provider}",
			title: "The pacts of a provider", templated: yes},
		{rel: "pb:latest-version", address: "/pacticipants/{pacticipant}/latest-version",
			title: "The newest version of an application", templated: yes},
		{rel: "pb:latest-tagged-version", address: "/pacticipants/{pacticipant}/latest-version/{tag}",
			title: "The newest version of an application with a tag", templated: yes},
		{rel: "pb:webhooks", address: "/webhooks", title: "Webhooks", templated: no},
		{rel: "pb:webhook", address: "/webhooks/{uuid}", title: "Webhook", templated: yes},
		{rel: "pb:integrations", address: "/integrations", title: "Integrations", templated: no},
		{rel: "pb:pacticipant-version-tag", address: "/pacticipants/{pacticipant}/versions/{version}/tags/{tag}",
			title: "A tag of a version: read, add or remove it", templated: yes},
		{rel: "pb:pacticipant-branch", address: "/pacticipants/{pacticipant}/branches/{branch}",
			title: "A branch: read or delete it", templated: yes},
		{rel: "pb:pacticipant-branch-version", address: "/pacticipants/{pacticipant}/branches/{branch}/versions/{version}",
			title: "A version on a branch: read it or add it", templated: yes},
		{rel: "pb:pacticipant-version", address: "/pacticipants/{pacticipant}/versions/{version}",
			title: "A version: read, create or delete it", templated: yes},
		{rel: "pb:metrics", address: "/metrics", title: "What this broker holds, in numbers"},
		{rel: "pb:can-i-deploy-pacticipant-version-to-tag",
			address: "/can-i-deploy?pacticipant={pacticipant}&version={version}&to={tag}",
			title:   "May a version go to where a tag stands for?", templated: yes},
		{rel: "pb:can-i-deploy-pacticipant-version-to-environment",
			address: "/can-i-deploy?pacticipant={pacticipant}&version={version}&environment={environment}",
			title:   "May a version go to an environment?", templated: yes},
		{rel: "pb:provider-pacts-for-verification", address: "/pacts/provider/{provider}/for-verification",
			title: "The pacts a provider should verify", templated: yes},
		{rel: "beta:provider-pacts-for-verification", address: "/pacts/provider/{provider}/for-verification", name: "beta",
			title: "Out of date: take pb:provider-pacts-for-verification", templated: yes},
	}
}

// getIndex answers where everything is.
func (a *API) getIndex(c echo.Context) error {
	l := a.links(c)
	r := hal.New()
	for _, e := range indexEntries() {
		r.Link(e.rel, hal.Link{Title: e.title, Name: e.name, Href: l.Template(e.address), Templated: e.templated})
	}
	r.Curies("pb", l.Doc("index")).Curies("beta", l.Doc("index"))
	r.Link("pb:environments", hal.Link{Title: "Environments", Href: l.Environments(), Templated: hal.False()}).
		Link("pb:environment", template("Environment", l.Environments()+"/{uuid}"))
	return writeHAL(c, http.StatusOK, r)
}
