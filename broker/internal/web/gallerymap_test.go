package web

import (
	"context"
	"fmt"
	"net/url"

	"github.com/treatyhq/treaty/broker/internal/layered"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// smallMap has an edge of each kind.
func smallMap() overview.Map {
	in := func(outcome matrix.Outcome, where ...string) []overview.MapPlace {
		var out []overview.MapPlace
		for _, e := range where {
			out = append(out, overview.MapPlace{Environment: e, Outcome: outcome})
		}
		return out
	}
	return overview.Map{
		Applications: map[string][]string{"storefront": {"team-shop", "web"}, "catalog": {"search"}, "payments": nil, long: {"team-shop"}, hostileName: nil},
		Edges: []overview.MapEdge{
			{Consumer: "storefront", Provider: "payments", Places: append(in(matrix.Failed, "", "production"), in(matrix.Unverified, "test")...)},
			{Consumer: long, Provider: hostileName, Places: in(matrix.Unverified, "test")},
			{Consumer: "payments", Provider: "storefront"},
			{Consumer: "storefront", Provider: "catalog", Places: in(matrix.Passed, "", "production")},
			{Consumer: "catalog", Provider: "catalog", Places: in(matrix.Passed, "")},
		},
	}
}

func galleryOfMaps(w *web) map[string]page {
	w.drawings = newDrawings(nil)
	l := links.Below("http://broker.test")
	shown := func(query url.Values, whole overview.Map) *mapPage {
		q := mapQuestionOf(query)
		m, err := q.look(whole)
		if err != nil {
			panic(err) // it is in the map
		}
		answer := mapAnswer(m)
		p := &mapPage{base: base{title: "Map"}, Lead: "Who depends on whom.", Form: mapForm(q, whole), Answer: &answer}
		g := w.fillMap(l, p, q, q.leave(m))
		if d, err := w.drawings.of(context.Background(), g.graph()); err == nil {
			p.Drawing = g.drawn(d)
			p.Files = kit.Links{{Text: "as SVG", URL: "#", Own: true, File: "map.svg"}}
		} else {
			p.NoDrawing = "They are too much to be drawn."
		}
		p.Table.Empty = noMap(l, q, whole)
		p.Filter = p.Table.Narrow(nil, "pairs-found", "state")
		p.Table.Cut(nil, pageSize)
		return p
	}
	crowd := overview.Map{Applications: map[string][]string{}}
	for i := range layered.MostNodes + 1 {
		name := fmt.Sprintf("service-%03d", i)
		crowd.Applications[name] = []string{fmt.Sprintf("team-%d", i%3)}
		crowd.Edges = append(crowd.Edges, overview.MapEdge{Consumer: name, Provider: "service-000"})
	}
	return map[string]page{
		"map":            shown(nil, smallMap()),
		"map-around":     shown(url.Values{"application": {"storefront"}, "depth": {"1"}}, smallMap()),
		"map-label":      shown(url.Values{"label": {"team-shop"}}, smallMap()),
		"map-labels":     shown(url.Values{"by": {"group"}}, smallMap()),
		"map-failing":    shown(url.Values{"failing": {"1"}}, smallMap()),
		"map-nothing":    shown(url.Values{"failing": {"1"}, "label": {"search"}}, smallMap()),
		"map-empty":      shown(nil, overview.Map{}),
		"map-crowded":    shown(nil, crowd),
		"map-too-large":  shown(url.Values{"by": {"application"}}, crowd),
		"map-of-nearest": shown(url.Values{"application": {"service-000"}}, crowd),
		"map-unknown":    &mapPage{base: base{title: "Map around nobody"}, Lead: "Who depends on whom.", Form: mapForm(mapQuestion{application: "nobody"}, smallMap())},
	}
}
