package client

import (
	"slices"
	"strings"

	"github.com/treatyhq/treaty/internal/shell"
)

// Explanation tells one cause of a no or an unknown. Treaty brokers send them
// beside the answer of the Pact Broker.
type Explanation struct {
	Resource
	// Cause is never-verified, failed, not-published,
	// deployed-version-without-contracts, contract-dropped,
	// provider-not-in-target, not-found or question-too-wide.
	Cause string `json:"cause"`
	// Blocking is false for what is only worth knowing.
	Blocking bool `json:"blocking"`
	// Doubt says that a yes is one to doubt.
	Doubt bool `json:"doubt"`
	// Text says it in a sentence.
	Text string `json:"text"`

	// Consumer and Provider are the names of the two that it is about,
	// ConsumerVersion and ProviderVersions their version numbers. Each may be
	// empty.
	Consumer         string   `json:"consumer"`
	ConsumerVersion  string   `json:"consumerVersion"`
	Provider         string   `json:"provider"`
	ProviderVersions []string `json:"providerVersions"`

	// Owner is the name of the pacticipant whose team can change the answer.
	Owner string `json:"owner"`
	// NextStep says what to do, Commands what of it commands do: together, in
	// their order. Command is the first of them; older brokers send it alone.
	NextStep string    `json:"nextStep"`
	Commands []Command `json:"commands"`
	Command  []string  `json:"command"`
}

// Command is a command line of the program treaty.
type Command struct {
	// Words are what a program is started with, Line is the same for a shell.
	Words []string `json:"words"`
	Line  string   `json:"line"`
}

// Evidence returns the address of the result, or else of the pact, that the
// explanation speaks of; empty if it speaks of none.
func (e Explanation) Evidence() string {
	for _, rel := range []string{"pb:verification-result", "pb:pact-version"} {
		if link, found := e.Links.Find(rel); found {
			return link.Href
		}
	}
	return ""
}

// CommandLine returns Command in one line, quoted for a POSIX shell; "" if there
// is none.
func (e Explanation) CommandLine() string { return shell.Join(e.Command) }

// Lines returns the commands as they are pasted into a POSIX shell, for the
// broker at base: the broker does not know by which of its addresses its clients
// reach it. An empty base leaves them as they were sent.
func (e Explanation) Lines(base string) []string {
	if len(e.Commands) == 0 && len(e.Command) > 0 {
		return []string{e.CommandLine()}
	}
	lines := make([]string, len(e.Commands))
	for i, c := range e.Commands {
		lines[i] = c.at(base)
	}
	return lines
}

// brokerOptions are the options that hold the broker's address.
var brokerOptions = []string{"--broker-base-url", "--broker-url"}

// at is the line with the addresses of the broker below base.
func (c Command) at(base string) string {
	known := ""
	for i, word := range c.Words[:max(0, len(c.Words)-1)] {
		if slices.Contains(brokerOptions, word) {
			known = c.Words[i+1]
		}
	}
	if known == "" || base == "" || known == base {
		return c.Line
	}
	line := c.Line
	for i, word := range c.Words {
		isBase := i > 0 && word == known && slices.Contains(brokerOptions, c.Words[i-1])
		isBelow := i > 0 && c.Words[i-1] == "--webhook-callback-url" && strings.HasPrefix(word, known+"/")
		if !isBase && !isBelow {
			continue
		}
		option := c.Words[i-1] + " "
		line = strings.Replace(line, option+shell.Quote(word), option+shell.Quote(base+strings.TrimPrefix(word, known)), 1)
	}
	return line
}
