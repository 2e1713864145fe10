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

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/internal/hal"
	"github.com/treatyhq/treaty/internal/visible"
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

// writeText writes a text. Plain text is for people, who may read it in a
// terminal: it shows what cannot be seen, and steers nothing.
func writeText(c echo.Context, media, text string) error {
	return writeTextAs(c, http.StatusOK, media, text)
}

func writeTextAs(c echo.Context, status int, media, text string) error {
	if media == typeText {
		text = visible.Lines(text)
	}
	return c.Blob(status, media+charset, []byte(text))
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
func noticeList(l links.Links, notices []kernel.Notice) []*hal.Object {
	out := make([]*hal.Object, 0, len(notices))
	for _, notice := range notices {
		out = append(out, new(hal.Object).
			Set("type", string(notice.Level)).
			Set("text", noticeText(l, notice)))
	}
	return out
}

// noticeText is what clients print as it is.
func noticeText(l links.Links, notice kernel.Notice) string {
	text := visible.Lines(notice.Text)
	if notice.Link == nil {
		return text
	}
	var href string
	if pact := notice.Link.Pact; pact != nil {
		href = l.Pair(pact.Provider.Name, pact.Consumer.Name).Pact(pact.ConsumerVersion.Number)
	} else {
		href = l.TriggeredWebhookLogs(notice.Link.Triggered)
	}
	return strings.TrimRight(text, " ") + " " + href
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
	page.WriteString(html.EscapeString(visible.Text(title)) + "</title><pre>")
	var indented bytes.Buffer
	if err := json.Indent(&indented, text, "", "  "); err != nil {
		return err
	}
	page.WriteString(`<bdi dir="ltr">` + html.EscapeString(visible.Lines(indented.String())) + "</bdi></pre>\n")
	return writeHTML(c, status, page.String())
}

// writeHTML writes a page without the dashboard's layout. It may load nothing.
func writeHTML(c echo.Context, status int, page string) error {
	c.Response().Header().Set("Content-Security-Policy", inert)
	return c.HTML(status, page)
}

// notModified honours If-None-Match: * on reading.
func notModified(c echo.Context) bool {
	return isReading(c.Request().Method) &&
		strings.TrimSpace(c.Request().Header.Get("If-None-Match")) == "*"
}
