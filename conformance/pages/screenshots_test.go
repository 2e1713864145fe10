//go:build pages && screenshots

package pages_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// TestScreenshots makes a picture of every page in four forms, in the folder that
// TREATY_SCREENSHOTS names: make screenshots does. TREATY_SCREENSHOTS_ONLY is a part of
// the names of the pages to look at.
func TestScreenshots(t *testing.T) {
	folder := os.Getenv("TREATY_SCREENSHOTS")
	require.NotEmpty(t, folder, "TREATY_SCREENSHOTS names the folder for the pictures: make screenshots does")
	for name, fill := range map[string]func(testing.TB) state{"": crowded, "empty-": empty, "accounts-": crowdOfAccounts} {
		s := fill(t)
		for _, screen := range screens {
			p := open(t, s.base, screen)
			for _, page := range slices.Sorted(maps.Keys(s.pages)) {
				if !strings.Contains(name+page, os.Getenv("TREATY_SCREENSHOTS_ONLY")) {
					continue
				}
				p.visitWithScript(s.pages[page])
				var picture []byte
				p.do(chromedp.FullScreenshot(&picture, 100))
				file := strings.ReplaceAll(name+page+" "+screen.String(), " ", "-") + ".png"
				require.NoError(t, os.WriteFile(filepath.Join(folder, file), picture, 0o600))
			}
			p.quiet()
		}
	}
}
