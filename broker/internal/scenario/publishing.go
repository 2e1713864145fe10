package scenario

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

var ofPublication = []string{
	"branch BRANCH", "tags WORDS...", "build URL", "in version NUMBER", "merging", "overwriting",
	"though the pact names APP → PROVIDER", "as a contract of APP", "of kind KIND", "with events", "with all notices",
	"→ PROVIDER: CONTENT*", "merging → PROVIDER: CONTENT*",
}

// publishingWords are about contracts.
var publishingWords = []Word{
	{Shape: "publish APP N → PROVIDER", Parts: ofPublication, About: "CONTENT", play: (*player).publish},
	{Shape: "publish APP N", Parts: ofPublication, play: (*player).publish},
	{Shape: "put APP N → PROVIDER", Parts: []string{"in version NUMBER", "though the pact names APP → PROVIDER"}, About: "CONTENT", play: (*player).putPact},
	{Shape: "merge APP N → PROVIDER", Parts: []string{"in version NUMBER"}, About: "CONTENT", play: (*player).mergePact},
	{Shape: "delete the pact APP N → PROVIDER", play: byPath(http.MethodDelete, pairPath+"/version/%s", "PROVIDER", "APP", "N")},
	{Shape: "delete all pacts APP → PROVIDER", play: byPath(http.MethodDelete, pairPath+"/versions", "PROVIDER", "APP")},
	{Shape: "delete the pacts APP → PROVIDER of branch BRANCH", play: byPath(http.MethodDelete, pairPath+"/branch/%s", "PROVIDER", "APP", "BRANCH")},
	{Shape: "delete the pacts APP → PROVIDER of the main branch", play: byPath(http.MethodDelete, pairPath+"/branch/versions", "PROVIDER", "APP")},
	{Shape: "delete the pacts APP → PROVIDER with tag TAG", play: byPath(http.MethodDelete, pairPath+"/tag/%s", "PROVIDER", "APP", "TAG")},
	{Shape: "show the pact APP N → PROVIDER", asks: true, play: showPact(pairPath+"/version/%s", "PROVIDER", "APP", "N")},
	{Shape: "show the pact before APP N → PROVIDER", asks: true, play: showPact(pairPath+"/version/%s/previous-distinct", "PROVIDER", "APP", "N")},
	{Shape: "show the latest pact APP → PROVIDER", asks: true, play: showPact(pairPath+"/latest", "PROVIDER", "APP")},
	{Shape: "show the latest pact APP → PROVIDER with tag TAG", asks: true, play: showPact(pairPath+"/latest/%s", "PROVIDER", "APP", "TAG")},
	{Shape: "show the latest pact APP → PROVIDER without tags", asks: true, play: showPact(pairPath+"/latest-untagged", "PROVIDER", "APP")},
	{Shape: "show the latest pact APP → PROVIDER of branch BRANCH", asks: true, play: showPact(pairPath+"/branch/%s/latest", "PROVIDER", "APP", "BRANCH")},
	{Shape: "show the difference of APP N → PROVIDER to the one before", asks: true, play: showText(pairPath+"/version/%s/diff/previous-distinct", "PROVIDER", "APP", "N")},
	{Shape: "show the difference of APP N → PROVIDER to M", asks: true, play: showText(pairPath+"/version/%s/diff/version/%s", "PROVIDER", "APP", "N", "M")},
	{Shape: "show all pacts APP → PROVIDER", asks: true, play: showPactNames(pairPath+"/versions", "PROVIDER", "APP")},
	{Shape: "show all pacts APP → PROVIDER of branch BRANCH", asks: true, play: showPactNames(pairPath+"/branch/%s", "PROVIDER", "APP", "BRANCH")},
	{Shape: "show all pacts APP → PROVIDER with tag TAG", asks: true, play: showPactNames(pairPath+"/tag/%s", "PROVIDER", "APP", "TAG")},
	{Shape: "show the latest pacts of all", asks: true, play: showPactNames("/pacts/latest")},
	{Shape: "show the pacts of PROVIDER", asks: true, play: showPactNames("/pacts/provider/%s", "PROVIDER")},
	{Shape: "show the latest pacts of PROVIDER", asks: true, play: showPactNames("/pacts/provider/%s/latest", "PROVIDER")},
	{Shape: "show the latest pacts of PROVIDER with tag TAG", asks: true, play: showPactNames("/pacts/provider/%s/latest/%s", "PROVIDER", "TAG")},
	{Shape: "show the latest pacts of PROVIDER from main branches", asks: true, play: showPactNames("/pacts/provider/%s/branch/latest", "PROVIDER")},
	{Shape: "show the latest pacts of PROVIDER from branch BRANCH", asks: true, play: showPactNames("/pacts/provider/%s/branch/%s/latest", "PROVIDER", "BRANCH")},
	{Shape: "show the provider states of PROVIDER", asks: true, play: showStates("/pacts/provider/%s/provider-states", "PROVIDER")},
	{Shape: "show the provider states of PROVIDER in environment ENV", asks: true, play: showStates("/pacts/provider/%s/provider-states/environment/%s", "PROVIDER", "ENV")},
	{Shape: "show the provider states of PROVIDER for branch BRANCH", asks: true, play: showStates("/pacts/provider/%s/provider-states/branch/%s", "PROVIDER", "BRANCH")},
}

const pairPath = "/pacts/provider/%s/consumer/%s"

// valuesOf are what a sentence says for words in capitals, in order.
func valuesOf(s Sentence, places []string) []string {
	out := make([]string, len(places))
	for i, place := range places {
		out[i] = s.of(place)
	}
	return out
}

// byPath plays a sentence that is one request without a body.
func byPath(method, format string, places ...string) func(*player, Sentence) (reply, error) {
	return func(p *player, s Sentence) (reply, error) {
		return p.send(method, path(format, valuesOf(s, places)...), nil)
	}
}

// ofList are parts of questions for lists.
var ofList = []string{"page NUMBER by K", "matching TEXT"}

// listQuery is what a question for a list adds to its address.
func listQuery(s Sentence) string {
	query := url.Values{}
	for _, p := range s.parts {
		switch p.shape {
		case "page NUMBER by K":
			query.Set("page", p.values["NUMBER"])
			query.Set("size", p.values["K"])
		case "matching TEXT":
			query.Set("q", p.values["TEXT"])
		}
	}
	if len(query) == 0 {
		return ""
	}
	return "?" + query.Encode()
}

// showing plays a question that is one request; show makes the lines of what it
// is answered.
func showing(show func(object) []string, format string, places ...string) func(*player, Sentence) (reply, error) {
	return func(p *player, s Sentence) (reply, error) {
		got, err := p.get(path(format, valuesOf(s, places)...) + listQuery(s))
		if err == nil {
			got.lines = append([]string{}, show(got.doc)...)
		}
		return got, err
	}
}

func showText(format string, places ...string) func(*player, Sentence) (reply, error) {
	return func(p *player, s Sentence) (reply, error) {
		got, err := p.get(path(format, valuesOf(s, places)...))
		got.lines = append([]string{}, texts(got.text)...)
		return got, err
	}
}

// showPactNames shows the pacts of a list, in its order. Lists differ in where
// they name a pact.
func showPactNames(format string, places ...string) func(*player, Sentence) (reply, error) {
	return showing(func(doc object) []string {
		var out []string
		for _, pact := range doc.list("pacts") {
			out = append(out, fmt.Sprintf("%s %s → %s", pact.text("_embedded", "consumer", "name"),
				pact.text("_embedded", "consumer", "_embedded", "version", "number"), pact.text("_embedded", "provider", "name")))
		}
		for _, pact := range doc.list("_embedded", "pacts") {
			out = append(out, pactNamed(pact.text("_links", "self", "title")))
		}
		if out == nil {
			for _, link := range doc.list("_links", "pb:pacts") {
				out = append(out, pactNamed(link.text("title")))
			}
		}
		return out
	}, format, places...)
}

var pactTitle = regexp.MustCompile(`^Pact between (.+) \((.+)\) and (.+)$`)

// pactNamed writes a title of a pact as a story does.
func pactNamed(title string) string {
	if named := pactTitle.FindStringSubmatch(title); named != nil {
		return named[1] + " " + named[2] + " → " + named[3]
	}
	return title
}

func showStates(format string, places ...string) func(*player, Sentence) (reply, error) {
	return showing(func(doc object) []string {
		var out []string
		for _, state := range doc.list("providerStates") {
			out = append(out, fmt.Sprintf("%s (%s)", state.text("name"), strings.Join(asTexts(state["consumers"]), ", ")))
		}
		return out
	}, format, places...)
}

// showPact shows the version of a pact and what it says.
func showPact(format string, places ...string) func(*player, Sentence) (reply, error) {
	return showing(func(doc object) []string {
		title := fmt.Sprintf("%s %s → %s", doc.text("consumer", "name"), doc.text("_links", "pb:consumer-version", "name"), doc.text("provider", "name"))
		out := []string{title + ", version " + doc.text("metadata", "pactSpecification", "version") + " of the specification"}
		for _, item := range append(doc.list("interactions"), doc.list("messages")...) {
			line := item.text("description")
			if state := item.text("providerState"); state != "" {
				line += ", given " + state
			}
			for _, state := range item.list("providerStates") {
				line += ", given " + state.text("name")
			}
			if status := item.text("response", "status"); status != "" {
				line += ": " + item.text("request", "method") + " " + item.text("request", "path") + " is answered " + status
			} else {
				line += ": a message"
			}
			out = append(out, line)
		}
		return out
	}, format, places...)
}

func (p *player) publish(s Sentence) (reply, error) {
	body := map[string]any{"pacticipantName": s.of("APP"), "pacticipantVersionNumber": s.of("N")}
	if s.has("branch BRANCH") {
		body["branch"] = s.get("branch BRANCH")
	}
	if s.has("tags WORDS...") {
		body["tags"] = s.list("tags WORDS...")
	}
	if s.has("build URL") {
		body["buildUrl"] = s.get("build URL")
	}
	contracts := []any{}
	for _, c := range contractsIn(s) {
		if err := p.remember(s.of("APP"), s.of("N"), c.provider); err != nil {
			return reply{}, err
		}
		contracts = append(contracts, contractOf(s, c))
	}
	body["contracts"] = contracts
	got, err := p.send(http.MethodPost, "/contracts/publish", body)
	if !s.has("with all notices") && got.status < 300 {
		got.leaveOut(func(level, text string) bool {
			event := strings.HasPrefix(text, "  Events detected") || strings.HasPrefix(text, "  Webhook")
			return level == "prompt" || level == "debug" && !(event && s.has("with events"))
		})
	}
	return got, err
}

// published is one contract of a publication.
type published struct{ provider, content, onConflict string }

// contractsIn are the contracts of a sentence: one in its first line, and one in
// each line below that has one.
func contractsIn(s Sentence) []published {
	var out []published
	if provider := s.of("PROVIDER"); provider != "" {
		c := published{provider: provider, content: s.about}
		switch {
		case s.has("merging"):
			c.onConflict = "merge"
		case s.has("overwriting"):
			c.onConflict = "overwrite"
		}
		out = append(out, c)
	}
	for _, part := range s.parts {
		c := published{provider: part.values["PROVIDER"], content: part.values["CONTENT"]}
		switch part.shape {
		case "→ PROVIDER: CONTENT":
			out = append(out, c)
		case "merging → PROVIDER: CONTENT":
			c.onConflict = "merge"
			out = append(out, c)
		}
	}
	return out
}

// contractOf is a contract as the request has it.
func contractOf(s Sentence, c published) map[string]any {
	text, err := json.Marshal(pactFor(s, s.of("APP"), c.provider, c.content))
	if err != nil {
		panic(err) // it is made of texts
	}
	out := map[string]any{
		"consumerName": s.of("APP"), "providerName": c.provider, "specification": "pact", "contentType": "application/json",
		"content": base64.StdEncoding.EncodeToString(text),
	}
	if other := s.get("as a contract of APP"); other != "" {
		out["consumerName"] = other
	}
	if kind := s.get("of kind KIND"); kind != "" {
		out["specification"] = kind
	}
	if c.onConflict != "" {
		out["onConflict"] = c.onConflict
	}
	return out
}

// pactFor is the pact of a sentence.
func pactFor(s Sentence, consumer, provider, content string) map[string]any {
	version := defaultVersion(content)
	if s.has("in version NUMBER") {
		version = atoi(s.get("in version NUMBER"))
	}
	for _, named := range s.parts {
		if named.shape == "though the pact names APP → PROVIDER" {
			consumer, provider = named.values["APP"], named.values["PROVIDER"]
		}
	}
	return pactOf(consumer, provider, content, version)
}

// remember keeps where the events of a pact can be seen. Those of a revision
// that is replaced can be seen no more: they have to be over by then.
func (p *player) remember(consumer, number, provider string) error {
	address := path(pairPath+"/version/%s", provider, consumer, number)
	if slices.Contains(p.published, address) {
		return p.waitForWebhooks()
	}
	p.published = append(p.published, address)
	return nil
}

func (p *player) putPact(s Sentence) (reply, error) {
	return p.sendPact(http.MethodPut, s, pactFor(s, s.of("APP"), s.of("PROVIDER"), s.about))
}

func (p *player) mergePact(s Sentence) (reply, error) {
	return p.sendPact(http.MethodPatch, s, pactFor(s, s.of("APP"), s.of("PROVIDER"), s.about))
}

func (p *player) sendPact(method string, s Sentence, pact map[string]any) (reply, error) {
	if err := p.remember(s.of("APP"), s.of("N"), s.of("PROVIDER")); err != nil {
		return reply{}, err
	}
	text, err := json.Marshal(pact)
	if err != nil {
		return reply{}, err
	}
	request, err := http.NewRequestWithContext(p.ctx, method, p.app.URL()+path(pairPath+"/version/%s", s.of("PROVIDER"), s.of("APP"), s.of("N")), strings.NewReader(string(text)))
	if err != nil {
		return reply{}, err
	}
	request.Header.Set("Accept", "application/hal+json")
	request.Header.Set("Content-Type", "application/json")
	return p.do(request)
}
