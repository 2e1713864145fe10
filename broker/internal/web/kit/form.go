package kit

// Form asks for something. One that changes something is sent by POST.
type Form struct {
	Action, Method string
	Hidden         []Parameter
	Fields         []Field
	// Groups are further fields that are folded away until somebody wants them.
	Groups []Group
	Submit string
	Cancel Link
	// Problem is what is wrong with all of it.
	Problem string
	// Inline puts the fields beside each other, for questions.
	Inline bool
}

// Group are fields under one legend.
type Group struct {
	Legend string
	// Open shows the fields without a click: they say something.
	Open   bool
	Fields []Field
}

// Wrong are the fields with an error, to be told above the form.
func (f Form) Wrong() []Field {
	var out []Field
	for _, fields := range append([]Group{{Fields: f.Fields}}, f.Groups...) {
		for _, field := range fields.Fields {
			if field.Error != "" {
				out = append(out, field)
			}
		}
	}
	return out
}
