package api

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
)

// browserPath is the address of the API browser.
const browserPath = "/hal-browser/browser.html"

// livePath tells open pages of changes.
const livePath = "/ui/live"

// pageRoutes are the dashboard's own addresses. A page is there whatever the
// client accepts: nothing else is at its address.
func (a *API) pageRoutes() []route {
	if a.config.Web == nil {
		return nil
	}
	reading := method{name: http.MethodGet, handle: a.servePage, late: true}
	form := func(right access.Right) method {
		return method{name: http.MethodPost, handle: a.serveForm, late: true, needs: right}
	}
	// Its answers take as long as a page is open, which is no time of a page.
	live := one(method{name: http.MethodGet, handle: a.serveLive, late: true}, options)
	return append(append(a.accessPageRoutes(), a.loginRoutes()...), []route{
		{path: livePath, verbatim: true, methods: live},
		{path: "/ui", verbatim: true, methods: one(reading, options)},
		{path: "/ui/audit", verbatim: true, methods: one(reading.needing(access.ReadAudit), options)},
		{path: "/ui/secrets", verbatim: true, methods: one(reading.needing(access.ReadSecrets).judging(), options)},
		{path: "/ui/secrets/*", verbatim: true, methods: one(reading.needing(access.ReadSecrets).judging(), form(access.ManageSecrets).judging(), options)},
		{path: "/ui/webhooks/*", verbatim: true, methods: one(reading, form(access.ManageWebhooks).judging(), options)},
		{path: "/ui/admin/*", verbatim: true, methods: one(reading, form(access.DeleteInBulk), options)},
		{path: "/ui/admin/delete", verbatim: true, methods: one(reading, form(access.DeleteInBulk).judging(), options)},
		{path: "/ui/edit/environments", verbatim: true, methods: one(reading, form(access.ManageEnvironments).judging(), options)},
		{path: "/ui/edit/environments/*", verbatim: true, methods: one(reading, form(access.ManageEnvironments).judging(), options)},
		{path: "/ui/edit/applications", verbatim: true, methods: one(reading, form(access.ManageContracts).judging(), options)},
		{path: "/ui/edit/applications/{pacticipant}", verbatim: true, methods: one(reading, form(access.ManageContracts).on(ofPage), options)},
		{path: "/ui/edit/delete", verbatim: true, methods: one(reading, form(access.ManageContracts).judging(), options)},
		{path: "/ui/*", verbatim: true, methods: one(reading, form(access.ManageContracts), options)},
	}...)
}

// accessPageRoutes are those of the pages about who may do what, each with the right, and
// in the record with the name, that the same has in the API. On a broker without accounts
// they are as all others, and say how to get some.
func (a *API) accessPageRoutes() []route {
	if a.config.Tokens == nil {
		return nil
	}
	page := func(path string, needs access.Right) route {
		return route{path: path, verbatim: true, methods: one(method{name: http.MethodGet, handle: a.servePage, late: true, needs: needs}, options)}
	}
	form := func(path string, needs access.Right, does string, on ...object) route {
		asks := method{name: http.MethodGet, handle: a.servePage, late: true, needs: needs, objects: on}
		return route{path: path, verbatim: true, methods: one(asks, method{name: http.MethodPost, handle: a.serveForm, late: true, needs: needs, objects: on, does: does}, options)}
	}
	own := func(path, does string) route {
		out := form(path, access.ManageTokens, does)
		for i := range out.methods {
			out.methods[i].own = out.methods[i].name != http.MethodOptions
		}
		return out
	}
	const person, token, role, team, trust = "/ui/people/{uuid}", "/ui/people/{uuid}/tokens/{token}", "/ui/roles/{uuid}", "/ui/teams/{uuid}", "/ui/trust/{uuid}"
	return []route{
		page("/ui/people", access.ReadAccounts),
		form("/ui/people/new", access.ManageAccounts, "account_created"),
		page(person, access.ReadAccounts),
		form(person+"/edit", access.ManageAccounts, "account_saved"),
		form(person+"/active", access.ManageAccounts, "account_saved"),
		form(person+"/delete", access.ManageAccounts, "account_deleted"),
		form(person+"/tokens", access.ManageAccounts, "token_created"),
		form(token+"/renew", access.ManageAccounts, "token_regenerated"),
		form(token+"/delete", access.ManageAccounts, "token_deleted"),
		page("/ui/me", access.ReadContracts),
		own("/ui/me/tokens", "token_created"),
		own("/ui/me/tokens/{token}/renew", "token_regenerated"),
		own("/ui/me/tokens/{token}/delete", "token_deleted"),
		page("/ui/teams", access.ReadTeams),
		form("/ui/teams/new", access.ManageTeams, "team_created"),
		page(team, access.ReadTeams),
		form(team+"/edit", access.ManageTeams, "team_saved", ofTeam),
		form(team+"/members", access.ManageTeams, "team_members_changed", ofTeam),
		form(team+"/delete", access.ManageTeams, "team_deleted"),
		page("/ui/roles", access.ReadRoles),
		form("/ui/roles/new", access.ManageRoles, "role_created"),
		page(role, access.ReadRoles),
		form(role+"/edit", access.ManageRoles, "role_saved"),
		form(role+"/delete", access.ManageRoles, "role_deleted"),
		page("/ui/who-can", access.ReadAccounts),
		page("/ui/trust", access.ReadAccounts),
		form("/ui/trust/try", access.ReadAccounts, ""),
		form("/ui/trust/new", access.ManageAccounts, "trust_rule_created"),
		page(trust, access.ReadAccounts),
		form(trust+"/edit", access.ManageAccounts, "trust_rule_saved"),
		form(trust+"/delete", access.ManageAccounts, "trust_rule_deleted"),
	}
}

// serveLive tells open pages of changes.
func (a *API) serveLive(c echo.Context) error {
	a.config.Web(c.Response(), c.Request())
	return nil
}

// servePage answers a page of its own address.
func (a *API) servePage(c echo.Context) error {
	if shown, err := a.writePage(c, c.Request()); err != nil || shown {
		return err
	}
	return errGeneric
}

// serveForm hands a form to the dashboard. Its body is read here, within the limit
// of all bodies, so that the time of the request begins when it has come.
func (a *API) serveForm(c echo.Context) error {
	text, err := a.readLimited(c)
	if err != nil {
		return err
	}
	a.startTime(c)
	if err := a.admit(c, len(text)); err != nil {
		return err
	}
	r := c.Request()
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	return a.servePage(c)
}

// writePage lets the dashboard answer, if it is there. Its pages take the names
// in their addresses as they are, so what cannot be a name ends here.
func (a *API) writePage(c echo.Context, r *http.Request) (shown bool, err error) {
	if message := textProblem(r.URL.Path); message != "" {
		return false, kernel.Errorf(kernel.CodeInvalid, "The address %s.", message)
	}
	if a.config.Web == nil || !a.config.Web(c.Response(), r) {
		return false, nil
	}
	c.Set(keyPage, true)
	return true, nil
}

// servePages answers browsers: the dashboard where it has a page about what is
// at the address, the API browser where a browser asks for JSON.
func (a *API) servePages(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r, found := c.Request(), routeOf(c)
		if !isReading(r.Method) || found != nil && found.verbatim {
			return next(c)
		}
		if r.Method == http.MethodGet && wantsBrowser(r) {
			return c.Redirect(http.StatusSeeOther, a.browserAt(r.URL.EscapedPath()))
		}
		if found == nil || isAPI(r, found) {
			return next(c)
		}
		a.startTime(c) // forms are short
		r = c.Request()
		if found.browsed {
			return c.Redirect(http.StatusFound, a.browserAt(r.URL.EscapedPath()))
		}
		if found.page == nil {
			return next(c)
		}
		page := found.page(c)
		if page == "" {
			return next(c)
		}
		if shown, err := a.writePage(c, movedTo(r, page)); err != nil || shown {
			return err
		}
		return next(c)
	}
}

// wantsBrowser reports whether a person asked for JSON in a browser.
func wantsBrowser(r *http.Request) bool {
	accept := strings.ToLower(r.Header.Get("Accept"))
	return strings.HasPrefix(accept, typeHTML) && strings.Contains(accept, "json")
}

// browserAt is the API browser with an address in it.
func (a *API) browserAt(address string) string {
	return a.pathOfBase() + browserPath + "#" + a.pathOfBase() + address
}

// pathOfBase is what a proxy puts before the path of every address, as far as
// the configuration tells.
func (a *API) pathOfBase() string {
	base, err := url.Parse(a.configuredBase())
	if err != nil {
		return ""
	}
	return strings.TrimRight(base.EscapedPath(), "/")
}

// movedTo returns a request as if it had asked for a page of the dashboard. A page
// without a query gets that of the request.
func movedTo(r *http.Request, page string) *http.Request {
	moved := r.Clone(r.Context())
	page, query, asks := strings.Cut(page, "?")
	if asks {
		moved.URL.RawQuery = query
	}
	moved.URL.RawPath = page
	if plain, err := url.PathUnescape(page); err == nil {
		moved.URL.Path = plain
	}
	return moved
}

// The pages about what is at an address of the API: people paste those into
// browsers. They ask the request for nothing but the parameters of its route.

var pagesRoot = links.Below("")

func parameter(c echo.Context, name string) string {
	plain, err := url.PathUnescape(c.Param(name))
	if err != nil {
		return c.Param(name)
	}
	return plain
}

func homePage(echo.Context) string { return pagesRoot.HomePage() }

func applicationPage(c echo.Context) string {
	return pagesRoot.ApplicationPage(parameter(c, "pacticipant"))
}

func versionPage(c echo.Context) string {
	return pagesRoot.VersionPage(parameter(c, "pacticipant"), parameter(c, "version"))
}

// keptAnswerPage is the page of an answer that is kept; what is no number has none.
func keptAnswerPage(c echo.Context) string {
	number, err := strconv.ParseInt(c.Param("number"), 10, 64)
	if err != nil {
		return ""
	}
	return pagesRoot.GateAnswerPage(number)
}

func webhooksPage(echo.Context) string { return pagesRoot.WebhooksPage() }

func auditPage(echo.Context) string { return pagesRoot.AuditPage() }

func secretsPage(echo.Context) string { return pagesRoot.SecretsPage() }

func secretPage(c echo.Context) string { return pagesRoot.EditSecretPage(parameter(c, "uuid")) }

func webhookPage(c echo.Context) string { return pagesRoot.WebhookPage(parameter(c, "uuid")) }

// pairPage is the page of the latest contract of a pair.
func pairPage(c echo.Context) string {
	return pagesRoot.ContractPage(parameter(c, "consumer"), parameter(c, "provider"), "")
}

// pactPage is the page of one contract; other types than HTML are left to the
// API, which knows pacts in several.
func pactPage(c echo.Context) string {
	if !acceptsHTML(c.Request().Header) {
		return ""
	}
	return pagesRoot.ContractPage(parameter(c, "consumer"), parameter(c, "provider"), parameter(c, "version"))
}

// diffPage is the page that compares two contracts of a pair.
func diffPage(c echo.Context) string {
	return pagesRoot.DiffPage(parameter(c, "consumer"), parameter(c, "provider"), parameter(c, "version"), "")
}

// diffWithPage is diffPage with the other version of the address.
func diffWithPage(c echo.Context) string {
	return pagesRoot.DiffPage(parameter(c, "consumer"), parameter(c, "provider"), parameter(c, "version"), parameter(c, "other"))
}

// diffContentsPage is diffPage for two contents.
func diffContentsPage(c echo.Context) string {
	return pagesRoot.DiffPage(parameter(c, "consumer"), parameter(c, "provider"), parameter(c, "sha"), parameter(c, "other")) + "&by=content"
}
