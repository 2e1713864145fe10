// Package pages opens the dashboard in Chromium, as people do: each page in its
// states, with the keyboard alone, without script, on narrow screens, in light
// and dark, and looked at by axe-core.
//
// The tests need Chromium, and those with axe-core the file that
// conformance/pages.sh installs from npm; without them they are skipped.
package pages
