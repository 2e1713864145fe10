package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// measured finds what the measuring page wrote: the name of a page and how far
// its content reaches beyond 320 pixels.
var measured = regexp.MustCompile(`\[([a-z-]+) (\d+)\]`)

// TestPagesFitNarrowScreens opens every page of the gallery in a browser, in a
// frame of 320 pixels, and asks whether anything reaches beyond it.
func TestPagesFitNarrowScreens(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed; CI has it")
	}
	w := &web{pages: parsePages(), config: Config{Version: "1.2.3", Now: time.Now}}
	pages := gallery(w)
	server := httptest.NewServer(framed(w, pages))
	t.Cleanup(server.Close)

	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(),
		"--virtual-time-budget=20000", "--dump-dom", server.URL+"/").Output()
	require.NoError(t, err)

	found := measured.FindAllStringSubmatch(string(out), -1)
	require.Len(t, found, len(pages), "the browser did not measure every page: %s", out)
	for _, f := range found {
		require.Equal(t, "0", f[2], "%s reaches beyond 320 pixels by that much", f[1])
	}
}

// framed serves the pages without the headers that forbid frames, and at "/" a
// page that frames and measures them all.
func framed(w *web, pages map[string]page) http.Handler {
	names := make([]string, 0, len(pages))
	for name := range pages {
		names = append(names, name)
	}
	slices.Sort(names)
	mux := http.NewServeMux()
	mux.HandleFunc("/ui/assets/{set}/{name}", serveAsset)
	mux.HandleFunc("/page/{name}", func(rw http.ResponseWriter, r *http.Request) {
		p := pages[r.PathValue("name")]
		w.fill(p, r)
		recorder := httptest.NewRecorder()
		w.render(recorder, http.StatusOK, p)
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = recorder.Body.WriteTo(rw)
	})
	mux.HandleFunc("/{$}", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(rw, `<!doctype html><body><p id="out"></p><script>
const names = "%s".split(" ");
for (const name of names) {
  const frame = document.createElement("iframe");
  frame.style.width = "320px"; frame.style.border = "0";
  frame.onload = () => {
    const root = frame.contentDocument.documentElement;
    document.getElementById("out").textContent += "[" + name + " " + Math.max(0, root.scrollWidth - 320) + "]";
  };
  frame.src = "/page/" + name;
  document.body.append(frame);
}
</script></body>`, strings.Join(names, " "))
	})
	return mux
}
