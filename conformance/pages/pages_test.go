//go:build pages

package pages_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

var screens = []screen{{width: 1280}, {width: 1280, dark: true}, {width: 768}, {width: 320, dark: true}}

// TestEveryPageInEveryState opens all pages on wide and narrow screens, in light
// and dark: nothing reaches beyond the screen, no page complains or asks anybody
// but its broker, and axe-core finds nothing.
func TestEveryPageInEveryState(t *testing.T) {
	t.Parallel()
	for name, fill := range map[string]func(testing.TB) state{"empty": empty, "normal": normal, "broken": broken, "crowded": crowded, "accounts": accounts, "crowd of accounts": crowdOfAccounts} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := fill(t)
			for _, screen := range screens {
				t.Run(screen.String(), func(t *testing.T) {
					p := open(t, s.base, screen)
					for _, page := range slices.Sorted(maps.Keys(s.pages)) {
						p.visitWithScript(s.pages[page])
						wide := ask[[]string](p, tooWide)
						require.Empty(t, wide, "%s reaches beyond the screen", page)
						require.Empty(t, ask[[]string](p, cutTables), "tables of %s are cut", page)
						require.Empty(t, ask[string](p, atTheEdge), "what of %s touches the edge of the screen", page)
						p.isAccessible(page)
					}
					p.quiet()
				})
			}
		})
	}
}

// At 200 % a wide screen has half its width.
func TestPagesBearZoom(t *testing.T) {
	t.Parallel()
	s := broken(t)
	p := open(t, s.base, screen{width: 640})
	for _, page := range slices.Sorted(maps.Keys(s.pages)) {
		p.visitWithScript(s.pages[page])
		require.Empty(t, ask[[]string](p, tooWide), "%s reaches beyond the screen", page)
	}
	p.quiet()
}

// tooWide names what reaches beyond the screen, if the page does.
const tooWide = `(() => {
	const root = document.documentElement;
	if (root.scrollWidth <= root.clientWidth) return [];
	return [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1).map((e) => e.outerHTML.slice(0, 120)).slice(0, 5);
})()`

// cutTables names the tables that have to be pushed aside to be seen whole, with how much
// of them is out of sight: what stands in their last column is easily missed.
const cutTables = `[...document.querySelectorAll(".table")].filter((e) => e.scrollWidth > e.clientWidth + 1)
	.map((e) => (e.querySelector("table").id || "a table") + " by " + (e.scrollWidth - e.clientWidth) + " of " + e.clientWidth)`

// atTheEdge names which of header, content and footer has no distance from the edge of
// the screen, or begins where the others do not.
const atTheEdge = `(() => {
	const begins = (e) => e.getBoundingClientRect().left + parseFloat(getComputedStyle(e).paddingLeft);
	const parts = [...document.querySelectorAll(".top > div, main, footer > div")];
	return parts.filter((e) => begins(e) < 8 || begins(e) !== begins(parts[0])).map((e) => e.parentNode.nodeName + " " + e.nodeName).join(", ");
})()`

// axe is the source of axe-core, "" if it is not installed.
var axe = func() string {
	text, err := os.ReadFile(os.Getenv("TREATY_AXE"))
	if err != nil {
		return ""
	}
	return string(text)
}()

// violation is something that axe-core finds.
type violation struct {
	ID    string
	Help  string
	Nodes []string
}

// isAccessible asks axe-core about the page, with every part of it open.
func (p *tab) isAccessible(page string) {
	p.Helper()
	if axe == "" {
		return
	}
	p.do(chromedp.Evaluate(`document.querySelectorAll("details").forEach((e) => (e.open = true))`, nil), chromedp.Evaluate(axe+";0", nil))
	found := ask[string](p, `axe.run(document, {runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}, resultTypes: ["violations"]})
		.then((r) => JSON.stringify(r.violations.map((v) => ({id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200) + " " + (n.any[0]?.message ?? ""))}))))`)
	var violations []violation
	require.NoError(p, json.Unmarshal([]byte(found), &violations))
	require.Empty(p, violations, page)
}

func TestAxeCoreIsThereInCI(t *testing.T) {
	t.Parallel()
	if axe == "" {
		require.Empty(t, os.Getenv("TREATY_AXE"), "the file of axe-core cannot be read")
		t.Skip("axe-core is not installed: see conformance/pages.sh")
	}
}

// said is what a page says to a reader, without what the script adds.
const said = `(() => {
	const main = document.querySelector("main").cloneNode(true);
	main.querySelectorAll("button.copy").forEach((e) => e.remove());
	return main.textContent.replace(/\s+/g, " ").trim();
})()`

func TestPagesAreWholeWithoutScript(t *testing.T) {
	t.Parallel()
	s := broken(t)
	without, with := open(t, s.base, screen{width: 1280, noScript: true}), open(t, s.base, screen{width: 1280})
	for _, page := range slices.Sorted(maps.Keys(s.pages)) {
		without.visit(s.pages[page])
		require.False(t, ask[bool](without, "document.documentElement.classList.contains('js')"), "the script does not run")
		require.Zero(t, ask[int](without, `[...document.querySelectorAll("button")].filter((e) => e.type === "button" && e.checkVisibility()).length`), "%s has a button that does nothing", page)
		with.visitWithScript(s.pages[page])
		require.Equal(t, ask[string](without, said), ask[string](with, said), page)
	}
	without.visit("/ui/applications")
	without.do(chromedp.SendKeys(`input[name=q]`, "-11\r", chromedp.ByQuery), chromedp.WaitReady(`.asks`))
	require.Equal(t, "/ui/applications?q=-11&health=&role=", without.at(), "the form is sent")
	without.do(chromedp.Click(`a.find`, chromedp.ByQuery), chromedp.WaitReady(`main`))
	without.visit("/ui/environments/production")
	without.do(chromedp.Click(`#pairs thead a`, chromedp.ByQuery), chromedp.WaitReady(`th[aria-sort]`))
	require.Equal(t, "/ui/environments/production?pairs-sort=consumer", without.at(), "the titles sort")
	without.quiet()
}

func TestKeysLeadToSearchHelpAndPalette(t *testing.T) {
	t.Parallel()
	s := broken(t)
	p := open(t, s.base, screen{width: 1280})
	p.visitWithScript("/ui/applications")
	p.press("/")
	require.Equal(t, "q", ask[string](p, "document.activeElement.name"))
	p.press("name/?") // keys that are typed are text
	require.Equal(t, "name/?", ask[string](p, "document.activeElement.value"))
	p.wait("location.search === '?q=name%2F%3F'")

	p.visitWithScript("/")
	p.press("?")
	p.wait(`document.querySelector("dialog[open] h2")?.textContent === "Keyboard"`)
	p.press("/")
	require.Equal(t, 1, ask[int](p, `document.querySelectorAll("dialog[open]").length`), "a dialog keeps the keys for itself")
	p.isAccessible("help")
	p.press("\x1b")
	p.wait(`!document.querySelector("dialog")`)
	p.press("/") // this page has no search of its own
	p.wait(`document.activeElement.getAttribute("role") === "combobox"`)
	p.press("\x1b")
	p.wait(`!document.querySelector("dialog")`)

	p.hold("k")
	p.wait(`document.activeElement.getAttribute("role") === "combobox"`)
	require.Equal(t, []string{"Now page", "Applications page", "Environments page", "Map page", "Can I deploy? page", "Matrix page", "Webhooks page", "Admin page"}, ask[[]string](p, `[...document.querySelectorAll("dialog li")].map((e) => [...e.children].map((c) => c.textContent).join(" "))`))
	p.press("gnp")
	p.wait(`document.querySelector("dialog li span.muted")?.textContent === "application"`)
	p.isAccessible("palette")
	p.press("\r")
	p.wait(`document.querySelector("h1").textContent.includes("gnp")`)
	require.True(t, strings.HasPrefix(p.at(), "/ui/applications/%3Cimg"), p.at())

	p.wait(`document.documentElement.classList.contains("js")`)
	p.hold("k")
	p.wait(`document.activeElement.getAttribute("role") === "combobox"`)
	p.press("zzzz")
	p.wait(`document.querySelector("dialog").textContent.includes("Nothing is called “zzzz”: no application, environment, version, label or page.")`)
	p.quiet()
}

func TestSingleKeysCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	p := open(t, start(t).base, screen{width: 1280})
	p.visitWithScript("/ui/applications")
	p.do(chromedp.Click("[data-help]", chromedp.ByQuery), chromedp.Click("#single-keys", chromedp.ByQuery))
	p.press("\x1b")
	p.visitWithScript("/ui/applications")
	p.press("/?")
	require.Equal(t, "BODY", ask[string](p, "document.activeElement.nodeName"))
	require.False(t, ask[bool](p, `!!document.querySelector("dialog")`))
	p.hold("k")
	p.wait(`document.querySelector("dialog.palette")`)
	p.quiet()
}

// tabTo presses the Tab key until it is on what an expression says of the element e.
func (p *tab) tabTo(expression string) {
	p.Helper()
	for range 300 {
		p.press("\t")
		if ask[bool](p, "(() => { const e = document.activeElement; return !!("+expression+"); })()") {
			require.NotEqual(p, "none", ask[string](p, "getComputedStyle(document.activeElement).outlineStyle"), "the focus is seen")
			return
		}
	}
	require.FailNow(p, "the Tab key does not lead to "+expression)
}

// From the start page to what failed and to the gate, with the Tab key, Enter
// and Space alone.
func TestTheMainPathsNeedNoMouse(t *testing.T) {
	t.Parallel()
	s := broken(t)
	p := open(t, s.base, screen{width: 1280})
	tabTo := p.tabTo
	p.visitWithScript("/")
	tabTo(`e.matches(".skip")`)
	p.press("\r")
	p.press("\t")
	require.True(t, ask[bool](p, `document.querySelector("main").contains(document.activeElement)`), "the skip link skips the navigation")
	tabTo(`e.matches("#causes td a") && e.textContent === "production"`)
	p.press("\r")
	p.wait(`document.querySelector("h1")?.textContent === "Can I deploy?" && document.querySelector(".verdict.no")`)
	tabTo(`e.textContent === "the result"`)
	p.press("\r")
	p.wait(`document.querySelector("h1")?.textContent.startsWith("Result")`)
	tabTo(`e.nodeName === "SUMMARY" && e.textContent.includes("What passed")`)
	p.press(" ")
	require.True(t, ask[bool](p, "document.activeElement.parentElement.open"))
	p.quiet()
}

func TestWhatIsShownShortIsCopiedWhole(t *testing.T) {
	t.Parallel()
	s := normal(t)
	p := open(t, s.base, screen{width: 1280})
	p.visitWithScript("/ui/applications/storefront/versions/" + commit)
	require.Equal(t, commit[:10], ask[string](p, `document.querySelector("h1 .id").textContent`))
	// What is copied is read where it is pasted: reading the clipboard itself needs leave.
	p.do(chromedp.Click("h1 button.copy", chromedp.ByQuery))
	p.wait(`document.querySelector("h1 button.copy").textContent === "Copied"`)
	p.visitWithScript("/ui/gate?application=storefront&to=production")
	p.do(chromedp.Evaluate(`document.addEventListener("paste", (e) => (window.pasted = e.clipboardData.getData("text")))`, nil),
		chromedp.Focus(`input[name=version]`, chromedp.ByQuery))
	p.hold("v", "paste")
	require.Equal(t, commit, ask[string](p, `window.pasted`))
	p.quiet()
}

func TestASearchNarrowsWhileSomebodyTypes(t *testing.T) {
	t.Parallel()
	s := broken(t)
	p := open(t, s.base, screen{width: 1280})
	p.visitWithScript("/ui/applications")
	p.do(chromedp.Evaluate("window.same = true", nil), chromedp.Focus("[data-search]", chromedp.ByQuery))
	p.press("-some-")
	p.press("11")
	p.wait(`location.search === "?q=-some-11" && document.querySelectorAll("tbody tr").length === 1`)
	require.Equal(t, "1 of 14 applications", ask[string](p, `document.querySelector("[role=status] .muted").textContent`))
	require.True(t, ask[bool](p, "window.same"), "the page was not loaded again")
	require.Equal(t, "-some-11", ask[string](p, "document.activeElement.value"), "the field keeps the focus and what was typed")
	p.press("x")
	p.wait(`document.querySelector(".empty")`)
	p.do(chromedp.Reload(), chromedp.WaitReady(".empty"))
	require.Equal(t, "-some-11x", ask[string](p, `document.querySelector("[data-search]").value`), "the address has it all")

	// A parameter that is called like a member of a form is in nobody's way.
	p.visitWithScript("/ui/environments/production?getAttribute=x&dataset=y&action=z")
	p.do(chromedp.Focus("[data-search]", chromedp.ByQuery))
	p.press("nothing like it")
	p.wait(`document.querySelector("#met .empty") && new URLSearchParams(location.search).get("getAttribute") === "x"`)

	p.visitWithScript(s.pages["contract of a version"])
	p.do(chromedp.Evaluate(`(() => {
		const choice = document.querySelector("select[name=result]");
		choice.value = "failed";
		choice.dispatchEvent(new Event("change", {bubbles: true}));
	})()`, nil))
	p.wait(`location.search === "?result=failed" && document.querySelectorAll("details.interaction").length === 3`)
	p.quiet()
}

// refresh is what live updates call. One call may be overtaken by another that follows
// a change, and reports false then; refreshed asks until one was not.
const (
	refresh   = `import(document.querySelector("script").src.replace("app.js", "refresh.js")).then((m) => m.refresh())`
	refreshed = `import(document.querySelector("script").src.replace("app.js", "refresh.js")).then(async (m) => {
		for (let tries = 0; tries < 20; tries++) if (await m.refresh()) return true;
		return false;
	})`
)

// A page that is shown as it is now keeps what the reader does with it.
func TestARefreshedPageKeepsWhatTheReaderDoes(t *testing.T) {
	t.Parallel()
	h := start(t)
	h.pact("storefront", "1", "main", "catalog", 30)
	p := open(t, h.base, screen{width: 1280})
	p.visitWithScript("/ui/contracts/storefront/catalog")
	require.Contains(t, ask[string](p, "document.querySelector('main').textContent"), "30 not verified")
	p.do(chromedp.Evaluate(`(() => {
		window.same = true;
		const search = document.querySelector("[data-search]");
		document.querySelectorAll("details")[20].open = true;
		document.querySelectorAll("details")[0].open = false;
		window.opened = document.querySelectorAll("details")[20];
		window.row = document.querySelector("#other tbody tr");
		scrollTo(0, 400);
		search.focus({preventScroll: true});
		search.value = "half a wo";
		search.setSelectionRange(2, 4);
	})()`, nil))
	h.verify("storefront", "catalog", "p1", 2)
	require.True(t, ask[bool](p, refreshed))
	require.Contains(t, ask[string](p, "document.querySelector('main').textContent"), "2 failed, 28 verified")
	for expression, why := range map[string]string{
		`window.same`: "the page was not loaded again", `window.opened.open && window.opened.isConnected`: "what is open stays", `window.opened.querySelector(".status.yes")`: "it shows its result",
		`document.querySelectorAll("details.interaction[open]").length >= 1`:                  "what was not closed is open",
		`document.activeElement.name === "q" && document.activeElement.value === "half a wo"`: "what was typed stays", `document.activeElement.selectionStart === 2 && document.activeElement.selectionEnd === 4`: "and the selection in it",
		`Math.abs(scrollY - 400) < 60`: "the page stays where it is", `document.querySelector("#other tbody tr") === window.row`: "a row stays the row",
		`document.querySelectorAll("details.interaction").length === 30`: "nothing is there twice", `[...document.querySelectorAll("pre[data-copy]")].every((e) => e.nextElementSibling.matches("button.copy") && !e.nextElementSibling.nextElementSibling?.matches("button.copy"))`: "nor its buttons",
	} {
		require.True(t, ask[bool](p, "!!("+expression+")"), why)
	}

	// A link keeps the focus where rows come before it.
	p.visitWithScript("/ui/applications")
	p.do(chromedp.Evaluate(`document.querySelector('a[href="/ui/applications/storefront"]').focus()`, nil))
	for i := range 3 {
		h.pact(fmt.Sprintf("aaa-%d", i), "1", "main", "catalog", 1)
	}
	require.True(t, ask[bool](p, refreshed))
	require.Equal(t, 5, ask[int](p, `document.querySelectorAll("tbody tr").length`))
	require.Equal(t, "/ui/applications/storefront", ask[string](p, `document.activeElement.getAttribute("href")`))
	p.quiet()
}

// What cannot be fetched leaves the page as it is.
func TestAPageStaysWhereTheBrokerDoesNotAnswer(t *testing.T) {
	t.Parallel()
	s := normal(t)
	p := open(t, s.base, screen{width: 1280})
	p.visitWithScript("/ui/applications")
	before := ask[string](p, said)
	p.do(network.EmulateNetworkConditions(true, 0, 0, 0))
	require.False(t, ask[bool](p, refresh))
	p.do(chromedp.Focus("[data-search]", chromedp.ByQuery))
	p.press("cat")
	require.Eventually(t, func() bool { return p.complaints() >= 2 }, 10*time.Second, 20*time.Millisecond, "both were tried")
	require.Equal(t, before, ask[string](p, said))
	require.Equal(t, "/ui/applications", p.at())
	p.do(network.EmulateNetworkConditions(false, 0, -1, -1))
	p.press("a")
	p.wait(`location.search === "?q=cata" && document.querySelectorAll("tbody tr").length === 1`)

	// What is gone is told.
	p.visitWithScript("/ui/applications/storefront")
	request, err := http.NewRequest(http.MethodDelete, s.base+"/pacticipants/storefront", http.NoBody)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.True(t, ask[bool](p, refreshed))
	require.Equal(t, "Not found", ask[string](p, `document.querySelector("h1").textContent`))
}

// The script tells times in the words of the broker.
func TestTheScriptTellsTimesAsTheBrokerDoes(t *testing.T) {
	t.Parallel()
	p := open(t, start(t).base, screen{width: 1280})
	p.visitWithScript("/")
	for seconds, want := range map[int]string{
		-60: "just now", 59: "just now", 60: "1 minute ago", 119 * 60: "1 hour ago", 47 * 3600: "1 day ago", 59 * 24 * 3600: "1 month ago", 3 * 365 * 24 * 3600: "3 years ago",
	} {
		require.Equal(t, want, ask[string](p, fmt.Sprintf(`import(document.querySelector("script").src.replace("app.js", "times.js")).then((m) => m.ago(%d))`, seconds*1000)))
	}
}
