// Package web is the dashboard: HTML pages from templates, one style sheet, no
// script. Pages work without JavaScript, in light and dark, at 320 pixels.
//
//	web.go            New, the routes, errors
//	render.go         templates, assets and their headers
//	frame.go          what all pages share: their frame and their links
//	status.go, moment.go, pager.go   how states, times and long lists are shown
//	home.go …         one page a file: the handler and its page model
//
// A handler fetches through the use cases, builds a page model, and renders it.
// Templates only range and branch. A status is always an icon, a word and a
// colour, never a colour alone.
package web
