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
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

func (w *web) newPerson(r *http.Request) (page, error) {
	roles, err := w.service.Identity.ListRoles(r.Context())
	if err != nil {
		return nil, err
	}
	start := identity.Account{Roles: slices.DeleteFunc(slices.Clone(roles), func(role access.Role) bool { return role.UUID != access.PipelineUUID })}
	start.Active = true
	p := personForm(w.mayLinks(r), start, roles, whoAsks(r))
	p.Form.Hidden = w.once()
	return p, nil
}

func (w *web) editPerson(r *http.Request) (page, error) {
	found, err := w.service.Identity.FindAccount(r.Context(), r.PathValue("uuid"))
	if err != nil {
		return nil, err
	}
	roles, err := w.service.Identity.ListRoles(r.Context())
	if err != nil {
		return nil, err
	}
	p := personForm(w.mayLinks(r), found, roles, whoAsks(r))
	p.Form.Hidden = []kit.Parameter{{Name: changedAt, Value: found.UpdatedAt.UTC().Format(time.RFC3339Nano)}}
	return p, nil
}

// personForm shows an account as a form; one without identity is to be made. Roles with
// more than whoever fills it in has can be left, and not given.
func personForm(l mayLinks, a identity.Account, roles []access.Role, by access.Who) *editPage {
	p := &editPage{
		base: base{title: "New account", twin: api.Accounts(), still: true}, Parents: kit.Links{{Text: "People", URL: l.PeoplePage(), Own: true}},
		Lead: "For a pipeline or another program. It gets tokens after it is made.",
		Form: kit.Form{Action: l.AddPersonPage(), Method: "post", Submit: "Create the account", Cancel: kit.Link{Text: "Leave it", URL: l.PeoplePage(), Own: true}},
	}
	if a.UUID != "" {
		p.base = base{title: "Change " + a.Name, twin: api.Account(a.UUID), still: true}
		p.Parents = append(p.Parents, kit.Link{Text: a.Name, URL: l.PersonPage(a.UUID)})
		p.Lead = "A change counts within two seconds, for all of its tokens."
		p.Form.Action, p.Form.Submit, p.Form.Cancel.URL = l.DoPersonPage(a.UUID, "edit"), "Save the account", l.PersonPage(a.UUID)
	}
	given := kit.Field{ID: "roles", Name: "role", Label: "Roles", Kind: "checks"}
	for _, role := range roles {
		has := slices.ContainsFunc(a.Roles, func(r access.Role) bool { return r.UUID == role.UUID })
		if !has && len(by.Lacks(role.Permissions)) > 0 {
			given.Hint = "Roles that have more than you have are not offered: nobody gives more than they have."
			continue
		}
		given.Options = append(given.Options, kit.Option{Value: role.UUID, Text: role.Name + ": " + role.Description, Current: has})
		if role.Description == "" {
			given.Options[len(given.Options)-1].Text = role.Name
		}
	}
	p.Form.Fields = []kit.Field{
		{ID: "name", Name: "name", Label: "Name", Value: a.Name, Required: true, Placeholder: "Checkout's pipeline"},
		{ID: "active", Name: "active", Label: "Switched on", Kind: "checkbox", Value: "true", Checked: a.Active},
		given,
	}
	return p
}

var fieldsOfPerson = map[string]string{"name": "name", "active": "active", "roles": "roles"}

// personOf reads an account from a form.
func personOf(values url.Values) identity.AccountInput {
	name, active, roles := strings.TrimSpace(values.Get("name")), values.Get("active") == "true", slices.Clone(values["role"])
	if roles == nil {
		roles = []string{}
	}
	return identity.AccountInput{UUID: values.Get(onceParameter), Name: &name, Active: &active, Roles: &roles}
}

// personAgain shows the form as it was sent, with why it was not taken.
func (w *web) personAgain(r *http.Request, values url.Values, uuid string, err error) (done, error) {
	wrong, problem, again := refused(err)
	if !again {
		return done{}, err
	}
	roles, failed := w.service.Identity.ListRoles(r.Context())
	if failed != nil {
		return done{}, err
	}
	in := personOf(values)
	shown := identity.Account{Roles: slices.DeleteFunc(slices.Clone(roles), func(role access.Role) bool { return !slices.Contains(*in.Roles, role.UUID) })}
	shown.UUID, shown.Name, shown.Active = uuid, *in.Name, *in.Active
	p := personForm(w.mayLinks(r), shown, roles, whoAsks(r))
	p.Form.Hidden = onceAgain(in.UUID)
	if uuid != "" {
		p.title, p.Parents = "Change an account", p.Parents[:1]
		p.Form.Hidden = []kit.Parameter{{Name: changedAt, Value: values.Get(changedAt)}}
	}
	p.Form.Problem = addProblems(p.Form.Fields, fieldsOfPerson, wrong)
	if problem != "" {
		p.Form.Problem = problem
	}
	return done{page: p, because: err}, nil
}

func (w *web) createPerson(r *http.Request, values url.Values) (done, error) {
	made, err := w.service.Identity.CreateAccount(r.Context(), whoAsks(r), personOf(values))
	if err != nil {
		return w.personAgain(r, values, "", err)
	}
	return done{to: w.mayLinks(r).PersonPage(made.UUID) + "?done=created"}, nil
}

func (w *web) savePerson(r *http.Request, values url.Values) (done, error) {
	in, uuid := personOf(values), r.PathValue("uuid")
	seen, err := time.Parse(time.RFC3339Nano, values.Get(changedAt))
	if err != nil {
		return done{}, errNotSeen
	}
	in.Seen = seen
	if _, err := w.service.Identity.ChangeAccount(r.Context(), whoAsks(r), uuid, in); err != nil {
		return w.personAgain(r, values, uuid, err)
	}
	return done{to: w.mayLinks(r).PersonPage(uuid) + "?done=saved"}, nil
}

// switchPerson switches an account on or off.
func (w *web) switchPerson(r *http.Request, values url.Values) (done, error) {
	active, word := values.Get("active") == "true", "off"
	if active {
		word = "on"
	}
	uuid := r.PathValue("uuid")
	if _, err := w.service.Identity.ChangeAccount(r.Context(), whoAsks(r), uuid, identity.AccountInput{Active: &active}); err != nil {
		return done{}, err
	}
	return done{to: w.mayLinks(r).PersonPage(uuid) + "?done=" + word}, nil
}

func (w *web) askDeletePerson(r *http.Request) (page, error) {
	found, err := w.findPerson(r, r.PathValue("uuid"))
	if err != nil {
		return nil, err
	}
	return w.confirmPerson(w.mayLinks(r), found), nil
}

func (w *web) confirmPerson(l mayLinks, found personFound) *confirmPage {
	valued := 0
	for _, token := range found.Tokens {
		if token.Prefix != "" {
			valued++
		}
	}
	lost := []string{"It has no token with a value."}
	if valued > 0 {
		lost = []string{wording.CountOf(valued, "token goes", "tokens go") + " with it: who shows one is refused within two seconds."}
	}
	if len(found.Teams) > 0 {
		lost = append(lost, "It is in "+wording.Count(len(found.Teams), "team")+", which stay without it.")
	}
	lost = append(lost, "What it published stays, and what it did stays in the record.", "To keep it for later, switch it off instead.")
	p := &confirmPage{
		base: base{title: "Delete " + found.Name, twin: api.Account(found.UUID)}, Parents: kit.Links{{Text: "People", URL: l.PeoplePage(), Own: true}, {Text: found.Name, URL: l.PersonPage(found.UUID)}},
		Confirm: kit.Confirm{Question: fmt.Sprintf("Delete the account “%s”?", found.Name), Lost: lost, Action: l.DoPersonPage(found.UUID, "delete"), Yes: "Delete the account", No: kit.Link{Text: "Keep it", URL: l.PersonPage(found.UUID)}},
	}
	p.Facts.Add("Last seen", w.moment(found.LastSeenAt))
	return p
}

func (w *web) deletePerson(r *http.Request, _ url.Values) (done, error) {
	if err := w.service.Identity.DeleteAccount(r.Context(), whoAsks(r), r.PathValue("uuid")); err != nil {
		return done{}, err
	}
	return done{to: w.mayLinks(r).PeoplePage() + "?done=deleted"}, nil
}
