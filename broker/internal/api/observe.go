package api

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"
)

// Observation is one answered request.
type Observation struct {
	// Context is that of the request, with the trace it belongs to.
	Context context.Context
	Method  string
	// Route is the pattern of the address, such as /pacticipants/:pacticipant,
	// "pages" for the dashboard, or empty for an address that means nothing.
	Route  string
	Status int
	Took   time.Duration
}

// observe tells what was answered and how long it took. It writes the answer
// to an error itself, because only then the status is known.
func (a *API) observe(next echo.HandlerFunc) echo.HandlerFunc {
	if a.config.Observe == nil {
		return next
	}
	return func(c echo.Context) error {
		began := time.Now()
		if err := next(c); err != nil {
			c.Error(err)
		}
		route := c.Path()
		if paged, _ := c.Get(keyPage).(bool); paged {
			route = "pages"
		}
		a.config.Observe(Observation{
			Context: c.Request().Context(), Method: c.Request().Method, Route: route,
			Status: c.Response().Status, Took: time.Since(began),
		})
		return nil
	}
}
