package kit

// Field is a field of a form.
type Field struct {
	ID, Name, Label string
	// Kind is "select", "textarea", "checkbox", "checks" for several to choose from,
	// or a type of an input; "" is text. A password is never filled in.
	Kind  string
	Value string
	// Options are those of a select or of checks; Suggestions are offered while typing.
	Options     []Option
	Suggestions []string
	Placeholder string
	Hint        string
	// Error says what is wrong with the value and what would be right.
	Error    string
	Required bool
	Checked  bool
}

// Describes are the ids of what says more about the field.
func (f Field) Describes() string {
	switch {
	case f.Hint != "" && f.Error != "":
		return f.ID + "-error " + f.ID + "-hint"
	case f.Error != "":
		return f.ID + "-error"
	case f.Hint != "":
		return f.ID + "-hint"
	}
	return ""
}
