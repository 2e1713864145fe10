package draft

import (
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/exact"
)

// The members of V4 "comments" that have a meaning.

// AddComment adds a line to the text.
func AddComment(c *contract.Common, text string) {
	lines, _ := comments(c)["text"].([]any)
	comments(c)["text"] = append(lines, text)
}

// SetTestName records the name of the consumer's test.
func SetTestName(c *contract.Common, name string) { comments(c)["testname"] = name }

// AddExternalReference is AddReference for pact-go's builders: its native
// library takes a text that is JSON as the value it stands for, so that "7" is
// written as a number. Everything else is text.
func AddExternalReference(c *contract.Common, group, name, value string) {
	meant, err := exact.Value([]byte(value))
	if err != nil {
		meant = value
	}
	AddReference(c, group, name, meant)
}

// AddReference records a reference to something outside: one value for each
// group and name, the last.
func AddReference(c *contract.Common, group, name string, value any) {
	groups, ok := comments(c)["references"].(map[string]any)
	if !ok {
		groups = map[string]any{}
		comments(c)["references"] = groups
	}
	members, ok := groups[group].(map[string]any)
	if !ok {
		members = map[string]any{}
		groups[group] = members
	}
	members[name] = value
}

func comments(c *contract.Common) map[string]any {
	if c.Comments == nil {
		c.Comments = map[string]any{}
	}
	return c.Comments
}
