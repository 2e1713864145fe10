package web

import (
	"context"
	"net/http"
	"time"

	"github.com/treatyhq/treaty/broker/internal/layered"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// kitPage shows every part that pages are built from in each of its states, with
// names that are long, hostile and in letters of both directions. It is for those
// who build pages, and no other page leads to it.
type kitPage struct {
	base
	Verdicts     kit.Cell
	Answers      []kit.Answer
	Causes       []kit.Cause
	Times        kit.Cell
	Versions     kit.Cell
	Links        kit.Cell
	Numbers      kit.Cell
	Facts        kit.Facts
	Tabs         kit.Tabs
	Filter       kit.Filter
	Table        kit.Table
	Matchless    kit.Table
	EmptyTable   kit.Table
	Middle       kit.Pager
	Empties      []kit.Empty
	Codes        []kit.Code
	Fold         kit.Cell
	Interactions []kit.Interaction
	Comparison   kit.Comparison
	Drawing      kit.Drawing
	Question     kit.Form
	Form         kit.Form
	Wrong        kit.Form
	Acts         kit.Cell
	Confirm      kit.Confirm
	Refused      kit.Confirm
}

func (*kitPage) template() string { return "kit" }

// Names that tell whether a part can hold any.
const (
	longName    = "a-name-that-somebody-made-out-of-every-word-they-could-think-of-and-then-some-more"
	hostileName = "<b>bold</b> שם \u202egnp.\u200b"
	wholeCommit = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
)

func (w *web) kit(r *http.Request) (page, error) {
	now := w.config.Now()
	hour, day, years := kit.At(now, now.Add(-time.Hour)), kit.At(now, now.Add(-30*time.Hour)), kit.At(now, now.Add(-3*365*24*time.Hour))
	query, here := r.URL.Query(), "#"
	p := &kitPage{
		base:     base{title: "Parts of pages", twin: api.Pacticipant("catalog")},
		Verdicts: kit.Cell{kit.Yes("verified"), kit.No("failed"), kit.Unknown("not verified"), kit.Doubt("yes, but"), kit.None("nothing to prove")},
		Answers: []kit.Answer{
			{Verdict: kit.Yes("yes"), Sentence: "Yes, storefront 1f3c9a may go to production.", Reasons: []string{"Every required verification result is there, and all are successful."}},
			{Verdict: kit.No("no"), Sentence: "No, " + longName + " may not go to " + hostileName + "."},
			{Verdict: kit.Unknown(notProven), Sentence: "Not yet: something is not proven."},
			{Verdict: kit.Doubt("yes, but"), Sentence: "Yes, but a contract is missing that was there before."},
			{Verdict: kit.None("nothing to prove"), Sentence: "Nothing here depends on anything else."},
		},
		Causes: []kit.Cause{
			{
				Verdict: kit.No("failed"), Title: kit.Link{Text: "payments 77ab02 fails storefront", URL: here}, Sentence: "Version 77ab02 of payments does not give storefront what it expects.",
				Blocks: kit.Links{{Text: "production", URL: here}, {Text: "staging", URL: here}}, Since: hour, Owner: "Mend it, or change what storefront expects.", Whose: kit.Cell{kit.Link{Text: "payments", URL: here}, kit.Links{{Text: "payments-team", URL: here}}},
				Evidence: kit.Links{{Text: "the result", URL: here}, {Text: "the contract", URL: here}}, Commands: kit.Commands("treaty verify --provider-name payments --provider-version 77ab02"),
			},
			{Verdict: kit.Unknown("not proven"), Title: kit.Link{Text: "Never verified"}, Sentence: hostileName + " has not verified " + longName + "."},
		},
		Times:    kit.Cell{hour, day.InFull(), years, kit.Time{}},
		Versions: kit.Cell{kit.Version{Number: wholeCommit, URL: here}, kit.Version{Number: "1.2.3"}, kit.Version{Number: hostileName, URL: here}, kit.Version{Number: longName}, kit.Version{}},
		Links: kit.Cell{
			kit.Link{Text: "somewhere", URL: here}, kit.Link{Text: "nowhere"}, kit.Links{{Text: "one", URL: here}, {Text: "another", URL: here}},
			kit.Outside{Address: "https://ci.example/7"}, kit.Outside{Text: "the build", Address: "https://ci.example/7"}, kit.Outside{Address: "javascript:alert(1)"},
			kit.Outside{Text: "the build", Address: "https://ci.example@evil.example/"},
		},
		Numbers: kit.Cell{kit.Number{N: 0}, kit.Number{N: 12000}, kit.Text{Text: hostileName}, kit.Muted{Text: "less weight"}, kit.Mono{Text: "feat/x"}, kit.Sentence{Text: "Version " + wholeCommit + " of payments failed."}},
		Tabs:    kit.Tabs{Label: "Branch", Items: []kit.Tab{{Text: "main", URL: here, Current: true, Count: "12"}, {Text: "feat/" + longName, URL: here}, {Text: hostileName, URL: here, Count: "0"}}},
		Middle:  kit.Pager{Previous: here, Next: here, Text: "Page 2 of 7", Of: "versions"},
		Empties: []kit.Empty{
			{Text: "No environment exists yet. Create one:", Commands: kit.Commands("treaty create-environment --name production --production")},
			{Text: "Nothing here matches.", Links: kit.Links{{Text: "Show all", URL: here}}},
		},
		Codes: []kit.Code{
			{Text: "treaty can-i-deploy --pacticipant catalog --version 77ab02 --to-environment production"},
			{Label: "Response", Text: "200 OK\nContent-Type: application/json\n\n{\n  \"name\": \"" + hostileName + "\",\n  \"long\": \"" + longName + longName + "\"\n}", Whole: here},
		},
		Fold:         kit.Cell{kit.Fold{Summary: "Verify it", Codes: kit.Commands("treaty verify --provider-name catalog")}, kit.Fold{Summary: hostileName, Codes: []kit.Code{{Label: longName, Text: longName + longName}}}},
		Interactions: kitInteractions(),
		Drawing:      kitDrawing(), Comparison: kitComparison(),
		Question: gateForm("catalog", "", []string{"catalog", hostileName}, kit.Option{Value: "production", Text: "production", Current: true}),
		Form:     kitForm(here, false),
		Wrong:    kitForm(here, true),
		Confirm: kit.Confirm{
			Question: "Delete the webhook “" + hostileName + "”?", Lost: []string{"It is not called any more.", "Its 12 deliveries are forgotten."},
			Action: here, Hidden: []kit.Parameter{{Name: "id", Value: "7"}}, Yes: "Delete the webhook", No: kit.Link{Text: "Keep it", URL: here},
		},
	}
	p.Refused = p.Confirm
	p.Refused.Problem = "Somebody else has changed " + hostileName + " since."
	p.Acts = kit.Cell{kit.Act{Action: here, Text: "Fire again", About: "for " + hostileName}, kit.Act{Action: here, Hidden: []kit.Parameter{{Name: "id", Value: "7"}}, Text: "Send it again"}}
	p.Question.Groups = []kit.Group{
		{Legend: "Which versions", Open: true, Fields: []kit.Field{
			{ID: "branch", Name: "branch", Label: "Branch", Value: hostileName, Error: "No version is like that."}, {ID: "newest", Name: "newest", Label: "Only the newest", Kind: "checkbox", Value: "true"},
		}},
		{Legend: "Which results of " + longName, Fields: []kit.Field{{ID: "failed", Name: "result", Label: "failed", Kind: "checkbox", Value: "failed"}}},
	}
	p.Facts.Add("Status", kit.No("failed"), kit.Text{Text: "by payments"})
	p.Facts.Add("The worst of several", kit.Worst(kit.None("empty"), kit.Yes("verified"), kit.Unknown("not verified"), kit.No("failed"), kit.None("nothing to prove")))
	p.Facts.Add("Version", kit.Version{Number: wholeCommit, URL: here}, kit.Muted{Text: "on main"})
	p.Facts.Add(longName, kit.Text{Text: hostileName})
	p.Table = kitTable(hour, day, years)
	p.Filter = p.Table.Narrow(query, "found", "result")
	p.Table.Sort(query)
	p.Table.Rest, p.Table.Pages = "These are 3 of 312.", kit.Pager{Next: here, Text: "Page 1 of 7", Of: "pairs"}
	p.Matchless = kitTable()
	p.Matchless.Empty = kit.Empty{Text: "Nothing here matches.", Links: kit.Links{{Text: "Show all", URL: p.Filter.Clear}}}
	p.EmptyTable.Empty = noEnvironment(w.links(r))
	return p, nil
}

func kitTable(times ...kit.Time) kit.Table {
	t := kit.Table{Name: "pairs", Caption: "Each consumer with each of its providers", Columns: []kit.Column{
		{Title: "Consumer", Key: "consumer"}, {Title: "Provider"}, {Title: "Result", Key: "result"}, {Title: "When", Key: "when", NewestFirst: true}, {Title: "Count", Key: "count"},
	}}
	for i, when := range times {
		t.Rows = append(t.Rows, []kit.Row{
			{{kit.Link{Text: "storefront", URL: "#"}, kit.Version{Number: wholeCommit, URL: "#"}}, {kit.Text{Text: "payments"}}, {kit.No("failed")}, {when}, {kit.Number{N: 3}}},
			{{kit.Link{Text: longName, URL: "#"}}, {kit.Text{Text: longName}}, {kit.Unknown("not verified")}, {kit.Time{}}, {kit.Number{N: 12}}},
			{{kit.Link{Text: hostileName, URL: "#"}}, {kit.Text{Text: hostileName}}, {kit.Yes("verified"), kit.Muted{Text: "twice"}}, {when}, {}},
		}[i%3])
	}
	return t
}

// kitDrawing has a box and a line of each kind.
func kitDrawing() kit.Drawing {
	g := mapGraph{label: "Who depends on whom"}
	g.add("a", kit.DrawnNode{Whole: "storefront", Under: "team-shop", URL: "#", Kind: "focus"})
	g.add("b", kit.DrawnNode{Whole: longName, Under: longName, URL: "#"})
	g.add("c", kit.DrawnNode{Whole: hostileName, URL: "#", Kind: "outside"})
	g.add("d", kit.DrawnNode{Whole: "d", URL: "#"})
	g.lines = []mapLine{
		{from: "a", to: "b", verdict: kit.No("failed"), says: "storefront → " + hostileName + ": failed"}, {from: "a", to: "c", verdict: kit.Unknown("not verified")},
		{from: "a", to: "d", verdict: kit.Yes("verified")}, {from: "d", to: "d", verdict: kit.None("no contract now")}, {from: "d", to: "c", verdict: kit.Yes("verified")},
	}
	drawn, err := layered.Lay(context.Background(), g.graph())
	if err != nil {
		return kit.Drawing{Label: err.Error()} // it is small, and nobody cuts it off
	}
	return g.drawn(drawn)
}

func kitComparison() kit.Comparison {
	return kit.Comparison{
		{Where: "status", Expected: "200", Actual: "418", Why: "expected 200 but was 418"},
		{Where: "body $.price", Expected: "3999", Actual: "\"39.99 EUR\"", Why: "Expected '39.99 EUR' (String) to be an integer"},
		{Where: "body $." + hostileName, Expected: longName + longName, Why: "is missing"},
	}
}

func kitInteractions() []kit.Interaction {
	return []kit.Interaction{
		{
			ID: "i-1", Method: "GET", Path: "/products/10?currency=EUR", Title: "a request for a product", Verdict: kit.No("failed"), Open: true, Given: []string{"product 10 exists", hostileName},
			Why: kitComparison(), Parts: []kit.Code{{Label: "Request", Text: "GET /products/10?currency=EUR"}, {Label: "Response", Text: "200 OK\n\n{\n  \"id\": 10\n}"}},
			Rules: []kit.Rule{{Where: "response body $.id", Rule: "integer"}, {Where: "response body $." + longName, Rule: "regex " + hostileName}},
		},
		{ID: "i-2", Method: "POST", Path: "/" + longName, Title: longName, Verdict: kit.Yes("verified"), Parts: []kit.Code{{Label: "Request", Text: "POST /"}}},
		{ID: "i-3", Kind: "Message", Title: hostileName, Verdict: kit.None("not tried")},
	}
}

func kitForm(action string, wrong bool) kit.Form {
	f := kit.Form{Action: action, Method: "post", Submit: "Save", Cancel: kit.Link{Text: "Leave it", URL: action}, Fields: []kit.Field{
		{ID: "url", Name: "url", Label: "Address", Kind: "url", Value: "https://ci.example/hook", Required: true, Hint: "Where the request goes."},
		{ID: "event", Name: "event", Label: "When", Kind: "select", Options: []kit.Option{{Value: "a", Text: "a contract changes", Current: true}, {Value: "b", Text: hostileName}}},
		{ID: "events", Name: "events", Label: "Which of them", Kind: "checks", Required: true, Hint: "As many as you like.", Options: []kit.Option{{Value: "a", Text: "a contract changes", Current: true}, {Value: "b", Text: hostileName}, {Value: "c", Text: longName}}},
		{ID: "secret", Name: "secret", Label: "Password", Kind: "password", Hint: "Empty keeps what is stored."},
		{ID: "body", Name: "body", Label: "Body", Kind: "textarea", Value: "{\n  \"text\": \"${pactbroker.consumerName}\"\n}"},
		{ID: "enabled", Name: "enabled", Label: "Call it", Kind: "checkbox", Value: "true", Checked: true},
	}}
	if wrong {
		for i := range f.Fields {
			f.Fields[i].ID += "-wrong"
		}
		f.Fields[0].Value, f.Fields[0].Error = "ftp://x", "is not an address by http or https: write it like https://ci.example/hook"
		f.Fields[2].Error, f.Fields[2].Hint = "must name one at least", ""
		f.Fields[3].Error = "is kept only for the address that it was given for"
		f.Fields[4].Error = "is not JSON: unexpected end"
	}
	return f
}
