package web

import (
	"net/http"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/visible"
)

// namesLookedAt bounds among how many names a near one is looked for.
const namesLookedAt = 500

// nearShown is how many near names a page suggests.
const nearShown = 5

// near suggests what the address of a page that was not found may have meant.
// What goes wrong here only costs the suggestion.
func (w *web) near(r *http.Request) []link {
	l := w.links(r)
	if strings.HasSuffix(r.Pattern, "/ui/environments/{name}") {
		environments, err := w.service.Registry.ListEnvironments(r.Context(), "")
		if err != nil {
			return nil
		}
		names := make([]string, len(environments))
		for i, e := range environments {
			names[i] = e.Name
		}
		return linksTo(nearest(r.PathValue("name"), names), l.EnvironmentPage)
	}
	var asked []string
	for _, parameter := range []string{"name", "consumer", "provider"} {
		if name := r.PathValue(parameter); name != "" {
			asked = append(asked, name)
		}
	}
	if len(asked) == 0 {
		return nil
	}
	known, err := w.service.Registry.ListPacticipants(r.Context(), kernel.PacticipantQuery{Page: kernel.Page{Number: 1, Size: namesLookedAt}})
	if err != nil {
		return nil
	}
	names := make([]string, len(known.Items))
	for i, p := range known.Items {
		names[i] = p.Name
	}
	var out []link
	for _, name := range asked {
		if !slices.Contains(names, name) {
			out = append(out, linksTo(nearest(name, names), l.ApplicationPage)...)
		}
	}
	return out
}

func linksTo(names []string, page func(string) string) []link {
	out := make([]link, len(names))
	for i, name := range names {
		out[i] = link{name, page(name)}
	}
	return out
}

// nearest returns the names that are a few letters away from one, the nearest
// first. Case and what cannot be seen make no difference.
func nearest(name string, names []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	plain := strings.ToLower(visible.Skeleton(name))
	if utf8.RuneCountInString(plain) > 200 {
		return nil
	}
	most := 1 + utf8.RuneCountInString(plain)/4
	var found []candidate
	for _, other := range names {
		near := strings.ToLower(visible.Skeleton(other))
		if d := levenshtein.ComputeDistance(plain, near); d <= most || strings.Contains(near, plain) && plain != "" {
			found = append(found, candidate{other, d})
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].distance < found[j].distance })
	out := make([]string, 0, nearShown)
	for _, c := range found[:min(len(found), nearShown)] {
		out = append(out, c.name)
	}
	return out
}
