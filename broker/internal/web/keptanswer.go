package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

// keptAnswerPage is an answer that the gate gave to somebody who asked, as it was then.
type keptAnswerPage struct {
	base
	Parents kit.Links
	Answer  kit.Answer
	Facts   kit.Facts
	// Why counts the causes, of which some are told at a time.
	Why        string
	Causes     []kit.Cause
	MoreCauses kit.Pager
}

func (*keptAnswerPage) template() string { return "keptanswer" }

func (w *web) keptAnswer(r *http.Request) (page, error) {
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil {
		return nil, kernel.Errorf(kernel.CodeNotFound, "Answers have numbers, and %q is none.", r.PathValue("number"))
	}
	a, err := w.service.Gate.FindGateAnswer(r.Context(), number)
	if err != nil {
		return nil, err
	}
	return w.keptAnswerPage(w.links(r), r.URL.Query(), a), nil
}

func (w *web) keptAnswerPage(l links.Links, query url.Values, a kernel.GateAnswer) *keptAnswerPage {
	p := &keptAnswerPage{
		base: base{title: fmt.Sprintf("Answer %d of the gate", a.Number), twin: api.GateAnswer(a.Number)}, Parents: kit.Links{{Text: "Can I deploy?", URL: l.GatePage("", "", ""), Own: true}},
		Answer: kit.Answer{Verdict: decisionVerdict(matrix.Tell(a.Verdict, a.Counts, a.Explanations), a.Counts)},
	}
	p.Answer.Sentence = fmt.Sprintf("The answer was “%s” then. It may be another one now.", p.Answer.Verdict.Word)
	for _, n := range a.Notices {
		p.Answer.Reasons = append(p.Answer.Reasons, n.Text)
	}
	p.Answer.Reasons = firstOfMany(p.Answer.Reasons)
	for _, s := range a.Question.Selectors {
		asked := kit.Cell{kit.Link{Text: s.Pacticipant, URL: l.ApplicationPage(s.Pacticipant)}}
		if s.Version != "" {
			asked = append(asked, versionOf(l, s.Pacticipant, s.Version))
		} else {
			asked = append(asked, kit.Mono{Text: selectorWords(s)})
		}
		p.Facts.Add("Asked about", asked...)
	}
	p.Facts.Add("To", kit.Text{Text: targetWords(a.Question.Target)})
	if len(a.Question.Ignore) > 0 {
		p.Facts.Add("Ignoring", kit.Text{Text: joinSelectors(a.Question.Ignore)})
	}
	p.Facts.Add("Asked by", askerCell(a.Question.Asker)...)
	p.Facts.Add("Given", w.moment(a.LastAt).InFull())
	if a.Times > 1 {
		p.Facts.Add("As often as", kit.Text{Text: wording.Count(a.Times, "time") + " in a row, first"}, w.moment(a.FirstAt))
	}
	if q := a.Question; len(q.Selectors) == 1 && q.Selectors[0].Version != "" && q.Target.Environment != "" {
		p.Facts.Add("Now", kit.Link{Text: "what the answer is now", URL: l.GatePage(q.Selectors[0].Pacticipant, q.Selectors[0].Version, q.Target.Environment), Own: true})
	}
	var causes []kit.Cause
	for _, e := range a.Explanations {
		causes = append(causes, causeOf(l, e, kit.Time{}, nil))
	}
	p.Causes, p.MoreCauses = cutList(query, "causes-page", causes, causesOnGate)
	p.MoreCauses.Of = "causes"
	p.Why = "Why"
	if len(causes) > 1 {
		p.Why = "Why: " + wording.Count(len(causes), "cause")
	}
	return p
}

// noticesOfAnswer is how many sentences stand above the causes, which say the same.
const noticesOfAnswer = 5

func firstOfMany(all []string) []string {
	if more := len(all) - noticesOfAnswer; more > 0 {
		return append(all[:noticesOfAnswer:noticesOfAnswer], "And "+strings.TrimSpace(wording.Count(more, "more reason"))+", below.")
	}
	return all
}
