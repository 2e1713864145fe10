package web

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/wording"
)

const (
	// interactionsAtOnce is how many interactions of a contract are on a page.
	interactionsAtOnce = 100
	// interactionsShown and textShown bound what a page shows of a contract: a
	// browser takes minutes for more, and the broker hundreds of megabytes.
	interactionsShown = 500
	textShown         = 2 << 20
	// pathShown bounds the path in the line of an interaction.
	pathShown = 300
	// failuresOpen is how many failures are told without a click.
	failuresOpen = 5
)

// judged is an interaction with what became of it, before anything is made of it
// for a page.
type judged struct {
	contract.Interaction
	verdict kit.Verdict
	test    result.Test
	// method and path, or the kind of a message.
	method, path, kind string
}

// judge says of each interaction what the newest result of the contract says of
// it, failures first.
func judge(all []contract.Interaction, newest *newestResult) []judged {
	out := make([]judged, len(all))
	for i, one := range all {
		j := judged{Interaction: one, kind: "Message"}
		common := one.Base()
		if http, isHTTP := one.(*contract.HTTP); isHTTP {
			j.method, j.path, j.kind = cmp.Or(http.Request.Method, "GET"), pathText(http.Request), ""
		}
		states := make([]string, len(common.States))
		for k, s := range common.States {
			states[k] = s.Name
		}
		j.verdict, j.test = newest.of(common.ID, common.Description, states)
		out[i] = j
	}
	slices.SortStableFunc(out, func(a, b judged) int { return interactionRank(a.verdict) - interactionRank(b.verdict) })
	return out
}

// interactionRank puts failures first and leaves all others in their order.
func interactionRank(v kit.Verdict) int {
	if v.Class == kit.ClassNo {
		return 0
	}
	return 1
}

// notTried is the word for an interaction that tests were sent without.
const notTried = "not tried"

// newestResult is the newest result of a contract; nil if there is none.
type newestResult struct {
	success bool
	tests   result.Tests
}

// of says what became of an interaction. Where the verifier sent no tests, a success is
// one of all; where it sent a list without this one, it is none of this one.
func (r *newestResult) of(id, description string, states []string) (kit.Verdict, result.Test) {
	if r == nil {
		return kit.Unknown("not verified"), result.Test{}
	}
	test, tried := r.tests.Of(id, description, states)
	switch {
	case tried && test.Passed:
		return kit.Yes("verified"), test
	case tried && test.Pending:
		return kit.No("failed, pending"), test
	case tried:
		return kit.No("failed"), test
	case len(r.tests.All) > 0, r.tests.Empty && r.success:
		return kit.None(notTried), test
	case r.success:
		return kit.Yes("verified"), test
	default:
		return kit.Unknown("not told"), test
	}
}

// countVerdicts says how many interactions have which verdict, over all of them.
func countVerdicts(all []judged) string {
	counts, order := map[string]int{}, []string{}
	for _, j := range all {
		if counts[j.verdict.Word] == 0 {
			order = append(order, j.verdict.Word)
		}
		counts[j.verdict.Word]++
	}
	texts := make([]string, len(order))
	for i, word := range order {
		texts[i] = fmt.Sprintf("%d %s", counts[word], word)
	}
	return strings.Join(texts, ", ")
}

// narrow leaves the interactions that the address asks for.
func narrow(all []judged, query url.Values) ([]judged, kit.Filter) {
	words, verdict := strings.TrimSpace(query.Get("q")), query.Get("result")
	f := kit.Filter{
		Region: "interactions", Search: &kit.Field{Name: "q", Label: "Find", Value: query.Get("q"), Placeholder: "method, path or words"},
	}
	var out []judged
	seen := map[string]bool{verdict: true, "": true}
	options := []string{}
	if verdict != "" {
		options = append(options, verdict)
	}
	for _, j := range all {
		if word := j.verdict.Word; !seen[word] {
			seen[word] = true
			options = append(options, word)
		}
		if (verdict == "" || j.verdict.Word == verdict) && j.says(strings.ToLower(words)) {
			out = append(out, j)
		}
	}
	slices.Sort(options)
	f.Facets = []kit.Facet{kit.NewFacet("result", "Result", kit.Options(options...), verdict)}
	f.Finish(query, []string{"q", "result"})
	f.Count = wording.Count(len(all), "interaction")
	if len(out) != len(all) {
		f.Count = fmt.Sprintf("%d of %s", len(out), f.Count)
	}
	return out, f
}

// says reports whether the words stand in what a reader knows it by.
func (j judged) says(words string) bool {
	return words == "" || strings.Contains(strings.ToLower(j.method+" "+j.path+" "+j.Base().Description), words)
}

// showInteractions makes what is shown of interactions, as far as a page has
// room, and says what is not shown.
func showInteractions(all []judged) (shown []kit.Interaction, more string) {
	size, ids := 0, map[string]bool{}
	for i, j := range all {
		if i == interactionsShown || size > textShown {
			return shown, fmt.Sprintf("%s more: the JSON above has all of them.", wording.Count(len(all)-i, "interaction"))
		}
		block := j.block()
		if block.ID = anchor(j.Base().ID); ids[block.ID] {
			block.ID = ""
		}
		ids[block.ID] = true
		failed := j.verdict.Class == kit.ClassNo
		block.Open = failed && i < failuresOpen || i == 0
		size += sizeOf(block)
		shown = append(shown, block)
	}
	return shown, ""
}

// isAnchor are ids as brokers give them.
var isAnchor = regexp.MustCompile(`^[0-9A-Za-z]{1,64}$`)

// anchor is the place of an interaction on its page, "" if it has none.
func anchor(id string) string {
	if !isAnchor.MatchString(id) {
		return ""
	}
	return "interaction-" + id
}

// sizeOf is about how much text a block is, in bytes.
func sizeOf(b kit.Interaction) int {
	n := len(b.Title)
	for _, part := range b.Parts {
		n += len(part.Text)
	}
	for _, rule := range b.Rules {
		n += len(rule.Where) + len(rule.Rule)
	}
	return n
}

// line is what a reader knows the interaction by.
func (j judged) line() kit.Interaction {
	b := kit.Interaction{Method: j.method, Path: shown(j.path, pathShown, len(j.path)), Kind: j.kind, Title: j.Base().Description, Verdict: j.verdict}
	if j.Base().Pending {
		b.Title += " (pending)"
	}
	return b
}

// block is the interaction as people read it.
func (j judged) block() kit.Interaction {
	common, b := j.Base(), j.line()
	b.Why = j.why()
	for _, s := range common.States {
		b.Given = append(b.Given, state(s))
	}
	switch i := j.Interaction.(type) {
	case *contract.HTTP:
		b.Parts = []kit.Code{{Label: "Request", Text: requestText(i.Request)}, {Label: "Response", Text: responseText(i.Response)}}
		b.Rules = append(rules("request", i.Request.Rules), rules("response", i.Response.Rules)...)
	case *contract.AsyncMessage:
		b.Parts = []kit.Code{{Label: "Message", Text: messageText(i.Message)}}
		b.Rules = rules("message", i.Rules)
	case *contract.SyncMessage:
		b.Parts = []kit.Code{{Label: "Request message", Text: messageText(i.Request)}}
		b.Rules = rules("request", i.Request.Rules)
		for _, m := range i.Responses {
			b.Parts = append(b.Parts, kit.Code{Label: "Response message", Text: messageText(m)})
			b.Rules = append(b.Rules, rules("response", m.Rules)...)
		}
	}
	return b
}

// why is what a test says went wrong. The status that was expected stands in the
// contract, where the verifier did not tell it.
func (j judged) why() kit.Comparison {
	out := comparison(j.test)
	http, isHTTP := j.Interaction.(*contract.HTTP)
	for i := range out {
		if isHTTP && out[i].Where == "status" && out[i].Expected == "" {
			out[i].Expected = strconv.Itoa(http.Response.Status)
		}
	}
	return out
}

// comparison is what a test says went wrong, beside what was expected.
func comparison(t result.Test) kit.Comparison {
	var out kit.Comparison
	for _, m := range t.Mismatches {
		out = append(out, kit.Difference{Where: m.Where, Expected: m.Expected, Actual: m.Actual, Why: m.Why})
	}
	for _, e := range t.Errors {
		out = append(out, kit.Difference{Where: "error", Why: e})
	}
	return out
}
