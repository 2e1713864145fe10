package kit

import "github.com/treatyhq/treaty/internal/visible"

// Code is a command or a document, with a button that copies it.
type Code struct {
	// Label says what it is; "" where the words before it do.
	Label string
	Text  string
	// Whole is the address of all of it, where Text is its beginning.
	Whole string
	// Here is the part of the text that stands for the address of this broker: the
	// script puts there what the reader's browser shows. "" if nothing does.
	Here string
}

// Copy is what the button copies, where that is not what is seen.
func (c Code) Copy() string {
	if visible.Lines(c.Text) == c.Text {
		return ""
	}
	return c.Text
}

// Commands are several commands without labels.
func Commands(lines ...string) []Code {
	out := make([]Code, len(lines))
	for i, line := range lines {
		out[i].Text = line
	}
	return out
}
