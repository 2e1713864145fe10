//go:build pages

package pages_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// receiver answers webhooks.
func receiver(t testing.TB, status int) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.WriteHeader(status)
		_, _ = rw.Write([]byte("<script>alert(1)</script> " + longName + hostileName))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// hooked adds webhooks that have fired, one that is off and one that is for others,
// and their pages. Another version of the consumer is published for it.
func (h *history) hooked(pages map[string]string, description, consumer, provider string, status int) {
	h.Helper()
	address := receiver(h, status)
	make := func(description string, enabled bool, consumer string) string {
		side := map[string]any{"label": longName}
		if consumer != "" {
			side = map[string]any{"name": consumer}
		}
		var made struct{ UUID string }
		require.NoError(h, json.Unmarshal(h.send(http.MethodPost, "/webhooks", map[string]any{
			"description": description, "enabled": enabled, "consumer": side, "events": []any{map[string]any{"name": "contract_published"}, map[string]any{"name": "provider_verification_failed"}},
			"request": map[string]any{"method": "POST", "url": address + "/start/" + longName + "?token=hidden-token", "username": "ci", "password": "hidden-password", "headers": map[string]any{"Content-Type": "application/json", "Authorization": "Bearer hidden", "X-" + longName: hostileName}, "body": map[string]any{"text": hostileName, "api_key": "hidden-key"}},
		}), &made))
		return "/ui/webhooks/" + made.UUID
	}
	fires, off := make(description, true, consumer), make("switched off "+longName, false, "")
	h.pact(consumer, "2.0.0", "main", provider, 1)
	var text string
	require.Eventually(h, func() bool {
		response, err := http.Get(h.base + fires)
		require.NoError(h, err)
		defer response.Body.Close()
		var page strings.Builder
		require.NoError(h, response.Write(&page))
		text = page.String()
		return !strings.Contains(text, "on its way")
	}, 20*time.Second, 20*time.Millisecond, "it is delivered, or not")
	require.NotContains(h, text, "hidden-")
	delivery := regexp.MustCompile(`"(` + fires + `/deliveries/[^"/]+)"`).FindStringSubmatch(text)
	require.NotNil(h, delivery, text)
	for name, page := range map[string]string{
		"webhooks": "/ui/webhooks", "webhooks narrowed": "/ui/webhooks?state=failing&q=nothing", "webhooks of an application": "/ui/webhooks?application=" + url.QueryEscape(consumer),
		"one webhook": fires, "a webhook that is off": off + "?consumer=" + url.QueryEscape(consumer) + "&provider=" + url.QueryEscape(provider), "a pair that is not there": fires + "?consumer=nobody",
		"change a webhook": fires + "/edit", "test a webhook": fires + "/test", "delete a webhook": fires + "/delete", "a delivery": delivery[1], "new webhook": "/ui/webhooks/new",
		"admin": "/ui/admin", "clean-up": "/ui/admin/retention", "preview of the clean-up": "/ui/admin/retention?preview=true",
		"delete an application": "/ui/admin/delete?application=" + url.QueryEscape(consumer), "delete a pair": "/ui/admin/delete?consumer=" + url.QueryEscape(consumer) + "&provider=" + url.QueryEscape(provider), "delete a branch": "/ui/admin/delete?application=" + url.QueryEscape(consumer) + "&branch=main", "delete": "/ui/admin/delete?consumer=x",
	} {
		pages[name] = page
	}
}

// A webhook is made, tried, changed and deleted with the Tab key, Enter, Space and
// letters alone; what is wrong is led to.
func TestAWebhookNeedsNoMouse(t *testing.T) {
	t.Parallel()
	h := start(t)
	h.pact("storefront", "1", "main", "catalog", 1)
	address := receiver(t, http.StatusOK)
	p := open(t, h.base, screen{width: 1280})
	p.visitWithScript("/")
	p.tabTo(`e.textContent === "Webhooks"`)
	p.press("\r")
	p.wait(`document.querySelector(".empty")?.textContent.includes("There is no webhook yet")`)
	p.tabTo(`e.textContent === "New webhook"`)
	p.press("\r")
	p.wait(`document.querySelector("h1")?.textContent === "New webhook"`)
	p.tabTo(`e.id === "description"`)
	p.press("tell <b>them</b>")
	p.tabTo(`e.name === "event" && e.value === "contract_published"`)
	p.press(" ")
	p.tabTo(`e.id === "url"`)
	p.press("ftp://nowhere")
	p.press("\r")
	p.wait(`document.querySelector("[role=alert]")`)
	p.isAccessible("a form with errors")
	p.tabTo(`e.getAttribute("href") === "#url"`)
	p.press("\r")
	p.wait(`location.hash === "#url"`)
	require.Equal(t, "tell <b>them</b>", ask[string](p, `document.querySelector("#description").value`), "what was typed is there")
	p.tabTo(`e.id === "url"`)
	p.hold("a", "selectAll")
	p.press(address + "/?token=hidden-token")
	p.tabTo(`e.id === "headers"`)
	p.press("Private-Token: hidden-header")
	p.tabTo(`e.id === "password"`)
	p.press("hidden-password")
	p.press("\r")
	p.wait(`document.querySelector("[role=status]")?.textContent === "The webhook is created."`)
	require.NotContains(t, ask[string](p, "document.documentElement.outerHTML"), "hidden-")

	p.tabTo(`e.textContent === "Send a test"`)
	p.press("\r")
	p.wait(`document.querySelector(".verdict.none button")?.textContent === "Send it"`)
	p.tabTo(`e.textContent === "Send it"`)
	p.press("\r")
	p.wait(`document.querySelector(".verdict.yes")?.textContent.includes("The receiver took it.")`)
	require.Contains(t, ask[string](p, `document.querySelector("main").textContent`), "<script>alert(1)</script>")
	p.isAccessible("the result of a test")
	p.tabTo(`e.textContent === "Back to the webhook"`)
	p.press("\r")
	p.wait(`[...document.querySelectorAll("a")].some((e) => e.textContent === "Change it")`)
	p.tabTo(`e.textContent === "Change it"`)
	p.press("\r")
	p.wait(`document.querySelector("h1")?.textContent === "Change a webhook"`)
	p.tabTo(`e.id === "enabled"`)
	p.press(" ")
	p.tabTo(`e.id === "url"`)
	p.press("\r")
	p.wait(`document.querySelector("[role=status]")?.textContent === "The webhook is changed."`)
	require.Contains(t, ask[string](p, said), "It is switched off")

	p.tabTo(`e.textContent === "Delete it"`)
	p.press("\r")
	p.wait(`document.querySelector("button.danger")`)
	p.tabTo(`e.textContent === "Keep it"`)
	p.press("\r")
	p.wait(`[...document.querySelectorAll("a")].some((e) => e.textContent === "Delete it")`)
	p.tabTo(`e.textContent === "Delete it"`)
	p.press("\r")
	p.wait(`document.querySelector("button.danger")`)
	p.tabTo(`e.matches("button.danger")`)
	p.press("\r")
	p.wait(`document.querySelector("[role=status]")?.textContent === "The webhook is deleted."`)
	p.quietBut("422")
}

// What newer ones have replaced goes at the press of a key, after it was shown.
func TestTheCleanUpNeedsNoMouse(t *testing.T) {
	t.Parallel()
	h := start(t)
	h.pact("storefront", "1", "main", "catalog", 1)
	p := open(t, h.base, screen{width: 1280})
	p.visitWithScript("/")
	p.tabTo(`e.textContent === "Admin"`)
	p.press("\r")
	p.wait(`document.querySelector(".verdict.yes")?.textContent.includes("The broker is ready")`)
	p.tabTo(`e.textContent === "Clean up"`)
	p.press("\r")
	p.wait(`document.querySelector("h1")?.textContent === "Clean up"`)
	require.Contains(t, ask[string](p, said), "Last timenever")
	p.tabTo(`e.textContent === "Look what it would take now"`)
	p.press("\r")
	p.wait(`document.querySelector("button.danger")?.textContent === "Run it now"`)
	p.tabTo(`e.matches("button.danger")`)
	p.press("\r")
	p.wait(`document.querySelector("[role=status]")?.textContent.includes("The clean-up has run")`)
	require.Contains(t, ask[string](p, said), "It took✓ done nothing asked for by hand")
	p.tabTo(`e.textContent === "Admin" && e.closest(".crumbs")`)
	p.press("\r")
	p.wait(`document.querySelector("#work .status.yes")`)
	p.quiet()
}
