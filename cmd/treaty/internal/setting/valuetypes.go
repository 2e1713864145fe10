// Package setting is all that can be set about a broker: the list of settings
// with their flags and variables, how they are read, and which variables of the
// Pact Broker are refused, and why.
package setting

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

// setting is one thing about a broker that can be set: by a flag, by a
// variable, or not at all. The slice in settings.go is the only list of them;
// flags, reading of variables and docs/configuration.md are made from it.
type setting struct {
	section string
	// flag is the name without dashes; empty for a variable only.
	flag string
	// variable is the name without PACT_BROKER_; empty for a flag only.
	variable string
	help     string
	// value returns the member of the options that is set.
	value func(*Config) settingValue
	// shown replaces the default in the documentation.
	shown string
}

// Every variable may begin with either: Treaty's own name wins.
const (
	ownPrefix      = "TREATY_"
	variablePrefix = "PACT_BROKER_"
)

// env returns the full name of the variable, or "".
func (s setting) env() string {
	if s.variable == "" {
		return ""
	}
	return variablePrefix + s.variable
}

// settingValue reads and shows one setting. It is a pflag.Value.
type settingValue interface {
	Set(string) error
	String() string
	Type() string
}

type textValue struct{ to *string }

func (v textValue) Set(s string) error { *v.to = s; return nil }
func (v textValue) String() string     { return *v.to }
func (v textValue) Type() string       { return "text" }

type secretValue struct{ to *broker.Secret }

func (v secretValue) Set(s string) error { *v.to = broker.Secret(s); return nil }
func (v secretValue) String() string     { return v.to.String() }
func (v secretValue) Type() string       { return "secret" }

type numberValue struct{ to *int }

func (v numberValue) Set(s string) error {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return fmt.Errorf("%q is not a whole number", output.Shorten(s))
	}
	*v.to = n
	return nil
}
func (v numberValue) String() string { return strconv.Itoa(*v.to) }
func (v numberValue) Type() string   { return "number" }

// boolValue is true or false; not is set where the option means the opposite
// of the setting.
type boolValue struct {
	to  *bool
	not bool
}

func (v boolValue) Set(s string) error {
	b, err := strconv.ParseBool(strings.ToLower(strings.TrimSpace(s)))
	if err != nil {
		return fmt.Errorf("%q is neither true nor false", output.Shorten(s))
	}
	*v.to = b != v.not
	return nil
}
func (v boolValue) String() string { return strconv.FormatBool(*v.to != v.not) }
func (v boolValue) Type() string   { return "true|false" }

// IsBoolFlag lets the flag stand alone.
func (v boolValue) IsBoolFlag() bool { return true }

// listValue is separated by spaces or commas.
type listValue struct {
	to    *[]string
	shape func(string) string
}

func (v listValue) Set(s string) error {
	*v.to = nil
	for _, item := range splitList(s) {
		if v.shape != nil {
			item = v.shape(item)
		}
		*v.to = append(*v.to, item)
	}
	return nil
}
func (v listValue) String() string { return strings.Join(*v.to, " ") }
func (v listValue) Type() string   { return "list" }

func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' })
}

type numbersValue struct{ to *[]int }

func (v numbersValue) Set(s string) error {
	var numbers []int
	for _, item := range splitList(s) {
		n, err := strconv.Atoi(item)
		if err != nil {
			return fmt.Errorf("%q is not a whole number", output.Shorten(item))
		}
		numbers = append(numbers, n)
	}
	*v.to = numbers
	return nil
}
func (v numbersValue) String() string { return strings.Trim(fmt.Sprint(*v.to), "[]") }
func (v numbersValue) Type() string   { return "numbers" }

// secondsValue takes plain seconds, as the Pact Broker does, or a duration
// with its unit.
type secondsValue struct{ to *time.Duration }

func (v secondsValue) Set(s string) error {
	d, err := readSeconds(s)
	if err != nil {
		return err
	}
	*v.to = d
	return nil
}
func (v secondsValue) String() string { return showSeconds(*v.to) }
func (v secondsValue) Type() string   { return "seconds" }

// scheduleValue is a list of pauses.
type scheduleValue struct{ to *[]time.Duration }

func (v scheduleValue) Set(s string) error {
	var pauses []time.Duration
	for _, item := range splitList(s) {
		pause, err := readSeconds(item)
		if err != nil {
			return err
		}
		pauses = append(pauses, pause)
	}
	*v.to = pauses
	return nil
}

func (v scheduleValue) String() string {
	var items []string
	for _, pause := range *v.to {
		items = append(items, showSeconds(pause))
	}
	return strings.Join(items, " ")
}
func (v scheduleValue) Type() string { return "seconds" }

func readSeconds(s string) (time.Duration, error) {
	s = strings.TrimSpace(s)
	if seconds, err := strconv.ParseFloat(s, 64); err == nil && seconds >= 0 && seconds < 1e9 {
		return time.Duration(seconds * float64(time.Second)), nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is neither a number of seconds nor a duration such as 90s or 2m", output.Shorten(s))
	}
	return d, nil
}

func showSeconds(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
}

// bytesValue is a size in bytes, or with the unit kB, MB or GB.
type bytesValue struct{ to *int64 }

func (v bytesValue) Set(s string) error {
	text := strings.ToUpper(strings.TrimSpace(s))
	factor := int64(1)
	for _, unit := range []struct {
		name string
		size int64
	}{{"GB", 1 << 30}, {"MB", 1 << 20}, {"KB", 1 << 10}, {"B", 1}} {
		if rest, found := strings.CutSuffix(text, unit.name); found {
			text, factor = strings.TrimSpace(rest), unit.size
			break
		}
	}
	n, err := strconv.ParseInt(text, 10, 40)
	if err != nil || n < 1 {
		return errors.New("give a size such as 10MB")
	}
	*v.to = n * factor
	return nil
}

func (v bytesValue) String() string {
	if *v.to%(1<<20) == 0 {
		return strconv.FormatInt(*v.to>>20, 10) + "MB"
	}
	return strconv.FormatInt(*v.to, 10)
}
func (v bytesValue) Type() string { return "size" }
