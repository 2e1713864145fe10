package web

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/treatyhq/treaty/broker/internal/advice"
	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// suggestions bounds the list of names offered while typing.
const suggestions = 200

type gatePage struct {
	base
	Application, Asked string
	Applications       []string
	Environments       []choice
	Problem            string
	Answer             *gateAnswer
	History            []answerRow
}

func (*gatePage) template() string { return "gate" }

type choice struct {
	Text    string
	Current bool
}

type gateAnswer struct {
	Status   status
	Sentence string
	Reasons  []string
	Causes   []causeBlock
	Pairs    []pairRow
	CLI      string
}

// causeBlock tells one cause, who owns it and the way out.
type causeBlock struct {
	Title, Text, Owner string
	Commands           []string
	// Result leads to the result that is the evidence.
	Result string
}

func (w *web) gate(r *http.Request) (page, error) {
	ctx, query := r.Context(), r.URL.Query()
	p := &gatePage{base: base{title: "Can I deploy?"}, Application: query.Get("application"), Asked: query.Get("version")}
	names, err := w.service.Registry.ListPacticipants(ctx, kernel.PacticipantQuery{Page: kernel.Page{Number: 1, Size: suggestions}})
	if err != nil {
		return nil, err
	}
	for _, n := range names.Items {
		p.Applications = append(p.Applications, n.Name)
	}
	environments, err := w.service.Registry.ListEnvironments(ctx, "")
	if err != nil {
		return nil, err
	}
	for _, e := range environments {
		p.Environments = append(p.Environments, choice{e.Name, e.Name == query.Get("to")})
	}
	if p.Application == "" {
		return p, nil
	}
	if p.History, err = w.history(ctx, p.Application); err != nil {
		return nil, err
	}
	return p, w.answer(r, p, query.Get("to"))
}

// answer asks the gate. What the reader can mend is shown on the page.
func (w *web) answer(r *http.Request, p *gatePage, to string) error {
	ctx := r.Context()
	version := p.Asked
	if version == "" {
		newest, err := w.newestVersion(ctx, p.Application)
		if kernel.CodeOf(err) == kernel.CodeNotFound && err != nil {
			p.Problem = sentence(err)
			return nil
		}
		if err != nil {
			return err
		}
		version = newest.Number
	}
	answer, err := w.service.Gate.LookAtGate(ctx, gate.CanIDeployQuery{Pacticipant: p.Application, Version: version, Environment: to})
	switch code := kernel.CodeOf(err); {
	case err == nil:
	case code == kernel.CodeNotFound, code == kernel.CodeInvalid:
		p.Problem = sentence(err)
		return nil
	default:
		return err
	}
	p.Asked = version
	p.Answer = w.gateAnswer(w.links(r), p.Application, version, to, answer)
	return nil
}

func (w *web) gateAnswer(l links.Links, application, version, to string, answer gate.MatrixAnswer) *gateAnswer {
	d := answer.Decision
	out := &gateAnswer{
		Status: headlineStatus(d.Headline()), Pairs: w.pairRows(l, worstFirst(answer.Rows)), CLI: advice.Ask(l, application, version, to).Line,
	}
	switch d.Headline() {
	case matrix.HeadlineYes:
		out.Sentence = fmt.Sprintf("Yes, %s %s may go to %s.", application, short(version), to)
	case matrix.HeadlineDoubt:
		out.Sentence = fmt.Sprintf("Yes, %s %s may go to %s, but a contract is missing that was there before.", application, short(version), to)
	case matrix.HeadlineNo:
		out.Sentence = fmt.Sprintf("No, %s %s may not go to %s.", application, short(version), to)
	default:
		out.Sentence = fmt.Sprintf("Not yet: something about %s %s in %s is not proven.", application, short(version), to)
	}
	if d.Verdict == matrix.Deployable || len(d.Explanations) == 0 {
		for _, n := range d.Notices() {
			out.Reasons = append(out.Reasons, n.Text)
		}
	}
	for _, e := range d.Explanations {
		out.Causes = append(out.Causes, causeOf(l, e))
	}
	return out
}

func causeOf(l links.Links, e matrix.Explanation) causeBlock {
	block := causeBlock{Title: causeTitle(e.Cause), Text: e.Sentence, Owner: owner(e), Commands: commandLines(l, e.Steps)}
	if e.ResultNumber != 0 {
		block.Result = l.ResultPage(e.Consumer, e.Provider, e.SHA, strconv.FormatInt(e.ResultNumber, 10))
	}
	return block
}

func owner(e matrix.Explanation) string {
	switch {
	case e.Owner != "" && e.NextStep != "":
		return e.NextStep + " This is with the team of " + e.Owner + "."
	case e.Owner != "":
		return "This is with the team of " + e.Owner + "."
	default:
		return e.NextStep
	}
}

func causeTitle(c matrix.Cause) string {
	switch c {
	case matrix.CauseNeverVerified:
		return "Never verified"
	case matrix.CauseFailed:
		return "Verification failed"
	case matrix.CauseNotPublished:
		return "Not published"
	case matrix.CauseDropped:
		return "A contract that was there before"
	case matrix.CauseNoContracts:
		return "No contract, so nothing to prove"
	case matrix.CauseNotInTarget:
		return "The provider is not there"
	case matrix.CauseNotFound:
		return "Not found"
	default:
		return "The question is too wide"
	}
}
