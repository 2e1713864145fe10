package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// The media types of the broker.
const (
	typeHAL      = "application/hal+json"
	typeJSON     = "application/json"
	typeProblem  = "application/problem+json"
	typeExtended = "application/vnd.pactbrokerextended.v1+json"
	typeMerge    = "application/merge-patch+json"
	typeText     = "text/plain"
	typeCSV      = "text/csv"
	typeDot      = "text/vnd.graphviz"
	typeSVG      = "image/svg+xml"
	typeHTML     = "text/html"
	typeXHTML    = "application/xhtml+xml"
	typeYAML     = "application/yaml"
)

// accepted is one entry of an Accept header.
type accepted struct {
	media   string
	quality float64
}

// parseAccept reads all Accept headers of a request as one list, in their
// order. Media types have no case.
func parseAccept(header http.Header) []accepted {
	var out []accepted
	for _, item := range strings.Split(strings.Join(header.Values("Accept"), ","), ",") {
		media, parameters, _ := strings.Cut(item, ";")
		media = strings.ToLower(strings.TrimSpace(media))
		if media != "" {
			out = append(out, accepted{media: media, quality: quality(parameters)})
		}
	}
	return out
}

// quality reads the q of an entry. What is not a number between 0 and 1 is 1.
func quality(parameters string) float64 {
	for _, parameter := range strings.Split(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			if q, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil && q >= 0 && q <= 1 {
				return q
			}
		}
	}
	return 1
}

// chooseType picks the media type to answer with from those a resource
// produces, its default first. It reports false if none is wanted. A request
// without an Accept header takes the default.
//
// A type has the quality of the entry that names it most exactly; the best
// wins, then the one that the client named first. 0 means not this one: only a
// client that wants nothing at all is given what it named, as in Pact Broker.
func chooseType(header http.Header, produces []string) (string, bool) {
	wanted := parseAccept(header)
	if len(wanted) == 0 {
		return produces[0], true
	}
	nothing := refusesAll(wanted)
	best, at, quality := "", 0, -1.0
	for _, media := range produces {
		i, ok := entryFor(wanted, media)
		if !ok || wanted[i].quality == 0 && !nothing {
			continue
		}
		if q := wanted[i].quality; q > quality || q == quality && i < at {
			best, at, quality = media, i, q
		}
	}
	return best, best != ""
}

func refusesAll(wanted []accepted) bool {
	return !slices.ContainsFunc(wanted, func(a accepted) bool { return a.quality > 0 })
}

func names(wanted []accepted, media []string) bool {
	return slices.ContainsFunc(wanted, func(a accepted) bool { return slices.Contains(media, a.media) })
}

// entryFor finds the entry that speaks of a media type most exactly.
func entryFor(wanted []accepted, media string) (int, bool) {
	best, exactness := 0, 0
	for i, entry := range wanted {
		if e := exactnessOf(entry.media, media); e > exactness {
			best, exactness = i, e
		}
	}
	return best, exactness > 0
}

// exactnessOf is 0 where a pattern does not cover a media type.
func exactnessOf(pattern, media string) int {
	prefix, wild := strings.CutSuffix(pattern, "/*")
	switch {
	case pattern == media:
		return 3
	case wild && prefix != "*" && strings.HasPrefix(media, prefix+"/"):
		return 2
	case pattern == "*/*" || pattern == "*" || media == anyType:
		return 1
	}
	return 0
}

// accepts reports whether a client named one of some media types and did not
// refuse it. Wildcards do not count.
func accepts(header http.Header, media ...string) bool {
	return slices.ContainsFunc(parseAccept(header), func(a accepted) bool {
		return a.quality > 0 && slices.Contains(media, a.media)
	})
}

// charsetWanted reports whether answers in UTF-8 are acceptable.
func charsetWanted(header http.Header) bool {
	list := strings.ToLower(header.Get("Accept-Charset"))
	return list == "" || strings.Contains(list, "utf-8") || strings.Contains(list, "*")
}

// acceptsProblem reports whether errors may be written as problem+json.
func acceptsProblem(header http.Header) bool {
	return accepts(header, typeProblem)
}

// acceptsAnything reports whether a client takes a type that it did not name.
func acceptsAnything(header http.Header) bool {
	return len(parseAccept(header)) == 0 || accepts(header, "*/*", "*")
}

// acceptsHTML reports whether a client named pages.
func acceptsHTML(header http.Header) bool { return accepts(header, typeHTML, typeXHTML) }

// apiTypes are the media types whose appearance in Accept makes a request one
// of the API.
var apiTypes = []string{typeHAL, typeProblem, typeJSON, typeCSV, typeYAML, typeText}

// assetExtensions are path endings that a browser asks for with any type.
var assetExtensions = []string{".js", ".woff", ".woff2", ".css", ".png", ".html", ".map", ".ttf", ".ico"}

// isAPI reports whether a request is one of a program, and not one of a browser
// that wants a page. The rules are Pact Broker's, as people have links and
// scripts that rely on either answer. found is the route of the request, nil
// if its address is in none.
func isAPI(r *http.Request, found *route) bool {
	wanted := parseAccept(r.Header)
	switch {
	case len(wanted) == 0 || accepts(r.Header, apiTypes...) || refusesAll(wanted) && names(wanted, apiTypes):
		return true
	case len(wanted) == 1 && wanted[0].media == "*/*":
		return found != nil || !hasAnySuffix(r.URL.Path, assetExtensions)
	}
	return found != nil && found.public == publicBadge && acceptsPictures(wanted)
}

func acceptsPictures(wanted []accepted) bool {
	return slices.ContainsFunc(wanted, func(a accepted) bool { return strings.Contains(a.media, "svg") })
}

func hasAnySuffix(text string, suffixes []string) bool {
	for _, suffix := range suffixes {
		if strings.HasSuffix(text, suffix) {
			return true
		}
	}
	return false
}

// mediaType is the content type of a body without its parameters.
func mediaType(header http.Header) string {
	media, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(media))
}

// isJSON reports whether a media type is JSON under any name.
func isJSON(media string) bool { return media == typeJSON || strings.HasSuffix(media, "+json") }
