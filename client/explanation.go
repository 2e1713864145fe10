package client

import "strings"

// Explanation tells one cause of a no or an unknown. Treaty brokers send them
// beside the answer of the Pact Broker.
type Explanation struct {
	Resource
	// Cause is never-verified, failed, not-published,
	// deployed-version-without-contracts, provider-not-in-target, not-found or
	// question-too-wide.
	Cause string `json:"cause"`
	// Blocking is false for what is only worth knowing.
	Blocking bool   `json:"blocking"`
	Text     string `json:"text"`

	Consumer         string   `json:"consumer"`
	ConsumerVersion  string   `json:"consumerVersion"`
	Provider         string   `json:"provider"`
	ProviderVersions []string `json:"providerVersions"`

	// Owner is the application whose team can change the answer.
	Owner string `json:"owner"`
	// NextStep says what to do, Command which command does it.
	NextStep string   `json:"nextStep"`
	Command  []string `json:"command"`
}

// Evidence is the address of the result, or else of the pact, that the
// explanation speaks of; empty if it speaks of none.
func (e Explanation) Evidence() string {
	for _, rel := range []string{"pb:verification-result", "pb:pact-version"} {
		if link, found := e.Links.Find(rel); found {
			return link.Href
		}
	}
	return ""
}

// CommandLine is Command as a person types it.
func (e Explanation) CommandLine() string {
	words := make([]string, len(e.Command))
	for i, word := range e.Command {
		if word == "" || strings.ContainsAny(word, " \t'\"$&|;<>()*?#~\\`{}[]") {
			word = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
		words[i] = word
	}
	return strings.Join(words, " ")
}
