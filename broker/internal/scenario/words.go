package scenario

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Words are all sentences of the language. The first that fits is taken.
var Words []Word

// checks are what the values of words in capitals have to be. Words that are
// not here take any text.
var checks map[string]func(string) error

func init() { // values hold sentences of their own, which are checked alike
	Words = slices.Concat(settingWords, timeWords, publishingWords, registryWords, deployingWords, verifyingWords,
		pickingWords, hookWords, overviewWords, cleaningWords, plainWords)
	checks = map[string]func(string) error{
		"NUMBER":   checkNumber,
		"UNIT":     checkUnit,
		"OUTCOME":  oneOf("success", "failure"),
		"DAY":      checkDay,
		"CONTENT":  func(text string) error { _, err := readContent(text); return err },
		"SELECTOR": func(text string) error { _, err := readSelectors(text); return err },
		"JSON":     checkJSON,
		"WORDS":    func(text string) error { _, err := split(text); return err },
		"SETTING":  checkSetting,
		"EVENTS":   checkEvents,
	}
}

func check(name, value string) error {
	if value == "" {
		return fmt.Errorf("%s is empty", name)
	}
	if rule, known := checks[name]; known {
		return rule(value)
	}
	return nil
}

func checkNumber(text string) error {
	if n, err := strconv.Atoi(text); err != nil || n < 0 || n > 1_000_000 {
		return fmt.Errorf("%q is not a number from 0 to a million", text)
	}
	return nil
}

func checkDay(text string) error {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return fmt.Errorf("%q is not a day such as 2024-01-31", text)
	}
	return nil
}

func checkJSON(text string) error {
	if !json.Valid([]byte(text)) {
		return fmt.Errorf("%s is not JSON", text)
	}
	return nil
}

func oneOf(allowed ...string) func(string) error {
	return func(text string) error {
		if !slices.Contains(allowed, text) {
			return fmt.Errorf("%q is none of %s", text, strings.Join(allowed, ", "))
		}
		return nil
	}
}

var units = map[string]time.Duration{
	"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour,
}

func checkUnit(text string) error {
	if _, known := units[strings.TrimSuffix(text, "s")]; !known {
		return fmt.Errorf("%q is none of seconds, minutes, hours and days", text)
	}
	return nil
}

var timeWords = []Word{{
	Shape: "NUMBER UNIT later", silent: true,
	play: func(p *player, s Sentence) (reply, error) {
		p.clock.advance(time.Duration(s.number("NUMBER")) * units[strings.TrimSuffix(s.of("UNIT"), "s")])
		return reply{}, nil
	},
}}
