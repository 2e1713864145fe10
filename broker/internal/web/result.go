package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/treatyhq/treaty/broker/internal/advice"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/wording"
)

type resultPage struct {
	base
	Consumer, Provider kit.Link
	Answer             kit.Answer
	Facts              kit.Facts
	// Counts tells of all tests, Failures shows those that failed, as far as there
	// is room; More counts the others.
	Counts   string
	Failures []kit.Interaction
	More     string
	Passed   []kit.Interaction
	// MorePassed counts those that passed and are not among them.
	MorePassed string
	// Where says where the commands that run it again belong.
	Where   string
	Again   []kit.Code
	Recent  kit.Table
	Details kit.Code
}

func (*resultPage) template() string { return "result" }

// detailsShown bounds what is shown of what a verifier sent, in bytes.
const detailsShown = 128 << 10

func (w *web) result(r *http.Request) (page, error) {
	consumer, provider, sha := r.PathValue("consumer"), r.PathValue("provider"), r.PathValue("sha")
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil || number < 1 {
		return nil, kernel.Errorf(kernel.CodeNotFound, "Results are numbered from 1.")
	}
	answer, err := w.service.Overview.LookAtResult(r.Context(), kernel.VerificationQuery{
		Pact: kernel.PactQuery{Consumer: consumer, Provider: provider, SHA: sha}, Number: number,
	})
	if err != nil {
		return nil, err
	}
	p := w.resultPage(w.links(r), answer)
	leave, err := w.enter(r.Context(), len(answer.TestResults)+len(answer.Body))
	if err != nil {
		return nil, err
	}
	defer leave()
	p.show(answer)
	var pretty bytes.Buffer
	if len(answer.TestResults) > 0 && json.Indent(&pretty, answer.TestResults, "", "  ") == nil {
		p.Details.Text = shown(pretty.String(), detailsShown, pretty.Len())
	}
	return p, nil
}

// resultPage shows what is known of a result besides its tests.
func (w *web) resultPage(l links.Links, a overview.ResultAnswer) *resultPage {
	consumer, provider := a.Consumer.Name, a.Provider.Name
	p := &resultPage{
		base:     base{title: fmt.Sprintf("Result %d: %s → %s", a.Number, consumer, provider), twin: api.Pair(provider, consumer).Result(a.SHA, a.Number)},
		Consumer: kit.Link{Text: consumer, URL: l.ApplicationPage(consumer)}, Provider: kit.Link{Text: provider, URL: l.ApplicationPage(provider)},
		Answer: kit.Answer{Verdict: verificationStatus(a.Verification), Sentence: fmt.Sprintf("%s %s gives %s what it expects.", provider, kit.Short(a.ProviderVersion.Number), consumer)},
		Recent: w.recentResults(l, a),
	}
	if !a.Success {
		p.Answer.Sentence = fmt.Sprintf("%s %s does not give %s what it expects.", provider, kit.Short(a.ProviderVersion.Number), consumer)
		if a.Pending != nil && *a.Pending {
			p.Answer.Reasons = []string{"The contract was pending, so that this did not fail the build of " + provider + "."}
		}
	}
	p.Facts.Add("Provider version", versionOf(l, provider, a.ProviderVersion.Number), kit.Muted{Text: branchNames(a.ProviderBranches)})
	if v := a.ConsumerVersion.Number; v != "" {
		p.Facts.Add("Contract", kit.Link{Text: consumer + " → " + provider, URL: l.ContractPage(consumer, provider, v)}, kit.Text{Text: "with the content of"}, versionOf(l, consumer, v))
	}
	p.Facts.Add("Recorded", w.moment(a.CreatedAt).InFull())
	if a.BuildURL != "" {
		p.Facts.Add("Build", kit.Outside{Address: a.BuildURL})
	}
	var gates kit.Links
	for _, e := range a.Environments {
		gates = append(gates, kit.Link{Text: e.Name, URL: l.GatePage(provider, a.ProviderVersion.Number, e.Name)})
	}
	if len(gates) > 0 {
		p.Facts.Add("May "+provider+" go to", gates)
	}
	p.Where = fmt.Sprintf("In the folder of %s at version %s, with the provider running at %s:", provider, kit.Short(a.ProviderVersion.Number), advice.Provider)
	p.Again = commandLines(l, []matrix.Step{{Do: matrix.Verify, Application: provider, Version: a.ProviderVersion.Number, Consumer: consumer, SHA: a.SHA}})
	return p
}

// show tells the tests of a result, those that failed first.
func (p *resultPage) show(a overview.ResultAnswer) {
	tests := result.ReadTests(a.TestResults)
	newest := &newestResult{success: a.Success, tests: tests}
	var all []judged
	// A document that cannot be read as a pact has no interactions.
	if document, err := contract.Decode(a.Body); err == nil {
		all = judge(document.Interactions, newest)
	}
	told := tellingOf(newest, all)
	p.doubt(a, told)
	if len(tests.All) == 0 {
		if tests.Empty {
			p.Counts = "The list of tests is empty: nothing was tried"
		}
		return
	}
	p.Counts = countsOf(tests, told)
	p.list(tests, all)
}

// doubt says where a success is not borne out by its tests.
func (p *resultPage) doubt(a overview.ResultAnswer, t telling) {
	if t.borneOut() {
		return
	}
	p.Answer.Verdict = t.verdict(a.Verification)
	p.Answer.Sentence = fmt.Sprintf("Whether %s %s gives %s what it expects is not certain.", a.Provider.Name, kit.Short(a.ProviderVersion.Number), a.Consumer.Name)
	p.Answer.Reasons = append(p.Answer.Reasons, t.sentence(), gateGoesBy)
}

// countsOf counts the tests, those that do not count yet apart, and the interactions that
// none of them tells of.
func countsOf(tests result.Tests, t telling) string {
	passed, _ := tests.Counts()
	failed, pending := tests.Failures()
	text := fmt.Sprintf("%d failed, %d passed", failed, passed)
	if pending > 0 {
		text += fmt.Sprintf(", %d failed while pending", pending)
	}
	if t.Untried > 0 {
		text += fmt.Sprintf(", %d not tried", t.Untried)
	}
	return text
}

// list shows the tests of interactions, and of what the contract does not have.
func (p *resultPage) list(tests result.Tests, all []judged) {
	var failures, others []judged
	told := map[string]bool{}
	for _, j := range all {
		told["id "+j.test.ID], told["description "+j.test.Description] = true, true
		switch j.verdict.Class {
		case kit.ClassNo:
			failures = append(failures, j)
		case kit.ClassYes:
			others = append(others, j)
		case kit.ClassUnknown, kit.ClassNone: // it was not tried
		}
	}
	blocks, left := showInteractions(failures)
	room := interactionsShown - len(blocks)
	more := len(failures) - len(blocks)
	for _, t := range tests.All {
		switch {
		case t.Passed || t.ID != "" && told["id "+t.ID] || t.ID == "" && told["description "+t.Description]:
		case left != "" || room == 0:
			more++
		default:
			blocks, room = append(blocks, untold(t)), room-1
		}
	}
	for i := range blocks {
		blocks[i].Open = i < failuresOpen
	}
	p.Failures = blocks
	if more > 0 {
		p.More = wording.Count(more, "more failure")
	}
	for _, j := range others[:min(len(others), interactionsAtOnce)] {
		p.Passed = append(p.Passed, j.line())
	}
	if more := len(others) - len(p.Passed); more > 0 {
		p.MorePassed = fmt.Sprintf("and %d more", more)
	}
}

// untold is a test of something that the contract does not have, by what the
// verifier calls it.
func untold(t result.Test) kit.Interaction {
	b := kit.Interaction{Kind: "Interaction", Title: t.Description, Verdict: kit.No("failed"), Given: t.States, Why: comparison(t)}
	if t.Pending {
		b.Verdict = kit.No("failed, pending")
	}
	if b.Title == "" {
		b.Title = kit.Short(t.ID)
	}
	return b
}

// recentResults are those before and after, each with its page.
func (w *web) recentResults(l links.Links, a overview.ResultAnswer) kit.Table {
	t := recentTable()
	for _, r := range a.Recent {
		number := kit.Cell{kit.Link{Text: strconv.FormatInt(r.Number, 10), URL: l.ResultPage(a.Consumer.Name, a.Provider.Name, r.SHA, strconv.FormatInt(r.Number, 10))}}
		if r.ID == a.ID {
			number = kit.Cell{kit.Text{Text: strconv.FormatInt(r.Number, 10)}, kit.Muted{Text: "this one"}}
		}
		t.Rows = append(t.Rows, kit.Row{
			number, {resultStatus(r.Success, r.Telling)}, {versionOf(l, a.Provider.Name, r.ProviderVersion.Number)}, {versionOf(l, a.Consumer.Name, r.ConsumerVersion.Number)}, {w.moment(r.CreatedAt)},
		})
	}
	return t
}

func recentTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "recent", Caption: "The newest results of the two, the newest first", Columns: []kit.Column{
		{Title: "Result"}, {Title: "Verdict"}, {Title: "Provider version"}, {Title: "Same content as"}, {Title: "When"},
	}, Rows: rows}
}
