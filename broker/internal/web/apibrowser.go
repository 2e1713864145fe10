package web

import (
	"net/http"

	"github.com/treatyhq/treaty/broker/internal/rels"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// apiBrowserPage looks through the API. Its script asks for what the fragment of the
// address names.
type apiBrowserPage struct{ base }

func (*apiBrowserPage) template() string { return "apibrowser" }

func (w *web) apiBrowser(*http.Request) (page, error) {
	return &apiBrowserPage{base{title: "API browser", still: true}}, nil
}

// relationPage is the documentation of a relation of the API.
type relationPage struct {
	base
	Parent kit.Link
	Blocks []rels.Block
}

func (*relationPage) template() string { return "relation" }

func (w *web) relation(r *http.Request) (page, error) {
	rel := r.PathValue("rel")
	text, known := rels.Page(rel)
	blocks := rels.Parse(text)
	if !known {
		// The link to it was there, so that it is no error.
		blocks = []rels.Block{{Level: 1, Text: rels.Line{{Text: rel}}}, {Text: rels.Line{{Text: "No documentation exists for this relation yet."}}}}
	}
	return &relationPage{base{title: rel, still: true}, kit.Link{Text: "API browser", URL: w.links(r).BrowserOf("/"), Own: true}, blocks}, nil
}
