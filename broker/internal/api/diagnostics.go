package api

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/errlog"
	"github.com/treatyhq/treaty/internal/hal"
)

// getHeartbeat answers that the broker is alive. It asks nobody else.
func (a *API) getHeartbeat(c echo.Context) error {
	r := hal.New().Set("ok", true).Link("self", hal.Link{Href: a.links(c).Heartbeat()})
	return writePlainHAL(c, http.StatusOK, r)
}

// getDependencies answers whether the database does, for reading and for writing.
func (a *API) getDependencies(c echo.Context) error {
	database, status := new(hal.Object).Set("ok", true), http.StatusOK
	if check := a.config.CheckDatabase; check != nil {
		if err := check(c.Request().Context()); err != nil {
			a.log.ErrorContext(c.Request().Context(), "the database is not ready for writing", errlog.Attr(err))
			status = http.StatusServiceUnavailable
			database = new(hal.Object).Set("ok", false).Set("error", whyNotReady(err))
		}
	}
	r := hal.New().Set("database", database).Link("self", hal.Link{Href: a.links(c).Dependencies()})
	return writePlainHAL(c, status, r)
}

// whyNotReady says it in words of ours: an error's own may name hosts and users.
func whyNotReady(err error) string {
	var known *kernel.Error
	if errors.As(err, &known) && known.Message != "" {
		return known.Message
	}
	return "The database does not answer. The log of the broker tells why."
}

// writePlainHAL leaves the charset out, as monitors may compare the type.
func writePlainHAL(c echo.Context, status int, r *hal.Resource) error {
	text, err := hal.Marshal(r)
	if err != nil {
		return err
	}
	return c.Blob(status, typeHAL, text)
}

func (a *API) getPrometheus(c echo.Context) error {
	a.config.Prometheus.ServeHTTP(c.Response(), c.Request())
	return nil
}

// failOnPurpose lets people try out what their alarms do with a 500.
func (a *API) failOnPurpose(c echo.Context) error {
	if err := negotiate(c); err != nil {
		return err
	}
	return errors.New("this is a test error, somebody asked for it")
}
