package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/internal/hal"
)

func (a *API) listVersions(c echo.Context) error {
	return a.writeVersions(c, registry.VersionQuery{})
}

func (a *API) listBranchVersions(c echo.Context) error {
	return a.writeVersions(c, registry.VersionQuery{Branch: c.Param("branch")})
}

func (a *API) listTagVersions(c echo.Context) error {
	return a.writeVersions(c, registry.VersionQuery{Tag: c.Param("tag")})
}

func (a *API) listEnvironmentVersions(c echo.Context) error {
	return a.writeVersions(c, registry.VersionQuery{EnvironmentUUID: c.Param("environment")})
}

func (a *API) writeVersions(c echo.Context, vq registry.VersionQuery) error {
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	if vq.Page, err = readPage(q, kernel.Page{}); err != nil {
		return err
	}
	vq.Pacticipant = c.Param("pacticipant")
	list, err := a.service.Registry.ListVersions(c.Request().Context(), vq)
	if kernel.IsNotFound(err) && vq.Branch+vq.Tag != "" {
		return errGeneric
	}
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, a.versionList(c, vq.Pacticipant, list))
}

// versionList renders a list of versions, each with where it is or was live.
func (a *API) versionList(c echo.Context, pacticipant string, list kernel.Paged[kernel.VersionDetails]) *hal.Resource {
	l := a.links(c)
	docs := make([]*hal.Resource, 0, len(list.Items))
	current := make([]hal.Link, 0, len(list.Items))
	for _, v := range list.Items {
		doc := versionDoc(l, v)
		linkPlaces(doc, l, v, false)
		docs = append(docs, doc.Curies("pb", l.Doc("version")))
		current = append(current, hal.Link{
			Href:  l.Version(pacticipant, v.Number),
			Title: "Version " + v.Number + " - " + v.CreatedAt.UTC().Format("02/01/2006"),
		})
	}
	r := addPage(hal.New(), list, a.requestURL(c)).Embed("versions", docs)
	return r.Link("self", hal.Link{Href: a.selfWithQuery(c), Title: "All application versions of " + pacticipant}).
		Link("pb:pacticipant", hal.Link{Href: l.Pacticipant(pacticipant), Title: pacticipant}).
		Links("pb:versions", current).
		Link("pacticipant", hal.Link{Href: l.Pacticipant(pacticipant), Title: pacticipant}).
		Links("versions", current)
}

func (a *API) getVersion(c echo.Context) error {
	v, err := a.service.Registry.FindVersion(c.Request().Context(), c.Param("pacticipant"), c.Param("version"))
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, a.versionResource(c, v))
}

func (a *API) getLatestVersion(c echo.Context) error {
	v, err := a.service.Registry.FindLatestVersion(c.Request().Context(), kernel.LatestVersionQuery{
		Pacticipant: c.Param("pacticipant"), Tag: c.Param("tag"), Branch: c.Param("branch")})
	if err != nil {
		return err
	}
	r := a.versionResource(c, v)
	return writeHAL(c, http.StatusOK, r.Link("self", titled("Version", v.Number, a.requestURL(c))))
}

func (a *API) replaceVersion(c echo.Context) error {
	in, err := bindVersion(c)
	if err != nil {
		return err
	}
	v, created, err := a.service.Registry.ReplaceVersion(c.Request().Context(), in)
	return a.writeVersion(c, v, created, err)
}

func (a *API) updateVersion(c echo.Context) error {
	in, err := bindVersion(c)
	if err != nil {
		return err
	}
	v, created, err := a.service.Registry.UpdateVersion(c.Request().Context(), in)
	return a.writeVersion(c, v, created, err)
}

func (a *API) writeVersion(c echo.Context, v kernel.VersionDetails, created bool, err error) error {
	if err != nil {
		return err
	}
	status := http.StatusOK
	if created {
		status = http.StatusCreated
	}
	return writeHAL(c, status, a.versionResource(c, v))
}

func (a *API) deleteVersion(c echo.Context) error {
	return deleted(c, a.service.Registry.DeleteVersion(c.Request().Context(), c.Param("pacticipant"), c.Param("version")))
}

// bindVersion reads the change of a version. Branch and number in the body are
// ignored: the address names the version.
func bindVersion(c echo.Context) (registry.VersionChange, error) {
	in := registry.VersionChange{Pacticipant: c.Param("pacticipant"), Number: c.Param("version")}
	err := bind(c, func(f *form) {
		in.BuildURL = f.scalar("buildUrl", 0)
		if _, in.TagsGiven = f.values["tags"]; in.TagsGiven {
			for _, tag := range f.items("tags") {
				in.Tags = append(in.Tags, tag.scalar("name", required|filled|notBlank|isName).Value)
			}
		}
	})
	return in, err
}

// versionResource is a version alone: with where it is or was live, and where
// it can be recorded as live.
func (a *API) versionResource(c echo.Context, v kernel.VersionDetails) *hal.Resource {
	l := a.links(c)
	r := versionDoc(l, v)
	linkPlaces(r, l, v, true)
	deployments := make([]hal.Link, 0, len(v.Environments))
	releases := make([]hal.Link, 0, len(v.Environments))
	for _, e := range v.Environments {
		deployments = append(deployments, titled("Record deployment to "+e.DisplayName, e.Name,
			l.RecordDeployment(v.Pacticipant.Name, v.Number, e.UUID)))
		releases = append(releases, titled("Record release to "+e.DisplayName, e.Name,
			l.RecordRelease(v.Pacticipant.Name, v.Number, e.UUID)))
	}
	return r.Links("pb:record-deployment", deployments).
		Links("pb:record-release", releases).
		Curies("pb", l.Doc("version"))
}

func versionDoc(l links.Links, v kernel.VersionDetails) *hal.Resource {
	name := v.Pacticipant.Name
	r := hal.New().Set("number", v.Number).SetText("buildUrl", v.BuildURL)
	setTimes(r, v.CreatedAt, v.UpdatedAt)
	r.Embed("branchVersions", branchVersionStubs(l, v.Branches)).
		Embed("tags", tagStubs(l, name, v.Number, v.Tags))
	pacts := make([]hal.Link, 0, len(v.Pacts))
	for _, p := range v.Pacts {
		pacts = append(pacts, titled("Pact", pactName(p),
			l.Pair(p.Provider.Name, p.Consumer.Name).Pact(p.ConsumerVersion.Number)))
	}
	return r.Link("self", titled("Version", v.Number, l.Version(name, v.Number))).
		Link("pb:pacticipant", titled("Pacticipant", name, l.Pacticipant(name))).
		Link("pb:tag", template("Get, create or delete a tag of this version", l.Version(name, v.Number)+"/tags/{tag}")).
		Link("pb:latest-verification-results-where-pacticipant-is-consumer", hal.Link{
			Title: "Latest verification results for this version",
			Href:  l.LatestResultsOfConsumer(name, v.Number)}).
		Links("pb:pact-versions", pacts)
}

func branchVersionStubs(l links.Links, branches []kernel.BranchVersion) []*hal.Resource {
	out := make([]*hal.Resource, 0, len(branches))
	for _, b := range branches {
		out = append(out, hal.New().Set("name", b.Branch).Set("latest", b.Latest).
			Link("self", titled("Branch version", b.Branch, l.BranchVersion(b.Pacticipant, b.Branch, b.Version))))
	}
	return out
}

func tagStubs(l links.Links, pacticipant, number string, tags []kernel.Tag) []*hal.Resource {
	out := make([]*hal.Resource, 0, len(tags))
	for _, t := range tags {
		out = append(out, hal.New().Set("name", t.Name).
			Link("self", titled("Tag", t.Name, l.Tag(pacticipant, number, t.Name))))
	}
	return out
}

// linkPlaces links the deployments and releases of a version, past ones too.
// Lists leave a relation without links out.
func linkPlaces(r *hal.Resource, l links.Links, v kernel.VersionDetails, evenIfEmpty bool) {
	deployed := make([]hal.Link, 0, len(v.Deployed))
	for _, d := range v.Deployed {
		extra := new(hal.Object).Set("currently_deployed", d.CurrentlyDeployed)
		if d.Instance != "" {
			extra.Set("application_instance", d.Instance)
		}
		deployed = append(deployed, hal.Link{Title: "Version deployed to " + d.Environment.DisplayName,
			Name: d.Environment.DisplayName, Href: l.DeployedVersion(d.UUID), Extra: extra})
	}
	released := make([]hal.Link, 0, len(v.Released))
	for _, d := range v.Released {
		released = append(released, hal.Link{Title: "Version released to " + d.Environment.DisplayName,
			Name: d.Environment.DisplayName, Href: l.ReleasedVersion(d.UUID),
			Extra: new(hal.Object).Set("currently_supported", d.CurrentlySupported)})
	}
	if evenIfEmpty || len(deployed) > 0 {
		r.Links("pb:deployed-environments", deployed)
	}
	if evenIfEmpty || len(released) > 0 {
		r.Links("pb:released-environments", released)
	}
}

// pactName names a pact in a few words.
func pactName(p kernel.PactPublication) string {
	return "Pact between " + p.Consumer.Name + " (" + p.ConsumerVersion.Number + ") and " + p.Provider.Name
}
