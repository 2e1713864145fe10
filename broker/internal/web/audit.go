package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/audit"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// auditPage lists who did what.
type auditPage struct {
	base
	Lead   string
	Filter kit.Filter
	Table  kit.Table
	Older  kit.Link
}

func (*auditPage) template() string { return "audit" }

// auditAsked are the parameters of the list.
var auditAsked = []string{"type", "user", "outcome", "from"}

func (w *web) audit(r *http.Request) (page, error) {
	if !w.service.Audit.On() {
		return nil, kernel.Errorf(kernel.CodeNotFound, "This broker keeps no record of who did what: its operator switches it on with --audit or --identity.")
	}
	query := r.URL.Query()
	events, more, err := w.service.Audit.List(r.Context(), audit.Query{
		Principal: query.Get("user"), Action: strings.TrimSpace(query.Get("type")), Outcome: kernel.AuditOutcome(query.Get("outcome")), From: query.Get("from"), Size: pageSize,
	})
	if err != nil {
		return nil, err
	}
	return w.auditPage(w.links(r), query, events, more), nil
}

func (w *web) auditPage(l links.Links, query url.Values, events []kernel.AuditEvent, more bool) *auditPage {
	p := &auditPage{
		base: base{title: "Audit", twin: api.Audit()}, Lead: "Who did what, newest first. What was not allowed is here too.",
		Table: kit.Table{Columns: []kit.Column{{Title: "When"}, {Title: "Who"}, {Title: "Did"}, {Title: "To"}, {Title: "Outcome"}, {Title: "From"}, {Title: "Place"}}},
	}
	p.Filter = kit.Filter{Region: "found", Count: strings.Replace(kit.CountOf(len(events), len(events)), "row", "event", 1), Search: &kit.Field{ID: "type", Name: "type", Label: "Type", Value: query.Get("type"), Placeholder: "contract_published"}}
	p.Filter.Facets = []kit.Facet{kit.NewFacet("outcome", "Outcome", kit.Options(string(kernel.AuditAllowed), string(kernel.AuditDenied)), query.Get("outcome"))}
	p.Filter.Finish(query, auditAsked)
	for _, e := range events {
		p.Table.Rows = append(p.Table.Rows, w.eventRow(l, e))
	}
	p.Table.Empty = kit.Empty{Text: "No event is like that.", Links: kit.Links{{Text: "Show all", URL: l.AuditPage()}}}
	if more {
		older := url.Values{}
		for _, name := range auditAsked {
			if value := query.Get(name); value != "" {
				older.Set(name, value)
			}
		}
		older.Set("from", events[len(events)-1].UUID)
		p.Older = kit.Link{Text: "Older ones", URL: l.AuditPage() + "?" + older.Encode(), Own: true}
	}
	return p
}

func (w *web) eventRow(l links.Links, e kernel.AuditEvent) kit.Row {
	who := kit.Cell{kit.Muted{Text: "anyone"}}
	switch {
	case e.Principal != "":
		who = kit.Cell{kit.Link{Text: cut(e.Name), URL: l.AuditPage() + "?" + url.Values{"user": {e.Principal}}.Encode()}}
	case e.Name != "":
		who = kit.Cell{kit.Text{Text: cut(e.Name)}}
	}
	if e.Token != "" {
		who = append(who, kit.Muted{Text: "by token"}, kit.Mono{Text: e.Token})
	}
	outcome := kit.Cell{kit.Text{Text: string(e.Outcome)}}
	if e.Outcome == kernel.AuditDenied {
		outcome = kit.Cell{kit.No("denied")}
	}
	place := kit.Cell{kit.Muted{Text: "not sealed yet"}}
	if e.Seq > 0 {
		place = kit.Cell{kit.Mono{Text: e.Hash[:min(8, len(e.Hash))]}}
	}
	return kit.Row{{w.moment(e.At)}, who, {kit.Mono{Text: e.Action}}, {kit.Mono{Text: cut(e.Resource)}}, outcome, {kit.Mono{Text: e.IP}}, place}
}
