package contract

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Reference says where something about an interaction is written down: a
// ticket, a pull request, an operation of an AsyncAPI document.
type Reference struct {
	// Group such as "Jira" or "AsyncAPI", and the name within it.
	Group, Name string
	// Value is an address or another text. What is not text in the file is its
	// JSON here.
	Value string
}

// String is the reference in one line.
func (r Reference) String() string {
	where := strings.TrimSpace(r.Group + " " + r.Name)
	if where == "" {
		return r.Value
	}
	return where + ": " + r.Value
}

// References returns what the comments of the interaction refer to, sorted by
// group and name.
func (c *Common) References() []Reference {
	var all []Reference
	groups, _ := c.Comments["references"].(map[string]any)
	for _, group := range slices.Sorted(maps.Keys(groups)) {
		members, ok := groups[group].(map[string]any)
		if !ok {
			all = append(all, Reference{Group: group, Value: plainText(groups[group])})
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(members)) {
			all = append(all, Reference{Group: group, Name: name, Value: plainText(members[name])})
		}
	}
	return all
}

// plainText is a text as it is, and any other value as JSON.
func plainText(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // addresses hold "&"
	if e.Encode(value) != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}
