package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

func (w *web) newApplication(r *http.Request) (page, error) {
	if err := showableToSome(r, access.ManageContracts); err != nil {
		return nil, err
	}
	return applicationFormOf(w.links(r), registry.PacticipantDetails{Pacticipant: kernel.Pacticipant{Name: r.URL.Query().Get("name")}}, true), nil
}

func (w *web) editApplication(r *http.Request) (page, error) {
	found, err := w.service.Registry.FindPacticipant(r.Context(), r.PathValue("name"))
	if err != nil {
		return nil, namedApplication(err, r.PathValue("name"))
	}
	if err := w.showable(r, identity.Doing{Need: access.ManageContracts}, access.Application(found.Name)); err != nil {
		return nil, err
	}
	p := applicationFormOf(w.links(r), found, false)
	p.Form.Hidden = []kit.Parameter{{Name: seenParameter, Value: registry.StateOfPacticipant(found)}}
	return p, nil
}

// applicationFormOf shows an application as a form.
func applicationFormOf(l links.Links, a registry.PacticipantDetails, isNew bool) *editPage {
	p := &editPage{
		base: base{title: "New application", twin: api.Pacticipants(), still: true}, Parents: kit.Links{{Text: "Applications", URL: l.ApplicationsPage(), Own: true}},
		Lead: "An application comes by itself with its first contract or its first result. Here you can say before whose it is.",
		Form: kit.Form{Action: l.NewApplicationPage(), Method: "post", Submit: "Create the application", Cancel: kit.Link{Text: "Leave it", URL: l.ApplicationsPage(), Own: true}},
	}
	if !isNew {
		p.base = base{title: "Change " + a.Name, twin: api.Pacticipant(a.Name), still: true}
		p.Parents = append(p.Parents, kit.Link{Text: a.Name, URL: l.ApplicationPage(a.Name)})
		p.Lead = "Its name stays: contracts and pipelines name it so."
		p.Form.Action, p.Form.Submit, p.Form.Cancel.URL = l.EditApplicationPage(a.Name), "Save the application", l.ApplicationPage(a.Name)
	} else {
		p.Form.Fields = []kit.Field{{ID: "name", Name: "name", Label: "Name", Value: a.Name, Required: true, Hint: "As contracts name it. It cannot be changed later."}}
	}
	shown := a.DisplayName
	if shown == kernel.DisplayName(a.Name) {
		shown = ""
	}
	labels := make([]string, len(a.Labels))
	for i, one := range a.Labels {
		labels[i] = one.Name
	}
	p.Form.Fields = append(p.Form.Fields,
		kit.Field{ID: "display-name", Name: "display-name", Label: "Name for people", Value: shown, Hint: "Empty: made from the name."},
		kit.Field{ID: "main-branch", Name: "main-branch", Label: "Main branch", Value: a.MainBranch, Placeholder: "main", Hint: "Pages judge the newest version of it."},
		kit.Field{ID: "repository", Name: "repository", Label: "Repository", Value: a.RepositoryURL, Placeholder: "https://git.example.org/shop/checkout", Hint: "Leads from a version to its commit."},
		kit.Field{ID: "labels", Name: "labels", Label: "Owner and other labels", Kind: "textarea", Value: strings.Join(labels, "\n"), Hint: "One on each line, such as: team-payments. Pages show them as the owner, and find applications by them."},
	)
	return p
}

// fieldsOfApplication are the fields of the form by the names that the API has for them.
var fieldsOfApplication = map[string]string{"name": "name", "displayName": "display-name", "mainBranch": "main-branch", "repositoryUrl": "repository", "labels": "labels"}

func applicationOf(name string, values url.Values) registry.PacticipantEdit {
	given := func(field string) registry.Change { return registry.Set(strings.TrimSpace(values.Get(field))) }
	return registry.PacticipantEdit{
		PacticipantChange: registry.PacticipantChange{Name: name, DisplayName: given("display-name"), MainBranch: given("main-branch"), RepositoryURL: given("repository")},
		Labels:            linesOf(values, "labels"), Seen: values.Get(seenParameter),
	}
}

func (w *web) createApplication(r *http.Request, values url.Values) (done, error) {
	in := applicationOf(strings.TrimSpace(values.Get("name")), values)
	in.Seen = ""
	r, err := w.allow(r, identity.Doing{Need: access.ManageContracts}, access.Application(in.Name))
	if err != nil {
		return done{}, err
	}
	return w.keepApplication(r, values, in, "created")
}

func (w *web) saveApplication(r *http.Request, values url.Values) (done, error) {
	in := applicationOf(r.PathValue("name"), values)
	if in.Seen == "" {
		return done{}, errNotSeen
	}
	return w.keepApplication(r, values, in, "saved")
}

func (w *web) keepApplication(r *http.Request, values url.Values, in registry.PacticipantEdit, word string) (done, error) {
	_, err := w.service.Registry.EditPacticipant(r.Context(), in)
	if err == nil {
		return done{to: w.links(r).ApplicationPage(in.Name) + "?done=" + word}, nil
	}
	wrong, problem, again := refusedForm(err)
	if !again {
		return done{}, namedApplication(err, in.Name)
	}
	p := applicationFormOf(w.links(r), registry.PacticipantDetails{Pacticipant: kernel.Pacticipant{Name: in.Name}}, in.Seen == "")
	for i, field := range p.Form.Fields {
		p.Form.Fields[i].Value = strings.ReplaceAll(values.Get(field.Name), "\r\n", "\n")
	}
	p.Form.Problem = addProblems(p.Form.Fields, fieldsOfApplication, wrong)
	if problem != "" {
		p.Form.Problem = problem
	}
	if in.Seen != "" {
		p.Form.Hidden = []kit.Parameter{{Name: seenParameter, Value: in.Seen}}
	}
	return done{page: p, because: err}, nil
}

// applicationNotes are what pages say of what was done just now.
var applicationNotes = map[string]string{"created": "The application is created.", "saved": "The application is changed.", "deleted": "It is deleted, with all that hung on it."}
