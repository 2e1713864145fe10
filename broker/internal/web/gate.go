package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/advice"
	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

// suggestions bounds the list of names offered while typing.
const suggestions = 200

type gatePage struct {
	base
	Application, Asked string
	Form               kit.Form
	// NoPlace stands where there is no environment to ask about.
	NoPlace kit.Empty
	// NoVersion offers versions where there is none of the number that was asked about.
	NoVersion kit.Empty
	Answer    *gateAnswer
	History   kit.Table
}

func (*gatePage) template() string { return "gate" }

// gateForm is the question. No environment is chosen for who asks, unless there is only
// one: a yes about another one is a wrong answer.
func gateForm(application, version string, applications []string, environments ...kit.Option) kit.Form {
	if len(environments) != 1 {
		environments = slices.Concat([]kit.Option{{Text: "choose one", Current: !slices.ContainsFunc(environments, func(o kit.Option) bool { return o.Current })}}, environments)
	}
	return kit.Form{Method: "get", Inline: true, Submit: "Ask", Fields: []kit.Field{
		{ID: "application", Name: "application", Label: "Application", Value: application, Suggestions: applications, Required: true},
		{ID: "version", Name: "version", Label: "Version", Value: version, Placeholder: "newest of the main branch"},
		{ID: "to", Name: "to", Label: "To", Kind: "select", Options: environments, Required: true},
	}}
}

type gateAnswer struct {
	Answer kit.Answer
	// Facts say what the question was about, and who answers for the place.
	Facts kit.Facts
	// Why counts the causes, of which some are told at a time.
	Why        string
	Causes     []kit.Cause
	MoreCauses kit.Pager
	Pairs      kit.Table
	// Matrix leads to all that is known of the pairs.
	Matrix kit.Links
	CLI    kit.Code
}

func (w *web) gate(r *http.Request) (page, error) {
	ctx, query := r.Context(), r.URL.Query()
	p := &gatePage{base: base{title: "Can I deploy?"}, Application: query.Get("application"), Asked: query.Get("version")}
	choices, err := w.service.Overview.LookAtQuestion(ctx, p.Application, suggestions)
	if err != nil {
		return nil, err
	}
	to := strings.TrimSpace(query.Get("to"))
	var places []kit.Option
	for _, e := range choices.Environments {
		places = append(places, kit.Option{Value: e.Name, Text: e.Name, Current: e.Name == to})
	}
	p.Form = gateForm(p.Application, p.Asked, choices.Names, places...)
	switch twice := givenTwice(query, "application", "version", "to"); {
	case twice != "":
		p.Form.Problem = fmt.Sprintf("The address has %q more than once, and a question is about one. Leave one of them.", twice)
		return p, nil
	case p.Application == "":
		return p, nil
	case !choices.Known:
		p.Form.Fields[0].Error = fmt.Sprintf("There is no application named %q.%s", p.Application, choices.Near)
		return p, nil
	}
	if p.History, err = w.history(ctx, w.links(r), p.Application); err != nil {
		return nil, err
	}
	switch {
	case len(choices.Environments) == 0 && to == "":
		p.NoPlace = noEnvironment(w.links(r))
		return p, nil
	case to == "":
		p.Form.Fields[2].Error = "Choose where it would go."
		return p, nil
	}
	return p, w.answer(r, p, choices, to)
}

// answer asks the gate. What the reader can mend is shown on the page.
func (w *web) answer(r *http.Request, p *gatePage, choices overview.QuestionChoices, to string) error {
	ctx := r.Context()
	version := cmp.Or(p.Asked, choices.Newest.Number)
	if p.Asked != "" {
		alike, err := w.service.Overview.LookForVersion(ctx, p.Application, version)
		if err != nil {
			return err
		}
		if !alike.Known {
			p.noSuchVersion(w.links(r), alike, to)
			return nil
		}
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
	facts, err := w.service.Overview.LookAtExplanations(ctx, answer.Decision.Explanations)
	if err != nil {
		return err
	}
	asked := p.Asked
	p.Asked, p.Form.Fields[1].Value = version, version
	p.twin = canIDeploy(p.Application, version, to)
	p.Answer = w.gateAnswer(w.links(r), r.URL.Query(), gateQuestion{p.Application, version, to}, answer, facts)
	if asked == "" {
		p.Answer.Facts.Add("Chosen as", kit.Text{Text: chosenAs(choices)})
	}
	for _, e := range choices.Environments {
		if e.Name == to {
			addContacts(&p.Answer.Facts, []kernel.Environment{e})
		}
	}
	return nil
}

// givenTwice is the first of the parameters that the address gives more than once, ""
// if none is.
func givenTwice(query url.Values, names ...string) string {
	for _, name := range names {
		if len(query[name]) > 1 {
			return name
		}
	}
	return ""
}

// noSuchVersion says that nothing is known of a version, and offers those that are meant
// most likely. That is no answer: a version that is written short has one of its own.
func (p *gatePage) noSuchVersion(l links.Links, alike overview.VersionsAlike, to string) {
	p.Form.Fields[1].Error = fmt.Sprintf("%s has no version %q.", p.Application, p.Asked)
	p.NoVersion = kit.Empty{Text: "Nothing is known of that version, so a pipeline that asks about it is told no. It comes with its first contract, its first verification or its first branch.", Links: kit.Links{{Text: "the versions of " + p.Application, URL: l.ApplicationPage(p.Application)}}}
	if len(alike.Numbers) > 0 {
		p.NoVersion.Text = "Nothing is known of that version. Did you mean one of these?"
		p.NoVersion.Links = nil
		for _, number := range alike.Numbers {
			p.NoVersion.Links = append(p.NoVersion.Links, kit.Link{Text: number, URL: l.GatePage(p.Application, number, to)})
		}
	}
}

// chosenAs says which version a question without one is about.
func chosenAs(c overview.QuestionChoices) string {
	switch {
	case c.OnMain:
		return "the newest version of the main branch, " + c.MainBranch
	case c.MainBranch != "":
		return "the latest version, as none of the main branch, " + c.MainBranch + ", is known"
	default:
		return "the latest version, as no main branch is known"
	}
}

// gateQuestion is what was asked.
type gateQuestion struct{ application, version, to string }

// causesOnGate is how many causes the page tells at a time.
const causesOnGate = 20

func (w *web) gateAnswer(l links.Links, query url.Values, q gateQuestion, answer gate.MatrixAnswer, facts overview.ExplanationFacts) *gateAnswer {
	d := answer.Decision
	out := &gateAnswer{
		Answer: kit.Answer{Verdict: decisionVerdict(d.PageHeadline(), d.Counts), Sentence: gateSentence(q, d)},
		Pairs:  w.pairsTable(l, worstFirst(answer.Rows)), CLI: kit.Code{Text: advice.Ask(l, q.application, q.version, q.to).Line},
	}
	out.Pairs.Sort(query)
	out.Pairs.Cut(query, pageSize)
	there, asked := matrix.Selector{Environment: q.to}, matrix.Selector{Pacticipant: q.application, Version: q.version}
	for _, side := range []struct {
		words              string
		consumer, provider matrix.Selector
	}{{q.application + " as a consumer", asked, there}, {q.application + " as a provider", there, asked}} {
		out.Matrix = append(out.Matrix, kit.Link{Text: side.words, URL: l.MatrixPage(matrixAddress(overview.MatrixQuery{Consumer: side.consumer, Provider: side.provider}))})
	}
	out.Facts.Add("Version", kit.Text{Text: q.application}, versionOf(l, q.application, q.version))
	out.Facts.Add("To", kit.Link{Text: q.to, URL: l.EnvironmentPage(q.to)})
	if d.Verdict == matrix.Deployable || len(d.Explanations) == 0 {
		for _, n := range d.Notices() {
			out.Answer.Reasons = append(out.Answer.Reasons, n.Text)
		}
	}
	if d.Doubtful > 0 {
		out.Answer.Reasons = append(out.Answer.Reasons, doubtfulSuccesses(d))
	}
	var causes []kit.Cause
	for i, e := range d.Explanations {
		causes = append(causes, causeOf(l, e, w.moment(facts.Since[i]), owners(facts.Owners)))
	}
	out.Causes, out.MoreCauses = cutList(query, "causes-page", causes, causesOnGate)
	out.MoreCauses.Of = "causes"
	out.Why = "Why"
	if len(causes) > 1 {
		out.Why = "Why: " + wording.Count(len(causes), "cause")
	}
	return out
}

// gateSentence is the answer in one sentence.
func gateSentence(q gateQuestion, d matrix.Decision) string {
	what := fmt.Sprintf("%s %s", q.application, kit.Short(q.version))
	switch d.PageHeadline() {
	case matrix.HeadlineYes:
		if d.Counts.Success == 0 {
			return fmt.Sprintf("Yes, %s may go to %s: nothing had to be proven.", what, q.to)
		}
		return fmt.Sprintf("Yes, %s may go to %s.", what, q.to)
	case matrix.HeadlineDoubt:
		if onlyByTests(d) {
			return fmt.Sprintf("Yes, %s may go to %s, but the tests of a result do not bear it out.", what, q.to)
		}
		return fmt.Sprintf("Yes, %s may go to %s, but a contract is missing that was there before.", what, q.to)
	case matrix.HeadlineNo:
		return fmt.Sprintf("No, %s may not go to %s.", what, q.to)
	default:
		return fmt.Sprintf("Not yet: something about %s in %s is not proven.", what, q.to)
	}
}

func causeOf(l links.Links, e matrix.Explanation, since kit.Time, owners owners) kit.Cause {
	cause := kit.Cause{
		Verdict: causeVerdict(e.Cause, e.Blocking), Title: kit.Link{Text: causeTitle(e.Cause)}, Sentence: e.Sentence, Since: since,
		Asked: e.Asked, Owner: e.NextStep, Whose: owners.cell(l, e.Owner), Commands: commandLines(l, e.Steps),
	}
	contract := e.Consumer != "" && e.Provider != "" && e.ConsumerVersion != "" && e.SHA != ""
	if contract {
		cause.Title.URL = l.ContractPage(e.Consumer, e.Provider, e.ConsumerVersion)
	}
	if e.ResultNumber != 0 {
		result := l.ResultPage(e.Consumer, e.Provider, e.SHA, strconv.FormatInt(e.ResultNumber, 10))
		cause.Title.URL = result
		cause.Evidence = append(cause.Evidence, kit.Link{Text: "the result", URL: result})
	}
	if contract {
		cause.Evidence = append(cause.Evidence, kit.Link{Text: "the contract", URL: l.ContractPage(e.Consumer, e.Provider, e.ConsumerVersion)},
			kit.Link{Text: e.Consumer + " " + kit.Short(e.ConsumerVersion), URL: l.VersionPage(e.Consumer, e.ConsumerVersion)})
	}
	for _, version := range e.ProviderVersions {
		cause.Evidence = append(cause.Evidence, kit.Link{Text: e.Provider + " " + kit.Short(version), URL: l.VersionPage(e.Provider, version)})
	}
	if e.Consumer != "" && e.Provider != "" {
		cause.Evidence = append(cause.Evidence, kit.Link{Text: "since which version", URL: l.MatrixOfPairPage(e.Consumer, e.Provider)})
	}
	return cause
}

// canIDeploy is the address of the API that answers the same.
func canIDeploy(application, version, environment string) string {
	return api.Template("/can-i-deploy?" + url.Values{"pacticipant": {application}, "version": {version}, "environment": {environment}}.Encode())
}

func causeTitle(c matrix.Cause) string {
	switch c {
	case matrix.CauseNeverVerified:
		return "Never verified"
	case matrix.CauseFailed:
		return "Verification failed"
	case matrix.CauseNotPublished:
		return "Not published"
	case matrix.CauseOnlyInRollout:
		return "There for a rollout only"
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
