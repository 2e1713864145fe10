package result

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// Test is what a verifier told of one interaction.
type Test struct {
	// ID is the one that the broker gave the interaction, Description and States
	// are its own; any of them may be missing.
	ID          string
	Description string
	States      []string
	Passed      bool
	// Pending says that the failure does not count yet.
	Pending    bool
	Mismatches []Mismatch
	// Errors are what went wrong besides.
	Errors []string
}

// Mismatch is one place in which the answer was not the one expected.
type Mismatch struct {
	Where            string
	Expected, Actual string
	Why              string
}

// Tests are those of one result, in the order in which they came.
type Tests struct {
	All []Test
	// Empty says that a list was sent and nothing is in it: nothing was tried. Without
	// any list nothing is said.
	Empty bool
	// byID and byDescription are places in All.
	byID, byDescription map[string][]int
}

// ReadTests reads the test results that verifiers send: a list, or an object that
// holds one as "tests". Members are read with tolerance: what is missing is left
// out, and a form that nobody knows has no tests.
func ReadTests(raw json.RawMessage) Tests {
	var sent []sentTest
	if json.Unmarshal(raw, &sent) != nil {
		var wrapped struct {
			Tests []sentTest `json:"tests"`
		}
		if json.Unmarshal(raw, &wrapped) != nil {
			return Tests{}
		}
		sent = wrapped.Tests
	}
	out := Tests{Empty: sent != nil && len(sent) == 0, byID: map[string][]int{}, byDescription: map[string][]int{}}
	for _, s := range sent {
		t, told := s.test()
		if !told {
			continue
		}
		if t.ID != "" {
			out.byID[t.ID] = append(out.byID[t.ID], len(out.All))
		}
		out.byDescription[t.Description] = append(out.byDescription[t.Description], len(out.All))
		out.All = append(out.All, t)
	}
	return out
}

// Counts are how many tests passed and failed.
func (t Tests) Counts() (passed, failed int) {
	for _, one := range t.All {
		if one.Passed {
			passed++
		} else {
			failed++
		}
	}
	return passed, failed
}

// Failures are how many tests failed that count, and how many that do not count yet.
func (t Tests) Failures() (counting, pending int) {
	for _, one := range t.All {
		switch {
		case one.Passed:
		case one.Pending:
			pending++
		default:
			counting++
		}
	}
	return counting, pending
}

// Of returns what was told of an interaction, by its id or, for verifiers that do
// not know it, by its description and states; false if it was not tried. Of
// several tests the failed ones count.
func (t Tests) Of(id, description string, states []string) (Test, bool) {
	var found []int
	if id != "" {
		found = t.byID[id]
	}
	if len(found) == 0 {
		for _, i := range t.byDescription[description] {
			one := t.All[i]
			if one.ID == "" || id == "" {
				if len(one.States) == 0 || slices.Equal(one.States, states) {
					found = append(found, i)
				}
			}
		}
	}
	if len(found) == 0 {
		return Test{}, false
	}
	out := t.All[found[0]]
	for _, i := range found[1:] {
		switch one := t.All[i]; {
		case one.Passed:
		case out.Passed:
			out = one
		default:
			out.Pending = out.Pending && one.Pending
			out.Mismatches, out.Errors = slices.Concat(out.Mismatches, one.Mismatches), slices.Concat(out.Errors, one.Errors)
		}
	}
	return out, true
}

// sentTest is one test as the verifiers of Pact and of Treaty send it. Those of
// Ruby tell a status and differences.
type sentTest struct {
	Success     *bool             `json:"success"`
	Status      string            `json:"status"`
	ID          string            `json:"interactionId"`
	Description string            `json:"interactionDescription"`
	States      []json.RawMessage `json:"providerStates"`
	State       json.RawMessage   `json:"interactionProviderState"`
	Pending     bool              `json:"pending"`
	Mismatches  []sentMismatch    `json:"mismatches"`
	Differences []sentMismatch    `json:"differences"`
	Error       json.RawMessage   `json:"error"`
	Exception   json.RawMessage   `json:"exception"`
	Exceptions  []json.RawMessage `json:"exceptions"`
}

type sentMismatch struct {
	Attribute   string          `json:"attribute"`
	Identifier  string          `json:"identifier"`
	Description string          `json:"description"`
	Expected    json.RawMessage `json:"expected"`
	Actual      json.RawMessage `json:"actual"`
}

// test reports false for what says neither that it passed nor that it failed.
func (s sentTest) test() (Test, bool) {
	t := Test{ID: s.ID, Description: s.Description, Pending: s.Pending}
	switch {
	case s.Success != nil:
		t.Passed = *s.Success
	case s.Status == "passed":
		t.Passed = true
	case s.Status != "failed":
		return t, false
	}
	for _, state := range append(s.States, s.State) {
		if name := textOf(state, "name"); name != "" {
			t.States = append(t.States, name)
		}
	}
	for _, m := range append(s.Mismatches, s.Differences...) {
		t.Mismatches = append(t.Mismatches, m.mismatch())
	}
	for _, e := range append([]json.RawMessage{s.Error, s.Exception}, s.Exceptions...) {
		if text := textOf(e, "message"); text != "" {
			t.Errors = append(t.Errors, text)
		}
	}
	return t, true
}

func (m sentMismatch) mismatch() Mismatch {
	out := Mismatch{
		Where: strings.TrimSpace(m.Attribute + " " + m.Identifier), Why: m.Description, Expected: textOf(m.Expected, ""), Actual: textOf(m.Actual, ""),
	}
	if out.Expected == "" && out.Actual == "" {
		for _, said := range saidInWords {
			if parts := said.FindStringSubmatch(m.Description); parts != nil {
				out.Expected, out.Actual = parts[1], parts[2]
				break
			}
		}
	}
	return out
}

// saidInWords are sentences that hold both values, of verifiers that send them
// nowhere else.
var saidInWords = []*regexp.Regexp{
	regexp.MustCompile(`(?i)^expected (?:status )?(?:code )?(\S+) but (?:it )?(?:was|got|received) (\S+?)\.?$`),
	regexp.MustCompile(`(?i)^expected .* to have value '([^']*)' but was '([^']*)'$`),
}

// textOf is a JSON text as it is, the member of an object, and any other value as
// JSON.
func textOf(raw json.RawMessage, member string) string {
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var object map[string]json.RawMessage
	if member != "" && json.Unmarshal(raw, &object) == nil && json.Unmarshal(object[member], &text) == nil {
		return text
	}
	return string(raw)
}
