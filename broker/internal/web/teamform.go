package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

func (w *web) newTeam(r *http.Request) (page, error) {
	places, err := w.service.Registry.ListEnvironments(r.Context(), "")
	if err != nil {
		return nil, err
	}
	p := teamForm(w.mayLinks(r), kernel.Team{}, places)
	p.Form.Hidden = w.once()
	return p, nil
}

func (w *web) editTeam(r *http.Request) (page, error) {
	found, err := w.service.Identity.FindTeam(r.Context(), r.PathValue("uuid"))
	if err != nil {
		return nil, err
	}
	places, err := w.service.Registry.ListEnvironments(r.Context(), "")
	if err != nil {
		return nil, err
	}
	p := teamForm(w.mayLinks(r), found, places)
	p.Form.Hidden = []kit.Parameter{{Name: seenParameter, Value: identity.StateOfTeam(found)}}
	return p, nil
}

// teamForm shows a team as a form; one without identity is to be made.
func teamForm(l mayLinks, m kernel.Team, places []kernel.Environment) *editPage {
	p := &editPage{
		base: base{title: "New team", twin: api.Teams(), still: true}, Parents: kit.Links{{Text: "Teams", URL: l.TeamsPage(), Own: true}}, Lead: "Who is in it, is said on its page.",
		Form: kit.Form{Action: l.NewTeamPage(), Method: "post", Submit: "Create the team", Cancel: kit.Link{Text: "Leave it", URL: l.TeamsPage(), Own: true}},
	}
	if m.UUID != "" {
		p.base = base{title: "Change " + m.Name, twin: api.Team(m.UUID), still: true}
		p.Parents = append(p.Parents, kit.Link{Text: m.Name, URL: l.TeamPage(m.UUID)})
		p.Lead = "A change counts within two seconds. Who is in the team stays."
		p.Form.Action, p.Form.Submit, p.Form.Cancel.URL = l.DoTeamPage(m.UUID, "edit"), "Save the team", l.Links.TeamPage(m.UUID)
	}
	names := make([]string, len(m.Applications))
	for i, a := range m.Applications {
		names[i] = a.Name
	}
	p.Form.Fields = []kit.Field{
		{ID: "name", Name: "name", Label: "Name", Value: m.Name, Required: true, Placeholder: "checkout"},
		{ID: "applications", Name: "applications", Label: "Applications", Kind: "textarea", Value: strings.Join(names, "\n"), Hint: "One on each line, as contracts name it. An application may belong to several teams."},
	}
	if len(places) > 0 {
		given := kit.Field{ID: "environments", Name: "environment", Label: "Environments", Kind: "checks", Hint: "What belongs to teams is closed to others: only who is in one of them records there with the scope team."}
		for _, e := range places {
			has := slices.ContainsFunc(m.Environments, func(in kernel.TeamEnvironment) bool { return in.UUID == e.UUID })
			given.Options = append(given.Options, kit.Option{Value: e.UUID, Text: e.Name, Current: has})
		}
		p.Form.Fields = append(p.Form.Fields, given)
	}
	return p
}

// fieldsOfTeam are the fields of the form by the names that the API has for them.
var fieldsOfTeam = map[string]string{"name": "name", "pacticipantNames": "applications", "environmentUuids": "environments"}

func teamOf(values url.Values) identity.TeamInput {
	name, applications, environments := strings.TrimSpace(values.Get("name")), linesOf(values, "applications"), slices.Clone(values["environment"])
	if applications == nil {
		applications = []string{}
	}
	if environments == nil {
		environments = []string{}
	}
	return identity.TeamInput{UUID: values.Get(onceParameter), Name: &name, Applications: &applications, Environments: &environments, Seen: values.Get(seenParameter)}
}

// teamAgain shows the form as it was sent, with why it was not taken.
func (w *web) teamAgain(r *http.Request, in identity.TeamInput, uuid string, err error) (done, error) {
	wrong, problem, again := refused(err)
	if !again {
		return done{}, err
	}
	places, failed := w.service.Registry.ListEnvironments(r.Context(), "")
	if failed != nil {
		return done{}, err
	}
	shown := kernel.Team{UUID: uuid, Name: *in.Name}
	for _, name := range *in.Applications {
		shown.Applications = append(shown.Applications, kernel.Party{Name: name})
	}
	for _, e := range *in.Environments {
		shown.Environments = append(shown.Environments, kernel.TeamEnvironment{UUID: e})
	}
	p := teamForm(w.mayLinks(r), shown, places)
	p.Form.Hidden = onceAgain(in.UUID)
	if uuid != "" {
		p.title, p.Parents = "Change a team", p.Parents[:1]
		p.Form.Hidden = []kit.Parameter{{Name: seenParameter, Value: in.Seen}}
	}
	p.Form.Problem = addProblems(p.Form.Fields, fieldsOfTeam, wrong)
	if problem != "" {
		p.Form.Problem = problem
	}
	return done{page: p, because: err}, nil
}

func (w *web) createTeam(r *http.Request, values url.Values) (done, error) {
	in := teamOf(values)
	in.Seen = ""
	made, err := w.service.Identity.CreateTeam(r.Context(), whoAsks(r), in)
	if err != nil {
		return w.teamAgain(r, in, "", err)
	}
	return done{to: w.links(r).TeamPage(made.UUID) + "?done=created"}, nil
}

func (w *web) saveTeam(r *http.Request, values url.Values) (done, error) {
	in, uuid := teamOf(values), r.PathValue("uuid")
	if in.Seen == "" {
		return done{}, errNotSeen
	}
	if _, err := w.service.Identity.ChangeTeam(r.Context(), whoAsks(r), uuid, in); err != nil {
		return w.teamAgain(r, in, uuid, err)
	}
	return done{to: w.links(r).TeamPage(uuid) + "?done=saved"}, nil
}

func (w *web) askDeleteTeam(r *http.Request) (page, error) {
	found, err := w.findTeam(r)
	if err != nil {
		return nil, err
	}
	return confirmTeam(w.mayLinks(r), found, ""), nil
}

func confirmTeam(l mayLinks, found teamFound, problem string) *confirmPage {
	p := &confirmPage{
		base: base{title: "Delete " + found.Name, twin: api.Team(found.UUID)}, Parents: kit.Links{{Text: "Teams", URL: l.TeamsPage(), Own: true}, {Text: found.Name, URL: l.TeamPage(found.UUID)}},
		Confirm: kit.Confirm{Question: fmt.Sprintf("Delete the team “%s”?", found.Name), Problem: problem, Action: l.DoTeamPage(found.UUID, "delete"), Yes: "Delete the team", No: kit.Link{Text: "Keep it", URL: l.Links.TeamPage(found.UUID)}},
	}
	if len(found.Members) > 0 {
		p.Confirm.Lost = append(p.Confirm.Lost, wording.CountOf(len(found.Members), "account is", "accounts are")+" in it, and may no more what they may by it alone.")
	}
	if len(found.Environments) > 0 {
		p.Confirm.Lost = append(p.Confirm.Lost, "Environments that belong to no other team are open to all who may record.")
	}
	p.Confirm.Lost = append(p.Confirm.Lost, "Its applications, environments and webhooks stay, and belong to it no more.")
	if len(found.Secrets) > 0 {
		p.Confirm.Lost = append(p.Confirm.Lost, "It has secrets: delete them, or give them to another team first, or it is not deleted.")
		p.Facts.Add("Secrets", namedLinks(found.Secrets, len(found.Secrets), func(s kernel.Secret) kit.Link { return kit.Link{Text: s.Name, URL: l.SecretsPage()} })...)
	}
	return p
}

func (w *web) deleteTeam(r *http.Request, _ url.Values) (done, error) {
	err := w.service.Identity.DeleteTeam(r.Context(), r.PathValue("uuid"))
	if kernel.CodeOf(err) == kernel.CodeConflict {
		found, failed := w.findTeam(r)
		if failed != nil {
			return done{}, err
		}
		return done{page: confirmTeam(w.mayLinks(r), found, sentence(err)), because: err}, nil
	}
	if err != nil {
		return done{}, err
	}
	return done{to: w.links(r).TeamsPage() + "?done=deleted"}, nil
}
