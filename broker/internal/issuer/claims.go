package issuer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Claims are what a token says.
type Claims map[string]any

// parseClaims reads the payload of a token. Numbers keep their digits: identities of
// repositories may be longer than a float64 can tell apart.
func parseClaims(payload []byte) (Claims, error) {
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	var out Claims
	if err := d.Decode(&out); err != nil || out == nil || d.More() {
		return nil, errForm
	}
	return out, nil
}

// Text is a claim that is a text; empty for any other.
func (c Claims) Text(name string) string {
	text, _ := c[name].(string)
	return text
}

// Values are what a claim has as text: one, or each of a list. A claim within another is
// named with a slash, as in kubernetes.io/namespace; a claim whose name has one itself
// goes first.
func (c Claims) Values(name string) []string {
	value, has := c[name]
	if !has {
		for at, r := range name {
			if inner, ok := c[name[:at]].(map[string]any); r == '/' && ok {
				return Claims(inner).Values(name[at+1:])
			}
		}
		return nil
	}
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	var out []string
	for _, one := range list {
		switch v := one.(type) {
		case string:
			out = append(out, v)
		case json.Number:
			out = append(out, v.String())
		case bool:
			out = append(out, fmt.Sprint(v))
		}
	}
	return out
}

// moment is a claim that is a time; ok is false for anything else.
func (c Claims) moment(name string) (at time.Time, ok bool) {
	number, _ := c[name].(json.Number)
	seconds, err := number.Float64()
	if err != nil || seconds < 0 || seconds > latest {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0).UTC(), true
}

// latest is the year 9999.
const latest = 253402300799

const (
	mostShown    = 40
	longestShown = 100
)

// Claim is one of what a token says, as text.
type Claim struct{ Name, Value string }

// List are the claims that have a text, a number or a list of them, by name.
func (c Claims) List() []Claim {
	var out []Claim
	for _, name := range c.names("") {
		if len(out) == mostShown {
			break
		}
		out = append(out, Claim{name, shown(strings.Join(c.Values(name), "|"))})
	}
	return out
}

// Seen lists the claims for whoever sent the token, to write a rule by: those with a
// text, a number or a list of them, by name.
func (c Claims) Seen() string {
	var out []string
	for _, name := range c.names("") {
		if len(out) == mostShown {
			return strings.Join(out, ", ") + ", and more"
		}
		out = append(out, name+"="+shown(strings.Join(c.Values(name), "|")))
	}
	return strings.Join(out, ", ")
}

// names are those of claims that have values, those within others with a slash.
func (c Claims) names(before string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(c)) {
		if inner, ok := c[name].(map[string]any); ok && before == "" {
			out = append(out, Claims(inner).names(name+"/")...)
		} else if len(c.Values(name)) > 0 {
			out = append(out, before+name)
		}
	}
	return out
}

// shown is a value as an answer may have it.
func shown(text string) string {
	if len(text) > longestShown {
		cut := longestShown
		for !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut] + "…"
	}
	return strings.Trim(fmt.Sprintf("%q", text), `"`)
}
