package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/internal/hal"
)

// listProviderStates answers the states that a provider must be able to take.
func (a *API) listProviderStates(c echo.Context) error {
	states, err := a.service.Overview.ListProviderStates(c.Request().Context(),
		c.Param("provider"), c.Param("branch"), c.Param("environment"))
	if err != nil {
		return err
	}
	if err := orShorter(c, len(states)); err != nil {
		return err
	}
	list := make([]*hal.Object, 0, len(states))
	for _, s := range states {
		state := new(hal.Object).Set("name", s.Name)
		if len(s.Params) > 0 {
			state.Set("params", s.Params)
		}
		list = append(list, state.Set("consumers", listOf(s.Consumers)))
	}
	return writeHAL(c, http.StatusOK, new(hal.Object).Set("providerStates", list))
}
