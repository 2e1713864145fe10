package scenario

import (
	"fmt"
	"strings"
)

// interaction is one item of a pact's content.
type interaction struct {
	message     bool
	path        string // of a request
	description string
	state       string
	status      int
	method      string
}

// itemShapes are what the items of a content look like, joined by "and":
//
//	a request for /cats given "there is one" answered 404 called "no cat" by DELETE
//	a message "cat born" given "there is one"
//	nothing
var itemShapes = []string{"a request for PATH", "a message NAME"}

// readContent reads what a pact says.
func readContent(text string) ([]interaction, error) {
	if text == "nothing" {
		return nil, nil
	}
	words, err := rawWords(text)
	if err != nil {
		return nil, err
	}
	var out []interaction
	for from, i := 0, 0; i <= len(words); i++ {
		if i < len(words) && words[i] != "and" {
			continue
		}
		item, err := readItem(words[from:i])
		if err != nil {
			return nil, err
		}
		out, from = append(out, item), i+1
	}
	return out, nil
}

// rawWords cuts a text into words that keep their quotation marks.
func rawWords(text string) ([]string, error) {
	var out []string
	for text = strings.TrimSpace(text); text != ""; {
		_, rest, err := next(text)
		if err != nil {
			return nil, err
		}
		out = append(out, strings.TrimSpace(text[:len(text)-len(rest)]))
		text = strings.TrimSpace(rest)
	}
	return out, nil
}

func readItem(words []string) (interaction, error) {
	item := interaction{status: 200, method: "GET"}
	all := strings.Join(words, " ")
	var rest []string
	found := false
	for _, shape := range itemShapes {
		size := min(len(strings.Fields(shape)), len(words))
		values, matches, err := match(shape, strings.Join(words[:size], " "))
		if err != nil {
			return item, err
		}
		if matches {
			item.path, item.description, rest, found = values["PATH"], values["NAME"], words[size:], true
			item.message = item.path == ""
		}
	}
	if !found {
		return item, fmt.Errorf(`%q is not a content: it is like "a request for /cats answered 404", "a message born" or "nothing", joined by "and"`, all)
	}
	for ; len(rest) >= 2; rest = rest[2:] {
		value, _, err := next(rest[1])
		if err != nil {
			return item, err
		}
		switch rest[0] {
		case "given":
			item.state = value
		case "called":
			item.description = value
		case "by":
			item.method = value
		case "answered":
			if err := checkNumber(value); err != nil {
				return item, err
			}
			item.status = atoi(value)
		default:
			return item, fmt.Errorf("%q is none of given, answered, called and by", rest[0])
		}
	}
	if len(rest) > 0 {
		return item, fmt.Errorf("%q has nothing after it", rest[0])
	}
	if item.description == "" {
		item.description = "a request for " + item.path
	}
	return item, nil
}

// pactOf writes a content as a pact of a version of the specification.
func pactOf(consumer, provider, content string, version int) map[string]any {
	items, err := readContent(content)
	if err != nil {
		panic(err) // it was read before
	}
	requests, messages := []any{}, []any{}
	for _, item := range items {
		if doc := item.document(version); item.message && version < 4 {
			messages = append(messages, doc)
		} else {
			requests = append(requests, doc)
		}
	}
	out := map[string]any{
		"consumer": map[string]any{"name": consumer}, "provider": map[string]any{"name": provider},
		"metadata": map[string]any{"pactSpecification": map[string]any{"version": fmt.Sprintf("%d.0.0", version)}},
	}
	if len(requests) > 0 || len(messages) == 0 {
		out["interactions"] = requests
	}
	if len(messages) > 0 {
		out["messages"] = messages
	}
	return out
}

// defaultVersion is the version of the specification that a content needs.
func defaultVersion(content string) int {
	items, _ := readContent(content)
	for _, item := range items {
		if item.message {
			return 3
		}
	}
	return 2
}

func (i interaction) document(version int) map[string]any {
	out := map[string]any{"description": i.description}
	switch {
	case i.state == "":
	case version < 3:
		out["providerState"] = i.state
	default:
		out["providerStates"] = []any{map[string]any{"name": i.state}}
	}
	if i.message {
		out["contents"] = map[string]any{"text": i.description}
		if version >= 4 {
			out["contents"] = map[string]any{"content": map[string]any{"text": i.description}, "contentType": "application/json", "encoded": false}
			out["type"] = "Asynchronous/Messages"
		}
		return out
	}
	out["request"] = map[string]any{"method": i.method, "path": i.path}
	out["response"] = map[string]any{"status": i.status}
	if version >= 4 {
		out["type"] = "Synchronous/HTTP"
	}
	return out
}
