package api

import (
	"bytes"
	"encoding/json"
	"html"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/internal/hal"
)

const charset = ";charset=utf-8"

// buffers are those that documents are written in before they are sent: a
// document that grows its own costs about twice its size.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// mostBuffered is the capacity in bytes above which a buffer is not kept.
const mostBuffered = 1 << 20

// writeJSON writes any value as JSON under a media type.
func writeJSON(c echo.Context, status int, media string, body any) error {
	buffer := buffers.Get().(*[]byte)
	defer func() {
		if cap(*buffer) <= mostBuffered {
			buffers.Put(buffer)
		}
	}()
	text, err := hal.Append((*buffer)[:0], body)
	if err != nil {
		return err
	}
	*buffer = text
	return c.Blob(status, media+charset, text)
}

// writeHAL writes a resource under the negotiated media type.
func writeHAL(c echo.Context, status int, body any) error {
	if status == http.StatusOK && notModified(c) {
		return errNotModified
	}
	media, _ := c.Get(keyType).(string)
	if media != typeJSON && media != typeExtended {
		media = typeHAL
	}
	return writeJSON(c, status, media, body)
}

// writeCreated writes a resource as new, at location, or as known.
func writeCreated(c echo.Context, created bool, location string, body any) error {
	if !created {
		return writeHAL(c, http.StatusOK, body)
	}
	c.Response().Header().Set("Location", location)
	return writeHAL(c, http.StatusCreated, body)
}

// writeText writes plain text.
func writeText(c echo.Context, media, text string) error {
	return c.Blob(http.StatusOK, media+charset, []byte(text))
}

// deleted answers a deletion.
func deleted(c echo.Context, err error) error {
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// chosen is the media type that was negotiated.
func chosen(c echo.Context) string {
	media, _ := c.Get(keyType).(string)
	return media
}

// setTimes adds updatedAt, where it says more than createdAt, and createdAt.
func setTimes(r *hal.Resource, created, updated time.Time) *hal.Resource {
	if !updated.IsZero() && !updated.Equal(created) {
		r.Set("updatedAt", hal.Time(updated))
	}
	return r.Set("createdAt", hal.Time(created))
}

// titled is a link with a title and a name.
func titled(title, name, href string) hal.Link {
	return hal.Link{Title: title, Name: name, Href: href}
}

// template is a link with {variables}.
func template(title, href string) hal.Link {
	return hal.Link{Title: title, Href: href, Templated: hal.True()}
}

// noticeList renders notices, with the addresses they point to at the end of
// their text.
func (a *API) noticeList(c echo.Context, notices []broker.Notice) []*hal.Object {
	out := make([]*hal.Object, 0, len(notices))
	for _, notice := range notices {
		out = append(out, new(hal.Object).
			Set("type", string(notice.Level)).
			Set("text", a.noticeText(c, notice)))
	}
	return out
}

func (a *API) noticeText(c echo.Context, notice broker.Notice) string {
	if notice.Link == nil {
		return notice.Text
	}
	l := a.links(c)
	href := l.TriggeredWebhookLogs(notice.Link.Triggered)
	if pact := notice.Link.Pact; pact != nil {
		href = l.Pair(pact.Provider.Name, pact.Consumer.Name).Pact(pact.ConsumerVersion.Number)
	}
	return strings.TrimRight(notice.Text, " ") + " " + href
}

// rawJSON is a JSON text as a value.
func rawJSON(text []byte) json.RawMessage {
	if len(text) == 0 {
		return json.RawMessage("null")
	}
	return text
}

// writeJSONPage shows a JSON text to a browser that came without a dashboard.
func writeJSONPage(c echo.Context, status int, title string, text []byte) error {
	var page bytes.Buffer
	page.WriteString("<!doctype html><meta charset=\"utf-8\"><title>")
	page.WriteString(html.EscapeString(title) + "</title><pre>")
	var indented bytes.Buffer
	if err := json.Indent(&indented, text, "", "  "); err != nil {
		return err
	}
	page.WriteString(html.EscapeString(indented.String()) + "</pre>\n")
	return c.Blob(status, typeHTML+charset, page.Bytes())
}

// notModified honours If-None-Match: * on reading.
func notModified(c echo.Context) bool {
	return isReading(c.Request().Method) &&
		strings.TrimSpace(c.Request().Header.Get("If-None-Match")) == "*"
}
