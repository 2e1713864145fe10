package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/links"
	"github.com/treatyhq/treaty/broker/matrix"
	"github.com/treatyhq/treaty/internal/visible"
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
	Title, Text, Owner, Command string
}

func (w *web) gate(r *http.Request) (page, error) {
	ctx, query := r.Context(), r.URL.Query()
	p := &gatePage{base: base{title: "Can I deploy?"}, Application: query.Get("application"), Asked: query.Get("version")}
	names, err := w.service.ListPacticipants(ctx, broker.PacticipantQuery{Page: broker.Page{Number: 1, Size: suggestions}})
	if err != nil {
		return nil, err
	}
	for _, n := range names.Items {
		p.Applications = append(p.Applications, n.Name)
	}
	environments, err := w.service.ListEnvironments(ctx, "")
	if err != nil {
		return nil, err
	}
	for _, e := range environments {
		p.Environments = append(p.Environments, choice{e.Name, e.Name == query.Get("to")})
	}
	if p.Application == "" {
		return p, nil
	}
	return p, w.answer(r, p, query.Get("to"))
}

// answer asks the gate. What the reader can mend is shown on the page.
func (w *web) answer(r *http.Request, p *gatePage, to string) error {
	ctx := r.Context()
	version := p.Asked
	if version == "" {
		newest, err := w.newestVersion(ctx, p.Application)
		if broker.CodeOf(err) == broker.CodeNotFound && err != nil {
			p.Problem = sentence(err)
			return nil
		}
		if err != nil {
			return err
		}
		version = newest.Number
	}
	answer, err := w.service.CanIDeploy(ctx, broker.CanIDeployQuery{Pacticipant: p.Application, Version: version, Environment: to})
	switch code := broker.CodeOf(err); {
	case err == nil:
	case code == broker.CodeNotFound, code == broker.CodeInvalid:
		p.Problem = sentence(err)
		return nil
	default:
		return err
	}
	p.Asked = version
	p.Answer = w.gateAnswer(w.links(r), p.Application, version, to, answer)
	return nil
}

func (w *web) gateAnswer(l links.Links, application, version, to string, answer broker.MatrixAnswer) *gateAnswer {
	d := answer.Decision
	out := &gateAnswer{
		Status: verdictStatus(d.Verdict), Pairs: w.pairRows(l, answer.Rows),
		CLI: fmt.Sprintf("treaty can-i-deploy --pacticipant %s --version %s --to-environment %s --broker-base-url %s",
			quote(application), quote(version), quote(to), quote(l.Base())),
	}
	switch d.Verdict {
	case matrix.Deployable:
		out.Sentence = fmt.Sprintf("Yes, %s %s may go to %s.", application, short(version), to)
	case matrix.NotDeployable:
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
		out.Causes = append(out.Causes, causeBlock{
			Title: causeTitle(e.Cause), Text: e.Sentence, Owner: owner(e), Command: strings.Join(quoteAll(e.Command), " "),
		})
	}
	return out
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

// quote makes an argument safe to paste into a shell.
func quote(arg string) string {
	if visible.Any(arg) {
		return quoteHidden(arg)
	}
	if arg != "" && strings.Trim(arg, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@+,") == "" {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}

func quoteAll(args []string) []string {
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = quote(a)
	}
	return out
}
