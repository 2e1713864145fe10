package api

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/rollout"
	"github.com/treatyhq/treaty/internal/hal"
)

func (a *API) recordDeployment(c echo.Context) error {
	in := deploymentOf(c)
	var ask rollout.Gate
	err := bind(c, func(f *form) {
		ask = readGate(f)
		in.Rollback = f.flag("rollback", "must be boolean")
		in.Reason = f.text("reason", 0)
		in.Instance = f.scalar("applicationInstance", isName).Value
		if in.Instance == "" {
			in.Instance = f.scalar("target", isName).Value
		}
	})
	if err != nil {
		return err
	}
	var d kernel.DeployedVersion
	if ask == rollout.AskGate {
		place := rolloutPlace(c)
		place.Instance = in.Instance
		d, err = a.service.Rollout.Deploy(a.signed(c), rollout.Deploy{Place: place, Rollback: in.Rollback, Reason: in.Reason, Asker: a.askerOf(c)})
	} else {
		d, err = a.service.Registry.RecordDeployment(a.signed(c), in)
	}
	if err != nil {
		return err
	}
	l := a.links(c)
	return writeCreated(c, true, l.DeployedVersion(d.UUID), deployedFull(l, d))
}

func (a *API) listDeployedVersions(c echo.Context) error {
	in := deploymentOf(c)
	list, environment, err := a.service.Registry.ListDeployedVersions(c.Request().Context(), in)
	if err != nil {
		return err
	}
	l := a.links(c)
	docs := make([]*hal.Resource, 0, len(list))
	for _, d := range list {
		docs = append(docs, deployedDoc(l, d))
	}
	title := "Deployed versions for " + in.Pacticipant + " version " + in.Version +
		" in environment " + environment.DisplayName
	r := hal.New().Embed("deployedVersions", docs).
		Link("self", hal.Link{Href: a.selfWithQuery(c), Title: title})
	return writeHAL(c, http.StatusOK, r)
}

func (a *API) getDeployedVersion(c echo.Context) error {
	d, err := a.service.Registry.FindDeployedVersion(c.Request().Context(), c.Param("uuid"))
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, deployedFull(a.links(c), d))
}

func (a *API) updateDeployedVersion(c echo.Context) error {
	var currently *bool
	err := bind(c, func(f *form) { currently = f.flag("currentlyDeployed", "must be boolean") })
	if err != nil {
		return err
	}
	if err := a.allowPlace(c, func(ctx context.Context, uuid string) (kernel.Version, kernel.Environment, error) {
		d, err := a.service.Registry.FindDeployedVersion(ctx, uuid)
		return d.Version, d.Environment, err
	}); err != nil {
		return err
	}
	d, err := a.service.Registry.UpdateDeployedVersion(a.signed(c), c.Param("uuid"), currently)
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, deployedFull(a.links(c), d))
}

func (a *API) listCurrentlyDeployed(c echo.Context) error {
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	cq := registry.CurrentQuery{EnvironmentUUID: c.Param("environment"), Pacticipant: q.text("pacticipant")}
	for _, name := range []string{"applicationInstance", "target"} {
		if q.has(name) && cq.Instance == nil {
			instance := q.text(name)
			cq.Instance = &instance
		}
	}
	list, environment, err := a.service.Registry.ListCurrentlyDeployed(c.Request().Context(), cq)
	if err != nil {
		return err
	}
	l := a.links(c)
	docs := make([]*hal.Resource, 0, len(list))
	for _, d := range list {
		docs = append(docs, embedVersion(deployedDoc(l, d), l, d.Version))
	}
	title := "Currently deployed versions for " + environment.DisplayName
	r := hal.New().Embed("deployedVersions", docs).
		Link("self", hal.Link{Href: a.selfWithQuery(c), Title: title})
	return writeHAL(c, http.StatusOK, r)
}

func (a *API) recordRelease(c echo.Context) error {
	in := deploymentOf(c)
	if err := bind(c, func(*form) {}); err != nil {
		return err
	}
	released, created, err := a.service.Registry.RecordRelease(c.Request().Context(), in)
	if err != nil {
		return err
	}
	l := a.links(c)
	c.Response().Header().Set("Location", l.ReleasedVersion(released.UUID))
	status := http.StatusOK
	if created {
		status = http.StatusCreated
	}
	return writeHAL(c, status, releasedFull(l, released))
}

func (a *API) listReleasedVersions(c echo.Context) error {
	in := deploymentOf(c)
	list, environment, err := a.service.Registry.ListReleasedVersions(c.Request().Context(), in)
	if err != nil {
		return err
	}
	l := a.links(c)
	docs := make([]*hal.Resource, 0, len(list))
	for _, released := range list {
		docs = append(docs, releasedDoc(l, released))
	}
	title := "Released versions for " + in.Pacticipant + " version " + in.Version +
		" in " + environment.DisplayName
	r := hal.New().Embed("releasedVersions", docs).
		Link("self", hal.Link{Href: a.selfWithQuery(c), Title: title})
	return writeHAL(c, http.StatusOK, r)
}

func (a *API) getReleasedVersion(c echo.Context) error {
	released, err := a.service.Registry.FindReleasedVersion(c.Request().Context(), c.Param("uuid"))
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, releasedFull(a.links(c), released))
}

func (a *API) updateReleasedVersion(c echo.Context) error {
	var currently *bool
	err := bind(c, func(f *form) { currently = f.flag("currentlySupported", "must be boolean") })
	if err != nil {
		return err
	}
	if err := a.allowPlace(c, func(ctx context.Context, uuid string) (kernel.Version, kernel.Environment, error) {
		r, err := a.service.Registry.FindReleasedVersion(ctx, uuid)
		return r.Version, r.Environment, err
	}); err != nil {
		return err
	}
	released, err := a.service.Registry.UpdateReleasedVersion(c.Request().Context(), c.Param("uuid"), currently)
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, releasedFull(a.links(c), released))
}

func (a *API) listCurrentlySupported(c echo.Context) error {
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	list, environment, err := a.service.Registry.ListCurrentlySupported(c.Request().Context(), registry.CurrentQuery{
		EnvironmentUUID: c.Param("environment"), Pacticipant: q.text("pacticipant"), Version: q.text("version")})
	if err != nil {
		return err
	}
	l := a.links(c)
	docs := make([]*hal.Resource, 0, len(list))
	for _, released := range list {
		docs = append(docs, embedVersion(releasedDoc(l, released), l, released.Version))
	}
	title := "Currently supported versions in " + environment.DisplayName
	r := hal.New().Embed("releasedVersions", docs).
		Link("self", hal.Link{Href: a.selfWithQuery(c), Title: title})
	return writeHAL(c, http.StatusOK, r)
}

func deploymentOf(c echo.Context) registry.Deployment {
	return registry.Deployment{Pacticipant: c.Param("pacticipant"), Version: c.Param("version"),
		EnvironmentUUID: c.Param("environment")}
}

// embedVersion embeds the version of a record and its pacticipant.
func embedVersion(r *hal.Resource, l links.Links, v kernel.Version) *hal.Resource {
	return r.Embed("pacticipant", pacticipantStub(l, v.Pacticipant.Name)).
		Embed("version", versionStub(l, v.Pacticipant.Name, v.Number))
}

func deployedDoc(l links.Links, d kernel.DeployedVersion) *hal.Resource {
	r := hal.New().Set("uuid", d.UUID).Set("currentlyDeployed", d.CurrentlyDeployed).
		SetText("target", d.Instance).
		SetText("applicationInstance", d.Instance)
	if !d.UndeployedAt.IsZero() {
		r.Set("undeployedAt", hal.Time(d.UndeployedAt))
	}
	r.Set("createdAt", hal.Time(d.CreatedAt)).
		Link("self", hal.Link{Href: l.DeployedVersion(d.UUID)})
	if d.Candidate {
		r.Set("candidate", true)
	}
	if !d.PromotedAt.IsZero() {
		r.Set("promotedAt", hal.Time(d.PromotedAt))
	}
	if d.Rollout != "" {
		r.Link("pb:rollout", hal.Link{Href: l.Rollout(d.Rollout), Title: "The rollout by which it came"})
	}
	if d.Gate.Answer != 0 {
		setAskedGate(r, l, d.Gate, d.Rollback)
	}
	if d.Reason != "" {
		r.Set("reason", d.Reason)
	}
	return r
}

func deployedFull(l links.Links, d kernel.DeployedVersion) *hal.Resource {
	return embedVersion(deployedDoc(l, d), l, d.Version).
		Embed("environment", environmentDoc(l, d.Environment))
}

func releasedDoc(l links.Links, released kernel.ReleasedVersion) *hal.Resource {
	r := hal.New().Set("uuid", released.UUID).Set("currentlySupported", released.CurrentlySupported)
	setTimes(r, released.CreatedAt, released.UpdatedAt)
	if !released.SupportEndedAt.IsZero() {
		r.Set("supportEndedAt", hal.Time(released.SupportEndedAt))
	}
	return r.Link("self", hal.Link{Href: l.ReleasedVersion(released.UUID)})
}

func releasedFull(l links.Links, released kernel.ReleasedVersion) *hal.Resource {
	return embedVersion(releasedDoc(l, released), l, released.Version).
		Embed("environment", environmentDoc(l, released.Environment))
}
