package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/wording"
)

const (
	// bodyShown bounds what is shown of one body, in bytes.
	bodyShown = 8 << 10
	// interactionsShown and textShown bound what a page shows of a contract: a
	// browser takes minutes for more, and the broker hundreds of megabytes.
	interactionsShown = 500
	textShown         = 2 << 20
)

type contractPage struct {
	base
	Consumer, Provider kit.Link
	Summary            string
	Facts              kit.Facts
	InteractionsTitle  string
	Interactions       []kit.Interaction
	NoInteractions     string
	// More tells of the interactions that are too many for a page.
	More string
}

func (*contractPage) template() string { return "contract" }

func (w *web) contract(r *http.Request) (page, error) {
	ctx, l := r.Context(), w.links(r)
	q := kernel.PactQuery{Consumer: r.PathValue("consumer"), Provider: r.PathValue("provider"), Version: r.PathValue("version")}
	q.Latest = q.Version == ""
	pact, err := w.service.Publish.FindPact(ctx, q)
	if err != nil {
		return nil, err
	}
	all, err := w.service.Overview.Overview(ctx, overview.Query{Application: pact.Consumer.Name})
	if err != nil {
		return nil, err
	}
	p := w.contractPage(l, pact, all.Contract(pact.Consumer.Name, pact.Provider.Name), q.Latest)
	leave, err := w.enter(ctx, len(pact.Body))
	if err != nil {
		return nil, err
	}
	defer leave()
	document, err := contract.Decode(pact.Body)
	if err != nil {
		// The broker keeps documents that are not pacts too; they have no
		// interactions to show.
		p.InteractionsTitle, p.NoInteractions = "Interactions", "The document could not be read as a pact: "+err.Error()
		return p, nil //nolint:nilerr // it is said on the page
	}
	p.InteractionsTitle = wording.Count(len(document.Interactions), "interaction")
	p.NoInteractions = "The contract expects nothing."
	p.show(document.Interactions)
	return p, nil
}

// show adds interactions to the page, as far as it has room.
func (p *contractPage) show(all []contract.Interaction) {
	size := 0
	for i, one := range all {
		if i == interactionsShown || size > textShown {
			p.More = fmt.Sprintf("%s more: the JSON above has all of them.", wording.Count(len(all)-i, "interaction"))
			break
		}
		block := interaction(one)
		size += sizeOf(block)
		p.Interactions = append(p.Interactions, block)
	}
	if len(p.Interactions) > 0 {
		p.Interactions[0].Open = true
	}
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

// contractPage shows a pact. Where it stands for the pair, because no version was
// asked for, it is told whether the newest version of the consumer still has it.
func (w *web) contractPage(l links.Links, pact kernel.Pact, state overview.ContractState, latest bool) *contractPage {
	consumer, provider, version := pact.Consumer.Name, pact.Provider.Name, pact.ConsumerVersion.Number
	p := &contractPage{
		base:     base{title: consumer + " → " + provider, twin: api.Pair(provider, consumer).Pact(version)},
		Consumer: kit.Link{Text: consumer, URL: l.ApplicationPage(consumer)}, Provider: kit.Link{Text: provider, URL: l.ApplicationPage(provider)},
		Summary: fmt.Sprintf("What %s %s expects of %s.", consumer, version, provider),
	}
	status := kit.Cell{pactStatus(overview.StatusNever), kit.Text{Text: "No provider version has verified it yet."}}
	if v := pact.LatestVerification; v != nil {
		status = kit.Cell{resultStatus(v.Success), kit.Text{Text: "by"}, versionOf(l, provider, v.ProviderVersion.Number), w.moment(v.CreatedAt)}
	}
	if state.Dropped && latest {
		if status[0] == pactStatus(overview.StatusSuccess) {
			status[0] = droppedStatus(state)
		}
		status = append(status, kit.Text{Text: fmt.Sprintf("The newest version of %s, %s, has no contract with %s.", consumer, kit.Short(state.Version), provider)})
	}
	p.Facts.Add("Status", status...)
	p.Facts.Add("Version", versionOf(l, consumer, version))
	p.Facts.Add("Published", w.moment(pact.CreatedAt).InFull(), kit.Text{Text: branchNames(pact.Branches)})
	var names []string
	for _, e := range pact.Environments {
		names = append(names, e.Name)
	}
	if len(names) > 0 {
		p.Facts.Add("Live in", kit.Text{Text: strings.Join(names, ", ")})
	}
	if pact.ConsumerVersion.BuildURL != "" {
		p.Facts.Add("Build", kit.Outside{Address: pact.ConsumerVersion.BuildURL})
	}
	p.Facts.Add("Content", kit.Version{Number: pact.SHA}, kit.Link{Text: "as JSON", URL: l.Pair(provider, consumer).Content(pact.SHA) + ".json"})
	return p
}

func interaction(i contract.Interaction) kit.Interaction {
	common := i.Base()
	b := kit.Interaction{Title: common.Description}
	if common.Pending {
		b.Title += " (pending)"
	}
	for _, s := range common.States {
		b.Given = append(b.Given, state(s))
	}
	switch i := i.(type) {
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

func state(s contract.ProviderState) string {
	if len(s.Params) == 0 {
		return s.Name
	}
	params, err := json.Marshal(s.Params)
	if err != nil {
		return s.Name
	}
	return s.Name + " " + string(params)
}

func requestText(r contract.Request) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", r.Method, r.Path)
	separator := "?"
	for _, name := range slices.Sorted(maps.Keys(r.Query)) {
		for _, value := range r.Query[name] {
			fmt.Fprintf(&b, "%s%s=%s", separator, name, value)
			separator = "&"
		}
	}
	b.WriteString("\n")
	writeHeaders(&b, r.Headers)
	writeBody(&b, r.Body)
	return strings.TrimRight(b.String(), "\n")
}

func responseText(r contract.Response) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s\n", r.Status, http.StatusText(r.Status))
	writeHeaders(&b, r.Headers)
	writeBody(&b, r.Body)
	return strings.TrimRight(b.String(), "\n")
}

func messageText(m contract.Message) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(m.Metadata)) {
		value, err := json.Marshal(m.Metadata[name])
		if err == nil {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	writeBody(&b, m.Contents)
	return strings.TrimRight(b.String(), "\n")
}

func writeHeaders(b *strings.Builder, headers contract.Values) {
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		fmt.Fprintf(b, "%s: %s\n", name, strings.Join(headers[name], ", "))
	}
}

func writeBody(b *strings.Builder, body contract.Body) {
	switch body.State {
	case contract.BodyNull:
		b.WriteString("\nnull\n")
	case contract.BodyPresent:
		b.WriteString("\n" + bodyText(body.Content) + "\n")
	case contract.BodyMissing, contract.BodyEmpty:
	}
}

// bodyText indents JSON, and cuts what is long or not text.
func bodyText(content []byte) string {
	if !utf8.Valid(content) {
		return fmt.Sprintf("(%d bytes that are not text)", len(content))
	}
	var pretty bytes.Buffer
	text := string(content)
	if len(content) <= 4*bodyShown && json.Indent(&pretty, content, "", "  ") == nil {
		text = pretty.String()
	}
	return shown(text, bodyShown, len(content))
}

// shown is text, cut after most bytes and then with how many there are.
func shown(text string, most, all int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + fmt.Sprintf("\n… (%d bytes in all)", all)
}

func rules(part string, set contract.RuleSet) []kit.Rule {
	var rows []kit.Rule
	for category, keys := range set {
		for key, list := range keys {
			rows = append(rows, kit.Rule{Where: strings.TrimSpace(part + " " + string(category) + " " + key), Rule: ruleText(list)})
		}
	}
	slices.SortFunc(rows, func(a, b kit.Rule) int { return cmp.Compare(a.Where, b.Where) })
	return rows
}

func ruleText(list contract.RuleList) string {
	names := make([]string, len(list.Rules))
	for i, r := range list.Rules {
		names[i] = describe(r)
	}
	word := " and "
	if list.Combine == contract.Or {
		word = " or "
	}
	return strings.Join(names, word)
}

// describe adds to a rule's name what a reader wants to see of it.
func describe(r contract.Rule) string {
	switch r := r.(type) {
	case contract.RegexRule:
		return "regex " + r.Pattern
	case contract.IncludeRule:
		return "includes " + r.Value
	case contract.DateRule:
		return strings.TrimSpace("date " + r.Format)
	case contract.TimeRule:
		return strings.TrimSpace("time " + r.Format)
	case contract.DateTimeRule:
		return strings.TrimSpace("date and time " + r.Format)
	case contract.TypeRule:
		text := "type"
		if r.Min != nil {
			text += fmt.Sprintf(", at least %d", *r.Min)
		}
		if r.Max != nil {
			text += fmt.Sprintf(", at most %d", *r.Max)
		}
		return text
	default:
		return r.Name()
	}
}
