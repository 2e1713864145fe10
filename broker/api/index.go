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
		{rel: "self", address: "", title: "Index", templated: no},
		{rel: "pb:publish-pact", address: pair + "/version/{consumerApplicationVersion}", title: "Publish a pact", templated: yes},
		{rel: "pb:publish-contracts", address: "/contracts/publish", title: "Publish contracts", templated: no},
		{rel: "pb:latest-pact-versions", address: "/pacts/latest", title: "Latest pact versions", templated: no},
		// A template that says it is none: Pact Broker's answer, kept.
		{rel: "pb:tagged-pact-versions", address: pair + "/tag/{tag}",
			title: "All versions of a pact for a given consumer, provider and consumer version tag", templated: no},
		{rel: "pb:branch-pact-versions", address: pair + "/branch/{branch}", title: "All versions of a pact for a branch", templated: yes},
		{rel: "pb:latest-branch-pact-versions", address: pair + "/branch/{branch}/latest/versions",
			title: "Latest version of a pact for a branch", templated: yes},
		{rel: "pb:main-branch-pact-versions", address: pair + "/branch/versions",
			title: "All versions of a pact for the consumer's main branch", templated: yes},
		{rel: "pb:latest-main-branch-pact-versions", address: pair + "/branch/latest/versions",
			title: "Latest version of a pact for the consumer's main branch", templated: yes},
		{rel: "pb:provider-pacts-with-main-branch", address: "/pacts/provider/{provider}/branch",
			title: "All pacts of a provider from main branches", templated: yes},
		{rel: "pb:provider-pacts-with-branch", address: "/pacts/provider/{provider}/branch/{branch}",
			title: "All pacts of a provider from a branch", templated: yes},
		{rel: "pb:latest-provider-pacts-with-main-branch", address: "/pacts/provider/{provider}/branch/latest",
			title: "Latest pacts of a provider from main branches", templated: yes},
		{rel: "pb:latest-provider-pacts-with-branch", address: "/pacts/provider/{provider}/branch/{branch}/latest",
			title: "Latest pacts of a provider from a branch", templated: yes},
		{rel: "pb:pacticipants", address: "/pacticipants", title: "Pacticipants", templated: no},
		{rel: "pb:pacticipant", address: "/pacticipants/{pacticipant}", title: "Fetch a pacticipant by name", templated: yes},
		{rel: "pb:latest-provider-pacts", address: "/pacts/provider/{provider}/latest",
			title: "Latest pacts by provider", templated: yes},
		{rel: "pb:latest-provider-pacts-with-tag", address: "/pacts/provider/{provider}/latest/{tag}",
			title: "Latest pacts by provider with a specified tag", templated: yes},
		{rel: "pb:provider-pacts-with-tag", address: "/pacts/provider/{provider}/tag/{tag}",
			title: "All pact versions for the provider with the specified consumer version tag", templated: yes},
		{rel: "pb:provider-pacts", address: "/pacts/provider/{provider}",
			title: "All pact versions for the specified provider", templated: yes},
		{rel: "pb:latest-version", address: "/pacticipants/{pacticipant}/latest-version",
			title: "Latest pacticipant version", templated: yes},
		{rel: "pb:latest-tagged-version", address: "/pacticipants/{pacticipant}/latest-version/{tag}",
			title: "Latest pacticipant version with the specified tag", templated: yes},
		{rel: "pb:webhooks", address: "/webhooks", title: "Webhooks", templated: no},
		{rel: "pb:webhook", address: "/webhooks/{uuid}", title: "Webhook", templated: yes},
		{rel: "pb:integrations", address: "/integrations", title: "Integrations", templated: no},
		{rel: "pb:pacticipant-version-tag", address: "/pacticipants/{pacticipant}/versions/{version}/tags/{tag}",
			title: "Get, create or delete a tag for a pacticipant version", templated: yes},
		{rel: "pb:pacticipant-branch", address: "/pacticipants/{pacticipant}/branches/{branch}",
			title: "Get or delete a pacticipant branch", templated: yes},
		{rel: "pb:pacticipant-branch-version", address: "/pacticipants/{pacticipant}/branches/{branch}/versions/{version}",
			title: "Get or add a pacticipant version of a branch", templated: yes},
		{rel: "pb:pacticipant-version", address: "/pacticipants/{pacticipant}/versions/{version}",
			title: "Get, create or delete a pacticipant version", templated: yes},
		{rel: "pb:metrics", address: "/metrics", title: "Get Pact Broker metrics"},
		{rel: "pb:can-i-deploy-pacticipant-version-to-tag",
			address: "/can-i-deploy?pacticipant={pacticipant}&version={version}&to={tag}",
			title:   "Determine if an application version can be deployed with all versions tagged with the specified tag", templated: yes},
		{rel: "pb:can-i-deploy-pacticipant-version-to-environment",
			address: "/can-i-deploy?pacticipant={pacticipant}&version={version}&environment={environment}",
			title:   "Determine if an application version can be deployed to an environment", templated: yes},
		{rel: "pb:provider-pacts-for-verification", address: "/pacts/provider/{provider}/for-verification",
			title: "Pact versions to be verified for the specified provider", templated: yes},
		{rel: "beta:provider-pacts-for-verification", address: "/pacts/provider/{provider}/for-verification", name: "beta",
			title: "DEPRECATED - please use pb:provider-pacts-for-verification", templated: yes},
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
