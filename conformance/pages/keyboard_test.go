//go:build pages

package pages_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// tabOnto presses the Tab key until an element has the focus, which is seen.
func (p *tab) tabOnto(expression string) {
	p.Helper()
	for range 300 {
		p.press("\t")
		if ask[bool](p, "(() => { const e = document.activeElement; return !!("+expression+"); })()") {
			return
		}
	}
	require.FailNow(p, "the Tab key does not lead to "+expression)
}

// From the list of environments to what would be promoted, and to the answer of the
// gate about it.
func TestEnvironmentsAreComparedByKeyboard(t *testing.T) {
	t.Parallel()
	s := broken(t)
	p := open(t, s.base, screen{width: 1280})
	p.visitWithScript("/ui/environments")
	p.tabOnto(`e.textContent.startsWith("to ") && e.closest("td")`)
	p.press("\r")
	p.wait(`location.pathname.endsWith("/compare") && document.querySelector("#compared")`)
	p.tabOnto(`e.name === "compared-answer"`)
	p.tabOnto(`e.closest("#compared") && e.textContent === "The answer"`)
	p.press("\r")
	p.wait(`document.querySelector("h1")?.textContent.startsWith("Can I deploy?") || location.pathname === "/ui/gate"`)
	p.quiet()
}

// The boxes of the map are links, in an order that stays, and the focus is seen.
func TestTheMapIsWalkedByKeyboard(t *testing.T) {
	t.Parallel()
	s := normal(t)
	p := open(t, s.base, screen{width: 1280})
	p.visitWithScript("/ui/map")
	p.tabOnto(`e.matches(".canvas")`) // it can be scrolled
	p.press("\t")
	require.Equal(t, "catalog", ask[string](p, `document.activeElement.querySelector("title").textContent`))
	require.Equal(t, "5px", ask[string](p, `getComputedStyle(document.activeElement.querySelector("rect")).strokeWidth`), "the focus is seen")
	p.press("\r")
	p.wait(`document.querySelector("h1")?.textContent === "Map around catalog"`)
	p.tabOnto(`e.matches(".node.focus")`)
	p.press("\r")
	p.wait(`location.pathname === "/ui/applications/catalog"`)

	// What fails alone is asked by the form, and stands in the address.
	p.visitWithScript("/ui/map")
	p.tabOnto(`e.name === "failing"`)
	p.press(" ")
	p.tabOnto(`e.textContent === "Show"`)
	p.press("\r")
	p.wait(`new URLSearchParams(location.search).get("failing") === "1" && document.querySelector(".empty")`)
	require.Contains(t, ask[string](p, said), "Nothing here fails.")
	p.quiet()
}

// A map that is open follows what happens, and the box keeps the focus.
func TestTheMapFollowsWhatHappens(t *testing.T) {
	t.Parallel()
	h := &history{t, run(t, "sqlite::memory:", 0).URL()}
	h.pact("storefront", "1", "main", "catalog", 1)
	p := open(t, h.base, screen{width: 1280})
	p.watch("/ui/map")
	p.wait(`document.querySelector(".line.unknown")`)
	p.do(chromedp.Evaluate(`document.querySelectorAll(".node")[1].focus()`, nil))
	h.verify("storefront", "catalog", "1", 1)
	p.wait(`document.querySelector(".canvas .line.no")`)
	require.True(t, ask[bool](p, "window.same"))
	require.Equal(t, "storefront", ask[string](p, `document.activeElement.querySelector("title")?.textContent`))
	require.Equal(t, "http://www.w3.org/2000/svg", ask[string](p, `document.querySelector(".line.no path").namespaceURI`))
	p.quiet()
}
