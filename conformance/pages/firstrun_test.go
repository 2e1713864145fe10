//go:build pages

package pages_test

import (
	"archive/zip"
	"context"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// commandsOf are the commands of the first steps as a reader copies them, by step.
const commandsOf = `[...document.querySelectorAll("ol.steps > li")].map((li) => [...li.querySelectorAll("pre")].map((pre) => pre.dataset.copy || pre.textContent))`

// workshop is the folder of an application, with git and with the command, where the
// commands of the page are pasted.
type workshop struct {
	testing.TB
	folder string
	env    []string
	// said is what the first line has set.
	said string
}

func newShop(t testing.TB) *workshop {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	outer := t.TempDir()
	s := &workshop{TB: t, folder: filepath.Join(outer, "shop")}
	require.NoError(t, os.Mkdir(s.folder, 0o750))
	require.NoError(t, os.WriteFile(filepath.Join(s.folder, "go.mod"), []byte("module shop.example/shop\n\ngo 1.26.0\n"), 0o600))
	for _, name := range os.Environ() {
		if key, _, _ := strings.Cut(name, "="); !strings.HasPrefix(key, "PACT_") && !strings.HasPrefix(key, "GIT_") && key != "CI" {
			s.env = append(s.env, name)
		}
	}
	s.env = append(s.env, "PATH="+outer+":"+os.Getenv("PATH"), "GOWORK=off", "GOFLAGS=-modcacherw", "GOSUMDB=off", "GOMODCACHE="+filepath.Join(outer, "modules"), "GOPROXY="+libraryProxy(t, root, outer),
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(outer, "treaty"), "./cmd/treaty")
	build.Dir = root
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	s.paste("git init -q -b main . && git add -A && git commit -q -m begin")
	return s
}

// libraryProxy is where the go command gets the library as it stands here, as if it
// were released, and the modules that it needs from what this machine has already.
func libraryProxy(t testing.TB, root, outer string) string {
	t.Helper()
	const module, version = "github.com/treatyhq/treaty", "v0.99.0"
	folder := filepath.Join(outer, "proxy", filepath.FromSlash(module), "@v")
	require.NoError(t, os.MkdirAll(folder, 0o750))
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	for name, text := range map[string]string{
		"list": version + "\n", version + ".mod": string(mod), version + ".info": `{"Version":"` + version + `","Time":"2026-01-01T00:00:00Z"}`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	archive, err := os.Create(filepath.Join(folder, version+".zip"))
	require.NoError(t, err)
	packed := zip.NewWriter(archive)
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			_, other := os.Stat(filepath.Join(path, "go.mod"))
			if name != "." && (other == nil || strings.HasPrefix(entry.Name(), ".")) { // another module, or none
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") && name != "go.mod" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		into, err := packed.Create(module + "@" + version + "/" + filepath.ToSlash(name))
		if err == nil {
			_, err = into.Write(content)
		}
		return err
	}))
	require.NoError(t, packed.Close())
	require.NoError(t, archive.Close())
	cache, err := exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE").Output()
	require.NoError(t, err)
	return "file://" + filepath.ToSlash(filepath.Join(outer, "proxy")) + ",file://" + filepath.ToSlash(filepath.Join(strings.TrimSpace(string(cache)), "cache", "download"))
}

// paste runs a command in a shell, and returns what it prints.
func (s *workshop) paste(command string) string {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), 3*time.Minute)
	defer cancel()
	shell := exec.CommandContext(ctx, "sh", "-ec", s.said+"\n"+command)
	shell.Dir, shell.Env = s.folder, s.env
	out, err := shell.CombinedOutput()
	require.NoError(s, err, "%s\n%s", command, out)
	return string(out)
}

// branches is what the broker tells of the branches of an application.
func branches(t testing.TB, base, application string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/pacticipants/"+application+"/branches", http.NoBody)
	require.NoError(t, err)
	got, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { require.NoError(t, got.Body.Close()) }()
	text, err := io.ReadAll(got.Body)
	require.NoError(t, err)
	return string(text)
}

// From an empty broker to the first answer of the gate, by the commands that the
// start page prints. The page ticks each step without being loaded again.
func TestTheFirstRunLeadsToAnAnswer(t *testing.T) {
	t.Parallel()
	h := &history{t, run(t, "sqlite::memory:", 0).URL()}
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"id": 10, "name": "lamp"}`))
	}))
	defer provider.Close()
	s, p := newShop(t), open(t, h.base, screen{width: 1280})
	p.watch("/")
	p.isAccessible("first run")
	steps := ask[[][]string](p, commandsOf)
	require.Len(t, steps, 6)
	s.said = steps[0][0]
	require.Equal(t, "go get github.com/treatyhq/treaty@latest", steps[1][0])
	for _, command := range append(steps[1], steps[2]...) {
		s.paste(command)
	}
	_, err := os.Stat(filepath.Join(s.folder, "contract", "pacts", "storefront-catalog.json"))
	require.NoError(t, err, "the pact file is where the page says")
	p.shows("First steps: 2 of 5 taken")
	require.Contains(t, ask[string](p, "document.querySelector('main').textContent"), "storefront → catalog")

	s.said = "" // the names are known by now
	steps = ask[[][]string](p, commandsOf)
	require.Len(t, steps, 5)
	s.paste(strings.Replace(steps[2][0], "http://localhost:8080", provider.URL, 1))
	p.shows("First steps: 3 of 5 taken")
	for _, command := range ask[[][]string](p, commandsOf)[3] {
		s.paste(command)
	}
	p.shows("First steps: 4 of 5 taken")
	p.isAccessible("first run, nearly done")
	require.Contains(t, branches(t, h.base, "catalog"), "main", "the result came with the branch of the checkout")
	require.Contains(t, s.paste(ask[[][]string](p, commandsOf)[4][0]), "Yes, it can be deployed.")
	require.Eventually(t, func() bool { // the gate keeps its answer behind the request
		p.do(chromedp.Reload(), chromedp.WaitReady("main"))
		return !strings.Contains(ask[string](p, "document.querySelector('main').textContent"), "First steps")
	}, 15*time.Second, 100*time.Millisecond)
	p.quiet()
}

// Who wants to look around first has something to look at after one click.
func TestSampleDataIsOneClickAway(t *testing.T) {
	t.Parallel()
	h := &history{t, run(t, "sqlite::memory:", 0).URL()}
	p := open(t, h.base, screen{width: 320, dark: true})
	p.visitWithScript("/")
	require.Empty(t, ask[[]string](p, tooWide))
	p.do(chromedp.Click(`form[action="/ui/sample"] button`, chromedp.ByQuery))
	p.wait(`document.querySelector("main")?.textContent.includes("First steps: 4 of 5 taken")`)
	require.Equal(t, "/", p.at())
	p.isAccessible("with sample data")
	require.Empty(t, ask[[]string](p, tooWide))
	p.quiet()
}
