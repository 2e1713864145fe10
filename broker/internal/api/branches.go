package api

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/internal/hal"
)

func (a *API) listBranches(c echo.Context) error {
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	page, err := readPage(q, kernel.Page{Number: 1, Size: defaultPageSize})
	if err != nil {
		return err
	}
	pacticipant := c.Param("pacticipant")
	list, err := a.service.Registry.ListBranches(c.Request().Context(),
		registry.BranchQuery{Pacticipant: pacticipant, Search: q.text("q"), Page: page})
	if err != nil {
		return err
	}
	l := a.links(c)
	docs := make([]*hal.Resource, 0, len(list.Items))
	branches := make([]hal.Link, 0, len(list.Items))
	for _, b := range list.Items {
		docs = append(docs, branchDoc(l, b))
		branches = append(branches, hal.Link{Name: b.Name, Href: l.Branch(b.Pacticipant.Name, b.Name)})
	}
	r := addPage(hal.New(), list, l.Branches(pacticipant)).Embed("branches", docs)
	r.Link("self", hal.Link{Href: a.selfWithQuery(c), Title: pacticipant + " branches"}).
		Links("pb:branches", branches)
	return writeHAL(c, http.StatusOK, r)
}

func (a *API) getBranch(c echo.Context) error {
	b, err := a.service.Registry.FindBranch(c.Request().Context(), c.Param("pacticipant"), c.Param("branch"))
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, branchDoc(a.links(c), b))
}

func (a *API) deleteBranch(c echo.Context) error {
	return deleted(c, a.service.Registry.DeleteBranch(c.Request().Context(), c.Param("pacticipant"), c.Param("branch")))
}

func (a *API) deleteBranches(c echo.Context) error {
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	pacticipant := c.Param("pacticipant")
	done, err := a.service.Registry.DeleteBranches(c.Request().Context(), pacticipant, q.texts("exclude"))
	if err != nil {
		return err
	}
	text := fmt.Sprintf("Scheduled deletion of %d branches for pacticipant %s. Remaining branches are: %s",
		done.Deleted, pacticipant, strings.Join(done.Remaining, ", "))
	notices := noticeList(a.links(c), []kernel.Notice{{Level: kernel.LevelSuccess, Text: text}})
	return writeHAL(c, http.StatusAccepted, new(hal.Object).Set("notices", notices))
}

func (a *API) getBranchVersion(c echo.Context) error {
	v, err := a.service.Registry.FindBranchVersion(c.Request().Context(),
		c.Param("pacticipant"), c.Param("branch"), c.Param("version"))
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, branchVersionDoc(a.links(c), v))
}

func (a *API) putBranchVersion(c echo.Context) error {
	if err := bind(c, func(*form) {}); err != nil {
		return err
	}
	v, created, err := a.service.Registry.PutBranchVersion(c.Request().Context(),
		c.Param("pacticipant"), c.Param("branch"), c.Param("version"))
	if err != nil {
		return err
	}
	l := a.links(c)
	return writeCreated(c, created, l.BranchVersion(v.Pacticipant, v.Branch, v.Version), branchVersionDoc(l, v))
}

func (a *API) deleteBranchVersion(c echo.Context) error {
	return deleted(c, a.service.Registry.DeleteBranchVersion(c.Request().Context(),
		c.Param("pacticipant"), c.Param("branch"), c.Param("version")))
}

func branchDoc(l links.Links, b kernel.Branch) *hal.Resource {
	name := b.Pacticipant.Name
	return setTimes(hal.New().Set("name", b.Name), b.CreatedAt, b.UpdatedAt).
		Link("self", hal.Link{Title: "Branch", Href: l.Branch(name, b.Name)}).
		Link("pb:latest-version", hal.Link{
			Title: "Latest version for branch", Href: l.BranchLatestVersion(name, b.Name)})
}

func branchVersionDoc(l links.Links, v kernel.BranchVersion) *hal.Resource {
	return hal.New().Set("createdAt", hal.Time(v.CreatedAt)).
		Link("self", hal.Link{Title: "Branch version", Href: l.BranchVersion(v.Pacticipant, v.Branch, v.Version)}).
		Link("pb:branch", titled("Branch", v.Branch, l.Branch(v.Pacticipant, v.Branch))).
		Link("pb:version", titled("Version", v.Version, l.Version(v.Pacticipant, v.Version)))
}
