package setting

import (
	"fmt"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

// badgeValue says who draws badges.
type badgeValue struct{ draw *bool }

func (v badgeValue) Set(s string) error {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "redirect":
		*v.draw = false
	case "draw", "proxy":
		*v.draw = true
	default:
		return fmt.Errorf("%q is neither redirect nor draw", output.Shorten(s))
	}
	return nil
}

func (v badgeValue) String() string {
	if *v.draw {
		return "draw"
	}
	return "redirect"
}
func (v badgeValue) Type() string { return "redirect|draw" }

// formatValue is the log format. The Pact Broker has more kinds of text than
// we have.
type formatValue struct{ textValue }

func (v formatValue) Set(s string) error {
	s = strings.ToLower(strings.TrimSpace(s))
	if slices.Contains([]string{"default", "color", "logfmt", "one_line", "short"}, s) {
		s = "text"
	}
	if s != "text" && s != "json" {
		return fmt.Errorf("%q is neither text nor json", output.Shorten(s))
	}
	return v.textValue.Set(s)
}

// streamValue is where the log goes.
type streamValue struct{ to *string }

func (v streamValue) Set(s string) error {
	s = strings.ToLower(strings.TrimSpace(s))
	switch s {
	case "stdout", "stderr":
		*v.to = s
		return nil
	case "file":
		return fmt.Errorf("the log goes to a stream and never to a file: choose stderr or stdout and redirect it")
	}
	return fmt.Errorf("%q is neither stderr nor stdout", output.Shorten(s))
}
func (v streamValue) String() string { return *v.to }
func (v streamValue) Type() string   { return "stderr|stdout" }
