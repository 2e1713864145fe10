package web

import (
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

// mostAccounts bounds the accounts that a form offers by name.
const mostAccounts = 500

// accountOptions are the accounts that holders of tokens can be.
func (w *web) accountOptions(r *http.Request) ([]kit.Option, error) {
	list, err := w.service.Identity.ListAccounts(r.Context(), kernel.PrincipalFilter{Kind: kernel.KindAccount, Page: kernel.Page{Number: 1, Size: mostAccounts}})
	out := []kit.Option{{Text: "choose one"}}
	for _, a := range list.Items {
		out = append(out, kit.Option{Value: a.UUID, Text: a.Name})
	}
	return out, err
}

func (w *web) newTrust(r *http.Request) (page, error) {
	accounts, err := w.accountOptions(r)
	if err != nil {
		return nil, err
	}
	shown := kernel.TrustRule{Audience: strings.TrimSuffix(w.links(r).Base(), "/"), Writes: true, Active: true}
	p := trustForm(w.mayLinks(r), shown, whoAsks(r), accounts)
	p.Form.Hidden = w.once()
	return p, nil
}

func (w *web) editTrust(r *http.Request) (page, error) {
	found, err := w.service.Identity.FindTrust(r.Context(), r.PathValue("uuid"))
	if err != nil {
		return nil, err
	}
	p := trustForm(w.mayLinks(r), found, whoAsks(r), nil)
	p.Form.Hidden = []kit.Parameter{{Name: seenParameter, Value: identity.StateOfTrust(found)}}
	return p, nil
}

// trustForm shows a rule as a form; one without identity is to be made, for one of the
// accounts.
func trustForm(l mayLinks, rule kernel.TrustRule, by access.Who, accounts []kit.Option) *editPage {
	p := &editPage{
		base: base{title: "New trust rule", twin: api.TrustRules(), still: true}, Parents: kit.Links{{Text: "Trust rules", URL: l.TrustRulesPage(), Own: true}}, Lead: trustLead,
		Form: kit.Form{Action: l.NewTrustPage(), Method: "post", Submit: "Create the rule", Cancel: kit.Link{Text: "Leave it", URL: l.TrustRulesPage(), Own: true}},
	}
	var lines []string
	for _, c := range rule.Conditions {
		lines = append(lines, c.Claim+"="+c.Value)
	}
	p.Form.Fields = []kit.Field{
		{ID: "name", Name: "name", Label: "Name", Value: rule.Name, Required: true, Placeholder: "checkout-main"},
		{ID: "issuer", Name: "issuer", Label: "Issuer", Value: rule.Issuer, Required: true, Suggestions: identity.KnownIssuers(), Hint: "What tokens have in the claim iss: for GitHub Actions https://token.actions.githubusercontent.com, for GitLab its own address."},
		{ID: "audience", Name: "audience", Label: "Audience", Value: rule.Audience, Required: true, Hint: "What tokens have in the claim aud. Pipelines ask for tokens with it; the address of this broker is a good one."},
		{ID: "match", Name: "match", Label: "Claims", Kind: "textarea", Value: strings.Join(lines, "\n"), Required: true, Placeholder: "repository_id=123\nref=refs/heads/main", Hint: "One on each line, as claim=value, such as repository_id=123 and ref=refs/heads/main; all of them have to fit. A * stands for any text, in names of branches, tags and environments. “Try a token” shows what a token says."},
	}
	if rule.UUID == "" {
		account := kit.Field{ID: "account", Name: "account", Label: "Holders are", Kind: "select", Required: true, Hint: "The account that pipelines with such tokens are. Its roles and teams say what they may."}
		for _, o := range accounts {
			o.Current = o.Value == rule.AccountUUID
			account.Options = append(account.Options, o)
		}
		p.Form.Fields = append(p.Form.Fields, account)
	} else {
		p.base = base{title: "Change " + rule.Name, twin: api.TrustRule(rule.UUID), still: true}
		p.Parents = append(p.Parents, kit.Link{Text: rule.Name, URL: l.TrustPage(rule.UUID)})
		p.Lead = "A change counts within two seconds, also for the tokens that were given by the rule. Its account stays."
		if rule.Account != "" {
			p.Lead = strings.TrimSuffix(p.Lead, ".") + " " + rule.Account + "."
		}
		p.Form.Action, p.Form.Submit, p.Form.Cancel.URL = l.DoTrustPage(rule.UUID, "edit"), "Save the rule", l.TrustPage(rule.UUID)
	}
	narrow := kit.Field{ID: "permissions", Name: "permission", Label: "No more than", Kind: "checks", Hint: "None ticked leaves all that the account may."}
	for _, known := range access.All() {
		has := slices.Contains(rule.Permissions, known.String())
		if has || len(by.Lacks([]access.Permission{known})) == 0 {
			narrow.Options = append(narrow.Options, kit.Option{Value: known.String(), Text: known.String() + ": " + access.InWords(known), Current: has})
		}
	}
	position := ""
	if rule.Position > 0 {
		position = strconv.Itoa(rule.Position)
	}
	p.Form.Fields = append(p.Form.Fields,
		kit.Field{ID: "write", Name: "write", Label: "They may write, and not only read", Kind: "checkbox", Value: "true", Checked: rule.Writes},
		kit.Field{ID: "active", Name: "active", Label: "The rule is switched on", Kind: "checkbox", Value: "true", Checked: rule.Active},
		kit.Field{ID: "position", Name: "position", Label: "Place among the rules", Kind: "number", Value: position, Hint: "1 is tried first; empty is the last, or where it is."})
	p.Form.Groups = []kit.Group{{Legend: "Leave less of what the account may", Open: rule.Permissions != nil, Fields: []kit.Field{narrow}}}
	return p
}

var fieldsOfTrust = map[string]string{"name": "name", "issuer": "issuer", "audience": "audience", "match": "match", "account": "account", "permissions": "permissions", "position": "position"}

// trustTyped is what a form says about a rule. A line of claims without = is told of.
func trustTyped(values url.Values) (in identity.TrustInput, shown kernel.TrustRule, wrong kernel.Fields) {
	wrong = kernel.Fields{}
	text := func(name string) *string {
		value := strings.TrimSpace(values.Get(name))
		return &value
	}
	writes, active, permissions := values.Get("write") != "", values.Get("active") != "", append([]string{}, values["permission"]...)
	in = identity.TrustInput{
		UUID: values.Get(onceParameter),
		Name: text("name"), Issuer: text("issuer"), Audience: text("audience"), Match: map[string]string{}, Writes: &writes, Active: &active, Permissions: &permissions, Seen: values.Get(seenParameter),
	}
	shown = kernel.TrustRule{Name: *in.Name, Issuer: *in.Issuer, Audience: *in.Audience, Writes: writes, Active: active}
	if len(permissions) > 0 {
		shown.Permissions = permissions
	}
	for line := range strings.Lines(values.Get("match")) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		claim, value, found := strings.Cut(line, "=")
		claim, value = strings.TrimSpace(claim), strings.TrimSpace(value)
		if !found {
			wrong.Add("match", "has a line that is not written claim=value: %q", cut(line))
		}
		if _, twice := in.Match[claim]; twice {
			wrong.Add("match", "has the claim %s twice", claim)
		}
		in.Match[claim] = value
		shown.Conditions = append(shown.Conditions, kernel.Condition{Claim: claim, Value: value})
	}
	if position := strings.TrimSpace(values.Get("position")); position != "" {
		n, err := strconv.Atoi(position)
		if err != nil || n < 1 {
			wrong.Add("position", "must be a whole number, from 1")
		}
		in.Position, shown.Position = &n, n
	}
	return in, shown, wrong
}

// trustAgain shows the form as it was sent, with why it was not taken.
func (w *web) trustAgain(r *http.Request, values url.Values, in identity.TrustInput, shown kernel.TrustRule, err error) (done, error) {
	wrong, problem, again := refused(err)
	if !again {
		return done{}, err
	}
	var accounts []kit.Option
	if shown.UUID == "" {
		var failed error
		if accounts, failed = w.accountOptions(r); failed != nil {
			return done{}, err
		}
	}
	p := trustForm(w.mayLinks(r), shown, whoAsks(r), accounts)
	p.Form.Hidden = onceAgain(in.UUID)
	if shown.UUID != "" {
		p.title, p.Parents = "Change a trust rule", p.Parents[:1]
		p.Form.Hidden = []kit.Parameter{{Name: seenParameter, Value: in.Seen}}
	}
	for i, field := range p.Form.Fields { // what cannot be read is shown as it was typed
		if field.ID == "match" || field.ID == "position" {
			p.Form.Fields[i].Value = strings.ReplaceAll(values.Get(field.Name), "\r\n", "\n")
		}
	}
	merged := kernel.Fields{}
	for field, told := range wrong { // each claim is told of where all are written
		if claim, is := strings.CutPrefix(field, "match."); is {
			for _, text := range told {
				merged.Add("match", "%s %s", claim, text)
			}
			continue
		}
		merged[field] = append(merged[field], told...)
	}
	p.Form.Problem = addProblems(p.Form.Fields, fieldsOfTrust, merged)
	if problem != "" {
		p.Form.Problem = problem
	}
	return done{page: p, because: err}, nil
}

func (w *web) createTrust(r *http.Request, values url.Values) (done, error) {
	in, shown, wrong := trustTyped(values)
	account := values.Get("account")
	in.Account, in.Seen, shown.AccountUUID = &account, "", account
	if err := wrong.Err(); err != nil {
		return w.trustAgain(r, values, in, shown, err)
	}
	made, err := w.service.Identity.CreateTrust(r.Context(), whoAsks(r), in)
	if err != nil {
		return w.trustAgain(r, values, in, shown, err)
	}
	return done{to: w.links(r).TrustPage(made.UUID) + "?done=created"}, nil
}

func (w *web) saveTrust(r *http.Request, values url.Values) (done, error) {
	in, shown, wrong := trustTyped(values)
	shown.UUID = r.PathValue("uuid")
	if in.Seen == "" {
		return done{}, errNotSeen
	}
	err := wrong.Err()
	if err == nil {
		_, err = w.service.Identity.ChangeTrust(r.Context(), whoAsks(r), shown.UUID, in)
	}
	if err != nil {
		return w.trustAgain(r, values, in, shown, err)
	}
	return done{to: w.links(r).TrustPage(shown.UUID) + "?done=saved"}, nil
}
