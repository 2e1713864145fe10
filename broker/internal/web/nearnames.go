package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/near"
)

// namesLookedAt bounds among how many names a near one is looked for.
const namesLookedAt = 500

// near suggests what the address of a page that was not found may have meant.
// What goes wrong here only costs the suggestion.
func (w *web) near(r *http.Request) []kit.Link {
	l := w.links(r)
	if strings.Contains(r.Pattern, "/ui/environments/{name}") {
		environments, err := w.service.Registry.ListEnvironments(r.Context(), "")
		if err != nil {
			return nil
		}
		return linksTo(near.Names(r.PathValue("name"), kernel.NamesOf(environments)), l.EnvironmentPage)
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
	var out []kit.Link
	for _, name := range asked {
		if !slices.Contains(names, name) {
			out = append(out, linksTo(near.Names(name, names), l.ApplicationPage)...)
		}
	}
	return out
}

func linksTo(names []string, page func(string) string) []kit.Link {
	out := make([]kit.Link, len(names))
	for i, name := range names {
		out[i] = kit.Link{Text: name, URL: page(name)}
	}
	return out
}
