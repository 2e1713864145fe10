//go:build pages

package pages_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// The browser of the API looks like the other pages, leads to them, and is led to.
func TestTheAPIBrowserIsAPageLikeOthers(t *testing.T) {
	t.Parallel()
	b := broken(t)
	for _, s := range []screen{{width: 1280}, {width: 320, dark: true}, {width: 360}} {
		t.Run(s.String(), func(t *testing.T) {
			p := open(t, b.base, s)
			p.visitWithScript("/ui/environments")
			p.do(chromedp.Click("footer a", chromedp.ByQuery))
			p.wait(`document.querySelector("#links th a")`)
			require.Equal(t, "/hal-browser/browser.html", p.at())
			require.Contains(t, ask[string](p, `document.getElementById("status").textContent`), "200 application/hal+json")
			p.isAccessible("API browser")
			require.Empty(t, ask[[]string](p, tooWide))

			p.do(chromedp.Evaluate(`location.hash = "/pacticipants"`, nil))
			p.wait(`document.getElementById("document").textContent.includes('"pacticipants"')`)
			p.isAccessible("API browser with a list")
			require.Empty(t, ask[[]string](p, tooWide))
			p.do(chromedp.SetValue("#address", "/environments", chromedp.ByQuery), chromedp.Focus("#address", chromedp.ByQuery))
			p.press("\r")
			p.wait(`location.hash === "#/environments" && document.getElementById("document").textContent.includes('"environments"')`)

			p.do(chromedp.Click("#links th a", chromedp.ByQuery))
			p.wait(`document.querySelector(".crumbs a")?.textContent === "API browser"`)
			p.isAccessible("a relation")
			require.Empty(t, ask[[]string](p, tooWide))
			p.do(chromedp.Click(".crumbs a", chromedp.ByQuery))
			p.wait(`document.querySelector("#links th a")`)
			p.do(chromedp.Click(".top nav a", chromedp.ByQuery))
			p.wait(`location.pathname === "/"`)
			p.quiet()
		})
	}
}
