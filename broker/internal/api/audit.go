package api

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/audit"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/hal"
)

// mostEvents is how many events one answer has at most.
const mostEvents = 100

// listAudit lists events, newest first unless asked otherwise.
func (a *API) listAudit(c echo.Context) error {
	query, err := readQuery(c)
	if err != nil {
		return err
	}
	found := &fieldProblems{}
	q := audit.Query{Principal: query.text("userUuid"), Action: query.text("type"), From: query.text("from"),
		Number: atLeastOne(found, query, "pageNumber", 1), Size: atLeastOne(found, query, "pageSize", mostEvents)}
	if q.Size > mostEvents {
		found.fail("pageSize", fmt.Sprintf("must be less than or equal to %d", mostEvents))
	}
	if text := query.text("since"); text != "" {
		if q.Since, err = time.Parse(time.RFC3339, text); err != nil {
			found.fail("since", "must be a time such as 2027-01-31T12:00:00Z")
		}
	}
	switch query.text("sort") {
	case "", "-timestamp":
	case "timestamp", "+timestamp", " timestamp": // a plus sign in an address is a blank
		q.Ascending = true
	default:
		found.fail("sort", "must be +timestamp or -timestamp")
	}
	if q.Action != "" && !actionForm.MatchString(q.Action) {
		found.fail("type", "must be the type of an event, such as contract_published")
	}
	if err := found.err(); err != nil {
		return err
	}
	events, more, err := a.service.Audit.List(c.Request().Context(), q)
	if err != nil {
		return err
	}
	docs := make([]*hal.Object, 0, len(events))
	for _, e := range events {
		docs = append(docs, eventDoc(e))
	}
	l := a.links(c)
	r := hal.New().Set("events", docs).Link("self", hal.Link{Title: "Audit", Href: l.Audit()})
	if more {
		next := url.Values{"from": {events[len(events)-1].UUID}}
		for _, name := range []string{"since", "userUuid", "type", "sort", "pageSize"} {
			if query.has(name) {
				next.Set(name, query.text(name))
			}
		}
		r.Link("next", hal.Link{Title: "Further events", Href: l.Audit() + "?" + next.Encode()})
	}
	return writeHAL(c, http.StatusOK, r)
}

func eventDoc(e kernel.AuditEvent) *hal.Object {
	user := new(hal.Object).Set("uuid", e.Principal).Set("name", e.Name).Set("type", e.Kind)
	doc := new(hal.Object).Set("uuid", e.UUID).Set("timestamp", e.At.UTC().Format("2006-01-02T15:04:05.000000Z")).Set("type", e.Action).Set("user", user)
	if e.Token != "" {
		doc.Set("token", new(hal.Object).Set("prefix", e.Token))
	}
	if e.Rule != "" {
		doc.Set("rule", new(hal.Object).Set("uuid", e.Rule))
	}
	if e.RequestID != "" {
		doc.Set("requestId", e.RequestID)
	}
	doc.Set("ip", e.IP).Set("resource", e.Resource).Set("outcome", string(e.Outcome))
	details := new(hal.Object)
	if e.Subject != nil {
		details.Set("subject", e.Subject)
	}
	if e.Changes != nil {
		details.Set("changes", e.Changes)
	}
	doc.Set("details", details)
	if e.Seq > 0 {
		doc.Set("seq", e.Seq).Set("hash", e.Hash)
	}
	return doc
}

// verifyAudit tells whether the chain of events hangs together.
func (a *API) verifyAudit(c echo.Context) error {
	found, err := a.service.Audit.Verify(c.Request().Context(), 0, "")
	if err != nil {
		return err
	}
	r := hal.New().Set("intact", found.Break == "").Set("events", found.Events).Set("seq", found.Seq).Set("hash", found.Hash).Set("unsealed", found.Unsealed)
	if found.Unsealed > 0 {
		r.Set("oldestUnsealed", hal.Time(found.Oldest))
	}
	if found.Break != "" {
		r.Set("break", found.Break)
	}
	return writeHAL(c, http.StatusOK, r.Link("self", hal.Link{Href: a.links(c).Audit() + "/verification"}))
}
