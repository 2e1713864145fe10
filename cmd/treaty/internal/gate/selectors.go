package gate

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

// selection collects the selectors of can-i-deploy, where the position counts:
// an option describes the pacticipant named before it.
//
//	-a Foo -e 1.2 -a Bar --latest --ignore Baz
type selection struct {
	selectors []client.Selector
	ignore    []client.Selector
	// last is the selector that the next option describes.
	last *client.Selector
}

// Bind adds the options.
func (s *selection) Bind(f *pflag.FlagSet) {
	f.VarP(&selectorFlag{s: s, set: (*selection).start}, "pacticipant", "a", "application to ask about; the options after it say which version; repeatable")
	f.VarP(&selectorFlag{s: s, set: (*selection).setVersion}, "version", "e", "its version")
	f.Var(&selectorFlag{s: s, set: (*selection).setVersion}, "pacticipant-version", "the same as --version")
	f.Var(&selectorFlag{s: s, set: (*selection).startIgnored}, "ignore", "application whose results do not count; a --version after it narrows; repeatable")
	_ = f.MarkHidden("pacticipant-version")
	f.VarP(&selectorFlag{s: s, bool: true, set: (*selection).setLatest}, "latest", "l", "its latest version, or the latest with the TAG that follows")
	f.Lookup("latest").NoOptDefVal = command.LatestOfAll
	f.Var(&selectorFlag{s: s, set: (*selection).setBranch}, "branch", "the latest version of this branch")
	f.Var(&selectorFlag{s: s, bool: true, set: (*selection).setMainBranch}, "main-branch", "the latest version of its main branch")
	f.Lookup("main-branch").NoOptDefVal = "true"
	f.Var(&selectorFlag{s: s, set: (*selection).setTag}, "tag", "the latest version with this tag")
	f.Var(&selectorFlag{s: s, set: (*selection).setAll}, "all", "every version with this tag")
	_ = f.MarkHidden("all")
}

// selectorFlag is an option whose effect depends on those before it.
type selectorFlag struct {
	s    *selection
	bool bool
	set  func(*selection, string) error
}

func (v *selectorFlag) String() string { return "" }
func (v *selectorFlag) Set(t string) error {
	if strings.TrimSpace(t) == "" {
		return command.ErrEmpty
	}
	return v.set(v.s, t)
}

// Type is the word that help shows for the value.
func (v *selectorFlag) Type() string {
	if v.bool {
		return "bool"
	}
	return "string"
}

func (s *selection) start(name string) error {
	s.selectors = append(s.selectors, client.Selector{Pacticipant: name})
	s.last = &s.selectors[len(s.selectors)-1]
	return nil
}

func (s *selection) startIgnored(name string) error {
	s.ignore = append(s.ignore, client.Selector{Pacticipant: name})
	s.last = &s.ignore[len(s.ignore)-1]
	return nil
}

var errNoPacticipant = errors.New("it must follow the --pacticipant (-a) whose version it names")

func (s *selection) change(apply func(*client.Selector)) error {
	if s.last == nil {
		return errNoPacticipant
	}
	apply(s.last)
	return nil
}

func (s *selection) setVersion(v string) error {
	return s.change(func(c *client.Selector) { c.Version = v })
}

func (s *selection) setLatest(tag string) error {
	return s.change(func(c *client.Selector) {
		c.Latest = true
		if tag != command.LatestOfAll {
			c.Tag = tag
		}
	})
}

func (s *selection) setBranch(branch string) error {
	return s.change(func(c *client.Selector) { c.Branch, c.Latest = branch, true })
}

func (s *selection) setMainBranch(text string) error {
	if yes, err := strconv.ParseBool(text); err != nil || !yes {
		return err
	}
	return s.change(func(c *client.Selector) { c.MainBranch, c.Latest = true, true })
}

func (s *selection) setTag(tag string) error {
	return s.change(func(c *client.Selector) { c.Tag, c.Latest = tag, true })
}

func (s *selection) setAll(tag string) error {
	return s.change(func(c *client.Selector) { c.Tag = tag })
}

// check refuses a question that names no version.
func (s *selection) check() error {
	if len(s.selectors) == 0 {
		return command.Next(errors.New("no application is named"), "add --pacticipant NAME --version VERSION")
	}
	for _, c := range s.selectors {
		if c.Version == "" && !c.Latest && c.Tag == "" {
			return command.Next(fmt.Errorf("it is not said which version of %s is meant", output.Shorten(c.Pacticipant)),
				"add --version VERSION, --branch BRANCH, --main-branch or --latest after it")
		}
		if c.Version != "" && c.Latest {
			return command.Next(fmt.Errorf("for %s both a version and the latest one are asked", output.Shorten(c.Pacticipant)), "leave one of them out")
		}
	}
	return nil
}
