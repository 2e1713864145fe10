package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/internal/hal"
)

func (a *API) listPacticipants(c echo.Context) error {
	list, err := a.findPacticipants(c, "")
	if err != nil {
		return err
	}
	r := a.pacticipantList(c, list, a.links(c).Pacticipants())
	older := make([]*hal.Resource, 0, len(list.Items))
	for _, p := range list.Items {
		older = append(older, pacticipantDoc(a.links(c), p).
			Set("title", "DEPRECATED - please use the embedded pacticipants"))
	}
	return writeHAL(c, http.StatusOK, r.Set("pacticipants", older))
}

func (a *API) listPacticipantsWithLabel(c echo.Context) error {
	label := c.Param("label")
	list, err := a.findPacticipants(c, label)
	if err != nil {
		return err
	}
	if err := orShorter(c, len(list.Items)); err != nil {
		return err
	}
	resource := a.links(c).PacticipantsWithLabel(label)
	return writeHAL(c, http.StatusOK, a.pacticipantList(c, list, resource))
}

func (a *API) findPacticipants(c echo.Context, label string) (kernel.Paged[registry.PacticipantDetails], error) {
	var none kernel.Paged[registry.PacticipantDetails]
	q, err := readQuery(c)
	if err != nil {
		return none, err
	}
	page, err := readPage(q, kernel.Page{})
	if err != nil {
		return none, err
	}
	return a.service.Registry.ListPacticipants(c.Request().Context(),
		kernel.PacticipantQuery{Search: q.text("q"), Label: label, Page: page})
}

func (a *API) pacticipantList(c echo.Context, list kernel.Paged[registry.PacticipantDetails], resource string) *hal.Resource {
	l := a.links(c)
	docs := make([]*hal.Resource, 0, len(list.Items))
	current := make([]hal.Link, 0, len(list.Items))
	older := make([]hal.Link, 0, len(list.Items))
	for _, p := range list.Items {
		docs = append(docs, pacticipantDoc(l, p))
		current = append(current, titled("Pacticipant", p.Name, l.Pacticipant(p.Name)))
		older = append(older, titled(p.Name, "DEPRECATED - please use the pb:pacticipants relation", l.Pacticipant(p.Name)))
	}
	r := addPage(hal.New(), list, resource).Embed("pacticipants", docs)
	return r.Link("self", hal.Link{Href: l.Pacticipants()}).
		Link("pb:pacticipants-with-label",
			template("Find pacticipants by label", l.Pacticipants()+"/label/{label}")).
		Links("pb:pacticipants", current).
		Links("pacticipants", older)
}

func (a *API) getPacticipant(c echo.Context) error {
	p, err := a.service.Registry.FindPacticipant(c.Request().Context(), c.Param("pacticipant"))
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, a.pacticipantResource(c, p))
}

func (a *API) createPacticipant(c echo.Context) error {
	var in registry.PacticipantChange
	err := bind(c, func(f *form) {
		name := f.text("name", required|filled|notBlank|singleLine|isName)
		in = readPacticipant(f)
		in.Name = name
	})
	if err != nil {
		return err
	}
	if err := a.allow(c, access.ManageContracts, access.Application(in.Name)); err != nil {
		return err
	}
	p, _, err := a.service.Registry.CreatePacticipant(c.Request().Context(), in)
	if err != nil {
		return err
	}
	return writeCreated(c, true, a.links(c).Pacticipant(p.Name), a.pacticipantResource(c, p))
}

func (a *API) replacePacticipant(c echo.Context) error {
	in, err := bindPacticipant(c)
	if err != nil {
		return err
	}
	p, err := a.service.Registry.ReplacePacticipant(c.Request().Context(), in)
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, a.pacticipantResource(c, p))
}

func (a *API) updatePacticipant(c echo.Context) error {
	in, err := bindPacticipant(c)
	if err != nil {
		return err
	}
	p, created, err := a.service.Registry.UpdatePacticipant(c.Request().Context(), in)
	if err != nil {
		return err
	}
	return writeCreated(c, created, a.links(c).Pacticipant(p.Name), a.pacticipantResource(c, p))
}

func (a *API) deletePacticipant(c echo.Context) error {
	return deleted(c, a.service.Registry.DeletePacticipant(c.Request().Context(), c.Param("pacticipant")))
}

// bindPacticipant reads the change of a pacticipant that the address names. A
// name in the body is ignored: nothing is renamed.
func bindPacticipant(c echo.Context) (registry.PacticipantChange, error) {
	var in registry.PacticipantChange
	err := bind(c, func(f *form) { in = readPacticipant(f) })
	in.Name = c.Param("pacticipant")
	return in, err
}

func readPacticipant(f *form) registry.PacticipantChange {
	return registry.PacticipantChange{
		DisplayName:         f.change("displayName", notBlank|singleLine),
		MainBranch:          f.change("mainBranch", notBlank|noSpaces|singleLine|isName),
		RepositoryURL:       f.change("repositoryUrl", singleLine),
		RepositoryName:      f.change("repositoryName", singleLine),
		RepositoryNamespace: f.change("repositoryNamespace", singleLine),
	}
}

// pacticipantResource is a pacticipant alone, with where it is deployed.
func (a *API) pacticipantResource(c echo.Context, p registry.PacticipantDetails) *hal.Resource {
	l := a.links(c)
	deployed := make([]hal.Link, 0, len(p.Deployed))
	for _, d := range p.Deployed {
		deployed = append(deployed, hal.Link{
			Title: "Version deployed to " + d.Environment.DisplayName,
			Name:  d.Environment.DisplayName,
			Href:  l.DeployedVersion(d.UUID),
			Extra: new(hal.Object).Set("currently_deployed", true),
		})
	}
	return pacticipantDoc(l, p).Links("pb:deployed-environments", deployed)
}

func pacticipantDoc(l links.Links, p registry.PacticipantDetails) *hal.Resource {
	r := hal.New().Set("name", p.Name).
		SetText("displayName", p.DisplayName).
		SetText("repositoryUrl", p.RepositoryURL).
		SetText("repositoryName", p.RepositoryName).
		SetText("repositoryNamespace", p.RepositoryNamespace).
		SetText("mainBranch", p.MainBranch)
	setTimes(r, p.CreatedAt, p.UpdatedAt)
	embedPacticipantParts(r, l, p)
	base := l.Pacticipant(p.Name)
	return r.Link("self", hal.Link{Href: base}).
		Link("pb:versions", hal.Link{Href: l.Versions(p.Name)}).
		Link("pb:branches", hal.Link{Href: l.Branches(p.Name)}).
		Link("pb:version", template("A version: read, create or delete it", base+"/versions/{version}")).
		Link("pb:version-tag", template("Get, create or delete a tag of a version", base+"/versions/{version}/tags/{tag}")).
		Link("pb:branch-version", template("Get or add a version of a branch", base+"/branches/{branch}/versions/{version}")).
		Link("pb:label", template("Get, create or delete a label", base+"/labels/{label}")).
		Link("versions", hal.Link{Title: "DEPRECATED - please use the pb:versions relation", Href: l.Versions(p.Name)}).
		Link("pb:can-i-deploy-badge", template("Can I deploy from one tag to another, as a badge",
			base+"/latest-version/{tag}/can-i-deploy/to/{environmentTag}/badge")).
		Link("pb:can-i-deploy-branch-to-environment-badge", template("Can I deploy a branch to an environment, as a badge",
			base+"/branches/{branch}/latest-version/can-i-deploy/to-environment/{environment}/badge")).
		Curies("pb", l.Doc("pacticipant"))
}

func embedPacticipantParts(r *hal.Resource, l links.Links, p registry.PacticipantDetails) {
	if p.LatestVersion != nil {
		r.Embed("latestVersion", versionStub(l, p.Name, p.LatestVersion.Number))
	}
	labels := make([]*hal.Resource, 0, len(p.Labels))
	for _, label := range p.Labels {
		labels = append(labels, hal.New().Set("name", label.Name).
			Link("self", titled("Label", label.Name, l.Label(p.Name, label.Name))))
	}
	r.Embed("labels", labels)
	if p.LatestVersion != nil {
		r.Embed("latest-version", versionStub(l, p.Name, p.LatestVersion.Number).
			Set("title", "DEPRECATED").
			Set("name", "DEPRECATED - please use latestVersion"))
	}
}

// versionStub is as little of a version as is embedded elsewhere.
func versionStub(l links.Links, pacticipant, number string) *hal.Resource {
	return hal.New().Set("number", number).
		Link("self", titled("Version", number, l.Version(pacticipant, number)))
}

// pacticipantStub is as little of a pacticipant as is embedded elsewhere.
func pacticipantStub(l links.Links, name string) *hal.Resource {
	return hal.New().Set("name", name).Link("self", hal.Link{Href: l.Pacticipant(name)})
}
