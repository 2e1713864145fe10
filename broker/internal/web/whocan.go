package web

import (
	"net/http"
	"slices"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

// whoCanAsked is the question of the page about who can.
type whoCanAsked struct{ right, application, environment string }

func (w *web) whoCan(r *http.Request) (page, error) {
	query := r.URL.Query()
	asked := whoCanAsked{query.Get("right"), query.Get("application"), query.Get("environment")}
	places, err := w.service.Registry.ListEnvironments(r.Context(), "")
	if err != nil {
		return nil, err
	}
	names, err := w.service.Registry.ListNames(r.Context(), suggestedNames)
	if err != nil {
		return nil, err
	}
	p := whoCanPage(w.mayLinks(r), asked, names, places)
	if asked.right == "" {
		return p, nil
	}
	right, err := access.RightNamed(asked.right)
	if err != nil {
		p.Form.Fields[0].Error = "There is no right " + asked.right + ": choose one of these."
		return p, nil //nolint:nilerr // it is said at the field
	}
	var things []access.Thing
	if asked.application != "" {
		things = append(things, access.Application(asked.application))
	}
	if asked.environment != "" {
		at := slices.IndexFunc(places, func(e kernel.Environment) bool { return e.Name == asked.environment })
		if at < 0 {
			p.Form.Fields[2].Error = "There is no environment with this name."
			return p, nil
		}
		thing := access.Environment(places[at].UUID)
		thing.Name = places[at].Name
		things = append(things, thing)
	}
	holders, err := w.service.Identity.WhoCan(r.Context(), right, things...)
	if kernel.IsNotFound(err) {
		p.Form.Fields[1].Error = "There is no application with this name."
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	p.answer(w.mayLinks(r), asked, right, holders)
	p.Sections[0].Table.Cut(query, pageSize)
	return p, nil
}

func whoCanPage(l mayLinks, asked whoCanAsked, names []string, places []kernel.Environment) *accessPage {
	p := &accessPage{base: base{title: "Who can?", twin: api.Permissions()}, Lead: "Which accounts have a right, and by what: to ask when a pipeline is refused, or before one is given more."}
	right := kit.Field{ID: "right", Name: "right", Label: "Right", Kind: "select"}
	for _, known := range access.All() {
		name := known.Right.String()
		if !slices.ContainsFunc(right.Options, func(o kit.Option) bool { return o.Value == name }) {
			right.Options = append(right.Options, kit.Option{Value: name, Text: name, Current: name == asked.right})
		}
	}
	environment := kit.Field{ID: "environment", Name: "environment", Label: "In the environment", Kind: "select", Options: []kit.Option{{Text: "any"}}}
	for _, e := range places {
		environment.Options = append(environment.Options, kit.Option{Value: e.Name, Text: e.Name, Current: e.Name == asked.environment})
	}
	p.Form = kit.Form{Action: l.WhoCanPage("", "", ""), Method: "get", Submit: "Ask", Inline: true, Fields: []kit.Field{
		right, {ID: "application", Name: "application", Label: "For the application", Value: asked.application, Suggestions: names}, environment,
	}}
	return p
}

// answer says who can, and by what.
func (p *accessPage) answer(l mayLinks, asked whoCanAsked, right access.Right, holders []identity.Holder) {
	what := right.String() + " for everything"
	switch {
	case asked.application != "" && asked.environment != "":
		what = right.String() + " for " + asked.application + " in " + asked.environment
	case asked.application != "":
		what = right.String() + " for " + asked.application
	case asked.environment != "":
		what = right.String() + " for the environment " + asked.environment
	}
	p.Answer = &kit.Answer{Verdict: kit.None("nobody"), Sentence: "Nobody has " + what + "."}
	if len(holders) > 0 {
		p.Answer = &kit.Answer{Verdict: kit.Yes("somebody"), Sentence: wording.CountOf(len(holders), "account has ", "accounts have ") + what + "."}
	}
	p.Answer.Reasons = []string{"Accounts that are switched off are not among them, and a token may have less than its account."}
	t := kit.Table{Columns: []kit.Column{{Title: "Account"}, {Title: "By"}, {Title: "Roles"}, {Title: "Teams"}}, Empty: kit.Empty{Text: "Give an account a role that has it."}}
	for _, h := range holders {
		t.Rows = append(t.Rows, kit.Row{{kit.Link{Text: h.Name, URL: l.PersonPage(h.UUID)}}, {kit.Mono{Text: h.Because}}, orElse(roleLinks(l, h.Roles, mostNamed), "none"), orElse(teamLinks(l, h.Teams, mostNamed), "none")})
	}
	p.Sections = []accessSection{{Table: t}}
	p.twin = api.WhoCan(asked.right, asked.application, asked.environment)
}
