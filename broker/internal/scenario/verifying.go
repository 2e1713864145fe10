package scenario

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// verifyingWords are about verification results.
var verifyingWords = []Word{
	{Shape: "verify APP N by PROVIDER M", About: "OUTCOME", play: (*player).verify, Parts: []string{
		"branch BRANCH", "tags WORDS...", "build URL", "on DAY", "with TOOL", "as asked", "as the webhook asked", "noting: JSON", "leaving out FIELD",
	}},
	{Shape: "delete result NUMBER of APP N → PROVIDER", play: (*player).deleteResult},
	{Shape: "delete the latest result of APP N → PROVIDER", play: byPath(http.MethodDelete, pairPath+"/version/%s/verification-results/latest", "PROVIDER", "APP", "N")},
	{Shape: "show the latest result of APP N → PROVIDER", asks: true, play: showing(oneResult, pairPath+"/version/%s/verification-results/latest", "PROVIDER", "APP", "N")},
	{Shape: "show the latest result of APP → PROVIDER", asks: true, play: showing(oneResult, pairPath+"/latest/verification-results/latest", "PROVIDER", "APP")},
	{Shape: "show the latest result of APP → PROVIDER with tag TAG", asks: true, play: showing(oneResult, pairPath+"/latest/%s/verification-results/latest", "PROVIDER", "APP", "TAG")},
	{Shape: "show result NUMBER of APP N → PROVIDER", asks: true, play: func(p *player, s Sentence) (reply, error) {
		address, err := p.resultPath(s)
		if err != nil {
			return reply{}, err
		}
		got, err := p.get(address)
		got.lines = oneResult(got.doc)
		return got, err
	}},
	{Shape: "show the results of APP N", asks: true, play: showing(summaryLines, "/verification-results/consumer/%s/version/%s/latest", "APP", "N")},
}

// verify describes the provider's version and publishes a result, as verifiers
// do.
func (p *player) verify(s Sentence) (reply, error) {
	provider, number := s.of("PROVIDER"), s.of("M")
	if err := p.describe(provider, number, s.get("branch BRANCH"), s.list("tags WORDS...")); err != nil {
		return reply{}, err
	}
	address, err := p.pactToVerify(s)
	if err != nil {
		return reply{}, err
	}
	pact, err := p.get(address)
	if err != nil {
		return pact, err
	}
	body := map[string]any{"success": s.about == "success", "providerApplicationVersion": number}
	if s.has("build URL") {
		body["buildUrl"] = s.get("build URL")
	}
	if s.has("on DAY") {
		day, err := time.Parse(time.DateOnly, s.get("on DAY"))
		if err != nil {
			return reply{}, err
		}
		body["verificationDate"] = day.Format(time.RFC3339)
	}
	if tool := s.get("with TOOL"); tool != "" {
		body["verifiedBy"] = map[string]any{"implementation": tool, "version": "1.2.3"}
	}
	for _, noted := range s.all("noting: JSON") {
		body["testResults"] = rawJSON(noted["JSON"])
	}
	delete(body, s.get("leaving out FIELD"))
	return p.send(http.MethodPost, pact.doc.text("_links", "pb:publish-verification-results", "href"), body)
}

// pactToVerify is the address of the pact that a result is about: that of the
// consumer's version or, with what a question answered, the one that was given
// there.
func (p *player) pactToVerify(s Sentence) (string, error) {
	consumer, number := s.of("APP"), s.of("N")
	switch {
	case s.has("as asked"):
		for _, pact := range p.asked {
			if pact.consumer == consumer && pact.number == number {
				return pact.address, nil
			}
		}
		return "", fmt.Errorf("the last question for pacts to verify was not answered with %s %s", consumer, number)
	case s.has("as the webhook asked"):
		return p.receiver.pactURL()
	}
	return path(pairPath+"/version/%s", s.of("PROVIDER"), consumer, number), nil
}

// resultPath is the address of a result by its number.
func (p *player) resultPath(s Sentence) (string, error) {
	pact, err := p.get(path(pairPath+"/version/%s", s.of("PROVIDER"), s.of("APP"), s.of("N")))
	if err != nil {
		return "", err
	}
	sha := pact.doc.text("_links", "pb:pact-version", "name")
	return path(pairPath+"/pact-version/%s/verification-results/%s", s.of("PROVIDER"), s.of("APP"), sha, s.of("NUMBER")), nil
}

func (p *player) deleteResult(s Sentence) (reply, error) {
	address, err := p.resultPath(s)
	if err != nil {
		return reply{}, err
	}
	return p.send(http.MethodDelete, address, nil)
}

func oneResult(doc object) []string {
	outcome := "failure"
	if doc.at("success") == true {
		outcome = "success"
	}
	title, about, _ := strings.Cut(doc.text("_links", "self", "name"), " for ")
	out := fmt.Sprintf("%s: %s by %s %s", title, outcome, doc.text("providerName"), doc.text("providerApplicationVersion"))
	if about == "" {
		out = fmt.Sprintf("%s: %s by %s %s", doc.text("_links", "self", "title"), outcome, doc.text("providerName"), doc.text("providerApplicationVersion"))
	}
	lines := []string{out, "about " + pactNamed(doc.text("_links", "pb:pact-version", "name")), "at " + doc.text("verificationDate")}
	if build := doc.text("buildUrl"); build != "" {
		lines = append(lines, "build "+build)
	}
	if tool := doc.text("verifiedBy", "implementation"); tool != "" {
		lines = append(lines, "with "+tool+" "+doc.text("verifiedBy", "version"))
	}
	if noted := doc.text("testResults"); noted != "" {
		lines = append(lines, "noting "+noted)
	}
	return lines
}

func summaryLines(doc object) []string {
	out := []string{"success: " + doc.text("success")}
	for _, word := range []string{"successful", "failed", "unknown"} {
		if names := asTexts(doc.at("providerSummary", word)); len(names) > 0 {
			out = append(out, word+": "+strings.Join(names, ", "))
		}
	}
	return out
}
