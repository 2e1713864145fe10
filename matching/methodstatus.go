package matching

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// matchMethod compares methods without regard to case (rule 2 in doc.go).
func matchMethod(expected, actual contract.Request, out *collector) {
	rules, ok := single(expected.Rules[contract.CategoryMethod])
	if !ok {
		if !strings.EqualFold(cmp.Or(expected.Method, "GET"), cmp.Or(actual.Method, "GET")) {
			out.add(Mismatch{Kind: KindMethod, Expected: expected.Method, Actual: actual.Method,
				Why: fmt.Sprintf("expected %s but was %s", expected.Method, actual.Method)})
		}
		return
	}
	matchText(rules, Mismatch{Kind: KindMethod, Expected: expected.Method, Actual: actual.Method}, out)
}

// single returns the one rule list of a category that has no names: path,
// method, status.
func single(set map[string]contract.RuleList) (contract.RuleList, bool) {
	for _, key := range []string{"", "$"} {
		if list, ok := set[key]; ok && len(list.Rules) > 0 {
			return list, true
		}
	}
	return contract.RuleList{}, false
}

// matchText asks the rules of one text value; m says where and what it is.
func matchText(rules contract.RuleList, m Mismatch, out *collector) {
	c := compileChecks(rules)
	if wrong := c.wrong(m.Path); len(wrong) > 0 {
		out.addWrong(m.Kind, wrong)
		return
	}
	for _, r := range c.apply(func(k *check) string { return k.text(m.Expected, m.Actual) }) {
		m.Rule, m.Why = r.rule, r.why
		out.add(m)
	}
}

// matchStatus compares status codes (rule 4).
func matchStatus(expected, actual contract.Response, out *collector) {
	m := Mismatch{Kind: KindStatus, Expected: strconv.Itoa(expected.Status), Actual: strconv.Itoa(actual.Status)}
	if rules, ok := single(expected.Rules[contract.CategoryStatus]); ok {
		matchText(rules, m, out)
		return
	}
	if expected.Status != actual.Status {
		m.Why = fmt.Sprintf("expected %d but was %d", expected.Status, actual.Status)
		out.add(m)
	}
}

// statusClass is what a statusCode rule's class accepts, and its words.
type statusClass struct {
	low, high int
	words     string
}

var statusClasses = map[string]statusClass{
	"info":        {100, 199, "an Informational response (100–199)"},
	"success":     {200, 299, "a Successful response (200–299)"},
	"redirect":    {300, 399, "a Redirect (300–399)"},
	"clientError": {400, 499, "a Client error (400–499)"},
	"serverError": {500, 599, "a Server error (500–599)"},
	"nonError":    {0, 399, "a Non-error response (< 400)"},
	"error":       {400, 999, "an Error response (>= 400)"},
}

func checkStatusText(r contract.StatusCodeRule, actual string) string {
	status, err := strconv.Atoi(actual)
	if err != nil {
		return fmt.Sprintf("Expected '%s' to be a status code", cut(actual))
	}
	return checkStatusCode(r, status)
}

func checkStatusCode(r contract.StatusCodeRule, status int) string {
	if r.Class == "" && len(r.Codes) > 0 {
		if !slices.Contains(r.Codes, status) {
			return fmt.Sprintf("Expected status code %d to be one of %s", status, strings.Trim(fmt.Sprint(r.Codes), "[]"))
		}
		return ""
	}
	class, ok := statusClasses[cmp.Or(r.Class, "success")]
	if !ok {
		return fmt.Sprintf("the status class '%s' is not known; correct the contract", cut(r.Class))
	}
	if status < class.low || status > class.high {
		return fmt.Sprintf("Expected status code %d to be %s", status, class.words)
	}
	return ""
}
