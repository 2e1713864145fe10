package web

import (
	"net/http"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/advice"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// frame is what the layout shows around every page.
type frame struct {
	Home       string
	Find       string
	API        string
	Stylesheet string
	Script     string
	// Live is where an open page is told of changes; "" if nobody tells it.
	Live string
	Nav  []navItem
	// Group are the pages of the kind that this one is of, where there are several.
	Group   kit.Tabs
	Version string
	Now     kit.Time
	Twin    kit.Twin
	// Account is whoever looks; nil where nobody is known. LogIn is where somebody can; "" where
	// nobody does.
	Account *accountMenu
	LogIn   string
	// BaseVariable is the variable that commands read the broker's URL from; ""
	// where they name it.
	BaseVariable string
}

type navItem struct {
	Text, URL string
	Current   bool
}

// base is embedded by page models.
type base struct {
	frameData frame
	title     string
	// twin is the address of the API that says what the page shows, as
	// links.Below("") builds it; "" if there is none.
	twin string
	// twinIsText says that the API answers there in plain text alone, which its
	// browser does not show.
	twinIsText bool
	// still says that an open page is not read again when something changes: because
	// somebody fills it in as they saw it, or because it is made with much work.
	still bool
}

func (b *base) frame() *frame { return &b.frameData }

// twinAddress is the address of the API that says the same.
func (b *base) twinAddress() string { return b.twin }

func (b *base) isTwinText() bool { return b.twinIsText }

func (b *base) isStill() bool { return b.still }

// The layout reads these from every model.

func (b *base) Title() string { return b.title }
func (b *base) Frame() frame  { return b.frameData }

// api are the addresses of the API as a page names them.
var api = links.Below("")

// fill sets what the layout shows.
func (w *web) fill(p page, r *http.Request) {
	f, l := p.frame(), w.links(r)
	f.Home, f.Find, f.Version = l.HomePage(), l.FindPage(""), w.config.Version
	f.API = l.BrowserOf("/")
	if l.Base() == "" {
		f.BaseVariable = advice.BaseVariable
	}
	f.Stylesheet, f.Script = l.Asset(assetSet, "style.css"), l.Asset(assetSet, "app.js")
	// What a form is answered with is nowhere to be read again.
	if w.config.Watch != nil && r.Method != http.MethodPost && !p.isStill() {
		f.Live = l.LivePage()
	}
	w.fillAccount(f, r)
	f.Now = w.moment(w.config.Now())
	if address := p.twinAddress(); address != "" {
		f.Twin = kit.Twin{Address: address, Browser: l.BrowserOf(address), Command: advice.Read(l, address).Line}
		if p.isTwinText() {
			f.Twin = kit.Twin{Address: address, Command: advice.ReadText(l, address).Line}
		}
	}
	isAt := func(address string) bool {
		path := strings.TrimPrefix(address, strings.TrimSuffix(l.HomePage(), "/"))
		return r.URL.Path == path || path != "/" && strings.HasPrefix(r.URL.Path, path+"/")
	}
	for _, item := range navigation(l) {
		item.Current = isAt(item.URL)
		f.Nav = append(f.Nav, item)
	}
	tabs, first := w.accessTabs(r, l, isAt)
	if f.Group = tabs; first != "" {
		f.Nav = append(f.Nav, navItem{Text: "Access", URL: first, Current: len(tabs.Items) > 0})
	}
}

// navigation are the pages that each page leads to.
func navigation(l links.Links) []navItem {
	return []navItem{
		{Text: "Now", URL: l.HomePage()},
		{Text: "Applications", URL: l.ApplicationsPage()},
		{Text: "Environments", URL: l.EnvironmentsPage()},
		{Text: "Map", URL: l.MapPage(nil, "")},
		{Text: "Can I deploy?", URL: l.GatePage("", "", "")},
		{Text: "Matrix", URL: l.MatrixPage(nil)},
		{Text: "Webhooks", URL: l.WebhooksPage()},
		{Text: "Admin", URL: l.AdminPage()},
	}
}

type errorPage struct {
	base
	Text string
	// Who says to whom something is refused; "" where nobody is known.
	Who string
	// Near is what the reader may have meant.
	Near kit.Links
}

func (*errorPage) template() string { return "error" }
