package draft

import "github.com/treatyhq/treaty/contract"

// The members of V4 "comments" that have a meaning.

// AddComment adds a line to the text.
func AddComment(c *contract.Common, text string) {
	lines, _ := comments(c)["text"].([]any)
	comments(c)["text"] = append(lines, text)
}

// SetTestName records the name of the consumer's test.
func SetTestName(c *contract.Common, name string) { comments(c)["testname"] = name }

// AddReference records a reference to something outside.
func AddReference(c *contract.Common, group, name, value string) {
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
