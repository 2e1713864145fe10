package web

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every page that changes something is a form, which one place guards, and is among
// those that the tests of access try.
func TestEveryFormIsGuardedAndTried(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(".")
	require.NoError(t, err)
	route := regexp.MustCompile(`(w\.\w+)\("([A-Z]+ /[^"]*)"`)
	var forms []string
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		text, err := os.ReadFile(file.Name())
		require.NoError(t, err)
		for _, m := range route.FindAllStringSubmatch(string(text), -1) {
			method, path, _ := strings.Cut(m[2], " ")
			if method == "GET" {
				continue
			}
			require.Equal(t, "w.form", m[1], m[2])
			require.Equal(t, "POST", method, m[2])
			require.True(t, strings.HasPrefix(path, "/ui/"), m[2])
			forms = append(forms, path)
		}
	}
	require.NotEmpty(t, forms)
	tried, err := os.ReadFile("written_test.go")
	require.NoError(t, err)
	list := regexp.MustCompile(`(?s)func everyForm.*?\n}\n`).FindString(string(tried))
	for _, path := range forms {
		parts := regexp.MustCompile(`\{[^}]+\}`).Split(path, -1)
		require.True(t, slices.ContainsFunc(strings.Split(list, ", "), func(one string) bool {
			at := 0
			for _, part := range parts {
				i := strings.Index(one[at:], part)
				if i < 0 {
					return false
				}
				at += i + len(part)
			}
			return true
		}), "%s is not among the forms that are tried in written_test.go", path)
	}
}
