package web

import (
	"net/http"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/advice"
)

// frame is what the layout shows around every page.
type frame struct {
	Home       string
	Stylesheet string
	Nav        []navItem
	Version    string
	Now        moment
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
}

func (b *base) frame() *frame { return &b.frameData }

// The layout reads these from every model.

func (b *base) Title() string      { return b.title }
func (b *base) Home() string       { return b.frameData.Home }
func (b *base) Stylesheet() string { return b.frameData.Stylesheet }
func (b *base) Nav() []navItem     { return b.frameData.Nav }
func (b *base) Version() string    { return b.frameData.Version }
func (b *base) Now() moment        { return b.frameData.Now }

// BaseVariable is the variable that the page's commands read the address of the
// broker from; "" where they name the address itself.
func (b *base) BaseVariable() string { return b.frameData.BaseVariable }

// fill sets what the layout shows.
func (w *web) fill(f *frame, r *http.Request) {
	l := w.links(r)
	f.Home, f.Version = l.HomePage(), w.config.Version
	if l.Base() == "" {
		f.BaseVariable = advice.BaseVariable
	}
	f.Stylesheet = l.Asset(styleName)
	f.Now = w.moment(w.config.Now())
	for _, item := range []navItem{
		{Text: "Now", URL: l.HomePage()},
		{Text: "Applications", URL: l.ApplicationsPage()},
		{Text: "Environments", URL: l.EnvironmentsPage()},
		{Text: "Can I deploy?", URL: l.GatePage("", "", "")},
	} {
		path := strings.TrimPrefix(item.URL, strings.TrimSuffix(l.HomePage(), "/"))
		item.Current = r.URL.Path == path || (path != "/" && strings.HasPrefix(r.URL.Path, path+"/"))
		f.Nav = append(f.Nav, item)
	}
}

// link is a text that may lead somewhere.
type link struct{ Text, URL string }

// short cuts what looks like a commit to its first ten characters.
func short(version string) string {
	if len(version) < 32 || strings.Trim(version, "0123456789abcdef") != "" {
		return version
	}
	return version[:10]
}

type errorPage struct {
	base
	Text string
	// Near is what the reader may have meant.
	Near []link
}

func (*errorPage) template() string { return "error" }
