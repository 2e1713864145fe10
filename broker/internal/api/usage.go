package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/internal/hal"
)

// showUsage answers what consumers use of a provider, and whom it would break if that
// went away.
func (a *API) showUsage(c echo.Context) error {
	answer, err := a.service.Overview.LookAtUsage(c.Request().Context(), overview.UsageQuery{
		Provider: c.Param("pacticipant"), Words: c.QueryParam("q"), Endpoint: c.QueryParam("endpoint"), Field: c.QueryParam("field"),
		Consumer: c.QueryParam("consumer"), Environment: c.QueryParam("environment"),
	})
	if err != nil {
		return err
	}
	readers := []*hal.Object{}
	for _, u := range answer.Uses {
		for _, by := range u.By {
			reader := new(hal.Object).Set("endpoint", u.Endpoint()).Set("part", string(u.Part)).Set("field", u.Field()).Set("use", readsOrSends(u))
			readers = append(readers, describeUser(reader, by.CountedContract).Set("rule", by.Rule).Set("how", by.How).Set("interactions", listOf(by.Interactions)))
		}
	}
	breaks := new(hal.Object)
	for _, in := range answer.Breaks() {
		users := []*hal.Object{}
		for _, user := range in.Contracts {
			users = append(users, new(hal.Object).Set("consumer", user.Consumer).Set("version", user.Version))
		}
		breaks.Set(in.Environment.Name, users)
	}
	contracts := []*hal.Object{}
	for _, contract := range answer.Contracts {
		contracts = append(contracts, describeUser(new(hal.Object), contract))
	}
	name := answer.Provider.Name
	r := hal.New().Set("breaks", breaks).Set("contracts", contracts).Set("uncounted", listOf(answer.Uncounted)).Set("toldInPart", listOf(answer.Partly))
	r.Link("self", hal.Link{Href: a.selfWithQuery(c), Title: "What consumers use of " + name}).
		Link("pb:provider", hal.Link{Href: a.links(c).Pacticipant(name), Name: name}).Embed("readers", readers)
	return writeHAL(c, http.StatusOK, r)
}

func readsOrSends(u overview.FieldUse) string {
	if u.Part.Sent() {
		return "sends"
	}
	return "reads"
}

func describeUser(o *hal.Object, c overview.CountedContract) *hal.Object {
	o.Set("consumer", c.Consumer).Set("version", c.Version).Set("environments", listOf(kernel.NamesOf(c.Environments)))
	if c.Branch != "" {
		o.Set("mainBranch", c.Branch)
	}
	return o
}
