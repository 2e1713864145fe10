package api

import (
	"fmt"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/publish"
)

// diffPreviousDistinct compares a pact with the one before it that was
// different.
func (a *API) diffPreviousDistinct(c echo.Context) error {
	q := pairOf(c)
	q.Version = c.Param("version")
	return a.writeDiff(c, q, kernel.PactQuery{})
}

func (a *API) diffVersions(c echo.Context) error {
	q, other := pairOf(c), pairOf(c)
	q.Version, other.Version = c.Param("version"), c.Param("other")
	return a.writeDiff(c, q, other)
}

func (a *API) diffContents(c echo.Context) error {
	q, other := pairOf(c), pairOf(c)
	q.SHA, other.SHA = c.Param("sha"), c.Param("other")
	return a.writeDiff(c, q, other)
}

func (a *API) writeDiff(c echo.Context, q, other kernel.PactQuery) error {
	diff, err := a.service.Publish.DiffPacts(c.Request().Context(), q, other)
	if other.Consumer != "" && kernel.IsNotFound(err) {
		return a.writeNothingToCompare(c, q)
	}
	if err != nil {
		return err
	}
	if diff.Old == nil {
		text := "No previous distinct version was found"
		if diff.New != nil {
			text += " for " + pactName(diff.New.PactPublication)
		}
		return writeText(c, typeText, text)
	}
	return writeText(c, typeText, a.diffText(c, diff))
}

// writeNothingToCompare answers a comparison with something that does not
// exist. It is a text, as every answer here, unless the pact itself is missing.
func (a *API) writeNothingToCompare(c echo.Context, q kernel.PactQuery) error {
	p, err := a.service.Publish.FindPact(c.Request().Context(), q)
	if err != nil {
		return err
	}
	return writeText(c, typeText, "There is nothing at this address to compare with "+pactName(p.PactPublication))
}

func (a *API) diffText(c echo.Context, diff publish.PactDiff) string {
	older, newer := diff.Old, diff.New
	changes := diff.Text
	if strings.TrimSpace(changes) == "" {
		changes = "There is no difference between these two versions.\n"
	}
	var out strings.Builder
	fmt.Fprintf(&out, "# Diff between versions %s and %s of the pact between %s and %s\n\n",
		older.ConsumerVersion.Number, newer.ConsumerVersion.Number, newer.Consumer.Name, newer.Provider.Name)
	fmt.Fprintf(&out, "The following changes were made %s ago (%s)\n\n%s\n\n",
		inWords(a.config.Now().Sub(newer.CreatedAt)),
		newer.CreatedAt.UTC().Format("Mon 02 Jan 2006, 3:04pm -07:00"), strings.TrimRight(changes, "\n"))
	out.WriteString("## Links\n\n")
	out.WriteString(a.diffLink(c, "pact-version", newer))
	out.WriteString(a.diffLink(c, "comparison-pact-version", older))
	return out.String()
}

func (a *API) diffLink(c echo.Context, name string, p *kernel.Pact) string {
	href := a.links(c).Pair(p.Provider.Name, p.Consumer.Name).Pact(p.ConsumerVersion.Number)
	return fmt.Sprintf("%s:\n  title: Pact\n  name: %s\n  href: %s\n", name, pactName(p.PactPublication), href)
}
