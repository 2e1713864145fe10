// Package advice writes the commands that change an answer of the gate. A
// command can be run as it stands: it names the broker, the pact that it is
// about, and where the provider is expected to listen.
package advice

import (
	"strings"

	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/internal/shell"
)

const (
	// Provider is where a provider that is verified is expected. Whoever runs it
	// elsewhere changes the address.
	Provider = matrix.LocalProvider
	// Pacts is the folder into which a consumer's tests write their pacts.
	Pacts = "pacts"
	// checkedOut stands for a version that only the shell of the reader knows.
	checkedOut = "$(git rev-parse HEAD)"
	// BaseVariable is where the reader's shell has the broker's address, for us as
	// for Pact's own tools. Commands read it where nobody configured the address.
	BaseVariable = "PACT_BROKER_BASE_URL"
)

// Command is a command line.
type Command struct {
	// Words are its words as a program takes them. What only a shell knows
	// stands in them as the shell's expression.
	Words []string
	// Line is the command as it is pasted into a shell.
	Line string
}

func (c *Command) add(words ...string) {
	for _, word := range words {
		c.Words = append(c.Words, word)
		if c.Line != "" {
			c.Line += " "
		}
		c.Line += shell.Quote(word)
	}
}

// option adds an option with its value, as one word if the value could be taken
// for another option.
func (c *Command) option(name, value string) {
	switch {
	case value == "":
	case strings.HasPrefix(value, "-"):
		c.add(name + "=" + value)
	default:
		c.add(name, value)
	}
}

// version adds the option for a version, or for the one that is checked out.
func (c *Command) version(name, number string) {
	if number != "" {
		c.option(name, number)
		return
	}
	c.Words = append(c.Words, name, checkedOut)
	c.Line += " " + name + ` "` + checkedOut + `"`
}

// broker adds an option for the address of the broker, or of one below it.
func (c *Command) broker(name string, l links.Links, path string) {
	c.add(name)
	c.address(l, path)
}

// address adds the address of the broker with a path behind it.
func (c *Command) address(l links.Links, path string) {
	if base := l.Base(); base != "" {
		c.add(base + path)
		return
	}
	// Whoever wrote a slash at the end has it taken off.
	const variable = "${" + BaseVariable + "%/}"
	c.Words = append(c.Words, variable+path)
	c.Line += ` "` + variable + `"`
	if path != "" {
		c.Line += shell.Quote(path)
	}
}

// Broker is the option for the address of the broker that the links lead to, as
// a part of a line that begins with a blank.
func Broker(name string, l links.Links) string {
	var c Command
	c.broker(name, l, "")
	return " " + strings.TrimPrefix(c.Line, " ")
}

// Of writes the commands of the steps, in their order, for the broker that the
// links lead to.
func Of(l links.Links, steps []matrix.Step) []Command {
	out := make([]Command, len(steps))
	for i, step := range steps {
		out[i] = command(l, step)
	}
	return out
}

func command(l links.Links, s matrix.Step) Command {
	var c Command
	if s.Do == matrix.PromoteRollout {
		c.add("treaty", "rollout", "promote")
		c.option("--pacticipant", s.Application)
		c.version("--version", s.Version)
		c.option("--environment", s.Environment)
		c.broker("--broker-base-url", l, "")
		return c
	}
	c.add("treaty", string(s.Do))
	switch s.Do {
	case matrix.Publish:
		c.add(Pacts)
		c.option("--consumer", s.Application)
		c.version("--consumer-app-version", s.Version)
	case matrix.Verify:
		c.option("--provider-name", s.Application)
		c.version("--provider-version", s.Version)
		c.option("--provider-base-url", Provider)
		c.broker("--webhook-callback-url", l, links.Below("").Pair(s.Application, s.Consumer).Content(s.SHA))
		c.add("--publish")
		c.broker("--broker-url", l, "")
		return c
	case matrix.SetMainBranch:
		c.option("--name", s.Application)
		c.option("--main-branch", s.Branch)
	default:
		c.option("--pacticipant", s.Application)
		c.version("--version", s.Version)
		c.option("--environment", s.Environment)
		c.option("--branch", s.Branch)
		c.option("--tag", s.Tag)
		if s.Do == matrix.CreateTag {
			c.add("--auto-create-version")
		}
	}
	c.broker("--broker-base-url", l, "")
	return c
}

// Ask is the question itself as a command.
func Ask(l links.Links, application, version, environment string) Command {
	var c Command
	c.add("treaty", "can-i-deploy")
	c.option("--pacticipant", application)
	c.version("--version", version)
	c.option("--to-environment", environment)
	c.broker("--broker-base-url", l, "")
	return c
}

// Read asks the API for what is at an address, which begins with a slash.
func Read(l links.Links, address string) Command { return readAs(l, address, "application/hal+json") }

// ReadText is Read where the API answers in plain text alone.
func ReadText(l links.Links, address string) Command { return readAs(l, address, "text/plain") }

func readAs(l links.Links, address, media string) Command {
	var c Command
	c.add("curl", "-H", "Accept: "+media)
	c.address(l, address)
	return c
}

// Save writes the document at an address to a file.
func Save(l links.Links, address, file string) Command {
	var c Command
	c.add("curl", "-o", file)
	c.address(l, address)
	return c
}
