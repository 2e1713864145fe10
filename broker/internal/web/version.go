package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

type versionPage struct {
	base
	// Lacks says what whoever looks would need to change it.
	Lacks   string
	Parents kit.Links
	Name    string
	Version kit.Version
	Note    string
	Doings  kit.Cell
	Facts   kit.Facts
	Gates   kit.Table
	Places  kit.Table
	// Published are the contracts of the version as a consumer, Answered its
	// results as a provider.
	Published kit.Table
	Answered  kit.Table
}

func (*versionPage) template() string { return "version" }

func (w *web) version(r *http.Request) (page, error) {
	l, query := w.links(r), r.URL.Query()
	v, err := w.service.Overview.LookAtVersion(r.Context(), r.PathValue("name"), r.PathValue("number"))
	if err != nil {
		return nil, err
	}
	name := v.Application.Name
	p := &versionPage{
		base:    base{title: name + " " + kit.Short(v.Number), twin: api.Version(name, v.Number)},
		Parents: kit.Links{{Text: "Applications", URL: l.ApplicationsPage()}, {Text: name, URL: l.ApplicationPage(name)}},
		Name:    name, Version: kit.Version{Number: v.Number}, Note: versionNotes[query.Get(doneParameter)], Facts: w.versionFacts(l, v),
		Doings: kit.Cell{kit.Link{Text: "Delete it", URL: oneDoomed{application: name, version: v.Number}.page(l), Own: true}},
		Gates:  gatesTable(), Places: placesTable(w.places(l, v.VersionDetails)...),
		Published: publishedTable(w.publishedRows(l, v.Published)...), Answered: answeredTable(w.answeredRows(l, v.Results)...),
	}
	if !mayMade(r, access.ManageContracts, name, v.Application.CreatedBy) {
		p.Doings, p.Lacks = nil, "To delete it, or to take off a tag, you would need "+access.ManageContracts.String()+" for "+access.Application(name).String()+"."
		for i, f := range p.Facts {
			p.Facts[i].Cell = slices.DeleteFunc(f.Cell, func(part kit.Part) bool { return f.Name == "Tags" && part.Part() == "link" })
		}
	}
	for i, e := range v.Environments {
		d := v.Gates[i]
		cell := kit.Cell{kit.Sentence{Text: firstReason(d)}}
		for _, doubt := range doubts(d) {
			cell = append(cell, kit.Muted{Text: doubt})
		}
		p.Gates.Rows = append(p.Gates.Rows, kit.Row{
			{kit.Link{Text: e.Name, URL: l.GatePage(name, v.Number, e.Name)}}, {decisionVerdict(d.PageHeadline(), d.Counts)}, cell,
		})
	}
	p.Gates.Empty = noEnvironment(l)
	if v.MoreResults {
		p.Answered.Rest = "These are its newest results. There are more."
	}
	for _, t := range []*kit.Table{&p.Gates, &p.Published, &p.Answered} {
		t.Sort(query)
	}
	return p, nil
}

func gatesTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "gates", Begin: "answer", Columns: []kit.Column{{Title: "To", Key: "to"}, {Title: "Answer", Key: "answer"}, {Title: "Why"}}, Rows: rows}
}

func placesTable(rows ...kit.Row) kit.Table {
	return kit.Table{
		Name: "places", Columns: []kit.Column{{Title: "Environment"}, {Title: "How"}, {Title: "Since"}, {Title: "Until"}}, Rows: rows,
		Empty: kit.Empty{Text: "It was never recorded as deployed or released."},
	}
}

func publishedTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "published", Begin: "result", Columns: []kit.Column{
		{Title: "Provider", Key: "provider"}, {Title: "Contract"}, {Title: "Last result", Key: "result"}, {Title: "By version"}, {Title: "When", Key: "when", NewestFirst: true}, {Title: "Evidence"},
	}, Rows: rows, Empty: kit.Empty{Text: "It has published no contract."}}
}

func answeredTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "answered", Begin: "result", Columns: []kit.Column{
		{Title: "Consumer", Key: "consumer"}, {Title: "Same content as"}, {Title: "Result", Key: "result"}, {Title: "When", Key: "when", NewestFirst: true}, {Title: "Evidence"},
	}, Rows: rows, Empty: kit.Empty{Text: "It has verified no contract."}}
}

// versionFacts is what is known of the version itself.
func (w *web) versionFacts(l links.Links, v overview.VersionAnswer) kit.Facts {
	var f kit.Facts
	f.Add("First seen", w.moment(v.CreatedAt).InFull())
	f.Add("Branches", orNone(branchNames(v.Branches), "none")...)
	if len(v.Tags) > 0 {
		var tags kit.Cell
		for _, tag := range kernel.TagNames(v.Tags) {
			tags = append(tags, kit.Text{Text: tag}, kit.Link{Text: "take it off", URL: oneDoomed{application: v.Application.Name, version: v.Number, tag: tag}.page(l), Own: true})
		}
		f.Add("Tags", tags...)
	}
	if v.BuildURL != "" {
		f.Add("Build", kit.Outside{Address: v.BuildURL})
	}
	if commit := commitAddress(v.Application.RepositoryURL, v.Number); commit != "" {
		f.Add("Commit", kit.Outside{Address: commit})
	}
	return f
}

// commitAddress is where a repository shows a commit, where the version number
// is one and the repository is read over HTTP.
func commitAddress(repository, number string) string {
	if len(number) < 7 || len(number) > 64 || strings.Trim(number, "0123456789abcdef") != "" {
		return ""
	}
	address, err := url.Parse(strings.TrimSuffix(strings.TrimRight(repository, "/"), ".git"))
	if err != nil || address.Host == "" || address.RawQuery != "" || address.Fragment != "" {
		return ""
	}
	if strings.Contains(address.Host, "bitbucket") {
		return address.JoinPath("commits", number).String()
	}
	return address.JoinPath("commit", number).String()
}

// places are where the version runs and ran, the newest first.
func (w *web) places(l links.Links, v kernel.VersionDetails) []kit.Row {
	var rows []kit.Row
	add := func(e kernel.Environment, how string, since, until kit.Time) {
		ended := kit.Cell{until}
		if !until.Known {
			ended = kit.Cell{kit.Text{Text: "still there"}}
		}
		rows = append(rows, kit.Row{{kit.Link{Text: e.Name, URL: l.EnvironmentPage(e.Name)}}, {kit.Text{Text: how}}, {since}, ended})
	}
	for _, d := range v.Deployed {
		add(d.Environment, howDeployed(d), w.moment(d.CreatedAt), w.moment(d.UndeployedAt))
	}
	for _, r := range v.Released {
		add(r.Environment, "released", w.moment(r.CreatedAt), w.moment(r.SupportEndedAt))
	}
	t := kit.Table{Columns: []kit.Column{{}, {}, {Key: "since"}, {}}, Rows: rows, Begin: "-since"}
	t.Sort(nil)
	return t.Rows
}

// resultOfVersion is the provider version of a result with its branches, so that nobody
// takes the result of another branch for one of the main branch.
func resultOfVersion(l links.Links, v kernel.Verification) kit.Cell {
	return append(kit.Cell{versionOf(l, v.Provider.Name, v.ProviderVersion.Number)}, onBranches(v.ProviderBranches)...)
}

func (w *web) publishedRows(l links.Links, pacts []kernel.Pact) []kit.Row {
	var rows []kit.Row
	for _, p := range pacts {
		consumer, provider := p.Consumer.Name, p.Provider.Name
		row := kit.Row{
			{kit.Link{Text: provider, URL: l.ApplicationPage(provider)}}, {kit.Link{Text: consumer + " → " + provider, URL: l.ContractPage(consumer, provider, p.ConsumerVersion.Number)}},
			{pactStatus(overview.StatusNever)}, {kit.Version{}}, {kit.Time{}}, {},
		}
		if v := p.LatestVerification; v != nil {
			row[2], row[3], row[4] = kit.Cell{verificationStatus(*v)}, resultOfVersion(l, *v), kit.Cell{w.moment(v.CreatedAt)}
			row[5] = kit.Cell{kit.Link{Text: "result", URL: l.ResultPage(consumer, provider, p.SHA, strconv.FormatInt(v.Number, 10))}}
		}
		rows = append(rows, row)
	}
	return rows
}

func (w *web) answeredRows(l links.Links, results []overview.ProviderResult) []kit.Row {
	var rows []kit.Row
	for _, r := range results {
		consumer, provider := r.Pact.Consumer.Name, r.Pact.Provider.Name
		rows = append(rows, kit.Row{
			{kit.Link{Text: consumer, URL: l.ApplicationPage(consumer)}}, {versionOf(l, consumer, r.Pact.ConsumerVersion.Number)},
			{resultStatus(r.Success, r.Telling)}, {w.moment(r.CreatedAt)},
			{kit.Links{
				{Text: "result", URL: l.ResultPage(consumer, provider, r.Pact.SHA, strconv.FormatInt(r.Number, 10))},
				{Text: "contract", URL: l.ContractPage(consumer, provider, r.Pact.ConsumerVersion.Number)},
			}},
		})
	}
	return rows
}
