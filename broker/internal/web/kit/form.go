package kit

// Form asks for something. One that changes something is sent by POST.
type Form struct {
	Action, Method string
	Hidden         []Parameter
	Fields         []Field
	Submit         string
	Cancel         Link
	// Problem is what is wrong with all of it.
	Problem string
	// Inline puts the fields beside each other, for questions.
	Inline bool
}

// Wrong are the fields with an error, to be told above the form.
func (f Form) Wrong() []Field {
	var out []Field
	for _, field := range f.Fields {
		if field.Error != "" {
			out = append(out, field)
		}
	}
	return out
}
