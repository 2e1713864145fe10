package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/secret"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

func (w *web) routeSecrets() {
	w.route("GET /ui/secrets", w.secrets)
	w.route("GET /ui/secrets/new", w.newSecret)
	w.form("POST /ui/secrets/new", w.createSecret)
	w.route("GET /ui/secrets/{id}/edit", w.editSecret)
	w.form("POST /ui/secrets/{id}/edit", w.saveSecret)
	w.route("GET /ui/secrets/{id}/delete", w.askDeleteSecret)
	w.form("POST /ui/secrets/{id}/delete", w.deleteSecret)
}

// secretsPage lists the secrets that webhooks may name. It is drawn as webhooks are.
type secretsPage struct {
	base
	Lead  string
	Note  string
	New   kit.Link
	Table kit.Table
}

func (*secretsPage) template() string { return "secrets" }

// secretNotes say what was done.
var secretNotes = map[string]string{"created": "The secret is kept. Webhooks may name it.", "saved": "The secret is changed.", "deleted": "The secret is deleted."}

func (w *web) secrets(r *http.Request) (page, error) {
	all, err := w.service.Secret.List(r.Context())
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(s kernel.Secret) bool { return !readable(r, s) })
	users, err := w.service.Webhook.Naming(r.Context())
	if err != nil {
		return nil, err
	}
	teams, err := w.namesOfTeams(r, all)
	if err != nil {
		return nil, err
	}
	p := w.secretsPage(w.mayLinks(r), all, users, teams, w.service.Secret.Keys.Any(), func(s kernel.Secret) bool { return may(r, access.ManageSecrets, access.Secret(s.Team)) })
	if !maySome(r, access.ManageSecrets) {
		p.New = kit.Link{}
	}
	p.Note = secretNotes[r.URL.Query().Get("done")]
	p.Table.Cut(r.URL.Query(), pageSize)
	return p, nil
}

// readable reports whether whoever looks may see a secret: those of other teams are left
// out for them.
func readable(r *http.Request, s kernel.Secret) bool {
	return may(r, access.ReadSecrets, access.Secret(s.Team))
}

// namesOfTeams are those that secrets belong to, by their UUIDs.
func (w *web) namesOfTeams(r *http.Request, all []kernel.Secret) (map[string]string, error) {
	names := map[string]string{}
	if !slices.ContainsFunc(all, func(s kernel.Secret) bool { return s.Team != "" }) {
		return names, nil
	}
	teams, err := w.service.Identity.ListTeams(r.Context(), kernel.TeamFilter{})
	for _, m := range teams.Items {
		names[m.UUID] = m.Name
	}
	return names, err
}

// secretUsers are the webhooks that name a secret and may use it: those of its team.
func secretUsers(s kernel.Secret, users map[string][]kernel.Webhook) []kernel.Webhook {
	return slices.DeleteFunc(slices.Clone(users[s.Name]), func(hook kernel.Webhook) bool { return hook.Team != s.Team })
}

func (w *web) secretsPage(l mayLinks, all []kernel.Secret, users map[string][]kernel.Webhook, teams map[string]string, keyed bool, changes func(kernel.Secret) bool) *secretsPage {
	p := &secretsPage{
		base: base{title: "Secrets", twin: api.Secrets()}, Lead: "Values that webhooks send and nobody is shown. A webhook names one as ${user.NAME}.",
		New:   kit.Link{Text: "New secret", URL: l.NewSecretPage(), Own: true},
		Table: kit.Table{Columns: []kit.Column{{Title: "Secret"}, {Title: "What it is for"}, {Title: "May go to"}, {Title: "Named by"}, {Title: "Changed"}, {Title: "To do"}}},
	}
	if w.config.Identity {
		p.Table.Columns = slices.Insert(p.Table.Columns, 2, kit.Column{Title: "Team"})
	}
	if !keyed {
		p.Lead += " " + noKey
	}
	for _, s := range all {
		hosts := kit.Cell{kit.Muted{Text: "each host that webhooks may call"}}
		if len(s.Hosts) > 0 {
			hosts = kit.Cell{kit.Mono{Text: cut(strings.Join(s.Hosts, ", "))}}
		}
		row := kit.Row{
			{kit.Mono{Text: "${user." + s.Name + "}"}}, {kit.Text{Text: cut(s.Description)}}, hosts, webhooksCell(l.Links, secretUsers(s, users)), {w.moment(s.UpdatedAt)}, {},
		}
		if changes(s) {
			row[0] = append(row[0], kit.Link{Text: "change", URL: l.EditSecretPage(s.UUID), Own: true})
			row[5] = kit.Cell{kit.Link{Text: "delete", URL: l.DeleteSecretPage(s.UUID), Own: true}}
		}
		if w.config.Identity {
			team := kit.Cell{kit.Muted{Text: "no team"}}
			if s.Team != "" {
				team = kit.Cell{kit.Link{Text: teams[s.Team], URL: l.TeamPage(s.Team)}}
			}
			row = slices.Insert(row, 2, team)
		}
		p.Table.Rows = append(p.Table.Rows, row)
	}
	p.Table.Empty = kit.Empty{Text: "There is no secret yet.", Links: kit.Links{p.New}}
	return p
}

const noKey = "This broker has no key to encrypt secrets with, and keeps none: its operator sets --secrets-key-file."

// webhooksCell leads to the webhooks that name a secret, the first few.
func webhooksCell(l links.Links, users []kernel.Webhook) kit.Cell {
	const shown = 3
	var out kit.Cell
	for i, user := range users {
		if i == shown {
			return append(out, kit.Muted{Text: fmt.Sprintf("and %d more", len(users)-shown)})
		}
		out = append(out, kit.Link{Text: cut(webhookTitle(user)), URL: l.WebhookPage(user.UUID)})
	}
	if out == nil {
		out = kit.Cell{kit.Muted{Text: "no webhook"}}
	}
	return out
}

// secretFormPage asks for a new secret, or what is to be changed of one.
type secretFormPage struct {
	base
	Parents kit.Links
	Lead    string
	Form    kit.Form
}

func (*secretFormPage) template() string { return "secretform" }

func (w *web) newSecret(r *http.Request) (page, error) {
	if err := showableToSome(r, access.ManageSecrets); err != nil {
		return nil, err
	}
	p, err := w.secretFormFor(r, kernel.Secret{}, nil)
	p.Form.Hidden = w.once()
	return p, err
}

// secretFormFor is a form with the teams that whoever fills it in may choose from.
func (w *web) secretFormFor(r *http.Request, shown kernel.Secret, wrong kernel.Fields) (*secretFormPage, error) {
	teams, err := w.teamChoices(r, access.ManageSecrets, access.Secret, shown.Team)
	return secretForm(w.links(r), shown, teams, wrong), err
}

func (w *web) editSecret(r *http.Request) (page, error) {
	found, err := w.service.Secret.Find(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if err := w.showable(r, identity.Doing{Need: access.ManageSecrets}, access.Secret(found.Team)); err != nil {
		return nil, err
	}
	return w.secretFormFor(r, found, nil)
}

func secretForm(l links.Links, shown kernel.Secret, teams []kit.Option, wrong kernel.Fields) *secretFormPage {
	p := &secretFormPage{
		base: base{title: "New secret", twin: api.Secrets(), still: true}, Parents: kit.Links{{Text: "Secrets", URL: l.SecretsPage(), Own: true}}, Lead: "The value is stored encrypted. Nobody can read it again, here or elsewhere.",
		Form: kit.Form{Action: l.NewSecretPage(), Method: "post", Submit: "Keep the secret", Cancel: kit.Link{Text: "Leave it", URL: l.SecretsPage(), Own: true}},
	}
	value := kit.Field{ID: "value", Name: "value", Label: "Value", Kind: "password", Required: true}
	if shown.UUID != "" {
		p.base = base{title: "Change a secret", twin: api.Secret(shown.UUID), still: true}
		p.Lead = "Webhooks send what it says now, from the next delivery on."
		p.Form.Action, p.Form.Submit = l.EditSecretPage(shown.UUID), "Save the secret"
		p.Form.Hidden = []kit.Parameter{{Name: changedAt, Value: shown.UpdatedAt.UTC().Format(time.RFC3339Nano)}}
		value.Required, value.Hint = false, "Empty keeps what is stored."
	}
	p.Form.Fields = []kit.Field{
		{ID: "name", Name: "name", Label: "Name", Value: shown.Name, Required: true, Hint: "A letter, then letters, digits and _, such as CI_TOKEN. A webhook names it as ${user.CI_TOKEN}."},
		{ID: "description", Name: "description", Label: "What it is for", Value: shown.Description},
		value,
		{ID: "hosts", Name: "hosts", Label: "May go to", Value: strings.Join(shown.Hosts, " "), Placeholder: "ci.example.org *.example.net", Hint: "Hosts, with spaces between. Empty: each host that webhooks may call."},
	}
	if teams != nil {
		p.Form.Fields = append(p.Form.Fields, kit.Field{ID: "team", Name: "team", Label: "Team", Kind: "select", Options: teams, Hint: "Only webhooks of the same team may name it."})
	}
	p.Form.Problem = addProblems(p.Form.Fields, fieldsOfSecret, wrong)
	return p
}

// fieldsOfSecret are the fields of the form by the names that the API has for them.
var fieldsOfSecret = map[string]string{"name": "name", "description": "description", "value": "value", "hosts": "hosts", "teamUuid": "team"}

// secretOf reads a secret from a form. A value that is empty is not given.
func secretOf(values url.Values) (kernel.Secret, secret.Input) {
	name, description, hosts := strings.TrimSpace(values.Get("name")), strings.TrimSpace(values.Get("description")), strings.Fields(strings.ReplaceAll(values.Get("hosts"), ",", " "))
	in := secret.Input{UUID: values.Get(onceParameter), Name: &name, Description: &description, Hosts: &hosts}
	if value := values.Get("value"); value != "" {
		in.Value = &value
	}
	typed := kernel.Secret{Name: name, Description: description, Hosts: hosts, Team: values.Get("team")}
	if values.Has("team") {
		in.Team = &typed.Team
	}
	return typed, in
}

// secretAgain shows the form as it was sent, without the value, with why it was not taken.
// once is the identity that a new secret is to have, empty for one that is there.
func (w *web) secretAgain(r *http.Request, typed kernel.Secret, once string, err error) (done, error) {
	wrong, problem, again := refused(err)
	if !again {
		return done{}, err
	}
	p, failed := w.secretFormFor(r, typed, wrong)
	if failed != nil {
		return done{}, failed
	}
	if problem != "" {
		p.Form.Problem = problem
	}
	if once != "" {
		p.Form.Hidden = onceAgain(once)
	}
	return done{page: p, because: err}, nil
}

func (w *web) createSecret(r *http.Request, values url.Values) (done, error) {
	typed, in := secretOf(values)
	if _, err := w.service.Secret.Create(r.Context(), in); err != nil {
		return w.secretAgain(r, typed, in.UUID, err)
	}
	return done{to: w.links(r).SecretsPage() + "?done=created"}, nil
}

func (w *web) saveSecret(r *http.Request, values url.Values) (done, error) {
	typed, in := secretOf(values)
	typed.UUID = r.PathValue("id")
	seen, err := time.Parse(time.RFC3339Nano, values.Get(changedAt))
	if err != nil {
		return done{}, kernel.Errorf(kernel.CodeInvalid, "The form does not say which state of the secret it changes: open it again.")
	}
	typed.UpdatedAt = seen
	if _, err = w.service.Secret.Change(r.Context(), typed.UUID, in, seen); err != nil {
		return w.secretAgain(r, typed, "", err)
	}
	return done{to: w.links(r).SecretsPage() + "?done=saved"}, nil
}

func (w *web) askDeleteSecret(r *http.Request) (page, error) {
	found, err := w.service.Secret.Find(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if err := w.showable(r, identity.Doing{Need: access.ManageSecrets, Deletes: true}, access.Secret(found.Team)); err != nil {
		return nil, err
	}
	users, err := w.service.Webhook.Naming(r.Context())
	if err != nil {
		return nil, err
	}
	return confirmSecret(w.links(r), found, secretUsers(found, users)), nil
}

func confirmSecret(l links.Links, found kernel.Secret, users []kernel.Webhook) page {
	lost := []string{"Its value is gone: nobody can read it, here or elsewhere."}
	if len(users) == 0 {
		lost = append(lost, "No webhook names it.")
	}
	for _, user := range users {
		lost = append(lost, "“"+webhookTitle(user)+"” names it, and sends nothing any more.")
	}
	return &confirmPage{
		base: base{title: "Delete a secret", twin: api.Secret(found.UUID)}, Parents: kit.Links{{Text: "Secrets", URL: l.SecretsPage(), Own: true}},
		Confirm: kit.Confirm{Question: fmt.Sprintf("Delete the secret “%s”?", found.Name), Lost: lost, Action: l.DeleteSecretPage(found.UUID), Yes: "Delete the secret", No: kit.Link{Text: "Keep it", URL: l.SecretsPage()}},
	}
}

func (w *web) deleteSecret(r *http.Request, _ url.Values) (done, error) {
	if err := w.service.Secret.Delete(r.Context(), r.PathValue("id")); err != nil {
		return done{}, err
	}
	return done{to: w.links(r).SecretsPage() + "?done=deleted"}, nil
}

// namesOfSecrets are what somebody who writes a webhook may choose from: none for those
// who may not see them.
func (w *web) namesOfSecrets(r *http.Request) ([]kernel.Secret, error) {
	if who, asked := access.FromContext(r.Context()); asked && !who.MaySome(access.ReadSecrets) {
		return nil, nil
	}
	all, err := w.service.Secret.List(r.Context())
	return slices.DeleteFunc(all, func(s kernel.Secret) bool { return !readable(r, s) }), err
}
