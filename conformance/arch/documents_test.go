package arch_test

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	markdownLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading      = regexp.MustCompile("(?m)^#+ (.*)$")
	notInAnchor  = regexp.MustCompile(`[^\pL\pN_\- ]`)
	codeSpan     = regexp.MustCompile("`[^`\n]+`")
	ourPath      = regexp.MustCompile(`(?:^|[\s"])(?:\./)?((?:broker|client|cmd|conformance|contract|docs|dsl|examples|generate|internal|matching|mockserver|verifier)/[\w./-]*\w)`)
	codeBlock    = regexp.MustCompile("(?ms)^```.*?^```")
)

// TestDocumentsPointAtWhatIsThere follows every relative link of a document, and
// looks for every path of the repository that it names as code.
func TestDocumentsPointAtWhatIsThere(t *testing.T) {
	t.Parallel()
	root := os.DirFS("../..")
	documents := documentsOf(t, root)
	require.Contains(t, documents, "docs/architecture.md", "the test does not see the documents")
	for _, document := range documents {
		text := codeBlock.ReplaceAllString(read(t, root, document), "")
		for _, link := range markdownLink.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(link[1], "://") && !strings.HasPrefix(link[1], "mailto:") {
				checkLink(t, root, document, link[1])
			}
		}
		for _, code := range codeSpan.FindAllString(text, -1) {
			for _, named := range ourPath.FindAllStringSubmatch(strings.Trim(code, "`"), -1) {
				require.True(t, isThere(root, strings.TrimSuffix(named[1], "/...")), "%s names %s, which is not there", document, named[1])
			}
		}
	}
}

// documentsOf returns the paths of the documents for people who read the
// repository. Those of rels are pages of the broker: their links are addresses.
func documentsOf(t *testing.T, root fs.FS) []string {
	t.Helper()
	var out []string
	require.NoError(t, fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || entry.Name() == "rels"):
			return fs.SkipDir
		case strings.HasSuffix(name, ".md"):
			out = append(out, name)
		}
		return nil
	}))
	return out
}

func checkLink(t *testing.T, root fs.FS, document, link string) {
	t.Helper()
	target, anchor, _ := strings.Cut(link, "#")
	at := document
	if target != "" {
		at = path.Join(path.Dir(document), target)
		require.True(t, isThere(root, at), "%s links to %s, which is not there", document, link)
	}
	if anchor == "" || !strings.HasSuffix(at, ".md") {
		return
	}
	var anchors []string
	for _, title := range heading.FindAllStringSubmatch(read(t, root, at), -1) {
		plain := notInAnchor.ReplaceAllString(strings.ToLower(title[1]), "")
		anchors = append(anchors, strings.ReplaceAll(strings.TrimSpace(plain), " ", "-"))
	}
	require.Contains(t, anchors, anchor, "%s links to %s, and %s has no such heading", document, link, at)
}

func isThere(root fs.FS, name string) bool {
	_, err := fs.Stat(root, name)
	return err == nil
}

func read(t *testing.T, root fs.FS, name string) string {
	t.Helper()
	text, err := fs.ReadFile(root, name)
	require.NoError(t, err)
	return string(text)
}

// TestTheMapOfChangesNamesFiles reads the tables of docs/architecture.md that say
// where a change goes, as a reader does: a short path begins below
// broker/internal, and a name without a folder is in the one that was named
// before it in its row, at first that of the title.
func TestTheMapOfChangesNamesFiles(t *testing.T) {
	t.Parallel()
	root := os.DirFS("../..")
	_, text, found := strings.Cut(read(t, root, "docs/architecture.md"), "\n## Where a change goes\n")
	require.True(t, found, "the document has no map of changes")
	text, _, _ = strings.Cut(text, "\n## ")
	title, named := "", 0
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "### ") {
			title = ""
			if code := codeSpan.FindString(line); code != "" {
				title = strings.Trim(code, "`")
			}
		}
		cells := strings.SplitN(line, " | ", 2)
		if len(cells) < 2 || !strings.HasPrefix(line, "| ") {
			continue
		}
		folder := title
		for _, code := range codeSpan.FindAllString(cells[1], -1) {
			name := strings.Trim(code, "`")
			if !strings.HasSuffix(name, ".go") {
				if at, ok := onMap(root, name); ok && strings.Contains(name, "/") {
					folder = at
				}
				continue
			}
			named++
			at := path.Join(folder, name)
			ok := isThere(root, at)
			if strings.Contains(name, "/") {
				at, ok = onMap(root, name)
			}
			require.True(t, ok, "the map names %s in the row %q, and it is not there", name, cells[0])
			folder = path.Dir(at)
		}
	}
	require.Greater(t, named, 150, "the test does not see the map")
}

// onMap finds a path from the root of the repository or from broker/internal.
func onMap(root fs.FS, name string) (string, bool) {
	for _, at := range []string{name, path.Join("broker/internal", name)} {
		if isThere(root, at) {
			return at, true
		}
	}
	return "", false
}
