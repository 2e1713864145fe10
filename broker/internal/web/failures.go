package web

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

// failureBlock is one interaction that failed, with what differed.
type failureBlock struct {
	Title      string
	Given      string
	Mismatches kit.Comparison
}

// testResult is what verifiers send of one interaction. Their members are read
// with tolerance: what is missing is left out.
type testResult struct {
	Success        *bool             `json:"success"`
	Description    string            `json:"interactionDescription"`
	ID             string            `json:"interactionId"`
	ProviderStates []json.RawMessage `json:"providerStates"`
	Mismatches     []mismatch        `json:"mismatches"`
	Error          json.RawMessage   `json:"error"`
}

type mismatch struct {
	Attribute   string          `json:"attribute"`
	Identifier  string          `json:"identifier"`
	Description string          `json:"description"`
	Expected    json.RawMessage `json:"expected"`
	Actual      json.RawMessage `json:"actual"`
}

// failures finds the failed interactions in test results: a list, or an object
// that holds one as "tests". Other forms have none to show.
func failures(raw json.RawMessage) []failureBlock {
	var list []testResult
	if json.Unmarshal(raw, &list) != nil {
		var wrapped struct {
			Tests []testResult `json:"tests"`
		}
		if json.Unmarshal(raw, &wrapped) != nil {
			return nil
		}
		list = wrapped.Tests
	}
	list = slices.DeleteFunc(list, func(r testResult) bool { return r.Success == nil || *r.Success })
	var out []failureBlock
	for i, r := range list {
		if i == interactionsShown {
			out = append(out, failureBlock{Title: wording.Count(len(list)-i, "more failure")})
			break
		}
		out = append(out, r.block())
	}
	return out
}

func (r testResult) block() failureBlock {
	b := failureBlock{Title: r.Description, Given: states(r.ProviderStates)}
	if b.Title == "" {
		b.Title = "Interaction " + kit.Short(r.ID)
	}
	for _, m := range r.Mismatches {
		b.Mismatches = append(b.Mismatches, kit.Difference{
			Where: strings.TrimSpace(m.Attribute + " " + m.Identifier), Why: m.Description,
			Expected: rawText(m.Expected), Actual: rawText(m.Actual),
		})
	}
	if text := rawText(r.Error); text != "" {
		b.Mismatches = append(b.Mismatches, kit.Difference{Where: "error", Why: text})
	}
	return b
}

// states joins the names of provider states, given as texts or as objects.
func states(raw []json.RawMessage) string {
	var names []string
	for _, s := range raw {
		var named struct {
			Name string `json:"name"`
		}
		if json.Unmarshal(s, &named) == nil && named.Name != "" {
			names = append(names, named.Name)
		} else if text := rawText(s); text != "" {
			names = append(names, text)
		}
	}
	return strings.Join(names, ", and ")
}

// rawText is a JSON text as it is, and any other value as JSON.
func rawText(raw json.RawMessage) string {
	var text string
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}
