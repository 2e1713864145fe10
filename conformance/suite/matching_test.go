package suite_test

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/cucumber/godog"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

func (w *world) registerMatching(sc *godog.ScenarioContext) {
	m := &w.matching
	sc.Step(`^an expected request with an? "([^"]*)" header of "([^"]*)"$`, func(name, value string) {
		m.expectedRequest = contract.Request{Method: "GET", Path: "/", Headers: contract.Values{name: contract.SplitHeader(name, value)}}
	})
	sc.Step(`^a request is received with an? "([^"]*)" header of "([^"]*)"$`, func(name, value string) {
		m.requests = []contract.Request{{Method: "GET", Path: "/", Headers: contract.Values{name: contract.SplitHeader(name, value)}}}
	})
	sc.Step(`^an expected request configured with the following:$`, func(table *godog.Table) error {
		return w.request(rows(table)[0], &m.expectedRequest)
	})
	sc.Step(`^(?:a request is received with the following|the following requests are received):$`, func(table *godog.Table) error {
		for _, line := range rows(table) {
			var r contract.Request
			if err := w.request(line, &r); err != nil {
				return err
			}
			m.requests = append(m.requests, r)
		}
		return nil
	})
	sc.Step(`^the requests? (?:is|are) compared to the expected one$`, func() {
		m.result = matching.Result{}
		for _, r := range m.requests {
			result := matching.Request(m.expectedRequest, r)
			m.result.Mismatches = append(m.result.Mismatches, result.Mismatches...)
		}
	})
	sc.Step(`^an expected response configured with the following:$`, func(table *godog.Table) error {
		line := rows(table)[0]
		line["response matching rules"] = line["matching rules"]
		return w.response(line, &m.expectedResponse)
	})
	sc.Step(`^a status (\d+) response is received$`, func(status int) { m.response = contract.Response{Status: status} })
	sc.Step(`^the response is compared to the expected one$`, func() {
		m.result = matching.Response(m.expectedResponse, m.response)
	})
	sc.Step(`^the (?:response )?comparison should (NOT )?be OK$`, func(not string) error {
		if m.result.OK() == (not != "") {
			return fmt.Errorf("mismatches: %+v", m.result.Mismatches)
		}
		return nil
	})
	sc.Step(`^the mismatches will contain a mismatch with error "([^"]*)" -> "(.*)"$`, func(path, text string) error {
		return findMismatch(m.result.Mismatches, "", path, said(text))
	})
	sc.Step(`^the response mismatches will contain a "([^"]*)" mismatch with error "(.*)"$`, func(kind, text string) error {
		return findMismatch(m.result.Mismatches, kind, "", said(text))
	})
}

// findMismatch looks for a mismatch whose reason contains text, or matches it
// as a pattern, as the suite's texts may be either.
func findMismatch(list []matching.Mismatch, kind, path, text string) error {
	pattern, err := regexp.Compile(text)
	for _, m := range list {
		if kind != "" && kind != string(m.Kind) || path != "" && path != m.Path {
			continue
		}
		if strings.Contains(m.Why, text) || err == nil && pattern.MatchString(m.Why) {
			return nil
		}
	}
	return fmt.Errorf("no %s mismatch at %q says %q in %+v", kind, path, text, list)
}
