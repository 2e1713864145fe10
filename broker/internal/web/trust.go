package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// Trust says which rule a token of another issuer fits.
type Trust interface {
	TryTrust(ctx context.Context, value string) (identity.Trial, error)
}

func (w *web) routeTrust() {
	w.identified("GET /ui/trust", w.trustRules)
	w.identified("GET /ui/trust/new", w.newTrust)
	w.form("POST /ui/trust/new", w.withIdentity(w.createTrust))
	w.identified("GET /ui/trust/try", w.askTrial)
	w.form("POST /ui/trust/try", w.withIdentity(w.tryTrust))
	w.identified("GET /ui/trust/{uuid}", w.trustRule)
	w.identified("GET /ui/trust/{uuid}/edit", w.editTrust)
	w.form("POST /ui/trust/{uuid}/edit", w.withIdentity(w.saveTrust))
	w.identified("GET /ui/trust/{uuid}/delete", w.askDeleteTrust)
	w.form("POST /ui/trust/{uuid}/delete", w.withIdentity(w.deleteTrust))
}

// trustNotes say what was done.
var trustNotes = map[string]string{
	"created": "The rule is there, and counts within two seconds.", "saved": "The rule is changed, and counts so within two seconds.", "deleted": "The rule is deleted. Those that it let in are refused within two seconds.",
}

const trustLead = "Pipelines come in by the token that their build server signs, and keep no secret of the broker. The first rule that a token fits says whose it is."

func (w *web) trustRules(r *http.Request) (page, error) {
	all, err := w.service.Identity.ListTrust(r.Context())
	if err != nil {
		return nil, err
	}
	p := w.trustPage(w.mayLinks(r), r.URL.Query(), all, may(r, access.ManageAccounts))
	p.Note = trustNotes[r.URL.Query().Get(doneParameter)]
	return p, nil
}

func (w *web) trustPage(l mayLinks, query url.Values, all []kernel.TrustRule, manages bool) *accessPage {
	p := &accessPage{base: base{title: "Trust rules", twin: api.TrustRules()}, Lead: trustLead}
	p.Doings = kit.Cell{kit.Link{Text: "Try a token", URL: l.TryTrustPage(), Own: true}}
	var to kit.Links
	if manages {
		link := kit.Link{Text: "New rule", URL: l.NewTrustPage(), Own: true}
		p.Doings, to = append(kit.Cell{link}, p.Doings...), kit.Links{link}
	}
	table := kit.Table{Columns: []kit.Column{{Title: "Rule"}, {Title: "Tried"}, {Title: "Issuer"}, {Title: "Claims"}, {Title: "Account"}, {Title: "Last used"}, {Title: "State"}}, Empty: kit.Empty{Text: "There is no rule yet: nobody comes in by a token of another issuer.", Links: to}}
	for _, rule := range all {
		claims := kit.Cell{}
		for _, c := range rule.Conditions {
			claims = append(claims, kit.Mono{Text: c.Claim + "=" + c.Value})
		}
		table.Rows = append(table.Rows, kit.Row{
			{kit.Link{Text: rule.Name, URL: l.TrustPage(rule.UUID)}}, {kit.Number{N: rule.Position}}, {kit.Text{Text: rule.Issuer}}, claims,
			{kit.Link{Text: rule.Account, URL: l.PersonPage(rule.AccountUUID)}}, {w.usedAt(rule)}, {stateOfTrust(rule)},
		})
	}
	filter := table.Narrow(query, "found")
	filter.Count = strings.Replace(filter.Count, "row", "rule", 1)
	table.Cut(query, pageSize)
	p.Sections = []accessSection{{Filter: &filter, Table: table}}
	return p
}

func (w *web) usedAt(rule kernel.TrustRule) kit.Part {
	if rule.LastUsedAt.IsZero() {
		return kit.Muted{Text: "never"}
	}
	return w.moment(rule.LastUsedAt)
}

func stateOfTrust(rule kernel.TrustRule) kit.Part {
	if rule.Active {
		return kit.Text{Text: "on"}
	}
	return kit.None("switched off")
}

func (w *web) trustRule(r *http.Request) (page, error) {
	found, err := w.service.Identity.FindTrust(r.Context(), r.PathValue("uuid"))
	if err != nil {
		return nil, err
	}
	p := w.oneTrustPage(w.mayLinks(r), found, may(r, access.ManageAccounts))
	p.Note = trustNotes[r.URL.Query().Get(doneParameter)]
	return p, nil
}

func (w *web) oneTrustPage(l mayLinks, rule kernel.TrustRule, manages bool) *accessPage {
	p := &accessPage{base: base{title: rule.Name, twin: api.TrustRule(rule.UUID)}, Parents: kit.Links{{Text: "Trust rules", URL: l.TrustRulesPage(), Own: true}}}
	if manages {
		p.Doings = kit.Cell{kit.Link{Text: "Change it", URL: l.DoTrustPage(rule.UUID, "edit"), Own: true}, kit.Link{Text: "Delete it", URL: l.DoTrustPage(rule.UUID, "delete"), Own: true}}
	}
	p.Doings = append(p.Doings, kit.Link{Text: "Try a token", URL: l.TryTrustPage(), Own: true})
	p.Facts.Add("State", stateOfTrust(rule))
	p.Facts.Add("Holders are", kit.Link{Text: rule.Account, URL: l.PersonPage(rule.AccountUUID)})
	p.Facts.Add("Issuer", kit.Mono{Text: rule.Issuer})
	p.Facts.Add("Audience", kit.Mono{Text: rule.Audience})
	switch {
	case rule.Permissions != nil:
		p.Facts.Add("May", kit.Text{Text: "of what the account may, no more than " + strings.Join(rule.Permissions, ", ")})
	case !rule.Writes:
		p.Facts.Add("May", kit.Text{Text: "only read"})
	default:
		p.Facts.Add("May", kit.Text{Text: "all that the account may"})
	}
	p.Facts.Add("Tried", kit.Text{Text: "number " + strconv.Itoa(rule.Position) + " of all rules"})
	p.Facts.Add("Last used", w.usedAt(rule))
	p.Facts.Add("Made", w.moment(rule.CreatedAt))
	p.Facts.Add("UUID", kit.Mono{Text: rule.UUID})
	table := kit.Table{Columns: []kit.Column{{Title: "Claim"}, {Title: "Has to be"}}}
	for _, c := range rule.Conditions {
		table.Rows = append(table.Rows, kit.Row{{kit.Mono{Text: c.Claim}}, {kit.Mono{Text: c.Value}}})
	}
	p.Sections = []accessSection{{ID: "claims", Title: "What tokens have to say", Lead: "All of it, besides issuer and audience. A * stands for any text.", Table: table}}
	return p
}

func (w *web) askTrial(r *http.Request) (page, error) { return trialPage(w.mayLinks(r)), nil }

// trialPage asks for a token. What was sent is not shown again: whoever has it can use it.
func trialPage(l mayLinks) *accessPage {
	return &accessPage{
		base: base{title: "Try a token", twin: api.TrustRules(), still: true}, Parents: kit.Links{{Text: "Trust rules", URL: l.TrustRulesPage(), Own: true}},
		Lead: "Which rule a token of a build server fits, and what it lacks for the others. Nobody is let in by it, and it is not kept.",
		Form: kit.Form{Action: l.TryTrustPage(), Method: "post", Submit: "Try it", Cancel: kit.Link{Text: "Leave it", URL: l.TrustRulesPage(), Own: true}, Fields: []kit.Field{
			{ID: "token", Name: "token", Label: "Token", Kind: "textarea", Required: true, Placeholder: "eyJ…", Hint: "The whole of it: three parts with dots between them."},
		}},
	}
}

func (w *web) tryTrust(r *http.Request, values url.Values) (done, error) {
	p := trialPage(w.mayLinks(r))
	trial, err := w.config.Trust.TryTrust(r.Context(), strings.TrimSpace(values.Get("token")))
	if kernel.CodeOf(err) == kernel.CodeUnauthorized {
		p.Form.Fields[0].Error = sentence(err)
		return done{page: p, because: kernel.Errorf(kernel.CodeInvalid, "This is no token.")}, nil
	}
	if err != nil {
		return done{}, err
	}
	p.tell(w.mayLinks(r), trial)
	return done{page: p}, nil
}

// tell says what came of a token that was tried.
func (p *accessPage) tell(l mayLinks, trial identity.Trial) {
	p.shows = true
	first := slices.IndexFunc(trial.Fits, func(f identity.Fit) bool { return f.Lacks == "" })
	switch {
	case trial.Unverified != "":
		p.Answer = &kit.Answer{Verdict: kit.No("no"), Sentence: "The token does not count.", Reasons: []string{upper(trial.Unverified)}}
	case first < 0:
		p.Answer = &kit.Answer{Verdict: kit.No("no"), Sentence: "The token is what it says, and fits no rule."}
	default:
		fit := trial.Fits[first]
		p.Answer = &kit.Answer{Verdict: kit.Yes("yes"), Sentence: "The rule " + fit.Name + " lets the token in as " + fit.Account + "."}
	}
	rules := kit.Table{Name: "rules", Columns: []kit.Column{{Title: "Rule"}, {Title: "Tried"}, {Title: "Account"}, {Title: "The token"}}, Empty: kit.Empty{Text: "There is no rule."}}
	for i, fit := range trial.Fits {
		said := kit.Part(kit.Text{Text: "fits, as a rule before this one does"})
		switch {
		case fit.Lacks != "":
			said = kit.Muted{Text: fit.Lacks}
		case i == first:
			said = kit.Text{Text: "fits"}
		}
		rules.Rows = append(rules.Rows, kit.Row{{kit.Link{Text: fit.Name, URL: l.TrustPage(fit.UUID)}}, {kit.Number{N: fit.Position}}, {kit.Link{Text: fit.Account, URL: l.PersonPage(fit.AccountUUID)}}, {said}})
	}
	claims := kit.Table{Name: "claims", Columns: []kit.Column{{Title: "Claim"}, {Title: "Says"}}}
	for _, c := range trial.Claims.List() {
		claims.Rows = append(claims.Rows, kit.Row{{kit.Mono{Text: c.Name}}, {kit.Mono{Text: c.Value}}})
	}
	p.Sections = []accessSection{{ID: "rules", Title: "By rule", Table: rules}, {ID: "says", Title: "What the token says", Lead: "A rule may ask for any of it but the times.", Table: claims}}
}

func (w *web) askDeleteTrust(r *http.Request) (page, error) {
	found, err := w.service.Identity.FindTrust(r.Context(), r.PathValue("uuid"))
	if err != nil {
		return nil, err
	}
	return confirmTrust(w.mayLinks(r), found), nil
}

func confirmTrust(l mayLinks, rule kernel.TrustRule) page {
	return &confirmPage{
		base: base{title: "Delete " + rule.Name, twin: api.TrustRule(rule.UUID)}, Parents: kit.Links{{Text: "Trust rules", URL: l.TrustRulesPage(), Own: true}, {Text: rule.Name, URL: l.TrustPage(rule.UUID)}},
		Confirm: kit.Confirm{
			Question: "Delete the trust rule “" + rule.Name + "”?", Lost: []string{"Pipelines that come in by it are refused within two seconds, unless another rule fits them. The tokens that were given to them end.", "The account " + rule.Account + " stays."},
			Action: l.DoTrustPage(rule.UUID, "delete"), Yes: "Delete the rule", No: kit.Link{Text: "Keep it", URL: l.TrustPage(rule.UUID)},
		},
	}
}

func (w *web) deleteTrust(r *http.Request, _ url.Values) (done, error) {
	if err := w.service.Identity.DeleteTrust(r.Context(), whoAsks(r), r.PathValue("uuid")); err != nil {
		return done{}, err
	}
	return done{to: w.links(r).TrustRulesPage() + "?done=deleted"}, nil
}
