package api

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

func (a *API) canIDeploy(c echo.Context) error {
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	cq, err := canIDeployQuery(q)
	if err != nil {
		return err
	}
	cq.Asker = a.askerOf(c)
	asStatus, err := verdictAsStatus(q)
	if err != nil {
		return err
	}
	answer, err := putTo(c, cq, a.service.Gate.CanIDeploy, a.service.Gate.LookAtGate)
	if err != nil {
		return err
	}
	if asStatus && answer.Decision.Verdict != matrix.Deployable {
		return a.writeMatrixAs(c, http.StatusConflict, answer)
	}
	return a.writeMatrix(c, answer)
}

// verdictAsStatus reports whether whoever asks looks at the status alone.
func verdictAsStatus(q query) (bool, error) {
	switch text := q.filled("verdictAsStatus"); text {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	default:
		found := &fieldProblems{}
		found.fail("verdictAsStatus", "must be true or false")
		return false, found.err()
	}
}

func canIDeployQuery(q query) (gate.CanIDeployQuery, error) {
	found := &fieldProblems{}
	if err := checkSingle(q, "ignore"); err != nil {
		return gate.CanIDeployQuery{}, err
	}
	cq := gate.CanIDeployQuery{
		Pacticipant: requiredParameter(found, q, "pacticipant"),
		Version:     requiredParameter(found, q, "version"),
		Environment: q.filled("environment"),
		To:          q.filled("to"),
		Ignore:      ignoreSelectors(q),
	}
	switch {
	case cq.Environment == "" && cq.To == "":
		found.add(fieldProblem{message: "Say where to: an environment, or a tag as 'to'.", pointer: "/"})
	case cq.Environment != "" && cq.To != "":
		found.add(fieldProblem{message: "Say where to once: an environment or a tag as 'to', not both.", pointer: "/"})
	}
	if err := found.err(); err != nil {
		return cq, err
	}
	at, err := readMoment(q)
	cq.At = at
	return cq, err
}

func requiredParameter(found *fieldProblems, q query, name string) string {
	value, isText := q.values[name].(string)
	switch {
	case isText && value != "":
	case q.has(name) && !isText:
		found.fail(name, "must be a string")
	default:
		found.fail(name, "is missing")
	}
	return value
}

// ignoreSelectors reads both spellings: ignore[]=Name, and ignore[][pacticipant]
// with what narrows it. To leave that out would ignore more than was asked for.
func ignoreSelectors(q query) []matrix.Selector {
	var out []matrix.Selector
	list, _ := q.values["ignore"].([]any)
	for _, item := range list {
		switch item := item.(type) {
		case string:
			if strings.TrimSpace(item) != "" {
				out = append(out, matrix.Selector{Pacticipant: item})
			}
		case map[string]any:
			out = append(out, selectorOf(query{values: item}))
		}
	}
	return out
}

func (a *API) canIDeployBranch(c echo.Context) error {
	answer, err := putTo(c, gate.BranchCanIDeployQuery{
		Pacticipant: c.Param("pacticipant"), Branch: c.Param("branch"), Environment: c.Param("environment"), Asker: a.askerOf(c),
	}, a.service.Gate.CanIDeployBranch, a.service.Gate.LookAtBranch)
	if err != nil {
		return err
	}
	return a.writeMatrix(c, answer)
}

func (a *API) canIDeployTag(c echo.Context) error {
	answer, err := putTo(c, gate.TagCanIDeployQuery{
		Pacticipant: c.Param("pacticipant"), Tag: c.Param("tag"), To: c.Param("to"), Asker: a.askerOf(c),
	}, a.service.Gate.CanIDeployTag, a.service.Gate.LookAtTag)
	if err != nil {
		return err
	}
	if err := orShorter(c, tagged(answer.Rows)); err != nil {
		return err
	}
	return a.writeMatrix(c, answer)
}

// tagged counts the rows for which some provider version carries the tag that
// was asked about.
func tagged(rows []gate.MatrixRow) int {
	n := 0
	for _, row := range rows {
		if row.ProviderVersion != nil || len(row.Unproven) > 0 {
			n++
		}
	}
	return n
}
