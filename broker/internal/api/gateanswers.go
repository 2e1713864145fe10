package api

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/internal/hal"
)

// mostGateAnswers is how many kept answers one page shows at most.
const mostGateAnswers = 500

// listGateAnswers answers which decisions were given before, newest first.
func (a *API) listGateAnswers(c echo.Context) error {
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	limit := 0
	if text := q.filled("limit"); text != "" {
		limit, err = strconv.Atoi(text)
		if err != nil || limit < 1 || limit > mostGateAnswers {
			return kernel.Fields{"limit": {"must be a number from 1 to " + strconv.Itoa(mostGateAnswers)}}.Err()
		}
	}
	answers, err := a.service.Gate.ListGateAnswers(c.Request().Context(), kernel.GateHistoryQuery{
		Pacticipant: q.filled("pacticipant"), Version: q.filled("version"), Limit: limit,
	})
	if err != nil {
		return err
	}
	l := a.links(c)
	docs := make([]*hal.Resource, 0, len(answers))
	for _, answer := range answers {
		docs = append(docs, gateAnswerDoc(l, answer))
	}
	return writeHAL(c, http.StatusOK, hal.New().Embed("answers", docs).
		Link("self", hal.Link{Href: a.requestURL(c), Title: "Answers of the gate"}))
}

// getGateAnswer shows one kept answer again.
func (a *API) getGateAnswer(c echo.Context) error {
	number, err := strconv.ParseInt(c.Param("number"), 10, 64)
	if err != nil {
		return kernel.Errorf(kernel.CodeNotFound, "there is no kept answer named %s: they have numbers", c.Param("number"))
	}
	answer, err := a.service.Gate.FindGateAnswer(c.Request().Context(), number)
	if err != nil {
		return err
	}
	return writeHAL(c, http.StatusOK, gateAnswerDoc(a.links(c), answer))
}

func gateAnswerDoc(l links.Links, a kernel.GateAnswer) *hal.Resource {
	texts := make([]string, 0, len(a.Notices))
	notices := make([]*hal.Object, 0, len(a.Notices))
	for _, n := range a.Notices {
		texts = append(texts, n.Text)
		notices = append(notices, new(hal.Object).Set("type", string(n.Level)).Set("text", n.Text))
	}
	rows := make([]*hal.Object, 0, len(a.Rows))
	for _, row := range a.Rows {
		rows = append(rows, gateRowDoc(row))
	}
	summary := new(hal.Object).
		Set("deployable", deployable(a.Verdict)).Set("reason", strings.Join(texts, "\n")).
		Set("success", a.Counts.Success).Set("failed", a.Counts.Failed).Set("unknown", a.Counts.Unknown).Set("ignored", a.Counts.Ignored)
	return hal.New().
		Set("number", a.Number).
		Set("question", gateQuestionDoc(a.Question)).
		Set("summary", summary).
		Set("notices", notices).
		Set("explanations", explanationDocs(l, a.Explanations)).
		Set("rows", rows).
		Set("askedBy", askerDoc(a.Question.Asker)).
		Set("times", a.Times).
		Set("firstAt", hal.Time(a.FirstAt)).
		Set("lastAt", hal.Time(a.LastAt)).
		Link("self", hal.Link{Href: l.GateAnswer(a.Number), Title: "Answer of the gate"})
}

// askerDoc says who asked; what is not known is null.
func askerDoc(who kernel.Asker) *hal.Object {
	return new(hal.Object).Set("principal", textOrNull(who.Principal)).Set("buildUrl", textOrNull(who.BuildURL))
}

func gateQuestionDoc(q kernel.GateQuestion) *hal.Object {
	target := q.Target
	out := new(hal.Object).
		Set("selectors", selectorDocs(q.Selectors)).
		Set("ignore", selectorDocs(q.Ignore)).
		Set("target", selectorDoc(matrix.Selector{
			Tag: target.Tag, Branch: target.Branch, MainBranch: target.MainBranch, Environment: target.Environment, Latest: target.Latest,
		})).
		Set("latestby", string(q.LatestBy))
	if q.Original {
		out.Set("originalDecisions", true)
	}
	return out
}

func selectorDocs(list []matrix.Selector) []*hal.Object {
	out := make([]*hal.Object, 0, len(list))
	for _, s := range list {
		out = append(out, selectorDoc(s))
	}
	return out
}

// selectorDoc writes what is set, in the words of the query string.
func selectorDoc(s matrix.Selector) *hal.Object {
	out := new(hal.Object)
	for _, member := range [][2]string{
		{"pacticipant", s.Pacticipant}, {"version", s.Version}, {"branch", s.Branch}, {"tag", s.Tag}, {"environment", s.Environment},
	} {
		if member[1] != "" {
			out.Set(member[0], member[1])
		}
	}
	if s.MainBranch {
		out.Set("mainBranch", true)
	}
	if s.Latest {
		out.Set("latest", true)
	}
	return out
}

func gateRowDoc(r kernel.GateRow) *hal.Object {
	out := new(hal.Object).
		Set("consumer", r.Consumer).Set("consumerVersion", r.ConsumerVersion).
		Set("provider", r.Provider).Set("providerVersion", textOrNull(r.ProviderVersion)).
		Set("outcome", outcomeWord(r.Outcome)).Set("pactVersion", r.SHA)
	if r.ResultNumber != 0 {
		out.Set("verificationResult", r.ResultNumber)
	}
	if len(r.Unproven) > 0 {
		out.Set("unproven", r.Unproven)
	}
	if r.Ignored {
		out.Set("ignored", true)
	}
	return out
}

func outcomeWord(o matrix.Outcome) string {
	switch o {
	case matrix.Passed:
		return "success"
	case matrix.Failed:
		return "failed"
	default:
		return "unverified"
	}
}
