package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/contract"
)

// bodyShown bounds what is shown of one body, in bytes.
const bodyShown = 8 << 10

func state(s contract.ProviderState) string {
	if len(s.Params) == 0 {
		return s.Name
	}
	params, err := json.Marshal(s.Params)
	if err != nil {
		return s.Name
	}
	return s.Name + " " + string(params)
}

func requestText(r contract.Request) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", r.Method, pathText(r))
	writeHeaders(&b, r.Headers)
	writeBody(&b, r.Body)
	return strings.TrimRight(b.String(), "\n")
}

// pathText is the path of a request with its query.
func pathText(r contract.Request) string {
	var b strings.Builder
	b.WriteString(r.Path)
	separator := "?"
	for _, name := range slices.Sorted(maps.Keys(r.Query)) {
		for _, value := range r.Query[name] {
			fmt.Fprintf(&b, "%s%s=%s", separator, name, value)
			separator = "&"
		}
	}
	return b.String()
}

func responseText(r contract.Response) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s\n", r.Status, http.StatusText(r.Status))
	writeHeaders(&b, r.Headers)
	writeBody(&b, r.Body)
	return strings.TrimRight(b.String(), "\n")
}

func messageText(m contract.Message) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(m.Metadata)) {
		value, err := json.Marshal(m.Metadata[name])
		if err == nil {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	writeBody(&b, m.Contents)
	return strings.TrimRight(b.String(), "\n")
}

func writeHeaders(b *strings.Builder, headers contract.Values) {
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		fmt.Fprintf(b, "%s: %s\n", name, strings.Join(headers[name], ", "))
	}
}

func writeBody(b *strings.Builder, body contract.Body) {
	switch body.State {
	case contract.BodyNull:
		b.WriteString("\nnull\n")
	case contract.BodyPresent:
		b.WriteString("\n" + bodyText(body.Content) + "\n")
	case contract.BodyMissing, contract.BodyEmpty:
	}
}

// bodyText indents JSON, and cuts what is long or not text.
func bodyText(content []byte) string {
	if !utf8.Valid(content) {
		return fmt.Sprintf("(%d bytes that are not text)", len(content))
	}
	var pretty bytes.Buffer
	text := string(content)
	if len(content) <= 4*bodyShown && json.Indent(&pretty, content, "", "  ") == nil {
		text = pretty.String()
	}
	return shown(text, bodyShown, len(content))
}

// shown is text, cut after most bytes and then with how many there are.
func shown(text string, most, all int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + fmt.Sprintf("\n… (%d bytes in all)", all)
}

func rules(part string, set contract.RuleSet) []kit.Rule {
	var rows []kit.Rule
	for category, keys := range set {
		for key, list := range keys {
			rows = append(rows, kit.Rule{Where: strings.TrimSpace(part + " " + string(category) + " " + key), Rule: ruleText(list)})
		}
	}
	slices.SortFunc(rows, func(a, b kit.Rule) int { return cmp.Compare(a.Where, b.Where) })
	return rows
}

func ruleText(list contract.RuleList) string {
	names := make([]string, len(list.Rules))
	for i, r := range list.Rules {
		names[i] = describe(r)
	}
	word := " and "
	if list.Combine == contract.Or {
		word = " or "
	}
	return strings.Join(names, word)
}

// describe adds to a rule's name what a reader wants to see of it.
func describe(r contract.Rule) string {
	switch r := r.(type) {
	case contract.RegexRule:
		return "regex " + r.Pattern
	case contract.IncludeRule:
		return "includes " + r.Value
	case contract.DateRule:
		return strings.TrimSpace("date " + r.Format)
	case contract.TimeRule:
		return strings.TrimSpace("time " + r.Format)
	case contract.DateTimeRule:
		return strings.TrimSpace("date and time " + r.Format)
	case contract.TypeRule:
		text := "type"
		if r.Min != nil {
			text += fmt.Sprintf(", at least %d", *r.Min)
		}
		if r.Max != nil {
			text += fmt.Sprintf(", at most %d", *r.Max)
		}
		return text
	default:
		return r.Name()
	}
}
