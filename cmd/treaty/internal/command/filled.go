package command

import (
	"errors"
	"strings"

	"github.com/spf13/pflag"
)

// ErrEmpty refuses an option that is given without a value. To take it as not
// given would answer a wider question than the pipeline meant to ask.
var ErrEmpty = errors.New("it is empty: check the variable that it comes from")

// Filled returns a text option that is either left out or has a value.
func Filled(value *string) pflag.Value { return filledFlag{value} }

// filledFlag is a text option that is either left out or has a value.
type filledFlag struct{ value *string }

func (v filledFlag) String() string {
	if v.value == nil {
		return ""
	}
	return *v.value
}

func (v filledFlag) Set(text string) error {
	if strings.TrimSpace(text) == "" {
		return ErrEmpty
	}
	*v.value = text
	return nil
}

// Type is the word that help shows for the value.
func (filledFlag) Type() string { return "string" }

// FilledEach returns a text option that may be repeated, and has a value each time.
func FilledEach(values *[]string) pflag.Value { return filledEachFlag{values} }

type filledEachFlag struct{ values *[]string }

func (v filledEachFlag) String() string {
	if v.values == nil || len(*v.values) == 0 {
		return ""
	}
	return strings.Join(*v.values, ", ")
}

func (v filledEachFlag) Set(text string) error {
	if strings.TrimSpace(text) == "" {
		return ErrEmpty
	}
	*v.values = append(*v.values, text)
	return nil
}

// Type is the word that help shows for the value: the one that pflag has for it.
func (filledEachFlag) Type() string { return "stringArray" }
