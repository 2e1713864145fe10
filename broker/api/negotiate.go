package api

import (
	"net/http"
	"sort"
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
	typeYAML     = "application/yaml"
)

// accepted is one entry of an Accept header.
type accepted struct {
	media   string
	quality float64
}

// parseAccept reads all Accept headers of a request as one list, best first.
// Entries of the same quality keep their order.
func parseAccept(header http.Header) []accepted {
	var out []accepted
	for _, item := range strings.Split(strings.Join(header.Values("Accept"), ","), ",") {
		media, parameters, _ := strings.Cut(item, ";")
		media = strings.ToLower(strings.TrimSpace(media))
		if media != "" {
			out = append(out, accepted{media: media, quality: quality(parameters)})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].quality > out[j].quality })
	return out
}

func quality(parameters string) float64 {
	for _, parameter := range strings.Split(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
		if strings.TrimSpace(name) == "q" {
			if q, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil {
				return q
			}
		}
	}
	return 1
}

// chooseType picks the media type to answer with from those a resource
// produces, its default first. It reports false if none is wanted. A request
// without an Accept header takes the default.
func chooseType(header http.Header, produces []string) (string, bool) {
	wanted := parseAccept(header)
	if len(wanted) == 0 {
		return produces[0], true
	}
	for _, entry := range wanted {
		for _, media := range produces {
			if mediaMatches(entry.media, media) {
				return media, true
			}
		}
	}
	return "", false
}

func mediaMatches(pattern, media string) bool {
	if pattern == "*/*" || pattern == "*" || pattern == media || media == anyType {
		return true
	}
	prefix, wild := strings.CutSuffix(pattern, "/*")
	return wild && strings.HasPrefix(media, prefix+"/")
}

// charsetWanted says whether answers in UTF-8 are acceptable.
func charsetWanted(header http.Header) bool {
	list := strings.ToLower(header.Get("Accept-Charset"))
	return list == "" || strings.Contains(list, "utf-8") || strings.Contains(list, "*")
}

// acceptsProblem says whether errors may be written as problem+json.
func acceptsProblem(header http.Header) bool {
	return strings.Contains(strings.Join(header.Values("Accept"), ","), typeProblem)
}

// apiTypes are the media types whose appearance in Accept makes a request one
// of the API.
var apiTypes = []string{typeHAL, typeProblem, typeJSON, typeCSV, typeYAML, typeText}

// assetExtensions are path endings that a browser asks for with any type.
var assetExtensions = []string{".js", ".woff", ".woff2", ".css", ".png", ".html", ".map", ".ttf", ".ico"}

// isAPI says whether a request is one of a program, and not one of a browser
// that wants a page. The rules are Pact Broker's, as people have links and
// scripts that rely on either answer.
func isAPI(r *http.Request) bool {
	accept := strings.Join(r.Header.Values("Accept"), ", ")
	if strings.TrimSpace(accept) == "" {
		return true
	}
	for _, media := range apiTypes {
		if strings.Contains(accept, media) {
			return true
		}
	}
	if accept == "*/*" {
		return !hasAnySuffix(r.URL.Path, assetExtensions)
	}
	return strings.Contains(accept, "svg") && isBadgePath(r.URL.Path)
}

func hasAnySuffix(text string, suffixes []string) bool {
	for _, suffix := range suffixes {
		if strings.HasSuffix(text, suffix) {
			return true
		}
	}
	return false
}

func isBadgePath(path string) bool {
	return strings.HasSuffix(path, "/badge") || strings.HasSuffix(path, "/badge.svg")
}

// mediaType is the content type of a body without its parameters. Its case
// counts: Pact Broker refuses APPLICATION/JSON.
func mediaType(header http.Header) string {
	media, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	return strings.TrimSpace(media)
}
