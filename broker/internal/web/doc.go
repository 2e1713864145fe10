// Package web is the dashboard: HTML pages from templates, one style sheet and a
// small script that nothing depends on. Pages are whole without JavaScript, in
// light and dark, at 320 pixels.
//
//	web.go            New, the routes, errors
//	render.go         templates and their headers; assets.go serves static/
//	righttoleft.go    what names are kept from doing to a page
//	frame.go          what all pages share: their frame and their links
//	status.go         how the answers of the domain are shown
//	home.go …         one page a file: the handler and its page model
//
// Pages are built from the parts of package kit, which the page at /ui/kit shows.
// A handler fetches through the use cases, builds a page model, and renders it.
// Templates only range and branch. A status is always an icon, a word and a
// colour, never a colour alone.
package web
