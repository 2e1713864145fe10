// Package pages opens the dashboard in Chromium, as people do: each page in its
// states, with the keyboard alone, without script, on narrow screens, in light
// and dark, and looked at by axe-core.
//
// The tests need Chromium, and axe-core, which conformance/pages.sh installs from
// npm: `make pages` plays them. They are built with the tag pages, since what
// drives the browser takes long to build.
package pages
