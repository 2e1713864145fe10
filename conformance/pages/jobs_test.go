//go:build pages

package pages_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// shop is a broker in which Payments fails Checkout, which blocks production, and in
// which much else is well.
func shop(t testing.TB) *history {
	h := start(t)
	production, staging, development := h.environment("production", true), h.environment("staging", false), h.environment("development", false)
	h.pact("Checkout Service", "c1", "main", "Payments API", 2)
	h.verify("Checkout Service", "Payments API", "p1", 0)
	h.pact("Storefront", "s1", "main", "Catalog", 1)
	h.verify("Storefront", "Catalog", "k1", 0)
	for _, e := range []string{production, staging, development} {
		h.deploy("Checkout Service", "c1", e)
		h.deploy("Payments API", "p1", e)
		h.deploy("Catalog", "k1", e)
	}
	h.send(http.MethodPut, "/pacticipants/Payments%20API/labels/payments-team", map[string]any{})
	h.verify("Checkout Service", "Payments API", commit, 1)
	h.pact("Storefront", "s2", "feat/cart", "Catalog", 2)
	return h
}

// From the start page it is one step to the result that blocks production, with the
// keyboard alone: it is the first thing there, with what it blocks, since when and whose.
func TestWhatBlocksProductionIsOneStepAway(t *testing.T) {
	t.Parallel()
	h := shop(t)
	p := open(t, h.base, screen{width: 1280})
	p.visitWithScript("/")
	row := ask[string](p, `document.querySelector("#causes tbody tr").innerText.replace(/\s+/g, " ")`)
	for _, says := range []string{"failed", "Payments API", commit[:10], "fails Checkout Service", "production · staging · development", "just now", "payments-team", "result"} {
		require.Contains(t, row, says)
	}
	p.tabTo(`e.matches("#causes tbody tr:first-child th a") && e.textContent.startsWith("fails")`)
	p.press("\r")
	p.wait(`document.querySelector("h1")?.textContent.startsWith("Result") && document.querySelector(".verdict.no")`)
	require.Contains(t, ask[string](p, "document.querySelector('main').textContent"), "expected 200 but was 418")
	p.quiet()
}

// And two to the answer of the gate with the command that would change it.
func TestTheGateIsOneStepFromWhatBlocks(t *testing.T) {
	t.Parallel()
	h := shop(t)
	p := open(t, h.base, screen{width: 1280})
	p.visitWithScript("/")
	p.tabTo(`e.matches("#causes tbody tr:first-child td a") && e.textContent === "production"`)
	p.press("\r")
	p.wait(`document.querySelector(".verdict.no .big")?.textContent.includes("may not go to production")`)
	require.Contains(t, ask[string](p, `document.querySelector(".cause pre").textContent`), "treaty verify --provider-name 'Payments API' --provider-version "+commit)
	p.tabTo(`e.matches(".cause button.copy")`)
	p.tabTo(`e.matches(".cause a") && e.textContent.includes("result") || e.matches("#pairs a")`)
	p.quiet()
}

// What waits can be verified with a command that is opened with the keyboard, and stays
// open when something happens.
func TestWhatWaitsLeadsToItsCommand(t *testing.T) {
	t.Parallel()
	h := start(t)
	for _, consumer := range []string{"alpha", "beta"} {
		h.pact(consumer, "1", "main", "catalog", 1)
	}
	p := open(t, h.base, screen{width: 1280})
	p.visitWithScript("/")
	p.tabTo(`e.nodeName === "SUMMARY" && e.closest("#waiting tbody tr:last-child")`)
	p.press(" ")
	require.True(t, ask[bool](p, "document.activeElement.parentElement.open"))
	require.Contains(t, ask[string](p, `document.activeElement.parentElement.textContent`), "treaty verify --provider-name catalog")
	h.pact("gamma", "1", "main", "catalog", 1)
	require.True(t, ask[bool](p, refreshed))
	require.Equal(t, 3, ask[int](p, `document.querySelectorAll("#waiting tbody tr").length`))
	require.Equal(t, 1, ask[int](p, `document.querySelectorAll("#waiting details[open]").length`))
	require.True(t, ask[bool](p, `document.activeElement.parentElement.open && document.activeElement.closest("tr").textContent.includes("beta → catalog")`))
	p.quiet()
}

// A reader names their applications with the keyboard, also where no script runs, and
// the address has them.
func TestMyApplicationsAreInTheAddress(t *testing.T) {
	t.Parallel()
	h := shop(t)
	p := open(t, h.base, screen{width: 1280})
	p.visitWithScript("/")
	p.tabTo(`e.matches("input[name=mine]")`)
	p.press("Storefront\r")
	p.wait(`location.search === "?mine=Storefront" && document.querySelector("#mine tbody tr")`)
	require.NotContains(t, ask[string](p, `document.querySelector("main").textContent`), "fails Checkout")
	p.tabTo(`e.nodeName === "SUMMARY" && e.textContent.includes("Add")`)
	p.press(" ")
	p.tabTo(`e.matches("input[name=mine]")`)
	p.press("Payments API\r")
	p.wait(`location.search === "?mine=Storefront&mine=Payments+API" && document.querySelector("#causes tbody tr")?.textContent.includes("fails Checkout")`)
	p.tabTo(`e.matches("a.asks") && e.textContent.includes("Storefront")`)
	p.press("\r")
	p.wait(`location.search === "?mine=Payments+API"`)
	p.quiet()

	without := open(t, h.base, screen{width: 320, noScript: true})
	without.visit("/")
	without.do(chromedp.SendKeys(`input[name=mine]`, "Storefront\r", chromedp.ByQuery))
	without.wait(`location.search === "?mine=Storefront"`)
	without.quiet()
}

// Applications are narrowed by what is known of them, and a branch leads to its
// versions.
func TestApplicationsAreNarrowedWithTheKeyboard(t *testing.T) {
	t.Parallel()
	h := shop(t)
	p := open(t, h.base, screen{width: 1280})
	p.visitWithScript("/ui/applications")
	p.tabTo(`e.matches("select[name=health]")`)
	p.press("blo")
	p.wait(`new URLSearchParams(location.search).get("health") === "blocked" && document.querySelectorAll("tbody tr").length === 1`)
	require.Contains(t, ask[string](p, `document.querySelector("tbody tr").textContent`), "Payments API")
	p.visitWithScript("/ui/applications/Storefront")
	p.tabTo(`e.matches(".tabs a") && e.textContent === "feat/cart"`)
	p.press("\r")
	p.wait(`location.search === "?branch=feat%2Fcart" && document.querySelectorAll("#versions tbody tr").length === 1`)
	p.tabTo(`e.matches("#versions tbody a") && e.textContent === "s2"`)
	p.press("\r")
	p.wait(`location.pathname === "/ui/applications/Storefront/versions/s2"`)
	require.True(t, strings.HasPrefix(p.at(), "/ui/applications/"+url.PathEscape("Storefront")))
	p.quiet()
}
