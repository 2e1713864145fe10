package api

import (
	"context"

	"github.com/labstack/echo/v4"
)

// limitTime ends what a request does in the database when its time is over. The
// time of one that has a body begins when that has come: clients have lines of all
// speeds. What tells open pages of changes has no end of its own.
func (a *API) limitTime(next echo.HandlerFunc) echo.HandlerFunc {
	if a.config.RequestTimeout <= 0 {
		return next
	}
	return func(c echo.Context) error {
		if request := c.Request(); !hasBody(request.Method) && request.URL.Path != livePath {
			a.startTime(c)
		}
		defer func() {
			if cancel, started := c.Get(keyTime).(context.CancelFunc); started {
				cancel()
			}
		}()
		return next(c)
	}
}

// startTime starts the time of a request, unless it runs.
func (a *API) startTime(c echo.Context) {
	if _, started := c.Get(keyTime).(context.CancelFunc); started || a.config.RequestTimeout <= 0 {
		return
	}
	request := c.Request()
	ctx, cancel := context.WithTimeout(request.Context(), a.config.RequestTimeout)
	c.Set(keyTime, cancel)
	c.SetRequest(request.WithContext(ctx))
}
