package web

import (
	"net/url"

	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// labelsShown is how many labels say whose an application is.
const labelsShown = 3

// owners know of applications what the broker keeps of whose they are: labels, as
// teams give them, and the repository.
type owners map[string]overview.Listed

func ownersOf(all overview.Everything) owners {
	out := owners{}
	for _, a := range all.Listed {
		out[a.Name] = a
	}
	return out
}

// cell says whose something is.
func (o owners) cell(l links.Links, name string) kit.Cell {
	if name == "" {
		return nil
	}
	cell := kit.Cell{kit.Link{Text: name, URL: l.ApplicationPage(name)}}
	a := o[name]
	switch {
	case len(a.Labels) > 0:
		cell = append(cell, labelLinks(l, a.Labels, labelsShown))
	case a.RepositoryURL != "":
		cell = append(cell, kit.Outside{Text: "repository", Address: a.RepositoryURL})
	}
	return cell
}

// labelLinks lead to the applications with each label.
func labelLinks(l links.Links, labels []string, most int) kit.Links {
	var out kit.Links
	for _, label := range labels[:min(len(labels), most)] {
		out = append(out, kit.Link{Text: label, URL: l.ApplicationsPage() + "?" + url.Values{"label": {label}}.Encode()})
	}
	return out
}
