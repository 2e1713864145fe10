package verifier

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/treatyhq/treaty/matching"
)

// WriteJSON writes the report for programs. The members result, notices,
// output, errors, pendingErrors and interactionResults are those of the Pact
// verifier's JSON report; summary and pacts hold everything else. The error is
// that of w.
func WriteJSON(w io.Writer, r Report) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(jsonOf(r))
}

type jsonReport struct {
	Result             bool              `json:"result"`
	Summary            string            `json:"summary"`
	Provider           string            `json:"provider"`
	ProviderVersion    string            `json:"providerVersion,omitempty"`
	Target             string            `json:"target,omitempty"`
	Counts             jsonCounts        `json:"counts"`
	Started            time.Time         `json:"started"`
	DurationMS         int64             `json:"durationMs"`
	Filtered           bool              `json:"filtered,omitempty"`
	Problems           []string          `json:"problems"`
	Warnings           []string          `json:"warnings"`
	Notices            []string          `json:"notices"`
	Output             []string          `json:"output"`
	Errors             []jsonError       `json:"errors"`
	PendingErrors      []jsonError       `json:"pendingErrors"`
	InteractionResults []jsonInteraction `json:"interactionResults"`
	Pacts              []jsonPact        `json:"pacts"`
}

type jsonCounts struct {
	Total   int `json:"total"`
	Passed  int `json:"passed"`
	Failed  int `json:"failed"`
	Errors  int `json:"errors"`
	Untried int `json:"untried,omitempty"`
	NotRun  int `json:"notRun"`
	Pending int `json:"pending"`
}

type jsonError struct {
	Interaction string       `json:"interaction"`
	Mismatch    jsonMismatch `json:"mismatch"`
}

// jsonMismatch is what went wrong with an interaction: mismatches or an error.
type jsonMismatch struct {
	Type          string          `json:"type"`
	Mismatches    []matching.Data `json:"mismatches,omitempty"`
	Message       string          `json:"message,omitempty"`
	InteractionID string          `json:"interactionId"`
}

type jsonInteraction struct {
	InteractionID  string `json:"interactionId,omitempty"`
	InteractionKey string `json:"interactionKey,omitempty"`
	Description    string `json:"description"`
	Result         string `json:"result"`
	Duration       string `json:"duration"`
}

type jsonPact struct {
	Consumer     string        `json:"consumer"`
	Provider     string        `json:"provider"`
	Source       string        `json:"source"`
	Pending      bool          `json:"pending,omitempty"`
	WIP          bool          `json:"wip,omitempty"`
	Published    string        `json:"published,omitempty"`
	Notices      []string      `json:"notices,omitempty"`
	Interactions []jsonDetails `json:"interactions"`
}

type jsonDetails struct {
	Description string          `json:"description"`
	States      []string        `json:"providerStates,omitempty"`
	Outcome     Outcome         `json:"outcome"`
	Pending     bool            `json:"pending,omitempty"`
	Untried     bool            `json:"untried,omitempty"`
	Problem     string          `json:"problem,omitempty"`
	Mismatches  []matching.Data `json:"mismatches,omitempty"`
	Warnings    []string        `json:"warnings,omitempty"`
	Try         string          `json:"try,omitempty"`
	DurationMS  int64           `json:"durationMs"`
}

func jsonOf(r Report) jsonReport {
	c := r.Counts()
	out := jsonReport{
		Result: r.OK(), Summary: r.Summary(), Provider: r.Provider, ProviderVersion: r.Version, Target: r.Target,
		Counts: jsonCounts{
			Total: c.Total, Passed: c.Passed, Failed: c.Failed, Errors: c.Errors, Untried: c.Untried, NotRun: c.NotRun, Pending: c.Pending,
		},
		Started: r.Started.UTC(), DurationMS: r.Duration.Milliseconds(), Filtered: r.Filtered,
		Problems: orEmpty(r.Problems), Warnings: orEmpty(r.Warnings), Notices: []string{},
		Errors: []jsonError{}, PendingErrors: []jsonError{}, InteractionResults: []jsonInteraction{}, Pacts: []jsonPact{},
	}
	var text strings.Builder
	if WriteText(&text, r) == nil {
		out.Output = strings.Split(strings.TrimRight(text.String(), "\n"), "\n")
	}
	for _, problem := range r.Problems {
		out.Errors = append(out.Errors, jsonError{Mismatch: jsonMismatch{Type: "error", Message: problem}})
	}
	for _, p := range r.Pacts {
		out.Notices = append(out.Notices, p.Notices...)
		out.Pacts = append(out.Pacts, jsonPactOf(p))
		for _, i := range p.Interactions {
			out.add(p, i)
		}
	}
	return out
}

func (out *jsonReport) add(p PactReport, i InteractionReport) {
	result := jsonInteraction{
		InteractionID: i.ID, InteractionKey: i.Key, Description: i.Description,
		Result: "OK", Duration: i.Duration.Round(time.Millisecond).String(),
	}
	if i.Outcome != Passed {
		result.Result = "Error"
		e := jsonError{Interaction: pactTitle(p, i), Mismatch: jsonMismatchOf(i)}
		if i.Pending && !i.Untried {
			out.PendingErrors = append(out.PendingErrors, e)
		} else {
			out.Errors = append(out.Errors, e)
		}
	}
	out.InteractionResults = append(out.InteractionResults, result)
}

// pactTitle names an interaction as the Pact verifier does.
func pactTitle(p PactReport, i InteractionReport) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Verifying a pact between %s and %s", p.Consumer, p.Provider)
	for n, s := range i.States {
		if n == 0 {
			b.WriteString(" Given ")
		} else {
			b.WriteString(" And ")
		}
		b.WriteString(s.Name)
	}
	b.WriteString(" - " + i.Description)
	return b.String()
}

func jsonMismatchOf(i InteractionReport) jsonMismatch {
	m := jsonMismatch{Type: "mismatches", Mismatches: matching.DataOf(i.Mismatches), InteractionID: i.ID}
	if i.Outcome != Failed {
		m.Type, m.Message = "error", nameOr(i.Problem, string(i.Outcome))
	}
	return m
}

func jsonPactOf(p PactReport) jsonPact {
	out := jsonPact{
		Consumer: p.Consumer, Provider: p.Provider, Source: p.Source, Pending: p.Pending, WIP: p.WIP,
		Published: p.Published, Notices: p.Notices, Interactions: []jsonDetails{},
	}
	for _, i := range p.Interactions {
		d := jsonDetails{
			Description: i.Description, Outcome: i.Outcome, Pending: i.Pending, Untried: i.Untried, Problem: i.Problem,
			Mismatches: matching.DataOf(i.Mismatches), Warnings: i.Warnings, DurationMS: i.Duration.Milliseconds(),
		}
		for _, s := range i.States {
			d.States = append(d.States, s.Name)
		}
		if i.Outcome != Passed && i.Request != nil && !i.Request.InProcess {
			d.Try = i.Request.Curl()
		}
		out.Interactions = append(out.Interactions, d)
	}
	return out
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
