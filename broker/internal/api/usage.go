package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/internal/hal"
)

// showUsage answers what consumers use of a provider.
func (a *API) showUsage(c echo.Context) error {
	answer, err := a.service.Overview.LookAtUsage(c.Request().Context(), overview.UsageQuery{
		Provider: c.Param("provider"), Words: c.QueryParam("q"), Endpoint: c.QueryParam("endpoint"),
		Consumer: c.QueryParam("consumer"), Environment: c.QueryParam("environment"),
	})
	if err != nil {
		return err
	}
	l := a.links(c)
	contracts := make([]*hal.Object, 0, len(answer.Contracts))
	for _, contract := range answer.Contracts {
		contracts = append(contracts, countedContract(contract))
	}
	uses := make([]*hal.Object, 0, len(answer.Uses))
	for _, u := range answer.Uses {
		var by []*hal.Object
		for _, one := range u.By {
			by = append(by, countedContract(one.CountedContract).Set("how", one.How).Set("interactions", listOf(one.Interactions)))
		}
		uses = append(uses, new(hal.Object).Set("endpoint", u.Endpoint()).Set("part", string(u.Part)).Set("name", u.Name).Set("usedBy", by))
	}
	name := answer.Provider.Name
	r := hal.New()
	r.Set("contracts", contracts).Set("uses", uses).Set("toldInPart", listOf(answer.Partly))
	r.Link("self", hal.Link{Href: a.selfWithQuery(c), Title: "What consumers use of " + name}).
		Link("pb:provider", hal.Link{Href: l.Pacticipant(name), Name: name})
	return writeHAL(c, http.StatusOK, r)
}

func countedContract(c overview.CountedContract) *hal.Object {
	environments := make([]string, 0, len(c.Environments))
	for _, e := range c.Environments {
		environments = append(environments, e.Name)
	}
	out := new(hal.Object).Set("consumer", c.Consumer).Set("version", c.Version).Set("environments", environments)
	if c.Branch != "" {
		out.Set("mainBranch", c.Branch)
	}
	return out
}
