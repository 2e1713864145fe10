package api

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/internal/hal"
)

func (a *API) listIntegrations(c echo.Context) error {
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	page, err := readPage(q, kernel.Page{})
	if err != nil {
		return err
	}
	list, err := a.service.Registry.ListIntegrations(c.Request().Context(),
		kernel.IntegrationQuery{Search: q.text("q"), Page: page})
	if err != nil {
		return err
	}
	if chosen(c) == typeDot {
		return writeText(c, typeDot, integrationGraph(list.Items))
	}
	l := a.links(c)
	docs := make([]*hal.Resource, 0, len(list.Items))
	for _, i := range list.Items {
		docs = append(docs, integrationDoc(l, i))
	}
	r := hal.New().Embed("integrations", docs).
		Link("self", hal.Link{Href: l.Integrations(), Title: "All integrations"})
	return writeHAL(c, http.StatusOK, addPage(r, list, l.Integrations()))
}

func integrationDoc(l links.Links, i kernel.Integration) *hal.Resource {
	consumer, provider := i.Consumer.Name, i.Provider.Name
	return hal.New().
		Set("consumer", new(hal.Object).Set("name", consumer)).
		Set("provider", new(hal.Object).Set("name", provider)).
		Link("pb:dashboard", hal.Link{Title: "The dashboard of the pair", Href: l.Dashboard(provider, consumer)}).
		// Relative, as in Pact Broker; the whole address stands beside it.
		Link("pb:matrix", hal.Link{Title: "Matrix of pact versions and verification results for " + consumer + " and " + provider,
			Href: links.Below("").Matrix(provider, consumer)}).
		Link("pb:matrix-for-integration", hal.Link{Title: "Matrix of pact versions and verification results for " +
			consumer + " and " + provider, Href: l.Matrix(provider, consumer)}).
		Link("pb:group", hal.Link{Href: l.Pacticipant(consumer)}).
		Link("pb:delete_integration", hal.Link{Title: "Delete this integration and all its data",
			Href: l.Integration(provider, consumer)})
}

// integrationGraph draws the integrations for Graphviz.
func integrationGraph(list []kernel.Integration) string {
	var out strings.Builder
	out.WriteString("digraph { ranksep=3; ratio=auto; overlap=false; node [  shape = plaintext, fontname = Helvetica ];\n")
	for _, i := range list {
		out.WriteString("  " + dotName(i.Consumer.Name) + " -> " + dotName(i.Provider.Name) + "\n")
	}
	out.WriteString("}\n")
	return out.String()
}

// dotName quotes a name unless it is a plain word of the language.
func dotName(name string) string {
	for i, r := range name {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return strconv.Quote(name)
		}
	}
	return name
}

func (a *API) deleteIntegrations(c echo.Context) error {
	return deleted(c, a.service.Registry.DeleteIntegrations(c.Request().Context()))
}

func (a *API) deleteIntegration(c echo.Context) error {
	return deleted(c, a.service.Registry.DeleteIntegration(c.Request().Context(), c.Param("consumer"), c.Param("provider")))
}

// getGroup lists, as CSV for network diagrams, all that a pacticipant is
// connected with.
func (a *API) getGroup(c echo.Context) error {
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	limit, err := strconv.Atoi(q.text("maxPacticipants"))
	if err != nil || limit < 0 {
		limit = 0
	}
	members, err := a.service.Overview.FindGroup(c.Request().Context(), c.Param("pacticipant"), limit)
	if err != nil {
		return err
	}
	return writeText(c, typeCSV, groupCSV(members))
}

func (a *API) listRelationships(c echo.Context) error {
	members, err := a.service.Overview.ListRelationships(c.Request().Context())
	if err != nil {
		return err
	}
	return writeText(c, typeCSV, groupCSV(members))
}

// groupCSV writes one row for each member: id, name, three numbers that the
// diagrams once used, the position, and the ids of its providers, filled up
// with zeros to one length. A member alone makes no diagram.
func groupCSV(members []overview.GroupMember) string {
	widest := 0
	for _, m := range members {
		widest = max(widest, len(m.Providers))
	}
	if widest == 0 {
		return ""
	}
	var out strings.Builder
	for n, m := range members {
		cells := []string{strconv.FormatInt(m.ID, 10), csvCell(m.Name), "1", "1", "0", strconv.Itoa(n + 1)}
		for i := range widest {
			id := int64(0)
			if i < len(m.Providers) {
				id = m.Providers[i]
			}
			cells = append(cells, strconv.FormatInt(id, 10))
		}
		out.WriteString(strings.Join(cells, ",") + "\n")
	}
	return out.String()
}

// csvCell is a text as a cell. A spreadsheet would run one that begins like a formula,
// and whoever may publish chooses names: a quote before it makes it a text, which
// spreadsheets do not show.
func csvCell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		text = "'" + text
	}
	if !strings.ContainsAny(text, ",\"\r\n") {
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}
