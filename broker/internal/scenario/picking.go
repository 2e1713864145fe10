package scenario

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// pactToVerify is one of the pacts that a question was answered with.
type pactToVerify struct{ consumer, number, address string }

// pickingWords ask which pacts a provider should verify, and whether a version
// may go somewhere.
var pickingWords = []Word{
	{Shape: "ask pacts for verification of PROVIDER", asks: true, play: (*player).ask, Parts: []string{
		"branch BRANCH", "tags WORDS...", "pending", "without pending", "WIP since DAY", "selectors SELECTOR...", "with notices", "by GET",
	}},
	{Shape: "can APP N be deployed to ENV", asks: true, play: (*player).canIDeploy, Parts: []string{"ignoring IGNORED", "ignoring IGNORED K"}},
	{Shape: "can APP N go to tag TAG", asks: true, play: (*player).canIDeploy},
	{Shape: "show the kept answers", asks: true, play: showing(keptLines, "/gate/answers")},
	{Shape: "show why of APP N", Parts: []string{"WIP since DAY"}, asks: true, play: func(p *player, s Sentence) (reply, error) {
		query := url.Values{}
		if s.has("WIP since DAY") {
			query.Set("includeWipPactsSince", s.get("WIP since DAY"))
		}
		got, err := p.get(path(versionPath+"/why", s.of("APP"), s.of("N")) + "?" + query.Encode())
		got.lines = []string{}
		for _, pact := range got.doc.list("_embedded", "pacts") {
			line := pact.text("consumer") + " " + pact.text("consumerVersion") + ", " + pact.text("outcome")
			if pact.at("pending") == true {
				line += ", pending"
			}
			if pact.at("wip") == true {
				line += ", WIP"
			}
			got.lines = append(got.lines, line+": "+pact.text("why"))
		}
		return got, err
	}},
	{Shape: "can the main branch of APP be merged", asks: true, play: showBadge("/pacticipants/%s/main-branch/can-i-merge/badge", "APP")},
	{Shape: "show the badge of APP → PROVIDER", asks: true, play: showBadge(pairPath+"/latest/badge", "PROVIDER", "APP")},
	{Shape: "show the badge of APP → PROVIDER with tag TAG", asks: true, play: showBadge(pairPath+"/latest/%s/badge", "PROVIDER", "APP", "TAG")},
	{Shape: "show the badge of branch BRANCH of APP to ENV", asks: true, play: showBadge("/pacticipants/%s/branches/%s/latest-version/can-i-deploy/to-environment/%s/badge", "APP", "BRANCH", "ENV")},
}

// showBadge shows what a badge says and its colour: it leads to a server that
// draws it.
func showBadge(format string, places ...string) func(*player, Sentence) (reply, error) {
	return func(p *player, s Sentence) (reply, error) {
		got, err := p.send(http.MethodGet, path(format, valuesOf(s, places)...), nil)
		if err != nil {
			return got, err
		}
		text, err := url.PathUnescape(got.header.Get("Location"))
		got.lines = []string{strings.TrimSuffix(strings.TrimPrefix(text, "https://img.shields.io/badge/"), ".svg")}
		return got, err
	}
}

// selectorFields are what a selector may hold, and whether it is a yes or a
// name.
var selectorFields = map[string]bool{
	"mainBranch": true, "matchingBranch": true, "latest": true, "deployed": true, "released": true, "deployedOrReleased": true,
	"branch": false, "fallbackBranch": false, "tag": false, "fallbackTag": false, "environment": false, "consumer": false,
}

// readSelectors reads selectors such as {mainBranch} {tag dev, latest}.
func readSelectors(text string) ([]any, error) {
	out := []any{}
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		inner, opened := strings.CutPrefix(text, "{")
		inside, rest, closed := strings.Cut(inner, "}")
		if !opened || !closed {
			return nil, fmt.Errorf("%s is not a selector such as {branch main, consumer Foo}", text)
		}
		selector, err := readSelector(inside)
		if err != nil {
			return nil, err
		}
		out, text = append(out, selector), rest
	}
	return out, nil
}

func readSelector(text string) (map[string]any, error) {
	out := map[string]any{}
	if strings.TrimSpace(text) == "" {
		return out, nil
	}
	fields, err := splitAt(text, ',')
	if err != nil {
		return nil, err
	}
	for _, field := range fields {
		words, err := split(field)
		if err != nil {
			return nil, err
		}
		yes, known := selectorFields[words[0]]
		switch {
		case field == "every branch":
			out["branch"] = true
		case field == "not latest":
			out["latest"] = false
		case !known:
			return nil, fmt.Errorf("%q is not a member of a selector", words[0])
		case yes && len(words) == 1:
			out[words[0]] = true
		case !yes && len(words) == 2:
			out[words[0]] = words[1]
		default:
			return nil, fmt.Errorf("%q is not a member of a selector with its value", field)
		}
	}
	return out, nil
}

func (p *player) ask(s Sentence) (reply, error) {
	address := path("/pacts/provider/%s/for-verification", s.of("PROVIDER"))
	var got reply
	var err error
	if s.has("by GET") {
		got, err = p.send(http.MethodGet, address+"?"+askQuery(s).Encode(), nil)
	} else {
		got, err = p.send(http.MethodPost, address, askBody(s))
	}
	if err != nil {
		return got, err
	}
	if got.status >= 300 {
		return got, &refusal{got}
	}
	p.asked, got.lines = nil, []string{}
	for _, pact := range got.doc.list("_embedded", "pacts") {
		p.asked = append(p.asked, askedPact(pact))
		got.lines = append(got.lines, askedLines(pact, s.has("with notices"))...)
	}
	return got, nil
}

func askBody(s Sentence) map[string]any {
	body := map[string]any{}
	if s.has("branch BRANCH") {
		body["providerVersionBranch"] = s.get("branch BRANCH")
	}
	if s.has("tags WORDS...") {
		body["providerVersionTags"] = s.list("tags WORDS...")
	}
	if s.has("pending") {
		body["includePendingStatus"] = true
	}
	if s.has("without pending") {
		body["includePendingStatus"] = false
	}
	if s.has("WIP since DAY") {
		body["includeWipPactsSince"] = s.get("WIP since DAY")
	}
	if s.has("selectors SELECTOR...") {
		body["consumerVersionSelectors"] = selectorsOf(s)
	}
	return body
}

func selectorsOf(s Sentence) []any {
	selectors, err := readSelectors(s.get("selectors SELECTOR..."))
	if err != nil {
		panic(err) // they were read before
	}
	return selectors
}

// askQuery is the older form of the question.
func askQuery(s Sentence) url.Values {
	query := url.Values{}
	if s.has("branch BRANCH") {
		query.Set("provider_version_branch", s.get("branch BRANCH"))
	}
	for _, tag := range s.list("tags WORDS...") {
		query.Add("provider_version_tags[]", tag)
	}
	if s.has("pending") {
		query.Set("include_pending_status", "true")
	}
	if s.has("WIP since DAY") {
		query.Set("include_wip_pacts_since", s.get("WIP since DAY"))
	}
	if s.has("selectors SELECTOR...") {
		for _, item := range selectorsOf(s) {
			for key, value := range item.(map[string]any) {
				query.Add("consumer_version_selectors[]["+snake(key)+"]", fmt.Sprint(value))
			}
		}
	}
	return query
}

var capital = regexp.MustCompile(`[A-Z]`)

func snake(name string) string {
	return capital.ReplaceAllStringFunc(name, func(c string) string { return "_" + strings.ToLower(c) })
}

func askedPact(pact object) pactToVerify {
	out := pactToVerify{address: pact.text("_links", "self", "href")}
	if named := pactTitle.FindStringSubmatch(pact.text("_links", "self", "name")); named != nil {
		out.consumer, out.number = named[1], named[2]
	}
	return out
}

func askedLines(pact object, notices bool) []string {
	named := askedPact(pact)
	line := named.consumer + " " + named.number + ", " + pact.text("shortDescription")
	if wip := pact.at("verificationProperties", "wip"); wip == true {
		line += ", WIP"
	}
	switch pact.at("verificationProperties", "pending") {
	case true:
		line += ", pending"
	case false:
		line += ", not pending"
	}
	out := []string{line}
	if !notices {
		return out
	}
	for _, n := range pact.list("verificationProperties", "notices") {
		for i, text := range texts(n.text("text")) {
			if i == 0 {
				text = n.text("when") + ": " + text
			}
			out = append(out, "  "+text)
		}
	}
	return out
}

func (p *player) canIDeploy(s Sentence) (reply, error) {
	query := url.Values{"pacticipant": {s.of("APP")}, "version": {s.of("N")}}
	if tag := s.of("TAG"); tag != "" {
		query.Set("to", tag)
	} else {
		query.Set("environment", s.of("ENV"))
		for _, ignored := range append(s.all("ignoring IGNORED"), s.all("ignoring IGNORED K")...) {
			query.Add("ignore[][pacticipant]", ignored["IGNORED"])
			if k := ignored["K"]; k != "" {
				query.Add("ignore[][version]", k)
			}
		}
	}
	got, err := p.get("/can-i-deploy?" + query.Encode())
	if err != nil {
		return got, err
	}
	got.lines = append([]string{verdict(got.doc)}, got.notices()...)
	return got, nil
}

// verdict is yes, no or unknown, with the counts of rows.
func verdict(doc object) string {
	word := map[string]string{"true": "yes", "false": "no"}[doc.text("summary", "deployable")]
	if word == "" {
		word = "unknown"
	}
	return fmt.Sprintf("%s: %s successful, %s failed, %s unknown", word,
		doc.text("summary", "success"), doc.text("summary", "failed"), doc.text("summary", "unknown"))
}

func keptLines(doc object) []string {
	var out []string
	for _, answer := range doc.list("_embedded", "answers") {
		line := verdict(answer) + ", given " + answer.text("times") + " times"
		out = append(out, line)
	}
	return out
}

// rawJSON embeds a text that is JSON.
func rawJSON(text string) json.RawMessage { return json.RawMessage(text) }
