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

// dashboardSize is how many pairs the dashboard shows unless it is told.
const dashboardSize = 30

func (a *API) getDashboard(c echo.Context) error {
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	page, err := readPage(q, kernel.Page{Number: 1, Size: dashboardSize})
	if err != nil {
		return err
	}
	items, err := a.service.Overview.Dashboard(c.Request().Context(), overview.DashboardQuery{
		Consumer: c.Param("consumer"), Provider: c.Param("provider"), Page: page})
	if err != nil {
		return err
	}
	if chosen(c) == typeText {
		return writeText(c, typeText, dashboardText(items))
	}
	l := a.links(c)
	docs := make([]*hal.Resource, 0, len(items))
	for _, item := range items {
		docs = append(docs, dashboardDoc(l, item))
	}
	return writeHAL(c, http.StatusOK, new(hal.Object).Set("items", docs))
}

func dashboardDoc(l links.Links, item overview.DashboardItem) *hal.Resource {
	p := item.Pact
	pair := l.Pair(p.Provider.Name, p.Consumer.Name)
	consumer := hal.New().Set("name", p.Consumer.Name).
		Set("version", headVersion(p.ConsumerVersion.Number, item.HeadBranches).
			Link("self", hal.Link{Href: l.Version(p.Consumer.Name, p.ConsumerVersion.Number)})).
		Link("self", hal.Link{Href: l.Pacticipant(p.Consumer.Name)})
	provider := hal.New().Set("name", p.Provider.Name)
	if item.Verification == nil {
		provider.Set("version", nil)
	} else {
		provider.Set("version", headVersion(item.Verification.ProviderVersion.Number, item.ProviderHeadBranches))
	}
	provider.Link("self", hal.Link{Href: l.Pacticipant(p.Provider.Name)})
	r := hal.New().Set("consumer", consumer).Set("provider", provider).
		Set("pact", hal.New().Set("createdAt", hal.Time(p.CreatedAt)).
			Link("self", hal.Link{Href: pair.Pact(p.ConsumerVersion.Number)})).
		Set("pactTags", dashboardTags(l, p.Consumer.Name, p.ConsumerVersion.Number, p.Tags))
	setLatestResult(r, l, item)
	return r.Set("verificationStatus", string(ownStatus(item.Status))).
		// Pact Broker says none here whatever the webhooks did; the link leads to
		// their status.
		Set("webhookStatus", "none").
		Set("latestWebhookExecution", nil).
		Link("pb:webhook-status", hal.Link{Title: "Status of webhooks for " + p.Consumer.Name + "/" + p.Provider.Name + " pact",
			Href: pair.WebhooksStatus()})
}

func headVersion(number string, heads []string) *hal.Resource {
	branch := ""
	if len(heads) > 0 {
		branch = heads[len(heads)-1]
	}
	return hal.New().Set("number", number).
		Set("branch", textOrNull(branch)).
		Set("headBranchNames", listOf(heads))
}

func dashboardTags(l links.Links, pacticipant, number string, tags []kernel.Tag) []*hal.Resource {
	out := make([]*hal.Resource, 0, len(tags))
	for _, t := range tags {
		out = append(out, hal.New().Set("name", t.Name).Set("latest", t.Latest).
			Link("self", hal.Link{Href: l.Tag(pacticipant, number, t.Name)}))
	}
	return out
}

func setLatestResult(r *hal.Resource, l links.Links, item overview.DashboardItem) {
	v := item.Verification
	if v == nil {
		r.Set("latestVerificationResult", nil).Set("latestVerificationResultTags", []string{})
		return
	}
	p := item.Pact
	href := l.Pair(p.Provider.Name, p.Consumer.Name).LatestResultOfVersion(p.ConsumerVersion.Number)
	r.Set("latestVerificationResult", hal.New().Set("success", v.Success).
		Set("verifiedAt", hal.Time(v.CreatedAt)).
		Link("self", hal.Link{Href: href})).
		Set("latestVerificationResultTags",
			dashboardTags(l, v.Provider.Name, v.ProviderVersion.Number, item.ProviderTags))
}

func dashboardText(items []overview.DashboardItem) string {
	rows := [][]string{{"CONSUMER_NAME", "C_VERSION", "C_TAGS", "PROVIDER_NAME", "P_VERSION", "P_TAGS", "SUCCESS"}}
	for _, item := range items {
		row := []string{item.Pact.Consumer.Name, item.Pact.ConsumerVersion.Number,
			joinTags(item.Pact.Tags), item.Pact.Provider.Name, "", joinTags(item.ProviderTags), ""}
		if v := item.Verification; v != nil {
			row[4], row[6] = v.ProviderVersion.Number, strconv.FormatBool(v.Success)
		}
		rows = append(rows, row)
	}
	return textTable(rows)
}

func joinTags(tags []kernel.Tag) string {
	names := make([]string, 0, len(tags))
	for _, t := range tags {
		names = append(names, t.Name)
	}
	return strings.Join(names, ", ")
}

// ownStatus is the status of a pact's own result, which alone Pact Broker's
// dashboard knows: what has changed since a success was never verified.
func ownStatus(s overview.VerificationStatus) overview.VerificationStatus {
	if s == overview.StatusStale {
		return overview.StatusNever
	}
	return s
}
