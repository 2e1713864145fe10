package api

import (
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// defaultMatrixLimit is how many rows the matrix shows unless it is told.
const defaultMatrixLimit = 100

func (a *API) getMatrix(c echo.Context) error {
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	mq, err := matrixQuery(q)
	if err != nil {
		return listedError{err}
	}
	mq.Asker = a.askerOf(c)
	answer, err := putTo(c, mq, a.service.Gate.Matrix, a.service.Gate.LookAtMatrix)
	if err != nil {
		return listedError{err}
	}
	return a.writeMatrix(c, answer)
}

// getPairMatrix asks with the two names of the address. Its pacticipants are
// part of the address, so that they do not exist is 404.
func (a *API) getPairMatrix(c echo.Context) error {
	ctx := c.Request().Context()
	consumer, provider := c.Param("consumer"), c.Param("provider")
	for _, role := range []kernel.Role{kernel.RoleConsumer, kernel.RoleProvider} {
		name := c.Param(string(role))
		if _, err := a.service.Registry.FindPacticipant(ctx, name); kernel.IsNotFound(err) {
			return kernel.UnknownName(role, name)
		} else if err != nil {
			return err
		}
	}
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	limit, err := matrixLimit(q)
	if err != nil {
		return listedError{err}
	}
	answer, err := a.service.Gate.LookAtMatrix(ctx, gate.MatrixQuery{
		Selectors: []matrix.Selector{{Pacticipant: consumer}, {Pacticipant: provider}},
		LatestBy:  matrix.LatestBy(q.filled("latestby")),
		Between:   true,
		Limit:     &limit,
	})
	if err != nil {
		return listedError{err}
	}
	return a.writeMatrix(c, answer)
}

// matrixQuery reads the question from a query string. Blank values count as
// absent; whether the question makes sense is for the service to say.
func matrixQuery(q query) (gate.MatrixQuery, error) {
	if err := checkSingle(q, "q", "ignore"); err != nil {
		return gate.MatrixQuery{}, err
	}
	limit, err := matrixLimit(q)
	if err != nil {
		return gate.MatrixQuery{}, err
	}
	at, err := readMoment(q)
	if err != nil {
		return gate.MatrixQuery{}, err
	}
	return gate.MatrixQuery{
		Selectors: selectors(q, "q"),
		Ignore:    selectors(q, "ignore"),
		Target: matrix.Target{
			Latest:      q.flag("latest"),
			Tag:         q.filled("tag"),
			MainBranch:  q.flag("mainBranch"),
			Environment: q.filled("environment"),
		},
		LatestBy: matrix.LatestBy(q.filled("latestby")),
		Show:     outcomesToShow(q),
		Limit:    &limit,
		At:       at,
	}, nil
}

// checkSingle finds parameters that have one value and came as a list or an
// object, and blank ones that were to narrow what is ignored. To leave such a
// parameter out would answer another question.
func checkSingle(q query, selectors ...string) error {
	problems := kernel.Fields{}
	check := func(of query, names ...string) {
		for _, name := range names {
			if _, isText := of.values[name].(string); of.has(name) && !isText {
				problems.Add("", "Give %s once, as a plain value", name)
			}
		}
	}
	check(q, "environment", "tag", "latest", "mainBranch", "latestby", "limit", "at")
	narrowing := []string{"version", "tag", "branch", "environment"}
	for _, list := range selectors {
		for _, s := range q.objects(list) {
			check(s, append(narrowing, "pacticipant", "latest", "mainBranch")...)
			for _, name := range narrowing {
				if list == "ignore" && s.has(name) && s.filled(name) == "" {
					problems.Add("", "Say which %s of %s to ignore, or leave it out to ignore all of it", name, s.text("pacticipant"))
				}
			}
		}
	}
	return problems.Err()
}

func matrixLimit(q query) (int, error) {
	text := q.filled("limit")
	if text == "" {
		return defaultMatrixLimit, nil
	}
	limit, err := strconv.Atoi(text)
	if err != nil {
		return 0, kernel.Fields{"": {"The limit must be a number, 1 or greater."}}.Err()
	}
	return limit, nil
}

// readMoment reads the moment in the past that a question is about.
func readMoment(q query) (time.Time, error) {
	text := q.filled("at")
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, kernel.Fields{"": {"The moment in at must be a date and time like 2006-01-02T15:04:05Z."}}.Err()
	}
	return at.UTC(), nil
}

func selectors(q query, name string) []matrix.Selector {
	var out []matrix.Selector
	for _, s := range q.objects(name) {
		out = append(out, selectorOf(s))
	}
	return out
}

func selectorOf(s query) matrix.Selector {
	return matrix.Selector{
		Pacticipant: s.filled("pacticipant"),
		Version:     s.filled("version"),
		Latest:      s.flag("latest"),
		Tag:         s.filled("tag"),
		Branch:      s.filled("branch"),
		MainBranch:  s.flag("mainBranch"),
		Environment: s.filled("environment"),
	}
}

// filled returns a parameter, "" if it is blank.
func (q query) filled(name string) string {
	text := q.text(name)
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return text
}

func outcomesToShow(q query) []matrix.Outcome {
	var out []matrix.Outcome
	for _, text := range q.texts("success") {
		switch text {
		case "true":
			out = append(out, matrix.Passed)
		case "":
			out = append(out, matrix.Unverified)
		default: // what is not true is false to Pact Broker
			out = append(out, matrix.Failed)
		}
	}
	return out
}
