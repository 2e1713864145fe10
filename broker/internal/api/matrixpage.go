package api

import (
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// Addresses of the matrix are old: people have them in bookmarks, in chats and in
// their build's log. In a browser they lead to the page of the matrix, which asks
// the same in its own words. What it has no words for it is told, so that it can
// say so: a page that answered another question would deceive.

// matrixParameters are those of the address in the API.
var matrixParameters = []string{"q", "ignore", "latestby", "success", "tag", "environment", "latest", "mainBranch", "limit", "at"}

// matrixPage is the page of the rows that an address asks for.
func matrixPage(c echo.Context) string {
	q, err := readQuery(c)
	if err != nil {
		return pagesRoot.MatrixPage(url.Values{"left": {"all"}})
	}
	if !slices.ContainsFunc(matrixParameters, q.has) {
		return pagesRoot.MatrixPage(nil) // in the words of the page, or nothing
	}
	out := url.Values{"unsorted": {"true"}}
	names := sidesAsked(out, selectors(q, "q"))
	if q.has("q") && names == 0 {
		out.Add("left", "all")
	}
	target := matrix.Target{Latest: q.flag("latest"), Tag: q.filled("tag"), MainBranch: q.flag("mainBranch"), Environment: q.filled("environment")}
	switch {
	case target.IsZero():
	case names == 1:
		askSide(out, "provider", target.Selector(""))
	default:
		out.Add("left", "target")
	}
	rowsAsked(out, q)
	return pagesRoot.MatrixPage(out)
}

// pairMatrixPage is the page of the rows of a pair.
func pairMatrixPage(c echo.Context) string {
	out := url.Values{"consumer": {parameter(c, "consumer")}, "provider": {parameter(c, "provider")}}
	if q, err := readQuery(c); err == nil {
		rowsAsked(out, q)
	}
	return pagesRoot.MatrixPage(out)
}

// sidesAsked puts the selectors of an address onto the two sides of the page, and
// returns how many applications there are. The first is the consumer until the
// page knows better.
func sidesAsked(out url.Values, asked []matrix.Selector) int {
	var sides []matrix.Selector
	left := false
	for _, s := range asked {
		switch known := slices.ContainsFunc(sides, func(other matrix.Selector) bool { return other.Pacticipant == s.Pacticipant }); {
		case s.Pacticipant == "":
		case len(sides) == 2, known && !s.IsBare():
			left = true
		default:
			sides = append(sides, s)
		}
	}
	for i, s := range sides {
		askSide(out, []string{"consumer", "provider"}[i], s)
	}
	if left {
		out.Add("left", "selectors")
	}
	return len(sides)
}

// askSide writes a selector in the words of the page.
func askSide(out url.Values, side string, s matrix.Selector) {
	for _, p := range []struct{ name, value string }{
		{"", s.Pacticipant}, {"-version", s.Version}, {"-branch", s.Branch}, {"-tag", s.Tag}, {"-environment", s.Environment},
	} {
		if p.value != "" {
			out.Set(side+p.name, p.value)
		}
	}
	for name, flag := range map[string]bool{"-main": s.MainBranch, "-latest": s.Latest} {
		if flag {
			out.Set(side+name, "true")
		}
	}
}

// rowsAsked says which rows of the versions are asked for.
func rowsAsked(out url.Values, q query) {
	switch matrix.LatestBy(q.filled("latestby")) {
	case matrix.EveryRow:
		out.Set("every", "true")
	case matrix.ByVersions:
	default:
		out.Add("left", "latestby")
	}
	for _, outcome := range outcomesToShow(q) {
		out.Add("result", map[matrix.Outcome]string{matrix.Passed: "verified", matrix.Failed: "failed", matrix.Unverified: "unverified"}[outcome])
	}
	for _, name := range []string{"ignore", "limit", "at"} {
		if q.has(name) {
			out.Add("left", name)
		}
	}
}
