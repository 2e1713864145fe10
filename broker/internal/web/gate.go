package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/treatyhq/treaty/broker/internal/advice"
	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// suggestions bounds the list of names offered while typing.
const suggestions = 200

type gatePage struct {
	base
	Application, Asked string
	Form               kit.Form
	Answer             *gateAnswer
	History            kit.Table
}

func (*gatePage) template() string { return "gate" }

// gateForm is the question.
func gateForm(application, version string, applications []string, environments ...kit.Option) kit.Form {
	return kit.Form{Method: "get", Inline: true, Submit: "Ask", Fields: []kit.Field{
		{ID: "application", Name: "application", Label: "Application", Value: application, Suggestions: applications, Required: true},
		{ID: "version", Name: "version", Label: "Version", Value: version, Placeholder: "newest of the main branch"},
		{ID: "to", Name: "to", Label: "To", Kind: "select", Options: environments},
	}}
}

type gateAnswer struct {
	Answer kit.Answer
	Causes []kit.Cause
	Pairs  kit.Table
	// Matrix leads to all that is known of the pairs.
	Matrix kit.Links
	CLI    kit.Code
}

func (w *web) gate(r *http.Request) (page, error) {
	ctx, query := r.Context(), r.URL.Query()
	p := &gatePage{base: base{title: "Can I deploy?"}, Application: query.Get("application"), Asked: query.Get("version")}
	known, err := w.service.Registry.ListPacticipants(ctx, kernel.PacticipantQuery{Page: kernel.Page{Number: 1, Size: suggestions}})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, n := range known.Items {
		names = append(names, n.Name)
	}
	environments, err := w.service.Registry.ListEnvironments(ctx, "")
	if err != nil {
		return nil, err
	}
	var places []kit.Option
	for _, e := range kernel.ProductionFirst(environments) {
		places = append(places, kit.Option{Value: e.Name, Text: e.Name, Current: e.Name == query.Get("to")})
	}
	p.Form = gateForm(p.Application, p.Asked, names, places...)
	if p.Application == "" {
		return p, nil
	}
	if p.History, err = w.history(ctx, w.links(r), p.Application); err != nil {
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
			p.Form.Fields[0].Error = sentence(err)
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
		p.Form.Problem = sentence(err)
		return nil
	default:
		return err
	}
	p.Asked, p.Form.Fields[1].Value = version, version
	p.twin = canIDeploy(p.Application, version, to)
	p.Answer = w.gateAnswer(w.links(r), p.Application, version, to, answer)
	return nil
}

func (w *web) gateAnswer(l links.Links, application, version, to string, answer gate.MatrixAnswer) *gateAnswer {
	d := answer.Decision
	out := &gateAnswer{
		Answer: kit.Answer{Verdict: decisionVerdict(d.Headline(), d.Counts)}, Pairs: w.pairsTable(l, worstFirst(answer.Rows)), CLI: kit.Code{Text: advice.Ask(l, application, version, to).Line},
	}
	there := matrix.Selector{Environment: to}
	for _, side := range []struct {
		words              string
		consumer, provider matrix.Selector
	}{
		{application + " as a consumer", matrix.Selector{Pacticipant: application, Version: version}, there},
		{application + " as a provider", there, matrix.Selector{Pacticipant: application, Version: version}},
	} {
		out.Matrix = append(out.Matrix, kit.Link{Text: side.words, URL: l.MatrixPage(matrixAddress(overview.MatrixQuery{Consumer: side.consumer, Provider: side.provider}))})
	}
	switch d.Headline() {
	case matrix.HeadlineYes:
		out.Answer.Sentence = fmt.Sprintf("Yes, %s %s may go to %s.", application, kit.Short(version), to)
		if d.Counts.Success == 0 {
			out.Answer.Sentence = fmt.Sprintf("Yes, %s %s may go to %s: nothing had to be proven.", application, kit.Short(version), to)
		}
	case matrix.HeadlineDoubt:
		out.Answer.Sentence = fmt.Sprintf("Yes, %s %s may go to %s, but a contract is missing that was there before.", application, kit.Short(version), to)
	case matrix.HeadlineNo:
		out.Answer.Sentence = fmt.Sprintf("No, %s %s may not go to %s.", application, kit.Short(version), to)
	default:
		out.Answer.Sentence = fmt.Sprintf("Not yet: something about %s %s in %s is not proven.", application, kit.Short(version), to)
	}
	if d.Verdict == matrix.Deployable || len(d.Explanations) == 0 {
		for _, n := range d.Notices() {
			out.Answer.Reasons = append(out.Answer.Reasons, n.Text)
		}
	}
	for _, e := range d.Explanations {
		out.Causes = append(out.Causes, causeOf(l, e))
	}
	return out
}

func causeOf(l links.Links, e matrix.Explanation) kit.Cause {
	cause := kit.Cause{
		Verdict: kit.Unknown("not proven"), Title: kit.Link{Text: causeTitle(e.Cause)}, Sentence: e.Sentence, Owner: owner(e), Commands: commandLines(l, e.Steps),
	}
	switch {
	case e.Cause == matrix.CauseFailed:
		cause.Verdict = kit.No("failed")
	case !e.Blocking:
		cause.Verdict = kit.Doubt("look")
	}
	if e.ResultNumber != 0 {
		cause.Evidence = append(cause.Evidence, kit.Link{Text: "the result", URL: l.ResultPage(e.Consumer, e.Provider, e.SHA, strconv.FormatInt(e.ResultNumber, 10))})
	}
	if e.Consumer != "" && e.Provider != "" && e.ConsumerVersion != "" && e.SHA != "" {
		cause.Evidence = append(cause.Evidence, kit.Link{Text: "the contract", URL: l.ContractPage(e.Consumer, e.Provider, e.ConsumerVersion)})
	}
	return cause
}

// canIDeploy is the address of the API that answers the same.
func canIDeploy(application, version, environment string) string {
	return api.Template("/can-i-deploy?" + url.Values{"pacticipant": {application}, "version": {version}, "environment": {environment}}.Encode())
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
