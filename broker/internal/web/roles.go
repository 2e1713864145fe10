package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/identity"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

func (w *web) routeRoles() {
	w.identified("GET /ui/roles", w.roles)
	w.identified("GET /ui/roles/new", w.newRole)
	w.form("POST /ui/roles/new", w.withIdentity(w.createRole))
	w.identified("GET /ui/roles/{uuid}", w.role)
	w.identified("GET /ui/roles/{uuid}/edit", w.editRole)
	w.form("POST /ui/roles/{uuid}/edit", w.withIdentity(w.saveRole))
	w.identified("GET /ui/roles/{uuid}/delete", w.askDeleteRole)
	w.form("POST /ui/roles/{uuid}/delete", w.withIdentity(w.deleteRole))
}

// roleNotes say what was done.
var roleNotes = map[string]string{"created": "The role is there: give it to an account.", "saved": "The role is changed, for all who have it.", "deleted": "The role is deleted."}

func isPredefined(uuid string) bool {
	return slices.ContainsFunc(access.Predefined(), func(r access.Role) bool { return r.UUID == uuid })
}

func (w *web) roles(r *http.Request) (page, error) {
	all, err := w.service.Identity.ListRoles(r.Context())
	if err != nil {
		return nil, err
	}
	p := rolesPage(w.mayLinks(r), r.URL.Query(), all, may(r, access.ManageRoles))
	p.Note = roleNotes[r.URL.Query().Get(doneParameter)]
	return p, nil
}

func rolesPage(l mayLinks, query url.Values, all []access.Role, manages bool) *accessPage {
	p := &accessPage{base: base{title: "Roles", twin: api.Roles()}, Lead: "A role is a name for permissions. Accounts have roles, and may do what any of them gives."}
	if manages {
		p.Doings = kit.Cell{kit.Link{Text: "New role", URL: l.NewRolePage(), Own: true}}
	}
	table := kit.Table{Columns: []kit.Column{{Title: "Role"}, {Title: "What it is for"}, {Title: "Permissions"}, {Title: "Whose"}}}
	for _, role := range all {
		whose := "made here"
		if isPredefined(role.UUID) {
			whose = "comes with the broker"
		}
		table.Rows = append(table.Rows, kit.Row{{kit.Link{Text: role.Name, URL: l.RolePage(role.UUID)}}, {kit.Text{Text: cut(role.Description)}}, {kit.Number{N: len(role.Permissions)}}, {kit.Muted{Text: whose}}})
	}
	filter := table.Narrow(query, "found")
	filter.Count = strings.Replace(filter.Count, "row", "role", 1)
	table.Cut(query, pageSize)
	p.Sections = []accessSection{{Filter: &filter, Table: table}}
	return p
}

// holdersShown is how many of those who have a role its page names.
const holdersShown = 50

func (w *web) role(r *http.Request) (page, error) {
	found, err := w.service.Identity.FindRole(r.Context(), r.PathValue("uuid"))
	if err != nil {
		return nil, err
	}
	var holders kernel.Paged[identity.Account]
	if maySome(r, access.ReadAccounts) {
		if holders, err = w.holdersOf(r, found.UUID); err != nil {
			return nil, err
		}
	}
	p := w.rolePage(w.mayLinks(r), found, holders, may(r, access.ManageRoles))
	p.Note = roleNotes[r.URL.Query().Get(doneParameter)]
	return p, nil
}

func (w *web) holdersOf(r *http.Request, uuid string) (kernel.Paged[identity.Account], error) {
	return w.service.Identity.ListAccounts(r.Context(), kernel.PrincipalFilter{Role: uuid, Page: kernel.Page{Number: 1, Size: holdersShown}})
}

func (w *web) rolePage(l mayLinks, role access.Role, holders kernel.Paged[identity.Account], manages bool) *accessPage {
	p := &accessPage{base: base{title: role.Name, twin: api.AccessRole(role.UUID)}, Parents: kit.Links{{Text: "Roles", URL: l.RolesPage(), Own: true}}, Lead: role.Description}
	p.Facts.Add("UUID", kit.Mono{Text: role.UUID})
	switch {
	case isPredefined(role.UUID):
		p.Facts.Add("Fixed", kit.Text{Text: "It comes with the broker, and is neither changed nor deleted."})
	case manages:
		p.Doings = kit.Cell{kit.Link{Text: "Change it", URL: l.DoRolePage(role.UUID, "edit"), Own: true}, kit.Link{Text: "Delete it", URL: l.DoRolePage(role.UUID, "delete"), Own: true}}
	}
	p.Sections = []accessSection{{ID: "may", Title: "What it gives", Table: permissionsTable(l, role.Permissions, nil)}}
	if l.people {
		p.Sections = append(p.Sections, w.holdersSection(l, holders))
	}
	return p
}

func (w *web) holdersSection(l mayLinks, holders kernel.Paged[identity.Account]) accessSection {
	s := accessSection{ID: "holders", Title: "Who has it", Table: kit.Table{Name: "holders", Columns: []kit.Column{{Title: "Account"}, {Title: "Kind"}, {Title: "Teams"}, {Title: "Last seen"}, {Title: "State"}}, Empty: kit.Empty{Text: "Nobody."}}}
	for _, a := range holders.Items {
		s.Table.Rows = append(s.Table.Rows, kit.Row{{kit.Link{Text: a.Name, URL: l.PersonPage(a.UUID)}}, {kit.Text{Text: kindWord(a.Kind)}}, orElse(teamLinks(l, a.Teams, mostNamed), "none"), {w.moment(a.LastSeenAt)}, {stateOf(a)}})
	}
	if more := holders.Total - len(holders.Items); more > 0 {
		s.Table.Rest = "And " + wording.Count(more, "other") + "."
	}
	return s
}

func (w *web) newRole(r *http.Request) (page, error) {
	p := roleForm(w.mayLinks(r), access.Role{}, whoAsks(r))
	p.Form.Hidden = w.once()
	return p, nil
}

func (w *web) editRole(r *http.Request) (page, error) {
	found, err := w.service.Identity.FindRole(r.Context(), r.PathValue("uuid"))
	if err != nil {
		return nil, err
	}
	if isPredefined(found.UUID) {
		return nil, kernel.Errorf(kernel.CodeConflict, "The role %s comes with the broker: it is neither changed nor deleted. Make one of your own.", found.Name)
	}
	p := roleForm(w.mayLinks(r), found, whoAsks(r))
	p.Form.Hidden = []kit.Parameter{{Name: seenParameter, Value: identity.StateOfRole(found)}}
	return p, nil
}

// roleForm shows a role as a form; one without identity is to be made.
func roleForm(l mayLinks, role access.Role, by access.Who) *editPage {
	p := &editPage{
		base: base{title: "New role", twin: api.Roles(), still: true}, Parents: kit.Links{{Text: "Roles", URL: l.RolesPage(), Own: true}}, Lead: "A name for permissions, which accounts are given.",
		Form: kit.Form{Action: l.NewRolePage(), Method: "post", Submit: "Create the role", Cancel: kit.Link{Text: "Leave it", URL: l.RolesPage(), Own: true}},
	}
	if role.UUID != "" {
		p.base = base{title: "Change " + role.Name, twin: api.AccessRole(role.UUID), still: true}
		p.Parents = append(p.Parents, kit.Link{Text: role.Name, URL: l.RolePage(role.UUID)})
		p.Lead = "A change counts within two seconds, for all who have the role."
		p.Form.Action, p.Form.Submit, p.Form.Cancel.URL = l.DoRolePage(role.UUID, "edit"), "Save the role", l.RolePage(role.UUID)
	}
	given := kit.Field{ID: "permissions", Name: "permission", Label: "Permissions", Kind: "checks"}
	for _, known := range access.All() {
		has := slices.Contains(role.Permissions, known)
		if !has && len(by.Lacks([]access.Permission{known})) > 0 {
			given.Hint = "What you may not do yourself is not offered: nobody gives more than they have."
			continue
		}
		given.Options = append(given.Options, kit.Option{Value: known.String(), Text: known.String() + ": " + access.InWords(known), Current: has})
	}
	p.Form.Fields = []kit.Field{
		{ID: "name", Name: "name", Label: "Name", Value: role.Name, Required: true, Placeholder: "Publisher"},
		{ID: "description", Name: "description", Label: "What it is for", Value: role.Description},
		given,
	}
	return p
}

var fieldsOfRole = map[string]string{"name": "name", "description": "description", "permissions": "permissions"}

func roleTyped(values url.Values) identity.RoleInput {
	return identity.RoleInput{UUID: values.Get(onceParameter), Name: strings.TrimSpace(values.Get("name")), Description: strings.TrimSpace(values.Get("description")), Permissions: slices.Clone(values["permission"]), Seen: values.Get(seenParameter)}
}

// roleAgain shows the form as it was sent, with why it was not taken.
func (w *web) roleAgain(r *http.Request, in identity.RoleInput, uuid string, err error) (done, error) {
	wrong, problem, again := refused(err)
	if !again {
		return done{}, err
	}
	shown := access.Role{UUID: uuid, Name: in.Name, Description: in.Description}
	for _, text := range in.Permissions {
		if p, err := access.Parse(text); err == nil {
			shown.Permissions = append(shown.Permissions, p)
		}
	}
	p := roleForm(w.mayLinks(r), shown, whoAsks(r))
	p.Form.Hidden = onceAgain(in.UUID)
	if uuid != "" {
		p.title, p.Parents = "Change a role", p.Parents[:1]
		p.Form.Hidden = []kit.Parameter{{Name: seenParameter, Value: in.Seen}}
	}
	p.Form.Problem = addProblems(p.Form.Fields, fieldsOfRole, wrong)
	if problem != "" {
		p.Form.Problem = problem
	}
	return done{page: p, because: err}, nil
}

func (w *web) createRole(r *http.Request, values url.Values) (done, error) {
	in := roleTyped(values)
	in.Seen = ""
	made, err := w.service.Identity.CreateRole(r.Context(), whoAsks(r), in)
	if err != nil {
		return w.roleAgain(r, in, "", err)
	}
	return done{to: w.links(r).RolePage(made.UUID) + "?done=created"}, nil
}

func (w *web) saveRole(r *http.Request, values url.Values) (done, error) {
	in, uuid := roleTyped(values), r.PathValue("uuid")
	if in.Seen == "" {
		return done{}, errNotSeen
	}
	if _, err := w.service.Identity.ReplaceRole(r.Context(), whoAsks(r), uuid, in); err != nil {
		return w.roleAgain(r, in, uuid, err)
	}
	return done{to: w.links(r).RolePage(uuid) + "?done=saved"}, nil
}

func (w *web) askDeleteRole(r *http.Request) (page, error) {
	found, err := w.service.Identity.FindRole(r.Context(), r.PathValue("uuid"))
	if err != nil {
		return nil, err
	}
	return w.confirmRole(r, found, "")
}

// confirmRole asks before a role is deleted, and says who has it: then it cannot be.
func (w *web) confirmRole(r *http.Request, role access.Role, problem string) (page, error) {
	holders, err := w.holdersOf(r, role.UUID)
	if err != nil {
		return nil, err
	}
	return confirmRoleOf(w.mayLinks(r), role, holders, problem), nil
}

func confirmRoleOf(l mayLinks, role access.Role, holders kernel.Paged[identity.Account], problem string) page {
	p := &confirmPage{
		base: base{title: "Delete " + role.Name, twin: api.AccessRole(role.UUID)}, Parents: kit.Links{{Text: "Roles", URL: l.RolesPage(), Own: true}, {Text: role.Name, URL: l.RolePage(role.UUID)}},
		Confirm: kit.Confirm{Question: fmt.Sprintf("Delete the role “%s”?", role.Name), Problem: problem, Action: l.DoRolePage(role.UUID, "delete"), Yes: "Delete the role", No: kit.Link{Text: "Keep it", URL: l.Links.RolePage(role.UUID)}},
	}
	if holders.Total == 0 {
		p.Confirm.Lost = []string{"Nobody has it."}
		return p
	}
	p.Confirm.Lost = []string{wording.CountOf(holders.Total, "account has it", "accounts have it") + ": take it from them first, or it is not deleted."}
	p.Facts.Add("Who has it", namedLinks(holders.Items, holdersShown, func(a identity.Account) kit.Link { return kit.Link{Text: a.Name, URL: l.PersonPage(a.UUID)} })...)
	return p
}

func (w *web) deleteRole(r *http.Request, _ url.Values) (done, error) {
	uuid := r.PathValue("uuid")
	err := w.service.Identity.DeleteRole(r.Context(), uuid)
	if kernel.CodeOf(err) == kernel.CodeConflict {
		found, failed := w.service.Identity.FindRole(r.Context(), uuid)
		if failed != nil || isPredefined(uuid) {
			return done{}, err
		}
		p, failed := w.confirmRole(r, found, sentence(err))
		if failed != nil {
			return done{}, err
		}
		return done{page: p, because: err}, nil
	}
	if err != nil {
		return done{}, err
	}
	return done{to: w.links(r).RolesPage() + "?done=deleted"}, nil
}
