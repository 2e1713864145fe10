package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

// newEnvironmentLink leads to the form.
func newEnvironmentLink(l links.Links) kit.Link {
	return kit.Link{Text: "Add an environment", URL: l.NewEnvironmentPage(), Own: true}
}

func (w *web) newEnvironment(r *http.Request) (page, error) {
	if err := showableToSome(r, access.ManageEnvironments); err != nil {
		return nil, err
	}
	p := environmentFormOf(w.links(r), kernel.Environment{Name: r.URL.Query().Get("name")})
	return p, w.addTeamOfEnvironment(r, p, "")
}

// teamField is the name of the field with the team that a new environment is for.
const teamField = "team"

// addTeamOfEnvironment adds the choice of the team that a new environment is for, where
// there is one. Later the page of the team changes what belongs to it.
func (w *web) addTeamOfEnvironment(r *http.Request, p *editPage, chosen string) error {
	of := func(team string) access.Thing { return access.EnvironmentOf("", team) }
	teams, err := w.teamChoices(r, access.ManageEnvironments, of, chosen)
	if err == nil && teams != nil {
		p.Form.Fields = append(p.Form.Fields, kit.Field{ID: "team", Name: teamField, Label: "Team", Kind: "select", Options: teams, Hint: "Others than its members then record nothing there with the scope team. Further teams are named on their own pages."})
	}
	return err
}

func (w *web) editEnvironment(r *http.Request) (page, error) {
	found, err := w.service.Registry.FindEnvironment(r.Context(), r.PathValue("uuid"))
	if err != nil {
		return nil, err
	}
	if err := w.showablePlace(r, found); err != nil {
		return nil, err
	}
	p := environmentFormOf(w.links(r), found)
	p.Form.Hidden = []kit.Parameter{{Name: seenParameter, Value: registry.StateOfEnvironment(found)}}
	return p, nil
}

// placeOf is an environment as decisions about its forms know it. Which teams it belongs
// to is asked for those only who may change what is their teams'.
func (w *web) placeOf(r *http.Request, e kernel.Environment) (access.Thing, error) {
	place := access.EnvironmentOf(e.Name, "")
	if may(r, access.ManageEnvironments) || !maySome(r, access.ManageEnvironments) {
		return place, nil
	}
	teams, err := w.service.Registry.TeamsOf(r.Context(), e)
	for _, team := range teams {
		if theirs := access.EnvironmentOf(e.Name, team.UUID); may(r, access.ManageEnvironments, theirs) {
			return theirs, err
		}
	}
	return place, err
}

// showablePlace refuses a form about an environment to whom it would refuse.
func (w *web) showablePlace(r *http.Request, e kernel.Environment) error {
	place, err := w.placeOf(r, e)
	if err != nil {
		return err
	}
	return w.showable(r, identity.Doing{Need: access.ManageEnvironments}, place)
}

// environmentFormOf shows an environment as a form; one without identity is to be made.
func environmentFormOf(l links.Links, e kernel.Environment) *editPage {
	p := &editPage{
		base: base{title: "New environment", twin: api.Environments(), still: true}, Parents: kit.Links{{Text: "Environments", URL: l.EnvironmentsPage(), Own: true}},
		Lead: "A place where versions are deployed or released, such as production. Pipelines ask the gate about it by its name.",
		Form: kit.Form{Action: l.NewEnvironmentPage(), Method: "post", Submit: "Create the environment", Cancel: kit.Link{Text: "Leave it", URL: l.EnvironmentsPage(), Own: true}},
	}
	if e.UUID != "" {
		p.base = base{title: "Change " + e.Name, twin: api.Environment(e.UUID), still: true}
		p.Parents = append(p.Parents, kit.Link{Text: e.Name, URL: l.EnvironmentPage(e.Name)})
		p.Lead = "What is deployed and released there stays. Pipelines that name it have to use its new name, if you give it one."
		p.Form.Action, p.Form.Submit, p.Form.Cancel.URL = l.EditEnvironmentPage(e.UUID), "Save the environment", l.EnvironmentPage(e.Name)
	}
	shown := e.DisplayName
	if shown == kernel.DisplayName(e.Name) {
		shown = "" // it goes on following the name
	}
	p.Form.Fields = []kit.Field{
		{ID: "name", Name: "name", Label: "Name", Value: e.Name, Required: true, Placeholder: "production", Hint: "Without blanks: commands name it so."},
		{ID: "display-name", Name: "display-name", Label: "Name for people", Value: shown, Hint: "Empty: made from the name."},
		{ID: "production", Name: "production", Label: "It is production: what blocks it comes first on all pages", Kind: "checkbox", Value: "true", Checked: e.Production},
		{ID: "contacts", Name: "contacts", Label: "Who answers for it", Kind: "textarea", Value: contactsText(e.Contacts), Hint: "One on each line: a name, then what is known of it, such as: Shop operators; email: ops@example.org; chat: #shop-ops"},
	}
	return p
}

// fieldsOfEnvironment are the fields of the form by the names that the API has for them.
var fieldsOfEnvironment = map[string]string{"teamUuids": teamField, "name": "name", "displayName": "display-name", "production": "production", "contacts": "contacts"}

// contactsText writes contacts a line each. What does not fit into such a line is written
// as the API has it, so that nothing is lost when it comes back.
func contactsText(contacts []kernel.Contact) string {
	lines := make([]string, len(contacts))
	for i, c := range contacts {
		lines[i] = contactLine(c)
	}
	return strings.Join(lines, "\n")
}

type writtenContact struct {
	Name    string          `json:"name"`
	Details json.RawMessage `json:"details,omitempty"`
}

func contactLine(c kernel.Contact) string {
	var details map[string]string
	if len(c.Details) == 0 || json.Unmarshal(c.Details, &details) == nil && details != nil {
		line := c.Name
		for _, key := range slices.Sorted(maps.Keys(details)) {
			line += "; " + key + ": " + details[key]
		}
		if back, err := contactOf(line); err == nil && back.Name == c.Name && sameDetails(back.Details, details) {
			return line
		}
	}
	text, err := json.Marshal(writtenContact{c.Name, c.Details})
	if err != nil {
		return c.Name // details of before are no JSON, and nobody can show them
	}
	return string(text)
}

func sameDetails(raw json.RawMessage, wanted map[string]string) bool {
	var got map[string]string
	return len(raw) == 0 && len(wanted) == 0 || json.Unmarshal(raw, &got) == nil && maps.Equal(got, wanted)
}

// contactOf reads a line back.
func contactOf(line string) (kernel.Contact, error) {
	if strings.HasPrefix(line, "{") {
		var c writtenContact
		var object map[string]json.RawMessage
		if json.Unmarshal([]byte(line), &c) != nil || len(c.Details) > 0 && json.Unmarshal(c.Details, &object) != nil {
			return kernel.Contact{}, fmt.Errorf("is not a contact as the API has it, which is an object with a name and an object details")
		}
		if string(c.Details) == "null" {
			c.Details = nil
		}
		return kernel.Contact{Name: c.Name, Details: c.Details}, nil
	}
	parts := strings.Split(line, ";")
	details := map[string]string{}
	for _, part := range parts[1:] {
		key, value, found := strings.Cut(part, ":")
		key = strings.TrimSpace(key)
		_, twice := details[key]
		switch {
		case !found || key == "":
			return kernel.Contact{}, fmt.Errorf("has %q, which is not a word, a colon and what it says", strings.TrimSpace(part))
		case twice:
			return kernel.Contact{}, fmt.Errorf("has %q twice", key)
		}
		details[key] = strings.TrimSpace(value)
	}
	c := kernel.Contact{Name: strings.TrimSpace(parts[0])}
	if len(details) == 0 {
		return c, nil
	}
	var err error
	c.Details, err = json.Marshal(details)
	return c, err
}

// environmentOf reads an environment from a form, and what of it cannot be read.
func environmentOf(values url.Values) (registry.EnvironmentInput, kernel.Fields) {
	wrong := kernel.Fields{}
	in := registry.EnvironmentInput{
		Name: strings.TrimSpace(values.Get("name")), DisplayName: strings.TrimSpace(values.Get("display-name")), Production: values.Get("production") == "true", Seen: values.Get(seenParameter),
	}
	for i, line := range linesOf(values, "contacts") {
		c, err := contactOf(line)
		if err != nil {
			wrong.Add("contacts", "line %d %s", i+1, err)
		}
		in.Contacts = append(in.Contacts, c)
	}
	return in, wrong
}

// environmentAgain shows the form as it was sent, with why it was not taken.
func (w *web) environmentAgain(r *http.Request, values url.Values, shown kernel.Environment, wrong kernel.Fields, problem string, err error) (done, error) {
	in, _ := environmentOf(values)
	shown.DisplayName, shown.Production = in.DisplayName, in.Production
	p := environmentFormOf(w.links(r), shown)
	p.Form.Fields[0].Value, p.Form.Fields[1].Value, p.Form.Fields[3].Value = values.Get("name"), values.Get("display-name"), strings.ReplaceAll(values.Get("contacts"), "\r\n", "\n")
	if shown.UUID == "" {
		if failed := w.addTeamOfEnvironment(r, p, values.Get(teamField)); failed != nil && problem == "" {
			return done{}, failed
		}
	}
	p.Form.Problem = addProblems(p.Form.Fields, fieldsOfEnvironment, wrong)
	if problem != "" {
		p.Form.Problem = problem
	}
	if in.Seen != "" {
		p.Form.Hidden = []kit.Parameter{{Name: seenParameter, Value: in.Seen}}
	}
	return done{page: p, because: err}, nil
}

func (w *web) createEnvironment(r *http.Request, values url.Values) (done, error) {
	in, wrong := environmentOf(values)
	err := wrong.Err()
	if err == nil {
		in.Seen = ""
		if team := values.Get(teamField); team != "" {
			in.Teams = &[]string{team}
		}
		_, err = w.service.Registry.CreateEnvironment(r.Context(), in)
	}
	fields, problem, again := refusedForm(err)
	switch {
	case err == nil, w.isMade(r, in):
		return done{to: w.links(r).EnvironmentPage(in.Name) + "?done=created"}, nil
	case again:
		return w.environmentAgain(r, values, kernel.Environment{}, fields, problem, err)
	}
	return done{}, err
}

// isMade reports whether there is just such an environment as was asked for: the form was
// sent twice, by a double click or by loading the page again.
func (w *web) isMade(r *http.Request, in registry.EnvironmentInput) bool {
	found, err := w.service.Registry.ListEnvironments(r.Context(), in.Name)
	if err != nil || len(found) != 1 {
		return false
	}
	wanted := kernel.Environment{Name: in.Name, DisplayName: in.DisplayName, Production: in.Production, Contacts: in.Contacts}
	if wanted.DisplayName == "" {
		wanted.DisplayName = kernel.DisplayName(in.Name)
	}
	return registry.StateOfEnvironment(found[0]) == registry.StateOfEnvironment(wanted)
}

var errNotSeen = kernel.Errorf(kernel.CodeInvalid, "The form does not say which state it changes: open it again.")

func (w *web) saveEnvironment(r *http.Request, values url.Values) (done, error) {
	uuid := r.PathValue("uuid")
	in, wrong := environmentOf(values)
	if in.Seen == "" {
		return done{}, errNotSeen
	}
	err := wrong.Err()
	if err == nil {
		_, err = w.service.Registry.ReplaceEnvironment(r.Context(), uuid, in)
	}
	if err == nil {
		return done{to: w.links(r).EnvironmentPage(in.Name) + "?done=saved"}, nil
	}
	if fields, problem, again := refusedForm(err); again {
		shown, notFound := w.service.Registry.FindEnvironment(r.Context(), uuid)
		if notFound != nil {
			shown = kernel.Environment{UUID: uuid, Name: in.Name}
		}
		return w.environmentAgain(r, values, shown, fields, problem, err)
	}
	return done{}, err
}

func (w *web) askDeleteEnvironment(r *http.Request) (page, error) {
	found, err := w.service.Registry.WeighEnvironment(r.Context(), r.PathValue("uuid"))
	if err != nil {
		return nil, err
	}
	if err := w.showablePlace(r, found.Environment); err != nil {
		return nil, err
	}
	return doomedEnvironment(w.links(r), found), nil
}

// liveNamed is how many versions that are in an environment are named before it goes.
const liveNamed = 20

func doomedEnvironment(l links.Links, found registry.DoomedPlace) *confirmPage {
	e := found.Environment
	p := &confirmPage{
		base: base{title: "Delete " + e.Name, twin: api.Environment(e.UUID)}, Parents: kit.Links{{Text: "Environments", URL: l.EnvironmentsPage(), Own: true}, {Text: e.Name, URL: l.EnvironmentPage(e.Name)}},
		Confirm: kit.Confirm{
			Question: fmt.Sprintf("Delete the environment “%s”?", e.Name), Action: l.DeleteEnvironmentPage(e.UUID), Yes: "Delete the environment", No: kit.Link{Text: "Keep it", URL: l.EnvironmentPage(e.Name)},
		},
	}
	if e.Production {
		p.Confirm.Lost = append(p.Confirm.Lost, "It is marked as production.")
	}
	if n := len(found.Deployed) + len(found.Released); n > 0 {
		p.Confirm.Lost = append(p.Confirm.Lost, wording.CountOf(n, "version is", "versions are")+" recorded there now. Nothing protects them there from what does not fit them any more.")
	}
	p.Confirm.Lost = append(p.Confirm.Lost, "All that was ever deployed and released there is forgotten. Versions, contracts and results stay.", "A pipeline that asks about it is told that it is not there.", wayBack)
	add := func(name string, versions []kernel.Version) {
		var named kit.Links
		for _, v := range versions[:min(len(versions), liveNamed)] {
			named = append(named, kit.Link{Text: v.Pacticipant.Name + " " + kit.Short(v.Number), URL: l.VersionPage(v.Pacticipant.Name, v.Number)})
		}
		cell := kit.Cell{named}
		if more := len(versions) - liveNamed; more > 0 {
			cell = append(cell, kit.Muted{Text: "and " + wording.Count(more, "other")})
		}
		if len(named) > 0 {
			p.Facts.Add(name, cell...)
		}
	}
	var deployed, released []kernel.Version
	for _, d := range found.Deployed {
		deployed = append(deployed, d.Version)
	}
	for _, one := range found.Released {
		released = append(released, one.Version)
	}
	add("Deployed now", deployed)
	add("Released and supported now", released)
	return p
}

func (w *web) deleteEnvironment(r *http.Request, _ url.Values) (done, error) {
	if err := w.service.Registry.DeleteEnvironment(r.Context(), r.PathValue("uuid")); err != nil {
		if kernel.IsNotFound(err) {
			err = kernel.Errorf(kernel.CodeNotFound, "There is no such environment any more: somebody has deleted it already.")
		}
		return done{}, err
	}
	return done{to: w.links(r).EnvironmentsPage() + "?done=deleted"}, nil
}

// environmentNotes are what pages say of what was done just now.
var environmentNotes = map[string]string{"created": "The environment is created.", "saved": "The environment is changed.", "deleted": "The environment is deleted."}
