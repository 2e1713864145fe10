package web

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
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

// addContacts adds who answers for environments, each once with all that are theirs.
func addContacts(f *kit.Facts, environments []kernel.Environment) {
	places := map[string][]string{}
	var order []string
	for _, e := range environments {
		words := contactWords(e.Contacts)
		if words == "" {
			continue
		}
		if places[words] == nil {
			order = append(order, words)
		}
		places[words] = append(places[words], e.Name)
	}
	for _, words := range order {
		f.Add("Contact", kit.Text{Text: words}, kit.Muted{Text: "for " + wording.List(places[words], "and")})
	}
}

// contactWords name who answers for a place, with what is known of them: texts and
// numbers, in the order of their names.
func contactWords(contacts []kernel.Contact) string {
	var all []string
	for _, c := range contacts {
		var details map[string]json.RawMessage
		_ = json.Unmarshal(c.Details, &details) // what is no object says nothing
		var known []string
		for _, key := range slices.Sorted(maps.Keys(details)) {
			if value := plainValue(details[key]); value != "" {
				known = append(known, key+" "+value)
			}
		}
		text := c.Name
		if len(known) > 0 {
			text = strings.TrimSpace(text + " (" + strings.Join(known, ", ") + ")")
		}
		if text != "" {
			all = append(all, text)
		}
	}
	return strings.Join(all, "; ")
}

// plainValue is a text or a number of JSON, as it was written; "" for all else.
func plainValue(raw json.RawMessage) string {
	var text string
	var number json.Number
	switch {
	case json.Unmarshal(raw, &text) == nil:
		return text
	case json.Unmarshal(raw, &number) == nil:
		return string(number)
	}
	return ""
}
