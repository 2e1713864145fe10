package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

// findPage finds what has a page by its name: applications, environments, versions,
// labels, pages and what can be done on them. The palette shows what this page finds.
type findPage struct {
	base
	Form  kit.Form
	Table kit.Table
}

func (*findPage) template() string { return "find" }

// foundMost is how much is shown of what is found, and actionsOnFound about how many
// applications an action is offered.
const (
	foundMost      = 50
	actionsOnFound = 3
)

// shortestPrefix is how much of a version number has to be known to find it by its
// beginning, in bytes.
const shortestPrefix = 4

// found is something that was found, the better the smaller its rank.
type found struct {
	text, url, kind string
	own             bool
	rank            int
}

func (w *web) find(r *http.Request) (page, error) {
	l, words := w.links(r), strings.Join(strings.Fields(r.URL.Query().Get("q")), " ")
	all, err := w.service.Overview.Everything(r.Context())
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(findIn(l, all, words), func(f found) bool { return closedTo(r, l, f.url) })
	for _, p := range w.findableAccess(r, l) {
		if rank, is := fits(p.Text, words); is {
			list = append(list, found{p.Text, p.URL, "page", true, rank + 4})
		}
	}
	older, err := w.olderVersions(r.Context(), l, all, words)
	if err != nil {
		return nil, err
	}
	return findPageOf(l, words, append(older, list...)), nil
}

// closedTo reports whether an address is of something that whoever looks may not do at all.
func closedTo(r *http.Request, l links.Links, address string) bool {
	need, known := map[string]access.Right{
		l.NewWebhookPage(): access.ManageWebhooks, l.NewApplicationPage(): access.ManageContracts, l.DeletePage(nil): access.DeleteInBulk,
		l.NewEnvironmentPage(): access.ManageEnvironments,
	}[address]
	return known && !maySome(r, need)
}

// findableAccess are the pages about who may do what that whoever looks may see.
func (w *web) findableAccess(r *http.Request, l links.Links) []navItem {
	who, known := access.FromContext(r.Context())
	if !w.config.Identity || !known {
		return nil
	}
	out := []navItem{{Text: "Me", URL: l.MePage()}}
	for _, p := range accessPages(l) {
		if who.MaySome(p.needs) {
			out = append(out, p.navItem)
		}
	}
	return out
}

func findPageOf(l links.Links, words string, list []found) *findPage {
	p := &findPage{
		base: base{title: "Search"}, Table: kit.Table{Columns: []kit.Column{{Title: "Found"}, {Title: "What it is"}}},
		Form: kit.Form{Action: l.FindPage(""), Method: "get", Inline: true, Submit: "Search", Fields: []kit.Field{{ID: "q", Name: "q", Label: "Name or version", Value: words}}},
	}
	slices.SortStableFunc(list, func(a, b found) int { return cmp.Compare(a.rank, b.rank) })
	seen := map[string]bool{}
	for _, f := range list {
		if seen[f.url] {
			continue
		}
		seen[f.url] = true
		if len(p.Table.Rows) < foundMost {
			p.Table.Rows = append(p.Table.Rows, kit.Row{{kit.Link{Text: f.text, URL: f.url, Own: f.own}}, {kit.Muted{Text: f.kind}}})
		}
	}
	if more := len(seen) - foundMost; more > 0 {
		p.Table.Rest = "And " + wording.Count(more, "other") + ": say more of the name."
	}
	p.Table.Empty = kit.Empty{Text: "Nothing is called so: no application, environment, version, label or page. An older version is found by its whole number, or by how it begins with the name of its application before it.", Links: kit.Links{{Text: "all applications", URL: l.ApplicationsPage(), Own: true}}}
	return p
}

// The kinds in the order in which they stand where they fit as well.
const (
	rankExact = iota * 10
	rankBegins
	rankWord
	rankWithin
)

// fits tells how well a text fits to words, of which each has to be in it; the smaller
// the better.
func fits(text, words string) (rank int, is bool) {
	text, words = strings.ToLower(text), strings.ToLower(words)
	for word := range strings.FieldsSeq(words) {
		if !strings.Contains(text, word) {
			return 0, false
		}
	}
	switch at := strings.Index(text, words); {
	case text == words:
		return rankExact, true
	case at == 0:
		return rankBegins, true
	case at > 0 && strings.ContainsRune(" -_/.", rune(text[at-1])):
		return rankWord, true
	}
	return rankWithin, true
}

// findIn finds words in what is known of everything. Without words it is the pages.
func findIn(l links.Links, all overview.Everything, words string) []found {
	var out []found
	add := func(text, address, kind string, own bool, behind int) bool {
		rank, is := fits(text, words)
		if is {
			out = append(out, found{text, address, kind, own, rank + behind})
		}
		return is
	}
	if words != "" {
		labels := map[string]bool{}
		for _, a := range all.Listed {
			add(a.Name, l.ApplicationPage(a.Name), "application", false, 0)
			for _, label := range a.Labels {
				labels[label] = true
			}
		}
		for _, e := range all.Environments {
			add(e.Environment.Name, l.EnvironmentPage(e.Environment.Name), "environment", false, 1)
		}
		out = append(out, knownVersions(l, all, words)...)
		for label := range labels {
			add(label, l.ApplicationsPage()+"?"+url.Values{"label": {label}}.Encode(), "label: its applications", false, 3)
		}
		slices.SortStableFunc(out, func(a, b found) int { return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.text, b.text)) })
		out = append(out, gateActions(l, all, words)...)
	}
	for _, p := range namedPages(l) {
		add(p.Text, p.URL, "page", true, 4)
	}
	for _, a := range namedActions(l) {
		add(a.Text, a.URL, "to do", true, 5)
	}
	return out
}

// knownVersions finds the newest versions and those that are live, by their number or
// how it begins, also behind the name of their application.
func knownVersions(l links.Links, all overview.Everything, words string) []found {
	var out []found
	add := func(application, number string) {
		if number == "" {
			return
		}
		rank, kind := rankExact+2, "version of "+application
		asked := words
		if name, rest, cut := cutLastWord(words); cut && strings.EqualFold(name, application) {
			asked = rest
		}
		switch {
		case strings.EqualFold(number, asked):
		case len(asked) >= shortestPrefix && len(number) > len(asked) && strings.EqualFold(number[:len(asked)], asked):
			rank = rankBegins + 2
		default:
			return
		}
		out = append(out, found{application + " " + number, l.VersionPage(application, number), kind, false, rank})
	}
	for _, a := range all.Applications {
		add(a.Name, a.Version)
	}
	for _, a := range all.Listed {
		add(a.Name, a.Latest.Number)
	}
	for _, e := range all.Environments {
		for _, d := range e.Deployed {
			add(d.Version.Pacticipant.Name, d.Version.Number)
		}
		for _, one := range e.Released {
			add(one.Version.Pacticipant.Name, one.Version.Number)
		}
	}
	return out
}

func cutLastWord(words string) (before, last string, cut bool) {
	at := strings.LastIndex(words, " ")
	if at < 0 {
		return "", words, false
	}
	return words[:at], words[at+1:], true
}

// gateActions offer to ask the gate about the applications that words find best.
func gateActions(l links.Links, all overview.Everything, words string) []found {
	var out []found
	for _, a := range all.Listed {
		if rank, is := fits("Can I deploy "+a.Name+"?", words); is {
			if named, fitsName := fits(a.Name, words); fitsName {
				rank = named
			}
			out = append(out, found{"Can I deploy " + a.Name + "?", l.GatePage(a.Name, "", ""), "to do", false, rank + 6})
		}
	}
	slices.SortStableFunc(out, func(a, b found) int { return cmp.Compare(a.rank, b.rank) })
	return out[:min(len(out), actionsOnFound)]
}

// namedPages are the pages of the navigation, and those that it leads to.
func namedPages(l links.Links) []navItem {
	return append(navigation(l), navItem{Text: "Clean up", URL: l.RetentionPage()}, navItem{Text: "API browser", URL: l.BrowserOf("/")})
}

func namedActions(l links.Links) []navItem {
	return []navItem{
		{Text: "New webhook", URL: l.NewWebhookPage()}, {Text: "Add an environment", URL: l.NewEnvironmentPage()}, {Text: "Add an application", URL: l.NewApplicationPage()},
		{Text: "Delete something", URL: l.DeletePage(nil)},
	}
}

// olderVersions finds versions of any age by their number, or by how it begins behind the
// name of their application.
func (w *web) olderVersions(ctx context.Context, l links.Links, all overview.Everything, words string) ([]found, error) {
	if words == "" {
		return nil, nil
	}
	var out []found
	numbered, err := w.service.Overview.FindVersionsNumbered(ctx, words)
	if err != nil {
		return nil, err
	}
	for _, v := range numbered {
		name := v.Pacticipant.Name
		out = append(out, found{name + " " + v.Number, l.VersionPage(name, v.Number), "version of " + name, false, rankExact + 2})
	}
	name, number, cut := cutLastWord(words)
	if !cut {
		return out, nil
	}
	for _, a := range all.Listed {
		if !strings.EqualFold(a.Name, name) {
			continue
		}
		alike, err := w.service.Overview.LookForVersion(ctx, a.Name, number)
		if kernel.IsNotFound(err) { // it was deleted meanwhile
			continue
		}
		if err != nil {
			return nil, err
		}
		if alike.Known {
			alike.Numbers = []string{number}
		}
		for _, one := range alike.Numbers {
			if len(one) >= len(number) && strings.EqualFold(one[:len(number)], number) {
				out = append(out, found{a.Name + " " + one, l.VersionPage(a.Name, one), "version of " + a.Name, false, rankExact + 2})
			}
		}
	}
	return out, nil
}
